"""What the check is given: a limit, the parts and their shares, what is asked of the title and of the units."""

from __future__ import annotations

from pydantic import model_validator

from docgen.record.types import Number, Part, Text, Whole, refuse


class WantedPart(Part):
    """A part of the text: its share of the whole in percent, and the band that still counts as 约, ends included."""

    key: Text
    title: Text
    share: Number
    low: Number
    high: Number
    synonyms: tuple[Text, ...] = ()
    clause: Text | None = None

    @model_validator(mode="after")
    def _check_band(self) -> WantedPart:
        if not 0 <= self.low <= self.share <= self.high <= 100:
            raise refuse("C119", title=self.title)
        return self


class WantedUnits(Part):
    """The section, or the line, that names the units that wrote the text, and how many there may be."""

    key: Text
    title: Text
    min: Whole
    max: Whole
    synonyms: tuple[Text, ...] = ()
    clause: Text | None = None


class SectionLength(Part):
    """The parameters: ``limit`` in 字 for all parts; ``generic_titles`` are words that alone make no title."""

    document: Text
    limit: Whole
    parts: tuple[WantedPart, ...]
    title_limit: Whole | None = None
    generic_titles: tuple[Text, ...] = ()
    title_clause: Text | None = None
    units: WantedUnits | None = None
