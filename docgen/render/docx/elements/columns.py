"""Sets the column widths of rendered tables, where a loop made the columns; keeps rows together, fills empty cells.

Compiling marks the tables with a loop over columns; no other is touched. A table keeps its total width. Columns with a
``{% colwidth %}`` share by their weights the width that the other columns leave; without any such tag, the drawn widths
are scaled. In tables of docgen's own styles no column is narrower than its dates and its header need.

This works on text, not on a tree: parsing the tables took a quarter of the time of a form. It is safe because compiling
sorted the properties of each cell by the schema and dropped their tracked changes, and because no value holds a ``<``.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

from docgen.render.docx.wordml.text import measure_width

if TYPE_CHECKING:
    from collections.abc import Iterable

KIND = "columns"
"""The value of the attribute ``docgen`` of a marked table."""
WEIGHT = "docgen"
"""The ``w:type`` of a cell width that is a weight; Word has no such unit."""

_MARK = f' docgen="{KIND}"'
_MARKED = re.compile(rf"<w:tbl(?: [^<>]*?)?{_MARK}(?=[ >])")
_OPENINGS, _END = ("<w:tbl>", "<w:tbl "), "</w:tbl>"
_INNER = "\0"  # placeholder of a table inside a cell; XML can't hold this character
_GRID = re.compile(r"<w:tblGrid>(.*?)</w:tblGrid>", re.DOTALL)
_GRID_COLUMN = re.compile(r'<w:gridCol\b[^>]*?(?: w:w="([^"]*)")?[^>]*/>')
_ROW = re.compile(r"<w:tr[ >]")
_ROW_END = "</w:tr>"
_BEFORE = re.compile(r'<w:gridBefore w:val="([^"]*)"/>')
_CELL = re.compile(
    r"(<w:tc(?: [^>]*)?>(?:<w:tcPr>)?(?:<w:cnfStyle [^>]*/>)?(?:<w:tcW(?: [^>]*)?/>)?(?:<w:gridSpan [^>]*/>)?)"
)
_WIDTH, _SPAN = re.compile(r"<w:tcW[^>]*/>"), re.compile(r'<w:gridSpan w:val="([^"]*)"/>')
_ATTRIBUTE = re.compile(r'w:(w|type)="([^"]*)"')
_TEXT = re.compile(r"<w:t(?: [^>]*)?>([^<]*)")
_DATE = re.compile(r"\d{4}年\d{1,2}月(?:\d{1,2}日)?")
_DATE_GAPS = 3  # half ems: Word and LibreOffice add a quarter of an em between digits and Chinese characters
_HEADER = "<w:tblHeader/>"
_SHORT_HEADER = 8  # half ems: up to four characters stay in one line
_HALF_WIDTH, _CELL_MARGINS = 106, 190  # twips: half an em of 五号; the side margins of a cell in our own tables
_MIN_COLUMN = 200  # twips: a narrower column can't be seen
_OWN_STYLE = re.compile(r'<w:tblStyle w:val="Docgen(?!Sign)\w*Table"/>')
_FOOT = re.compile(r'<w:pStyle w:val="Docgen(?:Note|SignLine|Basis)"/>')
_HEADING = re.compile(r'<w:p><w:pPr><w:pStyle w:val="DocgenHeading\d"/>')
_CONTINUED = re.compile(r'<w:vMerge(?: w:val="continue")?/>')
_FIRST_PARAGRAPH = re.compile(
    r"(?P<open><w:p(?:\s[^>]*)?/?>)"
    r"(?:<w:pPr/>|<w:pPr>(?P<style><w:pStyle [^>]*/>)?(?P<rest>(?:(?!</w:pPr>).)*)</w:pPr>)?",
    re.DOTALL,
)
_NO_ROWS = re.compile(r"</w:tblGrid>\s*</w:tbl>")


class _Cell(NamedTuple):
    """The start of a cell: the text before and behind its width, the width in twips or as a weight, the column span."""

    before: str
    behind: str
    width: int
    weight: float
    span: int


class _Row(NamedTuple):
    """A row: the number of empty grid columns at its start, its cells, the text before the first cell and in each."""

    free: int
    cells: list[_Cell]
    texts: list[str]


def set_column_widths(text: str) -> str:
    """Set the column widths of the marked tables of a rendered part."""
    # From the last to the first: an inner table is done before the table around it.
    for begin in reversed([mark.start() for mark in _MARKED.finditer(text)]):
        end = _find_table_end(text, begin)
        outer, inner = _cut_inner_tables(text[begin:end].replace(_MARK, "", 1))
        text = text[:begin] + _put_inner_tables(_set_widths(outer), inner) + text[end:]
    return text


def _find_table_end(text: str, begin: int) -> int:
    """Find the end of the table that begins at ``begin``, behind the tables in its cells."""
    end, ended = begin, 0
    while True:
        end = text.index(_END, end) + len(_END)
        ended += 1
        if ended == sum(text.count(opening, begin, end) for opening in _OPENINGS):
            return end


def _cut_inner_tables(table: str) -> tuple[str, list[str]]:
    """Cut the tables out of a table's cells; gives the table with placeholders, and the cut ones."""
    pieces: list[str] = []
    inner: list[str] = []
    at = 0
    while begins := [begin for opening in _OPENINGS if (begin := table.find(opening, max(at, 1))) >= 0]:
        begin = min(begins)
        pieces.append(table[at:begin])
        at = _find_table_end(table, begin)
        inner.append(table[begin:at])
    return _INNER.join((*pieces, table[at:])), inner


def _put_inner_tables(table: str, inner: list[str]) -> str:
    for text in inner:
        table = table.replace(_INNER, text, 1)
    return table


def _set_widths(table: str) -> str:
    grid = _GRID.search(table)
    if grid is None:
        return table
    drawn_widths = [_read_number(column) for column in _GRID_COLUMN.findall(grid[1])]
    *texts, tail = table[grid.end() :].split(_ROW_END)
    rows = [_read_row(text) for text in texts]
    count = max((sum([cell.span for cell in row.cells]) + row.free for row in rows), default=0)
    if not count or not sum(drawn_widths):
        return table
    weighs = _OWN_STYLE.search(table) is not None and any(cell.weight for row in rows for cell in row.cells)
    min_widths = _find_min_widths(rows, count) if weighs else [0] * count
    widths = _choose_widths([row for row in rows if row.cells], drawn_widths, min_widths)
    edges = [0, *accumulate(widths)]
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    row_texts = "".join(_write_row(row, edges) for row in rows)
    return f"{table[: grid.start()]}<w:tblGrid>{columns}</w:tblGrid>{row_texts}{tail}"


def _read_row(text: str) -> _Row:
    pieces = _CELL.split(text)
    free = _BEFORE.search(pieces[0])
    return _Row(
        _read_number(free[1]) if free is not None else 0, [_read_cell(head) for head in pieces[1::2]], pieces[::2]
    )


@lru_cache(maxsize=4096)
def _read_cell(head: str) -> _Cell:
    span = _SPAN.search(head)
    columns = max(1, _read_number(span[1])) if span is not None else 1
    width = _WIDTH.search(head)
    if width is not None:
        return _Cell(head[: width.start()], head[width.end() :], *_read_width(width[0]), columns)
    if not head.startswith("<w:tcPr>", head.index(">") + 1):
        return _Cell(f"{head}<w:tcPr>", "</w:tcPr>", 0, 0.0, columns)
    at = span.start() if span is not None else len(head)
    return _Cell(head[:at], head[at:], 0, 0.0, columns)


def _read_width(tag: str) -> tuple[int, float]:
    """Read the width of a cell in twips, or its weight; a percentage (pct) and no width (auto) count as neither."""
    attributes = dict(_ATTRIBUTE.findall(tag))
    kind = attributes.get("type", "dxa")
    if kind == WEIGHT:
        return 0, float(attributes.get("w", "0"))
    return (_read_number(attributes.get("w", "")), 0.0) if kind == "dxa" else (0, 0.0)


def _read_number(text: str) -> int:
    """Read a number of twips or columns; anything else is 0."""
    if text.isdecimal():
        return int(text)
    return int(float(text)) if re.fullmatch(r"\d+\.\d+", text) else 0


def _find_min_widths(rows: Iterable[_Row], count: int) -> list[int]:
    """Find the least width of each column (twips): dates in one line, a header of four characters in one, else two."""
    min_widths = [0] * count
    for row in rows:
        at = row.free
        for cell, text in zip(row.cells, row.texts[1:], strict=True):
            if cell.span == 1:
                words = "".join(_TEXT.findall(text))
                lengths = [measure_width(date) + _DATE_GAPS for date in _DATE.findall(words)]
                if _HEADER in row.texts[0]:
                    length = measure_width(words)
                    lengths.append(min(length if length <= _SHORT_HEADER else 2 * math.ceil(length / 4), _SHORT_HEADER))
                min_widths[at] = max(min_widths[at], *(length * _HALF_WIDTH + _CELL_MARGINS for length in lengths), 0)
            at += cell.span
    return min_widths


def _choose_widths(rows: Iterable[_Row], drawn: list[int], min_widths: list[int]) -> list[int]:
    """Choose the width of each column from its cells that span no other column; else from the drawn grid."""
    total, count = sum(drawn), len(min_widths)
    widths: list[float] = [0.0] * count
    weights: list[float] = [0.0] * count
    for row in rows:
        at = row.free
        for cell in row.cells:
            if cell.span == 1:
                weights[at] = weights[at] or cell.weight
                widths[at] = widths[at] or cell.width
            at += cell.span
    average = total / count
    for at in range(count):
        if not weights[at] and not widths[at]:
            widths[at] = drawn[at] if at < len(drawn) and count == len(drawn) else average
    fixed = sum(width for width, weight in zip(widths, weights, strict=True) if not weight)
    weighted = sum(weights)
    if weighted:
        rest = max(total - fixed, _MIN_COLUMN * sum(1 for weight in weights if weight))
        shared = _share_by_weight(weights, min_widths, rest)
        widths = [share if weight else width for width, weight, share in zip(widths, weights, shared, strict=True)]
    scale = total / sum(widths)
    rounded = [int(width * scale) for width in widths]
    rounded[-1] += total - sum(rounded)
    return rounded


def _share_by_weight(weights: list[float], min_widths: list[int], rest: float) -> list[float]:
    """Share a width by weights, no column below its minimum; by weights alone where the minimums don't fit."""
    fixed: dict[int, int] = {}
    free = {at for at, weight in enumerate(weights) if weight}
    while free:
        shared, weighted = rest - sum(fixed.values()), sum(weights[at] for at in free)
        narrow = {at for at in free if weights[at] / weighted * shared < min_widths[at]}
        if not narrow:
            return [float(fixed.get(at, weight / weighted * shared)) for at, weight in enumerate(weights)]
        fixed |= {at: min_widths[at] for at in narrow}
        free -= narrow
    return [weight / sum(weights) * rest for weight in weights]


def _write_row(row: _Row, edges: list[int]) -> str:
    """Write a row with the widths of its cells; a row whose loop made no cell is left out."""
    head, *texts = row.texts
    if not texts:
        opening = _ROW.search(head)
        return head[: opening.start()] if opening is not None else head + _ROW_END
    pieces = [head]
    column = row.free
    for cell, text in zip(row.cells, texts, strict=True):
        width = edges[column + cell.span] - edges[column]
        pieces.append(f'{cell.before}<w:tcW w:w="{width}" w:type="dxa"/>{cell.behind}{text}')
        column += cell.span
    pieces.append(_ROW_END)
    return "".join(pieces)


def holds_own_table(text: str) -> bool:
    """Whether a part has tables of docgen's own styles; a narrative may add others."""
    return _OWN_STYLE.search(text) is not None


def keep_rows(text: str) -> str:
    """Keep rows on one page: the rows of a merged cell, and a table's last two rows with the notes or signatures below.

    Only tables of docgen's own styles: nobody else's template is changed. ``w:keepNext`` in the first paragraph of a
    row's first cell decides, in Word and in LibreOffice.
    """
    for style in reversed([mark.start() for mark in _OWN_STYLE.finditer(text)]):
        begin = max(text.rfind(opening, 0, style) for opening in _OPENINGS)
        end = _find_table_end(text, begin)
        outer, inner = _cut_inner_tables(text[begin:end])
        rows = [row.start() for row in _ROW.finditer(outer)]
        # Notes, signatures and totals may have a row of their own at the table's end.
        count = 3 if len(rows) > 2 and (_FOOT.search(outer, rows[-1]) or _is_total(outer, rows)) else 2
        # What a heading follows ends here: only its last two rows stay together.
        tail = rows[-2:-1] if _HEADING.match(text, end) else rows[-count:]
        kept = {*tail, *(row for row, below in pairwise(rows) if _continues_merge(outer, below))}
        for row in sorted(kept, reverse=True):
            outer = outer[:row] + _FIRST_PARAGRAPH.sub(_keep_next, outer[row:], count=1)
        text = text[:begin] + _put_inner_tables(outer, inner) + text[end:]
    return text


def _is_total(table: str, rows: list[int]) -> bool:
    """Whether the last row has fewer cells than the one above it."""
    return len(_CELL.findall(table, rows[-1])) < len(_CELL.findall(table, rows[-2], rows[-1]))


def _continues_merge(table: str, row: int) -> bool:
    """Whether a row has a cell that is merged with the one above it."""
    return _CONTINUED.search(table, row, table.index(_ROW_END, row)) is not None


def _keep_next(paragraph: re.Match[str]) -> str:
    opening, style, rest = (paragraph[name] or "" for name in ("open", "style", "rest"))
    if "<w:keepNext" in rest:
        return paragraph[0]
    end = "</w:p>" if opening.endswith("/>") else ""
    return f"{opening.replace('/>', '>')}<w:pPr>{style}<w:keepNext/>{rest}</w:pPr>{end}"


def fill_cells(text: str) -> str:
    """Add a paragraph to each cell that conditions emptied or that ends with a table: Word requires one."""
    for bare in ("</w:tcPr></w:tc>", "</w:tbl></w:tc>", "<w:tc></w:tc>"):
        text = text.replace(bare, bare[: -len("</w:tc>")] + "<w:p/></w:tc>")
    return text


def drop_empty_tables(text: str) -> str:
    """Remove tables without a row and rows without a cell, which loops may leave: Word refuses both."""
    text = re.sub(r"<w:tr(?: [^>]*)?>(?:<w:trPr>(?:(?!</w:trPr>).)*</w:trPr>)?\s*</w:tr>", "", text, flags=re.DOTALL)
    while (empty := _NO_ROWS.search(text)) is not None:
        begin = max(text.rfind(opening, 0, empty.start()) for opening in ("<w:tbl>", "<w:tbl "))
        text = text[:begin] + text[empty.end() :]
    return text
