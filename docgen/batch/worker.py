"""What a worker does with a job: build the record into the staging folder, and tell what came of it."""

from __future__ import annotations

import gc
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from docgen.archive.names import clean_component
from docgen.batch.fingerprint import FileMark, digest_profile, mark_file, mark_folder
from docgen.batch.intake import OpenedIntake, make_intake_key, open_intake, select_row
from docgen.batch.result import About, JobResult, Produced, dump_result
from docgen.diagnostics import Severity, error
from docgen.errors import EXIT_BUG, EXIT_FOUND, EXIT_OK, DocgenError
from docgen.pipeline.build import build_record
from docgen.pipeline.outcome import Footprint, Options, Outcome
from docgen.render.store import TemplateStore
from docgen.resources import Resources

_TICK = 50_000_000
_NAME_LIMIT = 40


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted of every job: packages, or with ``only`` the documents of some types.

    ``staging`` is where outputs wait to be moved; it lies on the output folder's disk.
    """

    staging: Path
    profile_id: str | None = None
    only: tuple[str, ...] = ()
    draft: bool = False
    strict: bool = False
    guard: bool = False
    with_record: bool = True
    redact: bool = False
    mapping: Path | None = None

    def make_options(self, resources: Resources, label: str) -> Options:
        """The same for the pipeline. Where the outputs go, nothing stands: only the batch knows what it may replace."""
        return Options(
            resources,
            self.profile_id,
            draft=self.draft,
            strict=self.strict,
            guard=self.guard,
            only=self.only,
            package=not self.only,
            with_record=self.with_record,
            redact=self.redact,
            mapping=self.mapping,
            label=label,
            force=True,
            loose=False,
            durable=False,
        )


@dataclass(frozen=True, slots=True)
class Task:
    """A job as a worker gets it."""

    order: Order
    number: int
    path: Path
    row: str
    label: str
    resources: Resources


def perform_as_text(task: Task) -> str:
    """Do a job; the result as text, since diagnostics don't cross processes as they are."""
    return dump_result(perform(task))


def perform(task: Task) -> JobResult:
    """Do a job. Nothing is raised: what a record does to docgen is that record's result."""
    start, since = time.perf_counter(), time.time_ns() - _TICK
    folder = task.order.staging / str(task.number)
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        options = task.order.make_options(task.resources, task.label)
        source = select_row(_open_intake(task), task.row) if task.row else None
        outcome = build_record(task.path, folder, options, source=source, store=_keep_store(task.resources))
        result = _describe(task, outcome, since)
    except DocgenError as fault:
        result = JobResult("failed", fault.exit_code, tuple(fault.diagnostics))
    except Exception as fault:
        if os.environ.get("DOCGEN_DEBUG"):
            raise
        reason = " ".join(str(fault).split())[:200]
        result = JobResult("failed", EXIT_BUG, (error("X113", kind=type(fault).__name__, reason=reason),))
    return replace(result, seconds=time.perf_counter() - start)


@lru_cache(maxsize=64)
def _keep_store(resources: Resources) -> TemplateStore:
    return TemplateStore(resources)


def _open_intake(task: Task) -> OpenedIntake:
    order = task.order
    return open_intake(make_intake_key(task.path, task.resources, order.profile_id, order.mapping))


def prepare_worker() -> None:
    """What a process that works for long does once, before its first task.

    The garbage collector passes by what stays for the process's life, and comes less often. Pillow keeps the memory of
    two pictures for the next ones: asking the system for it anew takes as long as decoding.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    os.environ.setdefault("PILLOW_BLOCKS_MAX", "2")


def _describe(task: Task, outcome: Outcome, since: int) -> JobResult:
    grave = (Severity.ERROR, Severity.WARNING) if task.order.strict else (Severity.ERROR,)
    faulty = any(item.severity in grave for item in outcome.diagnostics)
    summary, used = outcome.summary, outcome.used
    if summary is None or used is None:
        return JobResult("failed", EXIT_FOUND, outcome.diagnostics)
    about = About(summary.project_number, summary.project_name, summary.enterprises, summary.documents)
    return JobResult(
        "made" if not faulty or task.order.draft else "faulty",
        EXIT_FOUND if faulty else EXIT_OK,
        outcome.diagnostics,
        tuple(_list_outputs(task, outcome)),
        about,
        used.profile.profile.id,
        digest_profile(used.profile),
        used.templates,
        tuple(mark_inputs(used, task, since)),
    )


def mark_inputs(used: Footprint, task: Task, since: int) -> Iterator[FileMark]:
    """The marks of the files that a record depends on, by their paths relative to its folder.

    Of a workbook it depends on the rows of one enterprise, whose digest the ledger has.
    """
    folder = task.path.parent
    for path in used.files:
        if not (task.row and path == task.path):
            yield replace(mark_file(path, since), path=_relate(path, folder))
    if task.order.mapping is not None:
        yield replace(mark_file(task.order.mapping, since), path=_relate(task.order.mapping, folder))
    for path in used.folders:
        yield replace(mark_folder(path), path=f"{_relate(path, folder)}/")


def _relate(path: Path, folder: Path) -> str:
    try:
        return os.path.relpath(path, folder)
    except ValueError:  # another drive
        return str(path)


def _list_outputs(task: Task, outcome: Outcome) -> Iterator[Produced]:
    """What was written, with the names that it gets in the output folder."""
    for item in outcome.outputs:
        name = item.path.name
        if item.kind == "document":
            assert outcome.summary is not None
            name = name_document(item.path, outcome.summary.project_number or task.path.parent.name)
        mark = mark_file(item.path)
        yield Produced(item.kind, name, item.title, replace(mark, path=name), str(item.path))


def name_document(path: Path, number: str) -> str:
    """A document's file name among those of other records: its own, and the project's number behind it."""
    tail = "_" + clean_component(number, _NAME_LIMIT) + path.suffix
    return clean_component(path.stem, 80 - len(tail)) + tail
