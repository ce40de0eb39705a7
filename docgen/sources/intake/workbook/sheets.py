"""Builds the layout of a profile's intake workbook: its sheets, their order and their columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Literal, cast, get_origin

from pydantic import BaseModel

from docgen.profile.document import DocumentSpec, FieldSpec
from docgen.profile.faults import name_label
from docgen.profile.load import LoadedProfile
from docgen.profile.paths import Place, item_type
from docgen.record.record import Record
from docgen.sources.intake.workbook.columns import ColumnMaker
from docgen.sources.intake.workbook.expert_marks import find_marked, make_mark_columns, make_rubric_name
from docgen.sources.intake.workbook.layout import (
    ABOUT_SHEET,
    CONFIRMED_SHEET,
    ISSUE_SHEET,
    LIST_SHEET,
    MARK_HEADER,
    Anchor,
    Column,
    Layout,
    SheetLayout,
)

_LONGEST_NAME = 31
_FORBIDDEN = str.maketrans({mark: "_" for mark in "[]:*?/\\'"})
_FEW = 3
# the lists of the shared vocabulary, in the order in which people know them
_LISTS = ("parties", "enterprises", "activities", "trainings", "evidence", "not_applicable")
_ORDERS = {"rubrics.lines": ("group", "label", "points", "basis")}
"""Columns whose order in the sheet differs from that of the types."""
_NEEDED = frozenset(("enterprises",))
_ARCHIVED = frozenset(("not_applicable",))
"""Lists about packages; a workbook for some documents leaves them out."""


@lru_cache(maxsize=16)
def build_layout(loaded: LoadedProfile) -> Layout:
    """The layout of a profile's workbook."""
    profile = loaded.profile
    sheets = _SheetBuilder(loaded).build()
    return Layout(profile.id, f"{profile.standard.number} {profile.standard.title}", tuple(sheets))


def reduce_layout(layout: Layout, is_read: Callable[[Place], bool]) -> Layout:
    """The layout reduced to the sheets and forms that are read, the lists that these refer to, and the project's data.

    Names and order are those of the full layout, so that the reduced workbook is read in the same way.
    """
    forms = [form for sheet in layout.sheets if (form := _reduce_form(sheet, is_read)) is not None]
    targets = {column.target for sheet in forms for column in sheet.columns}

    def is_kept(sheet: SheetLayout) -> bool:
        anchor = sheet.anchor
        if anchor.kind == "list" and (sheet.needed or f"{anchor.name}[]" in targets):
            return True
        return anchor.name not in _ARCHIVED and is_read((anchor.name, anchor.field) if anchor.field else (anchor.name,))

    lists = [sheet for sheet in layout.sheets if sheet.anchor.name and is_kept(sheet)]
    kept = {sheet.name: sheet for sheet in (*forms, *lists)}
    sheets = tuple(kept[sheet.name] for sheet in layout.sheets if sheet.name in kept)
    return replace(layout, sheets=sheets, is_part=True)


def _reduce_form(sheet: SheetLayout, is_read: Callable[[Place], bool]) -> SheetLayout | None:
    """A sheet of forms with only the columns of forms that are read; None if no column remains."""
    if sheet.anchor.name or (sheet.anchor.document and not is_read(("forms", sheet.anchor.document))):
        return None
    columns = [item for item in sheet.columns if item.document is None or is_read(("forms", item.document))]
    return replace(sheet, columns=tuple(columns)) if columns else None


class _SheetBuilder:
    """Builds the sheets of a profile's workbook, whose names are valid and unique."""

    def __init__(self, loaded: LoadedProfile) -> None:
        self._loaded = loaded
        self._columns = ColumnMaker(loaded)
        self._sheet_names = {ABOUT_SHEET, LIST_SHEET, ISSUE_SHEET, CONFIRMED_SHEET, self._text("guide")}

    def build(self) -> Iterator[SheetLayout]:
        yield self._build_root()
        for name in _LISTS:
            yield from self._build_list(name)
        if any(document.marking is not None for document in self._loaded.profile.documents):
            yield from self._build_list("rubrics", make_rubric_name(self._columns))
        documents = [document for document in self._loaded.profile.documents if document.own_form]
        yield from self._build_project([document for document in documents if document.per == "project"])
        for document in documents:
            if document.per_entry:
                yield from self._build_entries(document)
        others = [document for document in documents if document.per != "project" and not document.per_entry]
        for per in dict.fromkeys(document.per for document in others):
            yield from self._build_items(per, [document for document in others if document.per == per])

    def _text(self, key: str, **params: object) -> str:
        # a clause that isn't named leaves no empty brackets
        return self._columns.texts.text(f"workbook.{key}", **params).replace("（）", "")

    def _name(self, wanted: str) -> str:
        """A valid and unique sheet name."""
        name = wanted.translate(_FORBIDDEN)[:_LONGEST_NAME].strip()
        number = 1
        while name in self._sheet_names:
            number += 1
            mark = f"_{number}"
            name = wanted.translate(_FORBIDDEN)[: _LONGEST_NAME - len(mark)] + mark
        self._sheet_names.add(name)
        return name

    def _make_sheet(
        self,
        title: str,
        anchor: Anchor,
        columns: Iterator[Column] | list[Column],
        group: Literal["basic", "project", "item"],
        hint: str,
        *,
        owner: Column | None = None,
    ) -> SheetLayout:
        name = self._name(title)
        needed = (anchor.kind, group) == ("root", "basic") or (anchor.kind == "list" and anchor.name in _NEEDED)
        return SheetLayout(name, title, anchor, _make_unique(columns, owner), group, hint, owner, needed)

    def _build_root(self) -> SheetLayout:
        columns: list[Column] = []
        for name in ("project", "scoring"):
            model = item_type(Record.model_fields[name].annotation)[0]
            if name == "project" or self._loaded.profile.scoring is not None:
                columns += self._columns.make_shared(model, name, (name,))
        if self._loaded.profile.numbering is None:
            columns = [column for column in columns if column.key != "Project.last_numbers"]
        # bands of grades are a table of their own that hardly any project changes: they stay with the record file
        return self._make_sheet(
            self._text("sheet.project"), Anchor("root"), columns, "basic", self._text("about.project")
        )

    def _build_list(self, name: str, *first: Column) -> Iterator[SheetLayout]:
        """A list of the record, and the lists inside its items."""
        model = cast("type[BaseModel]", item_type(Record.model_fields[name].annotation)[0])
        yield self._make_sheet(
            self._text(f"sheet.{name}"),
            Anchor("list", name),
            [*first, *self._columns.make_shared(model, f"{name}[]")],
            "basic",
            self._text(f"about.{name}"),
        )
        for attribute, info in model.model_fields.items():
            kind, is_list = item_type(info.annotation)
            if get_origin(info.annotation) is dict:
                yield self._build_attendance(name, attribute)
            elif is_list and isinstance(kind, type) and issubclass(kind, BaseModel):
                label = self._columns.texts.label(name_label(model, attribute)) or attribute
                yield self._build_children(name, attribute, kind, label)

    def _build_attendance(self, name: str, attribute: str) -> SheetLayout:
        """The numbers by enterprise of a list's items: a row for each item and enterprise."""
        count = Column(self._text("count"), self._text("count"), ("count",), "int", need="required", example="9")
        enterprise = replace(self._columns.make_owner("enterprises[]"), path=("enterprise",))
        return self._make_sheet(
            self._text(f"sheet.{name}.{attribute}"),
            Anchor("attendance", name, attribute),
            [enterprise, count],
            "basic",
            self._text(f"about.{name}.{attribute}"),
            owner=self._columns.make_owner(f"{name}[]"),
        )

    def _build_children(self, name: str, attribute: str, model: type[BaseModel], label: str) -> SheetLayout:
        """The list inside a list's items: a row for each of its own items."""
        owner = self._columns.make_owner(f"{name}[]")
        columns = list(self._columns.make_shared(model, f"{name}[].{attribute}[]"))
        order = _ORDERS.get(f"{name}.{attribute}", ())
        columns.sort(key=lambda column: order.index(column.path[0]) if column.path[0] in order else len(order))
        hint = self._columns.find_text(f"workbook.about.{name}.{attribute}")
        return self._make_sheet(
            self._columns.find_text(f"workbook.sheet.{name}.{attribute}") or f"{owner.label}{label}",
            Anchor("child", name, attribute),
            columns,
            "basic",
            hint or self._text("about.child", label=label, owner=owner.label),
            owner=owner,
        )

    def _build_project(self, documents: list[DocumentSpec]) -> Iterator[SheetLayout]:
        columns: list[Column] = []
        for document in documents:
            columns += self._columns.make_own(document, document.fields)
            columns += self._columns.make_headings(document)
            columns += self._columns.make_number(document)
        if columns:
            yield self._make_sheet(
                self._text("sheet.forms"), Anchor("root"), columns, "project", self._text("about.forms")
            )
        for document in documents:
            yield from self._build_parts(document, None)

    def _build_entries(self, document: DocumentSpec) -> Iterator[SheetLayout]:
        """A form with any number of entries: a row for each."""
        own = [*self._columns.make_own(document, document.fields), *self._columns.make_headings(document)]
        own += self._columns.make_number(document)
        hint = self._text("about.entries", title=document.title, clause=document.clause or "")
        yield self._make_sheet(document.title, Anchor("entries", document=document.id), own, "project", hint)
        yield from self._build_parts(document, self._columns.make_owner(document.own_entries))

    def _build_items(self, per: str, documents: list[DocumentSpec]) -> Iterator[SheetLayout]:
        """The forms made for each item of a list: those with few values share a sheet."""
        owner = self._columns.make_owner(per)
        short = [document for document in documents if _is_short(document)]
        columns = [
            column
            for document in short
            for column in (
                *self._columns.make_own(document, document.fields, with_title=True),
                *self._columns.make_number(document, with_title=True),
            )
        ]
        if columns:
            title = self._text("sheet.short", label=owner.label)
            hint = self._text("about.short", label=owner.label)
            yield self._make_sheet(title, Anchor("form", per=per), columns, "item", hint, owner=owner)
        for document in documents:
            own = [] if document in short else [*self._columns.make_own(document, document.fields)]
            own += self._columns.make_headings(document)
            own += self._columns.make_number(document) if document not in short else ()
            if own:
                hint = self._text("about.form", label=owner.label, title=document.title, clause=document.clause or "")
                anchor = Anchor("form", document=document.id, per=per)
                yield self._make_sheet(document.title, anchor, own, "item", hint, owner=owner)
            yield from self._build_parts(document, owner)

    def _build_parts(self, document: DocumentSpec, owner: Column | None) -> Iterator[SheetLayout]:
        """The sheets of a form's rows and of its check list's lines."""
        group: Literal["project", "item"] = "project" if owner is None else "item"
        per = document.per if owner is not None else ""
        for spec in document.fields:
            if spec.type == "rows" and not _is_by_hand(spec):
                columns = self._columns.make_own(document, spec.fields)
                rows = [replace(column, document=document.id) for column in columns]
                title = self._title_part(document, spec.label)
                hint = self._text("about.rows", title=document.title, label=spec.label, clause=spec.clause or "")
                yield self._make_sheet(
                    title,
                    Anchor("form_rows", field=spec.key, document=document.id, per=per),
                    rows,
                    group,
                    hint,
                    owner=owner,
                )
        if document.lines and document.checklist is not None:
            yield self._build_checklist(document, owner, document.checklist.label)
        if document.id in find_marked(self._loaded):
            lines = tuple(document.iterate_lines())
            yield self._make_sheet(
                f"{document.title}·{self._text('marks')}",
                Anchor("marks", document=document.id, per=per),
                make_mark_columns(self._columns, document),
                group,
                self._text("about.marks" if lines else "about.marks.own", title=document.title),
                owner=owner,
            )

    def _build_checklist(self, document: DocumentSpec, owner: Column | None, label: str) -> SheetLayout:
        """A check list: for the project a row for each line; for many items a row for each, with the lines as columns.

        With a row for each line three hundred enterprises would have twelve thousand rows to fill in.
        """
        title = self._title_part(document, label)
        hint = self._text("about.lines", title=document.title, label=label)
        anchor, columns = Anchor("lines", document=document.id), self._columns.make_line_columns(document)
        if owner is None:
            return self._make_sheet(title, anchor, columns, "project", hint)
        per = replace(anchor, per=document.per)
        spread = self._make_sheet(
            title,
            replace(per, kind="form"),
            self._columns.make_spread_columns(document),
            "item",
            self._text("about.spread", title=document.title, label=label, owner=owner.label),
            owner=owner,
        )
        rows = SheetLayout(spread.name, title, per, _make_unique(columns, owner), "item", hint, owner)
        return replace(spread, former=rows)

    def _title_part(self, document: DocumentSpec, label: str) -> str:
        """The name of a sheet for a part of a form: the form's own name if that is unused and clear."""
        free = document.title.translate(_FORBIDDEN)[:_LONGEST_NAME] not in self._sheet_names
        return document.title if label in document.title and free else f"{document.title}·{label}"


def _is_short(document: DocumentSpec) -> bool:
    """Whether a form has few values: such forms share a sheet, with a row for each item."""
    single = [spec for spec in document.fields if spec.type != "rows"]
    prose = any(heading.source is None for heading in document.headings)
    return 0 < len(single) <= _FEW and not prose and not document.lines


def _is_by_hand(spec: FieldSpec) -> bool:
    return spec.by_hand and all(child.by_hand for child in spec.fields)


def _make_unique(columns: Iterator[Column] | list[Column], owner: Column | None) -> tuple[Column, ...]:
    """The columns with unique headers: a repeated header gets a suffix. On a record sheet the group is part of it."""
    used = {("", MARK_HEADER)} | ({("", owner.header)} if owner is not None else set())
    unique: list[Column] = []
    for column in columns:
        header, number = column.header, 1
        while (column.group, header) in used or ("", header) in used:
            number += 1
            header = f"{column.header}{number}"
        used.add((column.group, header))
        unique.append(replace(column, header=header) if header != column.header else column)
    return tuple(unique)


__all__ = ["build_layout", "reduce_layout"]
