"""``docgen verify``: the receiver's side, from the packages alone: a few packages in full, an inbox in one summary."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.cli.engines import EngineChoice, choose_engine, open_engine
from docgen.cli.interrupts import Interrupts, listen_to_interrupts
from docgen.cli.layout import clean_line, set_table
from docgen.cli.localized import ChoiceType, IdentityType, LocalizedCommand
from docgen.cli.options import force_option, jobs_option, path_type
from docgen.cli.report import Report, finish, weigh
from docgen.cli.session import Session, announce_reading
from docgen.cli.usage import UsageFault
from docgen.cli.views.papers import Papers
from docgen.cli.views.signing import choose_signer, choose_verifier
from docgen.diagnostics import Diagnostic, Severity, error, has_errors
from docgen.errors import EXIT_INTERRUPTED
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.messages.answer import WrittenFile
from docgen.messages.shell import show_path

if TYPE_CHECKING:
    from docgen.archive.receipts.model import Decision
    from docgen.archive.verify.relations import PackageRelation
    from docgen.archive.verify.report import VerifyReport
    from docgen.archive.zip.limits import Limits
    from docgen.batch.receive import ReceptionOutcome
    from docgen.batch.received import ReceivedPackage
    from docgen.pipeline import Proving
    from docgen.pipeline.services.receipts import ReceiptIssuer
    from docgen.pipeline.services.signing import OutsideProgram, SignatureCheck
    from docgen.pipeline.services.verification_report import ReportWriter


_LISTED, _TOLD_ERRORS = 50, 5
_DECISIONS: dict[str, Decision] = {
    "接收": "accepted",
    "退回补正": "returned",
    "accepted": "accepted",
    "returned": "returned",
}
_MANY = 8
"""So many packages are verified as those of an inbox are, by several processes."""


@click.command("verify", cls=LocalizedCommand)
@click.argument("packages", metavar="PACKAGE|DIR", nargs=-1, required=True, type=path_type)
@click.option("--identity", "identities", metavar="HEX", multiple=True, type=IdentityType())
@click.option("--rebuild", is_flag=True)
@click.option("--standard", is_flag=True)
@click.option("--report", "reports", metavar="DIR|FILE.docx", type=path_type)
@click.option("--receipt", "receipts", metavar="DIR", type=path_type)
@click.option("--decision", metavar="DECISION", type=ChoiceType(tuple(_DECISIONS)))
@click.option("--sign-with", "signer", metavar="CMD", default="")
@click.option("--verify-with", "verifier", metavar="CMD", default="")
@click.option("-o", "--out", metavar="X.xlsx", type=path_type)
@jobs_option
@choose_engine
@force_option
@click.pass_obj
def verify(
    session: Session,
    packages: tuple[Path, ...],
    *,
    identities: tuple[str, ...],
    rebuild: bool,
    standard: bool,
    reports: Path | None,
    receipts: Path | None,
    decision: str | None,
    signer: str,
    verifier: str,
    out: Path | None,
    jobs: int | None,
    engine: EngineChoice,
    force: bool,
) -> int:
    """Verify every package; the code is the worst of them."""
    from docgen.archive.verify.inbox import is_inbox
    from docgen.archive.zip.limits import Limits
    from docgen.pipeline import Proving
    from docgen.resources import Resources

    limits = Limits(**session.find_limits())
    proving = Proving(rebuild, standard, session.find_resources() if rebuild or standard else Resources())
    proving = replace(proving, digests=receipts is not None)
    is_many = engine.is_dask or any(map(is_inbox, packages))
    checking = choose_verifier(session, verifier, packages)
    papers = Papers(
        _open_reports(session, reports, is_one=len(packages) == 1 and not is_many, force=force),
        _open_receipts(session, receipts, decision, (signer, packages), force=force),
    )
    papers.prepare()
    desk = _Desk(session, identities, papers, checking)
    if out is None and len(packages) < _MANY and not is_many:
        return _verify_few(desk, packages, limits, proving)
    announce_reading(session, packages)
    from docgen.batch.receive import Reception, receive_packages

    request = Reception(packages, out, limits, session.strict, force, jobs, identities, proving=proving)
    workers = open_engine(session, engine, jobs=jobs, inputs=packages)
    with listen_to_interrupts(session) as interrupts, workers as opened:
        teller = _Teller(desk, interrupts, is_brief=out is not None)
        outcome = receive_packages(request, teller, session.words, opened)
    teller.found += engine.told
    return _report_many(session, outcome, teller, out)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What packages are compared with, and what is written of each."""

    session: Session
    identities: tuple[str, ...]
    papers: Papers
    verifier: OutsideProgram | None

    def check_signature(self, path: Path) -> SignatureCheck:
        """The verdict on the signature that came with a package."""
        from docgen.pipeline.services.signing import check_signature

        return check_signature(path, self.verifier)

    def format_signature(self, verdict: str) -> list[str]:
        """The verdict in a sentence; none where there is no signature and none is asked for."""
        return [self.session.words.text(f"receipt.signature.{verdict}")] if verdict != "not_applicable" else []


def _verify_few(desk: _Desk, packages: tuple[Path, ...], limits: Limits, proving: Proving) -> int:
    """Each with all that there is to say of it."""
    from docgen.pipeline.services.receiving import judge_package, verify_packages

    session, papers = desk.session, desk.papers

    def show(name: str, number: int, total: int) -> None:
        session.console.show_progress(clean_line(name), number, total)

    verified = verify_packages(packages, show, limits, proving)
    found = list(verified.unread)
    lines: list[str] = []
    described: list[dict[str, Any]] = []
    for item in verified.packages:
        path = item.report.path
        judged = judge_package(item, desk.identities, desk.check_signature(path), strict=session.strict)
        found += judged.diagnostics
        lines += [*([""] if lines else []), *format_result(session, item.report, item.relation)]
        told_identity = session.words.text(f"verify.identity.{judged.judgement.identity.value}")
        lines += [told_identity, *desk.format_signature(judged.judgement.signature.value)]
        lines.append(session.words.text(f"verify.conclusion.{judged.state}"))
        described.append(judged.describe(session.words))
        if papers.is_wanted:
            papers.add(judged.describe(catalogue(DOCUMENT_LANGUAGE)), weigh(session, judged.diagnostics), path)
    data = {"verify": verified.count(item["state"] for item in described), "packages": described}
    code = max(verified.least_code, papers.exit_code)
    lines += papers.format(session)
    told_all, outputs = (*found, *papers.notes), papers.list_outputs(session)
    return finish(session, Report(told_all, outputs, tuple(lines), data | papers.describe(), exit_code=code))


def _open_reports(session: Session, out: Path | None, *, is_one: bool, force: bool) -> ReportWriter | None:
    """What writes the report of each package; UsageFault V232 for one file where there are several packages."""
    if out is None:
        return None
    from docgen.pipeline.services.verification_report import ReportWriter

    writer = ReportWriter(out, session.find_resources(), force)
    if writer.is_single and not is_one:
        raise UsageFault(error("V232", path=str(out)), click.get_current_context())
    return writer


def _open_receipts(
    session: Session,
    folder: Path | None,
    decision: str | None,
    signing: tuple[str, tuple[Path, ...]],
    *,
    force: bool,
) -> ReceiptIssuer | None:
    """What writes the receipts; UsageFault V262 for a decision or a signer without their folder.

    ``signing`` is the signer as it was typed, and what is received.
    """
    signer, received = signing
    if folder is None:
        given = [name for name, value in (("--decision", decision), ("--sign-with", signer)) if value]
        if given:
            raise UsageFault(error("V262", option="、".join(given)), click.get_current_context())
        return None
    from docgen.pipeline.services.receipts import ReceiptIssuer

    decided = _DECISIONS[decision] if decision is not None else None
    return ReceiptIssuer(folder, session.find_resources(), decided, choose_signer(session, signer, received), force)


class _Teller:
    """Tells how it goes, and gathers what is told in the end: where a summary has it all (``is_brief``), the worst."""

    def __init__(self, desk: _Desk, interrupts: Interrupts, *, is_brief: bool) -> None:
        self._desk = desk
        self._session = desk.session
        self._interrupts = interrupts
        self.papers = desk.papers
        self._is_brief = is_brief
        self._total = self._done = 0
        self.found: list[Diagnostic] = []
        self.described: list[dict[str, Any]] = []
        self.rows: list[tuple[str, str, str]] = []
        self.unlisted = 0
        self.identities: Counter[str] = Counter()
        self.signatures: Counter[str] = Counter()

    def begin(self, total: int) -> None:
        self._total = total
        self._session.console.show_progress(self._session.text("batch.preparing"), 0, total)

    def advance(self, package: ReceivedPackage) -> None:
        self._done += 1
        name = clean_line(package.path.name)
        label = self._session.text("verify.progress", name=name, left=self._total - self._done)
        self._session.console.show_progress(label, self._done, self._total)

    def should_stop(self) -> bool:
        return self._interrupts.number > 0

    def tell(self, package: ReceivedPackage) -> None:
        from docgen.batch.received_book import describe_package, format_relation

        words = self._session.words
        self.identities[package.identity_verdict] += 1
        signed = self._desk.check_signature(package.path)
        ours = {"signature": signed.verdict.value}
        self.signatures[signed.verdict.value] += 1
        found = (*package.diagnostics, *weigh(self._session, signed.diagnostics))
        if has_errors(signed.diagnostics) and package.verdict == "sound":
            ours["state"] = "faulty"
        if self.papers.is_wanted and package.said is not None:
            told = describe_package(package, catalogue(DOCUMENT_LANGUAGE))
            self.papers.add({**told, **ours}, found, package.path)
        if self._is_brief:
            errors = [item for item in found if item.severity is Severity.ERROR]
            self.found += errors[:_TOLD_ERRORS] if len(self.rows) < _LISTED else []
        else:
            self.found += found
            self.described.append({**describe_package(package, words), **ours} if self._session.is_json else {})
        if package.verdict == "sound" and not has_errors(found) and self._total > _LISTED:
            return
        if len(self.rows) == _LISTED:
            self.unlisted += 1
            return
        verdict = words.text(f"received.verdict.{package.verdict}")
        self.rows.append((verdict, show_path(package.path), format_relation(package.relation, words)))


def _report_many(session: Session, outcome: ReceptionOutcome, teller: _Teller, out: Path | None) -> int:
    from docgen.batch.received_book import format_counts

    lines = [*set_table(teller.rows)]
    if teller.unlisted:
        lines.append(session.text("verify.others", number=teller.unlisted))
    lines.append(format_counts(outcome.counts, session.words))
    met, other = teller.identities["passed"], teller.identities["failed"]
    if met or other:
        lines.append(session.text("verify.identities", met=met, other=other))
    elif outcome.counts["total"]:
        lines.append(session.words.text("verify.identity.not_run"))
    signed = {name: teller.signatures[name] for name in ("passed", "failed", "not_run")}
    if any(signed.values()):
        lines.append(session.text("verify.signatures", **signed))
    code, notes = outcome.exit_code, outcome.diagnostics
    if outcome.was_stopped:
        code, notes = EXIT_INTERRUPTED, (*notes, error("B139", left=outcome.counts["open"]))
    data: dict[str, Any] = {"verify": dict(outcome.counts)}
    outputs: tuple[WrittenFile, ...] = ()
    hints: tuple[str, ...] = ()
    papers = teller.papers
    code = max(code, papers.exit_code)
    lines += papers.format(session)
    data |= papers.describe()
    if out is None:
        data["packages"] = teller.described
    else:
        title = session.words.text("received.title")
        outputs = (
            WrittenFile(out, title, label="output.received"),
            WrittenFile(out.with_suffix(".json"), title, label="output.received.data"),
        )
        hints = (session.text("verify.look", path=str(out)),) if teller.found else ()
    told = (*notes, *teller.found, *papers.notes)
    outputs = (*outputs, *papers.list_outputs(session))
    return finish(session, Report(told, outputs, tuple(lines), data, hints, code))


def format_result(session: Session, result: VerifyReport, relation: PackageRelation | None) -> list[str]:
    """A package: what it is, and the verdict of each step."""
    from docgen.archive.verify.description import describe_report
    from docgen.archive.verify.spelling import format_facts, format_relation, format_work

    words, said = session.words, describe_report(result)
    rows = [
        (words.text("verify.package"), show_path(result.path)),
        *format_facts(said, words),
        (words.text("verify.work"), format_work(said, words)),
        *format_relation(said, relation, words),
    ]
    steps = [(_say(session, step.spoken_verdict), _say(session, step.title)) for step in result.steps]
    lines = [*set_table(rows), *set_table(steps, indent=2)]
    if said["draft"]:
        lines.append(words.text("verify.draft"))
    return lines


def _say(session: Session, term: Any) -> str:
    return session.words.text(term.key, **term.params)
