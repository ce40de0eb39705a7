"""Numbers of documents: a pattern of the profile, filled for each document in the record's order.

The pattern's words in braces are closed: a party's role (its ``code``), ``project`` (the project's number), ``form``
(the document type's code), ``year`` (of the document's date, else the project's), and a run of digits such as ``0001``:
the running number of that document type in that year, with as many digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from docgen.profile.model import Profile
from docgen.record.parts import PartyRole
from docgen.record.record import Record

if TYPE_CHECKING:
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
    """Each document that is numbered, in order. A typed number is kept, and no other document is given it."""
    spec = profile.numbering
    if spec is None:
        return
    known = {word: _find_value(record, word) for word in list_words(spec.pattern)}
    typed = {number for job in jobs if (number := _read_typed(job)) is not None}
    reached: dict[tuple[str, str], int] = {}
    for job in jobs:
        if job.document.code is None:
            continue
        day = job.dated or record.project.dated
        year = f"{day.year:04d}" if day is not None else None
        look = _fill_words(spec.pattern, {**known, "form": job.document.code, "year": year})
        own = _read_typed(job)
        if own is not None:
            yield NumberedDocument(job, own, True, look)
        elif all(is_run(word) for word in list_words(look)):
            at = reached.get((job.document.id, look), 0) + 1
            while _fill_run(look, at) in typed:
                at += 1
            reached[job.document.id, look] = at
            yield NumberedDocument(job, _fill_run(look, at), False, look)


def _fill_words(pattern: str, values: Mapping[str, str | None]) -> str:
    return _WORD.sub(lambda match: values.get(match[1]) or match[0], pattern)


def _read_typed(job: DocumentJob) -> str | None:
    number = getattr(job.entry, "number", None) if job.document.code is not None else None
    return number if isinstance(number, str) else None


def _fill_run(look: str, at: int) -> str:
    return _WORD.sub(lambda match: f"{at:0{len(match[1])}d}", look)


def fits_pattern(number: str, pattern: str) -> bool:
    """Whether a number is one that the pattern gives; what isn't known stands for anything."""
    parts = _WORD.split(pattern)
    spelled = [
        re.escape(part) if at % 2 == 0 else rf"\d{{{len(part)}}}" if is_run(part) else r"[^-\s]+"
        for at, part in enumerate(parts)
    ]
    return re.fullmatch("".join(spelled), number) is not None


def list_numbers(numbered: Sequence[NumberedDocument]) -> Mapping[str, str]:
    """The numbers by the documents' ids."""
    return {item.job.id: item.number for item in numbered}
