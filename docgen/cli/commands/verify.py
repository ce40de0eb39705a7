"""``docgen verify``: verifies received packages, a few in full, an inbox in one summary."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.cli.engines import EngineChoice, choose_engine, open_engine
from docgen.cli.interrupts import Interrupts, listen_to_interrupts
from docgen.cli.layout import clean_line, format_table
from docgen.cli.localized import ChoiceType, IdentityType, LocalizedCommand
from docgen.cli.options import force_option, jobs_option, path_type
from docgen.cli.report import Report, apply_strictness, finish
from docgen.cli.session import Session, announce_reading
from docgen.cli.usage import UsageFault
from docgen.cli.views.signing import choose_signer, choose_verifier
from docgen.cli.views.verification_outputs import VerificationOutputs
from docgen.diagnostics import Diagnostic, Severity, error, has_errors
from docgen.errors import EXIT_INTERRUPTED
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.messages.answer import WrittenFile
from docgen.messages.shell import format_typed_path

if TYPE_CHECKING:
    from docgen.archive.receipts.model import Decision
    from docgen.archive.verify.relations import PackageRelation
    from docgen.archive.verify.report import VerifyReport
    from docgen.archive.zip.limits import Limits
    from docgen.batch.inbox import ReceivedPackage, ReceptionOutcome
    from docgen.pipeline import Proving
    from docgen.pipeline.services.receipts import ReceiptIssuer
    from docgen.pipeline.services.signing import OutsideProgram, SignatureCheck
    from docgen.pipeline.services.verification_report import ReportWriter


_LISTED, _ERRORS_OF_EACH = 50, 5
_DECISIONS: dict[str, Decision] = {
    "接收": "accepted",
    "退回补正": "returned",
    "accepted": "accepted",
    "returned": "returned",
}
_MANY = 8
"""From so many packages on they are verified as an inbox is, by several processes."""


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
    """Verify every package; return the worst of their exit codes."""
    from docgen.archive.verify.inbox import is_inbox
    from docgen.archive.zip.limits import Limits
    from docgen.pipeline import Proving
    from docgen.resources import Resources

    limits = Limits(**session.find_limits())
    proving = Proving(rebuild, standard, session.find_resources() if rebuild or standard else Resources())
    proving = replace(proving, digests=receipts is not None)
    is_many = engine.is_dask or any(map(is_inbox, packages))
    checking = choose_verifier(session, verifier, packages)
    files = VerificationOutputs(
        _open_reports(session, reports, is_one=len(packages) == 1 and not is_many, force=force),
        _open_receipts(session, receipts, decision, (signer, packages), force=force),
    )
    files.prepare()
    context = _VerificationContext(session, identities, files, checking)
    if out is None and len(packages) < _MANY and not is_many:
        return _verify_few(context, packages, limits, proving)
    announce_reading(session, packages)
    from docgen.batch.inbox import Reception, receive_packages

    request = Reception(packages, out, limits, session.strict, force, jobs, identities, proving=proving)
    workers = open_engine(session, engine, jobs=jobs, inputs=packages)
    with listen_to_interrupts(session) as interrupts, workers as opened:
        reporter = _ReceptionReporter(context, interrupts, is_brief=out is not None)
        outcome = receive_packages(request, reporter, session.words, opened)
    reporter.diagnostics += engine.diagnostics
    return _report_many(session, outcome, reporter, out)


@dataclass(frozen=True, slots=True)
class _VerificationContext:
    """The expected identities, the files written of each package, and the program that checks signatures."""

    session: Session
    identities: tuple[str, ...]
    files: VerificationOutputs
    verifier: OutsideProgram | None

    def check_signature(self, path: Path) -> SignatureCheck:
        """Check the signature beside a package."""
        from docgen.pipeline.services.signing import check_signature

        return check_signature(path, self.verifier)

    def format_signature(self, verdict: str) -> list[str]:
        """The verdict on a signature as a sentence; none where no signature is there or required."""
        return [self.session.words.text(f"receipt.signature.{verdict}")] if verdict != "not_applicable" else []


def _verify_few(context: _VerificationContext, packages: tuple[Path, ...], limits: Limits, proving: Proving) -> int:
    """Verify a few packages and report each in full."""
    from docgen.pipeline.services.receiving import judge_package, verify_packages

    session, files = context.session, context.files

    def show_progress(name: str, number: int, total: int) -> None:
        session.console.show_progress(clean_line(name), number, total)

    verified = verify_packages(packages, show_progress, limits, proving)
    diagnostics = list(verified.unread)
    lines: list[str] = []
    described: list[dict[str, Any]] = []
    for item in verified.packages:
        path = item.report.path
        judged = judge_package(item, context.identities, context.check_signature(path), strict=session.strict)
        diagnostics += judged.diagnostics
        lines += [*([""] if lines else []), *format_result(session, item.report, item.relation)]
        lines.append(session.words.text(f"verify.identity.{judged.judgement.identity.value}"))
        lines += context.format_signature(judged.judgement.signature.value)
        lines.append(session.words.text(f"verify.conclusion.{judged.state}"))
        described.append(judged.describe(session.words))
        if files.is_wanted:
            files.add(
                judged.describe(catalogue(DOCUMENT_LANGUAGE)), apply_strictness(session, judged.diagnostics), path
            )
    data = {"verify": verified.count(item["state"] for item in described), "packages": described}
    code = max(verified.least_code, files.exit_code)
    lines += files.format(session)
    diagnostics += files.diagnostics
    outputs = files.list_outputs(session)
    return finish(session, Report(tuple(diagnostics), outputs, tuple(lines), data | files.describe(), exit_code=code))


def _open_reports(session: Session, out: Path | None, *, is_one: bool, force: bool) -> ReportWriter | None:
    """The writer of each package's report; UsageFault V232 for one file where there are several packages."""
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
    """The issuer of receipts; UsageFault V262 for a decision or a signer without ``--receipt``.

    ``signing`` is the signer's command line and the received packages.
    """
    signer, received = signing
    if folder is None:
        options = [name for name, value in (("--decision", decision), ("--sign-with", signer)) if value]
        if options:
            raise UsageFault(error("V262", option="、".join(options)), click.get_current_context())
        return None
    from docgen.pipeline.services.receipts import ReceiptIssuer

    verdict = _DECISIONS[decision] if decision is not None else None
    return ReceiptIssuer(folder, session.find_resources(), verdict, choose_signer(session, signer, received), force)


class _ReceptionReporter:
    """Shows progress and collects the report; only the first errors where a summary has them all (``is_brief``)."""

    def __init__(self, context: _VerificationContext, interrupts: Interrupts, *, is_brief: bool) -> None:
        self._context = context
        self._session = context.session
        self._interrupts = interrupts
        self.files = context.files
        self._is_brief = is_brief
        self._total = self._done = 0
        self.diagnostics: list[Diagnostic] = []
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

    def report_package(self, package: ReceivedPackage) -> None:
        from docgen.batch.inbox.book import describe_package, format_relation

        words = self._session.words
        self.identities[package.identity_verdict] += 1
        signature = self._context.check_signature(package.path)
        changes = {"signature": signature.verdict.value}
        self.signatures[signature.verdict.value] += 1
        diagnostics = (*package.diagnostics, *apply_strictness(self._session, signature.diagnostics))
        if has_errors(signature.diagnostics) and package.verdict == "sound":
            changes["state"] = "faulty"
        if self.files.is_wanted and package.description is not None:
            described = describe_package(package, catalogue(DOCUMENT_LANGUAGE))
            self.files.add({**described, **changes}, diagnostics, package.path)
        if self._is_brief:
            errors = [item for item in diagnostics if item.severity is Severity.ERROR]
            self.diagnostics += errors[:_ERRORS_OF_EACH] if len(self.rows) < _LISTED else []
        else:
            self.diagnostics += diagnostics
            self.described.append({**describe_package(package, words), **changes} if self._session.is_json else {})
        if package.verdict == "sound" and not has_errors(diagnostics) and self._total > _LISTED:
            return
        if len(self.rows) == _LISTED:
            self.unlisted += 1
            return
        verdict = words.text(f"received.verdict.{package.verdict}")
        self.rows.append((verdict, format_typed_path(package.path), format_relation(package.relation, words)))


def _report_many(session: Session, outcome: ReceptionOutcome, reporter: _ReceptionReporter, out: Path | None) -> int:
    from docgen.batch.inbox.book import format_counts

    lines = [*format_table(reporter.rows)]
    if reporter.unlisted:
        lines.append(session.text("verify.others", number=reporter.unlisted))
    lines.append(format_counts(outcome.counts, session.words))
    matched, different = reporter.identities["passed"], reporter.identities["failed"]
    if matched or different:
        lines.append(session.text("verify.identities", met=matched, other=different))
    elif outcome.counts["total"]:
        lines.append(session.words.text("verify.identity.not_run"))
    signatures = {name: reporter.signatures[name] for name in ("passed", "failed", "not_run")}
    if any(signatures.values()):
        lines.append(session.text("verify.signatures", **signatures))
    code, notes = outcome.exit_code, outcome.diagnostics
    if outcome.was_stopped:
        code, notes = EXIT_INTERRUPTED, (*notes, error("B139", left=outcome.counts["open"]))
    data: dict[str, Any] = {"verify": dict(outcome.counts)}
    outputs: tuple[WrittenFile, ...] = ()
    hints: tuple[str, ...] = ()
    files = reporter.files
    code = max(code, files.exit_code)
    lines += files.format(session)
    data |= files.describe()
    if out is None:
        data["packages"] = reporter.described
    else:
        title = session.words.text("received.title")
        outputs = (
            WrittenFile(out, title, label="output.received"),
            WrittenFile(out.with_suffix(".json"), title, label="output.received.data"),
        )
        hints = (session.text("verify.look", path=str(out)),) if reporter.diagnostics else ()
    diagnostics = (*notes, *reporter.diagnostics, *files.diagnostics)
    outputs = (*outputs, *files.list_outputs(session))
    return finish(session, Report(diagnostics, outputs, tuple(lines), data, hints, code))


def format_result(session: Session, result: VerifyReport, relation: PackageRelation | None) -> list[str]:
    """A package's facts and the verdict of each step, as lines of text."""
    from docgen.archive.verify.description import describe_report
    from docgen.archive.verify.display import format_facts, format_relation, format_work

    words, described = session.words, describe_report(result)
    rows = [
        (words.text("verify.package"), format_typed_path(result.path)),
        *format_facts(described, words),
        (words.text("verify.work"), format_work(described, words)),
        *format_relation(described, relation, words),
    ]
    steps = [(words.format_param(step.verdict_title), words.format_param(step.title)) for step in result.steps]
    lines = [*format_table(rows), *format_table(steps, indent=2)]
    if described["draft"]:
        lines.append(words.text("verify.draft"))
    return lines
