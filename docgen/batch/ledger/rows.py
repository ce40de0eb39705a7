"""The ledger's rows as objects: a job, its outputs, and which job an output's name belongs to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docgen.batch.ledger.fingerprint import FileMark
from docgen.batch.ledger.jobs import Job
from docgen.batch.ledger.result import RecordFacts, State, parse_diagnostics
from docgen.diagnostics import Diagnostic

ENTRY_COLUMNS = (
    "number, key, path, root, row, label, made_content, done_run = run, settled_run = run, state, exit_code, "
    "setting, profile_id, profile, templates, inputs, diagnostics, about, errors, warnings, content"
)
"""What ``make_entry`` takes."""

OUTPUT_COLUMNS = "output.path, output.kind, title, size, stamp, sha256, synced"
"""What ``make_output`` takes."""


@dataclass(frozen=True, slots=True)
class LedgerOutput:
    """An output as the ledger knows it; ``synced`` says that the disk has it for certain."""

    path: str
    kind: str
    title: str
    mark: FileMark
    synced: bool


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A job of the present run and what is known of it; ``was_made`` says that this run made it.

    ``is_same``: the rows of a workbook haven't changed since it was settled; ``is_there``: nor have their places.
    ``templates``, ``inputs`` and ``diagnostics`` are as they are stored: they are parsed only where they are needed.
    """

    number: int
    job: Job
    state: State
    exit_code: int
    setting: str
    profile_id: str
    profile: str
    templates: str
    inputs: str
    diagnostics: str
    about: RecordFacts
    errors: int
    warnings: int
    was_made: bool
    is_settled: bool
    is_same: bool
    is_there: bool
    outputs: tuple[LedgerOutput, ...]

    def list_diagnostics(self) -> tuple[Diagnostic, ...]:
        """What was found in the job."""
        return parse_diagnostics(self.diagnostics)


@dataclass(frozen=True, slots=True)
class OutputOwner:
    """The job that an output belongs to, of which product it is, and its number if this run has it.

    ``stands``: this run made the output, or found it up to date. ``is_unread``: this run couldn't read the record
    that it was made of before.
    """

    job: Job
    product: str
    number: int
    is_current: bool
    stands: bool
    is_unread: bool = False


def make_entry(row: Sequence[Any], outputs: Iterable[LedgerOutput]) -> LedgerEntry:
    """The entry in a row of ``ENTRY_COLUMNS``."""
    number, key, path, root, inner, label, made_content, was_made, is_settled, state, exit_code, *rest = row
    setting, profile_id, profile, templates, inputs, diagnostics, about, errors, warnings, content = rest
    job = Job(key, Path(path), Path(root), inner, label, *parse_content(content))
    return LedgerEntry(
        number,
        job,
        state,
        exit_code,
        setting,
        profile_id,
        profile,
        templates,
        inputs,
        diagnostics,
        RecordFacts(**json.loads(about)),
        errors,
        warnings,
        bool(was_made),
        bool(is_settled),
        job.content == parse_content(made_content)[0],
        content == made_content,
        tuple(outputs),
    )


def join_content(job: Job) -> str:
    """The digests of a job's rows as they are stored."""
    return f"{job.content} {job.place}" if job.row else job.content


def parse_content(text: str) -> tuple[str, str]:
    """The digest of rows and that of their places in a text; a ledger that is older has no second one."""
    content, _, place = text.partition(" ")
    return content, place


def make_output(row: Sequence[Any]) -> LedgerOutput:
    """The output in a row of ``OUTPUT_COLUMNS``."""
    path, kind, title, size, stamp, sha256, synced = row
    return LedgerOutput(path, kind, title, FileMark(path, size, stamp, sha256), bool(synced))


def dump_marks(marks: Iterable[FileMark]) -> str:
    """Marks of files as they are stored."""
    return json.dumps([(item.path, item.size, item.stamp, item.sha256) for item in marks], ensure_ascii=False)


def parse_marks(text: str) -> list[FileMark]:
    """The marks in a text."""
    return [FileMark(*item) for item in json.loads(text)]
