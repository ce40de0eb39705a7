"""Checks that the papers exist that the filing list names as examples (例如)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report_gap
from docgen.checks.parameters import Parameter
from docgen.record.parts import EvidenceKind
from docgen.record.types import Part, Text


class Example(Part):
    """A paper that the list names: one of ``documents``, filled, or a piece of evidence of one of these kinds."""

    label: Annotated[Text, Parameter("what the list calls the paper")]
    documents: Annotated[tuple[Text, ...], Parameter("the documents that are it", "document")] = ()
    evidence: Annotated[tuple[EvidenceKind, ...], Parameter("the kinds of evidence that are it")] = ()


class Params(Part):
    """The examples of the filing item ``item``."""

    item: Annotated[Text, Parameter("the filing item", "item")]
    examples: tuple[Example, ...]


def list_paths(params: Params) -> Iterable[str]:  # noqa: ARG001 - the signature of all checks
    """List no paths: documents and kinds of evidence are no paths."""
    return ()


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C234 for each example that is missing; faulty documents and items that don't apply aren't missing."""
    if not checked.is_whole:
        return  # when only some documents are made, the others' jobs aren't planned
    filled = {job.document.id for job in checked.jobs if job.entry is not None or not job.document.own_form}
    kinds = {piece.kind for piece in checked.subject.record.evidence}
    item = next((item for item in checked.subject.profile.filing.items if item.key == params.item), None)
    declared = {entry.item for entry in checked.subject.record.not_applicable}
    for example in params.examples if params.item not in declared else ():
        silenced = any(checked.is_silenced(("forms", name)) or name in declared for name in example.documents)
        if silenced or filled.intersection(example.documents) or kinds.intersection(example.evidence):
            continue
        details = {"item": params.item, "label": item.label if item is not None else "", "example": example.label}
        yield report_gap("C234", ("evidence",), params.item, **details)
