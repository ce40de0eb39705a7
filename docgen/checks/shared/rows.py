"""Rows that a rule picks out by what their fields say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from docgen.checks.parameters import Says
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text, report_value


class When(Part):
    """A field that says one of ``values`` (yes and no are 是 and 否); without any, one that is given at all."""

    field: Annotated[Text, Says("the field")]
    values: Annotated[tuple[Text, ...], Says("what it says; unsaid: anything")] = ()


def is_picked(row: Any, conditions: Iterable[When]) -> bool:
    """Whether a row meets all of the conditions."""
    for condition in conditions:
        value = getattr(row, condition.field)
        if not is_present(value) or (condition.values and report_value(value) not in condition.values):
            return False
    return True


def name_row(row: Any, *fields: str | None) -> str:
    """What people call a row: its first field that says so, its name, its title, its key; empty where none does."""
    values = (getattr(row, name, None) for name in (*fields, "name", "title", "key") if name is not None)
    return next((str(value) for value in values if value), "")
