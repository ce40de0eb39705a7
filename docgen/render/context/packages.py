"""Declares the views of a package's own papers: cover, index, remarks sheet, notes for items that don't apply.

``docgen.pipeline`` makes them; for annotations see ``docgen.render.context.views``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from docgen.record.month import Month
from docgen.render.context.types import Shape, read_view
from docgen.render.values.values import Missing


@dataclass(frozen=True, slots=True)
class PackageItemView:
    """An item of the filing list in ``package.items``."""

    key: str
    label: str
    clause: str
    level: str
    status: str
    reason: str


@dataclass(frozen=True, slots=True)
class PackageRowView:
    """A filed document in ``package.rows``; a note for an item that doesn't apply has no number."""

    number: int | Missing
    archive_number: str | Missing
    document_number: str | Missing
    responsible: str | Missing
    title: str
    date: dt.date | Month | Missing
    date8: str | Missing
    confidentiality: str | Missing
    pages: int | Missing
    first_page: int | Missing
    last_page: int | Missing
    remark: str | Missing
    path: str
    cells: tuple[PackageCellView, ...] = ()


@dataclass(frozen=True, slots=True)
class PackageCellView:
    """The value of a filed document in a column that the record asks for."""

    value: int | str | Missing


@dataclass(frozen=True, slots=True)
class PackageColumnView:
    """A column that the record asks for: its label, its share of the width, the alignment of its values."""

    label: str
    width: int
    align: str


@dataclass(frozen=True, slots=True)
class PackageView:
    """``package`` of cover, index and remarks sheet; ``stage`` is where a stage package ends, "" in any other."""

    name: str
    title: str
    draft: bool
    stage: str
    dossier_number: str | Missing
    item_range: str | Missing
    project_number: str | Missing
    agency: str | Missing
    date_from: dt.date | Month | Missing
    date_to: dt.date | Month | Missing
    retention: str | Missing
    confidentiality: str | Missing
    fonds: str | Missing
    year: str | Missing
    cross_reference: str | Missing
    page_total: int | Missing
    documents_count: int
    photo_count: int
    drawing_count: int
    text_count: int
    compiled_by: str | Missing
    compiled_on: dt.date | Missing
    checked_by: str | Missing
    checked_on: dt.date | Missing
    items: tuple[PackageItemView, ...]
    statement: tuple[str, ...]
    rows: tuple[PackageRowView, ...]


@dataclass(frozen=True, slots=True)
class StandardNameView:
    """``standard`` on the papers of a package."""

    number: str
    title: str


@dataclass(frozen=True, slots=True)
class StandardNumberView:
    """``standard`` on the note for an item that doesn't apply."""

    number: str


@dataclass(frozen=True, slots=True)
class TitleView:
    """``document`` on the papers of a package."""

    title: str


@dataclass(frozen=True, slots=True)
class ProjectNameView:
    """``project`` on the papers of a package."""

    number: str | Missing
    name: str | Missing


@dataclass(frozen=True, slots=True)
class PackagePaperContext:
    """The context of the templates of cover, index and remarks sheet."""

    package: PackageView
    standard: StandardNameView
    document: TitleView
    project: ProjectNameView
    columns: tuple[PackageColumnView, ...] = ()


@dataclass(frozen=True, slots=True)
class AbsentItemView:
    """``item`` of the note for an item that doesn't apply."""

    key: str
    label: str
    clause: str
    reason: str


@dataclass(frozen=True, slots=True)
class AbsenceNoteContext:
    """The context of the template of the note for an item that doesn't apply."""

    item: AbsentItemView
    project: ProjectNameView
    standard: StandardNumberView
    responsible: str | Missing
    dated: dt.date
    document: TitleView


@dataclass(frozen=True, slots=True)
class UnboundFileView:
    """``file`` of the sheet that replaces, in a volume, a file that can't be bound: where it is, and why."""

    title: str
    path: str
    original_name: str | Missing
    size: str
    pages: int | Missing
    reason: str


@dataclass(frozen=True, slots=True)
class UnboundFileContext:
    """The context of the template of that sheet."""

    file: UnboundFileView
    project: ProjectNameView
    document: TitleView


@dataclass(frozen=True, slots=True)
class TransferView:
    """``transfer`` of the register; an empty text is filled in by hand.

    ``accuracy`` … ``safety`` are the sender's results; ``contents`` are paragraphs.
    """

    title: str
    task: str
    contents: tuple[str, ...]
    count: str
    volume: str
    carrier: str
    carrier_number: str
    sender: str
    receiver: str
    accuracy: str
    completeness: str
    usability: str
    safety: str


@dataclass(frozen=True, slots=True)
class TransferRegisterContext:
    """The context of the template of the register."""

    transfer: TransferView
    document: TitleView


@dataclass(frozen=True, slots=True)
class VerifiedFactView:
    """A line about the verified package, in ``report.facts``."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class VerdictView:
    """An item of 四性检测 in ``nature.verdicts``; ``lines`` are the grounds of the verdict."""

    code: str
    title: str
    verdict: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NatureView:
    """One of the four natures, with its heading and a sentence about the verdicts of its items."""

    heading: str
    summary: str
    verdicts: tuple[VerdictView, ...]


@dataclass(frozen=True, slots=True)
class VerificationView:
    """``report`` of 四性检测: the verified package, the conclusion, the items, and the grounds of the report."""

    title: str
    facts: tuple[VerifiedFactView, ...]
    conclusion: str
    natures: tuple[NatureView, ...]
    notes_heading: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VerificationReportContext:
    """The context of the template of the report."""

    report: VerificationView
    document: TitleView


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """One of ``receipt.corrections``: its number, what is wrong and what the sender does about it."""

    number: str
    text: str


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """``receipt``: the sender, the package, the decision ("" in a draft), the verdicts, the corrections.

    ``proposal`` is the decision that the verdicts suggest; ``notes`` are the grounds of the receipt.
    """

    number: str
    draft: str
    sender: str
    statement: str
    facts: tuple[VerifiedFactView, ...]
    proposal: str
    verdicts: tuple[VerdictView, ...]
    corrections: tuple[CorrectionView, ...]
    unlisted: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReceiptContext:
    """The context of the template of a receipt."""

    receipt: ReceiptView
    document: TitleView


PACKAGE_PAPERS: Mapping[str, type] = {
    "package-cover": PackagePaperContext,
    "package-index": PackagePaperContext,
    "item-index": PackagePaperContext,
    "remarks-sheet": PackagePaperContext,
    "not-applicable": AbsenceNoteContext,
    "unbound-file": UnboundFileContext,
    "transfer-register": TransferRegisterContext,
    "verification-report": VerificationReportContext,
    "receipt": ReceiptContext,
}
"""The context types of a package's own papers, by the name that the check of templates has for each."""


def describe_paper(name: str) -> Mapping[str, Shape]:
    """Describe the names that the template of one of ``PACKAGE_PAPERS`` may use."""
    return read_view(PACKAGE_PAPERS[name]).names
