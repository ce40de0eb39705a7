"""Combine the documents of a batch into one Word file for printing, in the order of the records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import docgen
from docgen.archive.writing.target import write_target
from docgen.archive.zip.names import clean_component
from docgen.batch.ledger import Ledger, LedgerOutput
from docgen.batch.ledger.fingerprint import FileMark, compare_file, digest_data, mark_file
from docgen.content.shown_names import format_first_few
from docgen.diagnostics import Diagnostic, Location, Term, error, info, warning
from docgen.errors import OutputError
from docgen.messages import DOCUMENT_LANGUAGE, catalogue

if TYPE_CHECKING:
    from docgen.render.docx.merging.merge import MergedDocument

_SUFFIX = ".docx"


@dataclass(frozen=True, slots=True)
class Membership:
    """The jobs that belong together with those of a run.

    ``wholes`` has, for a job in a part of a workbook, all jobs of the whole in order. ``strays`` are parts whose whole
    isn't known: it had another output folder, or another project number.
    """

    wholes: Mapping[str, tuple[str, ...]]
    strays: tuple[Path, ...]

    def complete(self, keys: Iterable[str]) -> Iterator[str]:
        """The keys of a run's jobs, each once; a part of a workbook is replaced by the whole."""
        seen: set[str] = set()
        for key in keys:
            for member in self.wholes.get(key, (key,)):
                if member not in seen:
                    seen.add(member)
                    yield member


def combine_documents(
    ledger: Ledger, out: Path, membership: Membership, *, is_whole: bool, force: bool
) -> tuple[tuple[Path, ...], tuple[Diagnostic, ...]]:
    """Combine the Word files of a run, unless that was done and nothing has changed since.

    Returns the combined files, one for each template, and diagnostics. A run over a part of a workbook combines the
    documents of the whole; where that isn't known the file gets a name of its own (B123), so that the former one stays.
    A document that can't be combined is left out (B121); A101 to A107 when the combined file can't be written. Former
    combined files that aren't made any more are removed, unless somebody changed them. Where something couldn't be read
    or made (not ``is_whole``), a combined file that would lose documents thereby stays as it is (B127).
    """
    documents = tuple(_list_documents(ledger, membership))
    names = [item.path for item in documents]
    made = digest_data([docgen.__version__, [(item.path, item.mark.sha256) for item in documents]])
    tail = "".join(f"_{path.stem}" for path in membership.strays)
    note_before = json.loads(ledger.read_note(f"combined{tail}") or "{}")
    files = [FileMark(*mark) for mark in note_before.get("files", ())]
    if not force and note_before.get("of") == made and all(compare_file(mark, out / mark.path) for mark in files):
        return tuple(out / mark.path for mark in files), ()
    loses = "documents" not in note_before or not set(note_before["documents"]).issubset(names)
    if files and loses and not is_whole:
        shown = format_first_few(mark.path for mark in files)
        return (), (warning("B127", Location(file=str(out)), names=shown),)
    groups: list[tuple[str, MergedDocument]] = []
    diagnostics: list[Diagnostic] = []
    for item in documents:
        fault = _add(groups, item, out)
        diagnostics += [fault] if fault is not None else []
    written: list[FileMark] = []
    ours = {mark.path for mark in files}
    for position, (title, merged) in enumerate(groups, 1):
        name = name_combined(title, tail, position)
        try:
            write_target(merged.finish(title), out / name, force=force or name in ours)
        except OutputError as refused:
            diagnostics += refused.diagnostics
            continue
        written.append(replace(mark_file(out / name), path=name))
    now = {mark.path for mark in written}
    kept = [mark for mark in files if mark.path not in now and _stays(mark, out, is_meant=bool(diagnostics))]
    of, marks = "" if diagnostics or kept else made, [astuple(mark) for mark in (*written, *kept)]
    note = {"of": of, "files": marks, "documents": names}
    ledger.write_note(f"combined{tail}", json.dumps(note, ensure_ascii=False))
    if written:
        diagnostics += [
            info("B123", Location("xlsx", file=str(path)), name=written[0].path) for path in membership.strays
        ]
    return tuple(out / item.path for item in written), tuple(diagnostics)


def _list_documents(ledger: Ledger, membership: Membership) -> Iterator[LedgerOutput]:
    for key in membership.complete(entry.job.key for entry in ledger.iterate()):
        if ledger.is_made(key):
            yield from (item for item in ledger.list_outputs(key) if item.path.endswith(_SUFFIX))


def _add(groups: list[tuple[str, MergedDocument]], item: LedgerOutput, out: Path) -> Diagnostic | None:
    """Add a document to the group of its template."""
    from docgen.render.docx.merging.merge import MergedDocument
    from docgen.render.docx.merging.sections import MergeError

    path = out / item.path
    try:
        data = path.read_bytes()
        merged = next((group for _, group in groups if group.fits(data)), None)
        if merged is None:
            merged = MergedDocument(data)
            merged.add(data)
            groups.append((item.title, merged))
        else:
            merged.add(data)
    except MergeError as fault:
        return error("B121", Location("docx", file=str(path)), name=item.path, reason=Term(fault.key))
    except OSError as fault:
        return error("B121", Location("docx", file=str(path)), name=item.path, reason=fault.strerror or str(fault))
    return None


def _stays(mark: FileMark, out: Path, *, is_meant: bool) -> bool:
    """Whether a former combined file stays ours; one that isn't needed any more is removed, if nobody changed it.

    ``is_meant``: it should have been written again, which failed, wholly or in part.
    """
    path = out / mark.path
    try:
        if is_meant:
            return path.exists()
        if compare_file(mark, path) is not None:
            path.unlink()
    except OSError:  # open in Word: the next run removes it
        return True
    return False


def name_combined(title: str, tail: str, position: int) -> str:
    """The name of a combined file; ``position`` distinguishes those of several templates and is never cut off."""
    mark = catalogue(DOCUMENT_LANGUAGE).text("batch.combined") + tail
    end = f"_{position}" if position > 1 else ""
    return clean_component(clean_component(title, 60) + mark, 75 - len(end)) + end + _SUFFIX
