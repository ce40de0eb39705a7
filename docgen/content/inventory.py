"""What stands beside the prose of a text: tables, pictures, charts, text boxes, each counted apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docgen.content.count import ZERO, Count, count_blocks, count_text
from docgen.content.docx.xml import read_word_parts
from docgen.content.model import Block, DocumentContent, ListBlock, Picture, Table
from docgen.ooxml.xml import local_name


@dataclass(frozen=True, slots=True)
class Inventory:
    """How many there are of each, and the 字 in tables (with their captions) and in text boxes.

    A chart is one that Word draws from data; a picture of a chart is a picture.
    """

    tables: int = 0
    table_count: Count = ZERO
    pictures: int = 0
    charts: int = 0
    text_boxes: int = 0
    text_box_count: Count = ZERO


NOTHING_BESIDE = Inventory()


def take_inventory(content: DocumentContent, path: Path | None = None, marks: bool | None = None) -> Inventory:
    """What stands beside the prose; with the ``.docx`` it was read from, charts and text boxes, too.

    ``marks`` is how marks are set that nobody says (see ``count_text``). SourceError when the file can't be read.
    """
    blocks = [*content.preamble, *(block for section in content.sections for block in section.blocks)]
    tables = [block for block in _iterate_blocks(blocks) if isinstance(block, Table)]
    pictures = sum(isinstance(block, Picture) for block in _iterate_blocks(blocks))
    charts, boxes = _read_drawings(path) if path is not None and path.suffix.lower() == ".docx" else (0, [])
    texts = [count_text(text, marks) for text in boxes]
    return Inventory(len(tables), count_blocks(tuple(tables), marks), pictures, charts, len(boxes), sum(texts, ZERO))


def _iterate_blocks(blocks: list[Block] | tuple[Block, ...]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, ListBlock):
            for item in block.items:
                yield from _iterate_blocks(item)
        else:
            yield block


def _read_drawings(path: Path) -> tuple[int, list[str]]:
    """The number of charts, and the text of each text box; what Word keeps twice for old readers is taken once."""
    charts, boxes = 0, []
    for element in read_word_parts(path).body.iter():
        above = [local_name(outer) for outer in element.iterancestors()]
        if "Fallback" in above:
            continue
        if local_name(element) == "chart" and above[:1] == ["graphicData"]:
            charts += 1
        elif local_name(element) == "txbxContent":
            paragraphs = [inner for inner in element.iter() if local_name(inner) == "p"]
            text = "\n".join(
                "".join(leaf.text or "" for leaf in inner.iter() if local_name(leaf) == "t") for inner in paragraphs
            )
            if text.strip():
                boxes.append(text)
    return charts, boxes
