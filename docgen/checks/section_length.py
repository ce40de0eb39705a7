"""Is a text as long as its clause allows, and does each of its parts have the share that the clause wants?

What counts is the prose of the parts: paragraphs and items of lists. Headings, tables, captions, the title and the
units that wrote it are outside (X8); ``inclusive`` is the total with all of these. A part's share is its 字数 divided
by the sum of the parts (X9). How many 字 to add or cut is reckoned with that sum held fixed: what one part gains,
others lose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Literal

from pydantic import model_validator

from docgen.checks.base import CheckSubject
from docgen.content.count import ZERO, Count, count_document, count_prose, count_text
from docgen.content.heading_text import is_generic
from docgen.content.headings import HeadingMatch, WantedHeading, divide_document
from docgen.content.model import Block, DocumentContent, Section
from docgen.content.name_lists import list_names, take_labelled_names
from docgen.diagnostics import NOWHERE, Diagnostic, Location, Param, Severity, Term
from docgen.profile.levels import severity_of
from docgen.profile.model import RuleSpec
from docgen.profile.plan import outline_report
from docgen.profile.subject import is_present
from docgen.record.types import Number, Part, Text, Whole, refuse

Verdict = Literal["inside", "below", "above", "empty", "absent"]


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


Params = SectionLength


@dataclass(frozen=True, slots=True)
class PartLength:
    """What a part has: 字数, its share in percent (None: there is no text at all), how it compares with its band.

    ``to_share`` and ``to_band`` are 字 to add, or, negative, to cut, until the part has the wanted share, or just
    comes into its band; the sum of the parts stays the same.
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


@dataclass(frozen=True, slots=True)
class SectionLengths:
    """A text as measured: ``total`` is the sum of the parts, ``inclusive`` everything in it, ``others`` prose outside.

    ``others`` holds heading, length and place; what stands before the first heading has no heading. ``units`` is None
    where nobody asks for them. Shares are reckoned from ``high``: marks as Chinese text sets them.
    """

    title: str | None
    title_count: Count
    parts: tuple[PartLength, ...]
    total: Count
    inclusive: Count
    units: tuple[str, ...] | None
    others: tuple[tuple[str | None, Count, Location], ...]


def measure_sections(
    content: DocumentContent, params: SectionLength, east_asian_marks: bool | None = None
) -> SectionLengths:
    """Measure a text; ``east_asian_marks`` is how marks are set where its runs don't say (True for our own documents).

    Pure. The parts are found by key or, tolerantly, by heading at any depth.
    """
    wanted = [WantedHeading(part.key, part.title, part.synonyms) for part in params.parts]
    names = _list_unit_names(params)
    if params.units is not None:
        wanted.append(WantedHeading(params.units.key, names[0], names[1:]))
    division = divide_document(content, wanted)
    units: list[str] = []
    counts: list[Count] = []
    for match in division.matches[: len(params.parts)]:
        blocks, found = take_labelled_names(match.section.blocks if match.section else (), names)
        units += found
        counts.append(count_prose(blocks, east_asian_marks))
    if params.units is not None and (section := division.matches[-1].section) is not None:
        units += list_names(section.blocks)
    total = sum(counts, ZERO)
    others = []
    for heading, blocks, place in _list_others(division.preamble, division.others):
        rest, found = take_labelled_names(blocks, names)
        units += found
        count = count_prose(rest, east_asian_marks)
        if count.high:
            others.append((heading, count, place))
    return SectionLengths(
        content.title,
        count_text(content.title or "", east_asian_marks),
        tuple(
            _measure_part(part, match, count, total)
            for part, match, count in zip(params.parts, division.matches, counts, strict=False)
        ),
        total,
        count_document(content, east_asian_marks),
        tuple(units) if params.units is not None else None,
        tuple(others),
    )


def _measure_part(part: WantedPart, match: HeadingMatch, count: Count, total: Count) -> PartLength:
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
    return PartLength(part, count, share, verdict, to_share, to_band, match.in_order, heading, place)


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


def check_section_length(
    lengths: SectionLengths,
    params: SectionLength,
    location: Location = NOWHERE,
    *,
    clause: str | None = None,
    severity: Severity = Severity.ERROR,
    locate: Callable[[str], Location] | None = None,
) -> tuple[Diagnostic, ...]:
    """What is wrong with a text's lengths: C101–C105 and C111 parts, C106–C108 title, C109 units, C110 the rest.

    ``severity`` is what the clause's verb demands; 约 is never more than a warning. ``locate`` gives the place of a
    part by its key (of the title by an empty key); without it, it is where the part was found, or ``location``.
    """
    report = _Reporter(location, severity, locate)
    mild = min(severity, Severity.WARNING, key=list(reversed(Severity)).index)
    total = lengths.total
    if total.low > params.limit:
        over = total.high - params.limit
        report.add("C101", severity, clause, total=_spell_range(total), limit=params.limit, over=over)
    elif total.high > params.limit:
        report.add("C102", mild, clause, low=total.low, high=total.high, limit=params.limit)
    for part in lengths.parts:
        _check_part(part, report, mild)
    _check_title(lengths, params, report, mild)
    wanted = params.units
    if wanted is not None and lengths.units is not None and not wanted.min <= len(lengths.units) <= wanted.max:
        listed = "、".join(lengths.units) or "—"
        report.add(
            "C109",
            severity,
            wanted.clause,
            wanted.key,
            title=wanted.title,
            names=listed,
            count=len(lengths.units),
            least=wanted.min,
            most=wanted.max,
        )
    for heading, count, place in lengths.others:
        where: Param = heading if heading is not None else Term("checks.length.before")
        report.add("C110", mild, clause, place=place, where=where, count=count.high)
    return tuple(report.found)


@dataclass(slots=True)
class _Reporter:
    location: Location
    severity: Severity
    locate: Callable[[str], Location] | None
    found: list[Diagnostic] = field(default_factory=list)

    def add(
        self,
        code: str,
        severity: Severity,
        clause: str | None,
        key: str | None = None,
        place: Location = NOWHERE,
        **params: Param,
    ) -> None:
        where = self.locate(key) if self.locate is not None and key is not None else place
        self.found.append(Diagnostic(code, severity, params, self.location if where == NOWHERE else where, clause))


def _check_part(length: PartLength, report: _Reporter, mild: Severity) -> None:
    part = length.part
    if length.verdict in ("absent", "empty"):
        code = "C104" if length.verdict == "absent" else "C105"
        report.add(code, report.severity, part.clause, part.key, length.location, title=part.title)
        return
    if not length.in_order:
        report.add("C111", mild, part.clause, part.key, length.location, title=part.title)
    if length.verdict != "inside" and length.share is not None:
        report.add(
            "C103",
            mild,
            part.clause,
            part.key,
            length.location,
            title=part.title,
            count=length.count.high,
            share=_spell_share(length.share, part),
            wanted=f"{part.share:f}",
            low=f"{part.low:f}",
            high=f"{part.high:f}",
            change=_spell_change(length.to_share),
            least=_spell_change(length.to_band),
        )


def _check_title(lengths: SectionLengths, params: SectionLength, report: _Reporter, mild: Severity) -> None:
    title = (lengths.title or "").strip()
    if not title:
        report.add("C106", report.severity, params.title_clause, "")
    elif is_generic(title, params.generic_titles, lengths.units or ()):
        report.add("C107", report.severity, params.title_clause, "", title=title)
    elif params.title_limit is not None and lengths.title_count.low > params.title_limit:
        count = lengths.title_count.high
        report.add("C108", mild, params.title_clause, "", title=title, count=count, limit=params.title_limit)


def _spell_change(difference: int) -> Term:
    return Term("checks.length.add" if difference >= 0 else "checks.length.cut", {"count": abs(difference)})


def _spell_range(count: Count) -> str:
    return str(count.high) if count.is_exact else f"{count.low}–{count.high}"


def _spell_share(share: Decimal, part: WantedPart) -> str:
    """A share with one decimal; with two where one would hide that it is outside its band."""
    short = share.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return str(share.quantize(Decimal("0.01"), ROUND_HALF_UP) if part.low <= short <= part.high else short)


def list_paths(params: SectionLength) -> Iterable[str]:  # noqa: ARG001 - what every check is asked
    """None: the text is found by its document."""
    return ()


def check(checked: CheckSubject, params: SectionLength, rule: RuleSpec) -> Iterator[Diagnostic]:
    """Check each planned document of that kind; what it lacks altogether is reported as lacking, and not here again."""
    for job in checked.jobs:
        if job.document.id != params.document or job.entry is None or checked.is_silenced(job.place):
            continue
        titled = job.document.titled or ""

        def find_place(key: str, place: tuple[str | int, ...] = job.place, titled: str = titled) -> Location:
            return checked.locate((*place, key or titled), False)

        lengths = measure_sections(outline_report(checked.subject, job), params, east_asian_marks=True)
        found = check_section_length(
            lengths,
            params,
            checked.locate(job.place, False),
            clause=rule.clause,
            severity=severity_of(rule.level),
            locate=find_place,
        )
        has_title = not titled or getattr(job.entry, titled, None) is not None
        unwritten = {
            checked.locate((*job.place, part.key), False)
            for part in params.parts
            if not is_present(getattr(job.entry, part.key, None))
        }
        for diagnostic in found:
            if diagnostic.code == "C105" and diagnostic.location in unwritten:
                continue
            if diagnostic.code in ("C104", "C106") or (diagnostic.code == "C107" and not has_title):
                continue
            yield diagnostic
