"""Rows → a record's raw data: items into their lists, rows into their forms, names into keys; and every place kept.

Two rounds. The first gives every item of a list its key and learns what it is called; the second reads all cells, in
which other sheets name those items.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from docgen.profile.load import LoadedProfile
from docgen.sources.intake.grid import Book, Cell, GridValue, Row
from docgen.sources.intake.headers import MatchedSheet
from docgen.sources.intake.layout import ALL_WORD, NUMBER_KINDS, Column, Layout
from docgen.sources.intake.names import NameIndex, find_naming, make_key
from docgen.sources.intake.notes import Notes
from docgen.sources.intake.places import IntakeTree, Places
from docgen.sources.intake.values import FaultyCell, Spot, ValueReader, is_plain, simplify_word, split_texts
from docgen.trees import RawPath

_LONGEST_TEXT = 32767
_ENTERPRISES = "enterprises[]"
_TOP: RawPath = ()
_WHOSE = re.compile(r"(.+?)\s*(?:[/／]\s*([^/／]+)|[（(]([^（）()]+)[）)])")
_PLAIN = frozenset(("text", "prose", "yes_no"))
_SINGLE = ("enterprises",)
"""Lists in which one name stands for one item: a second row of the name is a slip."""


@dataclass(frozen=True, slots=True)
class Assembled:
    """The raw data with places, and the places whose cells were at fault."""

    tree: IntakeTree
    failed: frozenset[RawPath]


def assemble(book: Book, sheets: list[MatchedSheet], layout: Layout, loaded: LoadedProfile, notes: Notes) -> Assembled:
    """The raw data of a workbook; every fault of a cell goes to ``notes``."""
    return _Assembler(book, sheets, layout, loaded, notes).run()


class _Assembler:
    def __init__(
        self, book: Book, sheets: list[MatchedSheet], layout: Layout, loaded: LoadedProfile, notes: Notes
    ) -> None:
        self._sheets = sheets
        self._layout = layout
        self._loaded = loaded
        self._notes = notes
        self._values = ValueReader(book, notes)
        self._places = Places(book, layout)
        self._data: dict[str, Any] = {"profile": layout.profile_id}
        self._failed: set[RawPath] = set()
        self._indexes: dict[tuple[str, str], NameIndex] = {}
        # (sheet, row) → the item's key; its owner's key for a row inside another item
        self._keys: dict[tuple[str, int], str] = {}
        self._owners: dict[tuple[str, int], str | None] = {}
        self._items: dict[tuple[str, str], tuple[dict[str, Any], RawPath]] = {}

    def run(self) -> Assembled:
        for kind in ("list", "child", "entries"):
            for sheet in self._of(kind):
                self._name_rows(sheet)
        steps: tuple[tuple[str, Callable[[MatchedSheet], None]], ...] = (
            ("root", self._read_root),
            ("list", self._read_list),
            ("child", self._read_children),
            ("attendance", self._read_attendance),
            ("entries", self._read_entries),
            ("form", self._read_forms),
            ("form_rows", self._read_form_rows),
            ("lines", self._read_lines),
        )
        for kind, read in steps:
            for sheet in self._of(kind):
                read(sheet)
        self._complete_documents()
        return Assembled(IntakeTree(self._data, self._places), frozenset(self._failed))

    def _of(self, kind: str) -> list[MatchedSheet]:
        return [sheet for sheet in self._sheets if sheet.layout.anchor.kind == kind]

    # the first round: keys and names

    def _name_rows(self, sheet: MatchedSheet) -> None:
        anchor = sheet.layout.anchor
        child = anchor.kind == "child"
        target = f"{anchor.name}[].{anchor.field}[]" if child else f"{anchor.name}[]"
        if anchor.kind == "entries":
            target = f"forms.{anchor.document}[]"
        naming = find_naming({column.path: at for at, column in sheet.places.items()}, sheet.layout)
        owner_at, _kind = _find_owner(sheet), anchor.field or anchor.name or anchor.document
        taken: dict[str, set[str]] = {}
        whole = self._indexes.setdefault((target, ""), NameIndex())
        for row in sheet.rows:
            owner = ""
            if child:
                found = self._find_owner_key(sheet, row, owner_at)
                self._owners[(sheet.grid.name, row.number)] = found
                owner = found or ""
            number = _peek(row, sheet.mark)
            words = [word for word in (_peek(row, at) for at in naming) if word]
            key = make_key(
                anchor.field or anchor.name or anchor.document, number, words[0] if words else None, row.number
            )
            used = taken.setdefault(owner, set())
            if key in used:
                at = naming[0] if naming and number is None else sheet.mark
                if number is not None or child or anchor.name in _SINGLE:
                    value = number or (words[0] if words else "")
                    self._notes.error("W144", sheet.grid.name, row.number, at, value=value)
                key = _find_free(key, used)
            used.add(key)
            self._keys[(sheet.grid.name, row.number)] = key
            called = [*words, *([number] if number else [])]
            whole.add(key, called)
            if child:
                self._indexes.setdefault((target, owner), NameIndex()).add(key, called)

    def _find_owner_key(self, sheet: MatchedSheet, row: Row, owner_at: int | None) -> str | None:
        owner = sheet.layout.owner
        assert owner is not None
        value = row.cells.get(owner_at) if owner_at is not None else None
        if value is None:
            self._notes.error("W143", sheet.grid.name, row.number, owner_at, label=owner.label)
            return None
        try:
            text = self._values.read_text(value, owner, Spot(sheet.grid.name, row.number, owner_at or 1))
            return self._find_reference(text, owner, Spot(sheet.grid.name, row.number, owner_at or 1)) if text else None
        except FaultyCell:
            return None

    def _find_reference(self, word: str, column: Column, spot: Spot, owner: str = "") -> str:
        """The key of what a cell names; FaultyCell when it names nothing, or several things."""
        assert column.target is not None
        index = self._indexes.get((column.target, owner)) or self._indexes.get((column.target, "")) or NameIndex()
        found = index.find(word)
        if found is None and owner:
            index = self._indexes.get((column.target, owner), NameIndex())
        if found is None:
            code = "W142" if index.is_shared(word) else "W141"
            place = self._places.name_sheet(tuple(step.removesuffix("[]") for step in column.target.split(".")))
            where = place[0] if place is not None else column.target
            said = {"label": column.label, "value": word[:40], "where": where, "nearest": index.suggest(word)}
            self._notes.error(code, spot.sheet, spot.row, spot.column, **said)
            raise FaultyCell
        return found

    # the second round: values

    def _read_root(self, sheet: MatchedSheet) -> None:
        at = sheet.value_column
        for row in sheet.rows:
            column = sheet.cells[row.number]
            if column.document is None:
                item, place = self._data, _TOP
            else:
                item, place = self._enter_form(column.document, None)
            path: RawPath = (*place, *column.path)
            self._places.cells[path] = (sheet, row.number)
            value = row.cells.get(at)
            if value is None:
                continue
            try:
                read = self._read_value(value, column, Spot(sheet.grid.name, row.number, at), "")
            except FaultyCell:
                self._failed.add(path)
                continue
            if read is not None:
                _put(item, column.path, read)
        for document in {column.document for column in sheet.cells.values() if column.document is not None}:
            entries = self._data.get("forms", {}).get(document)
            if entries == [{}]:
                # a form of which nothing was filled in isn't there, and is reported as such
                del self._data["forms"][document]
                self._items.pop((document, ""), None)

    def _read_list(self, sheet: MatchedSheet) -> None:
        name = sheet.layout.anchor.name
        items: list[Any] = self._data.setdefault(name, [])
        keyed = self._is_keyed(name)
        for row in sheet.rows:
            place: RawPath = (name, len(items))
            key = self._keys[(sheet.grid.name, row.number)]
            item: dict[str, Any] = {"key": key} if keyed else {}
            self._places.rows[place] = [(sheet, row.number)]
            self._fill(item, sheet, row, place, owner=key if name == "enterprises" else "", document=None)
            items.append(item)
            self._items[(name, key)] = item, place

    def _is_keyed(self, name: str) -> bool:
        from docgen.profile.paths import item_type

        model = item_type(self._loaded.record_model.model_fields[name].annotation)[0]
        return "key" in model.model_fields

    def _read_children(self, sheet: MatchedSheet) -> None:
        anchor = sheet.layout.anchor
        for row in sheet.rows:
            owner = self._owners[(sheet.grid.name, row.number)]
            found = self._items.get((anchor.name, owner)) if owner is not None else None
            if found is None:
                self._failed.add((anchor.name,))
                continue
            parent, above = found
            items = parent.setdefault(anchor.field, [])
            place: RawPath = (*above, anchor.field, len(items))
            self._places.rows[place] = [(sheet, row.number)]
            item: dict[str, Any] = {"key": self._keys[(sheet.grid.name, row.number)]}
            self._fill(item, sheet, row, place, owner=owner or "", document=None)
            items.append(item)

    def _read_attendance(self, sheet: MatchedSheet) -> None:
        anchor, owner_at = sheet.layout.anchor, _find_owner(sheet)
        for row in sheet.rows:
            owner = self._find_owner_key(sheet, row, owner_at)
            found = self._items.get((anchor.name, owner)) if owner is not None else None
            if found is None:
                self._failed.add((anchor.name,))
                continue
            parent, above = found
            line: dict[str, Any] = {}
            self._fill(line, sheet, row, above, owner="", document=None)
            enterprise, count = line.get("enterprise"), line.get("count")
            if enterprise is None:
                self._failed.add((*above, anchor.field))
                continue
            place: RawPath = (*above, anchor.field, enterprise)
            if place in self._places.rows:
                self._notes.error("W145", sheet.grid.name, row.number, 1, first=self._places.rows[place][0][1])
                continue
            self._places.rows[place] = [(sheet, row.number)]
            if count is not None:
                parent.setdefault(anchor.field, {})[enterprise] = count
            if enterprise not in parent.setdefault("enterprises", []):
                parent["enterprises"].append(enterprise)

    def _enter_form(self, document: str, of: str | None) -> tuple[dict[str, Any], RawPath]:
        """The entry of a form for an item, made when it isn't there."""
        known = self._items.get((document, of or ""))
        if known is not None:
            return known
        entries = self._data.setdefault("forms", {}).setdefault(document, [])
        entry: dict[str, Any] = {"of": of} if of is not None else {}
        place: RawPath = ("forms", document, len(entries))
        entries.append(entry)
        self._items[(document, of or "")] = entry, place
        return entry, place

    def _read_entries(self, sheet: MatchedSheet) -> None:
        document = sheet.layout.anchor.document
        entries: list[Any] = self._data.setdefault("forms", {}).setdefault(document, [])
        for row in sheet.rows:
            key = self._keys[(sheet.grid.name, row.number)]
            entry: dict[str, Any] = {"key": key}
            place: RawPath = ("forms", document, len(entries))
            self._places.rows[place] = [(sheet, row.number)]
            self._fill(entry, sheet, row, place, owner="", document=document)
            entries.append(entry)
            self._items[(document, key)] = entry, place
        if not entries:
            del self._data["forms"][document]

    def _read_forms(self, sheet: MatchedSheet) -> None:
        owner_at = _find_owner(sheet)
        seen: dict[str, int] = {}
        documents = {column.document for column in sheet.places.values() if column.document is not None}
        for row in sheet.rows:
            owner = self._find_owner_key(sheet, row, owner_at)
            if owner is None:
                self._failed.update(("forms", document) for document in documents)
                continue
            if owner in seen:
                self._notes.error("W145", sheet.grid.name, row.number, owner_at, first=seen[owner])
                continue
            seen[owner] = row.number
            for document in documents:
                filled = any(at in row.cells for at, column in sheet.places.items() if column.document == document)
                if filled:
                    entry, place = self._enter_form(document, owner)
                    self._places.rows.setdefault(place, []).append((sheet, row.number))
                    self._fill(entry, sheet, row, place, owner=owner, document=document)

    def _read_form_rows(self, sheet: MatchedSheet) -> None:
        anchor, owner_at = sheet.layout.anchor, _find_owner(sheet)
        for row in sheet.rows:
            owner = self._find_owner_key(sheet, row, owner_at) if sheet.layout.owner is not None else None
            if owner is None and sheet.layout.owner is not None:
                self._failed.add(("forms", anchor.document))
                continue
            entry, above = self._enter_form(anchor.document, owner)
            items = entry.setdefault(anchor.field, [])
            place: RawPath = (*above, anchor.field, len(items))
            self._places.rows[place] = [(sheet, row.number)]
            self._places.rows.setdefault(above, []).append((sheet, row.number))
            item: dict[str, Any] = {}
            self._fill(item, sheet, row, place, owner=owner or "", document=anchor.document)
            items.append(item)

    def _read_lines(self, sheet: MatchedSheet) -> None:
        anchor, owner_at = sheet.layout.anchor, _find_owner(sheet)
        for row in sheet.rows:
            owner = self._find_owner_key(sheet, row, owner_at) if sheet.layout.owner is not None else None
            if owner is None and sheet.layout.owner is not None:
                self._failed.add(("forms", anchor.document))
                continue
            entry, above = self._enter_form(anchor.document, owner)
            self._places.rows.setdefault(above, []).append((sheet, row.number))
            line: dict[str, Any] = {}
            self._fill(line, sheet, row, (*above, "lines"), owner=owner or "", document=anchor.document)
            key = line.pop("line", None)
            if key is None:
                self._failed.add((*above, "lines"))
                continue
            place: RawPath = (*above, "lines", key)
            if place in self._places.rows:
                self._notes.error("W145", sheet.grid.name, row.number, 1, first=self._places.rows[place][0][1])
                continue
            self._places.rows[place] = [(sheet, row.number)]
            entry.setdefault("lines", {})[key] = line

    def _fill(
        self, item: dict[str, Any], sheet: MatchedSheet, row: Row, place: RawPath, *, owner: str, document: str | None
    ) -> None:
        """Read the cells of a row into an item. Every cell of a large workbook comes through here."""
        places, number, name, days = sheet.places, row.number, sheet.grid.name, self._values.days
        for at, value in row.cells.items():
            column = places.get(at)
            if column is None or column is sheet.layout.owner or column.document != document:
                continue
            kind = column.kind
            read: Any
            if type(value) is str:
                if kind in _PLAIN and len(value) < _LONGEST_TEXT and (value[0] != "#" or kind != "yes_no"):
                    read = value.strip(" \t\n\r\u3000\xa0\u200b\ufeff") or None
                elif value in column.words and kind == "choice":
                    read = column.words[value]
                else:
                    read = self._try(value, column, Spot(name, number, at), owner, place)
            elif kind in NUMBER_KINDS and value[0] == "number" and is_plain(value[1]):
                read = value[1]
            elif kind == "date" and value[0] == "date" and value[1] in days:
                read = days[value[1]]
            else:
                read = self._try(value, column, Spot(name, number, at), owner, place)
            if read is not None:
                path = column.path
                if len(path) == 1:
                    item[path[0]] = read
                else:
                    _put(item, path, read)

    def _try(self, value: GridValue, column: Column, spot: Spot, owner: str, place: RawPath) -> Any:
        try:
            return self._read_value(value, column, spot, owner)
        except FaultyCell:
            self._failed.add((*place, *column.path))
            return None

    def _read_value(self, value: GridValue, column: Column, spot: Spot, owner: str) -> Any:  # noqa: PLR0911 - by kind
        if column.key == "Evidence.document" and isinstance(value, str):
            return self._read_document(value.strip(), column, spot)
        text = self._values.read_text(value, column, spot)
        if text is None:
            return None
        kind = column.kind
        if kind == "choices":
            return self._values.read_choices(text, column, spot)
        if kind == "texts":
            return split_texts(text)
        if kind == "reference":
            return self._find_reference(text, column, spot, owner)
        if kind == "references":
            return self._read_references(text, column, spot)
        return text

    def _read_document(self, text: str, column: Column, spot: Spot) -> str | None:
        """A document by its title, and whose it is in brackets or behind a stroke, as docgen itself spells it."""
        match = None if text in column.words else _WHOSE.fullmatch(text)
        if match is None:
            return self._values.read_choice(text, column, spot) if text else None
        document = self._values.read_choice(match[1].strip(), column, spot)
        per = next(item.per for item in self._loaded.profile.documents if item.id == document)
        if per == "project":
            return document
        whose = replace(column, target=per)
        return f"{document}/{self._find_reference((match[2] or match[3]).strip(), whose, spot)}"

    def _read_references(self, text: str, column: Column, spot: Spot) -> list[str]:
        index = self._indexes.get((column.target or "", ""), NameIndex())
        if column.target == _ENTERPRISES and simplify_word(text) in (simplify_word(ALL_WORD), "全部", "所有企业"):
            return [key for key in self._keys_of("enterprises")]
        found: list[str] = []
        words = [text] if index.find(text) is not None else split_texts(text)
        faulty = False
        for word in words:
            try:
                found.append(self._find_reference(word, column, spot))
            except FaultyCell:
                faulty = True
        if faulty:
            raise FaultyCell
        return list(dict.fromkeys(found))

    def _keys_of(self, name: str) -> list[str]:
        return [
            self._keys[(sheet.grid.name, row.number)]
            for sheet in self._of("list")
            if sheet.layout.anchor.name == name
            for row in sheet.rows
        ]

    def _complete_documents(self) -> None:
        """A scan names the document it is of; of a document made for each enterprise, the enterprise belongs to it."""
        per = {document.id: document.per for document in self._loaded.profile.documents}
        for item in self._data.get("evidence", ()):
            document, enterprises = item.get("document"), item.get("enterprises", ())
            if per.get(document or "") == _ENTERPRISES and len(enterprises) == 1:
                item["document"] = f"{document}/{enterprises[0]}"


def _find_owner(sheet: MatchedSheet) -> int | None:
    return next((at for at, column in sheet.places.items() if column is sheet.layout.owner), None)


def _peek(row: Row, at: int | None) -> str | None:
    """What a cell says, for naming its row; None where it says nothing that could."""
    value = row.cells.get(at) if at is not None else None
    if isinstance(value, Cell):
        return value.text.removesuffix(".0") if value.kind == "number" else None
    return value.strip() or None if value is not None else None


def _find_free(key: str, used: set[str]) -> str:
    number = 2
    while f"{key}-{number}" in used:
        number += 1
    return f"{key}-{number}"


def _put(item: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        item = item.setdefault(step, {})
    item[path[-1]] = value
