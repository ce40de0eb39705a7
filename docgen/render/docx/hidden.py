"""Tags that stand in no paragraph: in charts, attributes, field codes, properties, addresses of links.

Where they can be filled they are made whole here; where they can't (SmartArt, the XML store, a field code over several
runs) their places are found, since a tag that stays in a document is a fault.
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
from docgen.render.docx.joining import iterate_own_texts, read_own_text
from docgen.render.docx.measure import W
from docgen.render.docx.trimming import DASH, trim_string
from docgen.render.docx.walk import number_paragraphs
from docgen.render.values.typed import TAG

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from lxml.etree import _Element

    from docgen.render.docx.package import DocxPackage

_DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_OPEN = re.compile(r"\{\{|\{%|\{#.*?#\}", re.DOTALL)
_MARKUP = re.compile(r"<[^>]*>")
_RAW = re.compile(r"\{%-?(?:(?:p|tr|tc|r)\s)?\s*((?:end)?raw)\s*-?%\}")
_EXCERPT = 80
_EMBEDDED, _DOCUMENTS = "word/embeddings/", (".docx", ".docm")
_READABLE = (".xml", ".rels", ".html", ".htm", ".xhtml", ".mht", ".mhtml", ".txt")
_MIRRORS = ("customXml/", "word/glossary/")
REMARKS = ("docgen", "dg")
"""Author and initials of the comments that a check of this template left in it: they speak of tags."""
SPARED = {ord("{"): "\ue0f0", ord("}"): "\ue0f1"}
"""What stands for a brace that is to be shown, until it is printed; nobody types these."""


Hidden = tuple["_Element", str | None, str]
"""A text with tags beside the text of paragraphs: its element, the name of the attribute, if it is one, and it."""


def list_remarks(root: _Element) -> list[_Element]:
    """The texts of our own comments."""
    ours = [
        comment
        for comment in root.iter(f"{W}comment")
        if (comment.get(f"{W}author"), comment.get(f"{W}initials")) == REMARKS
    ]
    return [text for comment in ours for text in comment.iter(f"{W}t")]


def spare_remarks(root: _Element) -> None:
    """Let the braces in our own comments be shown as they are."""
    for text in list_remarks(root):
        text.text = (text.text or "").translate(SPARED)


def spare_raw(root: _Element) -> None:
    """Let the braces between ``{% raw %}`` and ``{% endraw %}`` be shown as they are, and let these be remarks.

    One without the other is left for the engine to tell of.
    """
    if "raw" not in "".join(text.text or "" for text in root.iter(f"{W}t")):
        return
    is_raw, spared = False, []
    for paragraph in root.iter(f"{W}p"):
        texts = list(iterate_own_texts(paragraph))
        joined, pieces, at = "".join(text.text or "" for text in texts), [], 0
        for tag in _RAW.finditer(joined):
            if (tag[1] == "endraw") == is_raw:
                piece = joined[at : tag.start()]
                pieces += [piece.translate(SPARED) if is_raw else piece, f"{{#{tag[0][2:-2]}#}}"]
                is_raw, at = not is_raw, tag.end()
        rest = joined[at:]
        spared.append((texts, "".join((*pieces, rest.translate(SPARED) if is_raw else rest))))
    for texts, joined in spared if not is_raw else ():
        at = 0
        for text in texts:
            begin, at = at, at + len(text.text or "")
            text.text = joined[begin:at]


def prepare_hidden(root: _Element) -> list[Hidden]:
    """Make the tags of a part whole that stand in no paragraph of text, and without dashes; returns them."""
    for paragraph in root.iter(f"{_DRAWN}p"):
        _join_drawn(list(paragraph.iter(f"{_DRAWN}t")))
    found = _list_hidden(root)
    for element, name, text in found:
        if name is not None:
            element.set(name, trim_string(TAG.sub(lambda tag: re.sub(r"\s", " ", tag[0]), text)))
        elif DASH.search(text):
            element.text = trim_string(text)
    return _list_hidden(root) if found else found


def list_drawn(root: _Element) -> list[str]:
    """The text of each paragraph of a drawing."""
    paragraphs = root.iter(f"{_DRAWN}p")
    return ["".join(text.text or "" for text in paragraph.iter(f"{_DRAWN}t")) for paragraph in paragraphs]


def _list_hidden(root: _Element) -> list[Hidden]:
    """The texts with tags beside the text of paragraphs: each with its element and, of an attribute, its name."""
    found = [(text.getparent(), text.attrname, str(text)) for text in _find_hidden()(root) if not text.is_tail]
    return [(element, name, text) for element, name, text in found if _OPEN.search(text)]


@cache
def _find_hidden() -> Callable[[_Element], Any]:
    from lxml import etree

    opens = "contains(., '{{') or contains(., '{%') or contains(., '{#')"
    path = f"//@*[{opens}] | //*[not(self::w:t)]/text()[{opens}]"
    return cast("Callable[[_Element], Any]", etree.XPath(path, namespaces={"w": WORD}))


def _join_drawn(texts: list[_Element]) -> None:
    """Let each tag of a paragraph of a drawing stand in the run that it begins in."""
    joined = "".join(text.text or "" for text in texts)
    owners = [text for text in texts for _ in text.text or ""]
    for tag in TAG.finditer(joined):
        owners[tag.start() : tag.end()] = [owners[tag.start()]] * len(tag[0])
    for text in texts:
        text.text = "".join(mark for mark, owner in zip(joined, owners, strict=True) if owner is text)


def find_split_codes(root: _Element, part: str, template: str) -> Iterator[Diagnostic]:
    """A fault for each field whose code holds a tag over several runs: it would stay in the document."""
    codes: list[_Element] = []
    for element in [*root.iter(f"{W}instrText", f"{W}fldChar"), root]:
        if element.tag == f"{W}instrText":
            codes.append(element)
            continue
        typed = [code.text or "" for code in codes]
        if _OPEN.search("".join(TAG.sub("", text) for text in typed)):
            yield _refuse("field", codes[0], "".join(typed), part, template)
        codes = []


def empty_mirrors(package: DocxPackage, shown: Collection[str]) -> dict[str, bytes]:
    """The parts that repeat what controls show (the XML store, the texts that prompt), without these tags.

    Nothing reads them any more where a control was filled. A part that holds other tags isn't among them.
    """
    emptied: dict[str, bytes] = {}
    for part, data in package.parts.items():
        if not shown or not part.startswith(_MIRRORS) or b"{" not in data.replace(b"\0", b""):
            continue
        try:
            root = parse_xml(data)
        except XmlError:
            continue
        found = [tag for element in root.iter() for text in _list_texts(element) for tag in TAG.findall(text)]
        if found and {*found} <= {*shown}:
            for element in root.iter():
                element.text = element.text and TAG.sub("", element.text)
                for name, value in element.attrib.items():
                    element.set(name, TAG.sub("", str(value)))
            emptied[part] = write_xml(root)
    return emptied


def _list_texts(element: _Element) -> list[str]:
    return [element.text or "", *map(str, element.attrib.values())]


def find_stray_tags(parts: Mapping[str, bytes], filled: Collection[str], template: str) -> Iterator[Diagnostic]:
    """A fault for each part that holds a tag and isn't among those that are filled."""
    for part, data in parts.items():
        if part in filled or not part.lower().endswith((*_READABLE, *_DOCUMENTS)):
            continue
        raw = "".join(decode_markup(inner) for inner in _list_inner(part, data) if b"{" in inner.replace(b"\0", b""))
        kind = "diagram" if "/diagrams/" in part else "store" if part.startswith("customXml/") else "other"
        tag = TAG if kind == "other" else _OPEN
        found = next((found for text in (_MARKUP.sub("", raw), raw) if (found := tag.search(text))), None)
        if found is not None:
            yield _refuse(kind, None, found.string[found.start() :], part, template)


def _list_inner(part: str, data: bytes) -> list[bytes]:
    """What can be read of a part: itself, or what a document has that is shown inside of this one."""
    if part.lower().endswith(_READABLE):
        return [data]
    if part.startswith(_EMBEDDED):
        return []  # another program's object, shown as a picture
    try:
        return [inner for name, inner in read_parts(data).items() if name.endswith(".xml")]
    except PackageError:
        return []


def _refuse(kind: str, element: _Element | None, text: str, part: str, template: str) -> Diagnostic:
    paragraph = next(element.iterancestors(f"{W}p"), None) if element is not None else None
    number = None
    if paragraph is not None:
        root = paragraph.getroottree().getroot()
        number = next(at for at, one in number_paragraphs(root) if one is paragraph)
    excerpt = text if paragraph is None else read_own_text(paragraph)
    place = Location("docx", file=template, part=part, paragraph=number, excerpt=excerpt[:_EXCERPT] or None)
    shown = TAG.search(text)
    said = shown[0] if shown else text[:40]
    return error("T420", place, template=template, text=said, kind=Term(f"render.place.{kind}"))
