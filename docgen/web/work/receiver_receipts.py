"""Issues and reads the page's receipts: one register for all jobs, which is kept when jobs are cleared.

The modules that read receipts are imported on first use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.diagnostics import error
from docgen.web.faults import PageError

if TYPE_CHECKING:
    from docgen.archive.receipts.model import Decision
    from docgen.archive.receipts.register import RegisterEntry
    from docgen.messages import Catalogue
    from docgen.pipeline.services.receipt_checks import ReceiptsChecked
    from docgen.resources import Resources

FOLDER = "回执"
DECISIONS = ("accepted", "returned")
_MOST = 500


@dataclass(frozen=True, slots=True)
class PageReceipts:
    """The receipts in the page's folder."""

    folder: Path

    def decide(self, findings: Mapping[str, Any], decision: Decision, resources: Resources) -> str:
        """Issue a receipt, or find one with the same content; return its number. Raises as ``ReceiptIssuer`` does."""
        from docgen.archive.receipts.model import ReceiptFindings
        from docgen.pipeline.services.receipts import ReceiptIssuer

        issuer = ReceiptIssuer(self.folder, resources, decision)
        issuer.prepare()
        entry = issuer.answer(ReceiptFindings.model_validate(findings))
        if entry is None:
            raise PageError(400, error("N240"))
        return entry.number

    def list_entries(self, query: str = "", numbers: Sequence[str] = ()) -> list[RegisterEntry]:
        """The receipts that contain every word of a query, or have one of the numbers, the latest first."""
        return self._list_all(query, numbers)[::-1][:_MOST]

    def _list_all(self, query: str = "", numbers: Sequence[str] = ()) -> list[RegisterEntry]:
        from docgen.archive.receipts.register import REGISTER, read_register

        path = self.folder / REGISTER
        if not path.is_file():
            return []
        with read_register(path) as register:
            return register.list_entries(query, numbers)

    def find_entry(self, number: str) -> RegisterEntry:
        """A receipt by its number; PageError N241 when there is none."""
        for entry in self.list_entries(numbers=(number,)):
            return entry
        raise PageError(404, error("N241", number=number[:40]))

    def find_file(self, number: str, kind: str) -> Path:
        """A file of a receipt: ``docx`` or ``json``."""
        return self.folder / f"{self.find_entry(number).number}.{kind}"

    def read(self, number: str) -> Any:
        """A receipt as data; PageError N241 when it can't be read any more."""
        from docgen.archive.receipts.chain import read_receipt

        try:
            receipt = read_receipt(self.find_file(number, "json")).receipt
        except OSError:
            receipt = None
        if receipt is None:
            raise PageError(404, error("N241", number=number[:40]))
        return receipt

    def check(self) -> ReceiptsChecked | None:
        """Check all receipts; None where there are none."""
        from docgen.pipeline.services.receipt_checks import check_receipts

        return check_receipts([self.folder]) if self.list_entries() else None

    def export(self, out: Path, words: Catalogue) -> None:
        """Write the register to a workbook or JSON."""
        from docgen.batch.inbox.receipt_book import write_entries

        write_entries(self._list_all(), out, words, force=True)
