"""Watch a record and its templates while somebody edits them: a saved file makes the documents again at once.

Only documents are made, no package, which would be out of date with the next save. Compiled templates are kept between
rounds, so a round costs reading, checking and rendering; only files whose bytes changed are written.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from docgen.archive.writing.target import write_target
from docgen.batch.ledger.jobs import make_absolute
from docgen.diagnostics import Diagnostic
from docgen.errors import DocgenError
from docgen.pipeline.stages.context import BuildContext
from docgen.pipeline.stages.documents import render_documents
from docgen.pipeline.stages.dossier import name_folder
from docgen.pipeline.stages.footprint import collect_footprint
from docgen.pipeline.stages.outcome import Footprint, Options
from docgen.pipeline.stages.prepare import PreparedRecord, prepare_record
from docgen.pipeline.stages.release import lay_out_documents, occupy_output, refuse_existing
from docgen.profile.load import forget_profiles
from docgen.render.store import TemplateStore
from docgen.resources import shipped_folder

_PASSING = re.compile(r"~\$.*|\.~lock\..*|~WR[DLA].*|.*\.(?:tmp|TMP|swp|swx|part)|.*~|4913|\..*")
_SETTLE = 0.4
_STEP_MS = 50
_DEBOUNCE_MS = 400


@dataclass(frozen=True, slots=True)
class Round:
    """The outcome of a round: the documents that were written or removed, the diagnostics that are new or gone.

    ``seconds`` is how long it took; ``is_faulty``: errors kept it from writing anything.
    """

    written: tuple[Path, ...]
    removed: tuple[Path, ...]
    new: tuple[Diagnostic, ...]
    gone: tuple[Diagnostic, ...]
    is_faulty: bool
    seconds: float
    documents: int = 0


class WatchedRecord:
    """A watched record, its documents as they were last written, and the diagnostics of the last round."""

    def __init__(self, path: Path, out: Path, options: Options) -> None:
        self._path = make_absolute(path)
        self._out = make_absolute(out)
        self._options = options
        self._store = TemplateStore(options.resources)
        self._written: dict[Path, bytes] = {}
        self._diagnostics: tuple[Diagnostic, ...] = ()
        self._used: Footprint | None = None
        self._folder: Path | None = None

    def build(self) -> Round:
        """Do a round: read, check, render, write what changed. Nothing is raised for faults in a user's files."""
        start = time.perf_counter()
        try:
            diagnostics, documents = self._render()
        except DocgenError as fault:
            return self._finish(start, tuple(fault.diagnostics), None)
        return self._finish(start, diagnostics, documents)

    def build_settled(self) -> Round:
        """Do a round; an unreadable file is read again after a moment, since it may be half saved."""
        try:
            self._render()
        except DocgenError:
            time.sleep(_SETTLE)
            self._store = TemplateStore(self._options.resources)
            forget_profiles()
        return self.build()

    def concerns(self, paths: Iterable[Path]) -> bool:
        """Whether saved files concern the record; cached contents of them are dropped."""
        touched = False
        for path in paths:
            if _PASSING.fullmatch(path.name) or path.is_relative_to(self._out):
                continue
            if self._store.forget(path) or self._is_template(path):
                touched = True
            elif path.suffix == ".yaml" and self._is_profile(path):
                forget_profiles()
                touched = True
            elif self._is_used(path):
                touched = True
        return touched

    def list_folders(self) -> list[Path]:
        """The folders to watch: the record's, those of templates and of the profile."""
        resources = self._options.resources
        folders = [self._path.parent, *resources.own_templates, *resources.own_profiles]
        folders += [shipped_folder("templates"), shipped_folder("profiles")]
        if self._used is not None:
            folders += [path.parent for path in self._used.files] + list(self._used.folders)
        unique = dict.fromkeys(make_absolute(folder) for folder in folders if folder.is_dir())
        return [item for item in unique if not any(item != other and item.is_relative_to(other) for other in unique)]

    def _is_template(self, path: Path) -> bool:
        roots = (*self._options.resources.own_templates, shipped_folder("templates"))
        for root in roots:
            root_path = make_absolute(root)
            if path.is_relative_to(root_path):
                name = path.relative_to(root_path).as_posix()
                # a user's template may replace a shipped one that is compiled already
                self._store.forget_name(name)
                return self._used is None or name in self._used.templates
        return False

    def _is_profile(self, path: Path) -> bool:
        roots = (*self._options.resources.own_profiles, shipped_folder("profiles"))
        return any(path.is_relative_to(make_absolute(root)) for root in roots)

    def _is_used(self, path: Path) -> bool:
        if self._used is None or path == self._path:
            return path.is_relative_to(self._path.parent)
        if any(path == make_absolute(file) for file in self._used.files):
            return True
        return any(path.is_relative_to(make_absolute(folder)) for folder in self._used.folders)

    def _render(self) -> tuple[tuple[Diagnostic, ...], dict[Path, bytes]]:
        prepared = prepare_record(self._path, self._options)
        if not isinstance(prepared, PreparedRecord):
            return prepared, {}
        context = BuildContext(self._options, self._store.share(), self._out)
        documents, rendering_faults = render_documents(prepared, context)
        self._used = collect_footprint(prepared, context.store)
        self._folder = name_folder(prepared, context)
        files = {self._folder / path: data for path, _title, data in lay_out_documents(documents)}
        return (*prepared.diagnostics, *rendering_faults), files

    def _finish(self, start: float, diagnostics: tuple[Diagnostic, ...], files: dict[Path, bytes] | None) -> Round:
        faulty = files is None or self._options.is_faulty(diagnostics)
        written: list[Path] = []
        removed: list[Path] = []
        if files and (not faulty or self._options.draft):
            try:
                with occupy_output(self._out):
                    diagnostics += tuple(self._write(files, written, removed))
            except DocgenError as fault:
                diagnostics += tuple(fault.diagnostics)
        elif not files:
            faulty = True
        new = _subtract(diagnostics, self._diagnostics)
        gone = _subtract(self._diagnostics, diagnostics)
        self._diagnostics = diagnostics
        number = len(files) if files else 0
        seconds = time.perf_counter() - start
        return Round(tuple(written), tuple(removed), new, gone, faulty, seconds, number)

    def _write(self, files: dict[Path, bytes], written: list[Path], removed: list[Path]) -> Iterator[Diagnostic]:
        """Write what differs from the last round; a file that can't be written (open in Word) is tried again later."""
        if not self._written and self._folder is not None:
            refuse_existing([self._folder], self._options.force)
        for path, data in files.items():
            if self._written.get(path) == data and path.exists():
                continue
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                write_target(data, path, force=True, durable=False)
            except DocgenError as fault:
                yield from fault.diagnostics
                continue
            self._written[path] = data
            written.append(path)
        for path in [item for item in self._written if item not in files]:
            del self._written[path]
            with contextlib.suppress(OSError):  # open in Word: it stays, and isn't ours any more
                path.unlink()
                removed.append(path)


def watch_record(path: Path, out: Path, options: Options) -> Iterator[Round]:
    """Watch a record: the first round at once, then one for each save that concerns it; ends with Ctrl-C."""
    from watchfiles import watch

    watched = WatchedRecord(path, out, replace(options, package=False))
    yield watched.build()
    folders = watched.list_folders()
    while True:
        again = False
        for changes in watch(
            *folders, debounce=_DEBOUNCE_MS, step=_STEP_MS, raise_interrupt=False, watch_filter=None, recursive=True
        ):
            if watched.concerns(Path(name) for _kind, name in changes):
                yield watched.build_settled()
                if watched.list_folders() != folders:
                    folders, again = watched.list_folders(), True
                    break
        if not again:
            return


def _subtract(some: Sequence[Diagnostic], others: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics that aren't among others, regardless of their lines: one that moved down is no new one."""
    other_items = [_identify(item) for item in others]
    remaining = []
    for item in some:
        key = _identify(item)
        if key in other_items:
            other_items.remove(key)
        else:
            remaining.append(item)
    return tuple(remaining)


def _identify(item: Diagnostic) -> Diagnostic:
    where = item.location
    return item.at(replace(where, line=None, column=None))
