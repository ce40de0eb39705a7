"""The projects of a folder, and one of them: how far it has come, what it lacks, what is wrong. Quick questions.

A project is known by the digest of its record's path, so that no address holds a name.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from docgen.archive.zip.names import clean_component
from docgen.batch.folder_records import find_records
from docgen.batch.jobs import RECORD_NAMES
from docgen.batch.result import dump_diagnostics
from docgen.diagnostics import Diagnostic, Severity, error
from docgen.errors import DocgenError, SourceError
from docgen.messages import Catalogue, Language, catalogue
from docgen.pipeline.services.progress import ProjectProgress, StepProgress, look_at_progress
from docgen.pipeline.services.progress_words import format_advice, format_counts, format_gap, format_state, list_types
from docgen.pipeline.services.projects import start_project
from docgen.pipeline.stages.outcome import Options
from docgen.pipeline.stages.prepare import PreparedRecord, prepare_record
from docgen.resources import Resources
from docgen.sources.record_edit import EDITABLE

_SECONDS = 8.0
"""So long a list of projects may take; those that weren't looked at yet are looked at with the next question."""
_KEPT = 500
_looked: OrderedDict[tuple[Path, Language], tuple[tuple[int, ...], dict[str, Any]]] = OrderedDict()
_paths: dict[tuple[Path, str], Path] = {}


@dataclass(frozen=True, slots=True)
class ProjectPlace:
    """Where projects lie, where jobs do that are none of theirs, and how records are read."""

    folder: Path
    jobs: Path
    resources: Resources
    lang: Language

    @property
    def words(self) -> Catalogue:
        """The texts in the reader's language."""
        return catalogue(self.lang)


def list_projects(place: ProjectPlace) -> list[dict[str, Any]]:
    """Every project of the folder with its status; without one where there was no time to look."""
    refused: list[Diagnostic] = []
    until = time.monotonic() + _SECONDS
    return [_list_one(place, path, until) for path in _find_all(place, refused)]


def _find_all(place: ProjectPlace, refused: list[Diagnostic]) -> list[Path]:
    found = find_records(place.folder, refused, place.jobs)
    inside = [path for path in found if path.resolve().is_relative_to(place.folder.resolve())]
    _paths.update({(place.folder, name_project(place, path)): path for path in inside})
    return inside


def name_project(place: ProjectPlace, path: Path) -> str:
    """What a project is called in addresses."""
    return hashlib.sha256(path.relative_to(place.folder).as_posix().encode()).hexdigest()[:16]


def find_project(place: ProjectPlace, name: str) -> Path:
    """The record of a project; SourceError N206 when there is none (any more)."""
    path = _paths.get((place.folder, name))
    if path is None or not path.is_file() or not path.resolve().is_relative_to(place.folder.resolve()):
        _find_all(place, [])
        path = _paths.get((place.folder, name))
    if path is None or not path.is_file():
        raise SourceError(error("N206"))
    return path


def _list_one(place: ProjectPlace, path: Path, until: float) -> dict[str, Any]:
    said = {"id": name_project(place, path), "path": path.relative_to(place.folder).as_posix(), "called": _call(path)}
    said["state"] = "unseen"
    stamp = _stamp(path)
    known = _looked.get((path, place.lang))
    if known is not None and known[0] == stamp:
        return said | known[1]
    if time.monotonic() > until:
        return said
    status = _look(place, path)
    _looked[path, place.lang] = (stamp, status)
    while len(_looked) > _KEPT:
        _looked.popitem(last=False)
    return said | status


def _call(path: Path) -> str:
    """What a project without a name is called: by its folder, or by its file where that has a name of its own."""
    return path.parent.name if path.name in RECORD_NAMES else path.name


def _stamp(path: Path) -> tuple[int, ...]:
    """What changes when a record or the folders beside it do."""
    at = path.stat()
    beside = [entry.stat().st_mtime_ns for entry in path.parent.iterdir() if entry.is_dir()]
    return (at.st_mtime_ns, at.st_size, *sorted(beside))


def _look(place: ProjectPlace, path: Path) -> dict[str, Any]:
    try:
        came = look_at_progress(path, Options(place.resources))
    except DocgenError:
        return {"state": "unusable"}
    if not isinstance(came, ProjectProgress):
        return {"state": "unusable"}
    counts = {name: came.count(name) for name in ("done", "begun", "untouched", "not_applicable")}
    state = "faulty" if came.faults else "open" if counts["begun"] or counts["untouched"] or came.basics else "done"
    first = next((_format_advice(text) for text, _ in format_advice(place.words, came)), "")
    told = {"number": came.number, "name": came.name, "standard": came.standard, "faults": came.faults}
    steps = [{"key": step.key, "label": step.label, "state": step.state} for step in came.steps]
    return told | {"state": state, "counts": format_counts(place.words, came), "first": first, "steps": steps}


def _format_advice(text: str) -> str:
    """Advice without the colon behind which a console shows a command."""
    return text.rstrip("：: ")


def begin_project(place: ProjectPlace, name: str, standard: str) -> str:
    """A new project in a folder of its own, never over another; its id.

    Raises as ``start_project`` does, and SourceError N210 for the name that the page needs itself.
    """
    folder = place.folder / clean_component(name, 80)
    if folder.name.casefold() == place.jobs.name.casefold():
        raise SourceError(error("N210", name=folder.name))
    started = start_project(folder, standard, place.resources)
    return name_project(place, started.files[0])


def describe_project(place: ProjectPlace, name: str) -> dict[str, Any]:
    """One project: its steps with their documents, what to do next, what is wrong."""
    path = find_project(place, name)
    said: dict[str, Any] = {
        "id": name,
        "path": path.relative_to(place.folder).as_posix(),
        "is_editable": path.suffix.lower() in EDITABLE,
        "steps": [],
        "found": "[]",
    }
    try:
        came = look_at_progress(path, Options(place.resources))
        found = _check(place, path)
    except DocgenError as fault:
        return said | {"name": _call(path), "found": dump_diagnostics(fault.diagnostics)}
    if not isinstance(came, ProjectProgress):
        return said | {"name": _call(path), "found": dump_diagnostics(came.diagnostics)}
    words = place.words
    return said | {
        "name": came.name or _call(path),
        "number": came.number,
        "standard": came.standard,
        "counts": format_counts(words, came),
        "faults": came.faults,
        "lacks": sum(item.gap is not None for item in found),
        "steps": [_describe_step(words, step) for step in came.steps],
        "advice": [{"text": _format_advice(text), "kind": item.key} for text, item in format_advice(words, came)],
        "found": dump_diagnostics(item for item in found if item.gap is None),
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
