"""The numbers that a narrative's headings and lists carry as text, and a narrative as mere lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docgen.content.model import Block, Heading, ListBlock, Paragraph, Run
from docgen.content.numerals import spell_ordinal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_TYPED_NUMBER = re.compile(
    r"\s*(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)]|\d+[.．、](?!\d)|[（(]\d+[）)]|[①-⑳])\s*"
)
_NUMBERS: tuple[Callable[[int], str], ...] = (
    lambda number: f"{spell_ordinal(number)}、",
    lambda number: f"（{spell_ordinal(number)}）",
    lambda number: f"{number}.",
    lambda number: f"（{number}）",
)
_ORDERED: tuple[Callable[[int], str], ...] = (lambda number: f"{number}.", lambda number: f"（{number}）")
_UNORDERED = ("——", "·")


def number_heading(text: str, level: int, number: int) -> str:
    """Number a heading: 一、 （一） 1. （1）; a number that its author typed gives way."""
    label = _NUMBERS[level - 1](number) if level > 2 or number < 100 else f"{number}、"
    return label + _TYPED_NUMBER.sub("", text, count=1) if _TYPED_NUMBER.match(text) else label + text


def list_lines(blocks: Iterable[Block], depth: int = 0) -> Iterator[tuple[Run, ...]]:
    """List the lines of a narrative where there is no room for its styles; tables and pictures are left out."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.runs
        elif isinstance(block, Heading):
            yield (Run(block.text, bold=True),)
        elif isinstance(block, ListBlock):
            for number, item in enumerate(block.items, 1):
                mark = mark_item(block, depth, number)
                for line in list_lines(item, depth + 1):
                    yield (Run(mark), *line) if mark else line
                    mark = ""


def mark_item(block: ListBlock, depth: int, number: int) -> str:
    """Mark an item of a list: its number, or a dash or a point (GB/T 1.1—2020)."""
    kinds = _ORDERED if block.ordered else _UNORDERED
    kind = kinds[min(depth, len(kinds) - 1)]
    return kind if isinstance(kind, str) else kind(number)
