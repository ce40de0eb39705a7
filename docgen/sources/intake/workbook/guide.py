"""Draws the first sheet, the guide: how to fill in the workbook, the meaning of colours, the list of sheets."""

from __future__ import annotations

from typing import Any

from docgen.messages import Catalogue
from docgen.sources.intake.workbook.layout import EXAMPLE_MARK, Layout
from docgen.sources.intake.workbook.styles import BookFormats

_LINE_HEIGHT = 17
_LINE_LETTERS = 62
_HINT_LETTERS, _NAME_LETTERS = 38, 24


def draw_guide(drawn: Any, layout: Layout, styles: BookFormats, texts: Catalogue) -> None:
    """Draw the guide into an empty sheet."""
    for at, width in enumerate((44, 10, 12, 64)):
        drawn.set_column(at, at, width)
    drawn.set_row(0, 30)
    drawn.write_string(0, 0, texts.text("workbook.guide.title", title=layout.title), styles.title)
    row = 2
    for line in texts.text("workbook.guide.steps").strip().splitlines():
        drawn.merge_range(row, 0, row, 3, line, styles.body)
        drawn.set_row(row, _LINE_HEIGHT * (1 + len(line) // _LINE_LETTERS))
        row += 1
    row += 1
    drawn.write_string(row, 0, texts.text("workbook.guide.colours"), styles.subtitle)
    row += 1
    for need in ("required", "advised", "free", "count"):
        drawn.write_string(row, 0, texts.text(f"workbook.need.{need}"), styles.header(need))
        drawn.write_string(row, 1, texts.text(f"workbook.guide.{need}"), styles.note)
        row += 1
    drawn.write_string(row, 0, EXAMPLE_MARK, styles.example)
    drawn.write_string(row, 1, texts.text("workbook.guide.example"), styles.note)
    row += 2
    drawn.write_string(row, 0, texts.text("workbook.guide.sheets"), styles.subtitle)
    row += 1
    for at, key in enumerate(("sheet", "group", "whose", "about")):
        drawn.write_string(row, at, texts.text(f"workbook.head.{key}"), styles.header("free"))
    for sheet in layout.sheets:
        row += 1
        drawn.write_url(row, 0, f"internal:'{sheet.name}'!A1", styles.cell_link, sheet.name)
        drawn.write_string(row, 1, texts.text(f"workbook.group.{sheet.group}"), styles.cell)
        drawn.write_string(row, 2, sheet.owner.label if sheet.owner is not None else "", styles.cell)
        drawn.write_string(row, 3, sheet.hint, styles.cell)
        lines = max(1 + len(sheet.hint) // _HINT_LETTERS, 1 + len(sheet.name) // _NAME_LETTERS)
        drawn.set_row(row, _LINE_HEIGHT * lines)
    drawn.hide_gridlines(2)
    drawn.set_paper(9)
    drawn.fit_to_pages(1, 0)
    drawn.set_margins(0.5, 0.5, 0.6, 0.6)
    drawn.set_footer("&C&P / &N")
