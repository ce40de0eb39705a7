"""``docgen verify``: the receiver's side, from the packages alone: a few packages in full, an inbox in one summary."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.cli.interrupts import Interrupts, listen_to_interrupts
from docgen.cli.layout import clean_line, set_table, spell_size
from docgen.cli.localized import IdentityType, LocalizedCommand
from docgen.cli.options import force_option, jobs_option, path_type
from docgen.cli.report import Report, WrittenFile, finish, show_path, weigh
from docgen.cli.session import Session, announce_reading
from docgen.diagnostics import Diagnostic, Severity, error, has_errors
from docgen.errors import EXIT_FOUND, EXIT_INTERRUPTED, EXIT_OK

if TYPE_CHECKING:
    from docgen.archive.plan.model import PackageIndex
    from docgen.archive.verify.relations import Relation
    from docgen.archive.verify.report import VerifyReport
    from docgen.archive.zip.limits import Limits
    from docgen.batch.receive import ReceptionOutcome
    from docgen.batch.received import ReceivedPackage


_LISTED, _TOLD_ERRORS = 50, 5
_MANY = 8
"""So many packages are verified as those of an inbox are, by several processes."""


@click.command("verify", cls=LocalizedCommand)
@click.argument("packages", metavar="PACKAGE|DIR", nargs=-1, required=True, type=path_type)
@click.option("--identity", "identities", metavar="HEX", multiple=True, type=IdentityType())
@click.option("-o", "--out", metavar="X.xlsx", type=path_type)
@jobs_option
@force_option
@click.pass_obj
def verify(
    session: Session,
    packages: tuple[Path, ...],
    *,
    identities: tuple[str, ...],
    out: Path | None,
    jobs: int | None,
    force: bool,
) -> int:
    """Verify every package; the code is the worst of them."""
    from docgen.archive.verify.inbox import is_inbox
    from docgen.archive.zip.limits import Limits

    limits = Limits(**session.find_limits())
    if out is None and len(packages) < _MANY and not any(map(is_inbox, packages)):
        return _verify_few(session, packages, identities, limits)
    announce_reading(session, packages)
    from docgen.batch.receive import Reception, receive_packages

    request = Reception(packages, out, limits, session.strict, force, jobs, identities)
    with listen_to_interrupts(session) as interrupts:
        teller = _Teller(session, interrupts, is_brief=out is not None)
        outcome = receive_packages(request, teller, session.words)
    return _report_many(session, outcome, teller, out)


def _verify_few(session: Session, packages: tuple[Path, ...], identities: tuple[str, ...], limits: Limits) -> int:
    """Each with all that there is to say of it."""
    from docgen.archive.verify.description import Judgement, complete_description, describe_report
    from docgen.archive.verify.identity import judge_identity
    from docgen.pipeline.services.receiving import verify_packages

    def show(name: str, number: int, total: int) -> None:
        session.console.show_progress(clean_line(name), number, total)

    verified = verify_packages(packages, show, limits)
    found, is_proven = list(verified.unread), True
    lines: list[str] = []
    described: list[dict[str, Any]] = []
    for item in verified.packages:
        report = item.report
        verdict, told = judge_identity(report.path, report.identity, identities)
        mine = (*item.diagnostics, *told)
        found += mine
        is_proven = is_proven and report.is_proven
        is_sound = not has_errors(weigh(session, mine))
        conclusion = "verify.faulty" if not is_sound else "verify.intact" if report.is_proven else "verify.unproven"
        lines += [*([""] if lines else []), *spell_result(session, report, item.relation)]
        lines += [session.text(_IDENTITY_LINES[verdict]), session.text(conclusion)]
        judged = Judgement(item.relation, verdict, is_intact=is_sound and report.is_proven)
        described.append(complete_description(describe_report(report), session.words, judged))
    data = {"packages": described}
    code = max(verified.exit_code, EXIT_OK if is_proven else EXIT_FOUND)
    return finish(session, Report(tuple(found), lines=tuple(lines), data=data, exit_code=code))


_IDENTITY_LINES = {
    "not_run": "verify.self_made",
    "passed": "verify.identity_met",
    "failed": "verify.identity_other",
}
"""What a report says of a package's identity, in one line, by its verdict."""


class _Teller:
    """Tells how it goes, and gathers what is told in the end: where a summary has it all (``is_brief``), the worst."""

    def __init__(self, session: Session, interrupts: Interrupts, *, is_brief: bool) -> None:
        self._session = session
        self._interrupts = interrupts
        self._is_brief = is_brief
        self._total = self._done = 0
        self.found: list[Diagnostic] = []
        self.described: list[dict[str, Any]] = []
        self.rows: list[tuple[str, str, str]] = []
        self.unlisted = 0
        self.identities: Counter[str] = Counter()

    def begin(self, total: int) -> None:
        self._total = total
        self._session.console.show_progress(self._session.text("batch.preparing"), 0, total)

    def advance(self, name: str) -> None:
        self._done += 1
        label = self._session.text("verify.progress", name=clean_line(name), left=self._total - self._done)
        self._session.console.show_progress(label, self._done, self._total)

    def should_stop(self) -> bool:
        return self._interrupts.number > 0

    def tell(self, package: ReceivedPackage) -> None:
        from docgen.batch.received_book import describe_package, spell_relation

        words = self._session.words
        self.identities[package.identity_verdict] += 1
        if self._is_brief:
            errors = [item for item in package.diagnostics if item.severity is Severity.ERROR]
            self.found += errors[:_TOLD_ERRORS] if len(self.rows) < _LISTED else []
        else:
            self.found += package.diagnostics
            self.described.append(describe_package(package, words) if self._session.is_json else {})
        if package.verdict == "sound" and self._total > _LISTED:
            return
        if len(self.rows) == _LISTED:
            self.unlisted += 1
            return
        verdict = words.text(f"received.verdict.{package.verdict}")
        self.rows.append((verdict, show_path(package.path), spell_relation(package.relation, words)))


def _report_many(session: Session, outcome: ReceptionOutcome, teller: _Teller, out: Path | None) -> int:
    from docgen.batch.received_book import spell_counts

    lines = [*set_table(teller.rows)]
    if teller.unlisted:
        lines.append(session.text("verify.others", number=teller.unlisted))
    lines.append(spell_counts(outcome.counts, session.words))
    met, other = teller.identities["passed"], teller.identities["failed"]
    if met or other:
        lines.append(session.text("verify.identities", met=met, other=other))
    elif outcome.counts["total"]:
        lines.append(session.text("verify.self_made"))
    code, notes = outcome.exit_code, outcome.diagnostics
    if outcome.was_stopped:
        code, notes = EXIT_INTERRUPTED, (*notes, error("B139", left=outcome.counts["open"]))
    data: dict[str, Any] = {"verify": dict(outcome.counts)}
    outputs: tuple[WrittenFile, ...] = ()
    hints: tuple[str, ...] = ()
    if out is None:
        data["packages"] = teller.described
    else:
        title = session.words.text("received.title")
        outputs = (
            WrittenFile(out, title, label="output.received"),
            WrittenFile(out.with_suffix(".json"), title, label="output.received.data"),
        )
        hints = (session.text("verify.look", path=str(out)),) if teller.found else ()
    return finish(session, Report((*notes, *teller.found), outputs, tuple(lines), data, hints, code))


def spell_result(session: Session, result: VerifyReport, relation: Relation | None) -> list[str]:
    """A package: what it is, and the verdict of each step."""
    files = session.text("verify.files", files=result.files, size=spell_size(result.bytes))
    index = result.index
    rows = [
        (session.text("verify.package"), show_path(result.path)),
        (session.text("verify.name"), result.name),
        (session.text("verify.title"), index.title if index is not None else ""),
        (session.text("verify.standard"), index.standard.number + index.standard.remark if index is not None else ""),
        (session.text("verify.identity"), result.identity or ""),
        (session.text("verify.contents"), files),
        (session.text("verify.until"), _spell_until(session, index)),
        (session.text("verify.work"), _spell_work(session, result)),
        *_spell_relation(session, result, relation),
    ]
    steps = [(_say(session, step.spoken_verdict), _say(session, step.title)) for step in result.steps]
    lines = [*set_table([row for row in rows if row[1]]), *set_table(steps, indent=2)]
    if index is not None and index.draft:
        lines.append(session.text("verify.draft"))
    return lines


def _spell_until(session: Session, index: PackageIndex | None) -> str:
    """Where a stage package ends, and how many filing items come after that nobody looked at."""
    if index is None or index.until is None:
        return ""
    said = {"item": index.until.item, "label": index.until.label, "count": len(index.later)}
    return session.text("verify.later" if index.later else "verify.whole", **said)


def _spell_work(session: Session, result: VerifyReport) -> str:
    """What reading the package took, and how much it might have taken."""
    work = result.work
    return session.text(
        "verify.work-done",
        entries=f"{work.entries:,}",
        most_entries=f"{work.most_entries:,}",
        inflated=spell_size(work.inflated),
        most_inflated=spell_size(work.most_inflated),
        elements=f"{work.elements:,}",
        most_elements=f"{work.most_elements:,}",
    )


def _spell_relation(session: Session, result: VerifyReport, relation: Relation | None) -> list[tuple[str, str]]:
    """What kind of package it is where it isn't a full one, which it belongs to, and what was left out of it."""
    index = result.index
    if index is None or relation is None:
        return []
    belonging = session.text("verify.redacted-from" if index.redaction is not None else "verify.supplements")
    told = session.text(
        "verify.belongs" if relation.is_met else "verify.alone", name=relation.name or "—", identity=relation.identity
    )
    rows = [
        (session.text("verify.kind"), session.words.text(f"archive.kind.{index.kind}")),
        (belonging, told),
    ]
    if index.redaction is not None:
        rows.append((session.text("verify.left-out"), session.text("verify.counts", **index.redaction.model_dump())))
    return rows


def _say(session: Session, term: Any) -> str:
    return session.words.text(term.key, **term.params)
