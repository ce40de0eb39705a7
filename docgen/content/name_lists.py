"""Names of units that a text lists: below a heading, or behind a label and a colon."""

from __future__ import annotations

import re
from collections.abc import Sequence

from docgen.content.blocks import Block, Paragraph, Table, iterate_prose
from docgen.content.heading_text import normalize_heading

_SEPARATORS = re.compile(r"[\n、；;，,]+")
_EDGES = " \t\u3000。.:："
_NUMBER = re.compile(r"^(?:[（(]?\d+[)）.．、]|[①-⑳])\s*")


def list_names(blocks: Sequence[Block]) -> tuple[str, ...]:
    """The names in blocks: each paragraph, item and cell, and each name in one of them."""
    texts = [paragraph.text for paragraph in iterate_prose(tuple(blocks))]
    for block in blocks:
        if isinstance(block, Table):
            texts += ["".join(run.text for run in cell) for row in block.rows for cell in row]
    return tuple(name for text in texts for name in split_names(text))


def split_names(text: str) -> tuple[str, ...]:
    """The names in a line, between 、 ， ；; a number before a name is none of it."""
    pieces = (_NUMBER.sub("", piece.strip(_EDGES)).strip(_EDGES) for piece in _SEPARATORS.split(text))
    return tuple(piece for piece in pieces if piece and not piece.isdigit())


def take_labelled_names(blocks: Sequence[Block], labels: Sequence[str]) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """Split off paragraphs that begin with one of the labels and a colon: the blocks without them, and their names."""
    wanted = {normalize_heading(label) for label in labels}
    kept: list[Block] = []
    names: list[str] = []
    for block in blocks:
        text = block.text.replace("：", ":") if isinstance(block, Paragraph) else ""
        label, colon, listed = text.partition(":")
        if colon and normalize_heading(label) in wanted:
            names += split_names(listed)
        else:
            kept.append(block)
    return tuple(kept), tuple(names)
