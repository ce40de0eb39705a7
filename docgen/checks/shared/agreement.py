"""Compares two values of a record, and reports where they differ."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, Said, report
from docgen.content.figures import read_number
from docgen.profile.document import Level
from docgen.profile.paths import Place
from docgen.record.types import format_answer


def is_same(first: object, second: object) -> bool:
    """Whether two values say the same: as numbers where both are numbers (units and % left out), else as text."""
    numbers = read_number(first), read_number(second)
    if numbers[0] is not None and numbers[1] is not None:
        return numbers[0] == numbers[1]
    return fold_value(first) == fold_value(second)


def report_difference(
    checked: CheckSubject,
    code: str,
    here: tuple[Place, str],
    there: tuple[Place, str],
    level: Level | None = None,
    /,
    **said: Said,
) -> Fault:
    """Two values that should say the same and don't, each with its place and as a message shows it."""
    other, value = there
    told: dict[str, Said] = {"value": here[1], "other_label": checked.name_field(other), "other_value": value}
    return report(code, here[0], level, other=other, **told, **said)


def fold_value(value: object) -> str:
    """A value as text, so that two that say the same are the same: widths, spaces, case and a full stop left out."""
    text = format_answer(format_value(value))
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).rstrip("。.;,")


def format_value(value: object) -> str:
    """A value as a message shows it: a number without an exponent."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
