"""List document numbers that a record should keep: those missing in it, and the last of each kind.

Nothing is written into the record; the user enters the numbers there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.diagnostics import Diagnostic, Location, Severity
from docgen.pipeline.stages.outcome import Options
from docgen.pipeline.stages.prepare import PreparedRecord, prepare_record
from docgen.profile.numbering import NumberedDocument, list_highest, number_documents
from docgen.profile.plan import PROJECT, plan_documents

if TYPE_CHECKING:
    from docgen.diagnostics import Param
    from docgen.profile.paths import Place

_OF_NUMBERS = ("C310", "C311", "C312", "C273", "C274", "C275", "R209")


@dataclass(frozen=True, slots=True)
class NumberToKeep:
    """A number that was given to a document and isn't in its entry yet.

    ``where`` is the entry's place in the user's file, or where one would be; ``belongs`` names that place in the words
    of the file. ``owner`` is what a new entry is for (``of``, "" for the project's); None where there is an entry.
    """

    id: str
    title: str
    number: str
    where: Location
    belongs: Param
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of a record's documents: how many are kept, which aren't yet, the last of each kind and year."""

    path: Path
    kept: int
    open: tuple[NumberToKeep, ...]
    last: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


def find_numbers(path: Path, options: Options) -> Numbers:
    """Find the numbers of a record; a faulty record has none, since correcting it may change them.

    Raises as ``prepare_record`` does.
    """
    prepared = prepare_record(path, options)
    if not isinstance(prepared, PreparedRecord):
        return Numbers(path, 0, (), (), prepared)
    unsound = [*prepared.source.diagnostics, *prepared.validation.diagnostics]
    errors = tuple(item for item in unsound if item.severity is Severity.ERROR)
    if errors:
        return Numbers(path, 0, (), (), errors)
    subject = prepared.subject
    numbered = list(number_documents(subject.profile, subject.record, plan_documents(subject)))
    numbers = [*subject.record.project.last_numbers, *(item.number for item in numbered)]
    return Numbers(
        path,
        sum(item.typed for item in numbered),
        tuple(_list_open(prepared, numbered)),
        tuple(list_highest(numbers, subject.profile, subject.record)),
        tuple(item for item in prepared.diagnostics if item.code in _OF_NUMBERS),
    )


def _list_open(prepared: PreparedRecord, numbered: list[NumberedDocument]) -> Iterator[NumberToKeep]:
    for item in numbered:
        if item.typed:
            continue
        job = item.job
        place: Place = (*job.place, "number")
        owner = None
        if job.entry is None:
            owner = job.key if job.document.per != PROJECT else ""
        is_cell = prepared.validation.locate(place, False).kind == "xlsx"
        where = prepared.validation.locate(place if is_cell else job.place, False)
        yield NumberToKeep(job.id, job.full_title, item.number, where, prepared.source.name_place(place), owner)
