"""One Word file to print, of the documents that a batch made: a section for each, in the order of the records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import docgen
from docgen.archive.writing.target import write_target
from docgen.archive.zip.names import clean_component
from docgen.batch.fingerprint import FileMark, compare_file, digest_data, mark_file
from docgen.batch.ledger import Ledger
from docgen.batch.ledger_rows import LedgerOutput
from docgen.content.shown_names import show_some
from docgen.diagnostics import Diagnostic, Location, Term, error, info, warning
from docgen.errors import OutputError
from docgen.messages import DOCUMENT_LANGUAGE, catalogue

if TYPE_CHECKING:
    from docgen.render.docx.merge import MergedDocument

_SUFFIX = ".docx"


@dataclass(frozen=True, slots=True)
class Membership:
    """The jobs that belong together with those of a run.

    ``wholes`` has, for a job that is in a part of a workbook, all the jobs of the whole in their order. ``strays`` are
    parts of which the whole isn't known: another output folder, another project's number.
    """

    wholes: Mapping[str, tuple[str, ...]]
    strays: tuple[Path, ...]

    def complete(self, keys: Iterable[str]) -> Iterator[str]:
        """The keys of a run's jobs, in the place of a part the whole; each once."""
        seen: set[str] = set()
        for key in keys:
            for member in self.wholes.get(key, (key,)):
                if member not in seen:
                    seen.add(member)
                    yield member


def combine_documents(
    ledger: Ledger, out: Path, membership: Membership, *, is_whole: bool, force: bool
) -> tuple[tuple[Path, ...], tuple[Diagnostic, ...]]:
    """Put the Word files of a run together, unless that was done and nothing changed since.

    Gives the combined files, one for each template, and what was found. A run over a part of a workbook combines the
    documents of the whole; where that isn't known the file has a name of its own (B123), so that what was combined
    before stays. A file that can't go in is told (B121) and left out; A101 to A107 when the combined file can't be
    written. What was combined before and no longer is goes away, unless somebody changed it. Where something couldn't
    be read or made (not ``is_whole``), a combined file that would lose documents by that stays as it is (B127).
    """
    documents = tuple(_list_documents(ledger, membership))
    names = [item.path for item in documents]
    made = digest_data([docgen.__version__, [(item.path, item.mark.sha256) for item in documents]])
    tail = "".join(f"_{path.stem}" for path in membership.strays)
    known = json.loads(ledger.read_note(f"combined{tail}") or "{}")
    files = [FileMark(*mark) for mark in known.get("files", ())]
    if not force and known.get("of") == made and all(compare_file(mark, out / mark.path) for mark in files):
        return tuple(out / mark.path for mark in files), ()
    loses = "documents" not in known or not set(known["documents"]).issubset(names)
    if files and loses and not is_whole:
        told = show_some(mark.path for mark in files)
        return (), (warning("B127", Location(file=str(out)), names=told),)
    groups: list[tuple[str, MergedDocument]] = []
    found: list[Diagnostic] = []
    for item in documents:
        fault = _add(groups, item, out)
        found += [fault] if fault is not None else []
    written: list[FileMark] = []
    ours = {mark.path for mark in files}
    for position, (title, merged) in enumerate(groups, 1):
        name = name_combined(title, tail, position)
        try:
            write_target(merged.finish(title), out / name, force=force or name in ours)
        except OutputError as refused:
            found += refused.diagnostics
            continue
        written.append(replace(mark_file(out / name), path=name))
    now = {mark.path for mark in written}
    left = [mark for mark in files if mark.path not in now and _stays(mark, out, is_meant=bool(found))]
    of, marks = "" if found or left else made, [astuple(mark) for mark in (*written, *left)]
    note = {"of": of, "files": marks, "documents": names}
    ledger.write_note(f"combined{tail}", json.dumps(note, ensure_ascii=False))
    if written:
        found += [info("B123", Location("xlsx", file=str(path)), name=written[0].path) for path in membership.strays]
    return tuple(out / item.path for item in written), tuple(found)


def _list_documents(ledger: Ledger, membership: Membership) -> Iterator[LedgerOutput]:
    for key in membership.complete(entry.job.key for entry in ledger.iterate()):
        if ledger.is_made(key):
            yield from (item for item in ledger.list_outputs(key) if item.path.endswith(_SUFFIX))


def _add(groups: list[tuple[str, MergedDocument]], item: LedgerOutput, out: Path) -> Diagnostic | None:
    """Put a document into the group of its template, a new one if it is the first of it."""
    from docgen.render.docx.merge import MergedDocument
    from docgen.render.docx.sections import MergeError

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
    """Whether a file of before is still ours; one that isn't combined any more is taken away, if it is as we left it.

    ``is_meant``: it was to be written anew, which failed or was done in part.
    """
    path = out / mark.path
    try:
        if is_meant:
            return path.exists()
        if compare_file(mark, path) is not None:
            path.unlink()
    except OSError:  # open in Word: the next run takes it away
        return True
    return False


def name_combined(title: str, tail: str, position: int) -> str:
    """The name of a combined file; ``position`` tells those of several templates apart and is never cut off."""
    mark = catalogue(DOCUMENT_LANGUAGE).text("batch.combined") + tail
    end = f"_{position}" if position > 1 else ""
    return clean_component(clean_component(title, 60) + mark, 75 - len(end)) + end + _SUFFIX
