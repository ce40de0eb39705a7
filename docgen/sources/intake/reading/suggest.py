"""Suggests a mapping for a foreign table: the likeliest column of ours for each of its columns.

A person reads and corrects the mapping before it is used. A guess below ``SURE`` is offered as a choice and isn't
active.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from docgen.ooxml.cells import name_column
from docgen.sources.intake.reading.heading import strip_remarks
from docgen.sources.intake.reading.likeness import (
    POSSIBLE,
    SURE,
    Likeness,
    gather_vocabulary,
    is_mark,
    is_name,
    judge,
    judge_values,
)
from docgen.sources.intake.reading.tables import FoundTable, find_tables, is_form
from docgen.sources.intake.workbook.data_rows import DataTable, choose_rows
from docgen.sources.intake.workbook.grid import GridValue, SheetRow, SourceBook, format_cell
from docgen.sources.intake.workbook.layout import Anchor, Column, Layout, SheetLayout
from docgen.sources.intake.workbook.notes import DiagnosticGatherer

_SAMPLE, _SAMPLED_ROWS = 60, 500
_CLOSE = 0.05
_CHOICES = 3
_ROSTER, _OF_ENTERPRISES = Anchor("list", "enterprises"), "enterprises[]"
_FEWEST, _FEWEST_BESIDE = 3, 2
_MOST = 0.6
"""The share of a sheet's columns that must be recognised if no column names the rows' owner."""
_APART = 0.5
"""The lead in weight that one sheet needs over another to be chosen for a table."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A guess for a column of the table; ``reason`` is a key of the texts.

    ``column`` is set if the guess is sure; else ``choices`` are the possible columns, the likeliest first. ``name`` is
    its header, or its letter without one. ``is_mark``: it numbers the rows.
    """

    at: int
    name: str
    column: Column | None = None
    score: float = 0
    reason: str = "none"
    choices: tuple[tuple[Column, Likeness], ...] = ()
    is_mark: bool = False


@dataclass(frozen=True, slots=True)
class SheetGuess:
    """A guess for a table: the likeliest sheet of the intake workbook, and guesses for its columns.

    ``names`` are the file's sheets with this layout, ``samples`` are values of the columns.
    """

    table: FoundTable
    layout: SheetLayout
    guesses: tuple[Guess, ...]
    samples: Mapping[int, Sequence[GridValue]]
    names: tuple[str, ...] = ()

    @property
    def weight(self) -> float:
        """The weight of a guess: the sum of its sure columns' scores."""
        return sum(item.score for item in self.guesses if item.column is not None)

    @property
    def sure(self) -> tuple[Column, ...]:
        """The columns with a sure guess."""
        return tuple(item.column for item in self.guesses if item.column is not None)

    @property
    def lacking(self) -> tuple[Column, ...]:
        """The required columns without a sure guess."""
        sure = self.sure
        return tuple(
            column for column in self.layout.iterate_columns() if column.need == "required" and column not in sure
        )

    def find(self, column: Column | None) -> Guess | None:
        """The guess for a column of the intake workbook."""
        return next((item for item in self.guesses if column is not None and item.column is column), None)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The guesses for the tables of a file.

    ``sheets`` are those recognised; ``forms`` are forms for a single item, ``torn`` fit several sheets of ours,
    ``unknown`` have no recognised column (with their headers), ``repeated`` have only rows that another one has, too.
    """

    sheets: tuple[SheetGuess, ...]
    forms: tuple[str, ...] = ()
    torn: tuple[tuple[str, tuple[str, ...]], ...] = ()
    unknown: tuple[tuple[str, tuple[str, ...]], ...] = ()
    repeated: tuple[str, ...] = ()


def recognise(book: SourceBook, layout: Layout) -> Suggestion:
    """Recognise the tables of a file as sheets of the intake workbook."""
    vocabulary = gather_vocabulary(layout)
    sheets = [sheet for sheet in layout.sheets if sheet.is_table]
    guesses: list[SheetGuess] = []
    forms: list[str] = []
    torn: list[tuple[str, tuple[str, ...]]] = []
    unknown: list[tuple[str, tuple[str, ...]]] = []
    for grid in book.sheets:
        if is_form(grid, vocabulary.knows):
            forms.append(grid.name)
            continue
        for table in find_tables(grid, vocabulary.knows):
            samples = _sample(table)
            chosen = _choose_sheets([guess_sheet(table, sheet, samples) for sheet in sheets])
            if isinstance(chosen, _Torn):
                torn.append((grid.name, chosen.names))
            elif chosen:
                guesses += chosen
            else:
                unknown.append((grid.name, tuple(table.heading.name(at) for at in sorted(table.heading.parts))))
    kept = [_check_mark(item, book) for item in _drop_repeated(guesses, book)]
    kept_tables = {id(item.table) for item in kept}
    repeated = dict.fromkeys(item.names[0] for item in guesses if id(item.table) not in kept_tables)
    return Suggestion(tuple(_join_alike(kept)), tuple(forms), tuple(torn), tuple(unknown), tuple(repeated))


def _drop_repeated(guesses: Sequence[SheetGuess], book: SourceBook) -> list[SheetGuess]:
    """The guesses without lists of enterprises that a fuller list of the file contains."""
    rosters = sorted((item for item in guesses if item.layout.anchor == _ROSTER), key=lambda item: -len(item.sure))
    listed_names: set[str] = set()
    dropped: list[SheetGuess] = []
    for item in rosters:
        at = next(guess.at for guess in item.guesses if guess.column is not None and is_name(guess.column))
        names = {format_cell(row.cells[at]).strip() for row in _choose_data_rows(item, book, None) if at in row.cells}
        if names <= listed_names and len(item.sure) < len(rosters[0].sure):
            dropped.append(item)
        listed_names |= names
    return [item for item in guesses if item not in dropped]


@dataclass(frozen=True, slots=True)
class _Torn:
    """Sheets of ours that fit a table about equally well."""

    names: tuple[str, ...]


def _choose_sheets(every: Sequence[SheetGuess]) -> Sequence[SheetGuess] | _Torn:
    """The sheets that a table fits; a wide table may fit two: enterprises, and a form for each of them."""
    usable = sorted((item for item in every if _is_usable(item)), key=lambda item: -item.weight)
    roster = next((item for item in usable if item.layout.anchor == _ROSTER), None)
    if roster is None:
        return _choose_first(usable)
    listed = [item for item in usable if item.layout.anchor.kind in ("list", "entries") and item is not roster]
    if listed and listed[0].weight > roster.weight + 1:
        return _choose_first(listed)
    beside = [_drop_columns(item, roster) for item in usable if _is_of(item, _OF_ENTERPRISES)]
    wide = sorted((item for item in beside if len(item.sure) > _FEWEST_BESIDE), key=lambda item: -item.weight)
    second = _choose_first(wide)
    if isinstance(second, _Torn) or not second:
        return (roster,)
    is_numbered = second[0].layout.anchor.kind == "form"
    return (
        _drop_columns(roster, second[0], is_first=True, is_numbered=is_numbered),
        _drop_columns(second[0], roster, is_numbered=not is_numbered),
    )


def _choose_first(guesses: Sequence[SheetGuess]) -> Sequence[SheetGuess] | _Torn:
    """The guess with the highest weight, unless others have about the same."""
    alike = [item for item in guesses if item.weight > guesses[0].weight - _APART]
    return _Torn(tuple(item.layout.name for item in alike)) if len(alike) > 1 else guesses[:1]


def _is_of(guess: SheetGuess, target: str) -> bool:
    """Whether each row belongs to an item of a list that a column names."""
    owner = guess.layout.owner
    return owner is not None and owner.target == target and guess.find(owner) is not None


def _drop_columns(
    guess: SheetGuess, other: SheetGuess, *, is_first: bool = False, is_numbered: bool = True
) -> SheetGuess:
    """A guess for a table without the columns of the table's other guess, except the name, which is in both.

    Of the columns that are sure in neither, the second guess keeps those that it has choices for, the first one the
    rest. ``is_numbered``: the row numbers belong to this guess.
    """
    theirs = {item.at: item for item in other.guesses}

    def is_kept(item: Guess) -> bool:
        rival = theirs.get(item.at)
        if item.is_mark:
            return is_numbered
        if item.column is not None:
            return is_first or is_name(item.column) or rival is None or rival.column is None
        if is_first:
            return rival is None or not (rival.column or rival.choices or rival.is_mark)
        return bool(item.choices) and (rival is None or rival.column is None)

    return replace(guess, guesses=tuple(item for item in guess.guesses if is_kept(item)))


def _is_usable(guess: SheetGuess) -> bool:
    """Whether enough columns were recognised to read a table as this sheet, above all the owner or name of its rows."""
    sure, layout = guess.sure, guess.layout
    anchor, owner = layout.anchor, layout.owner
    if anchor == _ROSTER:
        return any(is_name(column) for column in sure)
    if anchor == Anchor("list", "parties"):
        return len(sure) >= _FEWEST and not guess.lacking
    if anchor.kind == "list":
        named = {"title", "name", "file"}
        return len(sure) >= _FEWEST and any(column.path[0] in named for column in sure)
    own = [column for column in sure if column is not owner]
    if owner is None or guess.find(owner) is None:
        return len(own) >= _FEWEST and len(own) >= _MOST * len(layout.columns)
    wanted = [column for column in layout.columns if column.need == "required"]
    is_asked = 0 < len(wanted) <= 2 * sum(column in sure for column in wanted)
    return len(own) >= _FEWEST and (is_asked or len(own) * 2 >= len(layout.columns))


def guess_sheet(table: FoundTable, sheet: SheetLayout, samples: Mapping[int, Sequence[GridValue]]) -> SheetGuess:
    """Guesses for the columns of a table as this sheet: the surest first, each column of ours once."""
    heads = dict(table.heading.parts) or dict.fromkeys(samples, ())
    columns = tuple(sheet.iterate_columns())
    judged = {
        (at, number): judge(parts, samples.get(at, ()), column, table)
        if parts
        else judge_values(samples.get(at, ()), column)
        for at, parts in heads.items()
        for number, column in enumerate(columns)
    }
    guesses_by_column: dict[int, Guess] = {}
    used: set[int] = set()
    for (at, number), like in sorted(judged.items(), key=lambda item: (-item[1].score, item[0])):
        if at in guesses_by_column or number in used or like.score < SURE:
            continue
        used.add(number)
        rivals = [
            other_column
            for other_column in heads
            if other_column not in guesses_by_column and _rivals(judged[other_column, number], like)
        ]
        if len(rivals) > 1:
            # several columns match equally: a person must choose
            for rival in rivals:
                choice = columns[number], Likeness(POSSIBLE, "rival")
                guesses_by_column[rival] = Guess(rival, _name(table, rival), reason="rival", choices=(choice,))
        else:
            guesses_by_column[at] = Guess(at, _name(table, at), columns[number], like.score, like.reason)
    free = [number for number in range(len(columns)) if number not in used]
    for at in heads.keys() - guesses_by_column.keys():
        guesses_by_column[at] = _guess_other(
            at, table, [(columns[number], judged[at, number]) for number in free], samples
        )
    guesses = tuple(guesses_by_column[at] for at in sorted(guesses_by_column))
    return SheetGuess(table, sheet, guesses, samples, (table.grid.name,))


def _rivals(like: Likeness, best: Likeness) -> bool:
    """Whether a guess is about as sure as the best one, itself included; an exact header has no other rival."""
    return like.score >= max(SURE, best.score - _CLOSE) and (like.reason == best.reason or best.reason != "same")


def _name(table: FoundTable, at: int) -> str:
    return table.heading.name(at) if at in table.heading.parts else name_column(at)


def _guess_other(
    at: int, table: FoundTable, judged: Sequence[tuple[Column, Likeness]], samples: Mapping[int, Sequence[GridValue]]
) -> Guess:
    """The guess for a column without a sure match: a row number, a column in another unit, or choices."""
    name = _name(table, at)
    if at in table.heading.parts and is_mark(table.heading.parts[at][-1]):
        return Guess(at, name, score=0.8, reason="mark", is_mark=True)
    if not table.heading.parts and _counts(samples.get(at, ())):
        return Guess(at, name, score=0.8, reason="mark", is_mark=True)
    likely = sorted((item for item in judged if item[1].score >= POSSIBLE), key=lambda item: -item[1].score)
    reason = "unit" if not likely and _matches_in_other_unit(at, table, judged) else "none"
    return Guess(at, name, reason=reason, choices=tuple(likely[:_CHOICES]))


def _matches_in_other_unit(at: int, table: FoundTable, judged: Sequence[tuple[Column, Likeness]]) -> bool:
    """Whether a column would match one of ours in another unit."""
    parts = tuple(strip_remarks(part) for part in table.heading.parts.get(at, ()))
    units = [column for column, like in judged if like.reason == "unit"]
    return any(judge(parts, (), column, replace(table, money=column.unit)).score >= SURE for column in units)


def _counts(values: Sequence[GridValue]) -> bool:
    """Whether values are row numbers: 1, 2, 3."""
    texts = [format_cell(value).strip() for value in values]
    return len(texts) > 1 and texts == [str(number) for number in range(1, len(texts) + 1)]


def _check_mark(guess: SheetGuess, book: SourceBook) -> SheetGuess:
    """A guess without row numbers that repeat, which don't identify a row."""
    marks = [item for item in guess.guesses if item.is_mark]
    kept: int | None = None
    for item in marks:
        counted = Counter(
            format_cell(row.cells[item.at]).strip()
            for row in _choose_data_rows(guess, book, item.at)
            if item.at in row.cells
        )
        if kept is None and counted and max(counted.values()) == 1:
            kept = item.at
    return replace(
        guess,
        guesses=tuple(
            replace(item, is_mark=False, score=0, reason="repeated" if kept is None else "none")
            if item.is_mark and item.at != kept
            else item
            for item in guess.guesses
        ),
    )


def _choose_data_rows(guess: SheetGuess, book: SourceBook, mark: int | None) -> list[SheetRow]:
    """The data rows of a table, as the reader will choose them."""
    places = {item.at: item.column for item in guess.guesses if item.column is not None}
    if not places:
        return []
    heading = guess.table.heading
    return choose_rows(
        DataTable(guess.table.grid, heading.make_row(), guess.layout, places, mark), DiagnosticGatherer(book)
    )


def _sample(table: FoundTable) -> Mapping[int, Sequence[GridValue]]:
    samples: dict[int, list[GridValue]] = {}
    for row in islice(table.rows, _SAMPLED_ROWS):
        for at, value in row.cells.items():
            values = samples.setdefault(at, [])
            if len(values) < _SAMPLE:
                values.append(value)
    return samples


def _join_alike(guesses: Sequence[SheetGuess]) -> Iterator[SheetGuess]:
    """Join the guesses for sheets with the same layout into one."""
    joined: dict[object, SheetGuess] = {}
    for guess in guesses:
        columns = tuple(
            (
                column_guess.at,
                column_guess.name,
                column_guess.is_mark,
                column_guess.column and column_guess.column.header,
            )
            for column_guess in guess.guesses
        )
        like = (guess.layout.name, guess.table.heading.last, guess.table.heading.depth, guess.table.area, columns)
        earlier = joined.get(like)
        joined[like] = guess if earlier is None else replace(earlier, names=(*earlier.names, *guess.names))
    yield from joined.values()
