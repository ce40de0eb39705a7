"""Selects rows by the values of their fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from docgen.checks.parameters import Parameter
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text, format_record_value


class RowCondition(Part):
    """A condition of rows: ``field`` has one of ``values`` (yes and no are 是 and 否), or without them any value."""

    field: Annotated[Text, Parameter("the field")]
    values: Annotated[tuple[Text, ...], Parameter("its values; without them: any")] = ()


def meets_conditions(row: Any, conditions: Iterable[RowCondition]) -> bool:
    """Whether a row meets all of the conditions."""
    for condition in conditions:
        value = getattr(row, condition.field)
        if not is_present(value) or (condition.values and format_record_value(value) not in condition.values):
            return False
    return True


def name_row(row: Any, *fields: str | None) -> str:
    """Find the name of a row: its first filled field of ``fields``, its name, title or key; '' where it has none."""
    values = (getattr(row, name, None) for name in (*fields, "name", "title", "key") if name is not None)
    return next((str(value) for value in values if value), "")
