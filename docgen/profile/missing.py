"""Finds the values that a profile asks for and a record doesn't hold: of the shared vocabulary, of each document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from docgen.diagnostics import NOWHERE, Diagnostic, Location, Param
from docgen.profile.document import FieldSpec, Level
from docgen.profile.faults import Locate, name_field
from docgen.profile.levels import report_gap_at_level
from docgen.profile.model import Profile
from docgen.profile.paths import Place
from docgen.profile.plan import DocumentJob
from docgen.profile.subject import Subject, is_present
from docgen.trees import format_path

_BASIC = ("project", "parties", "enterprises")
"""What describes the project itself."""


@dataclass(frozen=True, slots=True)
class MissingValue:
    """Something that a document or the record lacks, before it is known where that is in the user's file.

    ``item`` is what the record calls the document by where it says that it doesn't apply, ``called`` what people do;
    ``waiting`` is the key of the filing item that waits for it, "" for what belongs to the project as a whole.
    """

    level: Level
    code: str
    place: Place
    label: str
    document: str
    clause: str | None
    item: str = ""
    waiting: str = ""
    called: str = ""


def find_missing_values(subject: Subject, jobs: Sequence[DocumentJob]) -> Iterator[MissingValue]:
    """What the profile asks for and the record doesn't hold: of the shared vocabulary, then document by document."""
    model = type(subject.record)
    reported: set[Place] = set()
    for part in (item for item in subject.profile.parts if subject.holds(item.when)):
        for place in _find_absent(subject, part.path):
            if place in reported:
                continue  # of an empty list the list alone is reported, not the fields of its items
            reported.add(place)
            label = part.label or name_field(model, place)
            waiting = find_waiting_item(subject.profile, part.path)
            yield MissingValue(part.level, "R204", place, label, "", part.clause, waiting=waiting)  # type: ignore[arg-type]
    for job in jobs:
        waiting = job.filing.key if job.filing is not None else ""
        yield from (replace(missing, waiting=waiting) for missing in find_missing_in_document(job))


def find_waiting_item(profile: Profile, path: str) -> str:
    """The key of the filing item that waits for what stands at a path: that of the form, or of what shows the list.

    "" for what describes the project, who takes part in it, and what no document is made of.
    """
    first, *rest = path.replace("[]", "").split(".")
    if first == "forms" and rest:
        item = profile.find_filing_item(rest[0])
        return item.key if item is not None else ""
    if first in _BASIC:
        return ""
    documents = (document for document in profile.documents if f"{first}[]" in (document.per, document.rows))
    items = (profile.find_filing_item(document.id) for document in documents)
    return next((item.key for item in items if item is not None), "")


def _find_absent(subject: Subject, path: str) -> list[Place]:
    """Where a path leads to nothing: absent values, empty lists; the list above when that is empty."""
    owners, _, name = path.rpartition(".")
    if owners and name.endswith("[]"):
        name = name.removesuffix("[]")
        values = subject.find(owners)
        absent = [(*owner.place, name) for owner in values if not is_present(getattr(owner.value, name, None))]
    else:
        values = subject.find(path)
        absent = [item.place for item in values if not is_present(item.value)]
    if values:
        return absent
    return _find_absent(subject, owners) if owners else [(name.removesuffix("[]"),)]


def find_missing_in_document(job: DocumentJob) -> Iterator[MissingValue]:
    """What the profile asks for of one document and its entry doesn't hold."""
    document, named = job.document, job.full_title
    if job.entry is None:
        if document.own_form and any(
            _is_asked(spec) for spec in (*document.fields, *document.iterate_headings(), *document.lines)
        ):
            item = job.id if job.item is not None else document.id
            # one of several entries about an enterprise is known by its key alone
            called = f"{document.title}/{job.key}" if document.per.startswith("forms.") and job.item else named
            yield MissingValue(document.level, "R201", job.place, named, named, document.clause, item, called=called)
        return
    for spec in document.fields:
        yield from _find_missing_in_field(spec, job.entry, job.place, named)
    for heading in document.iterate_headings():
        if heading.has_own_prose and not is_present(getattr(job.entry, heading.key)):
            yield MissingValue(heading.level, "R202", (*job.place, heading.key), heading.title, named, heading.clause)
    if document.lines:
        open_lines = [
            spec.key
            for spec in document.iterate_lines()
            if spec.level == "应" and getattr(job.entry.lines, spec.key).verdict is None
        ]
        if open_lines:
            listed = "、".join(open_lines)
            yield MissingValue("应", "R203", (*job.place, "lines"), listed, named, document.clause)


def _is_asked(spec: object) -> bool:
    return getattr(spec, "level", "应") in ("应", "宜") and not getattr(spec, "by_hand", False)


def _find_missing_in_field(spec: FieldSpec, owner: Any, place: Place, named: str) -> Iterator[MissingValue]:
    value = getattr(owner, spec.key)
    here = (*place, spec.key)
    if not is_present(value):
        if not spec.by_hand:
            yield MissingValue(spec.level, "R202", here, spec.label, named, spec.clause)
        return
    if spec.type == "rows":
        for index, row in enumerate(value):
            for child in spec.fields:
                yield from _find_missing_in_field(child, row, (*here, index), named)


def report_missing_values(
    missing_values: Sequence[MissingValue],
    locate: Locate,
    is_silenced: Callable[[Place], bool],
    name_place: Callable[[Place], Param] = format_path,
) -> list[Diagnostic]:
    """The lacks as diagnostics; what failed validation is silenced, since it was there and is reported already.

    ``name_place`` says where a value belongs in the words of the file's user.
    """
    diagnostics: list[Diagnostic] = []
    for missing in missing_values:
        if missing.level in ("可", "自拟") or is_silenced(missing.place):
            continue
        where: Location = locate(missing.place, False) if missing.place else NOWHERE
        params = {"label": missing.label, "document": missing.document, "path": name_place(missing.place)}
        params |= {"item": missing.item, "called": missing.called} if missing.item else {}
        diagnostics.append(
            report_gap_at_level(
                missing.level, missing.code, where, gap=missing.waiting, clause=missing.clause, **params
            )
        )
    return diagnostics
