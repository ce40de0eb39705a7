"""Checks that the stated results of indicators agree with their own values, and that these have one unit."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter
from docgen.checks.shared.agreement import format_value, is_same, report_difference
from docgen.checks.shared.units import is_same_unit, read_bare_unit
from docgen.record.enterprise import Indicator
from docgen.record.types import Part, Text, format_record_value

_WORDED = ("yes_no", "text")


class Params(Part):
    """``indicators``: the path of the indicators."""

    indicators: Annotated[Text, Parameter("the indicators", "path")]


def list_paths(params: Params) -> Iterable[str]:
    """List the path of the indicators."""
    return (params.indicators,)


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C336 for a stated result that the values contradict, C337 (宜) for values in different units."""
    for item in checked.subject.find(params.indicators):
        indicator: Indicator = item.value
        if checked.is_silenced((*item.place, "direction")):
            continue  # without a valid direction the values can't be compared
        details = {"name": indicator.name}
        if is_contradicted(indicator):
            place, other = (*item.place, "reached"), (*item.place, "after")
            yield report(
                "C336",
                place,
                reached=format_record_value(indicator.reached),
                before=format_value(indicator.before) if indicator.before is not None else "—",
                target=format_value(indicator.target),
                after=format_value(indicator.after),
                other=other,
                **details,
            )
        mixed = _find_mixed(indicator)
        if mixed is not None:
            first, second = (((*item.place, name), str(getattr(indicator, name))) for name in mixed)
            yield report_difference(checked, "C337", second, first, "宜", **details)


def is_contradicted(indicator: Indicator) -> bool:
    """Whether the values show another result than the stated one.

    Figures are compared by the direction. Words reach the target when they are equal to it, and don't when they are
    equal to those before; a question of yes or no has only one answer that reaches the target.
    """
    stated, after, target = indicator.reached, indicator.after, indicator.target
    if stated is None or after is None or target is None:
        return False
    if indicator.direction not in _WORDED:
        if not isinstance(after, Decimal) or not isinstance(target, Decimal):
            return False
        return stated != (after >= target if indicator.direction == "up" else after <= target)
    if _matches_target(after, target):
        return not stated
    unchanged = indicator.before is not None and is_same(after, indicator.before)
    return stated and (unchanged or (indicator.direction == "yes_no" and len(_fold(after)) <= len(_fold(target))))


def _matches_target(after: object, target: object) -> bool:
    """Whether an answer is the target's, perhaps with more text behind it: 有（已运行三个月）."""
    return is_same(after, target) or _fold(after).startswith((f"{_fold(target)}(", f"{_fold(target)},"))


def _fold(value: object) -> str:
    return "".join(unicodedata.normalize("NFKC", str(value)).split())


def _find_mixed(indicator: Indicator) -> tuple[str, str] | None:
    """Find the first two of an indicator's values that are typed figures in different units."""
    units: dict[str, str] = {}
    for name in ("before", "target", "after"):
        value = getattr(indicator, name)
        unit = read_bare_unit(value) if isinstance(value, str) else ""
        if unit:
            units[name] = unit
    first = next(iter(units), "")
    return next(((first, name) for name, unit in units.items() if not is_same_unit(unit, units[first])), None)
