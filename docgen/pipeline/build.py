"""The whole way of the data: load → validate → derive → plan → check → render → file → pack."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from docgen.archive.filing import RenderedDocument
from docgen.archive.names import clean_component, fold_name
from docgen.diagnostics import Location, Severity, error
from docgen.errors import OutputError
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.pipeline.documents import Progress, render_documents
from docgen.pipeline.dossier import name_package, pack_record
from docgen.pipeline.outcome import Options, Outcome, Output
from docgen.pipeline.prepare import PreparedRecord, prepare_record, summarize_record
from docgen.render.store import TemplateStore


def check_record(path: Path, options: Options) -> Outcome:
    """Load, validate, derive, plan, check; writes nothing."""
    prepared = prepare_record(path, options)
    if not isinstance(prepared, PreparedRecord):
        return Outcome(prepared)
    return Outcome(prepared.diagnostics, (), summarize_record(prepared))


def build_record(path: Path, out: Path, options: Options, progress: Progress | None = None) -> Outcome:
    """The documents of a record below ``out``, and its package; with an error nothing is written unless ``draft``.

    Raises DocgenError when it can't go on: an unreadable record, a profile or template that isn't sound, an output
    that can't be written.
    """
    prepared = prepare_record(path, options)
    if not isinstance(prepared, PreparedRecord):
        return Outcome(prepared)
    store = TemplateStore(options.resources)
    documents, found = render_documents(prepared, store, options, progress)
    diagnostics = (*prepared.diagnostics, *found)
    summary = summarize_record(prepared)
    grave = (Severity.ERROR, Severity.WARNING) if options.strict else (Severity.ERROR,)
    faulty = any(item.severity in grave for item in diagnostics)
    if faulty and not options.draft:
        return Outcome(diagnostics, (), summary)
    outputs: list[Output] = []
    folder = out / clean_component(name_package(prepared) + catalogue(DOCUMENT_LANGUAGE).text("output.documents"))
    packing = options.package and not options.blank and not options.only
    names = [name_package(prepared, package) for package in prepared.packages] if packing else []
    _refuse_existing([folder, *(out / f"{name}.zip" for name in names)], options.force)
    with stage_documents(documents, folder) as staged:
        if packing:
            packages = pack_record(prepared, documents, store, out, options=options, draft=faulty)
            outputs += [Output("package", written.path, written.index.title) for written in packages]
        outputs = [*staged.move(), *outputs]
    return Outcome(diagnostics, tuple(outputs), summary)


def _refuse_existing(paths: Sequence[Path], force: bool) -> None:
    if force:
        return
    standing = [error("X152", Location(file=str(path)), path=str(path)) for path in paths if path.exists()]
    if standing:
        raise OutputError(*standing)


@dataclass(frozen=True, slots=True)
class StagedDocuments:
    """Documents that are written beside their place and wait to be moved there as a whole."""

    folder: Path
    staging: Path
    files: tuple[tuple[Path, str], ...]

    def move(self) -> list[Output]:
        """Move them to their place; what stood there before is replaced."""
        try:
            if self.folder.exists():
                _replace_folder(self.folder, self.staging / "old")
            (self.staging / "new").rename(self.folder)
        except OSError as fault:
            raise _refuse_output("X153", self.folder, fault) from None
        return [Output("document", self.folder / path, title) for path, title in self.files]


@contextmanager
def stage_documents(documents: Sequence[RenderedDocument], folder: Path) -> Iterator[StagedDocuments]:
    """Write the documents, a folder per filing item, beside their place; nothing of it stays unless it is moved.

    OutputError X153 when they can't be written, X154 when what stands there can't be replaced.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".docgen-", dir=folder.parent))
    except OSError as fault:
        raise _refuse_output("X153", folder, fault) from None
    try:
        try:
            files = tuple(_write_into(documents, staging / "new"))
        except OSError as fault:
            raise _refuse_output("X153", folder, fault) from None
        yield StagedDocuments(folder, staging, files)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _refuse_output(code: str, path: Path, fault: OSError) -> OutputError:
    return OutputError(error(code, Location(file=str(path)), path=str(path), reason=fault.strerror or str(fault)))


def _write_into(documents: Sequence[RenderedDocument], folder: Path) -> Iterator[tuple[Path, str]]:
    folder.mkdir()
    taken: set[str] = set()
    for document in documents:
        job = document.job
        item = clean_component(f"{job.filing.key}_{job.filing.label}", 40) if job.filing is not None else "_"
        (folder / item).mkdir(exist_ok=True)
        holder = f"_{job.item_name}" if job.item_name else ""
        for suffix, data in document.files:
            path = _find_free_name(item, job.document.title + holder, suffix, taken)
            (folder / path).write_bytes(data)
            yield path, job.document.title


def _find_free_name(folder: str, stem: str, suffix: str, taken: set[str]) -> Path:
    """A path that no document has yet: two enterprises may have one name, or names that are alike when cut."""
    for number in range(1, 100_000):
        mark = f"_{number}" if number > 1 else ""
        path = Path(folder) / (clean_component(stem, 80 - len(mark) - len(suffix)) + mark + suffix)
        if fold_name(str(path)) not in taken:
            taken.add(fold_name(str(path)))
            return path
    raise ValueError(f"no free name for {stem!r}")


def _replace_folder(folder: Path, aside: Path) -> None:
    try:
        folder.replace(aside)
    except OSError as fault:
        raise _refuse_output("X154", folder, fault) from None
