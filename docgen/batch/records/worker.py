"""Perform a task in a worker process: build the record into the staging folder, return the result."""

from __future__ import annotations

import gc
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path

from docgen.archive.zip.names import clean_component
from docgen.batch.ledger.disk import report_disk
from docgen.batch.ledger.fingerprint import ABSENT, FileMark, mark_file, mark_folder, mark_names, mark_output
from docgen.batch.ledger.profile_digest import describe_origin, digest_profiles
from docgen.batch.ledger.result import JobResult, ProducedOutput, RecordFacts, parse_diagnostics
from docgen.batch.records.intake import OpenedIntake, make_intake_key, open_intake, select_row
from docgen.batch.records.task import Task
from docgen.errors import EXIT_BUG, EXIT_CANNOT_RUN, EXIT_FAULTS, EXIT_OK, DocgenError, report_bug
from docgen.pipeline.build import build_record
from docgen.pipeline.stages.outcome import Footprint, Outcome
from docgen.profile.load import LoadedProfile
from docgen.render.store import TemplateStore
from docgen.resources import Resources

_TICK = 50_000_000
_NAME_LIMIT = 40


def perform(task: Task) -> JobResult:
    """Perform a task. Nothing is raised: an unexpected error is the result of that record, too."""
    start, since, seen = time.perf_counter(), time.time_ns() - _TICK, _read_stamp(task.path)
    try:
        _digest_profiles(task.options.resources)
        folder = _make_attempt(task)
        record = select_row(_open_intake(task), task.row, parse_diagnostics(task.doubts)) if task.row else task.path
        outcome = build_record(record, folder, task.options, store=_open_store(task.options.resources))
        result = _describe(task, outcome, since, seen)
    except DocgenError as fault:
        result = JobResult("failed", fault.exit_code, tuple(fault.diagnostics))
    except Exception as fault:
        full = report_disk(fault, task.staging.parent.parent)
        if full is None and os.environ.get("DOCGEN_DEBUG"):
            raise
        code = EXIT_BUG if full is None else EXIT_CANNOT_RUN
        result = JobResult("failed", code, (full or report_bug(fault),))
    return replace(result, seconds=time.perf_counter() - start)


def _make_attempt(task: Task) -> Path:
    """Make a folder for this attempt alone; another attempt at the same task has its own.

    The run made the staging folder; where that is gone, the run has ended.
    """
    attempts = task.staging / str(task.number)
    attempts.mkdir(exist_ok=True)
    return Path(tempfile.mkdtemp(prefix="", dir=attempts))


@lru_cache(maxsize=64)
def _open_store(resources: Resources) -> TemplateStore:
    return TemplateStore(resources)


def _open_intake(task: Task) -> OpenedIntake:
    return open_intake(make_intake_key(task.path, task.options))


@cache
def _digest_profiles(resources: Resources) -> dict[str, str]:
    """The digests of profiles, taken once, before this process loads any of them."""
    return digest_profiles(resources)


@lru_cache(maxsize=64)
def _find_origin(loaded: LoadedProfile, resources: Resources) -> str:
    return describe_origin(loaded, resources, _digest_profiles(resources))


def prepare_worker() -> None:
    """Prepare a process for long work, once, before its first task.

    The garbage collector skips what was loaded so far, and runs less often. Pillow keeps the memory of two pictures for
    the next ones: allocating it again takes as long as decoding.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(30_000, 20, 20)
    os.environ.setdefault("PILLOW_BLOCKS_MAX", "2")


def _read_stamp(path: Path) -> tuple[int, int] | None:
    """The size and the time of the last change of a record before it is read."""
    try:
        status = path.stat()
    except OSError:
        return None  # reading the record reports it
    return status.st_size, status.st_mtime_ns


def _describe(task: Task, outcome: Outcome, since: int, seen: tuple[int, int] | None) -> JobResult:
    faulty = task.options.is_faulty(outcome.diagnostics)
    summary, used = outcome.summary, outcome.used
    if summary is None or used is None:
        return JobResult("failed", EXIT_FAULTS, outcome.diagnostics)
    about = RecordFacts(summary.project_number, summary.project_name, summary.enterprises, summary.documents)
    return JobResult(
        "made" if not faulty or task.options.draft else "faulty",
        EXIT_FAULTS if faulty else EXIT_OK,
        outcome.diagnostics,
        tuple(_list_outputs(task, outcome)),
        about,
        used.profile.profile.id,
        used.profile.digest,
        used.templates,
        tuple(mark_inputs(used, task, since, seen, is_faulty=faulty)),
        profile_origin=_find_origin(used.profile, task.options.resources),
    )


def mark_inputs(
    used: Footprint, task: Task, since: int, seen: tuple[int, int] | None, *, is_faulty: bool
) -> Iterator[FileMark]:
    """Mark the files that a record depends on, by their paths relative to its folder.

    In a workbook it depends on the rows of one enterprise, whose digest is in the ledger. ``since`` is when the work
    began, ``seen`` the stamp of the record's file then. A diagnostic about a missing file depends on the files beside
    it: with ``is_faulty`` their names are marked, too.
    """
    folder = task.path.parent
    looked_at = {**used.seen, task.path: seen}
    beside: dict[Path, None] = {}
    for path in used.files:
        if not (task.row and path == task.path):
            mark = mark_file(path, since, looked_at.get(path))
            yield replace(mark, path=_relate(path, folder))
            if mark.size == ABSENT:
                beside[path.parent] = None
    for place in beside if is_faulty else ():
        yield replace(mark_names(place), path=f"{_relate(place, folder)}/.")
    mapping = task.options.mapping
    if mapping is not None:
        yield replace(mark_file(mapping, since), path=_relate(mapping, folder))
    for path in used.folders:
        yield replace(mark_folder(path), path=f"{_relate(path, folder)}/")


def _relate(path: Path, folder: Path) -> str:
    try:
        return os.path.relpath(path, folder)
    except ValueError:  # another drive
        return str(path)


def _list_outputs(task: Task, outcome: Outcome) -> Iterator[ProducedOutput]:
    """The outputs that were written, with their names in the output folder."""
    for item in outcome.outputs:
        name = item.path.name
        if item.kind == "document":
            assert outcome.summary is not None
            name = name_document(item.path, outcome.summary.project_number or task.path.parent.name)
        mark = mark_output(item.path)
        yield ProducedOutput(item.kind, name, item.title, replace(mark, path=name), str(item.path))


def name_document(path: Path, number: str) -> str:
    """The name of a document among those of other records: its own name followed by the project's number."""
    tail = "_" + clean_component(number, _NAME_LIMIT) + path.suffix
    return clean_component(path.stem, 80 - len(tail)) + tail
