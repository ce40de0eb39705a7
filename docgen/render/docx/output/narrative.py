"""Writes a narrative as WordprocessingML paragraphs, pictures and tables, in the styles that the template defines.

Headings and lists have their numbers as text, as in official documents (GB/T 9704—2012, 7.3.3): 一、 （一） 1. （1）
for headings; 1. and （1） for ordered lists; —— and · for unordered lists (GB/T 1.1—2020). A number that an author
typed before a heading is replaced. Inside a table cell everything takes the format of the tag's own paragraph.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from docgen.content.blocks import Block, Heading, ListBlock, Paragraph, Picture, Run, Table
from docgen.content.heading_text import format_ordinal
from docgen.content.model import Narrative
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.render.docx.output.runs import write_run_format, write_size_format
from docgen.render.docx.wordml.measure import EMU_PER_TWIP
from docgen.render.docx.wordml.styles import (
    BODY,
    CAPTION,
    HEADINGS,
    LIST_ITEM,
    PICTURE,
    TABLE,
    TABLE_HEADER,
    TABLE_TEXT,
    TemplateStyles,
)
from docgen.render.docx.wordml.text import holds_wide, measure_width

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from docgen.render.docx.tree.sites import Site

FIRST_LEVEL = 2
"""The level of a narrative's top headings unless the tag sets one: （一）, below the document's 一、"""

TABLE_SIZE = 21
"""The text size of a table in half points (五号), in a template without styles."""
_NO_INDENT = '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'
_KEEP = re.compile(r"<w:keepNext(?: [^>]*)?/>")
_PAGE_BREAK = re.compile(r"<w:pageBreakBefore(?: [^>]*)?/>")
_PARAGRAPH_HEAD = re.compile(
    r"<w:p>(?:<w:pPr>(?P<style><w:pStyle [^>]*/>)?(?P<keeps>(?:<w:keep(?:Next|Lines)(?: [^>]*)?/>)*)"
    r"(?P<rest>(?:(?!</w:pPr>).)*)</w:pPr>)?",
    re.DOTALL,
)
_GAP = '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="120" w:lineRule="exact"/></w:pPr></w:p>'
"""A paragraph behind a table, so low that it can't start a page."""
_BLOCK = re.compile(r"(?P<row><w:tr>.*?</w:tr>)|<w:p>.*?</w:p>", re.DOTALL)
_TEXT = re.compile(r"<w:t(?: [^>]*)?>([^<]*)")
_LINE = 52
"""Half-width characters in a line (28 full-width ones, less the indent of two)."""
_FREE_LINE = Paragraph(())
"""A line of the room that a blank leaves for writing."""
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_ROW_ROOM = '<w:trHeight w:val="480" w:hRule="atLeast"/>'
"""The height of header rows and of rows to fill in by hand: at least 8 mm."""
_HALF_WIDTH, _CELL_MARGINS = 115, 400
"""Twips: the width of a half-width character in a table (五号); a cell's margins with the gaps beside digits."""
_SHORT_SHARE, _DATES_SHARE, _ROOM_FOR_SHORT = 0.24, 0.36, 0.6
_DATES = re.compile(r"\d{4}年[\d年月日至—–~、-]+[上中下旬底前后]*")
"""A day, or from when to when: 2024年11月—2025年1月上旬."""
_TYPED_NUMBER = re.compile(
    r"\s*(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)]|\d+[.．、](?!\d)|[（(]\d+[）)]|[①-⑳])\s*"
)
_NUMBERS: tuple[Callable[[int], str], ...] = (
    lambda number: f"{format_ordinal(number)}、",
    lambda number: f"（{format_ordinal(number)}）",
    lambda number: f"{number}.",
    lambda number: f"（{number}）",
)
_ORDERED: tuple[Callable[[int], str], ...] = (lambda number: f"{number}.", lambda number: f"（{number}）")
_UNORDERED = ("——", "·")


class NarrativeContext(Protocol):
    """What a narrative needs of the document in which it is rendered."""

    def encode(self, text: str) -> str:
        """Encode text for a ``w:t``; what XML can't hold is reported there."""

    def draw_picture(self, picture: Picture, width: int, height: int) -> str:
        """Write a picture as the content of a run, no larger than this (EMU); one that can't be drawn is reported."""

    def count_table(self) -> int:
        """Count a table that has a caption."""

    def count_picture(self) -> int:
        """Count a picture that has a caption."""


@dataclass(frozen=True, slots=True)
class PlacedNarrative:
    """A narrative whose top headings have this ``level`` (1 is 一、).

    ``keep`` keeps its end on one page with what follows, so that no signature stands alone (GB/T 9704—2012, 7.3.5).
    """

    narrative: Narrative
    level: int = FIRST_LEVEL
    keep: bool = False


def write_narrative(placed: PlacedNarrative, site: Site, styles: TemplateStyles, printing: NarrativeContext) -> str:
    """Write a narrative in place of its tag's paragraph; empty where it has no blocks."""
    # Authors start with # or with ##: the highest heading of a narrative is its top level.
    highest = min((block.level for block in placed.narrative.blocks if isinstance(block, Heading)), default=1)
    # "Keep with next" (与下段同页) on the tag's paragraph applies to the end of the narrative, not to each paragraph.
    keep = placed.keep or _KEEP.search(site.paragraph_format) is not None
    inner = replace(site, paragraph_format=_PAGE_BREAK.sub("", _KEEP.sub("", site.paragraph_format)))
    text = _NarrativeWriter(inner, styles, printing, placed.level - highest + 1).write_blocks(placed.narrative.blocks)
    if _PAGE_BREAK.search(site.paragraph_format):
        text = _PARAGRAPH_HEAD.sub(lambda head: _add_flag(head, "pageBreakBefore"), text, count=1)
    # A cell must end with a paragraph, and Word joins adjacent tables.
    text = text + _GAP if text.endswith("</w:tbl>") else text
    return _keep_end(text) if keep else text


def _keep_end(text: str) -> str:
    """Keep the end of a narrative with what follows: its last two lines, or a table's last two rows."""
    lines, begin = 0, len(text)
    for block in reversed([*_BLOCK.finditer(text)]):
        width = sum(measure_width(piece) for piece in _TEXT.findall(block[0]))
        lines += 1 if block["row"] else -(-width // _LINE)
        begin = block.start()
        if lines >= 2:
            break
    return text[:begin] + _keep_next(text[begin:])


def _keep_next(text: str) -> str:
    return _PARAGRAPH_HEAD.sub(lambda head: _add_flag(head, "keepNext"), text)


def _add_flag(head: re.Match[str], flag: str) -> str:
    style, keeps, rest = (head[name] or "" for name in ("style", "keeps", "rest"))
    kept = f"<w:{flag}/>{keeps}" if flag == "keepNext" else f"{keeps}<w:{flag}/>"
    return head[0] if f"<w:{flag}" in head[0] else f"<w:p><w:pPr>{style}{kept}{rest}</w:pPr>"


def write_lines(lines: Iterable[str], site: Site) -> str:
    """Write lines of encoded text as paragraphs in the format of the tag's paragraph."""
    run = write_run_format(site.run_format, True)
    texts = list(lines)
    return "".join(
        f'<w:p>{_write_line_format(site, at == 0, at == len(texts) - 1)}<w:r>{run}<w:t xml:space="preserve">{line}'
        "</w:t></w:r></w:p>"
        for at, line in enumerate(texts)
    )


def _write_line_format(site: Site, first: bool, last: bool) -> str:
    """Write the ``w:pPr`` of a line: only the first may break the page, only the last be kept with what follows."""
    properties = site.paragraph_format if first else _PAGE_BREAK.sub("", site.paragraph_format)
    properties = properties if last else _KEEP.sub("", properties)
    return f"<w:pPr>{properties}</w:pPr>" if properties else ""


@dataclass(slots=True)
class _NarrativeWriter:
    site: Site
    styles: TemplateStyles
    printing: NarrativeContext
    level: int
    counters: list[int] = field(default_factory=lambda: [0, 0, 0, 0])

    def write_blocks(self, blocks: Sequence[Block]) -> str:
        pieces: list[str] = []
        for above, block, below in zip((None, *blocks), blocks, (*blocks[1:], None), strict=False):
            if isinstance(block, Table) and block.caption is None and pieces and pieces[-1].endswith("</w:tbl>"):
                pieces.append(_GAP)
            text = self.write_block(block)
            # The first two lines of a room to write in stay together, and so with the heading above.
            pieces.append(_keep_next(text) if above != _FREE_LINE == block == below else text)
        return "".join(pieces)

    def write_block(self, block: Block) -> str:
        if isinstance(block, Paragraph):
            return self.write_paragraph(BODY, block.runs)
        if isinstance(block, Heading):
            return self.write_heading(block)
        if isinstance(block, ListBlock):
            return self.write_list(block, 0)
        if isinstance(block, Table):
            return self.write_table(block)
        return self.write_picture(block)

    def find_style(self, agreed: str) -> str | None:
        """Find a style of the template; None in a cell, where the tag's own paragraph sets the format."""
        return None if self.site.in_cell else self.styles.find(agreed)

    def write_paragraph(self, agreed: str, runs: Sequence[Run], extra: str = "", bold: bool = False) -> str:
        style = self.find_style(agreed)
        base = "" if style else self.site.run_format
        markup = "".join(self.write_run(run, base, bold and style is None) for run in runs)
        if style:
            return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{extra}</w:pPr>{markup}</w:p>'
        properties = self.site.paragraph_format
        return f"<w:p><w:pPr>{properties}</w:pPr>{markup}</w:p>" if properties else f"<w:p>{markup}</w:p>"

    def write_run(self, run: Run, base: str, bold: bool = False) -> str:
        if not run.text:
            return ""
        properties = write_run_format(base, holds_wide(run.text), bold or run.bold, run.italic)
        return f'<w:r>{properties}<w:t xml:space="preserve">{self.printing.encode(run.text)}</w:t></w:r>'

    def write_heading(self, heading: Heading) -> str:
        level = min(self.level + heading.level - 1, len(HEADINGS))
        self.counters[level - 1] += 1
        self.counters[level:] = [0] * (len(HEADINGS) - level)
        label = number_heading(heading.text, level, self.counters[level - 1])
        return self.write_paragraph(HEADINGS[level - 1], (Run(label),), bold=True)

    def write_list(self, block: ListBlock, depth: int) -> str:
        pieces: list[str] = []
        indent = f'<w:ind w:leftChars="{depth * 200}" w:left="{depth * 640}"/>' if depth else ""
        for number, item in enumerate(block.items, 1):
            mark = format_item_mark(block, depth, number)
            for part in item:
                if isinstance(part, Paragraph):
                    runs = (Run(separate_mark(mark, part.runs)), *part.runs)
                    pieces.append(self.write_paragraph(LIST_ITEM, runs, indent))
                    mark = ""
                elif isinstance(part, ListBlock):
                    pieces.append(self.write_list(part, depth + 1))
                else:
                    pieces.append(self.write_block(part))
        return "".join(pieces)

    def write_caption(self, key: str, number: int, caption: str, keep: str = "") -> str:
        text = catalogue(DOCUMENT_LANGUAGE).text(key, number=number, caption=caption)
        style = self.styles.find(CAPTION)
        if style is None:
            properties = f'{keep}{_NO_INDENT}<w:jc w:val="center"/>'
        else:
            properties = f'<w:pStyle w:val="{style}"/>{keep}'
        run = self.write_run(Run(text), "" if style else self.site.run_format)
        return f"<w:p><w:pPr>{properties}</w:pPr>{run}</w:p>"

    def write_picture(self, picture: Picture) -> str:
        style = self.styles.find(PICTURE)
        keep = "<w:keepNext/>" if picture.caption else ""
        properties = f'<w:pStyle w:val="{style}"/>{keep}' if style else f'{keep}{_NO_INDENT}<w:jc w:val="center"/>'
        drawing = self.printing.draw_picture(picture, self.site.width, self.site.height * 3 // 5)
        text = f"<w:p><w:pPr>{properties}</w:pPr><w:r>{drawing}</w:r></w:p>"
        if picture.caption:
            text += self.write_caption("render.picture_caption", self.printing.count_picture(), picture.caption)
        return text

    def write_table(self, table: Table) -> str:
        columns = max((len(row) for row in table.rows), default=0)
        if not columns:
            return ""
        caption = ""
        if table.caption:
            number = self.printing.count_table()
            caption = self.write_caption("render.table_caption", number, table.caption, "<w:keepNext/>")
        total = self.site.width // EMU_PER_TWIP
        widths = share_width(table, columns, total)
        style = self.styles.find(TABLE)
        properties = f'<w:tblStyle w:val="{style}"/>' if style else ""
        properties += f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        if not style:
            properties += f"<w:tblBorders>{_BORDERS}</w:tblBorders>"
        properties += (
            '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0420" w:firstRow="1" w:lastRow="0" w:firstColumn="0" '
            'w:lastColumn="0" w:noHBand="0" w:noVBand="1"/>'
        )
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        rows = "".join(self.write_row(row, widths, header=at < table.header_rows) for at, row in enumerate(table.rows))
        return f"{caption}<w:tbl><w:tblPr>{properties}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"

    def write_row(self, row: Sequence[Sequence[Run]], widths: Sequence[int], *, header: bool) -> str:
        style = self.styles.find(TABLE_HEADER if header else TABLE_TEXT)
        base = "" if style else write_size_format(self.site.run_format, TABLE_SIZE)
        if style:
            properties = f'<w:pStyle w:val="{style}"/>'
        else:
            properties = _NO_INDENT + ('<w:jc w:val="center"/>' if header else "")
        cells: list[str] = []
        for at, width in enumerate(widths):
            runs = row[at] if at < len(row) else ()
            markup = "".join(self.write_run(run, base, header and style is None) for run in runs)
            cells.append(
                f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
                f"<w:p><w:pPr>{properties}</w:pPr>{markup}</w:p></w:tc>"
            )
        room = _ROW_ROOM if header or not any(run.text for runs in row for run in runs) else ""
        marks = "<w:trPr><w:cantSplit/>" + room + ("<w:tblHeader/>" if header else "") + "</w:trPr>"
        return f"<w:tr>{marks}{''.join(cells)}</w:tr>"


def share_width(table: Table, columns: int, total: int) -> list[int]:
    """Share the width (twips) among the columns by their text; the widths add up to ``total`` exactly.

    A column of short texts (names, dates, figures) gets the width at which none of them breaks, unless such columns
    leave too little; the rest goes to the other columns in proportion to their longest lines.
    """
    lines = [[""] for _ in range(columns)]
    for row in table.rows:
        for at, cell in enumerate(row):
            lines[at] += _list_cell_lines(cell)
    longest = [max(2, *map(measure_width, column)) for column in lines]
    natural = [length * _HALF_WIDTH + _CELL_MARGINS for length in longest]
    shares = [_DATES_SHARE if _DATES.fullmatch(max(column, key=measure_width)) else _SHORT_SHARE for column in lines]
    short = [at for at in range(columns) if natural[at] <= total * shares[at]]
    if sum(natural[at] for at in short) > total * _ROOM_FOR_SHORT:
        short = [at for at in short if shares[at] == _DATES_SHARE]
    if len(short) == columns or sum(natural[at] for at in short) > total * _ROOM_FOR_SHORT:
        short = []
    widths = [natural[at] if at in short else 0 for at in range(columns)]
    needs = {at: min(40, 2 + longest[at]) for at in range(columns) if at not in short}
    rest = total - sum(widths)
    for at, need in needs.items():
        widths[at] = rest * need // sum(needs.values())
    widths[max(needs)] += total - sum(widths)
    return widths


def _list_cell_lines(cell: Sequence[Run]) -> list[str]:
    return "".join(run.text for run in cell).split("\n")


def number_heading(text: str, level: int, number: int) -> str:
    """Number a heading: 一、 （一） 1. （1）; a number that its author typed is replaced."""
    label = _NUMBERS[level - 1](number) if level > 2 or number < 100 else f"{number}、"
    title = _TYPED_NUMBER.sub("", text, count=1)
    return f"{separate_mark(label, (Run(title),))}{title}"


def list_lines(blocks: Iterable[Block], depth: int = 0) -> Iterator[tuple[Run, ...]]:
    """List the lines of a narrative printed inside a line of text; tables and pictures are left out."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.runs
        elif isinstance(block, Heading):
            yield (Run(block.text, bold=True),)
        elif isinstance(block, ListBlock):
            for number, item in enumerate(block.items, 1):
                mark = format_item_mark(block, depth, number)
                for line in list_lines(item, depth + 1):
                    yield (Run(separate_mark(mark, line)), *line) if mark else line
                    mark = ""


def separate_mark(mark: str, runs: Sequence[Run]) -> str:
    """Put a space between an item's number and a figure that its text begins with: 1. 3月, not 1.3月."""
    text = "".join(run.text for run in runs)
    return f"{mark} " if mark.endswith(".") and text[:1].isdigit() else mark


def format_item_mark(block: ListBlock, depth: int, number: int) -> str:
    """Format the mark of a list item: its number, or a dash or a dot (GB/T 1.1—2020)."""
    kinds = _ORDERED if block.ordered else _UNORDERED
    kind = kinds[min(depth, len(kinds) - 1)]
    return kind if isinstance(kind, str) else kind(number)
