"""Answers questions about the projects of a folder: their progress, missing values and faults.

A project's id is a digest of its record's path, so that no address contains a name.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from docgen.archive.zip.names import clean_component
from docgen.batch.ledger.jobs import RECORD_NAMES
from docgen.batch.ledger.result import dump_diagnostics
from docgen.batch.records.folders import find_records
from docgen.diagnostics import Diagnostic, Severity, error
from docgen.errors import DocgenError, SourceError
from docgen.messages import Catalogue, Language, catalogue
from docgen.pipeline.services.progress import ProjectProgress, StepProgress, measure_progress
from docgen.pipeline.services.progress_words import format_advice, format_counts, format_gap, format_state, list_types
from docgen.pipeline.services.projects import start_project
from docgen.pipeline.stages.outcome import Options
from docgen.pipeline.stages.prepare import PreparedRecord, prepare_record
from docgen.resources import Resources
from docgen.sources.record_edit import EDITABLE

_SECONDS = 8.0
"""The time for a list of projects; those beyond it get their status with the next question."""
_MOST_STATUSES = 500
_statuses: OrderedDict[tuple[Path, Language], tuple[tuple[int, ...], dict[str, Any]]] = OrderedDict()
_paths: dict[tuple[Path, str], Path] = {}


@dataclass(frozen=True, slots=True)
class ProjectPlace:
    """The folder of projects, the folder of jobs in it, and what records are read with."""

    folder: Path
    jobs: Path
    resources: Resources
    lang: Language

    @property
    def words(self) -> Catalogue:
        """The texts in the reader's language."""
        return catalogue(self.lang)


def answer(question: str, place: Sequence[Any], arguments: Sequence[Any]) -> Any:
    """Answer a quick question: call its ``module:function`` with the ``ProjectPlace`` and the arguments."""
    module, _, name = question.partition(":")
    return getattr(import_module(module), name)(ProjectPlace(*place), *arguments)


def list_projects(place: ProjectPlace) -> list[dict[str, Any]]:
    """Every project of the folder with its status; ``unseen`` where there was no time to read it."""
    refused: list[Diagnostic] = []
    until = time.monotonic() + _SECONDS
    return [_describe_listed(place, path, until) for path in _list_records(place, refused)]


def _list_records(place: ProjectPlace, refused: list[Diagnostic]) -> list[Path]:
    records = find_records(place.folder, refused, place.jobs)
    inside = [path for path in records if path.resolve().is_relative_to(place.folder.resolve())]
    _paths.update({(place.folder, make_id(place, path)): path for path in inside})
    return inside


def make_id(place: ProjectPlace, path: Path) -> str:
    """The id of a project in addresses."""
    return hashlib.sha256(path.relative_to(place.folder).as_posix().encode()).hexdigest()[:16]


def find_project(place: ProjectPlace, name: str) -> Path:
    """The record of a project; SourceError N206 when there is none (any more)."""
    path = _paths.get((place.folder, name))
    if path is None or not path.is_file() or not path.resolve().is_relative_to(place.folder.resolve()):
        _list_records(place, [])
        path = _paths.get((place.folder, name))
    if path is None or not path.is_file():
        raise SourceError(error("N206"))
    return path


def _describe_listed(place: ProjectPlace, path: Path, until: float) -> dict[str, Any]:
    described = {
        "id": make_id(place, path),
        "path": path.relative_to(place.folder).as_posix(),
        "called": _format_name(path),
        "state": "unseen",
    }
    stamp = _read_stamp(path)
    cached = _statuses.get((path, place.lang))
    if cached is not None and cached[0] == stamp:
        return described | cached[1]
    if time.monotonic() > until:
        return described
    status = _read_status(place, path)
    _statuses[path, place.lang] = (stamp, status)
    while len(_statuses) > _MOST_STATUSES:
        _statuses.popitem(last=False)
    return described | status


def _format_name(path: Path) -> str:
    """The name shown for a project without one: its file's, or its folder's where the file has a default name."""
    return path.parent.name if path.name in RECORD_NAMES else path.name


def _read_stamp(path: Path) -> tuple[int, ...]:
    """Size and times of a record and the folders beside it, which change when these do."""
    status = path.stat()
    folders = [entry.stat().st_mtime_ns for entry in path.parent.iterdir() if entry.is_dir()]
    return (status.st_mtime_ns, status.st_size, *sorted(folders))


def _read_status(place: ProjectPlace, path: Path) -> dict[str, Any]:
    try:
        progress = measure_progress(path, Options(place.resources))
    except DocgenError:
        return {"state": "unusable"}
    if not isinstance(progress, ProjectProgress):
        return {"state": "unusable"}
    counts = {name: progress.count(name) for name in ("done", "begun", "untouched", "not_applicable")}
    state = (
        "faulty" if progress.faults else "open" if counts["begun"] or counts["untouched"] or progress.basics else "done"
    )
    first = next((_format_advice(text) for text, _ in format_advice(place.words, progress)), "")
    head = {
        "number": progress.number,
        "name": progress.name,
        "standard": progress.standard,
        "faults": progress.faults,
    }
    steps = [{"key": step.key, "label": step.label, "state": step.state} for step in progress.steps]
    return head | {"state": state, "counts": format_counts(place.words, progress), "first": first, "steps": steps}


def _format_advice(text: str) -> str:
    """Advice without the colon after which a console shows a command."""
    return text.rstrip("：: ")


def create_project(place: ProjectPlace, name: str, standard: str) -> str:
    """Create a project in a folder of its own, never over another; return its id.

    Raises as ``start_project`` does, and SourceError N210 for the name of the folder of jobs.
    """
    folder = place.folder / clean_component(name, 80)
    if folder.name.casefold() == place.jobs.name.casefold():
        raise SourceError(error("N210", name=folder.name))
    started = start_project(folder, standard, place.resources)
    return make_id(place, started.files[0])


def describe_project(place: ProjectPlace, name: str) -> dict[str, Any]:
    """One project: its steps with their documents, the next steps, its diagnostics."""
    path = find_project(place, name)
    described: dict[str, Any] = {
        "id": name,
        "path": path.relative_to(place.folder).as_posix(),
        "is_editable": path.suffix.lower() in EDITABLE,
        "steps": [],
        "diagnostics": "[]",
    }
    try:
        progress = measure_progress(path, Options(place.resources))
        diagnostics = _check(place, path)
    except DocgenError as fault:
        return described | {"name": _format_name(path), "diagnostics": dump_diagnostics(fault.diagnostics)}
    if not isinstance(progress, ProjectProgress):
        return described | {"name": _format_name(path), "diagnostics": dump_diagnostics(progress.diagnostics)}
    words = place.words
    return described | {
        "name": progress.name or _format_name(path),
        "number": progress.number,
        "standard": progress.standard,
        "counts": format_counts(words, progress),
        "faults": progress.faults,
        "lacks": sum(item.gap is not None for item in diagnostics),
        "steps": [_describe_step(words, step) for step in progress.steps],
        "advice": [{"text": _format_advice(text), "kind": item.key} for text, item in format_advice(words, progress)],
        "diagnostics": dump_diagnostics(item for item in diagnostics if item.gap is None),
    }


def _check(place: ProjectPlace, path: Path) -> tuple[Diagnostic, ...]:
    prepared = prepare_record(path, Options(place.resources))
    return prepared.diagnostics if isinstance(prepared, PreparedRecord) else prepared


def _describe_step(words: Catalogue, step: StepProgress) -> dict[str, Any]:
    ids = {item.title: item.type for item in step.documents}
    types = [asdict(line) | {"id": ids[line.title]} for line in list_types(words, step)]
    verdict = {"done": "good", "begun": "warn"}.get(step.state, "none")
    return {
        "key": step.key,
        "label": step.label,
        "verdict": verdict,
        "state": format_state(words, step),
        "types": types,
        "evidence": step.evidence,
        "gaps": list(_format_gaps(words, step)),
    }


def _format_gaps(words: Catalogue, step: StepProgress) -> Iterator[str]:
    for gap in step.gaps:
        if gap.severity is Severity.ERROR:
            yield format_gap(words, gap)
