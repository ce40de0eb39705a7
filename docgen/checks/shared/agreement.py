"""Compares two values of a record and reports where they differ."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, FaultParam, report
from docgen.content.figures import read_number
from docgen.profile.document import Level
from docgen.profile.paths import Place
from docgen.record.types import translate_answer


def is_same(first: object, second: object) -> bool:
    """Whether two values are equal: as numbers where both are numbers (without units and %), else as folded text."""
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
    **details: FaultParam,
) -> Fault:
    """Report two values that should be equal and aren't, each with its place and its text for the message."""
    other, value = there
    both: dict[str, FaultParam] = {"value": here[1], "other_label": checked.name_field(other), "other_value": value}
    return report(code, here[0], level, other=other, **both, **details)


def fold_value(value: object) -> str:
    """Fold a value to text for comparison: without differences of width, white space, case and a full stop."""
    text = translate_answer(format_value(value))
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).rstrip("。.;,")


def format_value(value: object) -> str:
    """Format a value for a message: a number without an exponent."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
