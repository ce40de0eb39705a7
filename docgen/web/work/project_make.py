"""Making something of a project as ``docgen build`` does: drafts, blank forms, the package, one document to look at."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.batch.result import drop_repeats
from docgen.content.read import read_text
from docgen.content.read_xlsx import read_xlsx
from docgen.diagnostics import Severity, error, sort_diagnostics
from docgen.errors import DocgenError, SourceError
from docgen.messages import catalogue
from docgen.pipeline import build_record
from docgen.pipeline.comparison.prose import list_lines
from docgen.pipeline.stages.outcome import Options, Outcome
from docgen.render.pdf import find_office
from docgen.web.jobs.model import JobOutcome, JobTask, Produced, Progress

if TYPE_CHECKING:
    from docgen.archive.writing.package import PackingProgress

_UNCONVERTED = "A211"
_PAGES, _LOOKED_AT = 20, 3
"""Of a document to look at so many pages are drawn, of one that is made for many so many copies."""
_SECONDS = 60


class _StoppedError(Exception):
    """Somebody cancelled."""


def make_project(task: JobTask, progress: Progress) -> JobOutcome:
    """What was chosen: everything that could be made, and what kept the rest from it."""
    given = {name: next(iter(values), "") for name, values in task.order.options.items()}
    what, pdf = given["what"], bool(given.get("pdf"))
    options = {
        "draft": Options(task.resources, draft=True, package=False, pdf=pdf),
        "blank": Options(task.resources, blank=True, package=False, pdf=pdf),
        "package": Options(task.resources, pdf=pdf, until=given.get("until", "")),
        "volume": Options(task.resources, bind=True, until=given.get("until", "")),
    }[what]
    outcome = _build(task, options, progress)
    if outcome is None:
        return JobOutcome({"project": given["project"], "what": what, "unconverted": []})
    found = drop_repeats(outcome.diagnostics)
    words = catalogue(task.lang)
    data = {
        "project": given["project"],
        "what": what,
        "lacks": sum(item.gap is not None and item.severity is Severity.ERROR for item in found),
        "unconverted": [words.message(item) for item in found if item.code == _UNCONVERTED],
    }
    told = [item for item in found if item.code != _UNCONVERTED and (item.gap is None or what == "package")]
    return JobOutcome(data, sort_diagnostics(told), list_made(task.results))


def look_at_document(task: JobTask, progress: Progress) -> JobOutcome:
    """A document as it would be now: its text, and its pages as pictures where LibreOffice and pdftoppm are."""
    given = task.order.options
    has_pages = find_office() is not None and shutil.which("pdftoppm") is not None
    options = Options(task.resources, draft=True, package=False, only=tuple(given["only"]), pdf=has_pages)
    outcome = _build(task, options, progress)
    data: dict[str, Any] = {"project": given["project"][0], "texts": [], "pictures": [], "has_pages": has_pages}
    if outcome is None:
        return JobOutcome(data)
    made = list_made(task.results)
    documents = [item for item in made if Path(item.path).suffix.lower() in (".docx", ".xlsx")]
    first = {Path(item.path).with_suffix("").as_posix(): item for item in reversed(documents)}
    for item in list(reversed(first.values()))[:_LOOKED_AT]:
        data["texts"].append({"name": Path(item.name).stem, "lines": _read_lines(task.results / item.path)})
    pdfs = [task.results / item.path for item in made if item.path.lower().endswith(".pdf")][:_LOOKED_AT]
    data["pictures"] = _draw_pages(pdfs, task.results / "pages")
    told = [item for item in drop_repeats(outcome.diagnostics) if item.gap is None]
    return JobOutcome(data, sort_diagnostics(told), made)


def _build(task: JobTask, options: Options, progress: Progress) -> Outcome | None:
    """Build anew in the folder of results; None when somebody cancelled."""
    folder = task.folder.parent.parent
    record = folder / task.order.options["path"][0]
    if not record.is_file() or not record.resolve().is_relative_to(folder.resolve()):
        raise SourceError(error("N206"))
    shutil.rmtree(task.results, ignore_errors=True)
    task.results.mkdir()
    teller = _Teller(progress)
    try:
        return build_record(record, task.results, options, teller.tell_document, watch=teller.tell_packing)
    except _StoppedError:
        return None


class _Teller:
    """Passes on how far it is: documents first, then the bytes of the package."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._is_packing = False
        self._files = self._bytes = 0

    def tell_document(self, title: str, number: int, total: int) -> None:
        """A document is about to be made."""
        self._stop()
        if number == 0:
            self._progress.begin(total)
        else:
            self._progress.advance(title)

    def tell_packing(self, state: PackingProgress) -> None:
        """So many bytes of the package are written."""
        self._stop()
        if not self._is_packing:
            self._progress.begin(state.all_files, state.all_bytes)
        self._is_packing = True
        while self._files < state.files or self._bytes < state.bytes:
            self._progress.advance(state.package, state.bytes - self._bytes)
            self._files, self._bytes = self._files + 1, state.bytes

    def _stop(self) -> None:
        if self._progress.should_stop():
            raise _StoppedError


def list_made(results: Path) -> tuple[Produced, ...]:
    """The files that were made, packages and volumes first."""
    order = {".zip": 0, ".pdf": 1}
    files = [path for path in results.rglob("*") if path.is_file() and not path.name.startswith(".")]
    kinds = {".zip": "package", ".pdf": "pdf"}
    return tuple(
        Produced(path.relative_to(results).as_posix(), path.name, kinds.get(path.suffix.lower(), "document"))
        for path in sorted(files, key=lambda path: (order.get(path.suffix.lower(), 2), path.as_posix()))
    )


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
