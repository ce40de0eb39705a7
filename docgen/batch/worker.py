"""Does a task in a worker process: builds the record into the staging folder and returns the result."""

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
from docgen.batch.disk import report_disk
from docgen.batch.fingerprint import ABSENT, FileMark, mark_file, mark_folder, mark_names, mark_output
from docgen.batch.intake import OpenedIntake, make_intake_key, open_intake, select_row
from docgen.batch.profile_digest import describe_origin, see_profiles
from docgen.batch.result import JobResult, ProducedOutput, RecordFacts, parse_diagnostics
from docgen.batch.task import Task
from docgen.errors import EXIT_BUG, EXIT_CANNOT_RUN, EXIT_FOUND, EXIT_OK, DocgenError, describe_bug
from docgen.pipeline.build import build_record
from docgen.pipeline.stages.outcome import Footprint, Outcome
from docgen.profile.load import LoadedProfile
from docgen.render.store import TemplateStore
from docgen.resources import Resources

_TICK = 50_000_000
_NAME_LIMIT = 40


def perform(task: Task) -> JobResult:
    """Do a job. Nothing is raised: what a record does to docgen is that record's result."""
    start, since, seen = time.perf_counter(), time.time_ns() - _TICK, _see(task.path)
    try:
        _see_profiles(task.options.resources)
        folder = _make_attempt(task)
        record = select_row(_open_intake(task), task.row, parse_diagnostics(task.doubts)) if task.row else task.path
        outcome = build_record(record, folder, task.options, store=_keep_store(task.options.resources))
        result = _describe(task, outcome, since, seen)
    except DocgenError as fault:
        result = JobResult("failed", fault.exit_code, tuple(fault.diagnostics))
    except Exception as fault:
        full = report_disk(fault, task.staging.parent.parent)
        if full is None and os.environ.get("DOCGEN_DEBUG"):
            raise
        code = EXIT_BUG if full is None else EXIT_CANNOT_RUN
        result = JobResult("failed", code, (full or describe_bug(fault),))
    return replace(result, seconds=time.perf_counter() - start)


def _make_attempt(task: Task) -> Path:
    """A folder of this attempt's own: whoever else is at work on the same task writes somewhere else.

    The run made the folder for all of them; where that is gone, so is the run.
    """
    attempts = task.staging / str(task.number)
    attempts.mkdir(exist_ok=True)
    return Path(tempfile.mkdtemp(prefix="", dir=attempts))


@lru_cache(maxsize=64)
def _keep_store(resources: Resources) -> TemplateStore:
    return TemplateStore(resources)


def _open_intake(task: Task) -> OpenedIntake:
    return open_intake(make_intake_key(task.path, task.options))


@cache
def _see_profiles(resources: Resources) -> dict[str, str]:
    """The files of profiles as they were before this process loaded one of them: seen once, and never later."""
    return see_profiles(resources)


@lru_cache(maxsize=64)
def _find_origin(loaded: LoadedProfile, resources: Resources) -> str:
    return describe_origin(loaded, resources, _see_profiles(resources))


def prepare_worker() -> None:
    """What a process that works for long does once, before its first task.

    The garbage collector passes by what stays for the process's life, and comes less often. Pillow keeps the memory of
    two pictures for the next ones: asking the system for it anew takes as long as decoding.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(30_000, 20, 20)
    os.environ.setdefault("PILLOW_BLOCKS_MAX", "2")


def _see(path: Path) -> tuple[int, int] | None:
    """The size and the time of the last change of a record before it is read."""
    try:
        found = path.stat()
    except OSError:
        return None  # reading it says what is wrong
    return found.st_size, found.st_mtime_ns


def _describe(task: Task, outcome: Outcome, since: int, seen: tuple[int, int] | None) -> JobResult:
    faulty = task.options.is_faulty(outcome.diagnostics)
    summary, used = outcome.summary, outcome.used
    if summary is None or used is None:
        return JobResult("failed", EXIT_FOUND, outcome.diagnostics)
    about = RecordFacts(summary.project_number, summary.project_name, summary.enterprises, summary.documents)
    return JobResult(
        "made" if not faulty or task.options.draft else "faulty",
        EXIT_FOUND if faulty else EXIT_OK,
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
    """The marks of the files that a record depends on, by their paths relative to its folder.

    Of a workbook it depends on the rows of one enterprise, whose digest the ledger has. ``since`` is when the work
    began, ``seen`` what the record's file was then. What is said of a file that isn't there depends on what is there
    in its place: with ``is_faulty`` the names beside it count.
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
    """What was written, with the names that it gets in the output folder."""
    for item in outcome.outputs:
        name = item.path.name
        if item.kind == "document":
            assert outcome.summary is not None
            name = name_document(item.path, outcome.summary.project_number or task.path.parent.name)
        mark = mark_output(item.path)
        yield ProducedOutput(item.kind, name, item.title, replace(mark, path=name), str(item.path))


def name_document(path: Path, number: str) -> str:
    """A document's file name among those of other records: its own, and the project's number behind it."""
    tail = "_" + clean_component(number, _NAME_LIMIT) + path.suffix
    return clean_component(path.stem, 80 - len(tail)) + tail
