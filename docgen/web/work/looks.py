"""A document to look at in the page: its text, and its pages as pictures where LibreOffice and pdftoppm are."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docgen.content.read import read_text
from docgen.content.read_xlsx import read_xlsx
from docgen.errors import DocgenError
from docgen.pipeline.comparison.prose import list_lines
from docgen.render.office.process import Ending
from docgen.render.pdf import Converter, OfficeFile, find_office
from docgen.web.jobs.model import ResultFile

_PAGES, _LOOKED_AT = 20, 3
"""Of a document to look at so many pages are drawn, of one that is made for many so many copies."""
_SECONDS = 60


def can_draw() -> bool:
    """Whether pages can be drawn on this computer."""
    return find_office() is not None and shutil.which("pdftoppm") is not None


def look_at(results: Path, made: Sequence[ResultFile]) -> dict[str, Any]:
    """What a page shows of documents in a folder: their texts, and the names of the pictures in ``pages``.

    A PDF among them is drawn; where there is none, the documents are converted.
    """
    documents = [item for item in made if Path(item.path).suffix.lower() in (".docx", ".xlsx")]
    first = {Path(item.path).with_suffix("").as_posix(): item for item in reversed(documents)}
    shown = list(reversed(first.values()))[:_LOOKED_AT]
    texts = [{"name": Path(item.name).stem, "lines": _read_lines(results / item.path)} for item in shown]
    pdfs = [results / item.path for item in made if item.path.lower().endswith(".pdf")][:_LOOKED_AT]
    has_pages = can_draw()
    if has_pages and not pdfs and shown:
        pdfs = _convert([results / item.path for item in shown], results.parent / "looks")
    return {"texts": texts, "pictures": _draw_pages(pdfs, results / "pages"), "has_pages": has_pages}


def _convert(documents: Sequence[Path], folder: Path) -> list[Path]:
    """PDFs of documents; one that LibreOffice can't convert is shown by its text alone."""
    office = find_office()
    assert office is not None
    folder.mkdir(exist_ok=True)
    made = Converter(office).convert([OfficeFile(path.suffix.lower(), path) for path in documents], dt.date.today())
    pdfs: list[Path] = []
    for number, data in enumerate(made):
        if not isinstance(data, Ending):
            pdfs.append(folder / f"{number}.pdf")
            pdfs[-1].write_bytes(data)
    return pdfs


def _read_lines(path: Path) -> list[str]:
    """The text of a document, a line for each paragraph and row."""
    try:
        content = read_xlsx(path) if path.suffix.lower() == ".xlsx" else read_text(path)
    except DocgenError:
        return []
    lines = [content.title] if content.title else []
    lines += list_lines(content.preamble)
    for section in content.sections:
        lines += [section.title, *list_lines(section.blocks)]
    return [line for line in lines if line.strip()]


def _draw_pages(pdfs: Sequence[Path], folder: Path) -> list[str]:
    """The first pages of PDFs as pictures, their names in a folder."""
    folder.mkdir(exist_ok=True)
    for number, path in enumerate(pdfs):  # no name begins with a dash: they are whole paths
        command = ["pdftoppm", "-png", "-r", "80", "-l", str(_PAGES), str(path), str(folder / f"{number:02d}")]
        try:
            subprocess.run(
                command, check=True, timeout=_SECONDS, capture_output=True
            )  # no name of a file begins with a dash: they are whole paths
        except (OSError, subprocess.SubprocessError):
            continue  # the text is shown all the same
    return sorted(path.name for path in folder.glob("*.png"))
