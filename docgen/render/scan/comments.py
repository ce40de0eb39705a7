"""Comments in a Word file that somebody wrote: a copy with a comment at each place; all else stays byte for byte."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.content.docx.body import BodyReader, WordParagraph
from docgen.content.docx.styles import read_numbering, read_styles
from docgen.content.docx.xml import local_name

if TYPE_CHECKING:
    from lxml.etree import _Element

_CONTENT_TYPES = "[Content_Types].xml"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_DOCUMENT = "/officeDocument"
_BEFORE_COMMENTS = ("pPr",)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment: the paragraph it stands at, counted from 1 as ``read_docx`` counts (None: the first with text).

    Each line of ``text`` is a paragraph of the comment.
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
    """The file with the comments added to those that it has; the comments bear no date. ValueError: no Word file.

    ``count`` gives the paragraphs of the body in the order that comments count them in, else ``list_paragraphs`` does.
    """
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        package = _Package(archive)
        package.add(comments, author, initials, count or list_paragraphs)
        return package.write()


class _Package:
    """A Word file as it is changed: the parts that are new or other, over those that stay."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = {info.filename for info in archive.infolist()}
        self._changed: dict[str, bytes] = {}
        main = next((item for item in self._relationships("") if item[0].endswith(_DOCUMENT)), None)
        if main is None:
            raise ValueError("no main part")
        self._kinds = main[0].removesuffix(_DOCUMENT)
        self._main = main[1]

    def add(
        self,
        comments: Sequence[Comment],
        author: str,
        initials: str,
        count: Callable[[_Element], Sequence[_Element]],
    ) -> None:
        """Add comments to the document and to the part that holds them."""
        document = self._parse(self._main)
        w = str(document.tag).removesuffix("document")
        body = next(child for child in document if local_name(child) == "body")
        paragraphs = count(body)
        part, root = self._open_comments(w)
        used = [int(found) for entry in root if (found := entry.get(f"{w}id", "")).isdigit()]
        number = max(used, default=-1) + 1
        for comment in comments:
            element = _choose_paragraph(paragraphs, comment.paragraph)
            if element is None:
                continue
            _mark(element, number, w)
            root.append(_make_comment(comment, number, w, author, initials))
            number += 1
        self._put(self._main, document)
        self._put(part, root)

    def write(self) -> bytes:
        """The file: members in their order, what is new at the end."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
            for info in self._archive.infolist():
                data = self._changed.pop(info.filename, None)
                made.writestr(info, self._archive.read(info.filename) if data is None else data)
            for name, data in self._changed.items():
                made.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
        return target.getvalue()

    def _open_comments(self, w: str) -> tuple[str, _Element]:
        """The comments part, made and named in the package where there is none."""
        from lxml import etree

        for kind, target in self._relationships(self._main):
            if kind == f"{self._kinds}/comments" and target in self._names:
                return target, self._parse(target)
        name = posixpath.join(posixpath.dirname(self._main), "comments.xml")
        while name in self._names:
            name = name.replace("comments", "comments1")
        types = self._parse(_CONTENT_TYPES)
        etree.SubElement(types, f"{{{_TYPES}}}Override", PartName=f"/{name}", ContentType=_COMMENTS_TYPE)
        self._put(_CONTENT_TYPES, types)
        related = _name_relationships(self._main)
        root = (
            self._parse(related)
            if related in self._names
            else etree.Element(f"{{{_RELATIONSHIPS}}}Relationships", nsmap={None: _RELATIONSHIPS})  # type: ignore[dict-item]
        )
        ids = {entry.get("Id") for entry in root}
        key = next(f"rIdC{number}" for number in range(1, len(ids) + 2) if f"rIdC{number}" not in ids)
        target = posixpath.basename(name)
        tag = f"{{{_RELATIONSHIPS}}}Relationship"
        etree.SubElement(root, tag, Id=key, Type=f"{self._kinds}/comments", Target=target)
        self._put(related, root)
        return name, etree.Element(f"{w}comments", nsmap={"w": w.strip("{}")})

    def _relationships(self, part: str) -> Iterator[tuple[str, str]]:
        name = _name_relationships(part)
        if name not in self._names:
            return
        folder = posixpath.dirname(part)
        for entry in self._parse(name):
            if entry.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, entry.get("Target", ""))).lstrip("/")
                yield entry.get("Type", ""), target

    def _parse(self, name: str) -> _Element:
        from lxml import etree

        data = self._changed.get(name) or self._archive.read(name)
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))

    def _put(self, name: str, root: _Element) -> None:
        from lxml import etree

        self._changed[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _name_relationships(part: str) -> str:
    folder, base = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{base}.rels") if part else "_rels/.rels"


@dataclass(slots=True)
class _ParagraphLister(BodyReader):
    """Goes through a body as its reader does, and keeps each paragraph that is counted."""

    elements: list[_Element] = field(default_factory=list)

    def read_paragraph(self, element: _Element) -> WordParagraph | None:
        self.elements.append(element)
        return BodyReader.read_paragraph(self, element)


def list_paragraphs(body: _Element) -> list[_Element]:
    """The paragraphs of a body, in the order in which ``read_docx`` counts them."""
    lister = _ParagraphLister("", read_styles(None), read_numbering(None), {})
    for _ in lister.read(body):
        pass
    return lister.elements


def _choose_paragraph(paragraphs: Sequence[_Element], number: int | None) -> _Element | None:
    if number is not None and 1 <= number <= len(paragraphs):
        return paragraphs[number - 1]
    filled = (item for item in paragraphs if any(local_name(leaf) == "t" and leaf.text for leaf in item.iter()))
    return next(filled, paragraphs[0] if paragraphs else None)


def _mark(paragraph: _Element, number: int, w: str) -> None:
    """Set the marks of a comment around all that a paragraph holds."""
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
        text = etree.SubElement(run, f"{w}t", {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
        text.text = line
    return entry
