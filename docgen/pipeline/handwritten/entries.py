"""Enter handwritten reports into the record, so that every rule that reads a report's prose reads theirs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from docgen.content.closing_date import find_labelled_date
from docgen.content.headings import Division
from docgen.content.model import DocumentContent, Narrative
from docgen.diagnostics import Location
from docgen.pipeline.handwritten.model import WrittenDocument
from docgen.pipeline.handwritten.slots import NamedItem
from docgen.profile.document import DocumentSpec
from docgen.profile.faults import Locate
from docgen.profile.forms import attribute_name
from docgen.profile.paths import Place, item_type
from docgen.record.record import Record

_DATE = "日期"
_VALUE = 4
"""The length of the place of a value in an entry: forms, document, index, key."""
Divide = Callable[[DocumentSpec, DocumentContent], tuple[str | None, Division]]


@dataclass(frozen=True, slots=True)
class EnteredRecord:
    """A record with handwritten reports as entries: where their values are, and which entries they are.

    ``fresh`` are new entries; in one that the record had before, only the values in ``places`` are handwritten.
    """

    record: Record
    places: Mapping[Place, Location]
    entries: frozenset[Place]
    fresh: frozenset[Place]

    def locate(self, locate: Locate) -> Locate:
        """Extend a look-up: handwritten values are located in their files."""

        def look(place: Place, key: bool) -> Location:
            for length in range(len(place), 2, -1):
                head = place[:length]
                if head in self.places and (length in (len(place), _VALUE) or head in self.fresh):
                    return self.places[head]
            return locate(place, key)

        return look


def enter_documents(record: Record, documents: Sequence[WrittenDocument], divide: Divide) -> EnteredRecord:
    """Enter the prose and the date of each readable report into the record, replacing the record's own.

    ``divide`` divides a text among the headings of its document type.
    """
    forms: Any = getattr(record, "forms", None)
    places: dict[Place, Location] = {}
    entered: set[Place] = set()
    fresh: set[Place] = set()
    for written in documents:
        document, content = written.job.document, _find_content(written)
        if content is None or not _can_enter(written):
            continue
        attribute = attribute_name(document.id)
        entries = list(getattr(forms, attribute))
        at = next((index for index, entry in enumerate(entries) if entry is written.job.entry), len(entries))
        place: Place = ("forms", document.id, at)
        if at == len(entries):
            fresh.add(place)
            model = item_type(type(forms).model_fields[attribute].annotation)[0]
            owner_field = {"of": written.job.key} if written.job.item is not None else {}
            entries.append(model.model_validate(owner_field))
        values = _read_values(written, divide(document, content))
        places[place] = content.location
        for key, value in values.items():
            places[*place, key] = value.location if isinstance(value, Narrative) else content.location
        entries[at] = entries[at].model_copy(update=values)
        entered.add(place)
        forms = forms.model_copy(update={attribute: tuple(entries)})
    return EnteredRecord(record.model_copy(update={"forms": forms}), places, frozenset(entered), frozenset(fresh))


def _can_enter(written: WrittenDocument) -> bool:
    """Whether a document is a report for one entry: not a scan, not one of any number of its type."""
    document = written.job.document
    listed = not document.per_entry and not isinstance(written.job.item, NamedItem)
    return written.covers and listed and document.shape == "report" and document.own_form


def _read_values(written: WrittenDocument, divided: tuple[str | None, Division]) -> dict[str, Any]:
    """Read the values of an entry: the prose below each heading, the title and the date."""
    document = written.job.document
    headings = tuple(document.iterate_headings())
    values: dict[str, Any] = {}
    title, division = divided
    for spec, match in zip(headings, division.matches, strict=True):
        if spec.source is None and match.section is not None:
            values[spec.key] = Narrative(match.section.blocks, "", match.section.location)
    if document.titled is not None and title:
        values[document.titled] = title
    date = find_date(written)
    if date is not None and document.dated is not None and "." not in document.dated:
        values[document.dated] = date
    return values


def _find_content(written: WrittenDocument) -> DocumentContent | None:
    originals = (file.manuscript.content for file in written.files if file.role == "original")
    return next((content for content in originals if content is not None and content.location.kind != "xlsx"), None)


def find_date(written: WrittenDocument) -> dt.date | None:
    """Find the date in a document: behind the profile's label, at its end, or behind the plain word."""
    document = written.job.document
    label = next((field.label for field in document.fields if field.key == document.dated), _DATE)
    contents = [file.manuscript.content for file in written.files if file.manuscript.content is not None]
    labelled = (find_labelled_date(content, label) for content in contents)
    closing = (file.manuscript.date for file in written.files)
    plain = (find_labelled_date(content, _DATE) for content in contents)
    return next((date for date in (*labelled, *closing, *plain) if date is not None), None)
