"""Draws the first sheet, the guide: how to fill in the workbook, the meaning of colours, the list of sheets."""

from __future__ import annotations

from typing import Any

from docgen.messages import Catalogue
from docgen.sources.intake.workbook.layout import EXAMPLE_MARK, Layout
from docgen.sources.intake.workbook.styles import BookFormats

_LINE_HEIGHT = 17
_LINE_LETTERS = 62
_HINT_LETTERS, _NAME_LETTERS = 38, 24


def draw_guide(worksheet: Any, layout: Layout, styles: BookFormats, texts: Catalogue) -> None:
    """Draw the guide into an empty sheet."""
    for at, width in enumerate((44, 10, 12, 64)):
        worksheet.set_column(at, at, width)
    worksheet.set_row(0, 30)
    worksheet.write_string(0, 0, texts.text("workbook.guide.title", title=layout.title), styles.title)
    row = 2
    for line in texts.text("workbook.guide.steps").strip().splitlines():
        worksheet.merge_range(row, 0, row, 3, line, styles.body)
        worksheet.set_row(row, _LINE_HEIGHT * (1 + len(line) // _LINE_LETTERS))
        row += 1
    row += 1
    worksheet.write_string(row, 0, texts.text("workbook.guide.colours"), styles.subtitle)
    row += 1
    for need in ("required", "advised", "free", "count"):
        worksheet.write_string(row, 0, texts.text(f"workbook.need.{need}"), styles.header(need))
        worksheet.write_string(row, 1, texts.text(f"workbook.guide.{need}"), styles.note)
        row += 1
    worksheet.write_string(row, 0, EXAMPLE_MARK, styles.example)
    worksheet.write_string(row, 1, texts.text("workbook.guide.example"), styles.note)
    row += 2
    worksheet.write_string(row, 0, texts.text("workbook.guide.sheets"), styles.subtitle)
    row += 1
    for at, key in enumerate(("sheet", "group", "whose", "about")):
        worksheet.write_string(row, at, texts.text(f"workbook.head.{key}"), styles.header("free"))
    for sheet in layout.sheets:
        row += 1
        worksheet.write_url(row, 0, f"internal:'{sheet.name}'!A1", styles.cell_link, sheet.name)
        worksheet.write_string(row, 1, texts.text(f"workbook.group.{sheet.group}"), styles.cell)
        worksheet.write_string(row, 2, sheet.owner.label if sheet.owner is not None else "", styles.cell)
        worksheet.write_string(row, 3, sheet.hint, styles.cell)
        lines = max(1 + len(sheet.hint) // _HINT_LETTERS, 1 + len(sheet.name) // _NAME_LETTERS)
        worksheet.set_row(row, _LINE_HEIGHT * lines)
    worksheet.hide_gridlines(2)
    worksheet.set_paper(9)
    worksheet.fit_to_pages(1, 0)
    worksheet.set_margins(0.5, 0.5, 0.6, 0.6)
    worksheet.set_footer("&C&P / &N")
