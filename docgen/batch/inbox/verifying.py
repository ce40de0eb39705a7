"""Verify a received package in a worker process; slow modules are imported when they are needed."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.archive.zip.limits import Limits
from docgen.batch.inbox.marks import mark_package, read_state
from docgen.batch.ledger.result import JobResult, RecordFacts, dump_result
from docgen.diagnostics import Diagnostic, Location, error
from docgen.errors import EXIT_BUG, DocgenError, report_bug
from docgen.pipeline.stages.outcome import NOTHING, Proving

if TYPE_CHECKING:
    from docgen.archive.verify.remade import Remake


@dataclass(frozen=True, slots=True)
class PackageTask:
    """A package to verify, by its number among those of a run; ``with_contents``: its contents are described, too."""

    number: int
    path: Path
    limits: Limits
    with_contents: bool = False
    proving: Proving = NOTHING


def begin_verifying() -> None:
    """Import what every package needs; once in each process."""
    import docgen.pipeline.services.receiving  # noqa: F401

    _open_papers()


@cache
def _open_papers() -> Remake:
    from docgen.pipeline.packages.remaking import PaperMaker

    return PaperMaker()


def verify_as_text(task: PackageTask) -> str:
    """Verify a package; returns the result, and a note with description, relative and contents. Nothing is raised."""
    from docgen.archive.verify.description import describe_report
    from docgen.archive.verify.relations import find_package_files, find_relative
    from docgen.pipeline.services.receiving import describe_contents, verify_and_prove

    place = Location("archive", file=str(task.path))
    try:
        before = read_state(task.path)
        report = verify_and_prove(task.path, task.limits, _open_papers(), task.proving)
        mark = mark_package(task.path, before)
    except DocgenError as fault:
        return _dump_failure(fault.exit_code, *fault.diagnostics)
    except OSError as fault:
        reason = fault.strerror or str(fault)
        return _dump_failure(DocgenError.exit_code, error("V101", place, path=str(task.path), reason=reason))
    except Exception as fault:
        if os.environ.get("DOCGEN_DEBUG"):
            raise
        return _dump_failure(EXIT_BUG, report_bug(fault, place))
    index, relative = report.index, find_relative(report)
    about = RecordFacts(index.project.number, index.title) if index is not None else RecordFacts()
    result = JobResult("made", 0, report.diagnostics, about=about, inputs=(mark,))
    contents = describe_contents(report) if task.with_contents else None
    note = [describe_report(report), asdict(relative) if relative is not None else None, contents]
    note.append(asdict(find_package_files(report)))
    return json.dumps([_dump(result), json.dumps(note)])


def _dump_failure(code: int, *diagnostics: Diagnostic) -> str:
    return json.dumps([_dump(JobResult("failed", code, diagnostics)), ""])


def _dump(result: JobResult) -> str:
    """Dump a result as text for the ledger; letters in a package's names that aren't UTF-8 are replaced."""
    return dump_result(result).encode("utf-8", "replace").decode()
