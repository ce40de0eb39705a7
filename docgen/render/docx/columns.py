"""Tables whose columns a loop made: their grid and their cells' widths are mended after rendering.

A template marks such a table when it is compiled; no other is looked at. The table keeps the width it was drawn with.
Columns with a ``{% colwidth %}`` share, by their weights, what the columns without one leave; without any, the drawn
widths are scaled. In tables of our own styles none is narrower than a date in it, or than its header needs.

This works on the text, not on a tree: parsing the tables took a quarter of the time of a form. It may, since compiling
put the properties of each cell into the order of the schema and left out what they were before a tracked change, and
since no value can hold a ``<``.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

from docgen.render.docx.text import measure_width

if TYPE_CHECKING:
    from collections.abc import Iterable

KIND = "columns"
"""What the attribute ``docgen`` of a marked table says."""
WEIGHT = "docgen"
"""The type of a cell's width that is a weight: no unit of Word's."""

_MARK = f' docgen="{KIND}"'
_MARKED = re.compile(rf"<w:tbl(?: [^<>]*?)?{_MARK}(?=[ >])")
_OPENINGS, _END = ("<w:tbl>", "<w:tbl "), "</w:tbl>"
_INNER = "\0"  # stands for a table inside a cell; XML can't hold it
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
_DATE_JOINTS = 3  # half ems: Word and LibreOffice part figures from the characters beside them by a quarter of an em
_HEADER = "<w:tblHeader/>"
_SHORT_HEADER = 8  # half ems: four characters stand in one line
_HALF_WIDTH, _CELL_MARGINS = 106, 190  # twips: half an em of 五号, what a cell of our own tables leaves at its sides
_MIN_COLUMN = 200  # twips: a column that is squeezed further can't be seen
_OWN_STYLE = re.compile(r'<w:tblStyle w:val="Docgen(?!Sign)\w*Table"/>')
_FOOT = re.compile(r'<w:pStyle w:val="Docgen(?:Note|SignLine|Basis)"/>')
_GOES_ON = re.compile(r'<w:vMerge(?: w:val="continue")?/>')
_FIRST_PARAGRAPH = re.compile(
    r"(?P<open><w:p(?:\s[^>]*)?/?>)"
    r"(?:<w:pPr/>|<w:pPr>(?P<style><w:pStyle [^>]*/>)?(?P<rest>(?:(?!</w:pPr>).)*)</w:pPr>)?",
    re.DOTALL,
)
_NO_ROWS = re.compile(r"</w:tblGrid>\s*</w:tbl>")


class _Cell(NamedTuple):
    """How a cell begins: what stands before its width and behind it, that width, and how many columns it takes."""

    before: str
    behind: str
    width: int
    weight: float
    span: int


class _Row(NamedTuple):
    """A row: how many columns it leaves free at its start; its cells; and the text before the first and in each."""

    free: int
    cells: list[_Cell]
    texts: list[str]


def mend_columns(text: str) -> str:
    """Mend the marked tables of a rendered part."""
    # From the last to the first: a table inside another is mended before the one around it.
    for begin in reversed([found.start() for found in _MARKED.finditer(text)]):
        end = _find_end(text, begin)
        outer, inner = _take_inner(text[begin:end].replace(_MARK, "", 1))
        text = text[:begin] + _put_inner(_mend(outer), inner) + text[end:]
    return text


def _find_end(text: str, begin: int) -> int:
    """Where the table that begins there ends: the tables in its cells end before it."""
    end, ended = begin, 0
    while True:
        end = text.index(_END, end) + len(_END)
        ended += 1
        if ended == sum(text.count(opening, begin, end) for opening in _OPENINGS):
            return end


def _take_inner(table: str) -> tuple[str, list[str]]:
    """A table without the tables in its cells, and those."""
    pieces: list[str] = []
    inner: list[str] = []
    at = 0
    while begins := [begin for opening in _OPENINGS if (begin := table.find(opening, max(at, 1))) >= 0]:
        begin = min(begins)
        pieces.append(table[at:begin])
        at = _find_end(table, begin)
        inner.append(table[begin:at])
    return _INNER.join((*pieces, table[at:])), inner


def _put_inner(table: str, inner: list[str]) -> str:
    for text in inner:
        table = table.replace(_INNER, text, 1)
    return table


def _mend(table: str) -> str:
    grid = _GRID.search(table)
    if grid is None:
        return table
    drawn = [_read(column) for column in _GRID_COLUMN.findall(grid[1])]
    *texts, tail = table[grid.end() :].split(_ROW_END)
    rows = [_read_row(text) for text in texts]
    count = max((sum([cell.span for cell in row.cells]) + row.free for row in rows), default=0)
    if not count or not sum(drawn):
        return table
    weighs = _OWN_STYLE.search(table) is not None and any(cell.weight for row in rows for cell in row.cells)
    floors = _find_floors(rows, count) if weighs else [0] * count
    widths = _share([row for row in rows if row.cells], drawn, floors)
    edges = [0, *accumulate(widths)]
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    written = "".join(_write_row(row, edges) for row in rows)
    return f"{table[: grid.start()]}<w:tblGrid>{columns}</w:tblGrid>{written}{tail}"


def _read_row(text: str) -> _Row:
    pieces = _CELL.split(text)
    free = _BEFORE.search(pieces[0])
    return _Row(_read(free[1]) if free is not None else 0, [_read_cell(head) for head in pieces[1::2]], pieces[::2])


@lru_cache(maxsize=4096)
def _read_cell(head: str) -> _Cell:
    span = _SPAN.search(head)
    columns = max(1, _read(span[1])) if span is not None else 1
    width = _WIDTH.search(head)
    if width is not None:
        return _Cell(head[: width.start()], head[width.end() :], *_read_width(width[0]), columns)
    if not head.startswith("<w:tcPr>", head.index(">") + 1):
        return _Cell(f"{head}<w:tcPr>", "</w:tcPr>", 0, 0.0, columns)
    at = span.start() if span is not None else len(head)
    return _Cell(head[:at], head[at:], 0, 0.0, columns)


def _read_width(tag: str) -> tuple[int, float]:
    """The width of a cell in twips, or its weight; a share of the table (pct) or none (auto) is neither."""
    given = dict(_ATTRIBUTE.findall(tag))
    kind = given.get("type", "dxa")
    if kind == WEIGHT:
        return 0, float(given.get("w", "0"))
    return (_read(given.get("w", "")), 0.0) if kind == "dxa" else (0, 0.0)


def _read(text: str) -> int:
    """A number of twips or columns; what is none is 0."""
    if text.isdecimal():
        return int(text)
    return int(float(text)) if re.fullmatch(r"\d+\.\d+", text) else 0


def _find_floors(rows: Iterable[_Row], count: int) -> list[int]:
    """How wide each column must be (twips) for its dates and its header: four characters in one line, more in two."""
    floors = [0] * count
    for row in rows:
        at = row.free
        for cell, text in zip(row.cells, row.texts[1:], strict=True):
            if cell.span == 1:
                words = "".join(_TEXT.findall(text))
                lengths = [measure_width(date) + _DATE_JOINTS for date in _DATE.findall(words)]
                if _HEADER in row.texts[0]:
                    length = measure_width(words)
                    lengths.append(min(length if length <= _SHORT_HEADER else 2 * math.ceil(length / 4), _SHORT_HEADER))
                floors[at] = max(floors[at], *(length * _HALF_WIDTH + _CELL_MARGINS for length in lengths), 0)
            at += cell.span
    return floors


def _share(rows: Iterable[_Row], drawn: list[int], floors: list[int]) -> list[int]:
    """Choose the width of each column: from the cells that stand in it alone; else as the grid drew it."""
    total, count = sum(drawn), len(floors)
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
        shared = _weigh(weights, floors, rest)
        widths = [share if weight else width for width, weight, share in zip(widths, weights, shared, strict=True)]
    scale = total / sum(widths)
    rounded = [int(width * scale) for width in widths]
    rounded[-1] += total - sum(rounded)
    return rounded


def _weigh(weights: list[float], floors: list[int], rest: float) -> list[float]:
    """Share a width by weights, no column below its floor; by the weights alone where the floors have no room."""
    held: dict[int, int] = {}
    free = {at for at, weight in enumerate(weights) if weight}
    while free:
        left, weighted = rest - sum(held.values()), sum(weights[at] for at in free)
        low = {at for at in free if weights[at] / weighted * left < floors[at]}
        if not low:
            return [float(held.get(at, weight / weighted * left)) for at, weight in enumerate(weights)]
        held |= {at: floors[at] for at in low}
        free -= low
    return [weight / sum(weights) * rest for weight in weights]


def _write_row(row: _Row, edges: list[int]) -> str:
    """A row with the widths of its cells; nothing for one whose loop made no cell."""
    head, *texts = row.texts
    if not texts:
        found = _ROW.search(head)
        return head[: found.start()] if found is not None else head + _ROW_END
    pieces = [head]
    column = row.free
    for cell, text in zip(row.cells, texts, strict=True):
        width = edges[column + cell.span] - edges[column]
        pieces.append(f'{cell.before}<w:tcW w:w="{width}" w:type="dxa"/>{cell.behind}{text}')
        column += cell.span
    pieces.append(_ROW_END)
    return "".join(pieces)


def holds_own_table(text: str) -> bool:
    """Whether a part has tables of our own styles; a narrative may bring others."""
    return _OWN_STYLE.search(text) is not None


def keep_rows(text: str) -> str:
    """Keep rows on one page: those that a cell is merged over; the last two with what follows: notes, signatures.

    Only tables of our own styles; no template of somebody else's is changed. The first paragraph of a row's first
    cell decides, in Word and in LibreOffice.
    """
    for style in reversed([found.start() for found in _OWN_STYLE.finditer(text)]):
        begin = max(text.rfind(opening, 0, style) for opening in _OPENINGS)
        end = _find_end(text, begin)
        outer, inner = _take_inner(text[begin:end])
        rows = [found.start() for found in _ROW.finditer(outer)]
        # Notes and signatures may stand in a row of their own, at the table's end.
        count = 3 if rows and _FOOT.search(outer, rows[-1]) else 2
        kept = {*rows[-count:], *(row for row, below in pairwise(rows) if _goes_on(outer, below))}
        for row in sorted(kept, reverse=True):
            outer = outer[:row] + _FIRST_PARAGRAPH.sub(_keep_next, outer[row:], count=1)
        text = text[:begin] + _put_inner(outer, inner) + text[end:]
    return text


def _goes_on(table: str, row: int) -> bool:
    """Whether a row has a cell that is merged with the one above it."""
    return _GOES_ON.search(table, row, table.index(_ROW_END, row)) is not None


def _keep_next(found: re.Match[str]) -> str:
    opening, style, rest = (found[name] or "" for name in ("open", "style", "rest"))
    if "<w:keepNext" in rest:
        return found[0]
    end = "</w:p>" if opening.endswith("/>") else ""
    return f"{opening.replace('/>', '>')}<w:pPr>{style}<w:keepNext/>{rest}</w:pPr>{end}"


def fill_cells(text: str) -> str:
    """Give a paragraph to each cell that conditions emptied, and to one that ends with a table: Word insists."""
    for bare in ("</w:tcPr></w:tc>", "</w:tbl></w:tc>", "<w:tc></w:tc>"):
        text = text.replace(bare, bare[: -len("</w:tc>")] + "<w:p/></w:tc>")
    return text


def drop_empty_tables(text: str) -> str:
    """Leave out a table whose loop made no row, and a row without a cell: Word refuses both."""
    text = re.sub(r"<w:tr(?: [^>]*)?>(?:<w:trPr>(?:(?!</w:trPr>).)*</w:trPr>)?\s*</w:tr>", "", text, flags=re.DOTALL)
    while (found := _NO_ROWS.search(text)) is not None:
        begin = max(text.rfind(opening, 0, found.start()) for opening in ("<w:tbl>", "<w:tbl "))
        text = text[:begin] + text[found.end() :]
    return text
