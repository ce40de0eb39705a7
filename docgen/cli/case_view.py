"""A case's lengths as lines of text and as data: each part against its band, the whole against its limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docgen.cli.layout import clean_line, set_table
from docgen.cli.session import Session

_CELLS = 25
_FILLED, _BAND, _OUTSIDE = "█", "░", "·"


@dataclass(frozen=True, slots=True)
class PartView:
    """One part: its words, its share of the whole and the band of that, both in percent, and what would mend it.

    ``change`` is how many words to add to the part (or, below zero, to cut) until its share comes into the band.
    """

    key: str
    title: str
    count: int
    share: float
    low: float
    high: float
    change: int


@dataclass(frozen=True, slots=True)
class CaseView:
    """One text: its parts, and its words from ``low`` to ``high``, as the layout has it, against the limit."""

    name: str
    title: str
    parts: tuple[PartView, ...]
    low: int
    high: int
    limit: int


def draw_bar(part: PartView) -> str:
    """The share as a bar, the band behind it."""
    per_cell = 100 / _CELLS
    cells = []
    for index in range(_CELLS):
        middle = (index + 0.5) * per_cell
        inside = part.low <= middle <= part.high
        cells.append(_FILLED if middle <= part.share else _BAND if inside else _OUTSIDE)
    return "".join(cells)


def spell_case(session: Session, case: CaseView) -> list[str]:
    """The case: its parts, what to add or cut, and the whole."""
    rows = []
    for part in case.parts:
        advice = "fits" if part.change == 0 else "add" if part.change > 0 else "cut"
        band = session.text("case.band", share=f"{part.share:.1f}%", low=f"{part.low:g}%", high=f"{part.high:g}%")
        count = session.text("case.part", count=part.count)
        rows.append((part.title, draw_bar(part), count, band, session.text(f"case.{advice}", number=abs(part.change))))
    head = clean_line("  ".join(dict.fromkeys(filter(None, (case.name, case.title)))))
    return [head, *set_table(rows, indent=2), "  " + spell_total(session, case)]


def spell_total(session: Session, case: CaseView) -> str:
    """The whole: how many words, and how many are left or over."""
    form = "case.total" if case.low == case.high else "case.total-range"
    total = session.text(form, low=case.low, high=case.high, limit=case.limit)
    left = case.limit - case.high
    advice = session.text("case.left", number=left) if left >= 0 else session.text("case.over", number=-left)
    return f"{total}  {advice}"


def describe_case(case: CaseView) -> dict[str, Any]:
    """The same for JSON; ``change`` is what to add to a part or, below zero, to cut."""
    return {
        "name": case.name,
        "title": case.title,
        "total": {"low": case.low, "high": case.high},
        "limit": case.limit,
        "parts": [
            {
                "key": part.key,
                "title": part.title,
                "count": part.count,
                "share": round(part.share, 2),
                "band": {"low": part.low, "high": part.high},
                "change": part.change,
            }
            for part in case.parts
        ],
    }
