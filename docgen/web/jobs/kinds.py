"""Which kinds of jobs there are: the list to which a door adds its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job.

    ``perform`` is ``module:function`` of a function ``(JobTask, Progress) -> JobOutcome``; its module is imported in
    the process that works, never in the server's. ``door`` is the route whose part of the page it belongs to,
    ``template`` shows what came of it. With ``is_command`` programs may start it as ``/api/<name>``.
    """

    name: str
    perform: str
    door: str
    template: str = "job.html"
    is_command: bool = False


_KINDS = (
    Kind("batch", "docgen.web.work.forms:make_documents", "forms", is_command=True),
    Kind("case", "docgen.web.work.cases:review_texts", "cases", is_command=True),
    Kind("verify", "docgen.web.work.receiver:verify_received", "receiver", is_command=True),
)
KINDS = {kind.name: kind for kind in _KINDS}
