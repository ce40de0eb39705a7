"""Matches a piece of evidence to an activity or training: by its day, and the enterprises and titles it names."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from docgen.record.enterprise import Enterprise
from docgen.record.parts import Activity, Evidence, EvidenceKind, Training
from docgen.record.record import Record

Occasion = Activity | Training
DateSource = Literal["stated", "camera", "named", "made"]
"""Who says a date: the record, the camera (EXIF), the file's name, the PDF (its CreationDate)."""

PAPERS: tuple[EvidenceKind, ...] = ("sign_in", "certificate", "contract", "scan")
"""Kinds that are papers: a picture of one may be taken long after the day that it is about."""
_OF_OCCASIONS: tuple[EvidenceKind, ...] = ("photograph", "sign_in", "survey", "review", "training")
_OF_TRAININGS: tuple[EvidenceKind, ...] = ("sign_in", "training")
_MIN_TITLE = 2
_DATES = (
    # 20231012, as cameras and telephones write it: perhaps with the time behind it, to the second or finer
    re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?:\d{6}|\d{9})?(?!\d)", re.ASCII),
    re.compile(r"(?<!\d)((?:19|20)\d{2})[-._/年](\d{1,2})[-._/月](\d{1,2})(?!\d)", re.ASCII),
)


@dataclass(frozen=True, slots=True)
class Day:
    """A day and who says it."""

    date: dt.date
    source: DateSource


def find_day(text: str) -> dt.date | None:
    """The one day that a text such as a file's name says: 20231012, 2023-10-12 or 2023年10月12日; None for two."""
    days = set(_iterate_days(unicodedata.normalize("NFKC", text)))
    return days.pop() if len(days) == 1 else None


def _iterate_days(text: str) -> Iterator[dt.date]:
    for pattern in _DATES:
        for match in pattern.finditer(text):
            try:
                yield dt.date(int(match[1]), int(match[2]), int(match[3]))
            except ValueError:
                continue


def date_evidence(evidence: Evidence, taken: dt.date | None, stem: str) -> Day | None:
    """The day of a piece of evidence: its own, else the camera's, else the one in its file's name."""
    if evidence.date is not None:
        return Day(evidence.date, "stated")
    if taken is not None and evidence.kind not in PAPERS:
        return Day(taken, "camera")
    named = find_day(stem)
    return Day(named, "named") if named is not None else None


def find_stated(record: Record, evidence: Evidence) -> Occasion | None:
    """The activity or training that a piece of evidence names itself."""
    if evidence.activity is not None:
        return next((item for item in record.activities if item.key == evidence.activity), None)
    return next((item for item in record.trainings if item.key == evidence.training), None)


def match_occasions(record: Record, evidence: Evidence, day: dt.date | None, stem: str) -> tuple[Occasion, ...]:
    """The activities and trainings that a piece of evidence may belong to: one is a match, several are candidates.

    What was on that day counts; without a day, what the title or the file's name says: the title of the activity, or
    its kind and an enterprise. Kinds of evidence that aren't of an activity (contracts, certificates) need it, too.
    """
    text = _fold(f"{evidence.title or ''} {stem}")
    owners = _find_enterprises(record, evidence, text)
    found: Sequence[Occasion] = (*record.activities, *record.trainings)
    if day is not None:
        found = [item for item in found if item.date == day]
    if day is None or evidence.kind not in _OF_OCCASIONS:
        titled = [item for item in found if _is_told(item.title, text)]
        found = titled or [item for item in found if owners and _is_told(_name_kind(item), text)]
    found = _narrow(found, owners)
    if len(found) > 1:
        told = [item for item in found if _is_told(item.title, text)]
        told = told or [item for item in found if _is_told(_name_kind(item), text)]
        if not told and evidence.kind in _OF_TRAININGS:
            told = [item for item in found if isinstance(item, Training)]
        found = told or found
    return tuple(found)


def _name_kind(occasion: Occasion) -> str | None:
    return occasion.kind if isinstance(occasion, Activity) else None


def _find_enterprises(record: Record, evidence: Evidence, text: str) -> frozenset[str]:
    """The enterprises that a piece of evidence says it is of, else those that its title or name speaks of."""
    if evidence.enterprises:
        return frozenset(evidence.enterprises)
    return frozenset(item.key for item in record.enterprises if tells_enterprise(item, text))


def tells_enterprise(enterprise: Enterprise, text: str) -> bool:
    """Whether a text speaks of an enterprise by its name or short name."""
    folded = _fold(text)
    return any(_is_told(name, folded) for name in (enterprise.name, enterprise.short_name))


def _narrow(found: Sequence[Occasion], enterprises: frozenset[str]) -> Sequence[Occasion]:
    if not enterprises:
        return found
    return [item for item in found if not item.enterprises or not enterprises.isdisjoint(item.enterprises)]


def _is_told(words: str | None, text: str) -> bool:
    """Whether a (folded) text holds these words; a single character says nothing."""
    folded = _fold(words or "")
    return len(folded) >= _MIN_TITLE and folded in text


def _fold(text: str) -> str:
    """A text as names are compared: width, case, spaces and marks make no difference."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())
