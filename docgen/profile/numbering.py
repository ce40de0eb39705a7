"""Numbers of documents: a pattern of the profile, filled for each document in the record's order.

The pattern's words in braces are closed: a party's role (its ``code``), ``project`` (the project's number), ``form``
(the document type's code), ``year`` (of the document's date, else the project's), and a run of digits such as ``0001``:
the running number of that document type in that year, with as many digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, get_args

from docgen.profile.model import Profile
from docgen.record.parts import PartyRole
from docgen.record.record import Record

if TYPE_CHECKING:
    from docgen.profile.document import DocumentSpec
    from docgen.profile.plan import DocumentJob

_WORD = re.compile(r"\{([^{}]*)\}")
_RUN = re.compile("0+1")
_WORDS = frozenset({"project", "form", "year", *get_args(PartyRole)})


@dataclass(frozen=True, slots=True)
class NumberedDocument:
    """A document with its number; ``typed`` if the record holds it. ``pattern`` is what a number of it looks like."""

    job: DocumentJob
    number: str
    typed: bool
    pattern: str


def list_words(pattern: str) -> tuple[str, ...]:
    """The words in braces of a pattern, in order."""
    return tuple(_WORD.findall(pattern))


def is_word(word: str) -> bool:
    """Whether a pattern may hold a word."""
    return word in _WORDS or _RUN.fullmatch(word) is not None


def is_run(word: str) -> bool:
    """Whether a word stands for the running number."""
    return _RUN.fullmatch(word) is not None


def find_unknown(profile: Profile, record: Record) -> tuple[str, ...]:
    """The words of the profile's pattern for which the record has no value: then nothing can be numbered."""
    if profile.numbering is None:
        return ()
    words = [
        word for word in list_words(profile.numbering.pattern) if word not in ("form", "year") and not is_run(word)
    ]
    return tuple(word for word in words if not _find_value(record, word))


def _find_value(record: Record, word: str) -> str | None:
    if word == "project":
        return record.project.number
    return next((party.code for party in record.parties if party.role == word), None)


def number_documents(profile: Profile, record: Record, jobs: Sequence[DocumentJob]) -> Iterator[NumberedDocument]:
    """Each document that is numbered, in order. A typed number is kept.

    The others follow the highest that was typed for their form and year, here or as the last of the record before.
    """
    spec = profile.numbering
    if spec is None:
        return
    values = _find_values(spec.pattern, record)
    typed_numbers = [number for job in jobs if (number := _read_typed_number(job)) is not None]
    earlier_numbers = [*record.project.last_numbers, *typed_numbers]
    last_runs: dict[str, int] = {}
    for job in jobs:
        if job.document.code is None:
            continue
        day = job.dated or record.project.dated
        year = f"{day.year:04d}" if day is not None else None
        own_pattern = _fill_words(spec.pattern, {**values, "form": job.document.code, "year": year})
        own = _read_typed_number(job)
        if own is not None:
            yield NumberedDocument(job, own, True, own_pattern)
        elif all(is_run(word) for word in list_words(own_pattern)):
            at = (
                last_runs[own_pattern] if own_pattern in last_runs else find_highest(own_pattern, earlier_numbers)
            ) + 1
            last_runs[own_pattern] = at
            yield NumberedDocument(job, _fill_run(own_pattern, at), False, own_pattern)


def find_highest(own_pattern: str, numbers: Iterable[str]) -> int:
    """The highest running number of those that fit a pattern in which that alone is open; 0 where none does."""
    return max(
        (int(match[1]) for number in numbers if (match := _compile_pattern(own_pattern).fullmatch(number))),
        default=0,
    )


def list_highest(numbers: Iterable[str], profile: Profile, record: Record) -> list[str]:
    """Of some numbers the highest of each form and year, in their order; what fits no pattern is none."""
    highest: dict[tuple[str, str], tuple[int, str]] = {}
    for number in numbers:
        for document in profile.documents:
            reading = read_number(number, document, profile, record) if document.code is not None else None
            if reading is not None:
                year, run = reading
                at = (document.id, year)
                highest[at] = max(highest.get(at, (0, "")), (run, number))
    return [number for _, number in highest.values()]


def read_number(number: str, document: DocumentSpec, profile: Profile, record: Record) -> tuple[str, int] | None:
    """The year ("" where the pattern has none) and the running number of a document's number of whatever year."""
    if profile.numbering is None or document.code is None:
        return None
    pattern = profile.numbering.pattern
    own_pattern = _fill_words(pattern, {**_find_values(pattern, record), "form": document.code})
    match = _compile_pattern(own_pattern).fullmatch(number)
    words = [word for word in list_words(own_pattern) if word == "year" or is_run(word)]
    if match is None:
        return None
    values = dict(zip(("year" if word == "year" else "run" for word in words), match.groups(), strict=True))
    return values.get("year", ""), int(values["run"])


def _find_values(pattern: str, record: Record) -> dict[str, str | None]:
    return {word: _find_value(record, word) for word in list_words(pattern)}


def _fill_words(pattern: str, values: Mapping[str, str | None]) -> str:
    return _WORD.sub(lambda match: values.get(match[1]) or match[0], pattern)


def _read_typed_number(job: DocumentJob) -> str | None:
    number = getattr(job.entry, "number", None) if job.document.code is not None else None
    return number if isinstance(number, str) else None


def _fill_run(own_pattern: str, at: int) -> str:
    return _WORD.sub(lambda match: f"{at:0{len(match[1])}d}", own_pattern)


def fits_pattern(number: str, pattern: str) -> bool:
    """Whether a number is one that the pattern gives; what isn't known stands for anything."""
    return _compile_pattern(pattern).fullmatch(number) is not None


@lru_cache(maxsize=256)
def _compile_pattern(pattern: str) -> re.Pattern[str]:
    """A pattern as a regular expression, with a group for the year and the running number."""
    parts = _WORD.split(pattern)
    spelled = [
        re.escape(part)
        if at % 2 == 0
        else rf"(\d{{{len(part)}}})"
        if is_run(part)
        else r"(\d{4})"
        if part == "year"
        else r"[^-\s]+"
        for at, part in enumerate(parts)
    ]
    return re.compile("".join(spelled))


def list_numbers(numbered: Sequence[NumberedDocument]) -> Mapping[str, str]:
    """The numbers by the documents' ids."""
    return {item.job.id: item.number for item in numbered}
