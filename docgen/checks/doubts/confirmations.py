"""Confirmed values: each silences the doubts of that value at that place, and lapses when the value changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from pydantic_core import PydanticCustomError

from docgen.checks.doubts.blanks import says_nothing
from docgen.diagnostics import Diagnostic, Location, info, warning
from docgen.profile.faults import Locate
from docgen.profile.paths import Place
from docgen.record.month import Month
from docgen.record.parts import Confirmation
from docgen.record.types import parse_date
from docgen.trees import format_path, parse_path

_ABSENT = object()


@dataclass(frozen=True, slots=True)
class ValidConfirmation:
    """A confirmation that holds, and the path of the confirmed value in the user's data."""

    confirmation: Confirmation
    place: Place


class TypedData(Protocol):
    """The user's data as typed, which the paths of confirmations refer to."""

    @property
    def data(self) -> Any: ...
    def locate(self, path: Place, key: bool = False) -> Location: ...


def check_confirmations(
    confirmed: Sequence[Confirmation], typed: TypedData, locate: Locate
) -> tuple[list[ValidConfirmation], list[Diagnostic]]:
    """The confirmations that hold; C413 for a value that has changed since, C414 for a value that doesn't exist."""
    valid: list[ValidConfirmation] = []
    diagnostics: list[Diagnostic] = []
    for index, confirmation in enumerate(confirmed):
        place = parse_path(confirmation.path)
        value = _find_typed_value(typed.data, place)
        if value is _ABSENT:
            diagnostics.append(warning("C414", locate(("confirmed", index, "path"), False), path=confirmation.path))
        elif says_nothing(confirmation.reason):
            continue  # doubt_blanks reports such a reason
        elif not is_same(str(value), confirmation.value):
            params = {"path": _format_typed_place(place, typed), "value": confirmation.value, "now": str(value)}
            diagnostics.append(warning("C413", locate(("confirmed", index, "value"), False), **params))
        else:
            valid.append(ValidConfirmation(confirmation, place))
    return valid, diagnostics


def report_needless_confirmations(
    confirmed: Sequence[Confirmation],
    valid: Sequence[ValidConfirmation],
    doubted: Callable[[Place], bool],
    *,
    typed: TypedData,
    locate: Locate,
) -> Iterator[Diagnostic]:
    """C415 for each confirmation of a value that nobody doubts."""
    for item in valid:
        if not doubted(item.place):
            index = next(at for at, other in enumerate(confirmed) if other is item.confirmation)
            location = locate(("confirmed", index, "path"), False)
            yield info("C415", location, path=_format_typed_place(item.place, typed), value=item.confirmation.value)


def _format_typed_place(place: Place, typed: TypedData) -> str:
    """Where the user finds a value: its sheet and cell, or its path."""
    location = typed.locate(place)
    return f"{location.sheet}!{location.cell}" if location.kind == "xlsx" and location.cell else format_path(place)


def _find_typed_value(data: Any, place: Place) -> Any:
    if not place:
        return _ABSENT
    for step in place:
        inside = step in data if isinstance(data, dict) else isinstance(data, list) and isinstance(step, int)
        if not inside or (isinstance(data, list) and isinstance(step, int) and step >= len(data)):
            return _ABSENT
        data = data[step]
    return data if isinstance(data, str | int | float | Decimal) else _ABSENT


def is_same(one: str, two: str) -> bool:
    """Whether two texts mean the same value, compared as text, as numbers, and as days or months."""
    one, two = one.strip(), two.strip()
    if one == two:
        return True
    for read in (_read_number, _read_day):
        first, second = read(one), read(two)
        if first is not None and second is not None:
            return first == second
    return False


def _read_number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.replace(",", "").replace("，", "").removesuffix("%").removesuffix("％"))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _read_day(text: str) -> dt.date | Month | None:
    try:
        return parse_date(text)
    except PydanticCustomError:
        pass
    try:
        return Month.parse(text)
    except ValueError:
        return None
