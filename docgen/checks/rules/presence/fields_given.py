"""Checks that each item has the fields that it needs: every benefit how it was calculated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report_gap
from docgen.checks.parameters import Parameter
from docgen.checks.shared.rows import name_row
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text


class Params(Part):
    """Each item at ``items`` has the ``fields``; nothing is reported while none of ``documents`` is made."""

    items: Annotated[Text, Parameter("the items", "rows")]
    fields: Annotated[tuple[Text, ...], Parameter("their fields that must be given", "field", of="items")]
    documents: Annotated[tuple[Text, ...], Parameter("the documents that print them", "document")] = ()


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of the fields."""
    return [f"{params.items}.{name}" for name in params.fields]


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C236 for each field that isn't given."""
    if not checked.is_made(params.documents):
        return
    for item in checked.subject.find(params.items):
        for name in params.fields:
            place = (*item.place, name)
            if is_present(getattr(item.value, name)) or checked.is_silenced(place):
                continue
            who, label = name_row(item.value) or "—", checked.name_field(place)
            yield report_gap(
                "C236", item.place, checked.find_waiting(params.items, params.documents), name=who, label=label
            )
