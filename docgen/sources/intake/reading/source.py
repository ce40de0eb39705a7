"""An intake workbook as a record's source: opened once, its profile found, then read."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.content.formats import sniff_format
from docgen.diagnostics import Location, error
from docgen.errors import SourceError
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.sources.intake.kinds import DELIMITED_SUFFIXES, FOREIGN_SUFFIXES, PAGE_SUFFIXES
from docgen.sources.intake.reading.delimited import read_delimited
from docgen.sources.intake.reading.foreign import read_foreign
from docgen.sources.intake.reading.markup import LOOKED_AT, is_markup, read_markup
from docgen.sources.intake.reading.xlsx_reader import read_xlsx
from docgen.sources.intake.workbook.grid import SourceBook, WatchTable
from docgen.sources.intake.workbook.headers import match_book, read_about
from docgen.sources.intake.workbook.layout import PART_WORD
from docgen.sources.intake.workbook.notes import DiagnosticGatherer
from docgen.sources.record_file import RawSource
from docgen.trees.collector import pause_collector

if TYPE_CHECKING:
    from docgen.profile.load import LoadedProfile
    from docgen.sources.intake.reading.mapping import TableMapping

_REFUSED = (".xlsb",)
"""Suffixes that are refused; the content looks like that of formats that are read."""
_READ_AS = {"xlsx": ".xlsx", "xls": ".xls", "odf": ".ods", "text": ".csv", "html": ".csv"}


def open_workbook(
    path: Path,
    mapping: TableMapping | None = None,
    *,
    keeps_formats: bool = False,
    watch: WatchTable | None = None,
) -> SourceBook:
    """The workbook or table in a file; SourceError if it can't be read. A mapping may give the format of a CSV.

    The content decides on the format, not the suffix: many programs export another kind of workbook, a text or a web
    page with a suffix of Excel. The file that was read last is read again only when it has changed.
    """
    encoding, delimiter = (mapping.encoding, mapping.delimiter) if mapping is not None else (None, None)
    return _read_book(_BookRequest(path, stamp_file(path), encoding, delimiter, keeps_formats, watch))


@dataclass(frozen=True, slots=True)
class _BookRequest:
    """A file as it lies there now, how it is read, and who watches."""

    path: Path
    stamp: tuple[int, int]
    encoding: str | None
    delimiter: str | None
    keeps_formats: bool
    watch: WatchTable | None = field(compare=False)


def stamp_file(path: Path) -> tuple[int, int]:
    """The size and the time of the last change of a file; zeros where it can't be looked at, as reading will say."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_size, status.st_mtime_ns


@lru_cache(maxsize=1)
def _read_book(request: _BookRequest) -> SourceBook:
    path = request.path
    kind = path.suffix.lower()
    if kind not in _REFUSED:
        kind = _find_content(path) or kind
    if kind in (*DELIMITED_SUFFIXES, ".txt"):
        return read_delimited(path, encoding=request.encoding, delimiter=request.delimiter, watch=request.watch)
    if kind in PAGE_SUFFIXES:
        return read_markup(path)
    if kind in FOREIGN_SUFFIXES:
        return read_foreign(path, kind)
    return read_xlsx(path, keeps_formats=request.keeps_formats, watch=request.watch)


def _find_content(path: Path) -> str | None:
    """The suffix for a file's content; None if the file's own suffix is right, or the file can't be read."""
    try:
        kind = _READ_AS.get(sniff_format(path).name)
        if kind != ".csv":
            return kind
        with path.open("rb") as stream:
            return ".html" if is_markup(stream.read(LOOKED_AT)) else kind
    except OSError:
        return None


def find_profile_id(book: SourceBook) -> str | None:
    """The profile id in a workbook's hidden sheet; None without one."""
    return read_about(book, "profile")


def is_part(book: SourceBook) -> bool:
    """Whether a workbook is a copy with only some of another's rows, by its hidden sheet."""
    return find_origin(book) is not None


def find_origin(book: SourceBook) -> str | None:
    """The file name of the workbook that a copy was made from; None if the workbook is no copy."""
    return read_about(book, PART_WORD)


def read_intake(book: SourceBook, loaded: LoadedProfile) -> RawSource:
    """The raw record in a workbook, with the diagnostics of its cells; it has yet to be validated."""
    from docgen.sources.intake.reading.assemble import assemble  # a table without a profile needs none of it
    from docgen.sources.intake.workbook.sheets import build_layout

    guide = catalogue(DOCUMENT_LANGUAGE).text("workbook.guide")
    notes = DiagnosticGatherer(book)
    layout = build_layout(loaded)
    with pause_collector():
        sheets, misnamed = match_book(book, layout, guide, notes)
        if not sheets:
            raise SourceError(
                *book.diagnostics, *notes.finish(), error("W105", Location(file=book.file), path=book.file)
            )
        assembled = assemble(book, sheets, layout, loaded, notes, misnamed=misnamed)
    return RawSource(Path(book.file), assembled.tree, (*book.diagnostics, *notes.finish()), assembled.failed)
