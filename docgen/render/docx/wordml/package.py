"""Reads a docx as a package: the parts that may hold tags, and the package parts that rendering changes."""

from __future__ import annotations

import posixpath
import re
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from docgen.diagnostics import Location, error
from docgen.errors import TemplateError
from docgen.ooxml.members import SMALL, PackedMember, pack_member
from docgen.ooxml.names import (
    CONTENT_TYPES,
    CORE_PROPERTIES,
    OFFICE_RELATIONS,
    PACKAGE_TYPES,
    PROGRAM_PROPERTIES,
    WORD,
    WORD_TYPE,
)
from docgen.ooxml.package import PartRelation, fold_part, read_packed, read_types, write_relations
from docgen.ooxml.xml import PackageError, XmlError, parse_xml, prove_xml, use_prefixes, write_xml
from docgen.render.docx.wordml.naming import find_related, rename_parts
from docgen.render.docx.wordml.strict import convert_strict_parts, is_strict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lxml.etree import _Element

_W = f"{{{WORD}}}"
PREFIXES = {
    WORD: "w",
    OFFICE_RELATIONS: "r",
    "http://schemas.openxmlformats.org/drawingml/2006/main": "a",
    "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing": "wp",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "urn:schemas-microsoft-com:vml": "v",
    "urn:schemas-microsoft-com:office:office": "o",
}
"""Word's prefixes of the namespaces that docgen looks for in a part's text."""
_DEFAULT = f"{{{PACKAGE_TYPES}}}Default"
_MAIN_TYPE = WORD_TYPE + "document.main+xml"
_DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.drawingml."
_TEXT_TYPES = (
    *(WORD_TYPE + kind + "+xml" for kind in ("header", "footer", "footnotes", "endnotes", "comments")),
    *(_DRAWING_TYPE + kind + "+xml" for kind in ("chart", "chartshapes")),
    "application/vnd.ms-office.chartex+xml",
)
_ENCODED_TAG = re.compile(rb"%7[bB](?:%7[bB]|%25)[^\"<>]*?(?:%7[dD]|%25)%7[dD]")
_QUOTE_ENTITY = {"&quot;": '"'}
_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?[^>]*\?>\s*)*<[^\s!?<>][^<>]*>")
_DECLARED = re.compile(rb"\sxmlns(?::([\w.-]+))?\s*=\s*[\"']([^\"']*)[\"']")
_PROPERTIES = (CORE_PROPERTIES, PROGRAM_PROPERTIES, "docProps/custom.xml")
# CT_Settings and CT_Compat are sequences: these elements follow w:compat (as do those of other namespaces), and these
# precede w:doNotExpandShiftReturn.
_BEHIND_COMPAT = frozenset(
    _W + name
    for name in (
        *("docVars", "rsids", "attachedSchema", "themeFontLang", "clrSchemeMapping", "doNotIncludeSubdocsInStats"),
        *("doNotAutoCompressPictures", "forceUpgrade", "captions", "readModeInkLockDown", "smartTagType"),
        *("shapeDefaults", "doNotEmbedSmartTags", "decimalSymbol", "listSeparator"),
    )
)
_BEFORE_SHIFT_RETURN = frozenset(
    _W + name
    for name in (
        *("useSingleBorderforContiguousCells", "wpJustification", "noTabHangInd", "noLeading", "spaceForUL"),
        *("noColumnBalance", "balanceSingleByteDoubleByteWidth", "noExtraLineSpacing", "doNotLeaveBackslashAlone"),
        "ulTrailSpace",
    )
)


@dataclass(frozen=True, slots=True)
class DocxPackage:
    """The parts of a docx template; ``main`` is the document, ``texts`` all parts that may hold tags."""

    parts: Mapping[str, bytes]
    main: str
    texts: tuple[str, ...]
    notes: Mapping[str, str] = field(default_factory=dict)  # footnote, endnote → the part with these
    packed: Mapping[str, PackedMember] = field(default_factory=dict)  # unchanged parts, deflated as in the file

    def find_related(self, ending: str) -> str | None:
        """Find the part of the main document whose name ends so (``styles.xml``, ``settings.xml``), or None."""
        folder = posixpath.dirname(self.main)
        name = posixpath.join(folder, ending)
        return name if name in self.parts else None

    def pack(self, part: str, data: bytes) -> PackedMember:
        """Pack a part for the documents; the template's deflated bytes are used again where ``data`` is unchanged."""
        packed = self.packed.get(part)
        return packed if packed is not None and data is self.parts[part] else pack_member(part, data, SMALL)


def _use_word_prefixes(data: bytes, root: _Element) -> _Element:
    """Give a part's tree Word's prefixes; returns the same tree where it has them."""
    declared = root.nsmap
    if data.count(b"xmlns") == len(declared) and all(
        PREFIXES.get(uri, prefix) == prefix for prefix, uri in declared.items()
    ):
        return root  # only the root declares prefixes, as Word writes it: no element has another
    return use_prefixes(root, PREFIXES)


def _has_word_prefixes(data: bytes) -> bool:
    """Whether a part certainly has Word's prefixes, judged without parsing: its first tag declares all namespaces."""
    head = _HEAD.match(data)
    declared = _DECLARED.findall(head[0]) if head is not None and b"&" not in head[0] else []
    return data.count(b"xmlns") == len(declared) > 0 and all(
        PREFIXES.get(uri.decode(errors="replace"), prefix.decode()) == prefix.decode() for prefix, uri in declared
    )


def parse_template_part(data: bytes, part: str, template: str) -> _Element:
    """Parse a part of a template; see ``read_plain_part``."""
    return read_plain_part(data, part, template)[0]


def read_plain_part(data: bytes, part: str, template: str) -> tuple[_Element, bytes]:
    """Read a part of a template as a tree and as bytes; TemplateError T103 where it isn't XML.

    Namespaces get Word's prefixes, whatever program saved the template.
    """
    with _refuse_broken(part, template):
        root = parse_xml(data)
    plain = _use_word_prefixes(data, root)
    return plain, data if plain is root else write_xml(plain)


def write_plain_part(data: bytes, part: str, template: str) -> bytes:
    """Write a part without tags, changed in its prefixes only; T103 as ``read_plain_part``."""
    if not part.lower().endswith(".xml"):
        return data
    if not _has_word_prefixes(data):
        return read_plain_part(data, part, template)[1]
    with _refuse_broken(part, template):
        prove_xml(data)
    return data


@contextmanager
def _refuse_broken(part: str, template: str) -> Iterator[None]:
    try:
        yield
    except XmlError as problem:
        place = Location("docx", file=template, part=part)
        raise TemplateError(error("T103", place, template=template, part=part, problem=str(problem))) from problem


def find_xml_error(text: str) -> str | None:
    """Find the words around the first XML error of a part; None where it is well-formed."""
    from xml.parsers import expat

    data, parser = text.encode(), expat.ParserCreate(namespace_separator=" ")
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        excerpt = data[max(0, parser.ErrorByteIndex - 600) : parser.ErrorByteIndex + 100].decode(errors="ignore")
        return re.sub(r"<[^>]*>|^[^<]*>|<[^>]*$", "", excerpt)[-80:]
    return None


def open_package(data: bytes, name: str) -> DocxPackage:
    """Read a docx template; TemplateError where it is no docx. ``name`` is what diagnostics call it."""
    place = Location("docx", file=name)
    try:
        parts, packed = read_packed(data)
    except PackageError as problem:
        raise TemplateError(error("T101", place, template=name)) from problem
    try:
        as_read = dict(parts)
        if is_strict(parts):
            parts.update(convert_strict_parts(parts))
        parts = rename_parts(parts)
        parts.update((part, _write_plainly(data)) for part, data in parts.items() if _is_package_part(part))
        kinds = _list_types(parts)
    except (KeyError, XmlError) as problem:
        raise TemplateError(error("T102", place, template=name)) from problem
    main = find_related(parts, "", "officeDocument")
    if main is None or kinds[main] != _MAIN_TYPE:
        raise TemplateError(error("T102", place, template=name))
    texts = [main, *(part for part in parts if kinds.get(part) in _TEXT_TYPES)]
    texts += [part for part in _PROPERTIES if part in parts]
    texts += [part for part, data in parts.items() if part.endswith(".rels") and b"{" in data]
    notes = {kind: part for kind in ("footnote", "endnote") for part in texts if kinds.get(part) == _note_type(kind)}
    # A renamed part is still the same bytes object unless it was rewritten.
    unchanged = {id(content): packed[part] for part, content in as_read.items() if part in packed}
    kept = {
        part: replace(unchanged[id(content)], name=part) for part, content in parts.items() if id(content) in unchanged
    }
    return DocxPackage(parts, main, tuple(texts), notes, kept)


def _note_type(kind: str) -> str:
    return f"{WORD_TYPE}{kind}s+xml"


def _list_types(parts: Mapping[str, bytes]) -> dict[str, str]:
    """List the media type of each part: its own or its suffix's. Part names are compared without case."""
    types = parse_xml(parts[CONTENT_TYPES])
    own = {fold_part(part): kind for part, kind in read_types(parts[CONTENT_TYPES]).items()}
    suffixes = {item.get("Extension", "").lower(): item.get("ContentType", "") for item in types.iterchildren(_DEFAULT)}
    return {part: own.get(fold_part(part), suffixes.get(part.rpartition(".")[2].lower(), "")) for part in parts}


def _is_package_part(part: str) -> bool:
    return part == CONTENT_TYPES or part.endswith(".rels")


def _write_plainly(data: bytes) -> bytes:
    """Write content types or relationships in UTF-8 without prefixes, since rendering adds text to them."""
    root = parse_xml(data)
    plain = write_xml(use_prefixes(root, {str(root.tag).rpartition("}")[0].lstrip("{"): None}))
    return _ENCODED_TAG.sub(lambda tag: _decode_tag(tag[0].decode()).encode(), plain)


def _decode_tag(tag: str) -> str:
    """Decode a tag in an address: Word writes ``{{ x }}`` as ``%7b%7b%20x%20%7d%7d``."""
    from xml.sax.saxutils import escape, unescape

    return escape(unquote(unescape(tag, _QUOTE_ENTITY)), {mark: name for name, mark in _QUOTE_ENTITY.items()})


def stop_line_stretching(settings: _Element) -> None:
    """Set Word's option not to stretch a justified line that ends in a line break: values hold line breaks."""
    from lxml import etree

    compat, flag = settings.find(f"{_W}compat"), f"{_W}doNotExpandShiftReturn"
    if compat is None:
        compat = etree.Element(f"{_W}compat")
        behind = (at for at, child in enumerate(settings) if _stands_behind_compat(child))
        settings.insert(next(behind, len(settings)), compat)
    if compat.find(flag) is None:
        before = [at for at, child in enumerate(compat, 1) if child.tag in _BEFORE_SHIFT_RETURN]
        compat.insert(max(before, default=0), etree.Element(flag))


def _stands_behind_compat(child: _Element) -> bool:
    return child.tag in _BEHIND_COMPAT or not str(child.tag).startswith(_W)


def add_picture_types(content_types: str, extensions: Iterable[str]) -> str:
    """Declare the media types of the pictures that rendering adds."""
    declared = {suffix.lower() for suffix in re.findall(r'<Default\b[^>]*?\bExtension="([^"]*)"', content_types)}
    added = "".join(
        f'<Default Extension="{extension}" ContentType="image/{extension}"/>'
        for extension in sorted(set(extensions) - declared)
    )
    return re.sub(r"<Types\b[^>]*>", lambda head: head[0] + added, content_types, count=1)


def add_relations(rels: str | None, part: str, relations: Iterable[PartRelation]) -> str:
    """Add relationships to the relationships part ``rels`` of a part; None where it has none yet."""
    relations_xml = write_relations(relations, part).decode()
    added = relations_xml[relations_xml.index("<Relationship ") : relations_xml.rindex("</Relationships>")]
    rels = rels or write_relations((), part).decode()
    text = re.sub(r"(<Relationships\b[^>]*)/>(?=\s*$)", r"\1></Relationships>", rels)
    at = text.rindex("</Relationships>")
    return text[:at] + added + text[at:]
