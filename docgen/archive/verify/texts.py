"""Reads the texts of a Word or Excel file as people see them, by paragraphs or by rows, with their places."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from docgen.archive.zip.names import escape_name
from docgen.diagnostics import Term
from docgen.ooxml.package import open_zip, read_part, read_relations
from docgen.ooxml.xml import PackageError, parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_WORKBOOK, _WORKBOOK_RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_SHARED_STRINGS = "xl/sharedStrings.xml"
_SHEET_PARTS = (_WORKBOOK, _WORKBOOK_RELATIONS, _SHARED_STRINGS, "xl/worksheets/")
_WORD_PARTS = {
    "word/document.xml": "document",
    "word/header": "header",
    "word/footer": "footer",
    "word/footnotes.xml": "footnotes",
    "word/endnotes.xml": "endnotes",
}
"""How the names of parts begin that hold a Word file's text, and their kind (``rebuild.part.*``)."""
_LONGEST_INDEX = 9
"""Python refuses to read a number of thousands of digits."""
_LABEL, _EXCERPT = 20, 60
"""The characters that are shown of the label of a row, and of a text."""


@dataclass(frozen=True, slots=True)
class PlacedText:
    """The text of a paragraph or a cell, and its place in the file (``rebuild.*``)."""

    place: Term
    text: str


def measure_texts(data: bytes) -> int:
    """The size in bytes of the parts that hold a file's texts."""
    with open_zip(data) as archive:
        return sum(entry.file_size for entry in archive.infolist() if _holds_text(entry.filename))


def _holds_text(name: str) -> bool:
    return name.startswith((*_WORD_PARTS, *_SHEET_PARTS)) and name.endswith((".xml", ".rels"))


def read_rows(data: bytes, name: str, most: int) -> tuple[tuple[str, ...], ...]:
    """The rows of all sheets, without empty cells; of a Word file each paragraph is a row.

    Raises PackageError when the file can't be read, or its texts take more than ``most`` bytes.
    """
    parts = _read_parts(data, most)
    rows = _read_sheets(parts) if name.lower().endswith(".xlsx") else _read_document(parts)
    return tuple(row for row in rows if row)


def _read_parts(data: bytes, most: int) -> dict[str, bytes]:
    if measure_texts(data) > most:
        raise PackageError("large")
    with open_zip(data) as archive:
        names = [entry.filename for entry in archive.infolist() if _holds_text(entry.filename)]
        return {part: read_part(archive, part, most) or b"" for part in names}


def read_placed(data: bytes, name: str, most: int) -> tuple[PlacedText, ...]:
    """The texts of a file, each with its place; raises as ``read_rows`` does."""
    parts = _read_parts(data, most)
    placed = _place_cells(parts) if name.lower().endswith(".xlsx") else _place_paragraphs(parts)
    return tuple(item for item in placed if item.text)


def _place_cells(parts: dict[str, bytes]) -> Iterator[PlacedText]:
    for sheet, rows in _list_sheets(parts):
        yield PlacedText(Term("rebuild.sheet"), sheet)
        for cells in rows:
            label = next((text for _, text in cells if text), "")
            for reference, text in cells:
                place = {"sheet": sheet, "cell": reference, "label": _shorten(label)}
                yield PlacedText(Term("rebuild.cell" if text == label else "rebuild.cell.labelled", place), text)


def _place_paragraphs(parts: dict[str, bytes]) -> Iterator[PlacedText]:
    """Each paragraph by its number outside of tables, or by table, row and cell, counted from 1."""
    for kind, root in _parse_word_parts(parts):
        part = Term(f"rebuild.part.{kind}")
        cells = _locate_cells(root)
        number = 0
        for paragraph in root.iter(f"{_W}p"):
            text = _format_paragraph(paragraph)
            cell = next(paragraph.iterancestors(f"{_W}tc"), None)
            if cell in cells:
                yield PlacedText(cells[cell].describe(part), text)
            else:
                number += bool(text)
                yield PlacedText(Term("rebuild.paragraph", {"part": part, "number": number}), text)


@dataclass(frozen=True, slots=True)
class _CellPlace:
    """The place of a table cell in a part, counted from 1, and the text of the first cell of its row."""

    table: int
    row: int
    column: int
    label: str

    def describe(self, part: Term) -> Term:
        is_labelled = self.label and self.column > 1
        return Term("rebuild.box.labelled" if is_labelled else "rebuild.box", {"part": part} | asdict(self))


def _locate_cells(root: _Element) -> dict[_Element, _CellPlace]:
    """The places of all table cells below an element; rows and cells may lie in content controls."""
    tables = {table: number for number, table in enumerate(root.iter(f"{_W}tbl"), 1)}
    rows: dict[_Element, list[_Element]] = {row: [] for row in root.iter(f"{_W}tr")}
    for cell in root.iter(f"{_W}tc"):
        row = next(cell.iterancestors(f"{_W}tr"), None)
        if row is not None:
            rows[row].append(cell)
    row_numbers: Counter[_Element] = Counter()
    places: dict[_Element, _CellPlace] = {}
    for row, cells in rows.items():
        table = next(row.iterancestors(f"{_W}tbl"), None)
        if table is None:
            continue
        row_numbers[table] += 1
        first_cell = cells[0].iter(f"{_W}p") if cells else ()
        label = _shorten(" ".join(filter(None, map(_format_paragraph, first_cell))))
        for column, cell in enumerate(cells, 1):
            places[cell] = _CellPlace(tables[table], row_numbers[table], column, label)
    return places


def _shorten(label: str) -> str:
    return label if len(label) <= _LABEL else label[:_LABEL] + "…"


def format_excerpt(text: str, start: int) -> str:
    """The piece of a text from ``start``, with marks where more stands before or after it; "—" for no text."""
    shown = escape_name(text[start : start + _EXCERPT])
    return f"{'…' if start else ''}{shown}{'…' if len(text) > start + _EXCERPT else ''}" if text else "—"


def _format_paragraph(paragraph: _Element) -> str:
    return " ".join("".join(_list_runs(paragraph)).split())


def _read_document(parts: dict[str, bytes]) -> Iterator[tuple[str, ...]]:
    for _, root in _parse_word_parts(parts):
        for paragraph in root.iter(f"{_W}p"):
            yield (_format_paragraph(paragraph),)


def _parse_word_parts(parts: dict[str, bytes]) -> Iterator[tuple[str, _Element]]:
    """Each part of a Word file that holds text, by its kind (``rebuild.part.*``), in the order of their names."""
    for name in sorted(parts):
        kind = next((kind for start, kind in _WORD_PARTS.items() if name.startswith(start)), None)
        if kind is not None and name.endswith(".xml"):
            yield kind, parse_xml(parts[name])


def _list_runs(paragraph: _Element) -> Iterator[str]:
    """The texts of a paragraph's runs, also deleted text and field instructions; a space for a tab, break or symbol."""
    for element in paragraph.iter(f"{_W}t", f"{_W}delText", f"{_W}tab", f"{_W}br", f"{_W}sym", f"{_W}instrText"):
        yield element.text or " "


def _read_sheets(parts: dict[str, bytes]) -> Iterator[tuple[str, ...]]:
    for name, rows in _list_sheets(parts):
        yield (name,)
        yield from (tuple(text for _, text in cells if text) for cells in rows)


def _list_sheets(parts: dict[str, bytes]) -> Iterator[tuple[str, Iterator[list[tuple[str, str]]]]]:
    """Each sheet's name, with its rows as pairs of cell reference and text; a header or footer is a row of its own.

    A file whose workbook lies elsewhere than Excel and docgen put it has no sheets.
    """
    if _WORKBOOK not in parts:
        return
    shared: list[str] = []
    if _SHARED_STRINGS in parts:
        root = parse_xml(parts[_SHARED_STRINGS])
        shared = ["".join(text.text or "" for text in item.iter(f"{_S}t")) for item in root.iter(f"{_S}si")]
    relations = read_relations(parts.get(_WORKBOOK_RELATIONS), _WORKBOOK)
    targets = {relation.id: relation.target for relation in relations}
    for sheet in parse_xml(parts[_WORKBOOK]).iter(f"{_S}sheet"):
        target = posixpath.normpath(targets.get(sheet.get(f"{_R}id", ""), "").lstrip("/"))
        data = parts.get(target)
        yield sheet.get("name", ""), iter(()) if data is None else _list_rows(parse_xml(data), shared)


def _list_rows(root: _Element, shared: list[str]) -> Iterator[list[tuple[str, str]]]:
    for row in root.iter(f"{_S}row"):
        yield [(cell.get("r", ""), " ".join(_read_cell(cell, shared).split())) for cell in row.iter(f"{_S}c")]
    for name in ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"):
        yield from ([(name, element.text)] for element in root.iter(f"{_S}{name}") if element.text)


def _read_cell(cell: _Element, shared: list[str]) -> str:
    formula = cell.find(f"{_S}f")
    if formula is not None:
        return f"={formula.text or ''} {cell.findtext(f'{_S}v') or ''}"
    if cell.get("t") == "inlineStr":
        return "".join(text.text or "" for text in cell.iter(f"{_S}t"))
    value = cell.findtext(f"{_S}v") or ""
    if cell.get("t") == "s":
        is_number = value.isdecimal() and len(value) <= _LONGEST_INDEX
        return shared[int(value)] if is_number and int(value) < len(shared) else value
    return value
