"""Declares the check's parameters: the limit, the parts and their shares, how parts, title and units are recognised."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated

from pydantic import field_validator, model_validator

from docgen.checks.parameters import Parameter
from docgen.record.types import Number, Part, Text, Whole, refuse

if TYPE_CHECKING:
    from docgen.content.parts.scheme import TextScheme


def _check_pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as fault:
        raise refuse("C148", pattern=pattern, reason=str(fault)) from None
    return pattern


class WantedCue(Part):
    """A sign of a part in its text: a label for users, and a pattern (a regular expression)."""

    label: Annotated[Text, Parameter("what it is, for readers")]
    pattern: Annotated[Text, Parameter("a pattern of it")]

    _check = field_validator("pattern")(_check_pattern)


class WantedPart(Part):
    """A part of the text: its share of the whole in percent, and the band that still counts as 约, ends included.

    ``synonyms`` are other wordings of its heading; ``words`` hint at it in other headings; ``cues`` are signs of it in
    its text; ``longest`` says that it is the longest part.
    """

    key: Annotated[Text, Parameter("the key of the heading")]
    title: Annotated[Text, Parameter("the heading")]
    share: Annotated[Number, Parameter("its share in percent that the clause names", "number")]
    low: Annotated[Number, Parameter("the least share that still counts", "number")]
    high: Annotated[Number, Parameter("the greatest share that still counts", "number")]
    synonyms: Annotated[tuple[Text, ...], Parameter("other wordings of the heading")] = ()
    words: Annotated[tuple[Text, ...], Parameter("words that hint at it inside other headings")] = ()
    cues: tuple[WantedCue, ...] = ()
    longest: Annotated[bool, Parameter("whether it is the longest part")] = False
    clause: Annotated[Text | None, Parameter("its clause")] = None

    @model_validator(mode="after")
    def _check_band(self) -> WantedPart:
        if not 0 <= self.low <= self.share <= self.high <= 100:
            raise refuse("C119", title=self.title)
        return self


class WantedUnits(Part):
    """The section, or the line, with the units that wrote the text, and how many there may be.

    ``endings`` are the last words of units' names (公司, 局), by which names are recognised.
    """

    key: Annotated[Text, Parameter("the key of the section")]
    title: Annotated[Text, Parameter("the section, or the word before the line")]
    min: Annotated[Whole, Parameter("how many units there must be", "number")]
    max: Annotated[Whole, Parameter("how many units there may be", "number")]
    synonyms: Annotated[tuple[Text, ...], Parameter("other wordings")] = ()
    endings: Annotated[tuple[Text, ...], Parameter("how names of units end")] = ()
    clause: Annotated[Text | None, Parameter("its clause")] = None


class Weights(Part):
    """The points of each reason for a reading, the points of a likely reading, and its least lead over the next one."""

    word: Annotated[Whole, Parameter("points of a word in the heading", "number")] = 4
    place: Annotated[Whole, Parameter("points of its place in the order", "number")] = 3
    row: Annotated[Whole, Parameter("points of headings set alike", "number")] = 2
    cue: Annotated[Whole, Parameter("points of something that the part holds", "number")] = 2
    longest: Annotated[Whole, Parameter("points of the longest text", "number")] = 2
    likely: Annotated[Whole, Parameter("points from which a reading is likely", "number")] = 5
    ahead: Annotated[Whole, Parameter("points ahead of the next reading", "number")] = 2
    most_cues: Annotated[Whole, Parameter("how many cues count at most", "number")] = 2


class Signs(Part):
    """The signs of lines that belong to no part, and the weights of reasons.

    These are patterns of annex marks and series lines, labels of the title and of signatures, and headings of text
    behind the last part.
    """

    marks: Annotated[tuple[Text, ...], Parameter("patterns of annex marks")] = ()
    series: Annotated[tuple[Text, ...], Parameter("patterns of series lines")] = ()
    title_labels: Annotated[tuple[Text, ...], Parameter("labels of the title")] = ()
    signing: Annotated[tuple[Text, ...], Parameter("labels of who signed")] = ()
    afterwards: Annotated[tuple[Text, ...], Parameter("headings of what follows the last part")] = ()
    weights: Weights = Weights()

    @field_validator("marks", "series")
    @classmethod
    def _check_patterns(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_check_pattern(pattern) for pattern in patterns)


class SectionLength(Part):
    """``limit`` is the length of all parts in 字; a title of nothing but ``generic_titles`` is no title.

    With ``signs``, the parts of a text that somebody wrote are recognised whatever the format of its headings.
    """

    document: Annotated[Text, Parameter("the report", "document")]
    limit: Annotated[Whole, Parameter("the length of all parts, in 字", "number")]
    parts: tuple[WantedPart, ...]
    title_limit: Annotated[Whole | None, Parameter("the length of the title, in 字", "number")] = None
    generic_titles: Annotated[tuple[Text, ...], Parameter("words that alone make no title")] = ()
    title_clause: Annotated[Text | None, Parameter("the clause of the title")] = None
    units: WantedUnits | None = None
    signs: Signs | None = None

    @property
    def scheme(self) -> TextScheme | None:
        """The scheme by which parts are recognised; None where only headings count."""
        return _make_scheme(self) if self.signs is not None else None

    def find_letter(self, key: str) -> str:
        """Find the letter of a part in the clause: a for the first."""
        return next((chr(ord("a") + at) for at, part in enumerate(self.parts) if part.key == key), "")

    def find_key(self, name: str) -> str | None:
        """Find the key of the part, or of the units, with this letter, key or title."""
        folded = name.strip().casefold().rstrip(")）")
        for part in self.parts:
            if folded in (
                self.find_letter(part.key),
                part.key,
                *(item.casefold() for item in (part.title, *part.synonyms)),
            ):
                return part.key
        if self.units is not None and folded in (self.units.key, self.units.title, *self.units.synonyms):
            return self.units.key
        return None

    def find_title(self, key: str) -> str:
        """Find the title of a part."""
        return next((part.title for part in self.parts if part.key == key), key)


@lru_cache(maxsize=64)
def _make_scheme(params: SectionLength) -> TextScheme:
    from docgen.content.parts.scheme import Cue, PartScheme, ReasonPoints, TextScheme, UnitScheme

    assert params.signs is not None
    units, signs = params.units, params.signs
    return TextScheme(
        tuple(
            PartScheme(
                part.key,
                params.find_letter(part.key),
                (part.title, *part.synonyms),
                part.words,
                tuple(Cue(cue.label, re.compile(cue.pattern)) for cue in part.cues),
                part.longest,
            )
            for part in params.parts
        ),
        None if units is None else UnitScheme(units.key, (units.title, *units.synonyms), units.endings, signs.signing),
        tuple(re.compile(pattern) for pattern in signs.marks),
        tuple(re.compile(pattern) for pattern in signs.series),
        signs.title_labels,
        signs.signing,
        signs.afterwards,
        ReasonPoints(**signs.weights.model_dump()),
    )
