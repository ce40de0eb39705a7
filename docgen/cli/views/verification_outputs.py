"""Writes the outputs of each verified package: the report by the four natures, the receipt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.cli.session import Session
from docgen.diagnostics import Diagnostic
from docgen.errors import EXIT_CANNOT_RUN, EXIT_OK, DocgenError
from docgen.messages.answer import WrittenFile

if TYPE_CHECKING:
    from docgen.pipeline.services.receipts import ReceiptIssuer
    from docgen.pipeline.services.verification_report import ReportWriter

_LISTED = 6
"""Up to so many files of receipts are listed one by one."""


@dataclass(slots=True)
class VerificationOutputs:
    """The reports and receipts of a run; ``diagnostics`` are those of the receipts, ``numbers`` theirs in order.

    When one receipt can't be issued no other is tried, since the next would fail in the same way: ``is_stopped``.
    """

    reports: ReportWriter | None = None
    receipts: ReceiptIssuer | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    is_stopped: bool = False

    def prepare(self) -> None:
        """Check before the work that the outputs can be written."""
        if self.reports is not None:
            self.reports.prepare()
        if self.receipts is not None:
            self.receipts.prepare()

    @property
    def is_wanted(self) -> bool:
        """Whether a report or a receipt is asked for."""
        return self.reports is not None or self.receipts is not None

    def add(self, described: Mapping[str, Any], diagnostics: Iterable[Diagnostic], path: Path) -> None:
        """Write the report and the receipt of a package, described in the language of documents."""
        if self.reports is not None:
            self.reports.add(described)
        if self.receipts is not None and not self.is_stopped:
            from docgen.pipeline.services.receipts import gather_findings

            try:
                entry = self.receipts.answer(gather_findings(described, diagnostics, path.absolute().name))
            except DocgenError as fault:
                self.is_stopped = True
                self.diagnostics += fault.diagnostics
            else:
                self.numbers += [entry.number] if entry is not None else []
                self.diagnostics += self.receipts.diagnostics
                self.receipts.diagnostics.clear()

    @property
    def exit_code(self) -> int:
        """2 where the receipts couldn't be written, else 0."""
        return EXIT_CANNOT_RUN if self.is_stopped else EXIT_OK

    def describe(self) -> dict[str, Any]:
        """The numbers of the receipts, for JSON."""
        return {"receipts": self.numbers} if self.receipts is not None else {}

    def list_outputs(self, session: Session) -> tuple[WrittenFile, ...]:
        """The files written; their folder where they are many."""
        outputs: list[WrittenFile] = []
        if self.reports is not None and self.reports.written:
            places = self.reports.written if self.reports.is_single else [self.reports.out]
            title = session.words.text("report.title")
            outputs += [WrittenFile(path, title, label="output.verification") for path in places]
        if self.receipts is not None and self.receipts.written:
            label = "output.receipt" if self.receipts.decision is not None else "output.receipt.draft"
            title = session.words.text("receipt.title")
            places = self.receipts.written
            places = places if len(places) <= _LISTED else [self.receipts.folder]
            outputs += [WrittenFile(path, title, label=label) for path in places]
        return tuple(outputs)

    def format(self, session: Session) -> list[str]:
        """A line that says that receipts are drafts, where no decision was given."""
        is_draft = self.receipts is not None and self.receipts.decision is None and self.receipts.written
        return [session.text("receipt.draft")] if is_draft else []
