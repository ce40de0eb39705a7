"""Finds the enterprises that each row of a workbook is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from docgen.profile.load import LoadedProfile
from docgen.sources.intake.reading.mapping import MappedTree
from docgen.sources.intake.workbook.layout import Layout
from docgen.sources.intake.workbook.places import IntakeTree
from docgen.sources.record_file import PlacedTree
from docgen.trees import RawPath

ENTERPRISES = "enterprises[]"
RowPlace = tuple[str, int]
"""A sheet's name and a row's number."""


def find_table(tree: PlacedTree) -> IntakeTree:
    """The intake tree of a tree: itself, or that of the table that a mapping reads."""
    table = tree.table if isinstance(tree, MappedTree) else tree
    assert isinstance(table, IntakeTree), "only a workbook or a table has rows"
    return table


def list_reference_fields(layout: Layout) -> Mapping[str, tuple[tuple[str, bool], ...]]:
    """The fields that name enterprises, by list (``trainings``) or form rows (``forms.<id>.<field>``).

    Each comes with whether it names several.
    """
    by_list: dict[str, list[tuple[str, bool]]] = {}
    for sheet in layout.sheets:
        anchor = sheet.anchor
        if anchor.kind == "list":
            base = anchor.name
        elif anchor.kind == "form_rows":
            base = f"forms.{anchor.document}.{anchor.field}"
        else:
            continue
        for column in sheet.columns:
            if column.target == ENTERPRISES and len(column.path) == 1:
                by_list.setdefault(base, []).append((column.path[0], column.kind == "references"))
    return {base: tuple(fields) for base, fields in by_list.items()}


def find_scanned(item: Mapping[str, Any], per: Mapping[str, str]) -> tuple[str, str] | None:
    """The list and item that a scanned form is made for, if the form is made for each item of a list."""
    document, _, whose = str(item.get("document") or "").partition("/")
    return (per.get(document, ""), whose) if whose else None


def find_row_owners(tree: IntakeTree, loaded: LoadedProfile) -> Mapping[RowPlace, frozenset[str]]:
    """The keys of the enterprises that each row is about; rows about none or all of them are left out."""
    data: Any = tree.data
    fields = list_reference_fields(tree.places.layout)
    per = {document.id: document.per for document in loaded.profile.documents}
    owners: dict[RowPlace, set[str]] = {}
    for path, rows in chain(tree.places.rows.items(), tree.places.spare.items()):
        keys = frozenset(_name_owners(path, data, fields, per))
        for sheet, row in rows:
            owners.setdefault((sheet.grid.name, row), set()).update(keys)
    return {place: frozenset(keys) for place, keys in owners.items() if keys}


def _name_owners(
    path: RawPath,
    data: Any,
    fields: Mapping[str, tuple[tuple[str, bool], ...]],
    per: Mapping[str, str],
) -> Iterator[str]:
    """The keys of the enterprises that an item of the data is about."""
    if path[0] == "enterprises":
        yield data["enterprises"][path[1]]["key"]
        return
    if "attendance" in path:
        yield str(path[-1])
        return
    item = data
    for step in path:
        item = item[step]
    base = str(path[0])
    if base == "forms":
        document = str(path[1])
        entry = data["forms"][document][path[2]]
        target = per.get(document, "")
        if target == ENTERPRISES:
            yield entry["of"]
            return
        if "of" in entry:
            # a training's form is about the same enterprises as the training
            base = target.removesuffix("[]")
            item = next((other for other in data.get(base, ()) if other.get("key") == entry["of"]), {})
        else:
            base = f"forms.{document}.{path[3]}" if len(path) > 3 else ""
    whose = find_scanned(item, per) if base == "evidence" else None
    if whose is not None and whose[0] == ENTERPRISES:
        yield whose[1]
    for name, several in fields.get(base, ()):
        value = item.get(name)
        if value is not None:
            yield from value if several else (value,)
