"""The packages of an inbox: read from the ledger one by one, related to each other."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from docgen.archive.verify.identity import judge_identity
from docgen.archive.verify.natures import ItemVerdict, judge_items
from docgen.archive.verify.relations import PackageRelation, Relations, Relative
from docgen.archive.verify.repeats import Repeat, Repeats, UsedFiles
from docgen.archive.verify.report import Verdict as StepVerdict
from docgen.archive.verify.report import restore_steps
from docgen.batch.ledger import Ledger
from docgen.batch.ledger_rows import LedgerEntry
from docgen.diagnostics import Diagnostic, Location, Severity, count_by_severity, promote_warnings
from docgen.errors import EXIT_FOUND, EXIT_OK

NOTE = "package"
"""Under which name and a package's key the ledger has its description and its relative."""

NOTE_FORM = 2
"""The form of that note: packages that were noted in another one are verified again."""

Verdict = Literal["sound", "unproven", "faulty", "failed", "open"]
"""``sound``: no error was found; ``unproven``: nor any manifest of the payload that can be checked; ``faulty``: errors
were; ``failed``: it can't be verified; ``open``: it isn't yet."""


@dataclass(frozen=True, slots=True)
class ReceivedPackage:
    """A package and what came of it; ``said`` is its description, None where it couldn't be verified.

    ``name`` is what its sender calls it, "" where it is told by its path. ``contents`` tells what is in it, None where
    that wasn't asked for or nothing in it tells. ``repeats`` are the files that it shares with others.
    """

    number: int
    path: Path
    name: str
    verdict: Verdict
    exit_code: int
    title: str
    said: Mapping[str, Any] | None
    relation: PackageRelation | None
    identity_verdict: StepVerdict
    diagnostics: tuple[Diagnostic, ...]
    contents: Mapping[str, Any] | None = None
    repeats: tuple[Repeat, ...] = ()

    @property
    def shown(self) -> str:
        """By what it is told: its name, else its path."""
        return self.name or str(self.path)

    @property
    def items(self) -> tuple[ItemVerdict, ...]:
        """The items of 四性检测; none where it couldn't be verified."""
        if self.said is None:
            return ()
        faults = [item for item in self.diagnostics if item.code == "V188"]
        steps = restore_steps(self.said["steps"], self.diagnostics)
        return judge_items(self.said, steps, self.identity_verdict, faults)

    def count(self, severity: Severity) -> int:
        """How many of a severity were found."""
        return count_by_severity(self.diagnostics)[severity]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the ledger has of a package: its description, what tells of its relations, its contents, its files."""

    said: dict[str, Any] | None = None
    relative: Relative | None = None
    contents: dict[str, Any] | None = None
    used: UsedFiles | None = None


class ReceivedPackages:
    """What is known of the packages of a run, in their order."""

    def __init__(self, ledger: Ledger, identities: Collection[str], names: Mapping[Path, str], *, strict: bool) -> None:
        self.ledger = ledger
        self._identities = identities
        self._names = names
        self._strict = strict
        self._relations: Relations | None = None
        self._repeats: Repeats | None = None

    def relate(self) -> None:
        """Find which belong to which, when all are known."""
        known = (self._read(entry).relative for entry in self.ledger.iterate())
        self._relations = Relations(relative for relative in known if relative is not None)
        self._repeats = Repeats(self._list_used)

    def _list_used(self) -> Iterator[UsedFiles]:
        known = (self._read(entry).used for entry in self.ledger.iterate())
        yield from (used for used in known if used is not None)

    def iterate(self) -> Iterator[ReceivedPackage]:
        """Each package, in their order."""
        for entry in self.ledger.iterate():
            yield self.judge(entry)

    def _show(self, path: Path) -> str:
        return self._names.get(path, str(path))

    def _read(self, entry: LedgerEntry) -> _Known:
        """What the ledger knows of a package, as if found where it lies now."""
        text = self.ledger.read_note(f"{NOTE} {entry.job.key}") if entry.is_settled else ""
        if not text:
            return _Known()
        path = self._show(entry.job.path)
        said, relative, contents, used = json.loads(text)
        related = Relative(**relative | {"path": path}) if relative is not None else None
        return _Known(said | {"path": path}, related, contents, UsedFiles(**used | {"path": path}))

    def judge(self, entry: LedgerEntry) -> ReceivedPackage:
        """A package; before ``relate`` as if it belonged to no other."""
        known = self._read(entry)
        said, relative, used = known.said, known.relative, known.used
        relation = self._relations.find(relative) if self._relations is not None and relative is not None else None
        repeats = self._repeats.find(used) if self._repeats is not None and used is not None else ()
        here = self._show(entry.job.path)
        found = [_place(item, here) for item in entry.list_diagnostics()] if entry.is_settled else []
        found += relation.diagnostics if relation is not None else ()
        identity = StepVerdict.NOT_RUN
        if said is not None:
            identity, faults = judge_identity(Path(here), said["identity"], self._identities)
            found += faults
        found += (repeat.tell(Location("archive", file=here)) for repeat in repeats)
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
        name = self._names.get(entry.job.path, "")
        return ReceivedPackage(
            entry.number,
            entry.job.path,
            name,
            verdict,
            code,
            title,
            said,
            relation,
            identity,
            told,
            known.contents,
            repeats,
        )


def _place(item: Diagnostic, path: str) -> Diagnostic:
    """A diagnostic of a package that was verified under another spelling of its path, perhaps."""
    where = item.location
    if where.file in (None, path):
        return item
    params = {name: path if value == where.file else value for name, value in item.params.items()}
    return replace(item.at(replace(where, file=path)), params=params)
