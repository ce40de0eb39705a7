"""A job's folder: uploads, results, the order, progress and outcome. All of it goes at once.

Files are written beside their place and moved, so that whoever reads never finds half of one.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from docgen.batch.ledger.result import describe_diagnostics, parse_diagnostics
from docgen.web.jobs.model import JobOutcome, JobProgress, Order, ResultFile, SourceFile

UPLOADS, RESULTS = "uploads", "results"
CANCEL, CLOSE = "cancel", "close"
"""Files by which the process that works is told: to finish what is under way; to end at once, to go on another day."""
PACKED = "all.zip"
"""All results in one file, made when somebody asks for it."""
ANSWER = "answer.json"
"""What a program is answered, where that is too long to be read by the server: JSON, an object."""
_ORDER, _PROGRESS, _OUTCOME = "order.json", "progress.json", "outcome.json"


def write_order(folder: Path, order: Order) -> None:
    """Keep what is to be done; the files lie in the folder."""
    sources = [{"path": item.path.relative_to(folder).as_posix(), "name": item.name} for item in order.sources]
    _write(folder / _ORDER, {"title": order.title, "sources": sources, "options": dict(order.options)})


def read_order(folder: Path) -> Order:
    """What is to be done."""
    data = _read(folder / _ORDER) or {"title": "", "sources": [], "options": {}}
    sources = tuple(SourceFile(folder / item["path"], item["name"]) for item in data["sources"])
    return Order(data["title"], sources, data["options"])


def write_step(folder: Path, step: JobProgress) -> None:
    """Tell how far it is."""
    with suppress(PermissionError):  # Windows moves nothing onto a file that is being read; the next time it does
        _write(folder / _PROGRESS, asdict(step))


def read_step(folder: Path) -> JobProgress:
    """How far it is."""
    return JobProgress(**(_read(folder / _PROGRESS) or {}))


def write_outcome(folder: Path, outcome: JobOutcome) -> None:
    """Keep what came of it."""
    diagnostics = describe_diagnostics(outcome.diagnostics)
    outputs = [asdict(item) for item in outcome.outputs]
    _write(
        folder / _OUTCOME,
        {"data": dict(outcome.data), "diagnostics": diagnostics, "outputs": outputs} | {"peak": outcome.peak},
    )


def read_outcome(folder: Path) -> JobOutcome:
    """What came of it; nothing where it isn't over."""
    data = _read(folder / _OUTCOME)
    if data is None:
        return JobOutcome()
    outputs = tuple(ResultFile(**item) for item in data["outputs"])
    return JobOutcome(data["data"], parse_diagnostics(json.dumps(data["diagnostics"])), outputs, data["peak"])


def forget_outcome(folder: Path) -> None:
    """Throw away what came of it and how far it was; the uploads and results stay."""
    for name in (_OUTCOME, _PROGRESS, ANSWER, PACKED, CANCEL, CLOSE):
        (folder / name).unlink(missing_ok=True)


def _write(path: Path, data: Any) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    part.replace(path)


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
