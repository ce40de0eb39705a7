"""Settings of numbering, indexing and keeping the package: ``project.archive`` of a record."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ValidationInfo, WithJsonSchema, field_validator

from docgen.record.dossier_number import (
    LAST_ITEM,
    NO_OFFICE,
    NumberRule,
    is_category,
    is_fonds,
    is_office,
    is_year,
    read_retention,
)
from docgen.record.types import DoneOn, Meaning, Part, Text, Whole, refuse

IndexForm = Literal["GB/T 11822", "DA/T 22"]
"""The standard that gives the index its columns: 卷内目录 of a dossier, or 归档文件目录 of single pieces."""
DEFAULT_INDEX: IndexForm = "GB/T 11822"
"""A package has cover, index and remarks sheet: that is a dossier (案卷), and 卷内目录 is a dossier's index."""


IndexColumn = Literal[
    "dossier_number",
    "archive_number",
    "document_number",
    "responsible",
    "title",
    "date",
    "page_number",
    "pages",
    "confidentiality",
    "retention",
    "office",
    "remark",
]
"""The columns that the index may have after the number: 案卷档号, 档号, 文件编号, 责任者, 文件题名, 日期, 页号,
页数, 密级, 保管期限, 机构或问题, 备注. 页号 is the first page; of the last document the first and the last.
"""


def _read_retention(value: str) -> str:
    code = read_retention(value)
    if code is None:
        raise refuse("R150", value=value)
    return code


def _check_year(value: str) -> str:
    if not is_year(value):
        raise refuse("R151", value=value)
    return value


def _check_item(value: int) -> int:
    if not 1 <= value <= LAST_ITEM:
        raise refuse("R153", value=value, last=LAST_ITEM)
    return value


_RETENTION_SCHEMA: dict[str, Any] = {"type": ["string", "number"], "examples": ["Y", "D30", "D10"]}
Retention = Annotated[Text, AfterValidator(_read_retention), WithJsonSchema(_RETENTION_SCHEMA), Meaning("retention")]
"""保管期限 as its code: ``Y``, or ``D`` and the years; 永久, 30年, 定期10年 are read, too."""
Year = Annotated[Text, AfterValidator(_check_year), WithJsonSchema({"type": ["string", "integer"]}), Meaning("year")]
"""年度, four digits."""


class ArchiveSettings(Part):
    """The settings by which the package is numbered, indexed and kept.

    ``rule`` is the standard that defines the 档号; without it the cells of 档号 stay empty. Fonds, year, retention,
    office and confidentiality have no default, since the standards give none. ``document_numbers`` maps a filed
    document's id to its 文件编号 (文号). ``index_columns`` replace the standard's columns of the index.
    ``page_numbers`` is the standard that places a volume's page numbers: in the lower outer corner by GB/T 11822, in
    the upper one by DA/T 22.
    """

    index: IndexForm | None = None
    index_columns: tuple[IndexColumn, ...] = ()
    page_numbers: IndexForm | None = None
    rule: NumberRule | None = None
    fonds: Text | None = None
    category: Text | None = None
    year: Year | None = None
    retention: Retention | None = None
    office: Text | None = None
    first_item: Annotated[Whole, AfterValidator(_check_item)] | None = None
    dossier_number: Text | None = None
    confidentiality: Text | None = None
    cross_reference: Text | None = None
    document_numbers: dict[str, Text] = {}
    compiled_by: Text | None = None
    compiled_on: DoneOn | None = None
    checked_by: Text | None = None
    checked_on: DoneOn | None = None

    @field_validator("fonds", "category")
    @classmethod
    def _check_code(cls, value: str | None, info: ValidationInfo) -> str | None:
        sound = is_fonds if info.field_name == "fonds" else is_category
        if value is not None and not sound(value):
            raise refuse("R152" if info.field_name == "fonds" else "R154", value=value)
        return value

    @field_validator("office")
    @classmethod
    def _check_office(cls, value: str | None, info: ValidationInfo) -> str | None:
        rule = info.data.get("rule")
        if value is None or value == NO_OFFICE or is_office(value, rule):
            return value
        raise refuse("R155" if rule == "DA/T 22" else "R156", value=value)

    @field_validator("checked_on")
    @classmethod
    def _check_order(cls, value: dt.date | None, info: ValidationInfo) -> dt.date | None:
        compiled_on = info.data.get("compiled_on")
        if value is not None and compiled_on is not None and value < compiled_on:
            raise refuse("R450", value=str(value), compiled=str(compiled_on))
        return value

    @property
    def index_form(self) -> IndexForm:
        """The standard of the index's columns: the chosen one, else ``DEFAULT_INDEX``."""
        return self.index or DEFAULT_INDEX

    @property
    def numbering(self) -> IndexForm:
        """The standard that places a volume's page numbers: the chosen one, else that of a dossier."""
        return self.page_numbers or DEFAULT_INDEX

    @property
    def number_parts(self) -> dict[str, str | None]:
        """The parts of 档号 in the settings, by name; None for a part not given, "" for an omitted office."""
        return {
            "fonds": self.fonds,
            "category": self.category,
            "year": self.year,
            "retention": self.retention,
            "office": "" if self.office == NO_OFFICE else self.office,
        }
