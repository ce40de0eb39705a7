"""Whether two values of a record say the same."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

from docgen.content.figures import read_number
from docgen.record.types import spell_answer


def is_same(first: object, second: object) -> bool:
    """Whether two values say the same: as numbers where both are numbers (units and % left out), else as text."""
    numbers = read_number(first), read_number(second)
    if numbers[0] is not None and numbers[1] is not None:
        return numbers[0] == numbers[1]
    return fold_value(first) == fold_value(second)


def fold_value(value: object) -> str:
    """A value as text, so that two that say the same are the same: widths, spaces, case and a full stop left out."""
    text = spell_answer(spell_value(value))
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).rstrip("。.;,")


def spell_value(value: object) -> str:
    """A value as a message shows it: a number without an exponent."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
