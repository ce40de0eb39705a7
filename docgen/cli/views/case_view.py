"""Formats the lengths of a good case: each part against its allowed range, the whole against its limit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from docgen.cli.layout import clean_line, format_table
from docgen.cli.session import Session
from docgen.content.shown_names import shorten

if TYPE_CHECKING:
    from docgen.batch.cases.view import CaseView, PartView

_CELLS = 25
_FILLED, _ALLOWED, _OUTSIDE = "█", "░", "·"


def draw_bar(part: PartView) -> str:
    """The share as a bar over the allowed range; the range alone where there is no share to judge."""
    per_cell = 100 / _CELLS
    cells = []
    for index in range(_CELLS):
        middle = (index + 0.5) * per_cell
        inside = part.low <= middle <= part.high
        cells.append(_FILLED if middle <= part.share and part.state is None else _ALLOWED if inside else _OUTSIDE)
    return "".join(cells)


def format_case(session: Session, case: CaseView) -> list[str]:
    """The case: its parts, what to add or cut, and the whole."""
    rows = []
    for part in case.parts:
        count = session.text("case.part", count=part.count) if part.state != "absent" else "—"
        row = (format_part(session, part), draw_bar(part), count, format_range(session, part))
        rows.append((*row, format_advice(session, part)))
    head = clean_line("  ".join(dict.fromkeys(filter(None, (case.name, case.title)))))
    more = [f"  {line}" for line in format_details(session, case)]
    return [head, *format_table(rows, indent=2), "  " + format_total(session, case), *more]


def format_part(session: Session, part: PartView) -> str:
    """The part's title, marked where it was recognized by signs only."""
    return f"{part.title}{session.text('case.likely')}" if part.certainty == "likely" else part.title


def format_range(session: Session, part: PartView) -> str:
    """The share and its allowed range."""
    limits = {"wanted": f"{part.aim:g}%", "low": f"{part.low:g}%", "high": f"{part.high:g}%"}
    if part.state is not None:
        return session.text("case.band-alone", **limits)
    return session.text("case.band", share=f"{part.share:.1f}%", **limits)


def format_advice(session: Session, part: PartView) -> str:
    """What to do with a part; no advice on its length where the part is absent or paragraphs aren't assigned."""
    if part.state is not None:
        return session.text(f"case.{part.state}")
    advice = "fits" if part.change == 0 else "add" if part.change > 0 else "cut"
    return session.text(f"case.{advice}", number=abs(part.change))


def format_details(session: Session, case: CaseView) -> list[str]:
    """What was checked beside the lengths, and what wasn't counted."""
    lines = [
        session.text("case.doubt", heading=heading, count=count, letters="、".join(letters))
        for heading, count, letters in case.doubts
    ]
    if case.facts:
        missing = "、".join(label for _, label, words in case.facts if words is None)
        stated = sum(words is not None for _, _, words in case.facts)
        key = "case.facts-missing" if missing else "case.facts"
        lines.append(session.text(key, told=stated, all=len(case.facts), missing=missing))
    if case.pairs is not None:
        lines.append(session.text("case.pairs", count=case.pairs))
    if case.answers is not None and case.answers[1]:
        lines.append(session.text("case.answers", told=case.answers[0], all=case.answers[1]))
    if case.units is not None:
        lines.append(session.text("case.units", count=len(case.units), names="、".join(case.units) or "—"))
    beside = case.beside
    if beside.tables or beside.pictures or beside.charts or beside.text_boxes:
        counts = {name: getattr(beside, name) for name in ("tables", "table_words", "pictures", "charts")}
        lines.append(session.text("case.beside", **counts, inclusive=beside.inclusive))
    for name, number, words in (
        ("text-boxes", beside.text_boxes, beside.text_box_words),
        ("captions", beside.captions, beside.caption_words),
        ("notes", beside.notes, beside.note_words),
        ("hidden", beside.hidden, beside.hidden_words),
    ):
        if number:
            lines.append(session.text(f"case.{name}", count=number, words=words))
    if case.shared:
        lines.append(session.text("case.shared", count=case.shared))
    return [clean_line(line) for line in lines]


def format_summary(session: Session, cases: Sequence[tuple[str, CaseView]]) -> list[str]:
    """Many texts, one line each, with their shares and the parts that are too long or too short."""
    rows = [tuple(session.text(f"case.head-{name}") for name in ("file", "title", "total", "shares", "facts", "found"))]
    for path, case in cases:
        total = f"{case.low}" if case.low == case.high else f"{case.low}～{case.high}"
        over = f"{total}/{case.limit}" + (" !" if case.high > case.limit else "")
        shares = " ".join(_format_share(part) for part in case.parts)
        stated = sum(words is not None for _, _, words in case.facts)
        counts = session.text("case.found", errors=case.errors, warnings=case.warnings)
        name = path if case.name == path else f"{path} {case.name}"
        facts = f"{stated}/{len(case.facts)}" if case.facts else "—"
        rows.append((name, shorten(case.title, 16), over, shares, facts, counts))
    return format_table(rows)


def _format_share(part: PartView) -> str:
    """A share in short: ? where the part was recognized by signs, — where it is absent, * where it can't be judged."""
    if part.state == "absent":
        return "—"
    likely = "?" if part.certainty == "likely" else ""
    return f"{part.share:.0f}{'*' if part.state else _mark(part)}{likely}"


def _mark(part: PartView) -> str:
    return "" if part.change == 0 else "↑" if part.change > 0 else "↓"


def format_total(session: Session, case: CaseView) -> str:
    """The whole length, and how many words remain or are too many."""
    form = "case.total" if case.low == case.high else "case.total-range"
    total = session.text(form, low=case.low, high=case.high, limit=case.limit)
    if case.open_words:
        return f"{total}  {session.text('case.not-placed', count=case.open_words)}"
    remaining = case.limit - case.high
    advice = session.text("case.left" if remaining >= 0 else "case.over", number=abs(remaining))
    return f"{total}  {advice}"
