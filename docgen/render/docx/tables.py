"""What Word refuses of tables that loops and conditions made: cells, rows and tables without anything inside."""

from __future__ import annotations

import re


def fill_cells(text: str) -> str:
    """Give a paragraph to each cell that conditions emptied, and to one that ends with a table: Word insists."""
    for bare in ("</w:tcPr></w:tc>", "</w:tbl></w:tc>", "<w:tc></w:tc>"):
        text = text.replace(bare, bare[: -len("</w:tc>")] + "<w:p/></w:tc>")
    return text


_NO_ROWS = re.compile(r"</w:tblGrid>\s*</w:tbl>")


def drop_empty_tables(text: str) -> str:
    """Leave out a table whose loop made no row, and a row without a cell: Word refuses both."""
    text = re.sub(r"<w:tr(?: [^>]*)?>(?:<w:trPr>(?:(?!</w:trPr>).)*</w:trPr>)?\s*</w:tr>", "", text, flags=re.DOTALL)
    while (found := _NO_ROWS.search(text)) is not None:
        begin = max(text.rfind(opening, 0, found.start()) for opening in ("<w:tbl>", "<w:tbl "))
        text = text[:begin] + text[found.end() :]
    return text
