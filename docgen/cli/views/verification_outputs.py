"""What is written of each package that was verified: the report by the four natures, the receipt."""

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
"""So many files of receipts are told one by one."""


@dataclass(slots=True)
class Papers:
    """The reports and receipts of a run; ``notes`` tell of receipts, ``numbers`` are theirs in order.

    When one receipt can't be issued no other is tried, since the next would fail alike: ``is_stopped``.
    """

    reports: ReportWriter | None = None
    receipts: ReceiptIssuer | None = None
    notes: list[Diagnostic] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    is_stopped: bool = False

    def prepare(self) -> None:
        """Find out before the work whether there is a place to write to."""
        if self.reports is not None:
            self.reports.prepare()
        if self.receipts is not None:
            self.receipts.prepare()

    @property
    def is_wanted(self) -> bool:
        """Whether anything is to be written of a package."""
        return self.reports is not None or self.receipts is not None

    def add(self, told: Mapping[str, Any], found: Iterable[Diagnostic], path: Path) -> None:
        """Write what is asked for of a package that is described in the language of documents."""
        if self.reports is not None:
            self.reports.add(told)
        if self.receipts is not None and not self.is_stopped:
            from docgen.pipeline.services.receipts import gather_findings

            try:
                entry = self.receipts.answer(gather_findings(told, found, path.absolute().name))
            except DocgenError as fault:
                self.is_stopped = True
                self.notes += fault.diagnostics
            else:
                self.numbers += [entry.number] if entry is not None else []
                self.notes += self.receipts.diagnostics
                self.receipts.diagnostics.clear()

    @property
    def exit_code(self) -> int:
        """That of a run that couldn't write its receipts, where that is so."""
        return EXIT_CANNOT_RUN if self.is_stopped else EXIT_OK

    def describe(self) -> dict[str, Any]:
        """The numbers that were given, for JSON."""
        return {"receipts": self.numbers} if self.receipts is not None else {}

    def list_outputs(self, session: Session) -> tuple[WrittenFile, ...]:
        """The files of one package, else their folder."""
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
        """What is to be said of receipts that nobody decided."""
        is_draft = self.receipts is not None and self.receipts.decision is None and self.receipts.written
        return [session.text("receipt.draft")] if is_draft else []
