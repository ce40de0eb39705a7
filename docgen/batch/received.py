"""What is known of the packages of an inbox: read from the ledger one by one, related to each other."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from docgen.archive.verify.identity import judge_identity
from docgen.archive.verify.relations import Relation, Relations, Relative
from docgen.archive.verify.report import Verdict as StepVerdict
from docgen.batch.ledger import Ledger
from docgen.batch.ledger_rows import LedgerEntry
from docgen.diagnostics import Diagnostic, Severity, count_by_severity, promote_warnings
from docgen.errors import EXIT_FOUND, EXIT_OK

NOTE = "package"
"""Under which name and a package's key the ledger has its description and its relative."""

Verdict = Literal["sound", "unproven", "faulty", "failed", "open"]
"""``sound``: no error was found; ``unproven``: nor any manifest of the payload that can be checked; ``faulty``: errors
were; ``failed``: it can't be verified; ``open``: it isn't yet."""


@dataclass(frozen=True, slots=True)
class ReceivedPackage:
    """A package and what came of it; ``said`` is its description, None where it couldn't be verified."""

    number: int
    path: Path
    verdict: Verdict
    exit_code: int
    title: str
    said: Mapping[str, Any] | None
    relation: Relation | None
    identity_verdict: StepVerdict
    diagnostics: tuple[Diagnostic, ...]

    def count(self, severity: Severity) -> int:
        """How many of a severity were found."""
        return count_by_severity(self.diagnostics)[severity]


class ReceivedPackages:
    """What is known of the packages of a run, in their order."""

    def __init__(self, ledger: Ledger, identities: Collection[str], *, strict: bool) -> None:
        self._ledger = ledger
        self._identities = identities
        self._strict = strict
        known = (self._read(entry) for entry in ledger.iterate())
        self._relations = Relations(relative for _, relative in known if relative is not None)

    def iterate(self) -> Iterator[ReceivedPackage]:
        """Each package, in their order."""
        for entry in self._ledger.iterate():
            yield self._make(entry)

    def _read(self, entry: LedgerEntry) -> tuple[dict[str, Any] | None, Relative | None]:
        """A package's description and what tells of its relations, as if they were found where it lies now."""
        text = self._ledger.read_note(f"{NOTE} {entry.job.key}") if entry.is_settled else ""
        if not text:
            return None, None
        path = str(entry.job.path)
        said, relative = json.loads(text)
        return said | {"path": path}, Relative(**relative | {"path": path}) if relative is not None else None

    def _make(self, entry: LedgerEntry) -> ReceivedPackage:
        said, relative = self._read(entry)
        relation = self._relations.find(relative) if relative is not None else None
        here = str(entry.job.path)
        found = [_place(item, here) for item in entry.list_diagnostics()] if entry.is_settled else []
        found += relation.diagnostics if relation is not None else ()
        identity = StepVerdict.NOT_RUN
        if said is not None:
            identity, faults = judge_identity(entry.job.path, said["identity"], self._identities)
            found += faults
        told = promote_warnings(found) if self._strict else tuple(found)
        verdict: Verdict = "sound"
        if not entry.is_settled:
            verdict = "open"
        elif said is None:
            verdict = "failed"
        elif any(item.severity is Severity.ERROR for item in told):
            verdict = "faulty"
        elif not said["fixity_checked"]:
            verdict = "unproven"
        code = {"sound": EXIT_OK, "failed": entry.exit_code, "open": EXIT_OK}.get(verdict, EXIT_FOUND)
        title = entry.about.name if said is not None else ""
        return ReceivedPackage(entry.number, entry.job.path, verdict, code, title, said, relation, identity, told)


def _place(item: Diagnostic, path: str) -> Diagnostic:
    """A diagnostic of a package that was verified under another spelling of its path, perhaps."""
    where = item.location
    return item if where.file in (None, path) else item.at(replace(where, file=path))
