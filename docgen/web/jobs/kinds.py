"""The kinds of jobs: the list to which a door adds its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of job.

    ``perform`` is ``module:function`` of a function ``(JobTask, Progress) -> JobOutcome``; its module is imported in
    the process that works, never in the server's. ``door`` is the route whose part of the page it belongs to,
    ``template`` shows what came of it, or the door's own ``page`` (with ``{job}`` for its id): when it was done, with
    ``is_live`` from its beginning. With ``is_command`` programs may start it as ``/api/<name>``. ``place`` is the field
    by which a folder of this computer may be named in place of files.
    """

    name: str
    perform: str
    door: str
    template: str = "job.html"
    is_command: bool = False
    page: str = ""
    is_live: bool = False
    place: str = ""


_KINDS = (
    JobKind("table", "docgen.web.work.forms_table:check_table", "forms", "forms/table.html"),
    JobKind("forms", "docgen.web.work.forms:make_forms", "forms", "forms/made.html"),
    JobKind("fill", "docgen.web.work.fill:check_table", "forms", "forms/table.html"),
    JobKind("filled", "docgen.web.work.fill:make_documents", "forms", "forms/made.html"),
    JobKind("first", "docgen.web.work.fill:look_at_first", "forms", "forms/first.html"),
    JobKind("template", "docgen.web.work.templates:look_at_template", "templates", "templates/template.html"),
    JobKind("check", "docgen.web.work.forms_api:check_records", "forms", is_command=True),
    JobKind("batch", "docgen.web.work.forms:make_documents", "forms", is_command=True),
    JobKind("case", "docgen.web.work.cases:review_texts", "cases", is_command=True, page="/cases/{job}"),
    JobKind("project", "docgen.web.work.project_make:make_project", "projects", "projects/made.html"),
    JobKind("preview", "docgen.web.work.project_make:look_at_document", "projects", "projects/look.html"),
    JobKind("pdf", "docgen.web.work.pdf:convert_documents", "", "pdf.html"),
    JobKind(
        "verify",
        "docgen.web.work.receiver:verify_received",
        "receiver",
        is_command=True,
        page="/receiver/{job}",
        is_live=True,
        place="inbox",
    ),
)
KINDS = {kind.name: kind for kind in _KINDS}
