"""Describe a judged case as plain data, for a command's output, for JSON and for the page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Literal

from docgen.batch.cases.review import ReviewedFile
from docgen.checks.rules.texts.section_length import PartLength, SectionLengths
from docgen.checks.rules.texts.section_length.report import format_reason
from docgen.diagnostics import NOWHERE, Location, Severity, count_by_severity, promote_warnings
from docgen.messages import Catalogue
from docgen.messages.description import describe_location
from docgen.pipeline.services.case import CaseJudgement


@dataclass(frozen=True, slots=True)
class PartView:
    """A part of a case: its words, its share of the whole and the allowed band, both in percent.

    ``change`` is how many words to add to the part (or, below zero, to cut) until its share is in the band; ``wanted``
    is the share that the clause states. ``heading`` is the heading that was recognised, with its ``certainty`` (None in
    a record, where it is given) and its ``place``; ``state`` is why the share can't be judged.
    """

    key: str
    title: str
    count: int
    share: float
    low: float
    high: float
    change: int
    wanted: float | None = None
    letter: str = ""
    heading: str | None = None
    certainty: str | None = None
    reasons: tuple[str, ...] = ()
    state: Literal["absent", "empty", "open"] | None = None
    place: Location = NOWHERE

    @property
    def aim(self) -> float:
        """The share to aim at, in percent."""
        return self.wanted if self.wanted is not None else (self.low + self.high) / 2


@dataclass(frozen=True, slots=True)
class BesideView:
    """The content beside the prose, which isn't counted with it: how many of each, with their words."""

    tables: int = 0
    table_words: int = 0
    pictures: int = 0
    charts: int = 0
    text_boxes: int = 0
    text_box_words: int = 0
    captions: int = 0
    caption_words: int = 0
    notes: int = 0
    note_words: int = 0
    hidden: int = 0
    hidden_words: int = 0
    inclusive: int = 0


NOTHING_BESIDE = BesideView()


@dataclass(frozen=True, slots=True)
class CaseView:
    """A judged text: its parts, its words (from ``low`` to ``high``, depending on the layout), and the limit.

    ``facts`` are those that the clause asks for, each with the words that state it (None: not found); ``pairs`` the
    number of figures before and after, ``answers`` how many of how many problems are answered, ``units`` the authors,
    each None where no rule asks. ``doubts`` are headings whose part isn't known, with their words and the letters of
    possible parts; ``open_words`` are the words of such parts, which the total lacks. ``shared`` is how many paragraphs
    other texts have, too, None where it was judged alone.
    """

    name: str
    title: str
    parts: tuple[PartView, ...]
    low: int
    high: int
    limit: int
    facts: tuple[tuple[str, str, str | None], ...] = ()
    pairs: int | None = None
    units: tuple[str, ...] | None = None
    beside: BesideView = NOTHING_BESIDE
    errors: int = 0
    warnings: int = 0
    subtitle: str = ""
    answers: tuple[int, int] | None = None
    doubts: tuple[tuple[str, int, tuple[str, ...]], ...] = ()
    shared: int | None = None
    open_words: int = 0


def view_case(words: Catalogue, item: ReviewedFile, judged: CaseJudgement, *, strict: bool = False) -> CaseView:
    """Make the view of a judgement; ``strict``: warnings count as errors."""
    lengths = judged.lengths
    diagnostics, inventory = item.list_diagnostics(judged), judged.inventory
    counts = count_by_severity(promote_warnings(diagnostics) if strict else diagnostics)
    letters = {length.part.key: _format_letter(lengths, length) for length in lengths.parts}
    return CaseView(
        judged.name if len(item.cases) > 1 or item.case.path.suffix in (".yaml", ".yml", ".json") else item.case.name,
        judged.title,
        tuple(_view_part(words, lengths, length) for length in lengths.parts),
        lengths.total.low,
        lengths.total.high,
        judged.limit,
        tuple((fact.key, fact.label, fact.words) for fact in judged.facts),
        judged.pairs,
        lengths.units,
        BesideView(
            inventory.tables,
            inventory.table_count.high,
            inventory.pictures,
            inventory.charts,
            inventory.text_boxes,
            inventory.text_box_count.high,
            inventory.captions,
            inventory.caption_count.high,
            inventory.notes,
            inventory.note_count.high,
            inventory.hidden,
            inventory.hidden_count.high,
            lengths.inclusive.high,
        ),
        counts[Severity.ERROR],
        counts[Severity.WARNING],
        judged.subtitle,
        judged.answers,
        tuple(
            (doubt.heading, doubt.count.high, tuple(letters[key] for key in doubt.keys if key in letters))
            for doubt in lengths.doubts
        ),
        item.shared_count,
        lengths.open_words,
    )


def _view_part(words: Catalogue, lengths: SectionLengths, length: PartLength) -> PartView:
    reading = length.reading
    terms = tuple(format_reason(reason) for reason in reading.reasons) if reading is not None else ()
    is_missing = length.verdict in ("absent", "empty")
    return PartView(
        key=length.part.key,
        title=length.part.title,
        count=length.count.high,
        share=float(length.share or 0),
        low=float(length.part.low),
        high=float(length.part.high),
        change=length.to_band,
        wanted=float(length.part.share),
        letter=_format_letter(lengths, length),
        heading=length.heading,
        certainty=reading.certainty if reading is not None else None,
        reasons=tuple(words.text(term.key, **term.params) for term in terms),
        state=length.verdict if is_missing else None if lengths.is_whole else "open",  # type: ignore[arg-type]
        place=length.location,
    )


def _format_letter(lengths: SectionLengths, length: PartLength) -> str:
    return chr(ord("a") + lengths.parts.index(length))


def describe_case(case: CaseView) -> dict[str, Any]:
    """A case for JSON; ``change`` is the words to add to a part or, below zero, to cut."""
    return {
        "name": case.name,
        "title": case.title,
        "subtitle": case.subtitle,
        "total": {"low": case.low, "high": case.high},
        "limit": case.limit,
        "open_words": case.open_words,
        "parts": [
            {
                "key": part.key,
                "title": part.title,
                "count": part.count,
                "share": round(part.share, 2),
                "wanted": part.aim,
                "band": {"low": part.low, "high": part.high},
                "change": part.change,
                "letter": part.letter,
                "heading": part.heading,
                "certainty": part.certainty,
                "reasons": list(part.reasons),
                "state": part.state,
                "location": describe_location(part.place),
            }
            for part in case.parts
        ],
        "facts": [{"key": key, "label": label, "words": words} for key, label, words in case.facts],
        "doubts": [
            {"heading": heading, "count": count, "readings": list(letters)} for heading, count, letters in case.doubts
        ],
        "pairs": case.pairs,
        "answers": None if case.answers is None else {"told": case.answers[0], "all": case.answers[1]},
        "shared": case.shared,
        "units": None if case.units is None else list(case.units),
        "beside": {entry.name: getattr(case.beside, entry.name) for entry in fields(BesideView)},
        "counts": {"error": case.errors, "warning": case.warnings},
    }


def describe_files(words: Catalogue, reviewed: Iterable[ReviewedFile], *, strict: bool = False) -> list[dict[str, Any]]:
    """The cases of many files for JSON."""
    return [
        description
        for item in reviewed
        for description in describe_reviewed(
            item, [view_case(words, item, judged, strict=strict) for judged in item.cases]
        )
    ]


def describe_reviewed(item: ReviewedFile, views: Iterable[CaseView]) -> list[dict[str, Any]]:
    """The cases of a file for JSON, each with its path and its shared paragraphs."""
    shared = [{"excerpt": one.excerpt, "count": one.count, "others": list(one.others)} for one in item.shared]
    return [{"path": str(item.case.path), **describe_case(view), "shared_paragraphs": shared} for view in views]
