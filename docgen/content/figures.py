"""Figures in running text: numbers with their units, sentence by sentence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from docgen.content.blocks import Block, ListBlock, Paragraph, Run, Table
from docgen.diagnostics import NOWHERE, Location

_SENTENCE = re.compile(r"[^。！？；!?;\n]+[。！？；!?;]?")
_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")}
_DIGITS["〇"] = 0
_DIGITS["两"] = 2
_NUMBER = re.compile(
    r"百分之(?P<words>[零〇一二两三四五六七八九十百]+(?:点[零〇一二三四五六七八九]+)?)"
    r"|(?P<sign>(?<![A-Za-z0-9)\]])-)?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<glued>[A-Za-z]*)"
)
_UNIT = re.compile(r"\s*(?P<unit>个百分点|百分点|%|‰|℃|[㎡㎏㎜]|[A-Za-z]+|[\u4e00-\u9fff]{1,3})?")
_DATED = re.compile(r"\s*(?:年|月|日|号|—|–|-\d|:\d|时\d|\d+月)")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text: its value, the unit behind it as typed (``%``, ``起``, empty), and where it stands."""

    value: Decimal
    unit: str
    start: int
    end: int
    text: str

    @property
    def is_percent(self) -> bool:
        """Whether it is a percentage."""
        return self.unit == "%"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, or a row of a table whose cells stand one behind the other, and the place of its block."""

    text: str
    location: Location = NOWHERE
    is_row: bool = False


def list_sentences(blocks: Sequence[Block]) -> list[Sentence]:
    """The sentences of paragraphs and list items, and each row of a table as one; headings and captions left out."""
    return list(_iterate_sentences(blocks))


def _iterate_sentences(blocks: Sequence[Block]) -> Iterator[Sentence]:
    for block in blocks:
        if isinstance(block, Paragraph):
            for text in _SENTENCE.findall(block.text):
                if text.strip():
                    yield Sentence(text.strip(), block.location)
        elif isinstance(block, ListBlock):
            for item in block.items:
                yield from _iterate_sentences(item)
        elif isinstance(block, Table):
            for row in block.rows:
                yield Sentence(" | ".join(_read_cell(cell) for cell in row), block.location, is_row=True)


def _read_cell(cell: tuple[Run, ...]) -> str:
    return "".join(run.text for run in cell).strip().replace("\n", " ")


def find_figures(text: str) -> tuple[Figure, ...]:
    """The figures of a text, in order; dates, times, numbers of standards and of lists are none.

    Full-width digits count as digits, 百分之九十五 as 95 %.
    """
    folded = fold_widths(text)
    figures: list[Figure] = []
    for match in _NUMBER.finditer(folded):
        if match["words"] is not None:
            figures.append(Figure(_read_words(match["words"]), "%", match.start(), match.end(), match[0]))
            continue
        if _is_name(folded, match) or _DATED.match(folded, match.end()):
            continue
        value = Decimal(match["digits"].replace(",", ""))
        unit = match["glued"]
        end = match.end()
        if not unit:
            behind = _UNIT.match(folded, end)
            unit = (behind["unit"] if behind else None) or ""
            end = behind.end() if behind and unit and unit in ("%", "‰", "℃") else end
        figures.append(
            Figure(-value if match["sign"] else value, unit, match.start(), end, folded[match.start() : end])
        )
    return tuple(figures)


def fold_widths(text: str) -> str:
    """A text with narrow digits and letters for full-width ones (NFKC), every character in its place."""
    return text if text.isascii() else text.translate(_FOLDED)


class _Folded(dict[int, int]):
    """What each character folds to; one that would become several stays, since it would move those behind it."""

    def __missing__(self, code: int) -> int:
        folded = unicodedata.normalize("NFKC", chr(code))
        self[code] = ord(folded) if len(folded) == 1 else code
        return self[code]


_FOLDED = _Folded()


def _is_name(text: str, match: re.Match[str]) -> bool:
    """Whether a number belongs to a name: GB/T 19001, ISO 9001-2015, 表1, 第3."""
    before = text[: match.start()]
    return re.search(r"(?:[A-Za-z/]\s?|[第表图〔]|\d[-.:/—]|[年月]\s?(?=\d+日)|[A-Za-z]\d*[-—])$", before) is not None


def _read_words(words: str) -> Decimal:
    whole, _, fraction = words.partition("点")
    total, digit = 0, 0
    for character in whole:
        if character in "十百":
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[character]
    decimals = "".join(str(_DIGITS[item]) for item in fraction)
    return Decimal(f"{total + digit}.{decimals}" if decimals else total + digit)


def read_number(value: object) -> Decimal | None:
    """A number that somebody typed with or without its unit (``92``, ``92%``, ``14起``), or None for words."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if not isinstance(value, str):
        return None
    text = unicodedata.normalize("NFKC", value).strip()
    typed = re.fullmatch(r"[≥≤<>=约]*\s*(-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?)\s*\D{0,8}", text)
    return Decimal(typed[1].replace(",", "")) if typed else None
