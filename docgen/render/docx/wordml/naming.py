"""Renames the parts of a docx as Word names them, whatever program saved the template.

The type of a relationship says what a part is. Under Word's names every reader of a document finds it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count

from docgen.ooxml.names import CONTENT_TYPES, CORE_PROPERTIES, PACKAGE_TYPES, PROGRAM_PROPERTIES
from docgen.ooxml.package import PartRelation, fold_part, name_relations, read_relations, write_relations
from docgen.ooxml.xml import parse_xml, write_xml

_MAIN = "word/document.xml"
_PROPERTIES = {
    "core-properties": CORE_PROPERTIES,
    "extended-properties": PROGRAM_PROPERTIES,
    "custom-properties": "docProps/custom.xml",
}
_SINGLE = frozenset(
    {"styles", "settings", "numbering", "footnotes", "endnotes", "comments", "fontTable", "webSettings"}
)
_NUMBERED = {"header": "word/header{}.xml", "footer": "word/footer{}.xml", "image": "word/media/image{}"}
_WORD_NAME = re.compile(r"word/(?:header[^/]*\.xml|footer[^/]*\.xml|media/[^/]+)")
_OVERRIDE, _DEFAULT = f"{{{PACKAGE_TYPES}}}Override", f"{{{PACKAGE_TYPES}}}Default"


def rename_parts(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Rename the parts of a docx as Word does; XmlError where content types or relationships aren't XML."""
    moved = dict(_list_moves(parts))
    if not moved:
        return dict(parts)
    sources = {fold_part(name_relations(part)): part for part in ("", *parts)}
    renamed: dict[str, bytes] = {}
    for name, data in parts.items():
        source = sources.get(fold_part(name))
        if name == CONTENT_TYPES:
            renamed[name] = _rename_types(data, moved)
        elif source is not None:
            items = [_retarget(item, parts, moved) for item in read_relations(data, source)]
            new = moved.get(source, source)
            renamed[name_relations(new)] = write_relations(items, new)
        else:
            renamed[moved.get(name, name)] = data
    return renamed


def find_related(parts: Mapping[str, bytes], part: str, kind: str) -> str | None:
    """Find the first part of the file that a part ('' for the package) has a relationship of this kind to."""
    return next((name for related_kind, name in _list_related(parts, part) if related_kind == kind), None)


def _list_related(parts: Mapping[str, bytes], part: str) -> Iterator[tuple[str, str]]:
    """List the parts that a part is related to, each with the kind of the relationship, named as in the file."""
    names = {fold_part(name): name for name in parts}
    relations = parts.get(names.get(fold_part(name_relations(part)), ""))
    for item in read_relations(relations, part):
        if not item.is_external and fold_part(item.target) in names:
            yield item.kind, names[fold_part(item.target)]


def _list_moves(parts: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """List the parts with another name than Word's, each with Word's name, where that is free."""
    main = find_related(parts, "", "officeDocument")
    if main is None:
        return
    named = {main: _MAIN}
    named |= {part: _PROPERTIES[kind] for kind, part in _list_related(parts, "") if kind in _PROPERTIES}
    taken = {fold_part(part) for part in parts}
    for kind, part in _list_related(parts, main):
        if kind in _SINGLE and f"word/{kind}.xml" not in named.values():
            named[part] = f"word/{kind}.xml"
        elif kind in _NUMBERED and _WORD_NAME.fullmatch(part) is None and part not in named:
            ending = posixpath.splitext(part)[1] if kind == "image" else ""
            names = (_NUMBERED[kind].format(number) + ending for number in count(1))
            named[part] = next(name for name in names if fold_part(name) not in taken)
            taken.add(fold_part(named[part]))
    others = {fold_part(part) for part in parts}
    for part, name in named.items():
        if part != name and (fold_part(name) == fold_part(part) or fold_part(name) not in others):
            yield part, name


def _retarget(item: PartRelation, parts: Mapping[str, bytes], moved: Mapping[str, str]) -> PartRelation:
    if item.is_external:
        return item
    part = next((part for part in parts if fold_part(part) == fold_part(item.target)), item.target)
    return replace(item, target=moved.get(part, part))


def _rename_types(data: bytes, moved: Mapping[str, str]) -> bytes:
    """Rewrite the content types, so that each renamed part has its own."""
    root = parse_xml(data)
    names = {fold_part(part): name for part, name in moved.items()}
    suffixes = {item.get("Extension", "").lower(): item.get("ContentType", "") for item in root.iterchildren(_DEFAULT)}
    stated = {fold_part(item.get("PartName", "")): item for item in root.iterchildren(_OVERRIDE)}
    for part, name in names.items():
        item = stated.get(part)
        if item is None:
            kind = suffixes.get(part.rpartition(".")[2], "")
            item = root.makeelement(_OVERRIDE, {"ContentType": kind})
            root.append(item)
        item.set("PartName", f"/{name}")
    return write_xml(root)
