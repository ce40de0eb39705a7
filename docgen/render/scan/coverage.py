"""Finds the fields, headings, lines and columns of a document that no tag of its template prints."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from docgen.diagnostics import Diagnostic, Location, info, warning

if TYPE_CHECKING:
    from docgen.profile.document import DocumentSpec, FieldSpec
    from docgen.profile.model import Profile

_ANSWERS = ("verdict", "remark", "evidence")


def find_unprinted(
    profile: Profile, document: DocumentSpec, printed: Collection[str], conditions: Collection[str], place: Location
) -> Iterator[Diagnostic]:
    """Find each own field, heading, line and column that the template doesn't print; gives a warning for each.

    ``printed`` are the names that tags print or compare, ``conditions`` those that only conditions test. A field that a
    rule reads needn't be printed: it gets an info only.
    """
    yield from _find_fields(profile, document, printed, conditions, place)
    for heading in document.iterate_headings():
        if "sections[].body" not in printed and f"form.{heading.key}" not in printed:
            yield warning("T319", place, title=heading.title, document=document.title)
    yield from _find_lines(document, printed, place)
    if "rows[].cells[].value" not in printed:
        for column in document.columns:
            if not _is_shown(column.source, document, printed):
                yield warning("T321", place, label=column.label, document=document.title)


def _is_shown(source: str, document: DocumentSpec, printed: Collection[str]) -> bool:
    """Whether tags print the value at a path; a reference ``of`` an owner is printed by any field of the owner."""
    name = source.replace(f"forms.{document.id}[].", "form.").removeprefix("facts.")
    owner, _, key = name.rpartition(".")
    return name in printed or (key == "of" and any(item.startswith(f"{owner}.enterprise.") for item in printed))


def _find_fields(
    profile: Profile, document: DocumentSpec, printed: Collection[str], conditions: Collection[str], place: Location
) -> Iterator[Diagnostic]:
    shown = set(printed)
    if "dated" in printed and document.dated is not None:
        shown.add(f"form.{document.dated}")
    if "title_lines[]" in printed and document.titled is not None:
        shown.add(f"form.{document.titled}")
    if "addressee" in printed and document.addressee is not None:
        shown.add(f"form.{document.addressee}")
    if "labelled[].value" in printed:
        shown |= {f"form.{spec.key}" for spec in document.fields if spec.type not in ("rows", "prose")}
    if "rows[].cells[].value" in printed:
        shown |= {column.source.replace(f"forms.{document.id}[].", "form.") for column in document.columns}
    if "sections[].body" in printed:
        # A section may print other fields: their texts, or rows as a table.
        for heading in document.iterate_headings():
            sources = (heading.source or "", *(column.source for column in heading.columns))
            shown |= {source.replace(f"forms.{document.id}[].", "form.") for source in sources}
    shown |= _find_shown_elsewhere(profile, document)
    ruled = find_ruled(profile, document)
    for spec, name in _iterate_fields(document):
        # A reference only selects an item; templates print the item's fields.
        if name in shown or spec.type == "reference" or (spec.type == "yes_no" and name in conditions):
            continue
        if name in ruled:
            yield info("T329", place, label=spec.label, name=name, document=document.title)
        else:
            yield warning("T318", place, label=spec.label, name=name, document=document.title)


def _find_shown_elsewhere(profile: Profile, document: DocumentSpec) -> set[str]:
    """Find the own fields that another document prints, e.g. the result of a notice on a separate paper."""
    own = f"forms.{document.id}[]."
    others = [other for other in profile.documents if other is not document]
    columns = [column for other in others for column in other.columns]
    headings = [heading for other in others for heading in other.iterate_headings()]
    columns += [column for heading in headings for column in heading.columns]
    sources = {*(column.source for column in columns), *(heading.source or "" for heading in headings)}
    sources |= {other.dated or "" for other in others}
    return {source.replace(own, "form.") for source in sources if source.startswith(own)}


def find_ruled(profile: Profile, document: DocumentSpec) -> frozenset[str]:
    """Find the own fields that a rule of the profile reads, by their names in tags."""
    own = f"forms.{document.id}[]."
    ruled: set[str] = set()
    for rule in profile.rules:
        texts = set(_iterate_texts(rule.with_))
        paths = {text.replace(own, "form.") for text in texts if text.startswith(own)}
        ruled |= paths
        # A rule about rows names their fields by key.
        ruled |= {f"{path}.{key}" for path in paths if path.endswith("[]") for key in texts}
    return frozenset(ruled)


def _iterate_texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _iterate_texts(item)


def _iterate_fields(document: DocumentSpec) -> Iterator[tuple[FieldSpec, str]]:
    """Iterate over the own fields with a value, each with its name in tags."""
    for spec in document.fields:
        if spec.type == "rows":
            yield from ((child, f"form.{spec.key}[].{child.key}") for child in spec.fields)
        else:
            yield spec, f"form.{spec.key}"


def _find_lines(document: DocumentSpec, printed: Collection[str], place: Location) -> Iterator[Diagnostic]:
    words = document.checklist
    if words is None or not document.lines:
        return
    labels = (words.verdict_label, words.remark_label, words.evidence_label)
    for answer, label in zip(_ANSWERS, labels, strict=True):
        if label is None or {f"groups[].lines[].{answer}", f"marked.groups[].lines[].{answer}"} & set(printed):
            continue
        missing = [line for line in document.iterate_lines() if f"form.lines.{line.key}.{answer}" not in printed]
        if missing:
            first = missing[0].label
            yield warning("T320", place, label=label, count=len(missing), first=first, document=document.title)
