"""Issue receipts: the findings on a package as Word and JSON, numbered by the register, signed by the user's program.

A person decides; the verdict is only a proposal. Receipts are in Chinese, as documents are.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from docgen.archive.plan.rules import list_rules_in_force
from docgen.archive.receipts.model import (
    Correction,
    Decision,
    Receipt,
    ReceiptFindings,
    StatedVerdict,
    WordFile,
    format_moment,
    make_receipt_package,
    parse_receipt,
)
from docgen.archive.receipts.register import PATIENCE, Issued, ReceiptPlace, RegisterEntry, open_register
from docgen.archive.writing.target import write_target
from docgen.archive.zip.names import clean_component
from docgen.diagnostics import Diagnostic, Location, Param, Severity, Term, info, warning
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.messages.description import format_size
from docgen.pipeline.services.signing import OutsideProgram, sign_data
from docgen.pipeline.services.verification_report import (
    clean_text,
    count_verdicts,
    list_notes,
    make_output_folder,
    name_program,
)
from docgen.render.context.packages import (
    CorrectionView,
    ReceiptView,
    TitleView,
    VerdictView,
    VerifiedFactView,
)
from docgen.render.store import TemplateStore
from docgen.resources import Resources

TEMPLATE = "docx/receipt.docx"
_ALIKE, _MOST = 5, 60


def gather_findings(description: Mapping[str, Any], diagnostics: Iterable[Diagnostic], file: str) -> ReceiptFindings:
    """The findings for the receipt of a verified package, ``description`` as by ``complete_description``, in Chinese.

    ``diagnostics`` are all of the package's, ``file`` is the name that its sender gave it.
    """
    paths_here = {description["path"], Path(description["path"]).name} - {""}
    renamed = [replace(item, params=_rename(item.params, paths_here, file)) for item in diagnostics]
    corrections = tuple(_list_corrections(description, renamed))
    package = make_receipt_package(description, file)
    cleaned = {name: clean_text(value) for name, value in package if isinstance(value, str)}
    is_sound = description["state"] == "sound" and not corrections
    return ReceiptFindings(
        package=package.model_copy(update=cleaned),
        verified_by=name_program(),
        state=description["state"],
        proposed="accepted" if is_sound else "returned",
        steps={step["step"]: step["verdict"] for step in description["steps"]},
        items=tuple(
            StatedVerdict(
                code=item["code"],
                title=item["title"],
                verdict=item["verdict"],
                reason=clean_text(str(item["reason"] or "")),
            )
            for item in description["items"]
        ),
        signature=description["signature"],
        corrections=corrections[:_MOST],
        unlisted=len(corrections[_MOST:]),
        limits=description["limits"],
        work=description["work"],
        rules=list_rules_in_force(),
    )


def _rename(params: Mapping[str, Param], paths_here: set[str], file: str) -> dict[str, Param]:
    """Replace the package's path by the name that its sender knows, in the parameters of a diagnostic."""
    return {name: file if isinstance(value, str) and value in paths_here else value for name, value in params.items()}


def _list_corrections(description: Mapping[str, Any], diagnostics: Iterable[Diagnostic]) -> Iterator[Correction]:
    """A correction for each error; of many of one kind the first few, and how many more there are."""
    words = catalogue(DOCUMENT_LANGUAGE)
    errors = [item for item in diagnostics if item.severity is Severity.ERROR]
    counts, seen = Counter(item.code for item in errors), Counter[str]()
    for item in errors:
        seen[item.code] += 1
        if seen[item.code] <= _ALIKE:
            more = counts[item.code] - _ALIKE if seen[item.code] == _ALIKE else 0
            message, mend = clean_text(words.message(item)), clean_text(words.mend(item))
            yield Correction(code=item.code, message=message, mend=mend, more=max(more, 0))
    if description["draft"]:
        yield _make_correction(words.text("verify.draft"), words.text("receipt.correct.draft"))
    if description["state"] == "unproven":
        yield _make_correction(words.text("receipt.unproven"), words.text("receipt.correct.unproven"))


def _make_correction(message: str, mend: str) -> Correction:
    return Correction(code="", message=message, mend=mend)


def _read_clock() -> dt.datetime:
    return dt.datetime.now().astimezone().replace(microsecond=0)


@dataclass(slots=True)
class ReceiptIssuer:
    """Writes receipts below ``folder``, numbered by its register; a draft has no number and isn't registered.

    ``decision`` is the user's decision on all the packages, None for drafts. A draft of an earlier run is replaced;
    ``force`` replaces any other file, too.
    Raises OutputError: V254–V258 and A101–A107. Then no number was given, or the error names the file that can't be
    written.
    """

    folder: Path
    resources: Resources
    decision: Decision | None = None
    signer: OutsideProgram | None = None
    force: bool = False
    clock: Callable[[], dt.datetime] = _read_clock
    written: list[Path] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    _store: TemplateStore | None = None

    def prepare(self) -> None:
        """Check before the work that receipts can be written; finish those that a killed run left unfinished."""
        make_output_folder(self.folder)
        if self.decision is not None:
            with open_register(self.folder, self._patience):
                pass

    @property
    def _patience(self) -> float:
        return PATIENCE + (self.signer.seconds if self.signer is not None else 0)

    def answer(self, findings: ReceiptFindings) -> RegisterEntry | None:
        """Write the receipt and return its entry in the register; without a decision write a draft."""
        if self.decision is None:
            self._draft(findings)
            return None
        return self._issue(findings, self.decision)

    def _draft(self, findings: ReceiptFindings) -> None:
        text = catalogue(DOCUMENT_LANGUAGE).text
        issued = self._finish(Receipt(issued=self.clock(), findings=findings), "")
        stem = clean_component(f"{text('receipt.draft')}_{Path(findings.package.file).stem}")
        number, path = 1, self.folder / f"{stem}.docx"
        while path in self.written:  # packages may have the same name
            number += 1
            path = self.folder / f"{stem}_{number}.docx"
        force = self.force or _is_draft(path.with_suffix(".json"))
        for target, data in ((path, issued.document), (path.with_suffix(".json"), issued.body)):
            write_target(data, target, force=force)
            self.written.append(target)

    def _issue(self, findings: ReceiptFindings, decision: Decision) -> RegisterEntry:
        place = Location("archive", file=findings.package.file)

        def make(in_chain: ReceiptPlace) -> Issued:
            receipt = Receipt(
                number=in_chain.number,
                sequence=in_chain.sequence,
                issued=in_chain.moment,
                decision=decision,
                previous=in_chain.previous,
                earlier=in_chain.earlier.number if in_chain.earlier is not None else "",
                findings=findings,
            )
            return self._finish(receipt, in_chain.number)

        with open_register(self.folder, self._patience) as register:
            entry, is_new = register.issue(findings.package.key, decision, self.clock, make)
            register.place_files()
            self.written += register.list_files(entry)
        decision_text = Term(f"receipt.decision.{decision}")
        if not is_new:
            self.diagnostics.append(
                info("V261", place, path=findings.package.file, number=entry.number, said=decision_text)
            )
        elif findings.proposed != decision:
            proposed = Term(f"receipt.decision.{findings.proposed}")
            self.diagnostics.append(warning("V260", place, number=entry.number, said=decision_text, proposed=proposed))
        return entry

    def _finish(self, receipt: Receipt, name: str) -> Issued:
        """Complete a receipt: its check value, the Word file that prints that, and the signature."""
        sealed = receipt.seal()
        self._store = self._store or TemplateStore(self.resources)
        document = self._store.render(TEMPLATE, _view(sealed)).data
        if name:
            word = WordFile(file=f"{name}.docx", sha256=hashlib.sha256(document).hexdigest())
            sealed = sealed.model_copy(update={"document": word})
        body = sealed.dump()
        signature = sign_data(self.signer, body) if self.signer is not None and name else None
        return Issued(sealed, body, document, signature)


def _is_draft(path: Path) -> bool:
    """Whether there is the draft of an earlier run."""
    try:
        receipt = parse_receipt(path.read_bytes())
    except OSError:
        return False
    return receipt is not None and receipt.is_draft


def _view(receipt: Receipt) -> dict[str, Any]:
    text, findings = catalogue(DOCUMENT_LANGUAGE).text, receipt.findings
    package = findings.package
    title = text("receipt.title.draft" if receipt.is_draft else "receipt.title")
    what = package.title or package.file
    decided: str = receipt.decision or "draft"
    if decided == "returned" and not findings.corrections:
        decided = "returned.unasked"  # for a person's own reason, which verifying doesn't know
    statement = text(f"receipt.statement.{decided}", title=what)
    view = ReceiptView(
        number=receipt.number,
        draft=text("receipt.draft.note") if receipt.is_draft else "",
        sender=package.sender,
        statement=statement,
        facts=tuple(_list_facts(receipt)),
        proposal=text(
            "receipt.proposal",
            counts=count_verdicts(item.verdict for item in findings.items),
            proposed=text(f"receipt.decision.{findings.proposed}"),
        ),
        verdicts=tuple(
            VerdictView(item.code, item.title, text(f"archive.verdict.{item.verdict}"), ()) for item in findings.items
        ),
        corrections=tuple(
            CorrectionView(str(number), _format_correction(item)) for number, item in enumerate(findings.corrections, 1)
        ),
        unlisted=text("receipt.unlisted", count=findings.unlisted) if findings.unlisted else "",
        notes=tuple(_list_notes(receipt)),
    )
    return {"receipt": view, "document": TitleView(title)}


def _format_correction(item: Correction) -> str:
    text = catalogue(DOCUMENT_LANGUAGE).text
    more = text("receipt.more", count=item.more) if item.more else ""
    code = text("receipt.code", code=item.code) if item.code else ""
    return text("receipt.correction", message=item.message.rstrip("。"), mend=item.mend.rstrip("。"), more=more) + code


def _list_facts(receipt: Receipt) -> Iterator[VerifiedFactView]:
    text, package = catalogue(DOCUMENT_LANGUAGE).text, receipt.findings.package
    previous = receipt.previous
    values = {
        "receipt.fact.number": receipt.number,
        "receipt.fact.issued": format_moment(receipt.issued),
        "receipt.fact.sender": package.sender,
        "report.fact.file": package.file,
        "report.fact.archive_number": package.archive_number,
        "report.fact.project": package.project_number,
        "report.fact.contents": text("verify.files", files=package.files, size=format_size(package.size)),
        "report.fact.identity": package.identity,
        "receipt.fact.sha256": package.digests.get("sha256", ""),
        "receipt.fact.sm3": package.digests.get("sm3", ""),
        "receipt.step.signature": _format_signature(receipt.findings.signature),
        "report.fact.standard": package.standard,
        "report.fact.profile": package.profile,
        "report.fact.made_by": package.made_by,
        "report.fact.verified_by": receipt.findings.verified_by,
        "receipt.fact.earlier": receipt.earlier,
        "receipt.fact.previous": f"{previous.number}（SHA-256 {previous.sha256}）" if previous is not None else "",
        "receipt.fact.check": receipt.check,
    }
    yield from (VerifiedFactView(text(key), clean_text(value)) for key, value in values.items() if value)


def _format_signature(verdict: str) -> str:
    """The verdict on the maker's signature; "" where there is none."""
    return catalogue(DOCUMENT_LANGUAGE).text(f"archive.verdict.{verdict}") if verdict != "not_applicable" else ""


def _list_notes(receipt: Receipt) -> Iterator[str]:
    text, findings = catalogue(DOCUMENT_LANGUAGE).text, receipt.findings
    yield text("receipt.note.decided")
    yield from list_notes(findings.limits, findings.work, findings.rules)
    yield text("receipt.note.check")
