"""What the templates of a package's own papers see: its cover, index, remarks sheet, and notes for what doesn't apply.

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
    """A filed document in ``package.rows``; a note for what doesn't apply has no number."""

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
    """What a column that the record asks for says of a filed document."""

    value: int | str | Missing


@dataclass(frozen=True, slots=True)
class PackageColumnView:
    """A column that the record asks for: what it is called, its share of the room, how its values are aligned."""

    label: str
    width: int
    align: str


@dataclass(frozen=True, slots=True)
class PackageView:
    """``package`` of cover, index and remarks sheet; ``stage`` says where a stage package ends, "" for any other."""

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
    """What the templates of cover, index and remarks sheet see."""

    package: PackageView
    standard: StandardNameView
    document: TitleView
    project: ProjectNameView
    columns: tuple[PackageColumnView, ...] = ()


@dataclass(frozen=True, slots=True)
class AbsentItemView:
    """``item`` of the note that stands for an item that doesn't apply."""

    key: str
    label: str
    clause: str
    reason: str


@dataclass(frozen=True, slots=True)
class AbsenceNoteContext:
    """What the template of the note for an item that doesn't apply sees."""

    item: AbsentItemView
    project: ProjectNameView
    standard: StandardNumberView
    responsible: str | Missing
    dated: dt.date
    document: TitleView


@dataclass(frozen=True, slots=True)
class UnboundFileView:
    """``file`` of the sheet that stands in a volume for a file that can't be bound: where it is, and why."""

    title: str
    path: str
    original_name: str | Missing
    size: str
    pages: int | Missing
    reason: str


@dataclass(frozen=True, slots=True)
class UnboundFileContext:
    """What the template of that sheet sees."""

    file: UnboundFileView
    project: ProjectNameView
    document: TitleView


@dataclass(frozen=True, slots=True)
class TransferView:
    """``transfer`` of the register: "" where nobody said, to be filled in by hand.

    ``accuracy`` … ``safety`` are what the sender found; ``contents`` are paragraphs.
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
    """What the template of the register sees."""

    transfer: TransferView
    document: TitleView


@dataclass(frozen=True, slots=True)
class VerifiedFactView:
    """A line of what was verified, in ``report.facts``."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class VerdictView:
    """An item of 四性检测 in ``nature.verdicts``; ``lines`` say what the verdict rests on."""

    code: str
    title: str
    verdict: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NatureView:
    """One of the four natures, with its heading and how its items were judged in a sentence."""

    heading: str
    summary: str
    verdicts: tuple[VerdictView, ...]


@dataclass(frozen=True, slots=True)
class VerificationView:
    """``report`` of 四性检测: what was verified, the conclusion, the items, and what the report rests on."""

    title: str
    facts: tuple[VerifiedFactView, ...]
    conclusion: str
    natures: tuple[NatureView, ...]
    notes_heading: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VerificationReportContext:
    """What the template of the report sees."""

    report: VerificationView
    document: TitleView


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """What is asked for in ``receipt.corrections``: its number, what is wrong, what the sender does."""

    number: str
    text: str


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """``receipt``: whom it answers, about what, the decision ("" in a draft), the verdicts, what is to be corrected.

    ``proposal`` is what the verdict speaks for; ``notes`` say what the receipt rests on.
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
    """What the template of a receipt sees."""

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
"""The papers that a package is made up with, by the name that a template check calls them: what their templates see."""


def describe_paper(name: str) -> Mapping[str, Shape]:
    """The names that the template of one of ``PACKAGE_PAPERS`` may use."""
    return read_view(PACKAGE_PAPERS[name]).names
