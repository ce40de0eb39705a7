"""Is the answer yes where it must be: a chosen enterprise that meets every condition?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Says
from docgen.record.types import Part, Text


class Params(Part):
    """Of the ``rows`` for which the yes-no field ``when`` is yes, none of ``fields`` may be no.

    ``name`` is the field that says which row it is. What isn't answered is a lack of the document, told elsewhere.
    """

    rows: Annotated[Text, Says("the rows", "rows")]
    fields: Annotated[
        tuple[Text, ...], Says("their yes-no fields that may not be no", "field", of="rows", type="yes_no")
    ]
    name: Annotated[Text, Says("the field that says which row it is", "field", of="rows")]
    when: Annotated[
        Text | None, Says("the yes-no field of the rows that count; unsaid: all", "field", of="rows", type="yes_no")
    ] = None


def list_paths(params: Params) -> Iterable[str]:
    """The paths of all fields."""
    return [f"{params.rows}.{name}" for name in (*params.fields, params.name, *filter(None, (params.when,)))]


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """C225 for each answer that is no."""
    for found in checked.subject.find(params.rows):
        if params.when is not None and getattr(found.value, params.when) is not True:
            continue
        for name in params.fields:
            if getattr(found.value, name) is False:
                place = (*found.place, name)
                label, who = checked.name_field(place), str(getattr(found.value, params.name) or "—")
                yield report("C225", place, label=label, name=who)
