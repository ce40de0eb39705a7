"""Lists the tags and texts of a Word template in document order, even where the template has faults."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.diagnostics import Diagnostic, Location, warning
from docgen.ooxml.package import read_parts
from docgen.ooxml.xml import PackageError
from docgen.render.docx.compile.prepare import find_stray
from docgen.render.docx.compile.reading import read_text_parts
from docgen.render.docx.tree.hidden import list_check_comments, list_drawn, prepare_hidden
from docgen.render.docx.tree.joining import list_tags, read_own_text
from docgen.render.docx.tree.walk import number_paragraphs
from docgen.render.docx.wordml.measure import W
from docgen.render.docx.wordml.package import DocxPackage, open_package, parse_template_part
from docgen.render.scan.lookalikes import TemplateText
from docgen.render.scan.tags import Tag, parse_tag
from docgen.render.values.typed import TAG

if TYPE_CHECKING:
    from lxml.etree import _Element

_EXCERPT = 80


@dataclass(frozen=True, slots=True)
class DocxPart:
    """A part that may hold tags: its name and its XML tree."""

    name: str
    root: _Element


@dataclass(frozen=True, slots=True)
class DocxSource:
    """A Word template that was read: its package, the parts with text, its styles."""

    file: str
    package: DocxPackage
    parts: tuple[DocxPart, ...]
    styles: _Element | None

    @property
    def main(self) -> DocxPart:
        """The main document part."""
        return self.parts[0]


def read_docx_source(data: bytes, name: str) -> DocxSource:
    """Read a Word template; TemplateError where it can't be opened."""
    package = open_package(data, name)
    parts = [DocxPart(part, root) for part, root in read_text_parts(package, name).roots.items()]
    for part in parts:
        for text in list_check_comments(part.root):
            text.text = ""
    styles = package.find_related("styles.xml")
    root = parse_template_part(package.parts[styles], styles, name) if styles else None
    return DocxSource(name, package, tuple(parts), root)


def iterate_paragraphs(part: DocxPart) -> Iterator[tuple[int, _Element]]:
    """Iterate over the paragraphs of a part, numbered from 1 as in diagnostics."""
    yield from number_paragraphs(part.root)


def locate_paragraph(source: DocxSource, part: DocxPart, number: int, text: str) -> Location:
    """Give the location of a paragraph for a diagnostic."""
    return Location("docx", file=source.file, part=part.name, paragraph=number, excerpt=text[:_EXCERPT] or None)


def list_docx_tags(source: DocxSource) -> list[Tag]:
    """List every tag of a Word template; paragraphs with unmatched braces are left out."""
    return [tag for part in source.parts for tag in _iterate_part(source, part)]


def list_docx_texts(source: DocxSource) -> Iterator[TemplateText]:
    """List the text of each paragraph with the codes of its fields, also of drawings."""
    for part in source.parts:
        for number, paragraph in iterate_paragraphs(part):
            text = read_own_text(paragraph)
            simple = [field.get(f"{W}instr", "") for field in paragraph.iter(f"{W}fldSimple")]
            codes = "".join(code.text or "" for code in paragraph.iter(f"{W}instrText"))
            yield TemplateText(text, locate_paragraph(source, part, number, text), " ".join([codes, *simple]))
        for text in list_drawn(part.root):
            yield TemplateText(text, Location("docx", file=source.file, part=part.name, excerpt=text[:_EXCERPT]))


def find_tagged_sheets(source: DocxSource) -> Iterator[Diagnostic]:
    """Find the embedded workbooks (the data of a chart) with tags, which aren't filled; gives a warning for each."""
    for name, data in source.package.parts.items():
        if name.endswith(".xlsx"):
            try:
                parts = read_parts(data)
            except PackageError:
                continue
            if any(TAG.search(content.decode("utf-8", "replace")) for content in parts.values()):
                yield warning("T439", Location("docx", file=source.file, part=name), member=name)


def _iterate_part(source: DocxSource, part: DocxPart) -> Iterator[Tag]:
    unit = (part.name,)
    numbers = {paragraph: number for number, paragraph in iterate_paragraphs(part)}
    hidden_texts: dict[_Element, list[str]] = defaultdict(list)
    for element, _, hidden in prepare_hidden(part.root):
        hidden_texts[element].append(hidden)
    tags_by_text: dict[_Element, list[Tag]] = defaultdict(list)
    for element in part.root.iter():
        if element in numbers:
            text = read_own_text(element)
            if find_stray(text) is None:
                place = locate_paragraph(source, part, numbers[element], text)
                for owner, typed in list_tags(element):
                    tags_by_text[owner] += _parse_tags(typed, place, unit)
        yield from tags_by_text.get(element, ())
        for hidden in hidden_texts.get(element, ()):
            paragraph = next((item for item in (element, *element.iterancestors()) if item in numbers), None)
            place = Location("docx", file=source.file, part=part.name, excerpt=hidden[:_EXCERPT])
            if paragraph is not None:
                place = locate_paragraph(source, part, numbers[paragraph], hidden)
            yield from _parse_tags(hidden, place, unit)


def _parse_tags(text: str, location: Location, unit: tuple[str, ...]) -> Iterator[Tag]:
    for typed in TAG.findall(text):
        tag = parse_tag(typed, location, unit)
        if tag is not None:
            yield tag
