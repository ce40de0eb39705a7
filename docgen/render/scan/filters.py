"""Declares the types that the filters of templates take and give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from docgen.render.context.types import Kind


@dataclass(frozen=True, slots=True)
class FilterType:
    """The kinds that a filter takes (none: all) and gives; one that ``settles`` accepts a missing value."""

    takes: tuple[Kind, ...]
    gives: Kind | Literal["same", "item"] = "text"
    settles: bool = False


_DAYS: tuple[Kind, ...] = ("date", "minute")
_MONTHS: tuple[Kind, ...] = (*_DAYS, "month")
FILTER_TYPES: Mapping[str, FilterType] = {
    "date": FilterType(_DAYS),
    "date8": FilterType(_MONTHS),
    "month": FilterType(_MONTHS),
    "money": FilterType(("number",)),
    "capitals": FilterType(("number",)),
    "numeral": FilterType(("number",)),
    "unit": FilterType((), "same"),
    "box": FilterType((), settles=True),
    "stars": FilterType(("text",), settles=True),
    "lines": FilterType(("list",)),
    "join": FilterType(("list",)),
    "default": FilterType((), "same", settles=True),
    "trim": FilterType(("text",)),
    "length": FilterType(("list", "text"), "number", settles=True),
    "count": FilterType(("list", "text"), "number", settles=True),
    "first": FilterType(("list",), "item"),
    "last": FilterType(("list",), "item"),
    "reverse": FilterType(("list",), "same"),
    "under": FilterType(("prose",), "same"),
    "keep": FilterType((), "same"),
    "e": FilterType((), "same"),
    "escape": FilterType((), "same"),
}
