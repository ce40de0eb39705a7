"""Rows that a rule picks out by what their fields say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from docgen.profile.subject import is_present
from docgen.record.types import Part, Text

_ANSWERS = {True: "是", False: "否"}


class When(Part):
    """A field that says one of ``values`` (yes and no are 是 and 否); without any, one that is given at all."""

    field: Text
    values: tuple[Text, ...] = ()


def say(value: object) -> str:
    """A value as a profile names it: the word of a choice, 是 or 否."""
    return _ANSWERS[value] if isinstance(value, bool) else str(value)


def is_picked(row: Any, conditions: Iterable[When]) -> bool:
    """Whether a row meets all of the conditions."""
    for condition in conditions:
        value = getattr(row, condition.field)
        if not is_present(value) or (condition.values and say(value) not in condition.values):
            return False
    return True


def name_row(row: Any, *fields: str | None) -> str:
    """What people call a row: its first field that says so, its name, its title, its key; empty where none does."""
    values = (getattr(row, name, None) for name in (*fields, "name", "title", "key") if name is not None)
    return next((str(value) for value in values if value), "")
