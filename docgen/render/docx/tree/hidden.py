"""Finds tags outside of paragraphs: in charts, attributes, field codes, properties, addresses of links.

Tags that can be filled are joined here. Where a tag can't be filled (SmartArt, the XML store, a field code over several
runs), it is reported, since a tag that stays in a document is a fault.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from docgen.content.files import decode_markup
from docgen.diagnostics import Diagnostic, Location, Term, error
from docgen.ooxml.names import WORD
from docgen.ooxml.package import read_parts
from docgen.ooxml.xml import PackageError, XmlError, parse_xml, write_xml
from docgen.render.docx.tree.joining import iterate_own_texts, read_own_text
from docgen.render.docx.tree.trimming import DASH, trim_string
from docgen.render.docx.tree.walk import number_paragraphs
from docgen.render.docx.wordml.measure import W
from docgen.render.values.typed import TAG

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from lxml.etree import _Element

    from docgen.render.docx.wordml.package import DocxPackage

_DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_OPEN = re.compile(r"\{\{|\{%|\{#.*?#\}", re.DOTALL)
_MARKUP = re.compile(r"<[^>]*>")
_RAW = re.compile(r"\{%-?(?:(?:p|tr|tc|r)\s)?\s*((?:end)?raw)\s*-?%\}")
_EXCERPT = 80
_EMBEDDED, _DOCUMENTS = "word/embeddings/", (".docx", ".docm")
_READABLE = (".xml", ".rels", ".html", ".htm", ".xhtml", ".mht", ".mhtml", ".txt")
_MIRRORS = ("customXml/", "word/glossary/")
CHECK_AUTHOR = ("docgen", "dg")
"""Author and initials of the comments that ``template check`` adds to a copy of a template; they quote tags."""
SHIELDED = {ord("{"): "\ue0f0", ord("}"): "\ue0f1"}
"""Private-use characters that stand for braces of the text until they are printed."""


HiddenText = tuple["_Element", str | None, str]
"""A text with tags outside of paragraphs: its element, the attribute's name (None for the element's text), the text."""


def list_check_comments(root: _Element) -> list[_Element]:
    """List the text elements of the comments that ``template check`` added."""
    comments = [
        comment
        for comment in root.iter(f"{W}comment")
        if (comment.get(f"{W}author"), comment.get(f"{W}initials")) == CHECK_AUTHOR
    ]
    return [text for comment in comments for text in comment.iter(f"{W}t")]


def shield_check_comments(root: _Element) -> None:
    """Keep the braces in the comments that ``template check`` added from being read as tags."""
    for text in list_check_comments(root):
        text.text = (text.text or "").translate(SHIELDED)


def shield_raw_blocks(root: _Element) -> None:
    """Keep the braces between ``{% raw %}`` and ``{% endraw %}`` from being read as tags; both become Jinja comments.

    Where one of the two is missing, nothing is changed: compiling reports it.
    """
    if "raw" not in "".join(text.text or "" for text in root.iter(f"{W}t")):
        return
    is_raw, shielded = False, []
    for paragraph in root.iter(f"{W}p"):
        texts = list(iterate_own_texts(paragraph))
        joined, pieces, at = "".join(text.text or "" for text in texts), [], 0
        for tag in _RAW.finditer(joined):
            if (tag[1] == "endraw") == is_raw:
                piece = joined[at : tag.start()]
                pieces += [piece.translate(SHIELDED) if is_raw else piece, f"{{#{tag[0][2:-2]}#}}"]
                is_raw, at = not is_raw, tag.end()
        rest = joined[at:]
        shielded.append((texts, "".join((*pieces, rest.translate(SHIELDED) if is_raw else rest))))
    for texts, joined in shielded if not is_raw else ():
        at = 0
        for text in texts:
            begin, at = at, at + len(text.text or "")
            text.text = joined[begin:at]


def prepare_hidden(root: _Element) -> list[HiddenText]:
    """Join and trim the tags of a part outside of paragraphs; returns the texts that hold them."""
    for paragraph in root.iter(f"{_DRAWN}p"):
        _join_drawn(list(paragraph.iter(f"{_DRAWN}t")))
    texts = _list_hidden(root)
    for element, name, text in texts:
        if name is not None:
            element.set(name, trim_string(TAG.sub(lambda tag: re.sub(r"\s", " ", tag[0]), text)))
        elif DASH.search(text):
            element.text = trim_string(text)
    return _list_hidden(root) if texts else texts


def list_drawn(root: _Element) -> list[str]:
    """List the text of each paragraph in a part's drawings."""
    paragraphs = root.iter(f"{_DRAWN}p")
    return ["".join(text.text or "" for text in paragraph.iter(f"{_DRAWN}t")) for paragraph in paragraphs]


def _list_hidden(root: _Element) -> list[HiddenText]:
    texts = [(text.getparent(), text.attrname, str(text)) for text in _compile_search()(root) if not text.is_tail]
    return [(element, name, text) for element, name, text in texts if _OPEN.search(text)]


@cache
def _compile_search() -> Callable[[_Element], Any]:
    from lxml import etree

    opens = "contains(., '{{') or contains(., '{%') or contains(., '{#')"
    path = f"//@*[{opens}] | //*[not(self::w:t)]/text()[{opens}]"
    return cast("Callable[[_Element], Any]", etree.XPath(path, namespaces={"w": WORD}))


def _join_drawn(texts: list[_Element]) -> None:
    """Move each tag of a drawing's paragraph into the run that it begins in."""
    joined = "".join(text.text or "" for text in texts)
    owners = [text for text in texts for _ in text.text or ""]
    for tag in TAG.finditer(joined):
        owners[tag.start() : tag.end()] = [owners[tag.start()]] * len(tag[0])
    for text in texts:
        text.text = "".join(mark for mark, owner in zip(joined, owners, strict=True) if owner is text)


def find_split_codes(root: _Element, part: str, template: str) -> Iterator[Diagnostic]:
    """Report each field whose code holds a tag over several runs: it would stay in the document."""
    codes: list[_Element] = []
    for element in [*root.iter(f"{W}instrText", f"{W}fldChar"), root]:
        if element.tag == f"{W}instrText":
            codes.append(element)
            continue
        typed = [code.text or "" for code in codes]
        if _OPEN.search("".join(TAG.sub("", text) for text in typed)):
            yield _make_fault("field", codes[0], "".join(typed), part, template)
        codes = []


def clear_mirrors(package: DocxPackage, shown: Collection[str]) -> dict[str, bytes]:
    """Clear the tags in the parts that repeat what content controls show: the XML store, the placeholder texts.

    Nothing reads them once a control is filled. ``shown`` are the tags in controls; a part with other tags is left as
    it is. Returns the cleared parts by name.
    """
    cleared: dict[str, bytes] = {}
    for part, data in package.parts.items():
        if not shown or not part.startswith(_MIRRORS) or b"{" not in data.replace(b"\0", b""):
            continue
        try:
            root = parse_xml(data)
        except XmlError:
            continue
        tags = {tag for element in root.iter() for text in _list_texts(element) for tag in TAG.findall(text)}
        if tags and tags <= {*shown}:
            for element in root.iter():
                element.text = element.text and TAG.sub("", element.text)
                for name, value in element.attrib.items():
                    element.set(name, TAG.sub("", str(value)))
            cleared[part] = write_xml(root)
    return cleared


def _list_texts(element: _Element) -> list[str]:
    return [element.text or "", *map(str, element.attrib.values())]


def find_stray_tags(parts: Mapping[str, bytes], filled: Collection[str], template: str) -> Iterator[Diagnostic]:
    """Report each part that holds a tag and isn't among those that are filled."""
    for part, data in parts.items():
        if part in filled or not part.lower().endswith((*_READABLE, *_DOCUMENTS)):
            continue
        raw = "".join(decode_markup(inner) for inner in _list_readable(part, data) if b"{" in inner.replace(b"\0", b""))
        kind = "diagram" if "/diagrams/" in part else "store" if part.startswith("customXml/") else "other"
        tag = TAG if kind == "other" else _OPEN
        match = next((match for text in (_MARKUP.sub("", raw), raw) if (match := tag.search(text))), None)
        if match is not None:
            yield _make_fault(kind, None, match.string[match.start() :], part, template)


def _list_readable(part: str, data: bytes) -> list[bytes]:
    """List the readable contents of a part: its own bytes, or the XML parts of an inserted document."""
    if part.lower().endswith(_READABLE):
        return [data]
    if part.startswith(_EMBEDDED):
        return []  # another program's object, shown as a picture
    try:
        return [inner for name, inner in read_parts(data).items() if name.endswith(".xml")]
    except PackageError:
        return []


def _make_fault(kind: str, element: _Element | None, text: str, part: str, template: str) -> Diagnostic:
    paragraph = next(element.iterancestors(f"{W}p"), None) if element is not None else None
    number = None
    if paragraph is not None:
        root = paragraph.getroottree().getroot()
        number = next(at for at, other in number_paragraphs(root) if other is paragraph)
    excerpt = text if paragraph is None else read_own_text(paragraph)
    place = Location("docx", file=template, part=part, paragraph=number, excerpt=excerpt[:_EXCERPT] or None)
    tag = TAG.search(text)
    quoted = tag[0] if tag else text[:40]
    return error("T420", place, template=template, text=quoted, kind=Term(f"render.place.{kind}"))
