"""The layout of an intake workbook: sheets and columns, made from a profile and the record's types alone.

A *record* sheet asks for single values, one below the other; a *table* sheet has a row for each item. A sheet's anchor
says where in the record its rows belong, a column's path where in the row's item its value does. Nothing here knows a
file: ``write`` draws the layout, ``headers`` finds it again in a workbook that came back.
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
"""The first column of a table: marks the example row; a number given there names the row in other sheets."""
EXAMPLE_MARK = "示例"
LIST_SHEET = "_选项"
ABOUT_SHEET = "_docgen"
PART_WORD = "part"
"""What the hidden sheet says of a copy that holds some of the rows only."""
SHEETS_WORD = "sheets"
"""What the hidden sheet says of a workbook that has only some of the profile's sheets: their names, a line each."""
ISSUE_SHEET = "问题清单"
CONFIRMED_SHEET = "已核实"
CONFIRMED_HEADERS = ("工作表", "单元格", "行名", "栏目", "值", "理由")
"""Where a confirmed value stands: its cell, or what its row and its column are called; what it is, why it is right."""
ALL_WORD = "全部企业"
"""In a column that names enterprises: all of them."""
MULTIPLE_JOINT = "、"
_NAMING_FIELDS = ("name", "title", "short_name", "label")
_NAMING_OF_LISTS = {"evidence": ("file",), "rubrics": ("key",)}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, or a line of a record sheet.

    ``header`` is what stands in the sheet, unique there; ``label`` and ``unit`` are its parts. ``path`` leads from the
    item of the row (from the record, on a record sheet) to the value; on a column that belongs to a form, ``document``
    names the form and the path starts at its entry. ``words`` lead from what is typed to what the record holds,
    those of ``also`` are understood and not offered;
    ``target`` is the list that a reference names. ``digits`` are the usual lengths of a code. ``counted`` asks for a
    column beside it that shows how long the text has become. ``former`` is an example that earlier workbooks came with.
    ``key`` is the name of a shared field (``Party.name``). ``synonyms`` are what other people's tables call it.
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
    """Where the rows of a sheet belong.

    ``root``: single values. ``list``: items of the list ``name``. ``child``: items of the list ``field`` inside an item
    of the list ``name``. ``entries``: entries of the form ``document``, as many as there were. ``form``: entries of
    forms, one for each item of ``per``. ``form_rows``: rows of the field ``field`` in the entry of the form
    ``document``. ``lines``: lines of that form's check list. ``marks``: what experts gave
    in that form, a row for each expert, or for each expert and line where the lines are the project's own.
    ``attendance``: how many of an enterprise came to an item
    of the list ``name``.
    """

    kind: RowKind
    name: str = ""
    field: str = ""
    document: str = ""
    per: str = ""


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """A sheet: its name, what it is for, where its rows belong, its columns.

    ``owner`` is the column that names the item which a row belongs to. ``former`` is how the sheet was laid out once: a
    workbook of that time is still read.
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
        """Whether it has a row for each item."""
        return self.anchor.kind != "root"

    def iterate_columns(self) -> Iterator[Column]:
        """The owner's column, if there is one, then the others."""
        if self.owner is not None:
            yield self.owner
        yield from self.columns


@dataclass(frozen=True, slots=True)
class Layout:
    """The workbook of a profile: all of its sheets, or those that ``is_part`` of its documents need."""

    profile_id: str
    title: str
    sheets: tuple[SheetLayout, ...]
    is_part: bool = False

    def find_sheet(self, name: str) -> SheetLayout | None:
        """The sheet of that name, or None."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)


def find_naming(by_path: Mapping[tuple[str, ...], int], sheet: SheetLayout) -> list[int]:
    """The columns by which people name a row, the best first; a file is known by its path, a form by its first text."""
    if sheet.anchor.kind == "entries":
        texts = [column.path for column in sheet.columns if column.kind in ("text", "code")]
        return [by_path[path] for path in texts[:1] if path in by_path]
    child = sheet.anchor.kind == "child"
    names = _NAMING_FIELDS if child else _NAMING_OF_LISTS.get(sheet.anchor.name, _NAMING_FIELDS)
    return [by_path[(name,)] for name in names if (name,) in by_path]
