"""A case's lengths as lines of text and as data: each part against its band, the whole against its limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from docgen.cli.layout import clean_line, set_table
from docgen.cli.session import Session
from docgen.content.shown_names import shorten

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
class BesideView:
    """What stands beside the prose and isn't counted with it; ``words`` are those in tables and in text boxes."""

    tables: int = 0
    table_words: int = 0
    pictures: int = 0
    charts: int = 0
    text_boxes: int = 0
    text_box_words: int = 0
    inclusive: int = 0


NOTHING_BESIDE = BesideView()


@dataclass(frozen=True, slots=True)
class CaseView:
    """One text: its parts, and its words from ``low`` to ``high``, as the layout has it, against the limit.

    ``facts`` are what the clause wants told, each with the words that tell it (None: not found); ``pairs`` the figures
    before and after, ``units`` those who wrote it, both None where nobody asks.
    """

    name: str
    title: str
    parts: tuple[PartView, ...]
    low: int
    high: int
    limit: int
    facts: tuple[tuple[str, str, str | None], ...] = ()
    pairs: int | None = None
    units: tuple[str, ...] | None = None
    beside: BesideView = NOTHING_BESIDE
    errors: int = 0
    warnings: int = 0


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
    more = [f"  {line}" for line in spell_details(session, case)]
    return [head, *set_table(rows, indent=2), "  " + spell_total(session, case), *more]


def spell_details(session: Session, case: CaseView) -> list[str]:
    """What was looked for beside the lengths, and what wasn't counted."""
    lines: list[str] = []
    if case.facts:
        missing = "、".join(label for _, label, words in case.facts if words is None)
        told = sum(words is not None for _, _, words in case.facts)
        key = "case.facts-missing" if missing else "case.facts"
        lines.append(session.text(key, told=told, all=len(case.facts), missing=missing))
    if case.pairs is not None:
        lines.append(session.text("case.pairs", count=case.pairs))
    if case.units is not None:
        lines.append(session.text("case.units", count=len(case.units), names="、".join(case.units) or "—"))
    beside = case.beside
    if beside.tables or beside.pictures or beside.charts or beside.text_boxes:
        counts = {name: getattr(beside, name) for name in ("tables", "table_words", "pictures", "charts")}
        lines.append(session.text("case.beside", **counts, inclusive=beside.inclusive))
    if beside.text_boxes:
        lines.append(session.text("case.text-boxes", count=beside.text_boxes, words=beside.text_box_words))
    return [clean_line(line) for line in lines]


def spell_summary(session: Session, cases: Sequence[tuple[str, CaseView]]) -> list[str]:
    """Many texts at a glance: one line each, with the parts that are out of their bands."""
    rows = [tuple(session.text(f"case.head-{name}") for name in ("file", "title", "total", "shares", "facts", "found"))]
    for path, case in cases:
        total = f"{case.low}" if case.low == case.high else f"{case.low}～{case.high}"
        over = f"{total}/{case.limit}" + (" !" if case.high > case.limit else "")
        shares = " ".join(f"{part.share:.0f}{_mark(part)}" for part in case.parts)
        told = sum(words is not None for _, _, words in case.facts)
        found = session.text("case.found", errors=case.errors, warnings=case.warnings)
        name = path if case.name == path else f"{path} {case.name}"
        facts = f"{told}/{len(case.facts)}" if case.facts else "—"
        rows.append((name, shorten(case.title, 16), over, shares, facts, found))
    return set_table(rows)


def _mark(part: PartView) -> str:
    return "" if part.change == 0 else "↑" if part.change > 0 else "↓"


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
        "facts": [{"key": key, "label": label, "words": words} for key, label, words in case.facts],
        "pairs": case.pairs,
        "units": None if case.units is None else list(case.units),
        "beside": {entry.name: getattr(case.beside, entry.name) for entry in fields(BesideView)},
        "counts": {"error": case.errors, "warning": case.warnings},
    }
