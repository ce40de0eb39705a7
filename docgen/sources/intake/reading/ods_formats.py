"""Finds the cells of an ``.ods`` that show percentages (OpenDocument 1.3, 19.389), which calamine doesn't tell."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from xml.parsers import expat

from docgen.sources.intake.reading.number_formats import ShownFormat
from docgen.sources.intake.reading.xls_formats import CellStyles

_PART = "content.xml"
_CHUNK = 1 << 18
_MAX_BYTES = 256 * 1024 * 1024
_MAX_REPEATED = 100_000
_PERCENT = ShownFormat("percent", 0)
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_VALUE_TYPE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 value-type"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_FAULTS = (OSError, KeyError, ValueError, RuntimeError, NotImplementedError, EOFError, zipfile.BadZipFile, zlib.error)


def read_ods_formats(path: Path) -> list[CellStyles] | None:
    """The cells with percentages of each sheet, in the order of the sheets; None if they can't be read."""
    reader = _OdsReader()
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo(_PART).file_size > _MAX_BYTES:
                return None
            with archive.open(_PART) as stream:
                reader.read(iter(lambda: stream.read(_CHUNK), b""))
    except (*_FAULTS, expat.ExpatError):
        return None
    return [dict.fromkeys(places, _PERCENT) for places in reader.sheets]


class _OdsReader:
    """Parses the content and counts repeated rows and columns; ``sheets`` holds the cells with percentages."""

    def __init__(self) -> None:
        self.sheets: list[list[tuple[int, int]]] = []
        self._row = self._rows = self._column = 0
        self._in_row: dict[int, int] = {}

    def read(self, chunks: Iterable[bytes]) -> None:
        """Read the part's XML, given in pieces."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = _refuse
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        for chunk in chunks:
            parser.Parse(chunk)
        parser.Parse(b"", True)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == f"{_TABLE}table":
            self.sheets.append([])
            self._row = 0
        elif tag == f"{_TABLE}table-row":
            self._rows = int(attributes.get(f"{_TABLE}number-rows-repeated", 1))
            self._column = 0
            self._in_row.clear()
        elif tag in _CELLS:
            several = int(attributes.get(f"{_TABLE}number-columns-repeated", 1))
            if attributes.get(_VALUE_TYPE) == "percentage":
                self._in_row[self._column + 1] = several
            self._column += several

    def _end(self, tag: str) -> None:
        if tag != f"{_TABLE}table-row" or not self.sheets:
            return
        for first, several in self._in_row.items():
            if self._rows * several > _MAX_REPEATED:
                raise ValueError("more repeated cells than anybody fills")
            self.sheets[-1] += [
                (self._row + row, first + column) for row in range(1, self._rows + 1) for column in range(several)
            ]
        self._row += self._rows


def _refuse(*_: object) -> None:
    raise ValueError("a document type declaration")
