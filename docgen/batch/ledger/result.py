"""The result of a job, and its text form for other processes and the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

from docgen.batch.ledger.fingerprint import FileMark
from docgen.diagnostics import UNREAD, Diagnostic, Location, Param, Severity, Term

_WHERE = tuple(entry.name for entry in fields(Location) if entry.compare)
State = Literal["made", "faulty", "failed", "open"]
"""``made``: its outputs exist; ``faulty``: it has errors, so nothing was made (or, with ``draft``, in spite of them);
``failed``: it could not be done, the next run tries again; ``open``: not done yet."""


@dataclass(frozen=True, slots=True)
class ProducedOutput:
    """An output of a job: ``path`` is relative to the output folder; ``staged`` is where it waits to be moved."""

    kind: str
    path: str
    title: str
    mark: FileMark
    staged: str = ""


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """The facts about a record that the summary shows."""

    number: str = ""
    name: str = ""
    enterprises: int = 0
    documents: int = 0


@dataclass(frozen=True, slots=True)
class JobResult:
    """The result of a job. ``exit_code`` is that of ``docgen build`` for this record alone.

    ``profile``, ``templates`` and ``inputs`` are what the outcome depends on; ``profile_origin`` is what the profile
    was loaded from (``describe_origin``). ``seconds`` is how long it took.
    """

    state: State
    exit_code: int
    diagnostics: tuple[Diagnostic, ...] = ()
    outputs: tuple[ProducedOutput, ...] = ()
    about: RecordFacts = RecordFacts()
    profile_id: str = ""
    profile: str = ""
    templates: Mapping[str, str] | None = None
    inputs: tuple[FileMark, ...] = ()
    seconds: float = 0.0
    profile_origin: str = ""


def dump_result(result: JobResult) -> str:
    """Dump a result as JSON text."""
    data = asdict(replace(result, diagnostics=())) | {"diagnostics": describe_diagnostics(result.diagnostics)}
    return json.dumps(data, ensure_ascii=False)


def parse_result(text: str) -> JobResult:
    """Parse a result from JSON text."""
    data = json.loads(text)
    outputs = tuple(ProducedOutput(**(item | {"mark": FileMark(**item["mark"])})) for item in data["outputs"])
    return JobResult(
        **data
        | {
            "diagnostics": load_diagnostics(data["diagnostics"]),
            "outputs": outputs,
            "about": RecordFacts(**data["about"]),
            "inputs": tuple(FileMark(**item) for item in data["inputs"]),
        }
    )


def dump_diagnostics(diagnostics: Iterable[Diagnostic]) -> str:
    """Dump diagnostics as JSON text, with codes and parameters; messages are made in the language of the reader."""
    return json.dumps(describe_diagnostics(diagnostics), ensure_ascii=False)


def describe_diagnostics(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """Describe diagnostics as plain data, as ``dump_diagnostics`` writes them."""
    return [_describe(item) for item in diagnostics]


def parse_diagnostics(text: str) -> tuple[Diagnostic, ...]:
    """Parse diagnostics from JSON text."""
    return load_diagnostics(json.loads(text))


def load_diagnostics(data: Sequence[Mapping[str, Any]]) -> tuple[Diagnostic, ...]:
    """Make diagnostics of plain data."""
    return tuple(_load(item) for item in data)


def list_faults(name: str, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The errors of a record, and those that are warnings because no chosen document reads them; each with a file."""
    faults = (item for item in diagnostics if item.severity is Severity.ERROR or UNREAD in item.params)
    return [item if item.location.file else item.at(Location(file=name)) for item in faults]


def drop_repeats(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Drop repeated diagnostics: those about the project occur in the record of every enterprise."""
    kept: dict[object, Diagnostic] = {}
    for item in diagnostics:
        # parameters are a mapping and can't be hashed, their repr can
        kept.setdefault((item.code, item.location, item.severity, item.clause, repr(item.params)), item)
    return tuple(kept.values())


def _describe(item: Diagnostic) -> dict[str, Any]:
    where = {name: getattr(item.location, name) for name in _WHERE}
    return {
        "code": item.code,
        "severity": item.severity.value,
        "params": {name: _describe_param(value) for name, value in item.params.items()},
        "location": {name: value for name, value in where.items() if value is not None},
        "clause": item.clause,
        "gap": item.gap,
    }


def _describe_param(value: object) -> Any:
    if isinstance(value, Term):
        return {"term": value.key, "params": {name: _describe_param(inner) for name, inner in value.params.items()}}
    return value if isinstance(value, str | int) else str(value)


def _load(item: Mapping[str, Any]) -> Diagnostic:
    params: dict[str, Param] = {name: _load_param(value) for name, value in item["params"].items()}
    severity, location = Severity(item["severity"]), Location(**item["location"])
    return Diagnostic(item["code"], severity, params, location, item["clause"], item["gap"])


def _load_param(value: Any) -> Any:
    if isinstance(value, dict):
        return Term(value["term"], {name: _load_param(inner) for name, inner in value["params"].items()})
    return value
