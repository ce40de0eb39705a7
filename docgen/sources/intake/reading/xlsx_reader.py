"""Reads an ``.xlsx`` file as a stream into a Book: typed values, merged cells, hidden rows and sheets.

Expat parses each sheet's XML once, and only the cells are kept. A document type declaration (and so every entity), an
oversized member and a sheet with too many cells are refused. The file is only read.
"""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any, Literal
from xml.parsers import expat
from zipfile import ZipFile

from docgen.diagnostics import Diagnostic, Location, Term, error
from docgen.errors import SourceError
from docgen.ooxml.cells import name_cell
from docgen.ooxml.package import MAX_TOTAL, fold_part, name_relations, open_zip, resolve_target
from docgen.ooxml.xml import PackageError
from docgen.sources.intake.reading.number_formats import PLAIN, ShownFormat, find_code, judge_format
from docgen.sources.intake.reading.xlsx_handlers import (
    SEPARATOR,
    RepeatedCellError,
    SheetHandlers,
    StringHandlers,
    TooManyCellsError,
    ValueSource,
)
from docgen.sources.intake.workbook.grid import SheetGrid, SourceBook, WatchTable
from docgen.trees.collector import pause_collector
from docgen.trees.text_file import report_missing_file

MAX_FILE_BYTES = 128 * 1024 * 1024
MAX_MEMBER_BYTES = 256 * 1024 * 1024
MAX_CELLS = 5_000_000
"""Enough for 10,000 enterprises with 400 columns; a larger sheet is no intake workbook and is refused."""

_CHUNK = 1 << 18
_LONGEST_PIECE = 1 << 20
_WORKBOOK = "/officeDocument"
_WORKSHEET = "/worksheet"
_PROPERTIES = "/extended-properties"
_STRINGS = "/sharedStrings"
_STYLES = "/styles"
_SETTINGS = ("date1904", "fullCalcOnLoad")
_LEAVES_ZEROS = b"Apache POI"


def read_xlsx(path: Path, *, keeps_formats: bool = False, watch: WatchTable | None = None) -> SourceBook:
    """The workbook in a file; SourceError if it can't be opened, is no workbook or is too large.

    With ``keeps_formats`` the cells keep their number formats.
    """
    place = Location(file=str(path))
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise SourceError(error("W102", place, path=str(path), limit=MAX_FILE_BYTES >> 20))
        with open_zip(path) as archive, pause_collector():
            return _XlsxReader(archive, str(path), keeps_formats, watch).read()
    except PackageError as fault:
        raise SourceError(report_broken_package(str(path), fault)) from None
    except (expat.ExpatError, LookupError, ValueError):
        # a missing part, attribute, shared string or encoding; an invalid number
        raise SourceError(error("W101", place, path=str(path), reason=Term("workbook.broken.xml"))) from None
    except FileNotFoundError:
        raise SourceError(report_missing_file(path)) from None
    except OSError as fault:
        raise SourceError(error("W103", place, path=str(path), reason=fault.strerror or str(fault))) from None


def report_broken_package(path: str, fault: PackageError) -> Diagnostic:
    """W101 or W102 for a fault of a workbook's package."""
    if fault.key == "large":
        return error("W102", Location(file=path), path=path, limit=MAX_TOTAL >> 20)
    reason = Term("workbook.broken.zip" if fault.key == "zip" else "workbook.broken.xml")
    return error("W101", Location(file=path), path=path, reason=reason)


class _XlsxReader:
    """Reads one workbook, part by part; ``watch`` is called with how much of its XML was parsed."""

    def __init__(self, archive: ZipFile, file: str, keeps_formats: bool, watch: WatchTable | None) -> None:
        self._archive = archive
        self._keeps_formats = keeps_formats
        self._file = file
        self._members = {fold_part(info.filename): info for info in archive.infolist()}
        self._watch = watch
        self._read, self._size = 0, sum(info.file_size for info in archive.infolist())

    def read(self) -> SourceBook:
        whole = self._read_relationships("")
        main = next((target for kind, target in whole.values() if kind.endswith(_WORKBOOK)), None)
        if main is None:
            raise KeyError("the workbook's own part")
        sheets, settings = self._read_workbook(main)
        related = self._read_relationships(main)
        strings = next((target for kind, target in related.values() if kind.endswith(_STRINGS)), None)
        styles = next((target for kind, target in related.values() if kind.endswith(_STYLES)), None)
        shared = self._read_strings(strings) if strings is not None else []
        formats = self._read_styles(styles) if styles is not None else [PLAIN]
        writer = next((target for kind, target in whole.values() if kind.endswith(_PROPERTIES)), None)
        epoch: Literal[1900, 1904] = 1904 if "date1904" in settings else 1900
        doubts = "fullCalcOnLoad" in settings or self._stores_uncalculated_zeros(writer)
        values = ValueSource(shared, formats, epoch, doubts)
        grids = [
            self._read_sheet(name, related[rid][1], hidden, values)
            for name, rid, hidden in sheets
            if related[rid][0].endswith(_WORKSHEET)
        ]
        return SourceBook(self._file, tuple(grids), epoch)

    def _stores_uncalculated_zeros(self, properties: str | None) -> bool:
        """Whether the program that wrote the workbook stores 0 for every formula without flagging it."""
        if properties is None or fold_part(properties) not in self._members:
            return False
        with self._open(properties) as stream:
            return _LEAVES_ZEROS in stream.read(_CHUNK)

    def _open(self, member: str) -> IO[bytes]:
        info = self._members[fold_part(member)]
        if info.file_size > MAX_MEMBER_BYTES:
            limit = MAX_MEMBER_BYTES >> 20
            raise SourceError(error("W102", Location(file=self._file), path=self._file, limit=limit))
        return self._archive.open(info)  # zipfile yields at most the checked size

    def _parse(self, member: str, parser: Any) -> None:
        parser.StartDoctypeDeclHandler = _refuse_doctype
        with self._open(member) as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk)
                self._read += len(chunk)
                if self._watch is not None:
                    self._watch(self._read, self._size)
        parser.Parse(b"", True)

    def _read_relationships(self, part: str) -> dict[str, tuple[str, str]]:
        related: dict[str, tuple[str, str]] = {}

        def start(tag: str, attributes: dict[str, str]) -> None:
            if _local(tag) == "Relationship" and attributes.get("TargetMode") != "External":
                related[attributes["Id"]] = attributes["Type"], resolve_target(part, attributes["Target"])

        parser = expat.ParserCreate()
        parser.StartElementHandler = start
        self._parse(name_relations(part), parser)
        return related

    def _read_workbook(self, part: str) -> tuple[list[tuple[str, str, bool]], frozenset[str]]:
        """The sheets (name, relationship, whether hidden), and the settings that are on, of those that count."""
        sheets: list[tuple[str, str, bool]] = []
        settings: set[str] = set()

        def start(tag: str, attributes: dict[str, str]) -> None:
            name = _local(tag)
            if name == "sheet":
                rids = [value for key, value in attributes.items() if _local(key) == "id" and ":" in key]
                sheets.append((attributes["name"], rids[0], attributes.get("state", "visible") != "visible"))
            elif name in ("workbookPr", "calcPr"):
                settings.update(key for key in _SETTINGS if attributes.get(key) in ("1", "true"))

        parser = expat.ParserCreate()
        parser.StartElementHandler = start
        self._parse(part, parser)
        return sheets, frozenset(settings)

    def _read_strings(self, part: str) -> list[str]:
        """The shared strings, without phonetic guides (``rPh``)."""
        handlers = StringHandlers()
        parser = _make_parser()
        handlers.attach(parser)
        self._parse(part, parser)
        return handlers.strings

    def _read_styles(self, part: str) -> list[ShownFormat]:
        codes: dict[int, str] = {}
        styles: list[ShownFormat] = []
        inside = False

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal inside
            name = _local(tag)
            if name == "numFmt" and not inside:
                codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
            elif name == "cellXfs":
                inside = True
            elif name == "xf" and inside:
                number = int(attributes.get("numFmtId", 0))
                style = judge_format(number, codes.get(number, ""))
                kept = find_code(number, codes.get(number, "")) if self._keeps_formats else ""
                styles.append(style._replace(code=kept))

        def end(tag: str) -> None:
            nonlocal inside
            inside = inside and _local(tag) != "cellXfs"

        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = start, end
        self._parse(part, parser)
        return styles or [PLAIN]

    def _read_sheet(self, name: str, part: str, hidden: bool, values: ValueSource) -> SheetGrid:
        sheet = SheetHandlers(values, MAX_CELLS)
        parser = _make_parser()
        sheet.attach(parser)
        try:
            self._parse(part, parser)
        except TooManyCellsError:
            where = Location("xlsx", self._file, sheet=name)
            raise SourceError(error("W104", where, limit=MAX_CELLS)) from None
        except RepeatedCellError as fault:
            cell = name_cell(fault.row, fault.column)
            where = Location("xlsx", self._file, fault.row, fault.column, sheet=name, cell=cell)
            raise SourceError(error("W168", where, row=fault.row)) from None
        return SheetGrid(name, tuple(sheet.rows), tuple(sheet.merged), hidden, part)


def _make_parser() -> Any:
    """A parser that reports names with their namespaces, and each text in one piece."""
    parser = expat.ParserCreate(namespace_separator=SEPARATOR)
    parser.buffer_text = True
    parser.buffer_size = _LONGEST_PIECE
    return parser


def _refuse_doctype(*_: object) -> None:
    raise ValueError("a document type declaration")


def _local(name: str) -> str:
    return name.rpartition(":")[2]
