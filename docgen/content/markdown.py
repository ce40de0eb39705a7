"""Markdown text of an author → Narrative; nothing that is read gets lost, what has no meaning here stays as text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from docgen.content.blocks import Block, Heading, ListBlock, Paragraph, Picture, Run, Table
from docgen.content.captions import take_captions
from docgen.content.markdown_rules import is_chinese, make_parser
from docgen.content.model import Narrative
from docgen.diagnostics import NOWHERE, Location

if TYPE_CHECKING:
    from markdown_it.token import Token

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:|[/#.]|www\.|[^\s/]+(/|\.[a-z]{2,5}\b)", re.IGNORECASE)
_REMOTE = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)
_NEW_PARAGRAPH = "\u3000"
"""A line that begins with a full-width space begins a paragraph: that is how Chinese text is indented by hand."""


def parse_markdown(text: str, location: Location = NOWHERE) -> Narrative:
    """Read a text as the small Markdown: paragraphs, headings, bold, lists, tables, pictures.

    A single newline inside a paragraph joins Chinese text without a space; two trailing spaces or a backslash make a
    break. Raw HTML stays text, a link becomes its text. When ``location`` has a line, it is the text's first one, and
    every block gets its own.
    """
    parser = make_parser()
    reader = BlockReader(parser.parse(text), text.splitlines(), location)
    return Narrative(take_captions(reader.read_blocks()), text, location)


@dataclass(slots=True)
class BlockReader:
    """Reads the tokens of a text into blocks."""

    tokens: Sequence[Token]
    lines: Sequence[str]
    location: Location
    at: int = 0

    def read_blocks(self, closing: str | None = None) -> list[Block]:
        """The blocks up to a token of type ``closing``, which is passed."""
        blocks: list[Block] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.type == closing:
                break
            blocks += self.read_block(token)
        return blocks

    def read_block(self, token: Token) -> list[Block]:
        """The blocks of one token."""
        where = self.locate(token)
        if token.type == "inline":
            return read_inline(token.children or (), where)
        if token.type == "heading_open":
            return [self.read_heading(token, where)]
        if token.type in ("bullet_list_open", "ordered_list_open"):
            return self.read_list(token, where)
        if token.type == "table_open":
            return [self.read_table(where)]
        if token.type == "fence":
            lines = [token.info.strip(), token.content.rstrip("\n")]
            return _make_paragraph([Run("\n".join(line for line in lines if line))], where)
        # Paragraphs and quotations open and close around what is read above; anything else has its text in content.
        text = self.lines[token.map[0]].lstrip("> \t") if token.type == "hr" and token.map else token.content
        return _make_paragraph([Run(text)], where)

    def locate(self, token: Token) -> Location:
        """The line of a token."""
        if self.location.line is None or token.map is None or token.map[0] == 0:
            return self.location
        return replace(self.location, line=self.location.line + token.map[0], column=1)

    def read_heading(self, token: Token, where: Location) -> Heading:
        """A heading, whose opening was read."""
        inline = self.tokens[self.at]
        self.at += 2
        return Heading(int(token.tag[1:]), "".join(run.text for run in read_runs(inline.children or ())), where)

    def read_list(self, opening: Token, where: Location) -> list[Block]:
        """A list, whose opening was read."""
        items: list[tuple[Block, ...]] = []
        numbers: list[str] = []
        while (token := self.tokens[self.at]).type == "list_item_open":
            self.at += 1
            numbers.append(token.info)
            items.append(take_captions(self.read_blocks("list_item_close")))
        self.at += 1
        ordered = opening.type == "ordered_list_open"
        counted = [str(number) for number in range(1, len(items) + 1)]
        if not ordered or numbers in (counted, ["1"] * len(items)):
            return [ListBlock(ordered, tuple(items), where)]
        # A list is numbered from 1 wherever it is printed; an author's 2. or 2023. is kept as text.
        blocks: list[Block] = []
        for number, item in zip(numbers, items, strict=True):
            label = Run(f"{number}{opening.markup} ")
            if item and isinstance(item[0], Paragraph):
                blocks += [replace(item[0], runs=(label, *item[0].runs)), *item[1:]]
            else:
                blocks += [Paragraph((Run(label.text.strip()),), where), *item]
        return blocks

    def read_table(self, where: Location) -> Table:
        """A table, whose opening was read."""
        rows: list[tuple[tuple[Run, ...], ...]] = []
        cells: list[tuple[Run, ...]] = []
        excess: list[str] = []
        while (token := self.tokens[self.at]).type != "table_close":
            self.at += 1
            if token.type == "tr_open":
                cells, excess = [], token.meta.get("excess", [])
            elif token.type == "inline":
                cells.append(tuple(read_runs(token.children or ())))
            elif token.type == "tr_close":
                for text in excess:
                    cells.append(tuple(read_runs(make_parser().parseInline(text)[0].children or ())))
                rows.append(tuple(cells))
        self.at += 1
        if len(rows) > 1 and not any(run.text for cell in rows[0] for run in cell):
            return Table(tuple(rows[1:]), 0, None, where)
        return Table(tuple(rows), 1, None, where)


@dataclass(slots=True)
class _InlineText:
    """Inline text as it is put together: the format that is open, and the runs so far."""

    runs: list[Run] = field(default_factory=list)
    bold: int = 0
    italic: int = 0
    broken: bool = False

    def add(self, text: str) -> None:
        if not text:
            return
        if self.broken:
            self.broken = False
            last = self.runs[-1].text[-1] if self.runs else ""
            if last and last != "\n" and not is_chinese(last) and not is_chinese(text[0]):
                text = " " + text
        run = Run(text, self.bold > 0, self.italic > 0)
        if self.runs and (self.runs[-1].bold, self.runs[-1].italic) == (run.bold, run.italic):
            run = replace(run, text=self.runs.pop().text + text)
        self.runs.append(run)

    def take(self) -> list[Run]:
        runs, self.runs, self.broken = self.runs, [], False
        return runs


def read_inline(children: Sequence[Token], where: Location = NOWHERE) -> list[Block]:
    """A paragraph's inline content as blocks: pictures stand by themselves, an indented line begins a paragraph."""
    line = _InlineText()
    blocks: list[Block] = []
    row = 0
    here = where
    for token, text in _iterate_text(children, line):
        if token.type in ("softbreak", "hardbreak"):
            row += 1
        if token.type == "image" and not text:
            blocks += _make_paragraph(line.take(), here)
            blocks.append(_read_picture(token, _move(where, row)))
            here = _move(where, row)
        elif line.broken and text.startswith(_NEW_PARAGRAPH):
            blocks += _make_paragraph(line.take(), here)
            here = _move(where, row)
            line.add(text.lstrip())
        else:
            line.add(text)
    return blocks + _make_paragraph(line.take(), here)


def read_runs(children: Sequence[Token]) -> list[Run]:
    """Inline content where only text may stand (a heading, a cell): a picture stays as it was typed."""
    line = _InlineText()
    for token, text in _iterate_text(children, line):
        line.add(text if text or token.type != "image" else _format_picture(token))
    return line.runs


def _iterate_text(children: Sequence[Token], line: _InlineText) -> Iterator[tuple[Token, str]]:
    """Each token with the text it gives; the format that it opens or closes is set in ``line``."""
    links: list[str] = []
    for token in children:
        text = token.content
        if token.type in ("strong_open", "strong_close"):
            line.bold += token.nesting
        elif token.type in ("em_open", "em_close"):
            line.italic += token.nesting
        elif token.type == "softbreak":
            line.broken = True
        elif token.type == "hardbreak":
            text = "\n"
        elif token.type == "link_open":
            href = unquote(str(token.attrs.get("href", "")))
            is_address = token.info == "auto" or _ADDRESS.match(href) is not None
            links.append("" if is_address else f"]{_format_target(href, token)}")
            text = "" if is_address else "["
        elif token.type == "link_close":
            text = links.pop()
        elif token.type == "image":
            text = _format_picture(token) if _find_picture(token) is None else ""
        yield token, text


def _find_picture(token: Token) -> PurePosixPath | None:
    """The path of a picture, or None when it names no file (an address on the net, nothing)."""
    source = unquote(str(token.attrs.get("src", "")))
    if not source.strip() or _REMOTE.match(source):
        return None
    return PurePosixPath(source.replace("\\", "/"))


def _read_picture(token: Token, where: Location) -> Picture:
    path = _find_picture(token)
    assert path is not None
    return Picture(path, str(token.attrs.get("title") or "") or token.content or None, where)


def _format_picture(token: Token) -> str:
    return f"![{token.content}]{_format_target(unquote(str(token.attrs.get('src', ''))), token)}"


def _format_target(target: str, token: Token) -> str:
    title = token.attrs.get("title")
    return f'({target} "{title}")' if title else f"({target})"


def _move(where: Location, rows: int) -> Location:
    return where if where.line is None or rows == 0 else replace(where, line=where.line + rows, column=1)


def _make_paragraph(runs: list[Run], where: Location) -> list[Block]:
    """One paragraph, or none where there is nothing to read; spaces at its ends are dropped."""
    while runs and not runs[0].text.strip():
        runs = runs[1:]
    while runs and not runs[-1].text.strip():
        runs = runs[:-1]
    if not runs:
        return []
    runs = [replace(runs[0], text=runs[0].text.lstrip()), *runs[1:]]
    runs = [*runs[:-1], replace(runs[-1], text=runs[-1].text.rstrip())]
    return [Paragraph(tuple(runs), where)]
