"""Write documents and packages into a staging folder, and move them into place when all of them are complete."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.archive.bag.digest import OFFICE_SUFFIXES, content_digest
from docgen.archive.plan.filing import RenderedDocument
from docgen.archive.writing.occupancy import occupy_folder
from docgen.archive.writing.staging import REPLACED, open_staging
from docgen.archive.writing.target import move_target, sync_staged
from docgen.archive.zip.names import clean_component, fold_name
from docgen.diagnostics import Location, error
from docgen.errors import OutputError
from docgen.pipeline.stages.outcome import Output

if TYPE_CHECKING:
    from docgen.archive.writing.package import WrittenPackage

_DOCUMENTS = "documents"


@dataclass(frozen=True, slots=True)
class StagedOutputs:
    """The outputs that wait in ``staging``: the documents for ``folder``, and packages written into this staging."""

    folder: Path
    staging: Path
    files: tuple[tuple[Path, str, str | None], ...]

    def move(self, packages: Sequence[WrittenPackage] = (), *, durable: bool = True) -> list[Output]:
        """Move all outputs into place; those of an earlier run are replaced. ``durable`` as for ``open_target``.

        The folder of old documents is moved aside first: that fails while a document is open in Word, before any
        package is touched. It is moved back when a later step fails. A package is replaced in one step. OutputError
        (X153, X154, A104–A107).
        """
        if durable:
            sync_staged(self.staging, [package.path for package in packages])
        if self.files and self.folder.exists():
            try:
                (self.staging / REPLACED).mkdir()
                self.folder.replace(self.staging / REPLACED / self.folder.name)
            except OSError as fault:
                raise _refuse_output("X154", self.folder, fault) from None
        for package in packages:
            move_target(self.staging, package.path, durable=durable)
        if self.files:
            try:
                (self.staging / _DOCUMENTS).rename(self.folder)
            except OSError as fault:
                raise _refuse_output("X153", self.folder, fault) from None
        documents = [Output("document", self.folder / path, title, digest) for path, title, digest in self.files]
        return [*documents, *(Output("package", item.path, item.index.title) for item in packages)]


@contextmanager
def stage_outputs(
    documents: Sequence[RenderedDocument], folder: Path, *, outputs: Sequence[Path], force: bool
) -> Iterator[StagedOutputs]:
    """Write the documents into a staging folder beside ``folder``, one folder per filing item; it is deleted after.

    Without documents there is no folder to move. No other run writes beside ``folder`` meanwhile. OutputError X152
    when one of the ``outputs`` exists and ``force`` is off, X153 when nothing can be written, B101.
    """
    with ExitStack() as stack:
        stack.enter_context(occupy_output(folder.parent))
        try:
            staging = stack.enter_context(open_staging(folder.parent))
            refuse_existing(outputs, force)
            files = tuple(_write_into(documents, staging / _DOCUMENTS))
        except OSError as fault:
            raise _refuse_output("X153", folder, fault) from None
        yield StagedOutputs(folder, staging, files)


@contextmanager
def occupy_output(out: Path) -> Iterator[None]:
    """Lock an output folder for this run; OutputError X153 when it can't be made, B101 as ``occupy_folder``."""
    with ExitStack() as stack:
        try:
            stack.enter_context(occupy_folder(out))
        except OSError as fault:
            raise _refuse_output("X153", out, fault) from None
        yield


def refuse_existing(paths: Sequence[Path], force: bool) -> None:
    """Raise OutputError X152 for each output that exists already, unless it may be overwritten."""
    if force:
        return
    faults = [error("X152", Location(file=str(path)), path=str(path)) for path in paths if path.exists()]
    if faults:
        raise OutputError(*faults)


def _refuse_output(code: str, path: Path, fault: OSError) -> OutputError:
    return OutputError(error(code, Location(file=str(path)), path=str(path), reason=fault.strerror or str(fault)))


def _write_into(documents: Sequence[RenderedDocument], folder: Path) -> Iterator[tuple[Path, str, str | None]]:
    """Write the files; gives each one's path in the folder, its document's title, its content digest if it has one."""
    folder.mkdir()
    for path, title, data in lay_out_documents(documents):
        (folder / path.parent).mkdir(exist_ok=True)
        (folder / path).write_bytes(data)
        yield path, title, content_digest(data) if path.suffix in OFFICE_SUFFIXES else None


def lay_out_documents(documents: Sequence[RenderedDocument]) -> Iterator[tuple[Path, str, bytes]]:
    """The files of documents as they lie in their folder, one folder for each filing item: path, title, bytes."""
    taken: set[str] = set()
    for document in documents:
        job = document.job
        item = clean_component(f"{job.filing.key}_{job.filing.label}", 40) if job.filing is not None else "_"
        holder = f"_{job.item_name}" if job.item_name else ""
        for suffix, data in document.files:
            yield _find_free_name(item, job.document.title + holder, suffix, taken), job.document.title, data


def _find_free_name(folder: str, stem: str, suffix: str, taken: set[str]) -> Path:
    """Find a path that no document has yet: two enterprises may have one name, or names that are equal when cut."""
    for number in range(1, 100_000):
        mark = f"_{number}" if number > 1 else ""
        path = Path(folder) / (clean_component(stem, 80 - len(mark) - len(suffix)) + mark + suffix)
        if fold_name(str(path)) not in taken:
            taken.add(fold_name(str(path)))
            return path
    raise ValueError(f"no free name for {stem!r}")
