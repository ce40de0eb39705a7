"""A Word file that a person wrote → DocumentContent."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from docgen.content.blocks import Block, Heading, ListBlock, Paragraph, Picture, Table
from docgen.content.captions import take_captions
from docgen.content.closing_date import is_date_line, parse_closing_date
from docgen.content.docx.body import BodyReader, WordBlock, WordParagraph, WordTable
from docgen.content.docx.headings import HeadingLevels, find_headings
from docgen.content.docx.numbering import read_numbering
from docgen.content.docx.styles import read_styles
from docgen.content.docx.xml import WordParts, read_word_parts
from docgen.content.flow import Flow, FlowItem, FlowTable, Line, Outside, TextBox
from docgen.content.model import DocumentContent
from docgen.content.outline import outline_document
from docgen.diagnostics import Location

_LAST_LINES = 4


def read_docx(path: Path) -> DocumentContent:
    """Read a ``.docx`` as it would be printed.

    Headings are known by their style or outline level, or as numbered or bold lines. Tracked insertions are in,
    deletions out; foot notes, text boxes, hidden text, the table of contents and who signed when are left aside: they
    are in the ``flow``. Every run says whether its marks are set in the Chinese font (``Run.east_asian``), every block
    its paragraph and how it begins. A picture's path is the part of the file that holds it. SourceError (C121–C123,
    C125–C128) when it can't be read.
    """
    parts = read_word_parts(path)
    reader = _make_reader(path, parts)
    everything = list(reader.read_body(parts.body))
    words = _leave_signature(everything)
    headings = find_headings(words)
    title = words[headings.title] if headings.title is not None else None
    blocks = take_captions(_make_blocks(words, headings))
    named = title.text if isinstance(title, WordParagraph) else None
    unended = [Outside("field") for _ in reader.unended]
    flow = Flow(tuple(_make_items(everything)), (*reader.outside, *unended))
    return replace(outline_document(blocks, Location("docx", str(path)), named), flow=flow)


def _make_reader(path: Path, parts: WordParts) -> BodyReader:
    styles, numbering = read_styles(parts.styles), read_numbering(parts.numbering)
    return BodyReader(str(path), styles, numbering, parts.targets, parts.notes)


def _make_items(words: Sequence[WordBlock]) -> Iterator[FlowItem]:
    """What was read, as it stands in the file."""
    headings = find_headings(words)
    for at, word in enumerate(words):
        if isinstance(word, WordTable):
            cells = tuple(tuple(tuple(_make_items(cell)) for cell in row) for row in word.cells)
            yield FlowTable(Table(word.rows, word.header_rows, None, word.location), cells)
            continue
        yield from (TextBox(tuple(_make_items(box)), word.location) for box in word.boxes)
        if word.text:
            yield Line(
                _make_paragraph(word),
                word.level,
                word.label,
                at in headings.levels,
                word.is_title,
                word.is_subtitle,
                word.is_caption,
                word.is_centred,
                word.is_bold,
                word.size,
                is_framed=word.is_framed,
            )
        yield from (Picture(picture, None, word.location) for picture in word.pictures)


def read_closing_date(path: Path) -> dt.date | None:
    """The date that closes a ``.docx``: a line of its own among the last few, tables aside; None without one.

    SourceError as for ``read_docx``.
    """
    parts = read_word_parts(path)
    reader = _make_reader(path, parts)
    lines = [word.text for word in reader.read_body(parts.body) if isinstance(word, WordParagraph) and word.text]
    dates = (parse_closing_date(line) for line in reversed(lines[-_LAST_LINES:]))
    return next((date for date in dates if date is not None), None)


def _leave_signature(words: list[WordBlock]) -> list[WordBlock]:
    """Leave aside the date at the end, and the names above it when they are set like it and unlike the text."""
    kept = list(words)
    while kept and isinstance(last := kept[-1], WordParagraph) and not last.text and not last.pictures:
        kept.pop()
    if not kept or not isinstance(date := kept[-1], WordParagraph) or not is_date_line(date.text):
        return words
    kept.pop()
    layouts = Counter[tuple[str | None, ...]]()
    for word in kept:
        if isinstance(word, WordParagraph):
            layouts[word.layout] += len(word.text)
    if not layouts or layouts.most_common(1)[0][0] == date.layout:
        return kept
    while kept and isinstance(last := kept[-1], WordParagraph) and (not last.text or last.layout == date.layout):
        kept.pop()
    return kept


def _make_blocks(words: Sequence[WordBlock], headings: HeadingLevels) -> list[Block]:
    blocks: list[Block] = []
    items: list[WordParagraph] = []
    for at, word in enumerate(words):
        is_item = isinstance(word, WordParagraph) and word.list_id is not None and at not in headings.levels
        if isinstance(word, WordParagraph) and is_item and at != headings.title and word.text:
            if items and items[-1].list_id != word.list_id and word.list_level == 0:
                blocks += _make_lists(items)
                items = []
            items.append(word)
            continue
        if isinstance(word, WordParagraph) and not word.text and not word.pictures:
            continue
        blocks += _make_lists(items)
        items = []
        if isinstance(word, WordTable):
            blocks.append(Table(word.rows, word.header_rows, None, word.location))
            continue
        if at in headings.levels:
            blocks.append(Heading(headings.levels[at], word.text, word.location))
        elif at != headings.title and word.text:
            blocks.append(_make_paragraph(word))
        blocks += (Picture(picture, None, word.location) for picture in word.pictures)
    return blocks + _make_lists(items)


def _make_lists(items: Sequence[WordParagraph]) -> list[Block]:
    """Numbered paragraphs in a row as a list; deeper ones are lists inside the item before them."""
    if not items:
        return []
    level = min(item.list_level for item in items)
    groups: list[list[WordParagraph]] = []
    for item in items:
        if item.list_level == level or not groups:
            groups.append([item])
        else:
            groups[-1].append(item)
    made = tuple((_make_paragraph(group[0]), *_make_lists(group[1:])) for group in groups)
    return [ListBlock(items[0].number != "bullet", made, items[0].location)]


def _make_paragraph(word: WordParagraph) -> Paragraph:
    runs = list(word.runs)
    while not runs[0].text.strip():
        runs.pop(0)
    while not runs[-1].text.strip():
        runs.pop()
    runs[0] = replace(runs[0], text=runs[0].text.lstrip())
    runs[-1] = replace(runs[-1], text=runs[-1].text.rstrip())
    return Paragraph(tuple(run for run in runs if run.text), word.location)
