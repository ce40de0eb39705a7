"""The texts of a Word or Excel file as people see them, paragraph by paragraph and row by row."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.diagnostics import Term
from docgen.ooxml.package import open_zip, read_part, read_relations
from docgen.ooxml.xml import PackageError, parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_SHEET_PARTS = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml", "xl/worksheets/")
_WORD_PARTS = ("word/document.xml", "word/header", "word/footer", "word/footnotes.xml", "word/endnotes.xml")
_LABEL = 20


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A paragraph or a cell: where it stands in its file (``rebuild.*``), and what it says."""

    place: Term
    text: str


def measure_texts(data: bytes) -> int:
    """How large the parts are, in bytes, that hold what a file says."""
    with open_zip(data) as archive:
        return sum(entry.file_size for entry in archive.infolist() if _is_text(entry.filename))


def _is_text(name: str) -> bool:
    return name.startswith((*_WORD_PARTS, *_SHEET_PARTS)) and name.endswith((".xml", ".rels"))


def read_rows(data: bytes, name: str, most: int) -> tuple[tuple[str, ...], ...]:
    """What a file says: a row for each of a sheet's without empty cells, one for each paragraph of a document.

    Raises PackageError or ValueError when it can't be read, or its texts take more than ``most`` bytes.
    """
    parts = _read_parts(data, most)
    rows = _read_sheets(parts) if name.lower().endswith(".xlsx") else _read_document(parts)
    return tuple(row for row in rows if row)


def _read_parts(data: bytes, most: int) -> dict[str, bytes]:
    if measure_texts(data) > most:
        raise PackageError("large")
    with open_zip(data) as archive:
        names = [entry.filename for entry in archive.infolist() if _is_text(entry.filename)]
        return {part: read_part(archive, part, most) or b"" for part in names}


def read_placed(data: bytes, name: str, most: int) -> tuple[PlacedText, ...]:
    """What a file says, text by text, each with its place; raises as ``read_rows`` does."""
    parts = _read_parts(data, most)
    placed = _place_cells(parts) if name.lower().endswith(".xlsx") else _place_paragraphs(parts)
    return tuple(item for item in placed if item.text)


def _place_cells(parts: dict[str, bytes]) -> Iterator[PlacedText]:
    for sheet, rows in _list_sheets(parts):
        yield PlacedText(Term("rebuild.sheet"), sheet)
        for cells in rows:
            label = next((text for _, text in cells if text), "")
            for reference, text in cells:
                said = {"sheet": sheet, "cell": reference, "label": _shorten(label)}
                yield PlacedText(Term("rebuild.cell" if text == label else "rebuild.cell.labelled", said), text)


def _place_paragraphs(parts: dict[str, bytes]) -> Iterator[PlacedText]:
    """Each paragraph by its number outside of tables, or by table, row and cell, counted from 1."""
    for name in sorted(parts):
        if not (name.startswith(_WORD_PARTS) and name.endswith(".xml")):
            continue
        root = parse_xml(parts[name])
        tables = {table: number for number, table in enumerate(root.iter(f"{_W}tbl"), 1)}
        number = 0
        for paragraph in root.iter(f"{_W}p"):
            text = _format_paragraph(paragraph)
            cell = next(paragraph.iterancestors(f"{_W}tc"), None)
            row = next(cell.iterancestors(f"{_W}tr"), None) if cell is not None else None
            table = next(row.iterancestors(f"{_W}tbl"), None) if row is not None else None
            where = Term(f"rebuild.part.{name.removeprefix('word/').rstrip('.xml0123456789')}")
            if cell is None or row is None or table is None:
                number += bool(text)
                yield PlacedText(Term("rebuild.paragraph", {"part": where, "number": number}), text)
                continue
            cells = list(row.iterchildren(f"{_W}tc"))
            label = " ".join(filter(None, map(_format_paragraph, cells[0].iter(f"{_W}p"))))
            said = {
                "part": where,
                "table": tables[table],
                "row": sum(1 for _ in row.itersiblings(f"{_W}tr", preceding=True)) + 1,
                "column": cells.index(cell) + 1,
                "label": _shorten(label),
            }
            is_labelled = label and cell is not cells[0]
            yield PlacedText(Term("rebuild.box.labelled" if is_labelled else "rebuild.box", said), text)


def _shorten(label: str) -> str:
    return label if len(label) <= _LABEL else label[:_LABEL] + "…"


def _format_paragraph(paragraph: _Element) -> str:
    return " ".join("".join(_list_runs(paragraph)).split())


def _read_document(parts: dict[str, bytes]) -> Iterator[tuple[str, ...]]:
    for name in sorted(parts):
        if name.startswith(_WORD_PARTS) and name.endswith(".xml"):
            for paragraph in parse_xml(parts[name]).iter(f"{_W}p"):
                yield (_format_paragraph(paragraph),)


def _list_runs(paragraph: _Element) -> Iterator[str]:
    for element in paragraph.iter(f"{_W}t", f"{_W}delText", f"{_W}tab", f"{_W}br", f"{_W}sym", f"{_W}instrText"):
        yield element.text or " "


def _read_sheets(parts: dict[str, bytes]) -> Iterator[tuple[str, ...]]:
    for name, rows in _list_sheets(parts):
        yield (name,)
        yield from (tuple(text for _, text in cells if text) for cells in rows)


def _list_sheets(parts: dict[str, bytes]) -> Iterator[tuple[str, Iterator[list[tuple[str, str]]]]]:
    """Each sheet by its name, with the cells of its rows by their references; headers and footers have theirs."""
    shared: list[str] = []
    if "xl/sharedStrings.xml" in parts:
        root = parse_xml(parts["xl/sharedStrings.xml"])
        shared = ["".join(text.text or "" for text in item.iter(f"{_S}t")) for item in root.iter(f"{_S}si")]
    relations = read_relations(parts.get("xl/_rels/workbook.xml.rels"), "xl/workbook.xml")
    targets = {relation.id: relation.target for relation in relations}
    for sheet in parse_xml(parts["xl/workbook.xml"]).iter(f"{_S}sheet"):
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
        return shared[int(value)] if value.isdigit() and int(value) < len(shared) else value
    return value
