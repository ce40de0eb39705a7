"""Checks that the right number of a form's rows has a value: exactly one head of a group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter
from docgen.diagnostics import Term
from docgen.profile.paths import Place, PlacedValue
from docgen.record.types import Part, Text, Whole, format_record_value


class Params(Part):
    """Of the ``rows`` of one form (``label`` names them), ``min`` to ``max`` have ``value`` in ``field``.

    ``value_label`` is the users' name for the value, where it differs. A form without rows is left to other checks.
    """

    rows: Annotated[Text, Parameter("the rows of a form", "rows")]
    label: Annotated[Text, Parameter("what a user calls them")]
    field: Annotated[Text, Parameter("the field that is counted", "field", of="rows")]
    value: Annotated[Text, Parameter("the value that is counted", "value", of="field")]
    value_label: Annotated[Text | None, Parameter("what a user calls the value")] = None
    min: Annotated[Whole, Parameter("how many rows must have it", "number")] = 0
    max: Annotated[Whole | None, Parameter("how many rows may have it", "number")] = None


def list_paths(params: Params) -> Iterable[str]:
    """List the path of the field."""
    return (f"{params.rows}.{params.field}",)


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C216 for each form with too few or too many such rows."""
    forms: dict[Place, list[PlacedValue]] = {}
    for row in checked.subject.find(params.rows):
        forms.setdefault(row.place[:-1], []).append(row)
    for place, rows in forms.items():
        having = [row for row in rows if format_record_value(getattr(row.value, params.field)) == params.value]
        if len(having) >= params.min and (params.max is None or len(having) <= params.max):
            continue
        if any(checked.is_silenced((*row.place, params.field)) for row in rows):
            continue
        fault = report(
            "C216",
            having[params.max].place if params.max is not None and len(having) > params.max else place,
            label=params.label,
            value=params.value_label or params.value,
            count=len(having),
            range=_format_limits(params),
        )
        yield replace(fault, gap=checked.find_waiting(params.rows)) if len(having) < params.min else fault


def _format_limits(params: Params) -> Term:
    """Format how many there may be; a limit that isn't set isn't named."""
    if params.max is None:
        return Term("checks.range.least", {"least": params.min})
    if params.min == params.max:
        return Term("checks.range.exact", {"least": params.min})
    return Term("checks.range.both", {"least": params.min, "most": params.max})
