"""Measures a text: the 字数 of its parts, their shares, and how much to add or cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Literal

from docgen.checks.rules.texts.section_length.params import SectionLength, WantedPart
from docgen.content.blocks import Block
from docgen.content.count import ZERO, Count, count_document, count_prose, count_text
from docgen.content.headings import HeadingMatch, WantedHeading, divide_by_keys, divide_document
from docgen.content.model import DocumentContent, Section
from docgen.content.name_lists import list_names, take_labelled_names
from docgen.diagnostics import NOWHERE, Location

if TYPE_CHECKING:
    from docgen.content.parts.arrange import Arrangement, PartReading

Verdict = Literal["inside", "below", "above", "empty", "absent"]


@dataclass(frozen=True, slots=True)
class PartLength:
    """A part as measured: 字数, share in percent (None where there is no text at all), comparison with its band.

    ``to_share`` and ``to_band`` are 字 to add (negative: to cut) until the part has its wanted share, or is just inside
    its band, while the sum of the parts stays the same.
    """

    part: WantedPart
    count: Count
    share: Decimal | None
    verdict: Verdict
    to_share: int
    to_band: int
    in_order: bool
    heading: str | None
    location: Location
    reading: PartReading | None = None


@dataclass(frozen=True, slots=True)
class DoubtLength:
    """A heading whose part is in doubt: the length of the text below it, and the keys of its best readings."""

    heading: str
    count: Count
    keys: tuple[str, ...]
    location: Location


@dataclass(frozen=True, slots=True)
class SectionLengths:
    """A text as measured: ``total`` is the sum of the parts, ``inclusive`` the whole text, ``others`` other prose.

    ``others`` holds heading, length and place; prose before the first heading has no heading. ``units`` is None where
    the check doesn't need them. Shares are computed from ``high``, which counts punctuation as Chinese text has it.
    ``doubts`` are the headings of a text that somebody wrote whose part isn't certain. ``is_whole`` says that there are
    none and that some part was recognised: only then do shares mean anything.
    """

    title: str | None
    title_count: Count
    parts: tuple[PartLength, ...]
    total: Count
    inclusive: Count
    units: tuple[str, ...] | None
    others: tuple[tuple[str | None, Count, Location], ...]
    doubts: tuple[DoubtLength, ...] = ()

    @property
    def open_words(self) -> int:
        """The 字 whose part is unknown: below headings in doubt, and in all of a text without recognised parts."""
        words = sum(doubt.count.high for doubt in self.doubts)
        has_part = any(part.heading is not None for part in self.parts)
        return words + (0 if has_part else sum(count.high for _, count, _ in self.others))

    @property
    def is_whole(self) -> bool:
        """Whether every heading was understood, and some part recognised."""
        has_part = any(part.heading is not None for part in self.parts)
        return has_part and not any(doubt.count.high for doubt in self.doubts)


def measure_sections(
    content: DocumentContent,
    params: SectionLength,
    east_asian_marks: bool | None = None,
    arrangement: Arrangement | None = None,
) -> SectionLengths:
    """Measure a text; ``east_asian_marks`` applies to runs without a language (True for docgen's own documents).

    With an ``arrangement`` the parts are the arrangement's; else they are found by key or, tolerantly, by heading at
    any depth.
    """
    whole = content
    if arrangement is not None:
        content = arrangement.content
    headings = [WantedHeading(part.key, part.title, part.synonyms) for part in params.parts]
    names = _list_unit_names(params)
    if params.units is not None:
        headings.append(WantedHeading(params.units.key, names[0], names[1:]))
    division = divide_document(content, headings) if arrangement is None else divide_by_keys(content, headings)
    units: list[str] = []
    counts: list[Count] = []
    for match in division.matches[: len(params.parts)]:
        blocks, labelled = take_labelled_names(match.section.blocks if match.section else (), names)
        units += labelled
        counts.append(count_prose(blocks, east_asian_marks))
    if params.units is not None and (section := division.matches[-1].section) is not None:
        units += list_names(section.blocks)
    total = sum(counts, ZERO)
    doubtful = {doubt.section.location: doubt for doubt in arrangement.doubts} if arrangement is not None else {}
    if arrangement is not None:
        units = list(arrangement.units)
    others: list[tuple[str | None, Count, Location]] = []
    doubts: list[DoubtLength] = []
    for heading, blocks, place in _list_others(division.preamble, division.others):
        rest, labelled = take_labelled_names(blocks, names)
        units += labelled if arrangement is None else ()
        count = count_prose(rest, east_asian_marks)
        doubt = doubtful.get(place)
        if doubt is not None and doubt.heading == heading:
            doubts.append(DoubtLength(doubt.heading, count, doubt.keys, place))
        elif count.high:
            others.append((heading, count, place))
    return SectionLengths(
        content.title,
        count_text(content.title or "", east_asian_marks),
        tuple(
            _measure_part(part, match, count, total, arrangement.find_reading(part.key) if arrangement else None)
            for part, match, count in zip(params.parts, division.matches, counts, strict=False)
        ),
        total,
        count_document(whole, east_asian_marks),
        tuple(units) if params.units is not None else None,
        tuple(others),
        tuple(doubts),
    )


def _measure_part(
    part: WantedPart, match: HeadingMatch, count: Count, total: Count, reading: PartReading | None
) -> PartLength:
    section = match.section
    whole, own = Decimal(total.high), count.high
    verdict: Verdict = "inside"
    to_band = 0
    if section is None or not own:
        verdict = "absent" if section is None else "empty"
    elif own * 100 < part.low * whole:
        verdict = "below"
    elif own * 100 > part.high * whole:
        verdict = "above"
    if verdict in ("below", "empty", "absent"):
        to_band = int((part.low * whole / 100).to_integral_value(ROUND_CEILING)) - own
    elif verdict == "above":
        to_band = int((part.high * whole / 100).to_integral_value(ROUND_FLOOR)) - own
    to_share = int((part.share * whole / 100).to_integral_value(ROUND_HALF_UP)) - own
    share = own * 100 / whole if whole else None
    heading = section.title if section is not None else None
    place = _find_place(section) if section is not None else NOWHERE
    return PartLength(part, count, share, verdict, to_share, to_band, match.in_order, heading, place, reading)


def _find_place(section: Section) -> Location:
    places = (section.location, *(block.location for block in section.blocks))
    return next((place for place in places if place != NOWHERE), NOWHERE)


def _list_others(
    preamble: tuple[Block, ...], sections: Iterable[Section]
) -> Iterator[tuple[str | None, tuple[Block, ...], Location]]:
    if preamble:
        yield None, preamble, preamble[0].location
    for section in sections:
        yield section.title, section.blocks, section.location


def _list_unit_names(params: SectionLength) -> tuple[str, ...]:
    return () if params.units is None else (params.units.title, *params.units.synonyms)
