"""Writes a suggested mapping as YAML: certain matches as active lines, uncertain ones as choices in comments.

It holds no personal data: of the values only words of a closed list, and no headers that may be about a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from docgen.messages import DOCUMENT_LANGUAGE, Catalogue, catalogue
from docgen.ooxml.cells import name_column
from docgen.profile.load import LoadedProfile
from docgen.sources.intake.reading.heading import HeadingIndex
from docgen.sources.intake.reading.suggest import Guess, SheetGuess, Suggestion
from docgen.sources.intake.reading.tables import is_secret
from docgen.sources.intake.workbook.grid import SourceBook
from docgen.sources.intake.workbook.layout import MARK_HEADER, Column
from docgen.sources.intake.workbook.sheets import build_layout

_PLAIN_YAML = re.compile(r"[^\s:#&*!|>'\"%@`{}\[\],?~=<-][^:#\n\t]*")
_READ_OTHERWISE = re.compile(r"[-+.\d_eExXoO]+|y|n|yes|no|on|off|true|false|null|\d{4}-\d{2}-\d{2}.*", re.IGNORECASE)
_NEGATIONS = re.compile(r"不|非|未|无|没")
_MOST_WORDS, _LONGEST_WORD = 20, 12
_SHOWN = 12
_ROLE = "role"


def format_mapping(book: SourceBook, loaded: LoadedProfile, suggestion: Suggestion) -> str:
    """The text of a mapping for a table."""
    return "\n".join(_MappingWriter(book, loaded).format_lines(suggestion)) + "\n"


class _MappingWriter:
    """Writes the lines of one mapping."""

    def __init__(self, book: SourceBook, loaded: LoadedProfile) -> None:
        self._book = book
        self._loaded = loaded
        self._texts: Catalogue = catalogue(DOCUMENT_LANGUAGE)

    def _text(self, key: str, **params: object) -> str:
        return self._texts.text(f"workbook.mapping.{key}", **params)

    def format_lines(self, suggestion: Suggestion) -> Iterator[str]:
        for line in self._text("head", file=Path(self._book.file).name).strip().splitlines():
            yield f"# {line}"
        for name in suggestion.forms:
            yield f"# {self._text('form', sheet=_flatten(name))}"
        for name, into in suggestion.torn:
            yield f"# {self._text('torn', sheet=_flatten(name), names='、'.join(into))}"
        for name in suggestion.repeated:
            yield f"# {self._text('again', sheet=_flatten(name))}"
        for name, _ in suggestion.unknown:
            yield f"# {self._text('unknown', sheet=_flatten(name))}"
        yield f"profile: {self._loaded.profile.id}"
        yield "sheets:"
        for guess in suggestion.sheets:
            yield from self._format_sheet(guess)
        yield from self._format_record(suggestion)

    def _format_sheet(self, guess: SheetGuess) -> Iterator[str]:
        heading = guess.table.heading
        several = f"[{', '.join(_quote(name, inside=True) for name in guess.names)}]"
        yield f"  - sheet: {several if len(guess.names) > 1 else _quote(guess.names[0])}"
        yield f"    into: {_quote(guess.layout.name)}"
        comment = f"  # {self._text('headless')}" if not heading.parts else ""
        yield f"    header_row: {heading.last}{comment}"
        if heading.depth > 1:
            yield f"    header_rows: {heading.depth}  # {self._text('deep', first=heading.first, last=heading.last)}"
        if guess.table.area is not None:
            left, right = (name_column(at) for at in guess.table.area)
            yield f"    area: {left}:{right}  # {self._text('area', left=left, right=right)}"
        yield "    columns:"
        index = HeadingIndex(heading, guess.table.grid)
        for column_guess in guess.guesses:
            yield from self._format_column(column_guess, index)
        yield from self._format_values(list(find_strange_words(guess)))
        yield from self._format_defaults(guess)

    def _format_column(self, guess: Guess, index: HeadingIndex) -> Iterator[str]:
        letter = name_column(guess.at)
        is_shown = not is_secret(guess.name) and letter != guess.name
        named = _quote(guess.name) if is_shown and index.find(guess.name) == guess.at else letter
        beside = f"（{_flatten(guess.name)}）" if is_shown and named == letter else ""
        shown = letter if named == letter else f"{letter} {_flatten(named)}"
        if guess.column is not None:
            comment = self._text(guess.reason, score=f"{guess.score:.2f}")
            yield f"      {named}: {_quote(guess.column.header)}  # {beside}{comment}"
        elif guess.is_mark:
            yield f"      {named}: {MARK_HEADER}  # {beside}{self._text('mark')}"
        elif guess.choices:
            yield f"      # {shown}{beside}{self._text('choose')}"
            for column, like in guess.choices:
                comment = self._text(like.reason, score=f"{like.score:.2f}")
                yield f"      #{named}: {_quote(column.header)}  # {comment}"
        else:
            yield f"      # {shown}{beside}: {self._text(guess.reason)}"

    def _format_defaults(self, guess: SheetGuess) -> Iterator[str]:
        """Blanks for the owner and the required columns that the table lacks; live where it can't be read without."""
        owner = guess.layout.owner
        is_owned = owner is None or guess.find(owner) is not None
        missing = [column for column in guess.lacking if column is not owner]
        if missing:
            headers = "、".join(_flatten(column.header) for column in missing)
            yield f"    # {self._text('lacking', headers=headers)}"
        if missing or not is_owned:
            yield f"    {'#' if is_owned else ''}defaults:"
        if owner is not None and not is_owned:
            yield f"      {_quote(owner.header)}:   # {self._text('owner', label=owner.label)}"
        mark, space = ("#  ", "    ") if is_owned else ("#", "      ")
        for column in missing:
            offered = f"   # {' / '.join(list(column.words)[:_SHOWN])}" if column.words else ""
            yield f"{space}{mark}{_quote(column.header)}:{offered}"

    def _format_values(self, tables: Sequence[tuple[Column, Mapping[str, str]]]) -> Iterator[str]:
        """The meanings of words that a column doesn't offer; uncertain ones are commented out."""
        has_active, asked = any(near for _, words in tables for near in words.values()), self._text("which")
        if tables:
            yield f"    {'' if has_active else '#'}values:"
        for column, words in tables:
            is_column_active = any(words.values())
            offered = f"{self._text('offered')}{' / '.join(list(column.words)[:_SHOWN])}"
            lines = [(6, is_column_active, f"{_quote(column.header)}:  # {offered}")]
            for word, near in words.items():
                lines.append((8, bool(near), f"{_quote(word)}: {_quote(near) if near else f'  # {asked}'}"))
            for depth, is_active, text in lines:
                # the # stands at the block's indentation, so that the line is valid without it
                begin = depth if is_active or is_column_active else 6 if has_active else 4
                yield " " * begin + ("" if is_active else "#") + " " * (depth - begin) + text

    def _format_record(self, suggestion: Suggestion) -> Iterator[str]:
        """The required fields that no table holds, as blanks to fill in."""
        root = build_layout(self._loaded).sheets[0]
        asked = [
            column
            for column in root.columns
            if column.need == "required" and column.document is None and column.path[0] == "project"
        ]
        into = {guess.layout.anchor.name for guess in suggestion.sheets if guess.layout.anchor.kind == "list"}
        yield f"# {self._text('record')}"
        yield "record:"
        yield "  project:"
        above: tuple[str, ...] = ()
        for column in asked:
            path = column.path[1:]
            if path[:-1] != above and len(path) > 1:
                yield f"    {path[0]}:"
            above = path[:-1]
            yield f"    {'  ' * (len(path) - 1)}{path[-1]}:   # {self._format_question(column)}"
        if "parties" not in into:
            yield from self._format_parties()

    def _format_question(self, column: Column) -> str:
        """What goes into a blank: the header, the words offered, an example."""
        offered = f"：{' / '.join(list(column.words)[:_SHOWN])}" if column.words else ""
        kind = {"date": "date", "date_or_month": "month"}.get(column.kind)
        example = f"，{self._text(f'example.{kind}')}" if kind is not None else ""
        return f"{_flatten(column.header)}{offered}{example}"

    def _format_parties(self) -> Iterator[str]:
        roles = find_roles(self._loaded)
        parties = next((sheet for sheet in build_layout(self._loaded).sheets if sheet.anchor.name == "parties"), None)
        role = next((column for column in parties.columns if column.path == (_ROLE,)), None) if parties else None
        if not roles or role is None or parties is None:
            return
        yield "  parties:"
        for key in roles:
            word = next((word for word, value in role.words.items() if value == key), key)
            yield f"    - key: {key.replace('_', '-')}"
            yield f"      role: {_quote(word)}"
            yield f"      name:   # {self._text('party', role=word)}"


def find_roles(loaded: LoadedProfile) -> list[str]:
    """The roles of parties that a rule of the profile requires."""
    roles = [
        str(rule.with_["value"])
        for rule in loaded.profile.rules
        if rule.with_.get("rows") == "parties[]" and rule.with_.get("field") == _ROLE and rule.with_.get("min")
    ]
    return list(dict.fromkeys(roles)) or (["agency"] if loaded.profile.compiler is None else [loaded.profile.compiler])


def find_strange_words(guess: SheetGuess) -> Iterator[tuple[Column, Mapping[str, str]]]:
    """Words that choice columns don't offer, each with the offered word that it certainly means, or ""."""
    for column_guess in guess.guesses:
        if column_guess.column is None or column_guess.column.kind != "choice":
            continue
        offered = list(column_guess.column.words)
        values = (value.strip() for value in guess.samples.get(column_guess.at, ()) if isinstance(value, str))
        understood = {*offered, *column_guess.column.also}
        strange = sorted({word for word in values if word and word not in understood and _is_word(word)})
        if strange:
            yield column_guess.column, {word: _find_meant(word, offered) for word in strange[:_MOST_WORDS]}


def _is_word(text: str) -> bool:
    """Whether a value may be a word of a closed list, and not a name or number."""
    return len(text) <= _LONGEST_WORD and not is_secret(text) and not any(mark in text for mark in "\n:：")


def _find_meant(word: str, offered: Sequence[str]) -> str:
    """The only offered word that contains the word or is contained in it; "" if the word negates it."""
    alike = [choice for choice in offered if word in choice or choice in word]
    if len(alike) != 1 or bool(_NEGATIONS.search(word)) != bool(_NEGATIONS.search(alike[0])):
        return ""
    return alike[0] if SequenceMatcher(None, word, alike[0]).ratio() >= 0.5 else ""


def _flatten(text: str) -> str:
    return " ".join(text.split())


def _quote(text: str, *, inside: bool = False) -> str:
    """A text as a YAML scalar on one line; ``inside`` brackets commas are quoted, too."""
    plain = _PLAIN_YAML.fullmatch(text) is not None and text.strip() == text and not _READ_OTHERWISE.fullmatch(text)
    if plain and not (inside and re.search(r"[,\[\]{}]", text)):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t").replace("\r", "")
    return f'"{escaped}"'
