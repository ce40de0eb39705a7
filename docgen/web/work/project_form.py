"""Answers questions about a project's record as a form: missing values, single parts, checks, saving."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from docgen.diagnostics import Diagnostic, Severity, error
from docgen.errors import SourceError
from docgen.messages import Catalogue
from docgen.pipeline.services.record_form import FormField, FormGroup, RecordForm, read_name
from docgen.pipeline.stages.outcome import Options
from docgen.pipeline.stages.prepare import PreparedRecord, open_source, prepare_record
from docgen.profile.load import LoadedProfile
from docgen.sources.record_edit import digest_file, require_editable, save_edits, try_edits
from docgen.sources.record_file import RawSource
from docgen.trees.yaml_patch import REMOVED, Edit
from docgen.web.work.projects import ProjectPlace, find_project

At = tuple[str | int, ...]
Typed = Mapping[str, Sequence[str]]
_MOST_MISSING = 60
"""The most missing values on one page; the others follow when these are filled in."""


def parse_at(text: str) -> At:
    """The place in a record for the text of an address, such as ``enterprises.0``; SourceError N205 for none."""
    steps = text.split(".") if text else []
    if not steps or len(steps) > 12 or not all(steps):
        raise SourceError(error("N205"))
    return tuple(int(step) if step.isdecimal() and len(step) < 7 else step for step in steps)


def format_at(place: Iterable[str | int]) -> str:
    """The text of a place for an address."""
    return ".".join(map(str, place))


def describe_sections(place: ProjectPlace, name: str) -> dict[str, Any]:
    """The parts of the record that can be filled in: what describes the project, then the documents by step."""
    opened = _open(place, name)
    form, loaded = opened.form, opened.loaded
    items = {document.id: loaded.profile.find_filing_item(document.id) for document in loaded.profile.documents}
    basics = [{"at": format_at(at), "label": label, "count": count} for at, label, count in form.list_sections()]
    steps: dict[str, dict[str, Any]] = {}
    for document in (item for item in loaded.profile.documents if item.own_form):
        filing = items[document.id]
        key, label = (filing.key, filing.label) if filing is not None else ("", "")
        group = form.find_group(("forms", document.id), 0)
        described = {"at": f"forms.{document.id}", "label": document.title, "count": group.count}
        steps.setdefault(key, {"key": key, "label": label, "documents": []})["documents"].append(described)
    return {"basics": basics, "steps": list(steps.values()), "digest": opened.digest}


def describe_part(place: ProjectPlace, name: str, at: str) -> dict[str, Any]:
    """One part of the record: its fields, or the list of its items, with its faults."""
    opened = _open(place, name)
    form = opened.form
    group = form.find_group(parse_at(at), 0)
    group = form.find_group(group.place, 1 if group.is_list else 3)
    above = group.place[:-1] if isinstance(group.place[-1], int) else ()
    diagnostics = _check(place, opened.source)
    return {
        "group": describe_group(group),
        "digest": opened.digest,
        "faults": _sort_faults(place.words, diagnostics, group),
        "above": format_at(above),
        "above_label": form.find_group(above, 0).label if above else "",
    }


def describe_missing(place: ProjectPlace, name: str) -> dict[str, Any]:
    """The record's missing values, as fields by step; documents without an entry, with a button to add one."""
    opened = _open(place, name)
    form, loaded, diagnostics = opened.form, opened.loaded, _check(place, opened.source)
    steps = {item.key: f"{item.key} {item.label}" for item in loaded.profile.filing.items}
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    listed: set[At] = set()
    remaining = 0
    for item in diagnostics:
        where = item.location.place
        if item.gap is None or not where or where in listed:
            continue
        listed.add(where)
        field = None if _is_whole(item) else form.find_field(where)
        if field is not None and field.input == "fixed":
            continue
        if len(listed) > _MOST_MISSING:
            remaining += 1
            continue
        document = str(item.params.get("document") or "")
        group = groups.setdefault(
            (item.gap, document),
            {"key": item.gap, "step": steps.get(item.gap, ""), "document": document, "fields": [], "begin": []},
        )
        if field is not None:
            label = place.words.format_param(item.params.get("label", field.label))
            group["fields"].append(describe_field(replace(field, label=_format_owner(form, where) + label)))
        else:
            group["begin"].append(_describe_begin(place.words, loaded, item, form))
    order = ["", *steps]
    ordered = sorted(groups.values(), key=lambda group: order.index(group["key"]))
    fields = [field["name"] for group in ordered for field in group["fields"]]
    return {
        "groups": ordered,
        "left": remaining,
        "digest": opened.digest,
        "faults": _describe_errors(place.words, diagnostics, fields),
    }


def _is_whole(item: Diagnostic) -> bool:
    """Whether a whole document is missing, not a value of it."""
    return item.code == "R201"


def _format_owner(form: RecordForm, where: At) -> str:
    """The label of the list item that a field belongs to, to precede the field's own; empty outside lists."""
    at = next((depth for depth in range(len(where) - 1, 0, -1) if isinstance(where[depth], int)), None)
    if at is None or (where[0] == "forms" and at == 2):
        return ""
    return f"{form.find_group(where[: at + 1], 0).label} · "


def _describe_begin(words: Catalogue, loaded: LoadedProfile, item: Diagnostic, form: RecordForm) -> dict[str, Any]:
    """A missing value that isn't one field: an empty list or document, to add its first item; a part, with its page."""
    where = item.location.place or ()
    message = words.message(item)
    if where[0] != "forms":
        is_list = form.find_group(where, 0).is_list
        return {"at": format_at(where), "label": message, "of": "", "is_new": is_list}
    if not _is_whole(item) and len(where) > 3:
        return {"at": format_at(where[:3]), "label": message, "of": "", "is_new": False}
    document = next(one for one in loaded.profile.documents if one.id == where[1])
    owner = str(item.params.get("item") or "").partition("/")[2]
    has_owner = not document.per_entry and document.per != "project"
    return {"at": format_at(where[:2]), "label": message, "of": owner if has_owner else "", "is_new": True}


def try_fields(place: ProjectPlace, name: str, typed: Typed, at: str) -> dict[str, Any]:
    """The faults by field if the typed values were saved; nothing is written."""
    opened = _open(place, name)
    changed = try_edits(opened.source, opened.form.read_edits(typed))
    diagnostics = _check(place, changed)
    if at:
        group = RecordForm(opened.loaded, changed.data, place.words).find_group(parse_at(at))
        return {"faults": _sort_faults(place.words, diagnostics, group)}
    return {"faults": _describe_errors(place.words, diagnostics, typed)}


def save_fields(place: ProjectPlace, name: str, typed: Typed, digest: str, change: Mapping[str, str]) -> str:
    """Save typed values, and add or remove an item; return the place of an added item for an address.

    ``change`` has ``add`` (a list's place, with the item's owner in ``of``) or ``remove`` (an item's place). Raises
    SourceError as ``save_edits`` does, N203 when the record changed meanwhile.
    """
    opened = _open(place, name)
    if opened.digest != digest:
        raise SourceError(error("N203", name=opened.path.name))
    form = opened.form
    edits = form.read_edits(typed)
    added = ""
    if change.get("add"):
        at = parse_at(change["add"])
        count = form.find_group(at, 0).count
        item = form.draft_item(at)
        edits.append(Edit((*at, count), item | ({"of": change["of"]} if change.get("of") and "of" in item else {})))
        added = format_at((*at, count))
    if change.get("remove"):
        at = parse_at(change["remove"])
        form.find_group(at, 0)
        edits.append(Edit(at, REMOVED))
    if edits:
        save_edits(opened.path, digest, edits)
    return added


def describe_group(group: FormGroup) -> dict[str, Any]:
    """A group for a template."""
    return {
        "kind": "list" if group.is_list else "group",
        "at": format_at(group.place),
        "label": group.label,
        "hint": group.hint,
        "members": [
            describe_field(item) if isinstance(item, FormField) else describe_group(item) for item in group.members
        ],
        "rows": [describe_group(row) for row in group.rows],
    }


def describe_field(field: FormField) -> dict[str, Any]:
    """A field for a template."""
    return {
        "kind": "field",
        "name": field.name,
        "label": field.label,
        "hint": field.hint,
        "input": field.input,
        "value": list(field.value) if isinstance(field.value, tuple) else field.value,
        "words": [list(word) for word in field.words],
    }


@dataclass(frozen=True, slots=True)
class _Opened:
    """An editable record, with its file's digest from before it was read, so that a later change is noticed."""

    path: Path
    digest: str
    source: RawSource
    loaded: LoadedProfile
    form: RecordForm


def _open(place: ProjectPlace, name: str) -> _Opened:
    path = find_project(place, name)
    require_editable(path)
    digest = digest_file(path)
    source, loaded = open_source(path, Options(place.resources))
    return _Opened(path, digest, source, loaded, RecordForm(loaded, source.data, place.words))


def _check(place: ProjectPlace, source: RawSource) -> tuple[Diagnostic, ...]:
    prepared = prepare_record(source, Options(place.resources))
    return prepared.diagnostics if isinstance(prepared, PreparedRecord) else prepared


def _sort_faults(
    words: Catalogue, diagnostics: Iterable[Diagnostic], group: FormGroup
) -> dict[str, list[dict[str, str]]]:
    """The faults of a group by the names of its fields; under "" those of the group itself."""
    fields = {field.place: field.name for field in group.iterate_fields() if field.name}
    by_field: dict[str, list[dict[str, str]]] = {}
    for item in diagnostics:
        where = item.location.place
        if where is None or where[: len(group.place)] != group.place:
            continue
        name = next((fields[where[:end]] for end in range(len(where), 0, -1) if where[:end] in fields), "")
        if name or item.gap is None:
            by_field.setdefault(name, []).append(_describe_fault(words, item))
    return by_field


def _describe_errors(
    words: Catalogue, diagnostics: Iterable[Diagnostic], names: Iterable[str]
) -> dict[str, list[dict[str, str]]]:
    """The errors by field, without missing values, which the form shows already."""
    errors = [item for item in diagnostics if item.severity is Severity.ERROR and item.gap is None]
    described: dict[str, list[dict[str, str]]] = {}
    for name in names:
        place = read_name(name)
        own = [item for item in errors if place and (item.location.place or ())[: len(place)] == place]
        described[name] = [_describe_fault(words, item) for item in own]
    return described


def _describe_fault(words: Catalogue, item: Diagnostic) -> dict[str, str]:
    kind = "lack" if item.gap is not None else item.severity.value
    return {"kind": kind, "text": words.message(item), "mend": words.mend(item)}
