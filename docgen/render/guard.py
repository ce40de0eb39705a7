"""Checks a rendered Word or Excel file: no tag remains, no value is lost, no relationship leads nowhere.

The guard reads only the bytes. It shares the zip reader and the XML parser with the renderer, and nothing else: names,
relationships and content types it reads by itself.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from docgen.diagnostics import Diagnostic, Location, error
from docgen.ooxml.names import CONTENT_TYPES, OFFICE_RELATIONS
from docgen.ooxml.package import read_parts
from docgen.ooxml.xml import MAX_SHEET_ELEMENTS, PackageError, local_name, parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

_TAG = re.compile(r"\{\{|\{%|\{#|%\}|#\}|\}\}")
_TAG_MARK = re.compile(r"\A[{}%#]|[{}%#]\Z")
_REFERENCE = f"{{{OFFICE_RELATIONS}}}"
_SPACE = re.compile(r"\s+")
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")  # a character of a workbook that XML can't hold (ECMA-376-1, 22.9.2.19)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
# The elements with text that a reader sees; breaks and tabs separate words.
_TEXTS = frozenset({"t", "delText", "instrText", "v", "f", "author", "oddHeader", "oddFooter"})
_TEXT_ATTRIBUTES = frozenset({"descr", "title", "name", "alt", "string"})
_UNITS = frozenset({"p", "si", "c", "v", "f", "comment"})
_IDS = (("docPr", "id"), ("bookmarkStart", "id"), ("bookmarkStart", "name"))


@dataclass(frozen=True, slots=True)
class _File:
    kind: str
    parts: Mapping[str, bytes]
    roots: Mapping[str, _Element]

    def locate(self, part: str) -> Location:
        return Location("xlsx" if self.kind == "xl" else "docx", part=part)


def check_rendered(data: bytes, expected_values: Iterable[str] = ()) -> tuple[Diagnostic, ...]:
    """Check a rendered docx or xlsx; ``expected_values`` are the texts that were printed into it.

    T161 a part is broken; T162 a tag remains that is no part of a value; T163 a value is missing; T164 a relationship
    leads nowhere; T165 a part has no content type, or the other way round; T166 an id is used twice; T167 the file
    would load something from outside.
    """
    try:
        parts = read_parts(data)
    except PackageError as problem:
        return (error("T161", part="", problem=str(problem)),)
    roots: dict[str, _Element] = {}
    kind = "xl" if any(name.startswith("xl/") for name in parts) else "word"
    file = _File(kind, parts, roots)
    diagnostics: list[Diagnostic] = []
    for name, content in parts.items():
        if name.endswith((".xml", ".rels")):
            try:
                roots[name] = parse_xml(content, elements=MAX_SHEET_ELEMENTS)
            except PackageError as problem:
                diagnostics.append(error("T161", file.locate(name), part=name, problem=str(problem)))
    diagnostics += _check_types(file)
    diagnostics += _check_relationships(file)
    diagnostics += _check_ids(file)
    diagnostics += _check_text(file, tuple(expected_values))
    return tuple(diagnostics)


def _check_types(file: _File) -> Iterator[Diagnostic]:
    types = file.roots.get(CONTENT_TYPES)
    if types is None:
        yield error("T165", part=CONTENT_TYPES)
        return
    extensions = {item.get("Extension", "").lower() for item in types if local_name(item) == "Default"}
    overrides = [item.get("PartName", "").lstrip("/") for item in types if local_name(item) == "Override"]
    for name in file.parts:
        if name != CONTENT_TYPES and name not in overrides and name.rpartition(".")[2].lower() not in extensions:
            yield error("T165", file.locate(name), part=name)
    for name in overrides:
        if name not in file.parts or overrides.count(name) > 1:
            yield error("T165", file.locate(name), part=name)


def _check_relationships(file: _File) -> Iterator[Diagnostic]:
    ids_by_part: dict[str, set[str]] = {}
    for name, root in file.roots.items():
        if not name.endswith(".rels"):
            continue
        folder, leaf = posixpath.split(name)
        source = posixpath.join(posixpath.dirname(folder), leaf.removesuffix(".rels"))
        ids = [str(item.get("Id")) for item in root]
        ids_by_part[source] = set(ids)
        if leaf != ".rels" and source not in file.parts:
            yield error("T164", file.locate(name), part=name, target=source)
        for item in root:
            target, rid = str(item.get("Target")), str(item.get("Id"))
            if ids.count(rid) > 1:
                yield error("T166", file.locate(name), part=name, kind="Relationship", id=rid)
            if item.get("TargetMode") == "External":
                if not str(item.get("Type")).endswith("/hyperlink"):
                    yield error("T167", file.locate(name), part=name, target=target)
            elif not target.startswith("#") and _resolve(source, target) not in file.parts:
                yield error("T164", file.locate(name), part=name, target=target)
    yield from _check_references(file, ids_by_part)


def _check_references(file: _File, ids_by_part: Mapping[str, set[str]]) -> Iterator[Diagnostic]:
    for name, root in file.roots.items():
        for element in root.iter():
            for attribute, value in element.attrib.items():
                if str(attribute).startswith(_REFERENCE) and value and value not in ids_by_part.get(name, ()):
                    yield error("T164", file.locate(name), part=name, target=str(value))


def _resolve(source: str, target: str) -> str:
    path = unquote(target.partition("#")[0])
    return posixpath.normpath(path[1:] if path.startswith("/") else posixpath.join(posixpath.dirname(source), path))


def _check_ids(file: _File) -> Iterator[Diagnostic]:
    if file.kind != "word":
        return
    # Drawings share one count through the document, bookmarks one through each part.
    drawings: set[str] = set()
    for part, root in file.roots.items():
        seen: dict[tuple[str, str], set[str]] = {("docPr", "id"): drawings}
        for element in root.iter():
            for name, attribute in _IDS:
                if local_name(element) != name:
                    continue
                value = next((str(v) for k, v in element.attrib.items() if str(k).rpartition("}")[2] == attribute), "")
                values = seen.setdefault((name, attribute), set())
                if value in values:
                    yield error("T166", file.locate(part), part=part, kind=f"{name} {attribute}", id=value)
                values.add(value)


def _check_text(file: _File, expected: tuple[str, ...]) -> Iterator[Diagnostic]:
    wanted = [value for value in dict.fromkeys(map(_drop_spaces, expected)) if value]
    with_tags = sorted((value for value in wanted if _TAG.search(value)), key=len, reverse=True)
    everything: list[str] = []
    numbers: set[float] = set()
    for part, root in file.roots.items():
        texts = _read_addresses(root) if part.endswith(".rels") else _read_units(root)
        units = [_drop_spaces(_ESCAPE.sub(_unescape, text) if file.kind == "xl" else text) for text in texts]
        everything += units
        numbers |= {float(text) for text in units if _NUMBER.fullmatch(text)}
        rest = "\n".join(units)
        for value in with_tags:
            rest = "".join(re.split(r"\n?".join(map(re.escape, value)), rest))
        for tag in _TAG.finditer(rest):
            if _is_joined(rest, tag.start() + 1, wanted):
                continue
            text = rest[max(0, tag.start() - 20) : tag.end() + 20].replace("\n", " ")
            yield error("T162", file.locate(part), part=part, text=text)
    whole = "".join(everything)
    for value in wanted:
        if value not in whole and not (_NUMBER.fullmatch(value) and float(value) in numbers):
            yield error("T163", value=value[:60])


def _is_joined(text: str, at: int, values: Iterable[str]) -> bool:
    """Whether two braces stand together because a value begins or ends between them."""
    return any(text.startswith(value, at) or text.endswith(value, 0, at) for value in values if _TAG_MARK.search(value))


def _read_units(root: _Element) -> Iterator[str]:
    """Read the text of each paragraph, cell or property, and the attributes that hold text."""
    for element in root.iter():
        for name, value in element.attrib.items():
            if name in _TEXT_ATTRIBUTES or not str(value).isascii() or _TAG.search(str(value)):
                yield str(value)
    gathered: list[str] = []
    for element in root.iter():
        if local_name(element) in _UNITS and gathered:
            yield "".join(gathered)
            gathered.clear()
        if element.text and (local_name(element) in _TEXTS or len(element) == 0):
            gathered.append(element.text)
    yield "".join(gathered)


def _read_addresses(root: _Element) -> Iterator[str]:
    """Read the addresses of external links, decoded."""
    return (unquote(item.get("Target", "")) for item in root if item.get("TargetMode") == "External")


def _unescape(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16))


def _drop_spaces(text: str) -> str:
    return _SPACE.sub("", text)
