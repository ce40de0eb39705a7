"""Choose and fill the columns of a package's index, where the record asks for others than the standard's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from docgen.archive.plan.model import ArchiveFields, FiledDocument, PackageIndex
from docgen.archive.plan.numbering import format_date8, format_retention
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.record.archive_settings import ArchiveSettings, IndexColumn, IndexForm
from docgen.render.context.packages import PackageColumnView

_SHAPES: Mapping[IndexColumn, tuple[int, str]] = {
    "dossier_number": (22, "left"),
    "archive_number": (26, "left"),
    "document_number": (14, "left"),
    "responsible": (22, "left"),
    "title": (32, "left"),
    "date": (10, "center"),
    "page_number": (9, "center"),
    "pages": (6, "center"),
    "confidentiality": (7, "center"),
    "retention": (9, "center"),
    "office": (14, "left"),
    "remark": (10, "left"),
}
"""The width of each column in characters, and how its values are aligned."""
_BOUND: Mapping[IndexForm, tuple[IndexColumn, ...]] = {
    "GB/T 11822": ("document_number", "responsible", "title", "date", "page_number", "pages", "remark"),
    "DA/T 22": (
        *("archive_number", "document_number", "responsible", "title", "date", "confidentiality"),
        *("page_number", "pages", "remark"),
    ),
}
"""The columns of the standard's form, and the page number, which leads to the page in a volume."""
_PORTRAIT = 110
"""How many characters a page of A4 takes upright."""


def list_index_columns(archive: ArchiveFields) -> tuple[PackageColumnView, ...]:
    """The columns that the record asks for, labelled as in the form; none where the standard's own are used."""
    texts = catalogue(DOCUMENT_LANGUAGE)
    columns = []
    for key in archive.index_columns:
        label = texts.texts.get(f"package.column.{archive.index_form}.{key}") or texts.text(f"package.column.{key}")
        columns.append(PackageColumnView(label, *_SHAPES[key]))
    return tuple(columns)


def choose_columns(settings: ArchiveSettings, *, bound: bool) -> tuple[IndexColumn, ...]:
    """The columns that the record asks for; of a package with a volume the standard's and the page number."""
    if settings.index_columns or not bound:
        return settings.index_columns
    return _BOUND[settings.index_form]


def find_linked(columns: Sequence[IndexColumn]) -> IndexColumn:
    """Which column leads to the page of a document: the page number, else the pages, else the title."""
    return next((key for key in ("page_number", "pages") if key in columns), "title")


def needs_width(columns: Sequence[IndexColumn]) -> bool:
    """Whether the columns need a page in landscape."""
    return sum(_SHAPES[key][0] for key in columns) > _PORTRAIT


def find_column_value(key: IndexColumn, filed: FiledDocument, index: PackageIndex) -> int | str | None:
    """The value of a column for a document; None or "" where there is none."""
    archive = index.archive
    values: dict[IndexColumn, int | str | None] = {
        "dossier_number": archive.archive_number,
        "archive_number": filed.archive_number,
        "document_number": filed.document_number,
        "responsible": filed.responsible,
        "title": filed.title,
        "date": format_date8(filed.date) if filed.date is not None else None,
        "page_number": _format_page_number(filed, index),
        "pages": filed.pages.value,
        "confidentiality": filed.confidentiality,
        "retention": format_retention(archive.retention),
        "office": archive.office,
        "remark": filed.remark,
    }
    return values[key]


def _format_page_number(filed: FiledDocument, index: PackageIndex) -> int | str | None:
    """页号 by GB/T 11822: the first page; of the last document the first and the last."""
    last = next((item for item in reversed(index.documents) if item.is_paged), None)
    if last is not None and filed.id == last.id and filed.first_page != filed.last_page:
        return f"{filed.first_page}-{filed.last_page}"
    return filed.first_page
