"""The scheme of a text in parts: words of headings, contents of each part, and how reasons add up."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from docgen.content.heading_text import normalize_heading


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue in the content of a part: its name for readers, and the pattern that finds it."""

    label: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class PartScheme:
    """A part: ``names`` are its title and synonyms; ``words`` hint at it inside other headings."""

    key: str
    letter: str
    names: tuple[str, ...]
    words: tuple[str, ...] = ()
    cues: tuple[Cue, ...] = ()
    is_longest: bool = False

    @property
    def title(self) -> str:
        """The title that the clause gives it."""
        return self.names[0]


@dataclass(frozen=True, slots=True)
class UnitScheme:
    """How units are named: the titles of their section, how names of units end, and labels that end a list."""

    key: str
    names: tuple[str, ...]
    endings: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReasonPoints:
    """The points of each reason, and the points from which a reading is likely.

    A heading with a part's exact title needs no points: it is sure, unless another heading has the title, too.
    """

    word: int = 4
    place: int = 3
    row: int = 2
    cue: int = 2
    longest: int = 2
    likely: int = 5
    ahead: int = 2
    most_cues: int = 2


@dataclass(frozen=True, slots=True)
class TextScheme:
    """The scheme of a text: its parts in order, and the lines outside of them.

    ``marks`` and ``series`` are patterns of whole lines before the title (附件1; the name of the series);
    ``signing`` are labels of lines that say who wrote or sent the text, and when; ``afterwards`` are headings of what
    follows the last part.
    """

    parts: tuple[PartScheme, ...]
    units: UnitScheme | None = None
    marks: tuple[re.Pattern[str], ...] = ()
    series: tuple[re.Pattern[str], ...] = ()
    title_labels: tuple[str, ...] = ()
    signing: tuple[str, ...] = ()
    afterwards: tuple[str, ...] = ()
    points: ReasonPoints = ReasonPoints()

    def find_named(self, text: str) -> str | None:
        """The key of the part, or of the units, whose title a heading says exactly."""
        bare = _SHARE.sub("", text.strip())
        folded = unicodedata.normalize("NFKC", bare).casefold()
        begun = _BEFORE.match(folded)
        unnumbered = folded[begun.end() :] if begun is not None else folded
        spellings = {normalize_heading(item) for item in (text, bare, unnumbered)}
        for part in self.parts:
            if any(normalize_heading(name) in spellings for name in part.names):
                return part.key
        if self.units is not None and any(normalize_heading(name) in spellings for name in self.units.names):
            return self.units.key
        return None


_BEFORE = re.compile(
    r"(?:part\b|no\b|第?[\d〇零一二三四五六七八九十壹贰叁肆伍陆柒捌甲乙丙丁戊己]+(?:部分|[章节篇条])?"
    r"|[ivx]+\b|[a-f]\b|[\W_])+(?=[\u4e00-\u9fff])"
)
"""Any kind of number or mark before a heading."""
_SHARE = re.compile(r"[（(]?\s*(?:篇幅)?[约占]*\s*\d+\s*[%％](?:左右)?\s*[)）]?\s*[:：]?$")
