"""Captions that stand as paragraphs of their own, taken to the table or picture that they belong to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from docgen.content.blocks import Block, Paragraph, Picture, Table

_NUMBER = r"\s*(?:[A-Z]?[.．]?\d+(?:[.．\-–—]\d+)*|[一二三四五六七八九十]+)?"
_TABLE = re.compile(rf"(?:续?表|Table){_NUMBER}(?:\s*[:：.．]\s*|\s+)(?P<caption>\S.*)")
_PICTURE = re.compile(rf"(?:图|Figure){_NUMBER}(?:\s*[:：.．]\s*|\s+)(?P<caption>\S.*)")
_ALONE = re.compile(r"(?:续?表|图|Table|Figure)\s*[A-Z]?[.．]?\d+(?:[.．\-–—]\d+)*(?:\s*[:：.．]\s*|\s+)\S.*")
_LONGEST = 60


def take_captions(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Give each table the caption right above it and each picture the one right below it (GB/T 1.1).

    A caption is a short paragraph such as ``表1 提升前后对比`` or ``图2：改造后的车间``; its number is left out, since
    the document that prints it numbers anew. One that stands by nothing stays a paragraph.
    """
    kept: list[Block] = []
    for block in blocks:
        last = kept[-1] if kept else None
        if isinstance(block, Table) and block.caption is None and (caption := _find_caption(last, _TABLE)):
            kept[-1] = replace(block, caption=caption)
        elif isinstance(last, Picture) and last.caption is None and (caption := _find_caption(block, _PICTURE)):
            kept[-1] = replace(last, caption=caption)
        else:
            kept.append(block)
    return tuple(kept)


def is_caption_line(text: str) -> bool:
    """Whether a line is a numbered caption by itself, whatever stands beside it."""
    line = text.strip()
    return len(line) <= _LONGEST and not line.endswith(("。", "；")) and _ALONE.fullmatch(line) is not None


def _find_caption(block: Block | None, pattern: re.Pattern[str]) -> str | None:
    if not isinstance(block, Paragraph):
        return None
    text = block.text.strip()
    if len(text) > _LONGEST or text.endswith(("。", "；", "：", ";", ":")):
        return None
    match = pattern.fullmatch(text)
    return match["caption"] if match else None
