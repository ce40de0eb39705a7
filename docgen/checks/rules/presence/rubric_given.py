"""Checks that the project has a rubric for a document that experts mark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter
from docgen.profile.plan import is_begun
from docgen.record.types import Part, Text


class Params(Part):
    """``document`` is the document that a rubric of the project belongs to (its ``marking``)."""

    document: Annotated[Text, Parameter("the document that the rubric belongs to", "document")]


def list_paths(params: Params) -> Iterable[str]:  # noqa: ARG001 - the signature of all checks
    """List no paths: a rubric is found by its key."""
    return ()


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C272 where the document was filled and there is no rubric for it."""
    document = checked.subject.profile.find_document(params.document)
    assert document is not None
    is_filled = any(job.document is document and job.entry is not None and is_begun(job) for job in checked.jobs)
    has_rubric = any(rubric.key == document.marking for rubric in checked.subject.record.rubrics)
    if is_filled and not has_rubric and not checked.is_silenced(("rubrics",)):
        details = {"document": document.title, "key": document.marking or ""}
        yield report("C272", ("rubrics",), **details)
