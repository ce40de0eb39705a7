"""Lists the cases of a job with their diagnostics, and sorts them by a column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from docgen.diagnostics import Diagnostic
from docgen.web.jobs.model import JobOutcome, Order, ResultFile

Verdict = Literal["unread", "bad", "warn", "good"]
_BY_SEVERITY: tuple[Verdict, ...] = ("bad", "unread", "warn", "good")
USUAL = "verdict"
TEXTS = (".docx", ".md", ".markdown")


@dataclass(frozen=True, slots=True)
class CaseFile:
    """An uploaded case: its number and name, its file, its description by ``docgen case``, its diagnostics.

    ``case`` is None where the file couldn't be read; ``copy`` is the number of the commented copy among the outputs.
    """

    number: int
    name: str
    path: Path
    case: Mapping[str, Any] | None
    diagnostics: tuple[Diagnostic, ...]
    copy: int | None = None

    @property
    def verdict(self) -> Verdict:
        """``bad`` with errors, ``warn`` with warnings, ``unread`` where it couldn't be read."""
        if self.case is None:
            return "unread"
        counts = self.case["counts"]
        return "bad" if counts["error"] else "warn" if counts["warning"] else "good"

    @property
    def is_text(self) -> bool:
        """Whether it is an editable text, not a record."""
        return self.case is not None and self.path.suffix.lower() in TEXTS

    @property
    def total(self) -> int:
        """Its length; 0 where it couldn't be read."""
        return self.case["total"]["high"] if self.case is not None else 0

    @property
    def fact_count(self) -> int:
        """How many of the facts that the clause asks for are in it."""
        return sum(fact["words"] is not None for fact in self.case["facts"]) if self.case is not None else 0

    @property
    def faulty_parts(self) -> tuple[Mapping[str, Any], ...]:
        """The parts that are too short, too long, or not there."""
        parts = self.case["parts"] if self.case is not None else ()
        return tuple(part for part in parts if part["state"] in ("absent", "empty") or not is_fitting(part))


def is_fitting(part: Mapping[str, Any]) -> bool:
    """Whether a part needs no words added or cut; True also where that isn't judged."""
    return part["state"] is not None or part["change"] == 0


def list_files(order: Order, outcome: JobOutcome) -> list[CaseFile]:
    """The cases in the order in which their files were uploaded; a record may hold several."""
    cases: dict[str, list[Mapping[str, Any] | None]] = {}
    for case in outcome.data.get("cases", ()):
        cases.setdefault(case["path"], []).append(case)
    by_file: dict[str | None, list[Diagnostic]] = {}
    for item in outcome.diagnostics:
        by_file.setdefault(item.location.file, []).append(item)
    files: list[CaseFile] = []
    for source in order.sources:
        diagnostics = tuple(by_file.get(str(source.path), ()))
        copy = _find_copy(source.path, outcome.outputs)
        own = cases.get(str(source.path), [None])
        for case in own:
            name = source.name if case is None or len(own) == 1 else f"{source.name} {case['name']}"
            files.append(CaseFile(len(files) + 1, name, source.path, case, diagnostics, copy))
    return files


def _find_copy(path: Path, outputs: Sequence[ResultFile]) -> int | None:
    """The number of a file's copy among the outputs; of copies with one name, that in the file's folder."""
    named = [
        (number, Path(item.path))
        for number, item in enumerate(outputs, 1)
        if (item.kind, item.name) == ("copy", path.name)
    ]
    own = [number for number, copy in named if len(named) == 1 or copy.parent.name == path.parent.name]
    return next(iter(own), None)


_KEYS: Mapping[str, Callable[[CaseFile], Any]] = {
    "number": lambda item: item.number,
    "verdict": lambda item: (_BY_SEVERITY.index(item.verdict), -len(item.diagnostics), item.number),
    "name": lambda item: item.name,
    "total": lambda item: item.total,
    "facts": lambda item: item.fact_count,
}


def sort_files(files: Sequence[CaseFile], wanted: str) -> tuple[list[CaseFile], str]:
    """The files sorted by ``wanted``, a column, descending with ``-`` before it; and the order that was used.

    The usual order, also for an unknown column, puts faulty cases first.
    """
    name = wanted.removeprefix("-")
    if name not in _KEYS:
        name = wanted = USUAL
    return sorted(files, key=_KEYS[name], reverse=wanted.startswith("-")), wanted
