"""Reads the parts of a template that may hold tags, for compiling and for ``template check`` alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.render.docx.elements.notes import move_notes
from docgen.render.docx.tree.hidden import shield_check_comments, shield_raw_blocks
from docgen.render.docx.tree.joining import accept_changes
from docgen.render.docx.wordml.package import parse_template_part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.etree import _Element

    from docgen.render.docx.wordml.package import DocxPackage


@dataclass(frozen=True, slots=True)
class TextParts:
    """The XML trees of parts by name, the document first; ``notes`` are the kinds of notes that loops repeat.

    Such notes stand in the document, behind their references.
    """

    roots: Mapping[str, _Element]
    notes: frozenset[str]


def read_text_parts(package: DocxPackage, template: str, *, tagged: bool = False) -> TextParts:
    """Read the parts with text, if ``tagged`` only those with a brace; TemplateError T103 where one isn't XML."""
    roots = {
        part: _read_part(package, part, template)
        for part in package.texts
        if not tagged or part == package.main or b"{" in package.parts[part]
    }

    def find_notes(kind: str) -> _Element | None:
        part = package.notes.get(kind)
        if part is not None and part not in roots:
            roots[part] = _read_part(package, part, template)
        return roots.get(part or "")

    return TextParts(roots, move_notes(roots[package.main], find_notes))


def _read_part(package: DocxPackage, part: str, template: str) -> _Element:
    """Read a part, accept its tracked changes and shield the braces that are text."""
    root = parse_template_part(package.parts[part], part, template)
    accept_changes(root)
    shield_check_comments(root)
    shield_raw_blocks(root)
    return root
