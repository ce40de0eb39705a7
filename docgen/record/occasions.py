"""Matches a piece of evidence to an activity or training: by its day, and the enterprises and titles it names."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from docgen.content.folding import keep_letters
from docgen.record.enterprise import Enterprise
from docgen.record.parts import Activity, Evidence, EvidenceKind, Training
from docgen.record.record import Record

Occasion = Activity | Training
DateSource = Literal["stated", "camera", "named", "made"]
"""The source of a date: the record, the camera (EXIF), the file's name, the PDF (its CreationDate)."""

PAPERS: tuple[EvidenceKind, ...] = ("sign_in", "certificate", "contract", "scan")
"""Kinds that are papers: a picture of one may be taken long after the paper's day."""
_OF_OCCASIONS: tuple[EvidenceKind, ...] = ("photograph", "sign_in", "survey", "review", "training")
_OF_TRAININGS: tuple[EvidenceKind, ...] = ("sign_in", "training")
_MIN_TITLE = 2
_DATES = (
    # 20231012, as cameras and telephones write it, perhaps followed by the time to the second or finer
    re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?:\d{6}|\d{9})?(?!\d)", re.ASCII),
    re.compile(r"(?<!\d)((?:19|20)\d{2})[-._/年](\d{1,2})[-._/月](\d{1,2})(?!\d)", re.ASCII),
)


@dataclass(frozen=True, slots=True)
class StatedDay:
    """A day and the source of it."""

    date: dt.date
    source: DateSource


def find_day(text: str) -> dt.date | None:
    """The only day in a text such as a file's name: 20231012, 2023-10-12 or 2023年10月12日; None if there are two."""
    days = set(_iterate_days(unicodedata.normalize("NFKC", text)))
    return days.pop() if len(days) == 1 else None


def _iterate_days(text: str) -> Iterator[dt.date]:
    for pattern in _DATES:
        for match in pattern.finditer(text):
            try:
                yield dt.date(int(match[1]), int(match[2]), int(match[3]))
            except ValueError:
                continue


def date_evidence(evidence: Evidence, camera_day: dt.date | None, stem: str) -> StatedDay | None:
    """The day of a piece of evidence: the record's, else the camera's, else the one in its file's name."""
    if evidence.date is not None:
        return StatedDay(evidence.date, "stated")
    if camera_day is not None and evidence.kind not in PAPERS:
        return StatedDay(camera_day, "camera")
    named = find_day(stem)
    return StatedDay(named, "named") if named is not None else None


def find_stated(record: Record, evidence: Evidence) -> Occasion | None:
    """The activity or training that the record names for a piece of evidence."""
    if evidence.activity is not None:
        return next((occasion for occasion in record.activities if occasion.key == evidence.activity), None)
    return next((occasion for occasion in record.trainings if occasion.key == evidence.training), None)


def match_occasions(record: Record, evidence: Evidence, day: dt.date | None, stem: str) -> tuple[Occasion, ...]:
    """The activities and trainings that a piece of evidence may belong to: one is a match, several are candidates.

    A match has the same day. Without a day, the evidence's title or file name must hold the title of the activity, or
    its kind and the name of an enterprise. Kinds of evidence that rarely come from an activity (contracts,
    certificates) need both the day and the words.
    """
    text = keep_letters(f"{evidence.title or ''} {stem}")
    owners = _find_enterprises(record, evidence, text)
    matches: Sequence[Occasion] = (*record.activities, *record.trainings)
    if day is not None:
        matches = [occasion for occasion in matches if occasion.date == day]
    if day is None or evidence.kind not in _OF_OCCASIONS:
        titled = [occasion for occasion in matches if _holds_words(occasion.title, text)]
        matches = titled or [occasion for occasion in matches if owners and _holds_words(_name_kind(occasion), text)]
    matches = _narrow(matches, owners)
    if len(matches) > 1:
        titled_or_kind = [occasion for occasion in matches if _holds_words(occasion.title, text)]
        titled_or_kind = titled_or_kind or [
            occasion for occasion in matches if _holds_words(_name_kind(occasion), text)
        ]
        if not titled_or_kind and evidence.kind in _OF_TRAININGS:
            titled_or_kind = [occasion for occasion in matches if isinstance(occasion, Training)]
        matches = titled_or_kind or matches
    return tuple(matches)


def _name_kind(occasion: Occasion) -> str | None:
    return occasion.kind if isinstance(occasion, Activity) else None


def _find_enterprises(record: Record, evidence: Evidence, text: str) -> frozenset[str]:
    """The enterprises that the record names for a piece of evidence, else those that its title or file name names."""
    if evidence.enterprises:
        return frozenset(evidence.enterprises)
    return frozenset(enterprise.key for enterprise in record.enterprises if names_enterprise(enterprise, text))


def names_enterprise(enterprise: Enterprise, text: str) -> bool:
    """Whether a text holds the name or short name of an enterprise."""
    folded = keep_letters(text)
    return any(_holds_words(name, folded) for name in (enterprise.name, enterprise.short_name))


def _narrow(occasions: Sequence[Occasion], enterprises: frozenset[str]) -> Sequence[Occasion]:
    if not enterprises:
        return occasions
    return [
        occasion
        for occasion in occasions
        if not occasion.enterprises or not enterprises.isdisjoint(occasion.enterprises)
    ]


def _holds_words(words: str | None, text: str) -> bool:
    """Whether a folded text holds these words; a single character doesn't count."""
    folded = keep_letters(words or "")
    return len(folded) >= _MIN_TITLE and folded in text
