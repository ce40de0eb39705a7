"""The parts of a template that may hold tags, as all that looks for tags reads them: the engine, and its check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.render.docx.hidden import spare_raw, spare_remarks
from docgen.render.docx.joining import accept_changes
from docgen.render.docx.notes import place_notes
from docgen.render.docx.package import parse_template_part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.etree import _Element

    from docgen.render.docx.package import DocxPackage


@dataclass(frozen=True, slots=True)
class TextParts:
    """The trees of parts by their names, the document first; ``notes`` are the kinds that loops repeat.

    Such notes stand in the document, behind their references.
    """

    roots: Mapping[str, _Element]
    notes: frozenset[str]


def read_text_parts(package: DocxPackage, template: str, *, tagged: bool = False) -> TextParts:
    """Read the parts with text, those alone that hold a brace if ``tagged``; TemplateError T103 where one isn't XML."""
    roots = {
        part: _read(package, part, template)
        for part in package.texts
        if not tagged or part == package.main or b"{" in package.parts[part]
    }

    def find_notes(kind: str) -> _Element | None:
        part = package.notes.get(kind)
        if part is not None and part not in roots:
            roots[part] = _read(package, part, template)
        return roots.get(part or "")

    return TextParts(roots, place_notes(roots[package.main], find_notes))


def _read(package: DocxPackage, part: str, template: str) -> _Element:
    """A part with its tracked changes accepted, and the braces spared that are to be shown."""
    root = parse_template_part(package.parts[part], part, template)
    accept_changes(root)
    spare_remarks(root)
    spare_raw(root)
    return root
