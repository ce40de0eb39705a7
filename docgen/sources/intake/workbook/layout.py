"""The layout of an intake workbook: sheets and columns, made from a profile and the record's types alone.

A *record* sheet asks for single values, one below the other; a *table* sheet has a row for each item. A sheet's anchor
is the part of the record that holds its rows; a column's path leads to its value in the row's item. The layout knows no
file: ``write`` draws it, ``headers`` finds it again in a returned workbook.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from docgen.profile.kinds import FieldKind as ColumnKind

NUMBER_KINDS = frozenset(("int", "decimal", "money", "percent"))
DATE_KINDS = frozenset(("date", "month", "date_or_month", "minute"))
Need = Literal["required", "advised", "free"]

RowKind = Literal["root", "list", "child", "entries", "form", "form_rows", "lines", "marks", "attendance"]

MARK_HEADER = "序号"
"""The header of a table's first column: it marks the example row, or numbers a row for use in other sheets."""
EXAMPLE_MARK = "示例"
LIST_SHEET = "_选项"
ABOUT_SHEET = "_docgen"
PART_WORD = "part"
"""The hidden sheet's key for a copy with only some of the rows."""
SHEETS_WORD = "sheets"
"""The hidden sheet's key for a workbook with only some of the profile's sheets; its value lists their names."""
ISSUE_SHEET = "问题清单"
CONFIRMED_SHEET = "已核实"
CONFIRMED_HEADERS = ("工作表", "单元格", "行名", "栏目", "值", "理由")
"""The columns of the sheet 已核实: the cell, or the names of row and column; the value, and the reason."""
ALL_WORD = "全部企业"
"""The word for all enterprises in a column that names enterprises."""
MULTIPLE_JOINT = "、"
_NAMING_FIELDS = ("name", "title", "short_name", "label")
_NAMING_OF_LISTS = {"evidence": ("file",), "rubrics": ("key",)}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, or a line of a record sheet.

    ``header`` is the text in the sheet, unique there; ``label`` and ``unit`` are its parts. ``path`` leads from the
    item of the row (from the record, on a record sheet) to the value; on a column that belongs to a form, ``document``
    names the form and the path starts at its entry. ``words`` map typed words to the record's values; those in
    ``also`` are understood but not offered. ``target`` is the list that a reference names. ``digits`` are the usual
    lengths of a code. ``counted`` asks for a column beside it with the length of the text. ``former`` is the example of
    earlier workbooks. ``key`` is the name of a shared field (``Party.name``), ``synonyms`` its names in foreign tables.
    """

    header: str
    label: str
    path: tuple[str, ...]
    kind: ColumnKind
    unit: str | None = None
    need: Need = "free"
    hint: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, str] = field(default_factory=dict)
    target: str | None = None
    document: str | None = None
    group: str = ""
    example: str = ""
    former: str | None = None
    digits: tuple[int, ...] = ()
    counted: bool = False
    key: str = ""
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Anchor:
    """The part of the record that holds a sheet's rows.

    ``root``: single values. ``list``: items of the list ``name``. ``child``: items of the list ``field`` inside an item
    of the list ``name``. ``entries``: entries of the form ``document``, any number of them. ``form``: entries of
    forms, one for each item of ``per``. ``form_rows``: rows of the field ``field`` in the entry of the form
    ``document``. ``lines``: lines of that form's check list. ``marks``: experts' marks in that form, a row for each
    expert, or for each expert and line where the lines are the project's own. ``attendance``: how many of an
    enterprise came to an item of the list ``name``.
    """

    kind: RowKind
    name: str = ""
    field: str = ""
    document: str = ""
    per: str = ""


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """The layout of a sheet: its name, purpose, anchor and columns.

    ``owner`` is the column that names the owner of a row. ``former`` is the sheet's earlier layout, still accepted.
    """

    name: str
    title: str
    anchor: Anchor
    columns: tuple[Column, ...]
    group: Literal["basic", "project", "item"]
    hint: str = ""
    owner: Column | None = None
    needed: bool = False
    former: SheetLayout | None = None

    @property
    def is_table(self) -> bool:
        """Whether the sheet has a row for each item."""
        return self.anchor.kind != "root"

    def iterate_columns(self) -> Iterator[Column]:
        """The owner's column, if there is one, then the others."""
        if self.owner is not None:
            yield self.owner
        yield from self.columns


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of a profile's workbook: all sheets, or with ``is_part`` those that some documents need."""

    profile_id: str
    title: str
    sheets: tuple[SheetLayout, ...]
    is_part: bool = False

    def find_sheet(self, name: str) -> SheetLayout | None:
        """The sheet of that name, or None."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)


def find_naming(by_path: Mapping[tuple[str, ...], int], sheet: SheetLayout) -> list[int]:
    """The columns that name a row, the best first; a file's name is its path, a form's its first text."""
    if sheet.anchor.kind == "entries":
        texts = [column.path for column in sheet.columns if column.kind in ("text", "code")]
        return [by_path[path] for path in texts[:1] if path in by_path]
    child = sheet.anchor.kind == "child"
    names = _NAMING_FIELDS if child else _NAMING_OF_LISTS.get(sheet.anchor.name, _NAMING_FIELDS)
    return [by_path[(name,)] for name in names if (name,) in by_path]
