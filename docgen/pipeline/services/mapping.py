"""Offer the choices for mapping a foreign table to the intake workbook, and make the mapping file of those chosen.

Choices have keys, which are stable while table and documents stay the same: ``2.7`` is a column of a sheet of our
workbook, ``c.0.5`` the choice for column 5 of the first table, ``d.2.7`` a value that every row has, ``w.2.7.0`` the
meaning of a word, ``r.0`` a value of the project, ``p.agency`` the name of a party.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

import yaml

from docgen.ooxml.cells import name_column
from docgen.pipeline.stages.chosen import find_chosen_reads
from docgen.profile.load import LoadedProfile
from docgen.resources import Resources
from docgen.sources.intake.reading.heading import HeadingIndex
from docgen.sources.intake.reading.likeness import gather_vocabulary, is_name
from docgen.sources.intake.reading.mapping_text import find_roles, find_strange_words
from docgen.sources.intake.reading.suggest import SheetGuess, recognise
from docgen.sources.intake.reading.tables import FoundTable, find_tables, is_form
from docgen.sources.intake.returning.edit_cells import format_typed_value
from docgen.sources.intake.workbook.grid import SourceBook
from docgen.sources.intake.workbook.layout import MARK_HEADER, NUMBER_KINDS, Anchor, Column, SheetLayout
from docgen.sources.intake.workbook.sheets import build_layout, reduce_layout

MARK = "mark"
"""The choice for a column that numbers the rows."""
_ROSTER, _OF_ENTERPRISES = Anchor("list", "enterprises"), "enterprises[]"
_SAMPLES, _MOST_TABLES, _LONGEST = 3, 20, 40


@dataclass(frozen=True, slots=True)
class OfferedColumn:
    """A column of the table: the key of its choice, its header and letter, its first values, the likeliest choice."""

    key: str
    title: str
    letter: str
    samples: tuple[str, ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class OfferedTable:
    """A table of the file: the sheets that have this layout, and its columns."""

    sheets: tuple[str, ...]
    columns: tuple[OfferedColumn, ...]


@dataclass(frozen=True, slots=True)
class OfferedValue:
    """Another value to be given: its key and label, the words to choose from, the likeliest one."""

    key: str
    label: str
    words: tuple[str, ...] = ()
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class MappingOffer:
    """All that can be chosen: ``groups`` are our sheets, each with its columns' keys and headers."""

    tables: tuple[OfferedTable, ...]
    groups: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    defaults: tuple[OfferedValue, ...]
    words: tuple[OfferedValue, ...]
    asks: tuple[OfferedValue, ...]


class TableMatcher:
    """Matches a foreign table with the sheets of the intake workbook, for some document types of a profile."""

    def __init__(self, book: SourceBook, loaded: LoadedProfile, only: Sequence[str], resources: Resources) -> None:
        self._book = book
        self._loaded = loaded
        whole = build_layout(loaded)
        self._layout = reduce_layout(whole, find_chosen_reads(loaded, only, resources).holds) if only else whole
        self._guesses = recognise(book, whole).sheets
        recognised = {guess.layout.name for guess in self._guesses}
        own = [sheet for sheet in self._layout.sheets if sheet.is_table and (_is_per_enterprise(sheet))]
        others = [sheet for sheet in whole.sheets if sheet.name in recognised and sheet not in own]
        self._sheets = (*own, *(sheet for sheet in others if only == () or self._layout.find_sheet(sheet.name)))

    def offer(self) -> MappingOffer:
        """Make the offer: everything that can be chosen, with the likeliest choices filled in."""
        groups = tuple(
            (sheet.name, tuple((f"{at}.{number}", _flatten(column.header)) for number, column in _list_columns(sheet)))
            for at, sheet in enumerate(self._sheets)
        )
        tables = tuple(self._offer_table(at, table) for at, table in enumerate(self._tables))
        words = tuple(offered for offered, _, _ in self._words)
        asks = tuple(offered for offered, _ in self._asks)
        return MappingOffer(tables, groups, tuple(self._offer_defaults()), words, asks)

    def format(self, chosen: Mapping[str, str]) -> str:
        """Format the mapping file for these choices."""
        entries = [entry for at, table in enumerate(self._tables) for entry in self._make_entries(at, table, chosen)]
        project: dict[str, Any] = {}
        for offered, path in self._asks:
            text = chosen.get(offered.key, "").strip()
            if text and path[0] == "project":
                _set_value(project, path[1:], text)
        record: dict[str, Any] = {"project": project} if project else {}
        parties = [
            {"key": role.replace("_", "-"), "role": word, "name": name}
            for role, word in self._roles
            if (name := chosen.get(f"p.{role}", "").strip())
        ]
        if parties:
            record["parties"] = parties
        data = {"profile": self._loaded.profile.id, "sheets": entries} | ({"record": record} if record else {})
        return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=1000)

    @cached_property
    def _tables(self) -> tuple[FoundTable, ...]:
        """The tables of the file; of several with the same layout only the first."""
        knows = gather_vocabulary(build_layout(self._loaded)).knows
        joined = {(name, guess.table.heading.last) for guess in self._guesses for name in guess.names[1:]}
        tables = (
            table
            for grid in self._book.sheets
            if not grid.hidden and not is_form(grid, knows)
            for table in find_tables(grid, knows)
            if (grid.name, table.heading.last) not in joined
        )
        return tuple(islice(tables, _MOST_TABLES))

    def _find_guesses(self, table: FoundTable) -> list[SheetGuess]:
        def mark(one: FoundTable) -> object:
            return one.grid.name, one.heading.last, one.area

        return [guess for guess in self._guesses if mark(guess.table) == mark(table)]

    def _find_key(self, sheet: SheetLayout, wanted: Column) -> str:
        for at, own in enumerate(self._sheets):
            for number, column in _list_columns(own):
                if own.name == sheet.name and column.header == wanted.header:
                    return f"{at}.{number}"
        return ""

    def _offer_table(self, number: int, table: FoundTable) -> OfferedTable:
        likely: dict[int, str] = {}
        for guess in self._find_guesses(table):
            for item in guess.guesses:
                key = MARK if item.is_mark else self._find_key(guess.layout, item.column) if item.column else ""
                likely[item.at] = likely.get(item.at) or key
        columns = [
            OfferedColumn(
                f"c.{number}.{at}", _flatten(title), name_column(at), tuple(self._sample(table, at)), likely.get(at, "")
            )
            for at, title in self._list_heads(table)
        ]
        guesses = self._find_guesses(table)
        return OfferedTable(guesses[0].names if guesses else (table.grid.name,), tuple(columns))

    def _list_heads(self, table: FoundTable) -> list[tuple[int, str]]:
        parts = table.heading.parts
        if parts:
            return [(at, table.heading.name(at)) for at in sorted(parts)]
        return [(at, "") for at in sorted({at for row in islice(table.rows, _LONGEST) for at in row.cells})]

    def _sample(self, table: FoundTable, at: int) -> Iterator[str]:
        cells = (row.cells[at] for row in table.rows if at in row.cells)
        for value in islice(cells, _SAMPLES):
            text = _flatten(format_typed_value(value, self._book.epoch))
            yield text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

    def _offer_defaults(self) -> Iterator[OfferedValue]:
        """Values that every form needs and the table probably lacks: they may be the same for all rows."""
        sure = {(guess.layout.name, column.header) for guess in self._guesses for column in guess.sure}
        for at, sheet in enumerate(self._sheets):
            if sheet.anchor == _ROSTER:
                continue
            for number, column in _list_columns(sheet):
                is_asked = column is not sheet.owner and column.need == "required" and column.kind not in NUMBER_KINDS
                if is_asked and (sheet.name, column.header) not in sure:
                    words = tuple(column.words) if column.kind == "choice" else ()
                    yield OfferedValue(f"d.{at}.{number}", f"{sheet.name} · {_flatten(column.header)}", words)

    @cached_property
    def _words(self) -> list[tuple[OfferedValue, str, str]]:
        """Words of the table that the column doesn't allow: the offer for each, its column's key, the word."""
        return [
            (
                OfferedValue(f"w.{key}.{number}", f"{_flatten(column.header)}：{word}", tuple(column.words), near),
                key,
                word,
            )
            for guess in self._guesses
            for column, words in find_strange_words(guess)
            if (key := self._find_key(guess.layout, column))
            for number, (word, near) in enumerate(words.items())
        ]

    @cached_property
    def _asks(self) -> list[tuple[OfferedValue, tuple[str, ...]]]:
        """Required values of the project that no table gives, and the names of its parties."""
        root = next((sheet for sheet in self._layout.sheets if not sheet.is_table), None)
        asked = [
            column
            for column in (root.columns if root is not None else ())
            if column.need == "required" and column.document is None and column.path[0] == "project"
        ]
        asks = [
            (OfferedValue(f"r.{at}", _flatten(column.header), tuple(column.words)), column.path)
            for at, column in enumerate(asked)
        ]
        return asks + [(OfferedValue(f"p.{role}", word), ("parties",)) for role, word in self._roles]

    @cached_property
    def _roles(self) -> list[tuple[str, str]]:
        """The roles of parties that are needed, each with its word."""
        parties = next((sheet for sheet in self._layout.sheets if sheet.anchor == Anchor("list", "parties")), None)
        role = next((item for item in parties.columns if item.path == ("role",)), None) if parties else None
        if role is None or any(guess.layout.anchor == Anchor("list", "parties") for guess in self._guesses):
            return []
        words_by_value = {value: word for word, value in reversed(list(role.words.items()))}
        return [(key, words_by_value.get(key, key)) for key in find_roles(self._loaded)]

    def _make_entries(self, number: int, table: FoundTable, chosen: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """An entry of the mapping for each of our sheets that the table has values for."""
        index = HeadingIndex(table.heading, table.grid)
        refs: dict[str, str] = {}
        for at, title in self._list_heads(table):
            letter = name_column(at)
            ref = title if table.heading.last and title and index.find(title) == at else letter
            picked = chosen.get(f"c.{number}.{at}", "")
            if picked:
                refs.setdefault(picked, ref)
        taken = {key.partition(".")[0] for key in refs if key != MARK}
        defaults = {key[2:]: value.strip() for key, value in chosen.items() if key.startswith("d.") and value.strip()}
        taken |= {key.partition(".")[0] for key in defaults} if taken else set()
        for at, sheet in enumerate(self._sheets):
            if str(at) in taken:
                columns = self._name_columns(at, sheet, refs)
                if columns:
                    yield self._make_entry(table, columns, (at, sheet), chosen)

    def _name_columns(self, at: int, sheet: SheetLayout, refs: Mapping[str, str]) -> dict[str, str]:
        columns = {
            refs[key]: column.header for number, column in _list_columns(sheet) if (key := f"{at}.{number}") in refs
        }
        if sheet.owner is not None and sheet.owner.header not in columns.values():
            named = next((refs[key] for key in self._name_keys if key in refs), None)
            if named is not None and sheet.owner.target == _OF_ENTERPRISES:
                columns = {named: sheet.owner.header} | columns
        if MARK in refs and sheet.anchor == _ROSTER:
            columns = {refs[MARK]: MARK_HEADER} | columns
        return columns

    @cached_property
    def _name_keys(self) -> list[str]:
        """The keys of the columns that name an enterprise."""
        return [
            f"{at}.{number}"
            for at, sheet in enumerate(self._sheets)
            for number, column in _list_columns(sheet)
            if (sheet.anchor == _ROSTER and is_name(column)) or column is sheet.owner
        ]

    def _make_entry(
        self,
        table: FoundTable,
        columns: Mapping[str, str],
        target: tuple[int, SheetLayout],
        chosen: Mapping[str, str],
    ) -> dict[str, Any]:
        at, sheet = target
        heading, guesses = table.heading, self._find_guesses(table)
        entry: dict[str, Any] = {
            "sheet": list(guesses[0].names if guesses else (table.grid.name,)),
            "into": sheet.name,
            "header_row": heading.last,
        }
        if heading.depth > 1:
            entry["header_rows"] = heading.depth
        if table.area is not None:
            entry["area"] = ":".join(map(name_column, table.area))
        entry["columns"] = dict(columns)
        headers = {f"{at}.{place}": column.header for place, column in _list_columns(sheet)}
        values: dict[str, dict[str, str]] = {}
        for offered, key, word in self._words:
            meant = chosen.get(offered.key, "")
            if meant and headers.get(key) in columns.values():
                values.setdefault(headers[key], {})[word] = meant
        if values:
            entry["values"] = values
        defaults = {
            headers[key[2:]]: value.strip()
            for key, value in chosen.items()
            if key.startswith("d.") and key[2:] in headers and value.strip()
        }
        if defaults:
            entry["defaults"] = {name: value for name, value in defaults.items() if name not in columns.values()}
        return entry


def _is_per_enterprise(sheet: SheetLayout) -> bool:
    """Whether the rows of a sheet are enterprises, or belong to one each."""
    owner = sheet.owner
    return sheet.anchor == _ROSTER or (owner is not None and owner.target == _OF_ENTERPRISES)


def _list_columns(sheet: SheetLayout) -> list[tuple[int, Column]]:
    return list(enumerate(sheet.iterate_columns()))


def _set_value(data: dict[str, Any], path: tuple[str, ...], text: str) -> None:
    for step in path[:-1]:
        data = data.setdefault(step, {})
    data[path[-1]] = text


def _flatten(text: str) -> str:
    return " ".join(text.split())
