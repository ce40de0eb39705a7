"""A first mapping for somebody else's table: guessed from its headers and from what its values look like.

Each guess says how sure it is. Nothing is decided by it: a person reads the mapping and mends it before it is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.ooxml.cells import name_column
from docgen.profile.load import LoadedProfile
from docgen.record.types import find_uscc_fault
from docgen.sources.intake.workbook.grid import Book, Cell, Grid, GridValue, Row
from docgen.sources.intake.workbook.headers import simplify_header
from docgen.sources.intake.workbook.layout import DATE_KINDS, MARK_HEADER, NUMBER_KINDS, Column, SheetLayout
from docgen.sources.intake.workbook.sheets import build_layout

_SEARCHED_ROWS = 15
_SAMPLE = 60
_SURE = 0.6
_NUMBERED = frozenset(("序号", "编号", "企业编号", "项目编号", "No", "no", "NO", "No."))
_UNIT = re.compile(r"[（(][^（）()]*[）)]$")
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}")
_DATE = re.compile(r"(19|20)\d{2}([年./-]\d{1,2}([月./-]\d{1,2}日?|月)?|\d{4})")
_NUMBER = re.compile(r"-?[\d,]+(\.\d+)?%?")
_PLAIN_YAML = re.compile(r"[^\s:#&*!|>'\"%@`{}\[\],?-][^:#\n]*")


@dataclass(frozen=True, slots=True)
class Guess:
    """A column of the table and what it most likely is; ``score`` from 0 to 1, ``reason`` a key of the texts."""

    at: int
    header: str
    column: Column | None
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class SheetGuess:
    """A sheet of the table and the sheet of the intake workbook that it is most like."""

    grid: Grid
    layout: SheetLayout
    header_row: int
    guesses: tuple[Guess, ...]

    @property
    def weight(self) -> float:
        """How much of the table was recognised."""
        return sum(item.score for item in self.guesses if item.column is not None)


def suggest_mapping(book: Book, loaded: LoadedProfile) -> str:
    """The text of a mapping for a table, with the confidence of each guess as a comment."""
    layout = build_layout(loaded)
    tables = [sheet for sheet in layout.sheets if sheet.is_table]
    found: list[SheetGuess] = []
    for grid in book.sheets:
        header = find_header_row(grid)
        if header is None:
            continue
        guesses = [guess_sheet(grid, header, sheet) for sheet in tables]
        best = max(guesses, key=lambda item: item.weight)
        if best.weight > 0:
            found.append(best)
    return "\n".join(_spell(layout.profile_id, book, found)) + "\n"


def find_header_row(grid: Grid) -> Row | None:
    """The row that most likely holds the headers: the first with the most different texts above rows of values."""
    rows = [row for row in grid.rows if row.number <= _SEARCHED_ROWS]
    texts = [len({cell.strip() for cell in row.cells.values() if isinstance(cell, str)}) for row in rows]
    if not texts or max(texts) < 2:
        return None
    enough = max(len(row.cells) for row in grid.rows) * 0.6
    for row, count in zip(rows, texts, strict=True):
        if count >= max(2, enough):
            return row
    return rows[texts.index(max(texts))]


def guess_sheet(grid: Grid, header: Row, sheet: SheetLayout) -> SheetGuess:
    """What each column of a table is, if the table is this sheet: the surest guess first, each column once."""
    samples = _sample(grid, header.number)
    heads = {at: (cell if isinstance(cell, str) else cell.text).strip() for at, cell in header.cells.items()}
    ranked = sorted(
        (
            (*_score(text, samples.get(at, ()), column), at, column)
            for at, text in heads.items()
            for column in sheet.iterate_columns()
        ),
        key=lambda item: (-item[0], item[2]),
    )
    taken: dict[int, Guess] = {}
    used: set[int] = set()
    for score, reason, at, column in ranked:
        if at in taken or id(column) in used or score < _SURE:
            continue
        taken[at] = Guess(at, heads[at], column, score, reason)
        used.add(id(column))
    guesses = (taken.get(at) or _guess_other(at, text, sheet) for at, text in sorted(heads.items()))
    return SheetGuess(grid, sheet, header.number, tuple(guesses))


def _guess_other(at: int, header: str, sheet: SheetLayout) -> Guess:
    """A column that is none of ours: a number of the row, one in another unit, or nothing that is known."""
    if simplify_header(header) in _NUMBERED:
        return Guess(at, header, None, 0.8, "mark")
    unit, bare = _UNIT.search(header), simplify_header(_UNIT.sub("", header))
    for column in sheet.iterate_columns():
        named = (simplify_header(column.label), *read_synonyms().get(column.key, ()))
        if column.unit and unit is not None and bare in named:
            return Guess(at, header, None, 0, "unit")
    return Guess(at, header, None, 0, "none")


def _sample(grid: Grid, header: int) -> Mapping[int, Sequence[GridValue]]:
    samples: dict[int, list[GridValue]] = {}
    for row in grid.rows:
        if row.number > header:
            for at, value in row.cells.items():
                known = samples.setdefault(at, [])
                if len(known) < _SAMPLE:
                    known.append(value)
    return samples


def _score(header: str, values: Sequence[GridValue], column: Column) -> tuple[float, str]:
    """How likely a column is meant by a header and its values, and why."""
    unit = _UNIT.search(header)
    if column.unit and unit is not None and column.unit not in unit[0]:
        return 0, "unit"
    name, reason = _score_name(header, column)
    shape = _score_shape(values, column)
    if shape is None:
        return name, reason
    if name >= _SURE and shape < 0.3:
        return name - 0.3, "doubt"
    if column.key in ("Enterprise.uscc", "Person.phone") and shape > 0.8:
        return (min(1.0, name + 0.1), reason) if name >= _SURE else (0.75, "shape")
    return min(1.0, name + 0.05 * (shape > 0.8)), reason


def _score_name(header: str, column: Column) -> tuple[float, str]:
    asked = simplify_header(_UNIT.sub("", header.strip()))
    own = simplify_header(column.label)
    if asked == own:
        return 0.95, "same"
    others = read_synonyms().get(column.key, ())
    if asked in others:
        # the first ones are the surest
        return 0.9 - 0.01 * others.index(asked), "synonym"
    ratio = max((SequenceMatcher(None, asked, word).ratio() for word in (own, *others)), default=0)
    held = any(len(word) > 2 and (word in asked or asked in word) and len(asked) > 1 for word in (own, *others))
    return (max(ratio, 0.65), "like") if held else (ratio * 0.9, "like")


def _score_shape(values: Sequence[GridValue], column: Column) -> float | None:
    """The share of values that a column could take; None where everything could be."""
    if not values:
        return None
    judged = [_fits(value, column) for value in values]
    known = [item for item in judged if item is not None]
    return sum(known) / len(known) if known else None


def _fits(value: GridValue, column: Column) -> bool | None:  # noqa: PLR0911 - a way for each kind
    if isinstance(value, Cell) and value.kind in ("error", "uncalculated"):
        return None
    text = value.strip() if isinstance(value, str) else value.text
    dated = isinstance(value, Cell) and value.kind in ("date", "month", "moment")
    if column.key in ("Enterprise.uscc", "Party.uscc"):
        return find_uscc_fault(text.upper()) is None
    if column.kind == "phone":
        return _PHONE.fullmatch(text) is not None
    if column.kind in DATE_KINDS:
        return dated or _DATE.fullmatch(text) is not None
    if column.kind in NUMBER_KINDS:
        return not dated and _NUMBER.fullmatch(text) is not None
    if column.kind == "choice":
        return any(text and (text in word or word in text) for word in column.words)
    return None


@cache
def read_synonyms() -> Mapping[str, tuple[str, ...]]:
    """How other people's tables call a field, the most usual first."""
    import yaml

    data = yaml.safe_load(Path(__file__).with_name("synonyms.yaml").read_text("utf-8"))
    return {key: tuple(simplify_header(word) for word in words) for key, words in data.items()}


def _spell(profile_id: str, book: Book, found: Sequence[SheetGuess]) -> Iterator[str]:
    texts = catalogue(DOCUMENT_LANGUAGE)
    for line in texts.text("workbook.mapping.head", file=Path(book.file).name).strip().splitlines():
        yield f"# {line}"
    yield f"profile: {profile_id}"
    yield "sheets:"
    for item in found:
        yield f"  - sheet: {_quote(item.grid.name)}"
        yield f"    into: {_quote(item.layout.name)}"
        yield f"    header_row: {item.header_row}"
        yield "    columns:"
        for guess in item.guesses:
            if guess.column is not None:
                said = texts.text(f"workbook.mapping.{guess.reason}", score=f"{guess.score:.2f}")
                yield f"      {_quote(guess.header)}: {_quote(guess.column.header)}  # {said}"
            elif guess.reason == "mark":
                said = texts.text("workbook.mapping.mark")
                yield f"      {_quote(guess.header)}: {MARK_HEADER}  # {said}"
            else:
                said = texts.text(f"workbook.mapping.{guess.reason}")
                yield f"      # {name_column(guess.at)} {_quote(guess.header)}:  {said}"
        lacking = [
            column.header for column in item.layout.iterate_columns()
            if column.need == "required" and all(guess.column is not column for guess in item.guesses)
        ]  # fmt: skip
        for line in _spell_rest(item, lacking):
            yield f"    {line}"
    yield "# record:"
    yield "#   project: {number: , name: , dated: }"


def _spell_rest(item: SheetGuess, lacking: Sequence[str]) -> Iterator[str]:
    """What else an entry may need: tables for words that aren't offered, defaults for what is asked and not there."""
    texts = catalogue(DOCUMENT_LANGUAGE)
    tables = list(_find_words(item))
    if tables:
        yield "values:"
        for column, words in tables:
            yield f"  {_quote(column.header)}:  # {' / '.join(list(column.words)[:12])}"
            yield from (f"    {_quote(word)}: {_quote(near)}" for word, near in words.items())
    if lacking:
        headers = "、".join(header.replace("\n", " ") for header in lacking)
        yield f"# {texts.text('workbook.mapping.lacking', headers=headers)}"
        yield "# defaults: {}"


def _find_words(item: SheetGuess) -> Iterator[tuple[Column, Mapping[str, str]]]:
    """Words in columns of choices that aren't offered, each with the one that is most like it."""
    samples = _sample(item.grid, item.header_row)
    for guess in item.guesses:
        if guess.column is None or guess.column.kind != "choice":
            continue
        offered = list(guess.column.words)
        words = {value.strip() for value in samples.get(guess.at, ()) if isinstance(value, str)}
        strange = sorted(word for word in words if word and word not in offered)
        if strange:
            yield guess.column, {word: _find_like(word, offered) for word in strange[:20]}


def _find_like(word: str, offered: Sequence[str]) -> str:
    held = [known for known in offered if word in known or known in word]
    return held[0] if held else max(offered, key=lambda known: SequenceMatcher(None, word, known).ratio())


def _quote(text: str) -> str:
    """A text as YAML takes it, on one line."""
    if _PLAIN_YAML.fullmatch(text) and text.strip() == text:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
