"""A Markdown file; its text as it stands: lines with their numbers, line ends kept, underlined headings seen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from docgen.content.blocks import Block, Paragraph, Picture, Run
from docgen.content.files import read_bytes
from docgen.content.flow import Flow, FlowItem, FlowTable, Line, cut_runs
from docgen.content.markdown import BlockReader, parse_markdown, read_inline
from docgen.content.markdown_rules import make_parser
from docgen.content.model import DocumentContent
from docgen.content.outline import outline_document
from docgen.diagnostics import NOWHERE, Location, error
from docgen.errors import SourceError

if TYPE_CHECKING:
    from markdown_it.token import Token

_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_UNDERLINE = re.compile(r"\n\s*={2,}\s*(?:\n|$)")
_TAGGED = re.compile(r"\s*<(h[1-6]|center|p|div|b|strong|font|span)\b[^>]*>(.*)</\1>\s*", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"</?(?:h[1-6]|center|p|div|b|strong|i|em|u|span|font|section)\b[^>]*>", re.IGNORECASE)
_FRONT = re.compile(r"---\s*\n(?P<front>.*?)\n---\s*(?:\n|$)", re.DOTALL)
_FRONT_TITLE = re.compile(r"^(?:title|标题)\s*:\s*(?P<title>\S.*?)\s*$", re.MULTILINE)
_LONGEST_UNDERLINED = 60
_LONGEST_BOLD = 40
_Item = TypeVar("_Item", bound=FlowItem)


def read_markdown(path: Path) -> DocumentContent:
    """Read a ``.md`` file, UTF-8 with or without a byte order mark; every block has its line.

    The first heading is the title when it stands above all others. SourceError (C121–C124) when it can't be read.
    """
    place = Location("yaml", str(path), 1, 1)
    raw = read_bytes(path)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        raise SourceError(error("C124", Location("yaml", str(path), line, 1), path=str(path), line=line)) from None
    content = outline_document(parse_markdown(text, place).blocks, place)
    return replace(content, flow=read_markdown_flow(text, place))


def read_markdown_flow(text: str, location: Location = NOWHERE) -> Flow:
    """The lines, tables and pictures of a text; a block of settings at its top gives no more than its title."""
    items: list[FlowItem] = []
    front = _FRONT.match(text)
    if front is not None:
        titled = _FRONT_TITLE.search(front["front"])
        if titled is not None:
            title = titled["title"].strip("\"'")
            items.append(Line(Paragraph((Run(title),), location), is_title=True))
        rows = text[: front.end()].count("\n")
        text = "\n" * rows + text[front.end() :]
    tokens = make_parser().parse(text)
    for token in tokens:
        for child in token.children or ():
            if child.type == "softbreak":
                child.type = "hardbreak"
    items += _FlowReader(BlockReader(tokens, text.splitlines(), location)).read()
    return Flow(tuple(items))


@dataclass(slots=True)
class _FlowReader:
    reader: BlockReader
    number: str = ""

    def read(self) -> list[FlowItem]:
        items: list[FlowItem] = []
        reader = self.reader
        ended = -1
        while reader.at < len(reader.tokens):
            token = reader.tokens[reader.at]
            reader.at += 1
            if token.type == "hr" and items and token.map and token.map[0] == ended:
                items[-1] = _underline(items[-1], 2)
            elif token.type == "list_item_open":
                self.number = f"{token.info}{token.markup}" if token.info else ""
            elif token.type == "list_item_close":
                self.number = ""
            elif token.type == "inline":
                items += self.read_lines(token.children or (), reader.locate(token))
                ended = token.map[1] if token.map else -1
            elif token.type == "heading_open":
                head = reader.read_heading(token, reader.locate(token))
                items.append(Line(Paragraph((Run(head.text),), head.location), head.level, self.take_number(), True))
            elif token.type == "table_open":
                items.append(self.read_grid(reader.locate(token)))
            elif token.type != "hr" and token.content:
                items += _make_items(reader.read_block(token))
        return items

    def take_number(self) -> str:
        number, self.number = self.number, ""
        return number

    def read_lines(self, children: Sequence[Token], where: Location) -> Iterator[FlowItem]:
        for item in _make_items(read_inline(children, where)):
            if isinstance(item, Line):
                for line in _cut_underlined(item):
                    yield replace(line, number=self.take_number())
            else:
                yield item

    def read_grid(self, where: Location) -> FlowTable:
        table = self.reader.read_table(where)
        cells = tuple(
            tuple(tuple(_make_items([Paragraph(cell, where)] if cell else [])) for cell in row) for row in table.rows
        )
        return FlowTable(table, cells)


def _make_items(blocks: Sequence[Block]) -> Iterator[FlowItem]:
    for block in blocks:
        if isinstance(block, Paragraph):
            tagged = _TAGGED.fullmatch(block.text)
            level = int(tagged[1][1]) if tagged is not None and tagged[1][1:].isdigit() else None
            runs = tuple(replace(run, text=_TAG.sub("", _BREAK.sub("\n", run.text))) for run in block.runs)
            runs = tuple(run for run in runs if run.text)
            if not any(run.text.strip() for run in runs):
                continue
            is_bold = all(run.bold for run in runs if run.text.strip())
            made = Line(Paragraph(runs, block.location), level, is_bold=is_bold, wraps=True)
            is_short = "\n" not in made.text and len(made.text) <= _LONGEST_BOLD
            yield replace(
                made, is_heading=level is not None or (is_bold and is_short and not made.text.endswith(("。", "；")))
            )
        elif isinstance(block, Picture):
            yield block


def _cut_underlined(line: Line) -> Iterator[Line]:
    """The line, cut behind each row of = that makes a heading of what stands over it."""
    runs = line.paragraph.runs
    while (match := _UNDERLINE.search(text := "".join(run.text for run in runs))) is not None:
        head = cut_runs(runs, match.start())[0]
        above, rule, _ = text[: match.start()].rpartition("\n")
        if rule:
            yield replace(line, paragraph=Paragraph(cut_runs(head, len(above))[0], line.paragraph.location))
            head = cut_runs(head, len(above) + 1)[1]
        made = replace(line, paragraph=Paragraph(head, line.paragraph.location))
        yield _underline(made, 1)
        runs = cut_runs(runs, match.end())[1]
    if "".join(run.text for run in runs).strip():
        yield replace(line, paragraph=Paragraph(runs, line.paragraph.location))


def _underline(item: _Item, level: int) -> _Item:
    """The line as the heading that its underline makes of it; a long text is none."""
    if not isinstance(item, Line) or "\n" in item.text or len(item.text) > _LONGEST_UNDERLINED:
        return item
    return replace(item, level=level, is_heading=True)
