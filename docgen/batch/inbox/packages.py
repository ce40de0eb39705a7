"""Read the packages of an inbox from the ledger one by one, and relate them to each other."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from docgen.archive.verify.identity import judge_identity
from docgen.archive.verify.natures import ItemVerdict, judge_items
from docgen.archive.verify.relations import PackageRelation, Relations, Relative
from docgen.archive.verify.repeats import PackageFiles, Repeat, Repeats
from docgen.archive.verify.report import Verdict as StepVerdict
from docgen.archive.verify.report import restore_steps
from docgen.batch.ledger import Ledger, LedgerEntry
from docgen.diagnostics import Diagnostic, Location, Severity, count_by_severity, promote_warnings
from docgen.errors import EXIT_FAULTS, EXIT_OK

NOTE = "package"
"""The name, together with a package's key, of the ledger's note with its description and its relative."""

NOTE_FORM = 2
"""The version of that note's form: packages with a note of another form are verified again."""

Verdict = Literal["sound", "unproven", "faulty", "failed", "open"]
"""``sound``: without errors; ``unproven``: the same, but without a manifest of the payload that can be checked;
``faulty``: with errors; ``failed``: it can't be verified; ``open``: it isn't verified yet."""


@dataclass(frozen=True, slots=True)
class ReceivedPackage:
    """A received package and its verdict; ``description`` (of ``describe_report``) is None where it wasn't verified.

    ``name`` is the name that its sender gave it, "" where its path is shown. ``contents`` describes its contents, None
    where that wasn't asked for or it has no index. ``repeats`` are the files that it shares with others.
    """

    number: int
    path: Path
    name: str
    verdict: Verdict
    exit_code: int
    title: str
    description: Mapping[str, Any] | None
    relation: PackageRelation | None
    identity_verdict: StepVerdict
    diagnostics: tuple[Diagnostic, ...]
    contents: Mapping[str, Any] | None = None
    repeats: tuple[Repeat, ...] = ()

    @property
    def shown(self) -> str:
        """The name that is shown: the sender's, else the path."""
        return self.name or str(self.path)

    @property
    def items(self) -> tuple[ItemVerdict, ...]:
        """The items of 四性检测; none where it couldn't be verified."""
        if self.description is None:
            return ()
        faults = [item for item in self.diagnostics if item.code == "V188"]
        steps = restore_steps(self.description["steps"], self.diagnostics)
        return judge_items(self.description, steps, self.identity_verdict, faults)

    def count(self, severity: Severity) -> int:
        """The number of diagnostics of a severity."""
        return count_by_severity(self.diagnostics)[severity]


@dataclass(frozen=True, slots=True)
class _LedgerNote:
    """The ledger's note of a package: its description, its identity among relatives, its contents, its files."""

    description: dict[str, Any] | None = None
    relative: Relative | None = None
    contents: dict[str, Any] | None = None
    used: PackageFiles | None = None


class ReceivedPackages:
    """The packages of a run, in order, read from the ledger."""

    def __init__(self, ledger: Ledger, identities: Collection[str], names: Mapping[Path, str], *, strict: bool) -> None:
        self.ledger = ledger
        self._identities = identities
        self._names = names
        self._strict = strict
        self._relations: Relations | None = None
        self._repeats: Repeats | None = None

    def relate(self) -> None:
        """Find the relations among packages, when all are verified."""
        noted = (self._read(entry).relative for entry in self.ledger.iterate())
        self._relations = Relations(relative for relative in noted if relative is not None)
        self._repeats = Repeats(self._list_used)

    def _list_used(self) -> Iterator[PackageFiles]:
        noted = (self._read(entry).used for entry in self.ledger.iterate())
        yield from (used for used in noted if used is not None)

    def iterate(self) -> Iterator[ReceivedPackage]:
        """Iterate the packages in order."""
        for entry in self.ledger.iterate():
            yield self.judge(entry)

    def _format_path(self, path: Path) -> str:
        return self._names.get(path, str(path))

    def _read(self, entry: LedgerEntry) -> _LedgerNote:
        """Read the ledger's note of a package, with its present path."""
        text = self.ledger.read_note(f"{NOTE} {entry.job.key}") if entry.is_settled else ""
        if not text:
            return _LedgerNote()
        path = self._format_path(entry.job.path)
        description, relative, contents, used = json.loads(text)
        related = Relative(**relative | {"path": path}) if relative is not None else None
        return _LedgerNote(description | {"path": path}, related, contents, PackageFiles(**used | {"path": path}))

    def judge(self, entry: LedgerEntry) -> ReceivedPackage:
        """Judge a package; before ``relate`` without its relations."""
        noted = self._read(entry)
        description, relative, used = noted.description, noted.relative, noted.used
        relation = self._relations.find(relative) if self._relations is not None and relative is not None else None
        repeats = self._repeats.find(used) if self._repeats is not None and used is not None else ()
        here = self._format_path(entry.job.path)
        diagnostics = [_replace_path(item, here) for item in entry.list_diagnostics()] if entry.is_settled else []
        diagnostics += relation.diagnostics if relation is not None else ()
        identity = StepVerdict.NOT_RUN
        if description is not None:
            identity, faults = judge_identity(Path(here), description["identity"], self._identities)
            diagnostics += faults
        diagnostics += (repeat.report(Location("archive", file=here)) for repeat in repeats)
        weighed = promote_warnings(diagnostics) if self._strict else tuple(diagnostics)
        verdict: Verdict = "sound"
        if not entry.is_settled:
            verdict = "open"
        elif description is None:
            verdict = "failed"
        elif any(item.severity is Severity.ERROR for item in weighed):
            verdict = "faulty"
        elif not description["fixity_checked"]:
            verdict = "unproven"
        code = {"sound": EXIT_OK, "failed": entry.exit_code, "open": EXIT_OK}.get(verdict, EXIT_FAULTS)
        title = entry.about.name if description is not None else ""
        name = self._names.get(entry.job.path, "")
        return ReceivedPackage(
            entry.number,
            entry.job.path,
            name,
            verdict,
            code,
            title,
            description,
            relation,
            identity,
            weighed,
            noted.contents,
            repeats,
        )


def _replace_path(item: Diagnostic, path: str) -> Diagnostic:
    """Replace the path in a diagnostic: the package may have been verified under another one."""
    where = item.location
    if where.file in (None, path):
        return item
    params = {name: path if value == where.file else value for name, value in item.params.items()}
    return replace(item.at(replace(where, file=path)), params=params)
