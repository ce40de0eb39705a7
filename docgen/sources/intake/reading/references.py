"""Resolves references in cells: rows of other sheets, by name or number, led to their keys."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import replace

from docgen.diagnostics import Param, Term
from docgen.profile.labels import simplify_word
from docgen.profile.load import LoadedProfile
from docgen.sources.intake.reading.values import CellPlace, FaultyCell, ValueReader, split_texts
from docgen.sources.intake.workbook.grid import SheetCell, SheetRow
from docgen.sources.intake.workbook.headers import MatchedSheet
from docgen.sources.intake.workbook.layout import ALL_WORD, Column, find_naming
from docgen.sources.intake.workbook.names import NameIndex, make_key
from docgen.sources.intake.workbook.notes import DiagnosticGatherer
from docgen.sources.intake.workbook.places import RowPlaces

_ENTERPRISES = "enterprises[]"
_BRACKETS = frozenset((("（", "）"), ("(", ")")))
_WHOSE = re.compile(r"(.+?)\s*(?:[/／]\s*([^/／]+)|[（(]([^（）()]+)[）)])")
_SINGLE = ("enterprises",)
"""Lists with unique names: a second row of the same name is a mistake."""


class References:
    """The keys of all rows that cells can refer to (``keys``), and the owners of rows inside other items (``owners``).

    A row is identified by its matched sheet and number, since a sheet may be matched several times.
    """

    def __init__(
        self,
        sheets: Sequence[MatchedSheet],
        values: ValueReader,
        notes: DiagnosticGatherer,
        *,
        places: RowPlaces,
        loaded: LoadedProfile,
    ) -> None:
        self.keys: dict[tuple[int, int], str] = {}
        self.owners: dict[tuple[int, int], str | None] = {}
        self._sheets = sheets
        self._values = values
        self._notes = notes
        self._places = places
        self._loaded = loaded
        self._indexes: dict[tuple[str, str], NameIndex] = {}
        self._astray: dict[str, NameIndex] = {}
        self._used: dict[tuple[str, str], dict[str, int]] = {}

    def name_rows(self, sheet: MatchedSheet) -> None:
        """Give each row of a list its key, and collect the names and numbers that other cells may call it by."""
        anchor = sheet.layout.anchor
        child = anchor.kind == "child"
        target = f"{anchor.name}[].{anchor.field}[]" if child else f"{anchor.name}[]"
        if anchor.kind == "entries":
            target = f"forms.{anchor.document}[]"
        naming = find_naming({column.path: at for at, column in sheet.places.items()}, sheet.layout)
        owner_at, kind = find_owner_column(sheet), anchor.field or anchor.name or anchor.document
        whole = self._indexes.setdefault((target, ""), NameIndex())
        for row in sheet.rows:
            owner = ""
            if child:
                self.owners[(id(sheet), row.number)] = self.find_owner(sheet, row, owner_at)
                owner = self.owners[(id(sheet), row.number)] or ""
            number = _peek(row, sheet.mark)
            words = [word for word in (_peek(row, at) for at in naming) if word]
            name = words[0] if words else None
            key = make_key(kind, number, name, row.number)
            used = self._used.setdefault((target, owner), {})
            if number is not None and used.get(key, id(sheet)) != id(sheet):
                key = make_key(kind, None, name, row.number)  # row numbers restart in each sheet
            if key in used:
                at = naming[0] if naming and number is None else sheet.mark
                if number is not None or child or anchor.name in _SINGLE:
                    value = number or name or ""
                    self._notes.error("W144", sheet.grid.name, row.number, at, value=value)
                key = _find_free(key, used)
            used[key] = id(sheet)
            self.keys[(id(sheet), row.number)] = key
            names = [*words, *([number] if number else [])]
            whole.add(key, names)
            if child and not owner:
                self._astray.setdefault(target, NameIndex()).add(key, names)
            elif child:
                self._indexes.setdefault((target, owner), NameIndex()).add(key, names)

    def find_owner(self, sheet: MatchedSheet, row: SheetRow, owner_at: int | None) -> str | None:
        """The key of the item that a row belongs to; None where it names none, which is reported."""
        owner = sheet.layout.owner
        assert owner is not None
        value = row.cells.get(owner_at) if owner_at is not None else None
        if value is None:
            if owner_at not in sheet.covered.get(row.number, ()):  # the merged cells were reported
                self._notes.error("W143", sheet.grid.name, row.number, owner_at, label=owner.label)
            return None
        try:
            text = self._values.read_text(value, owner, CellPlace(sheet.grid.name, row.number, owner_at or 1))
            return self.find(text, owner, CellPlace(sheet.grid.name, row.number, owner_at or 1)) if text else None
        except FaultyCell:
            return None

    def find(self, word: str, column: Column, spot: CellPlace, owner: str = "") -> str:
        """The key of the item that a cell names; FaultyCell if it names no item or several."""
        assert column.target is not None
        index = self._indexes.get((column.target, owner)) or self._indexes.get((column.target, "")) or NameIndex()
        key = index.find(word)
        if key is None and owner:
            index = self._indexes.get((column.target, owner), NameIndex())
        astray = self._astray.get(column.target)
        if key is None and astray is not None and astray.find(word) is not None:
            raise FaultyCell  # the row exists, but its unknown owner was reported
        if key is None:
            code = "W142" if index.is_shared(word) else "W141"
            place = self._places.name_sheet(tuple(step.removesuffix("[]") for step in column.target.split(".")))
            where = place[0] if place is not None else column.target
            nearest: Param = index.suggest(word) or Term("workbook.none_yet")
            params: dict[str, Param] = {
                "label": column.label,
                "value": word[:40],
                "where": where,
                "nearest": nearest,
            }
            self._notes.error(code, spot.sheet, spot.row, spot.column, **params)
            raise FaultyCell
        return key

    def find_several(self, text: str, column: Column, spot: CellPlace) -> list[str]:
        """The keys of the items that a cell names; FaultyCell if one of the names is of no item."""
        index = self._indexes.get((column.target or "", ""), NameIndex())
        if column.target == _ENTERPRISES and simplify_word(text) in (simplify_word(ALL_WORD), "全部", "所有企业"):
            return [key for key in self._keys_of("enterprises")]
        keys: list[str] = []
        words = [text] if index.find(text) is not None else split_texts(text)
        faulty = False
        for word in words:
            try:
                keys.append(self.find(word, column, spot))
            except FaultyCell:
                faulty = True
        if faulty:
            raise FaultyCell
        return list(dict.fromkeys(keys))

    def find_document(self, text: str, column: Column, spot: CellPlace) -> str | None:
        """The id of a document by its title and owner, the owner in brackets or after a dash, as docgen spells it."""
        title, named = _part_document(text, column)
        if not named:
            return self._values.read_choice(text, column, spot) if text else None
        document = self._values.read_choice(title, column, spot)
        per = next((spec.per for spec in self._loaded.profile.documents if spec.id == document), None)
        if per is None:  # a filing item has no owner
            return self._values.read_choice(text, column, spot)
        return document if per == "project" else f"{document}/{self.find(named, replace(column, target=per), spot)}"

    def _keys_of(self, name: str) -> list[str]:
        return [
            self.keys[(id(sheet), row.number)]
            for sheet in self._sheets
            if sheet.layout.anchor.kind == "list" and sheet.layout.anchor.name == name
            for row in sheet.rows
        ]


def _part_document(text: str, column: Column) -> tuple[str, str]:
    """The title and owner in a document's name; known titles and names may contain dashes and brackets."""
    if text in column.words:
        return text, ""
    for title in sorted(column.words, key=len, reverse=True):
        behind = text.removeprefix(title).strip()
        if text.startswith(title) and (behind[:1], behind[-1:]) in _BRACKETS:
            return title, behind[1:-1].strip()
    match = _WHOSE.fullmatch(text)
    return (match[1].strip(), (match[2] or match[3]).strip()) if match is not None else (text, "")


def find_owner_column(sheet: MatchedSheet) -> int | None:
    return next((at for at, column in sheet.places.items() if column is sheet.layout.owner), None)


def _peek(row: SheetRow, at: int | None) -> str | None:
    """The text of a cell as its row's name; None if it can't be a name."""
    value = row.cells.get(at) if at is not None else None
    if isinstance(value, SheetCell):
        return value.text.removesuffix(".0") if value.kind == "number" else None
    return value.strip() or None if value is not None else None


def _find_free(key: str, used: Container[str]) -> str:
    number = 2
    while f"{key}-{number}" in used:
        number += 1
    return f"{key}-{number}"
