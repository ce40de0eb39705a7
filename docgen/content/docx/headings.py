"""Recognises the headings of a Word file, with styles and without."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from docgen.content.docx.body import WordBlock, WordParagraph
from docgen.content.docx.numbering import NumberKind

LONGEST_HEADING = 40
LONGEST_TITLE = 60

_DIGITS = "〇零一二三四五六七八九十百"
_TYPED: tuple[tuple[NumberKind, re.Pattern[str]], ...] = (
    ("chapter", re.compile(rf"第[{_DIGITS}\d]+(?:部分|[章节篇])")),
    ("chinese", re.compile(rf"[{_DIGITS}]+\s*[、.．]")),
    ("chinese_bracket", re.compile(rf"[（(]\s*[{_DIGITS}]+\s*[)）]")),
    ("decimal", re.compile(r"\d+(?:[.．]\d+)+[.．]?\s*(?=[^\d\s%％])|\d+\s*[.．、]\s*(?!\d)|\d+\s+(?=[^\d\s])")),
    ("bracket", re.compile(r"[（(]\s*\d+\s*[)）]|\d+[)）]")),
    ("letter", re.compile(r"[a-zA-Z]\s*[)）]|[a-z][.．、]")),
    ("circled", re.compile(r"[①-⑳❶-❿]")),
)
_RANKS: dict[NumberKind | None, int] = {
    "chapter": 1,
    "chinese": 2,
    "chinese_bracket": 3,
    "decimal": 4,
    "bracket": 5,
    "letter": 6,
    "circled": 7,
    None: 8,
}
_SURE: tuple[NumberKind, ...] = ("chapter", "chinese")
_SENTENCE = re.compile(r"[。；;！？!?，,]\s*$|[。！？；].")


@dataclass(frozen=True, slots=True)
class HeadingLevels:
    """The level of each paragraph that is a heading, and the one that is the title, by their index."""

    levels: dict[int, int]
    title: int | None


def name_number(paragraph: WordParagraph) -> NumberKind | None:
    """The kind of number before a paragraph, typed or automatic; None where there is none or a mark."""
    if paragraph.number is not None:
        return None if paragraph.number == "bullet" else paragraph.number
    return next((kind for kind, pattern in _TYPED if pattern.match(paragraph.text)), None)


def find_headings(blocks: Sequence[WordBlock]) -> HeadingLevels:
    """The headings of a document: by style or outline level; else numbered or bold lines that are no sentences."""
    styled = {
        at: block.level
        for at, block in enumerate(blocks)
        if isinstance(block, WordParagraph) and block.level is not None and block.text and not block.is_title
    }
    title = _find_title(blocks, styled)
    styled.pop(-1 if title is None else title, None)
    candidates = {
        at: name_number(block)
        for at, block in enumerate(blocks)
        if isinstance(block, WordParagraph) and at not in styled and at != title and _looks_like_heading(block)
    }
    guessed = {at: kind for at, kind in candidates.items() if _is_heading(at, blocks, candidates)}
    # A heading that was forgotten to be styled is of the level that its sisters have by their style.
    levels_by_kind: dict[NumberKind, Counter[int]] = {}
    for at, level in styled.items():
        block = blocks[at]
        kind = name_number(block) if isinstance(block, WordParagraph) else None
        if kind is not None:
            levels_by_kind.setdefault(kind, Counter())[level] += 1
    below = max(styled.values(), default=0)
    levels = dict(styled)
    for at, kind in guessed.items():
        sister_levels = levels_by_kind.get(kind) if kind is not None else None
        levels[at] = sister_levels.most_common(1)[0][0] if sister_levels else below + _RANKS[kind]
    ranks = {level: rank for rank, level in enumerate(sorted(set(levels.values())), 1)}
    return HeadingLevels({at: ranks[level] for at, level in levels.items()}, title)


def _looks_like_heading(paragraph: WordParagraph) -> bool:
    text = paragraph.text
    if not text or "\n" in text or len(text) > LONGEST_HEADING or paragraph.pictures or paragraph.is_caption:
        return False
    return not _SENTENCE.search(text)


def _is_heading(at: int, blocks: Sequence[WordBlock], candidates: dict[int, NumberKind | None]) -> bool:
    """Whether a line that could be a heading is one: by its number, by being bold, or by standing before text."""
    block, kind = blocks[at], candidates[at]
    assert isinstance(block, WordParagraph)
    if kind in _SURE:
        return True
    if block.text.endswith(("：", ":")) and not block.is_bold:
        return False
    if block.is_bold and block.number != "bullet":
        return any(_is_filled(later) for later in blocks[at + 1 :])
    if kind is None or block.number is not None:
        return False
    # Items of a list stand together; headings have text between them.
    sisters = [place for place, other in candidates.items() if other == kind]
    is_usual = kind == "chinese_bracket" or len(sisters) > 1
    return is_usual and all(_precedes_text(place, blocks, candidates) for place in sisters)


def _precedes_text(at: int, blocks: Sequence[WordBlock], candidates: dict[int, NumberKind | None]) -> bool:
    following = next((place for place in range(at + 1, len(blocks)) if _is_filled(blocks[place])), None)
    if following is None:
        return False
    kind = name_number(later) if isinstance(later := blocks[following], WordParagraph) else None
    return candidates.get(following, kind) != candidates[at]


def _is_filled(block: WordBlock) -> bool:
    return not isinstance(block, WordParagraph) or bool(block.text)


def _find_title(blocks: Sequence[WordBlock], styled: dict[int, int]) -> int | None:
    """The title by its style, or the first line when it is set off from the text and is no heading among others."""
    texts = [(at, block) for at, block in enumerate(blocks) if isinstance(block, WordParagraph) and block.text]
    for at, block in texts:
        if block.is_title:
            return at
    if not texts:
        return None
    at, first = texts[0]
    if at in styled:
        is_top = list(styled.values()).count(styled[at]) == 1 and styled[at] == min(styled.values())
        return at if is_top and name_number(first) is None else None
    sizes = Counter[int]()
    for _, block in texts:
        if block.size is not None:
            sizes[block.size] += len(block.text)
    usual = sizes.most_common(1)[0][0] if sizes else None
    stands_out = first.is_centred or first.is_bold or (usual is not None and (first.size or 0) > usual)
    is_short = len(first.text) <= LONGEST_TITLE and not first.text.endswith(("。", "；", "："))
    return at if stands_out and is_short and name_number(first) is None and not first.pictures else None
