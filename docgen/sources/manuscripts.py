"""Reads the files that people put into a folder: lists them, and reads their format, first lines and text."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from docgen.content.blocks import Paragraph
from docgen.content.closing_date import parse_closing_date
from docgen.content.files import hash_file
from docgen.content.folding import fold_text
from docgen.content.foreign_names import guess_foreign_name, list_foreign
from docgen.content.model import DocumentContent
from docgen.content.spoken_texts import iterate_texts
from docgen.diagnostics import Diagnostic, has_errors
from docgen.errors import SourceError
from docgen.ooxml.properties import OfficeProperties, read_properties
from docgen.sources.evidence import EvidenceFile, forbid_outside, inspect_evidence, is_leftover
from docgen.sources.evidence_folder import sort_naturally

_LINES = 10
_LONGEST_LINE = 60
_PAGES_DOUBT = 0.3
_UNNAMED_SHEET = re.compile(
    r"(?:sheet|工作表|表|chart|图表|tabelle|feuil|hoja|foglio|planilha|лист|シート|시트|list|arkusz|blad)\s*\d*(?:\s*\(\d+\))?"
)


@dataclass(frozen=True, slots=True)
class ManuscriptListing:
    """The files below a folder, in the order of their names, and leftovers of programs.

    ``foreign`` are the files whose names aren't UTF-8, in the likeliest decoding.
    """

    files: tuple[PurePosixPath, ...]
    leftovers: tuple[PurePosixPath, ...]
    foreign: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manuscript:
    """A manuscript: a file that a person put into the folder.

    ``file`` is the inspected file, None if it can't be filed; ``content`` is its text, if docgen reads the format;
    ``lines`` are the first lines, ``headings`` the headings; ``pages`` is the count of the program that wrote it;
    ``date`` is its closing date; ``digest`` is the sha256 of its bytes.
    """

    path: Path
    relative: PurePosixPath
    file: EvidenceFile | None
    digest: str
    content: DocumentContent | None = None
    lines: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    pages: int | None = None
    date: dt.date | None = None
    diagnostics: tuple[Diagnostic, ...] = ()


def list_folder(folder: Path) -> ManuscriptListing:
    """All files below a folder, and separately the leftovers of programs; OSError if it can't be read."""
    files: list[PurePosixPath] = []
    leftovers: list[PurePosixPath] = []

    def stop(fault: OSError) -> None:
        raise fault

    for root, folders, names in os.walk(folder, onerror=stop):
        here = PurePosixPath(Path(root).relative_to(folder).as_posix())
        passed_over = [name for name in folders if is_leftover(name) or name.startswith((".", "__"))]
        leftovers += (here / name for name in passed_over)
        folders[:] = [name for name in folders if name not in passed_over]
        for name in names:
            (leftovers if is_leftover(name) or name.startswith(".") else files).append(here / name)
    foreign = list_foreign(map(str, _sort(files)))
    files, leftovers = (
        [path for path in paths if guess_foreign_name(str(path)) is None] for paths in (files, leftovers)
    )
    return ManuscriptListing(_sort(files), _sort(leftovers), foreign)


def _sort(paths: Sequence[PurePosixPath]) -> tuple[PurePosixPath, ...]:
    return tuple(sorted(paths, key=lambda path: tuple(sort_naturally(part) for part in path.parts)))


def read_manuscript(folder: Path, relative: PurePosixPath, allowed: Sequence[Path] = ()) -> Manuscript:
    """Inspect and read one file; its diagnostics report what can't be read.

    A link out of the folder isn't followed (E150), unless it leads into an ``allowed`` folder.
    """
    path = folder / relative
    forbidden = forbid_outside(path, str(relative), (folder, *allowed))
    if forbidden is not None:
        return Manuscript(path, relative, None, "", diagnostics=(forbidden,))
    looked = inspect_evidence(path)
    if looked.file is None or has_errors(looked.diagnostics):
        return Manuscript(path, relative, None, "", diagnostics=looked.diagnostics)
    digest = hash_file(path)
    try:
        content, date = _read_content(path, looked.file)
    except SourceError as fault:
        return Manuscript(path, relative, looked.file, digest, diagnostics=(*looked.diagnostics, *fault.diagnostics))
    if content is None:
        lines = tuple(_read_pdf_lines(path)) if looked.file.kind == "pdf" else ()
        return Manuscript(path, relative, looked.file, digest, None, lines, diagnostics=looked.diagnostics)
    properties = read_properties(path)
    return Manuscript(
        path,
        relative,
        looked.file,
        digest,
        content,
        _list_lines(content, properties),
        tuple(section.title for section in content.sections) if content.location.kind != "xlsx" else (),
        _count_pages(content, properties),
        date,
        looked.diagnostics,
    )


def _read_content(path: Path, file: EvidenceFile) -> tuple[DocumentContent | None, dt.date | None]:
    """The text of a file, if docgen reads its format, and its closing date."""
    if file.format == "docx":
        from docgen.content.docx.read import read_closing_date, read_docx

        return read_docx(path), read_closing_date(path)
    if file.format in ("xlsx", "xls"):
        from docgen.content.read_xlsx import read_xlsx

        return read_xlsx(path), None
    if path.suffix.lower() in (".md", ".markdown"):
        from docgen.content.markdown_flow import read_markdown

        content = read_markdown(path)
        blocks = content.sections[-1].blocks if content.sections else content.preamble
        last = blocks[-1] if blocks else None
        return content, parse_closing_date(last.text) if isinstance(last, Paragraph) else None
    return None, None


def _list_lines(content: DocumentContent, properties: OfficeProperties) -> tuple[str, ...]:
    """The first lines, then the title in the file's properties, which is often that of another document.

    Default names of sheets are left out.
    """
    is_book = content.location.kind == "xlsx"
    sheets = [section.title for section in content.sections[:2] if not _is_unnamed(section.title)] if is_book else []
    texts = (line.strip() for item in iterate_texts(content) for line in item.text.splitlines())
    texts = (text for text in texts if not (is_book and _is_unnamed(text)))
    lines: list[str] = []
    for text in texts:
        if 1 < len(text) <= _LONGEST_LINE and text not in lines:
            lines.append(text)
        if len(lines) == _LINES:
            break
    return (*lines, *sheets, *([properties.title] if properties.title else []))


def _is_unnamed(sheet: str) -> bool:
    return _UNNAMED_SHEET.fullmatch(fold_text(sheet)) is not None


def _read_pdf_lines(path: Path) -> Iterator[str]:
    """The first lines of the first page; none for a scan or an unreadable page."""
    import warnings

    from pypdf import PdfReader

    with path.open("rb") as stream, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            text = PdfReader(stream).pages[0].extract_text()
        except Exception:
            # pypdf may raise any exception on odd fonts; without a title the name is used
            return
    lines = [line.strip() for line in text.splitlines()]
    yield from [line for line in lines if 1 < len(line) <= _LONGEST_LINE][:_LINES]


def _count_pages(content: DocumentContent, properties: OfficeProperties) -> int | None:
    """The page count in the file's properties, if the text's length still agrees with theirs."""
    length = sum(not char.isspace() for item in iterate_texts(content) for char in item.text)
    if properties.pages is None or abs(properties.characters - length) > _PAGES_DOUBT * length:
        return None
    return properties.pages
