"""Opens tables and text boxes used as layout, whose cells or lines hold the parts; others stay closed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from docgen.content.flow import FlowItem, FlowTable, Line, TextBox, iterate_lines
from docgen.content.heading_text import normalize_heading
from docgen.content.parts.pieces import LONGEST_HEADING, Entry, TextLine, cut_pieces
from docgen.content.parts.scheme import TextScheme

_LEAST_PROSE = 20
_LEAST_ROWS = 3
_LEAST_BOXED = 25


def open_layout(entries: Sequence[Entry], scheme: TextScheme) -> Iterator[Entry]:
    """The entries, with forms and boxes that hold parts replaced by their content."""
    named = {entry.named for entry in entries if isinstance(entry, TextLine) and entry.named is not None}
    parts = {part.key for part in scheme.parts}
    lacking = parts - named
    prose = sum(len(entry.line.text) for entry in entries if isinstance(entry, TextLine))
    boxed = _iterate_box_items(entries)
    all_boxed = sum(len(line.text) for line in iterate_lines(tuple(boxed)))
    opens_boxes = len(lacking) > 1 and all_boxed > prose
    for entry in entries:
        is_layout = isinstance(entry, FlowTable) and (
            (bool(lacking) and is_form(entry, scheme, lacking, prose)) or lists_units(entry, scheme, named)
        )
        if isinstance(entry, FlowTable) and is_layout:
            yield from open_layout(list(cut_pieces(tuple(_list_form(entry, scheme)), scheme)), scheme)
        elif isinstance(entry, TextBox) and lacking:
            inner = list(cut_pieces(entry.items, scheme))
            inner_parts = {item.named for item in inner if isinstance(item, TextLine)}
            length = sum(len(line.text) for line in iterate_lines(entry.items))
            holds_parts = bool(inner_parts & lacking) or (opens_boxes and length >= _LEAST_BOXED)
            yield from open_layout(inner, scheme) if holds_parts else [entry]
        else:
            yield entry


def is_form(grid: FlowTable, scheme: TextScheme, lacking: set[str], prose: int) -> bool:
    """Whether a table is a form, whose cells hold parts that no other line names.

    It has labels of two parts in two rows or, if most of the text is in the table, three rows of a label and prose.
    """
    rows: dict[int, set[str]] = {}
    inside: set[str] = set()
    for number, row in enumerate(grid.cells):
        for cell in row:
            for item in cut_pieces(_label_cell(cell), scheme):
                if isinstance(item, TextLine) and item.named in lacking:
                    rows.setdefault(number, set()).add(str(item.named))
                    inside.add(str(item.named))
                elif isinstance(item, FlowTable) and is_form(item, scheme, lacking, prose):
                    return True
    if len(rows) >= 2 and len(inside) >= 2:
        return True
    held = sum(len(line.text) for line in iterate_lines((grid,)))
    labelled = sum(_is_labelled(row) for row in grid.cells)
    if len(inside) == 1 and _stands_over_prose(grid, scheme, next(iter(inside))):
        return True
    return labelled >= _LEAST_ROWS and held > 2 * prose


def lists_units(grid: FlowTable, scheme: TextScheme, named: Collection[str | None]) -> bool:
    """Whether a cell is the units' title, which no other line has."""
    if scheme.units is None or scheme.units.key in named:
        return False
    labels = ("".join(line.text for line in iterate_lines(cell)) for row in grid.cells for cell in row[:-1])
    return any(scheme.find_named(label) == scheme.units.key for label in labels if len(label) <= LONGEST_HEADING)


def _stands_over_prose(grid: FlowTable, scheme: TextScheme, key: str) -> bool:
    """Whether a cell with a part's title has prose beside it, or is alone in its row above prose."""
    for number, row in enumerate(grid.cells):
        named = {
            item.named for cell in row for item in cut_pieces(_label_cell(cell), scheme) if isinstance(item, TextLine)
        }
        if key not in named:
            continue
        below = sum(len(line.text) for cells in grid.cells[number:] for cell in cells for line in iterate_lines(cell))
        is_alone = sum(any(line.text for line in iterate_lines(cell)) for cell in row) == 1
        if _is_labelled(row) or (is_alone and below >= _LEAST_PROSE):
            return True
    return False


def _is_labelled(row: Sequence[tuple[FlowItem, ...]]) -> bool:
    """Whether a row has a short cell with prose beside it."""
    lengths = [sum(len(line.text) for line in iterate_lines(cell)) for cell in row]
    filled = [length for length in lengths if length]
    return len(filled) >= 2 and filled[-1] >= _LEAST_PROSE and filled[-2] <= LONGEST_HEADING


def _list_form(grid: FlowTable, scheme: TextScheme) -> Iterator[FlowItem]:
    """The content of the cells, row by row.

    Labels are short cells with more text beside them, and the cells of rows of short cells without a part or the title.
    """
    titles = {normalize_heading(label) for label in scheme.title_labels}
    for row in grid.cells:
        texts = ["".join(line.text for line in iterate_lines(cell)) for cell in row]
        is_plain = all(len(text) < _LEAST_PROSE and not text.endswith("。") for text in texts)
        if is_plain and not any(scheme.find_named(text) or normalize_heading(text) in titles for text in texts):
            yield from (
                replace(item, is_field=True) if isinstance(item, Line) else item
                for cell in row
                for item in _label_cell(cell)
            )
            continue
        filled = [cell for cell in row if any(line.text for line in iterate_lines(cell)) or _has_others(cell)]
        for at, cell in enumerate(filled):
            if _is_serial(cell) and at + 1 < len(filled):
                continue
            yield from _label_cell(cell) if at + 1 < len(filled) else cell


def _label_cell(cell: tuple[FlowItem, ...]) -> tuple[FlowItem, ...]:
    """A cell whose lines together are short, as one label."""
    lines = [item for item in cell if isinstance(item, Line)]
    if len(lines) != len(cell) or not lines:
        return cell
    if sum(len(line.text) for line in lines) > LONGEST_HEADING:
        return cell
    runs = tuple(run for line in lines for run in line.paragraph.runs)
    joined = replace(lines[0].paragraph, runs=tuple(replace(run, text=run.text.replace("\n", "")) for run in runs))
    return (replace(lines[0], paragraph=joined, is_label=True),)


def _is_serial(cell: tuple[FlowItem, ...]) -> bool:
    text = "".join(line.text for line in iterate_lines(cell))
    return len(text) <= 3 and text.strip("（）().、 ").isdigit()


def _has_others(cell: tuple[FlowItem, ...]) -> bool:
    return any(not isinstance(item, Line) for item in cell)


def _iterate_box_items(entries: Sequence[Entry]) -> Iterator[FlowItem]:
    for entry in entries:
        if isinstance(entry, TextBox):
            yield from entry.items
