"""Assembles a record's raw data from the rows of a workbook, with the cell of every value.

The first pass gives every list item its key and collects its names; the second pass reads all cells and resolves the
names in other sheets to keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from docgen.profile.load import LoadedProfile
from docgen.sources.intake.reading.confirmed import read_confirmed
from docgen.sources.intake.reading.references import References, find_owner_column
from docgen.sources.intake.reading.row_reader import RowReader, put
from docgen.sources.intake.reading.values import CellPlace, FaultyCell, ValueReader
from docgen.sources.intake.workbook.expert_marks import add_marks
from docgen.sources.intake.workbook.grid import SheetRow, SourceBook
from docgen.sources.intake.workbook.headers import MatchedSheet
from docgen.sources.intake.workbook.layout import CONFIRMED_SHEET, Layout, SheetLayout
from docgen.sources.intake.workbook.notes import DiagnosticGatherer
from docgen.sources.intake.workbook.places import IntakeTree, RowPlaces
from docgen.trees import RawPath

_ENTERPRISES = "enterprises[]"
_TOP: RawPath = ()
STRAY = "?"
"""The last step in the path of a row without a known owner; such a path excuses missing data only."""


@dataclass(frozen=True, slots=True)
class Assembled:
    """The raw data with its cells, and the paths of faulty cells."""

    tree: IntakeTree
    failed: frozenset[RawPath]


def assemble(
    book: SourceBook,
    sheets: list[MatchedSheet],
    layout: Layout,
    loaded: LoadedProfile,
    notes: DiagnosticGatherer,
    *,
    misnamed: Sequence[SheetLayout] = (),
) -> Assembled:
    """The raw data of a workbook; faults of cells go to ``notes``.

    ``misnamed`` are sheets that weren't read because they have another name: their missing data isn't reported again.
    """
    return _Assembler(book, sheets, layout, loaded, notes).run(misnamed)


class _Assembler:
    """Assembles one workbook.

    ``_items`` has each list item and form entry with its path, by its list or document and its key or owner;
    ``_astray`` the names of sheets that have rows without a known owner.
    """

    def __init__(
        self,
        book: SourceBook,
        sheets: list[MatchedSheet],
        layout: Layout,
        loaded: LoadedProfile,
        notes: DiagnosticGatherer,
    ) -> None:
        self._sheets = sheets
        self._layout = layout
        self._loaded = loaded
        self._notes = notes
        self._values = ValueReader(book, notes)
        self._places = RowPlaces(book, layout)
        self._data: dict[str, Any] = {"profile": layout.profile_id}
        self._references = References(sheets, self._values, notes, places=self._places, loaded=loaded)
        self._rows = RowReader(self._values, self._references)
        self._items: dict[tuple[str, str], tuple[dict[str, Any], RawPath]] = {}
        self._astray: set[str] = set()

    def run(self, misnamed: Sequence[SheetLayout]) -> Assembled:
        """Name all rows, since any cell may refer to any row; then read the sheets by kind, owners before parts."""
        for kind in ("list", "child", "entries"):
            for sheet in self._list_sheets(kind):
                self._references.name_rows(sheet)
        steps: tuple[tuple[str, Callable[[MatchedSheet], None]], ...] = (
            ("root", self._read_root),
            ("list", self._read_list),
            ("child", self._read_children),
            ("attendance", self._read_attendance),
            ("entries", self._read_entries),
            ("form", self._read_forms),
            ("form_rows", self._read_form_rows),
            ("lines", self._read_lines),
            ("marks", self._read_marks),
        )
        for kind, read in steps:
            for sheet in self._list_sheets(kind):
                read(sheet)
        self._complete_documents()
        self._read_confirmed()
        astray = [*misnamed, *(sheet.layout for sheet in self._sheets if sheet.grid.name in self._astray)]
        failed = self._rows.failed.union(place for sheet in astray for place in self._list_places(sheet))
        return Assembled(IntakeTree(self._data, self._places), frozenset(failed))

    def _read_confirmed(self) -> None:
        grid = self._places.book.by_name.get(CONFIRMED_SHEET)
        confirmed = read_confirmed(grid, self._places, self._values, self._notes) if grid is not None else []
        if confirmed:
            self._data["confirmed"] = confirmed

    def _list_sheets(self, kind: str) -> list[MatchedSheet]:
        return [sheet for sheet in self._sheets if sheet.layout.anchor.kind == kind]

    def _read_root(self, sheet: MatchedSheet) -> None:
        """The values of the project and of its own forms, each on a line of a record sheet."""
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
                read = self._rows.read_value(value, column, CellPlace(sheet.grid.name, row.number, at), "")
            except FaultyCell:
                self._rows.failed.add(path)
                continue
            if read is not None:
                put(item, column.path, read)
        for document in {column.document for column in sheet.cells.values() if column.document is not None}:
            entries = self._data.get("forms", {}).get(document)
            if entries == [{}]:
                # an empty form counts as missing and is reported as such
                del self._data["forms"][document]
                self._items.pop((document, ""), None)

    def _read_list(self, sheet: MatchedSheet) -> None:
        """The items of a list of the record, a row for each."""
        name = sheet.layout.anchor.name
        items: list[Any] = self._data.setdefault(name, [])
        keyed = self._is_keyed(name)
        for row in sheet.rows:
            place: RawPath = (name, len(items))
            key = self._references.keys[(id(sheet), row.number)]
            item: dict[str, Any] = {"key": key} if keyed else {}
            self._places.rows[place] = [(sheet, row.number)]
            self._rows.fill(item, sheet, row, place, owner=key if name == "enterprises" else "", document=None)
            items.append(item)
            self._items[(name, key)] = item, place

    def _is_keyed(self, name: str, field: str | None = None) -> bool:
        from docgen.profile.paths import item_type

        model = item_type(self._loaded.record_model.model_fields[name].annotation)[0]
        if field is not None:
            model = item_type(model.model_fields[field].annotation)[0]
        return "key" in model.model_fields

    def _read_children(self, sheet: MatchedSheet) -> None:
        """The items inside the items of a list (a rubric's lines), a row for each."""
        anchor = sheet.layout.anchor
        for row in sheet.rows:
            owner = self._references.owners[(id(sheet), row.number)]
            parent_item = self._items.get((anchor.name, owner)) if owner is not None else None
            if parent_item is None:
                self._leave_out(sheet, row)
                continue
            parent, above = parent_item
            items = parent.setdefault(anchor.field, [])
            place: RawPath = (*above, anchor.field, len(items))
            self._places.rows[place] = [(sheet, row.number)]
            keyed = self._is_keyed(anchor.name, anchor.field)
            item: dict[str, Any] = {"key": self._references.keys[(id(sheet), row.number)]} if keyed else {}
            self._rows.fill(item, sheet, row, place, owner=owner or "", document=None)
            items.append(item)

    def _read_attendance(self, sheet: MatchedSheet) -> None:
        """How many people of an enterprise took part in a training or an activity, a row for each pair."""
        anchor, owner_at = sheet.layout.anchor, find_owner_column(sheet)
        for row in sheet.rows:
            owner = self._references.find_owner(sheet, row, owner_at)
            event = self._items.get((anchor.name, owner)) if owner is not None else None
            if event is None:
                self._leave_out(sheet, row)
                continue
            parent, above = event
            line: dict[str, Any] = {}
            self._rows.fill(line, sheet, row, above, owner="", document=None)
            enterprise, count = line.get("enterprise"), line.get("count")
            if enterprise is None:
                self._rows.failed.add((*above, anchor.field, STRAY))
                continue
            place: RawPath = (*above, anchor.field, enterprise)
            if place in self._places.rows:
                self._notes.error("W145", sheet.grid.name, row.number, 1, first=self._places.rows[place][0][1])
                self._places.note_spare(place, sheet, row.number)
                continue
            self._places.rows[place] = [(sheet, row.number)]
            if count is not None:
                parent.setdefault(anchor.field, {})[enterprise] = count
            if enterprise not in parent.setdefault("enterprises", []):
                parent["enterprises"].append(enterprise)

    def _enter_form(self, document: str, of: str | None) -> tuple[dict[str, Any], RawPath]:
        """The entry of a form for an item, created if it doesn't exist."""
        entered = self._items.get((document, of or ""))
        if entered is not None:
            return entered
        entries = self._data.setdefault("forms", {}).setdefault(document, [])
        entry: dict[str, Any] = {"of": of} if of is not None else {}
        place: RawPath = ("forms", document, len(entries))
        entries.append(entry)
        self._items[(document, of or "")] = entry, place
        return entry, place

    def _read_entries(self, sheet: MatchedSheet) -> None:
        """The entries of a form that has any number of them, a row for each."""
        document = sheet.layout.anchor.document
        entries: list[Any] = self._data.setdefault("forms", {}).setdefault(document, [])
        for row in sheet.rows:
            key = self._references.keys[(id(sheet), row.number)]
            entry: dict[str, Any] = {"key": key}
            place: RawPath = ("forms", document, len(entries))
            self._places.rows[place] = [(sheet, row.number)]
            self._rows.fill(entry, sheet, row, place, owner="", document=document)
            entries.append(entry)
            self._items[(document, key)] = entry, place
        if not entries:
            del self._data["forms"][document]

    def _read_forms(self, sheet: MatchedSheet) -> None:
        """The forms made for each item of a list: a row for each item, with the columns of one form or several."""
        owner_at = find_owner_column(sheet)
        first_rows: dict[str, int] = {}
        documents = [document for document in _list_documents(sheet) if document is not None]
        for row in sheet.rows:
            owner = self._references.find_owner(sheet, row, owner_at)
            if owner is None:
                self._leave_out(sheet, row)
                continue
            if owner in first_rows:
                self._notes.error("W145", sheet.grid.name, row.number, owner_at, first=first_rows[owner])
                self._check_cells(sheet, row)
                self._note_spare(sheet, row, owner)
                continue
            first_rows[owner] = row.number
            filled_columns = row.cells.keys() | sheet.covered.get(row.number, frozenset())
            filled_documents = {sheet.places[at].document for at in filled_columns if at in sheet.places} - {None}
            for document in documents:
                if document in filled_documents:
                    entry, place = self._enter_form(document, owner)
                    self._places.rows.setdefault(place, []).append((sheet, row.number))
                    self._rows.fill(entry, sheet, row, place, owner=owner, document=document)
            if not filled_documents:
                self._note_spare(sheet, row, owner)

    def _note_spare(self, sheet: MatchedSheet, row: SheetRow, owner: str) -> None:
        """Note the owner of a row without data, so that the row is kept with the owner's other rows."""
        column = sheet.layout.owner
        entered = self._items.get(((column.target or "").removesuffix("[]"), owner)) if column is not None else None
        if entered is not None:
            self._places.note_spare(entered[1], sheet, row.number)

    def _enter_rows(self, sheet: MatchedSheet) -> Iterator[tuple[SheetRow, str, dict[str, Any], RawPath]]:
        """Each row of a form's own sheet: its owner ("" for the project), the form's entry and its path."""
        anchor, owner_at = sheet.layout.anchor, find_owner_column(sheet)
        for row in sheet.rows:
            owner = self._references.find_owner(sheet, row, owner_at) if sheet.layout.owner is not None else None
            if owner is None and sheet.layout.owner is not None:
                self._leave_out(sheet, row)
                continue
            entry, above = self._enter_form(anchor.document, owner)
            self._places.rows.setdefault(above, []).append((sheet, row.number))
            yield row, owner or "", entry, above

    def _read_form_rows(self, sheet: MatchedSheet) -> None:
        """The rows inside a form's entry."""
        anchor = sheet.layout.anchor
        for row, owner, entry, above in self._enter_rows(sheet):
            items = entry.setdefault(anchor.field, [])
            place: RawPath = (*above, anchor.field, len(items))
            self._places.rows[place] = [(sheet, row.number)]
            item: dict[str, Any] = {}
            self._rows.fill(item, sheet, row, place, owner=owner, document=anchor.document)
            items.append(item)

    def _read_lines(self, sheet: MatchedSheet) -> None:
        """The lines of a check list, a row for each."""
        anchor = sheet.layout.anchor
        for row, owner, entry, above in self._enter_rows(sheet):
            line: dict[str, Any] = {}
            self._rows.fill(line, sheet, row, (*above, "lines"), owner=owner, document=anchor.document)
            key = line.pop("line", None)
            if key is None:
                self._rows.failed.add((*above, "lines", STRAY))
                continue
            place: RawPath = (*above, "lines", key)
            if place in self._places.rows:
                self._notes.error("W145", sheet.grid.name, row.number, 1, first=self._places.rows[place][0][1])
                continue
            self._places.rows[place] = [(sheet, row.number)]
            entry.setdefault("lines", {})[key] = line

    def _read_marks(self, sheet: MatchedSheet) -> None:
        """The marks of experts: a row for each expert, or for each of an expert's lines."""
        anchor = sheet.layout.anchor
        line_at = next((at for at, column in sheet.places.items() if column.path == ("line",)), None)
        for row, owner, entry, above in self._enter_rows(sheet):
            typed: dict[str, Any] = {}
            self._rows.fill(typed, sheet, row, (*above, "marks"), owner=owner, document=anchor.document)
            line = typed.get("line")
            if line_at is not None and line is None:
                if line_at not in row.cells:
                    self._notes.error("W143", sheet.grid.name, row.number, line_at, label=sheet.places[line_at].label)
                self._rows.failed.add((*above, "marks", STRAY))
                continue
            add_marks(entry, above, typed, (sheet, row.number), places=self._places, notes=self._notes)

    def _leave_out(self, sheet: MatchedSheet, row: SheetRow) -> None:
        """Skip a row without a known owner, but report the faults of its other cells."""
        self._astray.add(sheet.grid.name)
        self._check_cells(sheet, row)

    def _check_cells(self, sheet: MatchedSheet, row: SheetRow) -> None:
        """Report the faults of a row's cells, of which nothing is kept."""
        for document in _list_documents(sheet):
            self._rows.fill({}, sheet, row, (STRAY,), owner="", document=document)

    def _list_places(self, sheet: SheetLayout) -> Iterator[RawPath]:
        """The paths to which a row without a known owner may belong."""
        anchor = sheet.anchor
        if anchor.kind in ("child", "attendance"):
            items = range(len(self._data.get(anchor.name, ())))
            yield from ((anchor.name, at, anchor.field, STRAY) for at in items)
        elif anchor.kind == "list":
            yield (anchor.name, STRAY)
        elif anchor.kind == "root":
            yield from (column.path for column in sheet.columns if column.document is None)
        for document in {anchor.document, *(column.document or "" for column in sheet.columns)} - {""}:
            yield ("forms", document, STRAY)
            for at in range(len(self._data.get("forms", {}).get(document, ()))):
                entry: RawPath = ("forms", document, at)
                if anchor.kind in ("form_rows", "lines", "marks"):
                    yield (*entry, anchor.field or anchor.kind, STRAY)
                elif all(matched.layout is not sheet for matched, _ in self._places.rows.get(entry, ())):
                    yield from (
                        (*entry, *column.path, STRAY) for column in sheet.columns if column.document == document
                    )

    def _complete_documents(self) -> None:
        """Complete the document ids that scans name: a document per enterprise gets the enterprise's key."""
        per = {document.id: document.per for document in self._loaded.profile.documents}
        for item in self._data.get("evidence", ()):
            document, enterprises = item.get("document"), item.get("enterprises", ())
            if per.get(document or "") == _ENTERPRISES and len(enterprises) == 1:
                item["document"] = f"{document}/{enterprises[0]}"


def _list_documents(sheet: MatchedSheet) -> list[str | None]:
    """The documents of a sheet's columns, in the columns' order, so that faults always come in the same order."""
    return list(dict.fromkeys(sheet.places[at].document for at in sorted(sheet.places)))
