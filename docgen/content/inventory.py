"""Lists what stands beside the prose of a text: tables, captions, pictures, charts, text boxes, notes, hidden text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from docgen.content.blocks import Block, ListBlock, Picture, Table
from docgen.content.count import ZERO, Count, count_blocks, count_text
from docgen.content.flow import FlowItem, FlowTable, OutsideKind, TextBox, iterate_lines
from docgen.content.model import DocumentContent
from docgen.content.parts.arrange import Arrangement


@dataclass(frozen=True, slots=True)
class Inventory:
    """How many there are of each, and the 字 in tables and captions, text boxes, notes and hidden text.

    A chart is one that Word draws from data; a picture of a chart is a picture.
    """

    tables: int = 0
    table_count: Count = ZERO
    pictures: int = 0
    charts: int = 0
    text_boxes: int = 0
    text_box_count: Count = ZERO
    captions: int = 0
    caption_count: Count = ZERO
    notes: int = 0
    note_count: Count = ZERO
    hidden: int = 0
    hidden_count: Count = ZERO


NOTHING_BESIDE = Inventory()


def take_inventory(
    content: DocumentContent, arrangement: Arrangement | None = None, marks: bool | None = None
) -> Inventory:
    """What stands beside the prose of a text that was read, by its ``arrangement`` where there is one.

    ``marks`` is how marks are set that nobody says (see ``count_text``).
    """
    shown = content if arrangement is None else arrangement.content
    blocks = [*shown.preamble, *(block for section in shown.sections for block in section.blocks)]
    tables = [block for block in _iterate_blocks(blocks) if isinstance(block, Table)]
    pictures = sum(isinstance(block, Picture) for block in _iterate_blocks(blocks))
    flow = content.flow
    boxes = arrangement.boxes if arrangement is not None else ()
    if arrangement is None and flow is not None:
        boxes = tuple(_iterate_boxes(flow.items))
    texts = ["\n".join(line.text for line in iterate_lines(box.items)) for box in boxes]
    captions = arrangement.captions if arrangement is not None else ()

    def list_outside(kind: OutsideKind) -> list[str]:
        return [item.text for item in (flow.outside if flow is not None else ()) if item.kind == kind]

    def count(listed: list[str] | tuple[str, ...]) -> Count:
        return sum((count_text(text, marks) for text in listed), ZERO)

    notes, hidden = list_outside("footnote"), [text for text in list_outside("hidden") if text.strip()]
    return Inventory(
        len(tables),
        count_blocks(tuple(tables), marks),
        pictures,
        len(list_outside("chart")),
        len(boxes),
        count(texts),
        len(captions),
        count(captions),
        len(notes),
        count(notes),
        len(hidden),
        count(hidden),
    )


def _iterate_blocks(blocks: list[Block] | tuple[Block, ...]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, ListBlock):
            for item in block.items:
                yield from _iterate_blocks(item)
        else:
            yield block


def _iterate_boxes(items: tuple[FlowItem, ...]) -> Iterator[TextBox]:
    for item in items:
        if isinstance(item, TextBox):
            yield item
        elif isinstance(item, FlowTable):
            for row in item.cells:
                for cell in row:
                    yield from _iterate_boxes(cell)
