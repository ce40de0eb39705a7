"""Matches a person's headings to the wanted ones, ignoring differences of numbers, brackets and punctuation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from docgen.content.blocks import Block, Heading
from docgen.content.heading_text import THRESHOLD, compare_headings, normalize_heading
from docgen.content.model import DocumentContent, Section
from docgen.content.outline import list_sections


@dataclass(frozen=True, slots=True)
class WantedHeading:
    """A heading that a document should have, with its key; ``synonyms`` are other usual wordings."""

    key: str
    title: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeadingMatch:
    """The match of a wanted heading: its section and that section's index, or None, and their likeness.

    ``in_order`` is false when the section of a heading wanted before it stands behind its own.
    """

    wanted: WantedHeading
    section: Section | None = None
    index: int | None = None
    likeness: float = 0.0
    in_order: bool = True


@dataclass(frozen=True, slots=True)
class HeadingMatches:
    """The matches of the wanted headings in their order, and the unmatched sections."""

    matches: tuple[HeadingMatch, ...]
    others: tuple[Section, ...]

    @property
    def count(self) -> int:
        """The number of wanted headings that have a section."""
        return sum(match.section is not None for match in self.matches)


@dataclass(frozen=True, slots=True)
class Division:
    """A document divided among the wanted headings; each block belongs to only one.

    ``others`` are the other headings, each with the blocks directly below it; ``preamble`` comes before all headings.
    """

    preamble: tuple[Block, ...]
    matches: tuple[HeadingMatch, ...]
    others: tuple[Section, ...]


def match_headings(
    sections: Sequence[Section], wanted: Sequence[WantedHeading], threshold: float = THRESHOLD
) -> HeadingMatches:
    """Match sections to wanted headings, each at most once.

    Sections with the wanted key or the same text are matched first, then the sequence in the wanted order with the
    greatest likeness, and last the remaining ones in any order.
    """
    likeness = _measure_likeness(sections, wanted)
    columns_by_row: dict[int, int] = {}
    for row, scores in enumerate(likeness):
        best = next((at for at, score in enumerate(scores) if score == 1.0 and at not in columns_by_row.values()), None)
        if best is not None:
            columns_by_row[row] = best
    rows = [row for row in range(len(wanted)) if row not in columns_by_row]
    columns = [at for at in range(len(sections)) if at not in columns_by_row.values()]
    columns_by_row.update(_align(likeness, rows, columns, threshold))
    candidates = [
        (likeness[row][at], -row, -at)
        for row in rows
        if row not in columns_by_row
        for at in columns
        if at not in columns_by_row.values() and likeness[row][at] >= threshold
    ]
    for _, row, at in sorted(candidates, reverse=True):
        if -row not in columns_by_row and -at not in columns_by_row.values():
            columns_by_row[-row] = -at
    matches: list[HeadingMatch] = []
    furthest = -1
    for row, heading in enumerate(wanted):
        index = columns_by_row.get(row)
        if index is None:
            matches.append(HeadingMatch(heading))
            continue
        matches.append(HeadingMatch(heading, sections[index], index, likeness[row][index], index > furthest))
        furthest = max(furthest, index)
    used = set(columns_by_row.values())
    return HeadingMatches(tuple(matches), tuple(section for at, section in enumerate(sections) if at not in used))


def divide_by_keys(content: DocumentContent, wanted: Sequence[WantedHeading]) -> Division:
    """Divide a document whose sections carry the keys of the wanted headings; nothing is guessed."""
    keys = {heading.key for heading in wanted}
    matches: list[HeadingMatch] = []
    furthest = -1
    for heading in wanted:
        at = next((at for at, section in enumerate(content.sections) if section.key == heading.key), None)
        if at is None:
            matches.append(HeadingMatch(heading))
            continue
        matches.append(HeadingMatch(heading, content.sections[at], at, 1.0, at > furthest))
        furthest = max(furthest, at)
    others = tuple(section for section in content.sections if section.key not in keys)
    return Division(content.preamble, tuple(matches), others)


def divide_document(content: DocumentContent, wanted: Sequence[WantedHeading]) -> Division:
    """Divide a document among wanted headings, which may stand at any depth.

    A wanted heading takes what stands below it up to the next wanted one, or up to the next heading of its own level or
    above.
    """
    sections = list_sections(content)
    tops = [at for at, section in enumerate(sections) if section.level == min(s.level for s in sections)]
    matched = match_headings([sections[at] for at in tops], wanted)
    indexes = [None if match.index is None else tops[match.index] for match in matched.matches]
    if matched.count < len(wanted):
        deeper = match_headings(sections, wanted)
        if deeper.count > matched.count:
            matched, indexes = deeper, [match.index for match in deeper.matches]
    owners: dict[int, list[Block]] = {}
    others: list[Section] = []
    owner: int | None = None
    for at, section in enumerate(sections):
        own = _list_own_blocks(section)
        if at in indexes:
            owner = at
            owners[at] = list(own)
        elif owner is not None and section.level > sections[owner].level:
            owners[owner] += (Heading(section.level - sections[owner].level, section.title, section.location), *own)
        else:
            owner = None
            others.append(Section(section.title, section.level, own, section.key, section.location))
    matches = tuple(
        match
        if at is None
        else replace(match, section=replace(sections[at], blocks=tuple(owners[at]), key=match.wanted.key), index=at)
        for match, at in zip(matched.matches, indexes, strict=True)
    )
    return Division(content.preamble, matches, tuple(others))


def _list_own_blocks(section: Section) -> tuple[Block, ...]:
    """The blocks directly below a heading, before any deeper one."""
    for at, block in enumerate(section.blocks):
        if isinstance(block, Heading):
            return section.blocks[:at]
    return section.blocks


def _measure_likeness(sections: Sequence[Section], wanted: Sequence[WantedHeading]) -> list[list[float]]:
    titles = [normalize_heading(section.title) for section in sections]
    table: list[list[float]] = []
    for heading in wanted:
        names = [normalize_heading(name) for name in (heading.title, *heading.synonyms)]
        table.append(
            [
                1.0 if section.key == heading.key else max(compare_headings(name, text) for name in names)
                for section, text in zip(sections, titles, strict=True)
            ]
        )
    return table


def _align(
    likeness: Sequence[Sequence[float]], rows: Sequence[int], columns: Sequence[int], threshold: float
) -> dict[int, int]:
    """The assignment of rows to columns, both ascending, that has the greatest sum of likeness."""
    best: list[list[tuple[float, dict[int, int]]]] = [[(0.0, {})] * (len(columns) + 1) for _ in range(len(rows) + 1)]
    for i, row in enumerate(rows, 1):
        for j, column in enumerate(columns, 1):
            choice = max(best[i - 1][j], best[i][j - 1], key=lambda entry: entry[0])
            score = likeness[row][column]
            before, pairs = best[i - 1][j - 1]
            if score >= threshold and before + score > choice[0]:
                choice = (before + score, {**pairs, row: column})
            best[i][j] = choice
    return best[-1][-1][1]
