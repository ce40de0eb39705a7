"""Finds pairs of figures that a sentence compares: one before, one after."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from docgen.content.figures import Figure, Sentence, find_figures

_FROM = re.compile(r"(?:从|由|原来?的?|以前的?|过去的?|[前年期初](?:的|为|是|仅|只有)?|自)[^，。；,;]{0,10}$")
_TO = re.compile(
    r"(?:到|至|为|达|→|->|➜|现在|如今|目前|[后今]的?|变成|提升|提高|上升|下降|降低|减少|增加|增长|缩短|压缩)"
)
_DIRECT = re.compile(
    r"[^，,、；;]{0,4}(?:提升|提高|上升|增加|增长|下降|降低|减少|缩短|压缩|[升降增减])(?:到|至|为|成)了?"
)
_VERBS = re.compile(r"^(?:提|升|上升|增|降|下降|减|缩|压|达|到|至|为|的|以|左右|变|改)")
_LONGEST_BETWEEN = 24


@dataclass(frozen=True, slots=True)
class FigurePair:
    """A figure before and one after, in one sentence or row."""

    before: Figure
    after: Figure
    sentence: Sentence

    @property
    def has_units(self) -> bool:
        """Whether the pair has a unit, and both or neither of its figures are percentages."""
        if self.sentence.is_row:
            return self.before.is_percent == self.after.is_percent
        before, after = read_unit(self.before), read_unit(self.after)
        return bool(before or after) and self.before.is_percent == self.after.is_percent


def read_unit(figure: Figure) -> str:
    """Read the unit of a figure; a verb behind the figure is none."""
    return "" if _VERBS.match(figure.unit) else figure.unit


def find_pairs(sentence: Sentence) -> tuple[FigurePair, ...]:
    """Find the pairs in a sentence (由85%提高到95%), or in a row of a table that has two figures or more."""
    figures = find_figures(sentence.text)
    if sentence.is_row:
        return (FigurePair(figures[0], figures[-1], sentence),) if len(figures) >= 2 else ()
    pairs: list[FigurePair] = []
    for before, after in pairwise(figures):
        ahead, between = sentence.text[: before.start], sentence.text[before.end : after.start]
        has_arrow = re.search(r"→|->|➜|⟶", between) is not None
        has_words = _DIRECT.fullmatch(between) or (_FROM.search(ahead) and _TO.search(between))
        if len(between) <= _LONGEST_BETWEEN and (has_arrow or has_words):
            pairs.append(FigurePair(before, after, sentence))
    return tuple(pairs)
