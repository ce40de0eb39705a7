"""字数 and 字符数 as a word processor counts them: one table says what each character counts.

A CJK character counts 1. Other characters count 1 for each run of them; a run ends at a space or at a CJK character.
Some marks belong to the Chinese or to the Latin font, as the run they stand in is formatted: set in the Chinese font
they count 1 each, else they are part of a run. Where nobody says which, the answer is a range.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from docgen.content.blocks import Block, Heading, ListBlock, Picture, Run, Table, iterate_prose
from docgen.content.model import DocumentContent

CharacterClass = Literal["wide", "mark", "ignored"]

CHARACTERS: tuple[tuple[int, int, CharacterClass, str], ...] = (
    (0x00A1, 0x00A1, "mark", "¡"),
    (0x00A4, 0x00A4, "mark", "¤"),
    (0x00A7, 0x00A8, "mark", "§ ¨"),
    (0x00AA, 0x00AA, "mark", "ª"),
    (0x00AD, 0x00AD, "ignored", "soft hyphen"),
    (0x00AF, 0x00B4, "mark", "¯ ° ± ² ³ ´"),
    (0x00B6, 0x00BA, "mark", "¶ · ¸ ¹ º"),
    (0x00BC, 0x00BF, "mark", "¼ ½ ¾ ¿"),
    (0x00D7, 0x00D7, "mark", "×"),
    (0x00F7, 0x00F7, "mark", "÷"),
    (0x02B0, 0x02FF, "mark", "modifier letters (ˇ ˉ)"),
    (0x0300, 0x036F, "ignored", "combining accents"),
    (0x0370, 0x03CF, "mark", "Greek"),
    (0x0400, 0x04FF, "mark", "Cyrillic"),
    (0x200B, 0x200F, "ignored", "zero-width space and joiners, direction marks"),
    (0x2010, 0x2027, "mark", "— – ‘ ’ “ ” … •"),
    (0x202A, 0x202E, "ignored", "direction marks"),
    (0x2030, 0x205E, "mark", "‰ ′ ″ ※"),
    (0x2060, 0x206F, "ignored", "invisible operators"),
    (0x2070, 0x20CF, "mark", "superscripts, currency"),
    (0x20D0, 0x20FF, "ignored", "combining marks for symbols"),
    (0x2100, 0x27BF, "mark", "℃ № Ⅰ → ≥ ① ─ ■ □ ◇ ★ ☑ ✓"),
    (0x2E80, 0x2FFF, "wide", "radicals, ideographic description"),
    (0x3001, 0x303F, "wide", "CJK punctuation; U+3000 is a space"),
    (0x3040, 0x30FF, "wide", "kana"),
    (0x3100, 0x312F, "wide", "bopomofo"),
    (0x3190, 0x31FF, "wide", "kanbun, bopomofo, strokes, kana"),
    (0x3200, 0x33FF, "wide", "㈠ ㎡ ㎏ ㎜"),
    (0x3400, 0x4DFF, "wide", "ideographs, extension A; hexagrams"),
    (0x4E00, 0x9FFF, "wide", "ideographs"),
    (0xA000, 0xA4CF, "wide", "Yi"),
    (0xE000, 0xF8FF, "mark", "private use"),
    (0xF900, 0xFAFF, "wide", "compatibility ideographs"),
    (0xFE00, 0xFE0F, "ignored", "variation selectors"),
    (0xFE10, 0xFE1F, "wide", "vertical forms"),
    (0xFE30, 0xFE6F, "wide", "compatibility and small forms"),
    (0xFEFF, 0xFEFF, "ignored", "byte order mark"),
    (0xFF01, 0xFF9F, "wide", "full-width forms; half-width kana"),
    (0xFFE0, 0xFFEE, "wide", "full-width ￠ ￥; half-width symbols"),
    (0x16FE0, 0x18DFF, "wide", "ideographic symbols, Tangut, Khitan"),
    (0x1AFF0, 0x1B2FF, "wide", "kana supplement, Nüshu"),
    (0x1F200, 0x1F2FF, "wide", "enclosed ideographs"),
    (0x20000, 0x3FFFF, "wide", "ideographs, extensions B and beyond"),
    (0xE0100, 0xE01EF, "ignored", "variation selectors for ideographs"),
)
"""First, last, class, what they are. All others are spaces (``str.isspace``: 0) or, Hangul too, part of a run.

``mark`` follows ISO/IEC 29500-1, 17.3.2.26: the characters that ``w:hint="eastAsia"`` moves to the Chinese font.
"""


def _list_ranges(*classes: CharacterClass) -> str:
    return "".join(f"{chr(first)}-{chr(last)}" for first, last, name, _ in CHARACTERS if name in classes)


_WIDE = re.compile(f"[{_list_ranges('wide')}]+")
_WIDE_OR_MARK = re.compile(f"[{_list_ranges('wide', 'mark')}]+")
_MARK = re.compile(f"[{_list_ranges('mark')}]")
_IGNORED = re.compile(f"[{_list_ranges('ignored')}]+")
_AS_WIDE, _AS_OTHER = "一", "a"


@dataclass(frozen=True, slots=True)
class Count:
    """字数 from ``low`` to ``high``, and ``chars``, 字符数 without spaces.

    The two are equal when nothing depends on the formatting. Counts add up: what is counted apart shares no run.
    """

    low: int = 0
    high: int = 0
    chars: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.low + other.low, self.high + other.high, self.chars + other.chars)

    @property
    def is_exact(self) -> bool:
        """Whether the formatting of marks makes no difference."""
        return self.low == self.high


ZERO = Count()


def count_text(text: str, east_asian_marks: bool | None = None) -> Count:
    """Count a text; ``east_asian_marks`` says how its marks are set: in the Chinese font, in the Latin one, unknown."""
    if not text.isascii():
        text = _IGNORED.sub("", text)
    chars = len("".join(text.split()))
    if text.isascii():
        words = len(text.split())
        return Count(words, words, chars)
    if east_asian_marks is None and _MARK.search(text) is not None:
        return Count(_count_words(_WIDE, text), _count_words(_WIDE_OR_MARK, text), chars)
    words = _count_words(_WIDE_OR_MARK if east_asian_marks else _WIDE, text)
    return Count(words, words, chars)


def _count_words(each: re.Pattern[str], text: str) -> int:
    """One for each character that ``each`` finds, one for each run of the others."""
    others, runs = each.subn(" ", text)
    return len(text) - len(others) + runs + len(others.split())


def count_runs(runs: Sequence[Run], east_asian_marks: bool | None = None) -> Count:
    """Count a paragraph's runs as one text; a run that knows how its marks are set overrides ``east_asian_marks``."""
    settings = {east_asian_marks if run.east_asian is None else run.east_asian for run in runs}
    if len(settings) <= 1:
        return count_text("".join(run.text for run in runs), next(iter(settings), None))
    pieces = []
    for run in runs:
        setting = east_asian_marks if run.east_asian is None else run.east_asian
        pieces.append(run.text if setting is None else _MARK.sub(_AS_WIDE if setting else _AS_OTHER, run.text))
    return count_text("".join(pieces))


def count_prose(blocks: tuple[Block, ...], east_asian_marks: bool | None = None) -> Count:
    """Count the running text of blocks: paragraphs and list items; no headings, tables, captions."""
    return _add(count_runs(paragraph.runs, east_asian_marks) for paragraph in iterate_prose(blocks))


def count_blocks(blocks: tuple[Block, ...], east_asian_marks: bool | None = None) -> Count:
    """Count everything in blocks that is read: headings, tables and captions, too."""
    total = ZERO
    for block in blocks:
        if isinstance(block, Heading):
            total += count_text(block.text, east_asian_marks)
        elif isinstance(block, ListBlock):
            total += _add(count_blocks(item, east_asian_marks) for item in block.items)
        elif isinstance(block, Table):
            total += count_text(block.caption or "", east_asian_marks)
            total += _add(count_runs(cell, east_asian_marks) for row in block.rows for cell in row)
        elif isinstance(block, Picture):
            total += count_text(block.caption or "", east_asian_marks)
        else:
            total += count_runs(block.runs, east_asian_marks)
    return total


def count_document(content: DocumentContent, east_asian_marks: bool | None = None) -> Count:
    """Count everything in a document that is read, from its title to its last table."""
    total = count_text(content.title or "", east_asian_marks) + count_blocks(content.preamble, east_asian_marks)
    for section in content.sections:
        total += count_text(section.title, east_asian_marks) + count_blocks(section.blocks, east_asian_marks)
    return total


def _add(counts: Iterable[Count]) -> Count:
    return sum(counts, ZERO)
