"""Make the template context of a package's papers: cover, index, remarks sheet, note for what doesn't apply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from docgen.archive.bag.index import PAGE_TEMPLATE, list_origins
from docgen.archive.plan.model import CONFIRMED_MARK, VOLUME, FiledDocument, PackageIndex, describe_until
from docgen.archive.plan.numbering import format_date8, format_item_range, format_retention
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.pipeline.stages.index_columns import find_column_value, find_linked, list_index_columns, needs_width
from docgen.record.archive_settings import ArchiveSettings, IndexColumn, IndexForm
from docgen.render.context.packages import (
    AbsentItemView,
    PackageCellView,
    PackageItemView,
    PackageRowView,
    PackageView,
    ProjectNameView,
    StandardNameView,
    StandardNumberView,
    TitleView,
)
from docgen.render.values.values import LinkedText, Missing

if TYPE_CHECKING:
    from docgen.archive.plan.filing import Note
    from docgen.pipeline.stages.prepare import PreparedRecord

COVER, REMARKS = "01_案卷封面.docx", "03_备考表.docx"
INDEXES: Mapping[IndexForm, tuple[str, str]] = {
    "GB/T 11822": ("02_卷内目录.xlsx", "xlsx/package-index.xlsx"),
    "DA/T 22": ("02_归档文件目录.xlsx", "xlsx/item-index.xlsx"),
}
PAPER_NAMES = (COVER, *(name for name, _ in INDEXES.values()), REMARKS, VOLUME)
"""The papers that may lie at the top of a package."""
_COVER, _REMARKS = "docx/package-cover.docx", "docx/remarks-sheet.docx"
NOT_APPLICABLE = "docx/not-applicable.docx"
UNBOUND_SHEET, PHOTO_SHEET = "docx/unbound-file.docx", "docx/photo-sheet.docx"
"""The templates of the sheets that stand in a volume for what is no PDF."""
_OWN_COLUMNS: Mapping[tuple[IndexForm, bool], str] = {
    ("GB/T 11822", False): "xlsx/package-index.columns.xlsx",
    ("GB/T 11822", True): "xlsx/package-index.columns.landscape.xlsx",
    ("DA/T 22", False): "xlsx/item-index.columns.xlsx",
    ("DA/T 22", True): "xlsx/item-index.columns.xlsx",
}
PAPER_TEMPLATES = (
    _COVER,
    *(template for _, template in INDEXES.values()),
    *dict.fromkeys(_OWN_COLUMNS.values()),
    _REMARKS,
    NOT_APPLICABLE,
    UNBOUND_SHEET,
    PHOTO_SHEET,
    PAGE_TEMPLATE,
)
"""The templates of a package's own papers."""


def list_papers(form: IndexForm, columns: Sequence[IndexColumn] = ()) -> dict[str, str]:
    """The papers at the top of a package whose index has this form: the template of each, by name.

    With ``columns`` of its own the index has a template that takes any.
    """
    index_name, index_template = INDEXES[form]
    if columns:
        index_template = _OWN_COLUMNS[form, needs_width(columns)]
    return {COVER: _COVER, index_name: index_template, REMARKS: _REMARKS}


def _blank(value: Any) -> Any:
    """The value, or a place left free on the paper."""
    return value if value not in (None, "") else Missing("package", "", "blank")


def describe_package(settings: ArchiveSettings | None, index: PackageIndex, link: str = "") -> dict[str, Any]:
    """The context for the templates of cover, index and remarks sheet.

    With ``link`` the page numbers of the index are links to it, each with its page number appended.
    """
    archive, counts = index.archive, index.counts
    filed = [document for document in index.documents if document.kind != "note"]
    return {
        "package": PackageView(
            name=index.package_name,
            title=index.title,
            draft=index.draft,
            stage=catalogue(DOCUMENT_LANGUAGE).text("until.stage", **describe_until(index)) if index.until else "",
            dossier_number=_blank(archive.archive_number),
            item_range=_blank(format_item_range(index)),
            project_number=_blank(index.project.number),
            agency=_blank(archive.agency),
            date_from=_blank(archive.date_from),
            date_to=_blank(archive.date_to),
            retention=_blank(format_retention(archive.retention)),
            confidentiality=_blank(archive.confidentiality),
            fonds=_blank(archive.fonds),
            year=_blank(archive.year),
            cross_reference=_blank(settings.cross_reference if settings else None),
            page_total=_blank(counts.pages if not counts.unpaged else None),
            documents_count=counts.documents,
            photo_count=counts.photos,
            drawing_count=sum(document.material == "drawing" for document in filed),
            text_count=sum(document.material == "text" for document in filed),
            compiled_by=_blank(settings.compiled_by if settings else None),
            compiled_on=_blank(settings.compiled_on if settings else None),
            checked_by=_blank(settings.checked_by if settings else None),
            checked_on=_blank(settings.checked_on if settings else None),
            items=tuple(
                PackageItemView(item.key, item.label, item.clause, item.level, item.status, item.reason)
                for item in index.items
            ),
            statement=tuple(_list_statements(index)),
            rows=tuple(_describe_row(document, index, link) for document in index.documents),
        ),
        "standard": StandardNameView(index.standard.number, index.standard.title),
        "document": TitleView(index.title),
        "project": ProjectNameView(_blank(index.project.number), _blank(index.project.name)),
        "columns": list_index_columns(archive),
    }


def describe_note(prepared: PreparedRecord, note: Note, responsible: str) -> dict[str, Any]:
    """The context for the template of the note for what doesn't apply."""
    project = prepared.subject.record.project
    return {
        "item": AbsentItemView(note.item.key, note.label, note.item.clause, note.reason),
        "project": ProjectNameView(_blank(project.number), _blank(project.name)),
        "standard": StandardNumberView(prepared.loaded.profile.standard.number),
        "responsible": _blank(responsible),
        "dated": prepared.dated,
        "document": TitleView(note.label),
    }


def _list_statements(index: PackageIndex) -> Iterator[str]:
    """The remarks sheet's 说明: what was counted, what is missing or doesn't apply, whether it is a draft."""
    texts, counts = catalogue(DOCUMENT_LANGUAGE), index.counts
    pages = "pages" if not counts.unpaged else "pages_partly"
    total = texts.text(f"package.{pages}", pages=counts.pages, unpaged=counts.unpaged)
    yield texts.text("package.counted", documents=counts.documents, total=total)
    yield texts.text("package.kinds", **_count_kinds(index))
    for item in index.items:
        if item.status == "later":
            continue  # one sentence for all of them names the step at which the package ends
        if item.status != "present" or item.reason:
            yield texts.text(f"package.{item.status}", item=item.key, label=item.label, reason=item.reason)
    confirmed = sum(setting.id.startswith(CONFIRMED_MARK) for setting in index.settings)
    if confirmed:
        yield texts.text("package.confirmed.count", count=confirmed)
    yield from list_origins(index)
    if index.draft:
        yield texts.text("package.draft")


def _count_kinds(index: PackageIndex) -> dict[str, str]:
    """文字材料 and 图样材料 in 件 and 页, 照片 in 张; pages only where all of a kind are known."""
    texts = catalogue(DOCUMENT_LANGUAGE)
    texts_by_kind = {}
    for kind in ("text", "drawing", "photograph"):
        filed = [item for item in index.documents if item.kind != "note" and item.material == kind]
        pages = [item.pages.value for item in index.documents if item.is_paged and item.material == kind]
        page_sum = sum(value for value in pages if value is not None) if None not in pages else None
        key = "count" if not page_sum or kind == "photograph" else "count_pages"
        texts_by_kind[kind] = texts.text(f"package.{key}.{kind}", count=len(filed), pages=page_sum)
    return texts_by_kind


def _describe_row(filed: FiledDocument, index: PackageIndex, link: str) -> PackageRowView:
    columns = index.archive.index_columns
    return PackageRowView(
        number=_blank(filed.number or None),
        archive_number=_blank(filed.archive_number),
        document_number=_blank(filed.document_number),
        responsible=_blank(filed.responsible),
        title=filed.title,
        date=_blank(filed.date),
        date8=_blank(format_date8(filed.date) if filed.date is not None else None),
        confidentiality=_blank(filed.confidentiality),
        pages=_blank(filed.pages.value),
        first_page=_blank(filed.first_page),
        last_page=_blank(filed.last_page),
        remark=_blank(filed.remark),
        path=filed.renditions[0].path if filed.renditions else "",
        cells=tuple(_describe_cell(key, filed, index, link) for key in columns),
    )


def _describe_cell(key: IndexColumn, filed: FiledDocument, index: PackageIndex, link: str) -> PackageCellView:
    value = _blank(find_column_value(key, filed, index))
    if link and filed.first_page is not None and value and key == find_linked(index.archive.index_columns):
        return PackageCellView(LinkedText(str(value), f"{link}{filed.first_page}"))
    return PackageCellView(value)
