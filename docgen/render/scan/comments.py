"""Adds comments to a copy of a Word file; all other parts stay the same byte for byte."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.content.docx.body import BodyReader, WordParagraph
from docgen.content.docx.numbering import read_numbering
from docgen.content.docx.styles import read_styles
from docgen.ooxml.names import WORD_TYPE
from docgen.ooxml.package import OfficePackage, PartRelation
from docgen.ooxml.xml import DECLARATION, local_name
from docgen.render.docx.tree.joining import SPACE

if TYPE_CHECKING:
    from lxml.etree import _Element

_BEFORE_COMMENTS = ("pPr",)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment and its paragraph, counted from 1 as ``read_docx`` counts (None: the first with text).

    Each line of ``text`` becomes a paragraph of the comment.
    """

    text: str
    paragraph: int | None = None


def add_comments(
    docx: bytes,
    comments: Sequence[Comment],
    author: str,
    initials: str = "",
    count: Callable[[_Element], Sequence[_Element]] | None = None,
) -> bytes:
    """Add comments without a date to those of a Word file. ValueError where it is no Word file.

    ``count`` lists the paragraphs of the body as the comments count them; by default ``list_paragraphs`` does.
    """
    package = OfficePackage(docx)
    main = next(iter(package.list_relations("", "officeDocument")), None)
    if main is None:
        raise ValueError("no main part")
    document = package.parse(main.target)
    w = str(document.tag).removesuffix("document")
    paragraphs = (count or list_paragraphs)(next(child for child in document if local_name(child) == "body"))
    root = package.parse(_ensure_comments_part(package, main, w))
    used = [int(text) for entry in root if (text := entry.get(f"{w}id", "")).isdigit()]
    number = max(used, default=-1) + 1
    for comment in comments:
        element = _choose_paragraph(paragraphs, comment.paragraph)
        if element is None:
            continue
        _mark_range(element, number, w)
        root.append(_make_comment(comment, number, w, author, initials))
        number += 1
    return package.save()


def _ensure_comments_part(package: OfficePackage, main: PartRelation, w: str) -> str:
    """Find the comments part; where there is none, it is added to the package."""
    existing = package.find_related(main.target, "comments")
    if existing is not None:
        return existing
    folder = posixpath.dirname(main.target)
    name = posixpath.join(folder, "comments.xml")
    name = package.find_free(posixpath.join(folder, "comments{}.xml")) if name in package else name
    package.put(name, f'{DECLARATION}<w:comments xmlns:w="{w.strip("{}")}"/>'.encode())
    package.declare(name, WORD_TYPE + "comments+xml")
    package.relate(main.target, f"{main.type.removesuffix(main.kind)}comments", name)
    return name


@dataclass(slots=True)
class _ParagraphLister(BodyReader):
    """Reads a body as ``read_docx`` does and collects each paragraph that it counts."""

    elements: list[_Element] = field(default_factory=list)

    def read_paragraph(self, element: _Element) -> WordParagraph | None:
        self.elements.append(element)
        return BodyReader.read_paragraph(self, element)


def list_paragraphs(body: _Element) -> list[_Element]:
    """List the paragraphs of a body in the order in which ``read_docx`` counts them."""
    lister = _ParagraphLister("", read_styles(None), read_numbering(None), {})
    for _ in lister.read(body):
        pass
    return lister.elements


def _choose_paragraph(paragraphs: Sequence[_Element], number: int | None) -> _Element | None:
    if number is not None and 1 <= number <= len(paragraphs):
        return paragraphs[number - 1]
    filled = (item for item in paragraphs if any(local_name(leaf) == "t" and leaf.text for leaf in item.iter()))
    return next(filled, paragraphs[0] if paragraphs else None)


def _mark_range(paragraph: _Element, number: int, w: str) -> None:
    """Put the range marks of a comment around the content of a paragraph."""
    from lxml import etree

    start = etree.Element(f"{w}commentRangeStart", {f"{w}id": str(number)})
    has_format = len(paragraph) and local_name(paragraph[0]) in _BEFORE_COMMENTS
    paragraph.insert(1 if has_format else 0, start)
    etree.SubElement(paragraph, f"{w}commentRangeEnd", {f"{w}id": str(number)})
    run = etree.SubElement(paragraph, f"{w}r")
    etree.SubElement(run, f"{w}commentReference", {f"{w}id": str(number)})


def _make_comment(comment: Comment, number: int, w: str, author: str, initials: str) -> _Element:
    from lxml import etree

    entry = etree.Element(f"{w}comment", {f"{w}id": str(number), f"{w}author": author, f"{w}initials": initials})
    for line in comment.text.split("\n"):
        run = etree.SubElement(etree.SubElement(entry, f"{w}p"), f"{w}r")
        formats = etree.SubElement(run, f"{w}rPr")
        etree.SubElement(formats, f"{w}rFonts", {f"{w}hint": "eastAsia"})
        text = etree.SubElement(run, f"{w}t", {SPACE: "preserve"})
        text.text = line
    return entry
