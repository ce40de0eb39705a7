"""Checks that a document with content is one that the project makes: everything that was typed is printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter
from docgen.profile.plan import is_filled
from docgen.record.types import Part, Text


class Params(Part):
    """``documents`` by their id; ``reason`` says when they are made."""

    documents: Annotated[tuple[Text, ...], Parameter("the documents", "document")]
    reason: Annotated[Text, Parameter("when they are made, in a user's words")]


def list_paths(params: Params) -> Iterable[str]:
    """List the path of each document's entries."""
    return [f"forms.{name}[]" for name in params.documents]


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C226 for each document that was filled and isn't made, since its condition doesn't hold."""
    for name in params.documents:
        document = checked.subject.profile.find_document(name)
        entries = [entry for entry in checked.subject.find(f"forms.{name}[]") if is_filled(entry.value)]
        if document is None or not entries or checked.subject.holds(document.when):
            continue
        yield report("C226", entries[0].place, document=document.title, reason=params.reason)
