"""Makes previews of documents: their text, and their pages as pictures where LibreOffice and pdftoppm are."""

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

_PAGES, _DOCUMENTS = 20, 3
"""The most pages that are drawn of a document, and the most documents that are shown."""
_SECONDS = 60


def can_draw() -> bool:
    """Whether pages can be drawn on this computer."""
    return find_office() is not None and shutil.which("pdftoppm") is not None


def look_at(results: Path, made: Sequence[ResultFile]) -> dict[str, Any]:
    """The preview of documents in a folder: their texts, and the names of the pictures in ``pages``.

    PDFs among them are drawn; where there are none, the documents are converted first.
    """
    documents = [item for item in made if Path(item.path).suffix.lower() in (".docx", ".xlsx")]
    first = {Path(item.path).with_suffix("").as_posix(): item for item in reversed(documents)}
    chosen = list(reversed(first.values()))[:_DOCUMENTS]
    texts = [{"name": Path(item.name).stem, "lines": _read_lines(results / item.path)} for item in chosen]
    pdfs = [results / item.path for item in made if item.path.lower().endswith(".pdf")][:_DOCUMENTS]
    has_pages = can_draw()
    if has_pages and not pdfs and chosen:
        pdfs = _convert([results / item.path for item in chosen], results.parent / "looks")
    return {"texts": texts, "pictures": _draw_pages(pdfs, results / "pages"), "has_pages": has_pages}


def _convert(documents: Sequence[Path], folder: Path) -> list[Path]:
    """The PDFs of documents, without those that LibreOffice can't convert."""
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
    """The text of a document, a line for each paragraph and row; none where it can't be read."""
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
    """Draw the first pages of PDFs into a folder; the names of the pictures."""
    folder.mkdir(exist_ok=True)
    for number, path in enumerate(pdfs):
        command = ["pdftoppm", "-png", "-r", "80", "-l", str(_PAGES), str(path), str(folder / f"{number:02d}")]
        try:
            subprocess.run(
                command, check=True, timeout=_SECONDS, capture_output=True
            )  # no argument can be taken for an option: the paths are whole
        except (OSError, subprocess.SubprocessError):
            continue  # the page shows the text without pictures
    return sorted(path.name for path in folder.glob("*.png"))
