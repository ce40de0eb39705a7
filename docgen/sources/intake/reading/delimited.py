"""A CSV file → a Book with one sheet: its encoding and its delimiter found out."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

from docgen.diagnostics import Location, error
from docgen.errors import SourceError
from docgen.sources.intake.workbook.grid import Book, Grid, GridValue, Row
from docgen.trees.text_file import report_missing

DELIMITED_SUFFIXES = (".csv", ".tsv")
MAX_BYTES = 128 * 1024 * 1024
_DELIMITERS = ",\t;|，"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LOOKED_AT = 20


def read_delimited(path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> Book:
    """The table in a text file; SourceError when it can't be read or is no text.

    Without ``encoding`` it is told by the file's mark, else UTF-8, else GB 18030, as Excel in China saves it.
    """
    place = Location(file=str(path))
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SourceError(error("W102", place, path=str(path), limit=MAX_BYTES >> 20))
        raw = path.read_bytes()
    except FileNotFoundError:
        raise SourceError(report_missing(path)) from None
    except OSError as fault:
        raise SourceError(error("W103", place, path=str(path), reason=fault.strerror or str(fault))) from None
    text = _decode(raw, encoding)
    if text is None or "\0" in text:
        raise SourceError(error("W155", place, path=str(path)))
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or find_delimiter(text)))
    rows = []
    for number, line in enumerate(lines, 1):
        cells: dict[int, GridValue] = {at: value for at, value in enumerate(line, 1) if value}
        if cells:
            rows.append(Row(number, cells))
    return Book(str(path), (Grid(path.stem, tuple(rows)),), source="csv")


def _decode(raw: bytes, encoding: str | None) -> str | None:
    marked = next((name for mark, name in _MARKS if raw.startswith(mark)), None)
    for name in (encoding or marked,) if encoding or marked else ("utf-8", "gb18030"):
        try:
            return raw.decode(name or "utf-8")
        except (UnicodeDecodeError, LookupError):
            continue
    return None


def find_delimiter(text: str) -> str:
    """What parts the values: the mark that parts the first lines into the same number of values, most of them."""
    best, most = ",", 0
    for mark in _DELIMITERS:
        counts = []
        for line in csv.reader(io.StringIO(text[:100_000], newline=""), delimiter=mark):
            if line:
                counts.append(len(line))
            if len(counts) == _LOOKED_AT:
                break
        same = min(counts, default=0) if counts and len(set(counts)) == 1 else max(counts, default=0) // 2
        if same > max(most, 1):
            best, most = mark, same
    return best
