"""Finds tags outside of cells, which no rendering replaces, with the sheet and the cell of each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from docgen.diagnostics import Diagnostic, Location, error
from docgen.ooxml.xml import local_name
from docgen.render.xlsx.package import Workbook, parse_drawing, parse_part
from docgen.render.xlsx.shapes import find_corner

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.etree import _Element

_TEXT_PARTS = (".xml", ".rels", ".vml")
_MARKS = (b"{{", b"{%", b"{#", b"%7B")
_EXCERPT = re.compile(r"(?:\{\{|\{%)(?:[^<]{0,30}?[}%]\}|[^<]{0,30})")


def find_stray_tags(package: Workbook, changed: Mapping[str, str], file: str) -> Iterator[Diagnostic]:
    """Find the tags of all parts; ``changed`` has the fixed text of parts that are written for each rendering."""
    for part, data in package.parts.items():
        if not part.endswith(_TEXT_PARTS) or (part not in changed and not any(mark in data for mark in _MARKS)):
            continue
        text = changed[part] if part in changed else data.decode("utf-8", "replace")
        for excerpt in dict.fromkeys(_EXCERPT.findall(unquote(text) if part.endswith(".rels") else text)):
            for sheet, cell in dict.fromkeys(_locate(package, part, excerpt)):
                yield error("T217", Location("xlsx", file=file, sheet=sheet, cell=cell), text=excerpt, part=part)


def _locate(package: Workbook, part: str, excerpt: str) -> list[tuple[str | None, str | None]]:
    for entry in package.sheets:
        if not entry.part:
            continue
        if part == entry.part:
            return [(entry.name, None)]
        related = [item.target for item in package.list_relations(entry.part) if not item.is_external]
        if part in related:
            return [(entry.name, cell) for cell in _find_cells(package, part, excerpt)]
        if any(part == item.target for name in related for item in package.list_relations(name)):
            return [(entry.name, None)]
    return [(None, None)]


def _find_cells(package: Workbook, part: str, excerpt: str) -> list[str | None]:
    """Find the cells of the notes with this text, or at the corners of the shapes with it."""
    data, text = package.parts[part], excerpt.partition("&")[0]
    root = parse_drawing(data) if part.endswith(".vml") else parse_part(data)
    return [_find_cell(element) for element in root.iter() if text in (element.text or "")] or [None]


def _find_cell(element: _Element) -> str | None:
    for item in (element, *element.iterancestors()):
        if local_name(item) in ("comment", "threadedComment"):
            return item.get("ref")
    return find_corner(element) or None
