"""A docx as a package: which parts hold text, and the few package parts that rendering changes."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from docgen.diagnostics import Location, error
from docgen.errors import TemplateError
from docgen.render.opc import read_parts
from docgen.render.xml_prefixes import use_prefix

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lxml.etree import _Element

CONTENT_TYPES = "[Content_Types].xml"
CORE_PART = "docProps/core.xml"
W_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_W = f"{{{W_NAMESPACE}}}"
_CT = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_WML = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_MAIN_TYPE = _WML + "document.main+xml"
_TEXT_TYPES = tuple(_WML + kind + "+xml" for kind in ("header", "footer", "footnotes", "endnotes"))
_IMAGE_RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
_EMPTY_RELS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)
# CT_Settings and CT_Compat are sequences: what must stand behind w:compat (as all that isn't w: does), and what before
# w:doNotExpandShiftReturn.
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
class Package:
    """The parts of a docx template; ``main`` is the document, ``texts`` all parts that may hold tags."""

    parts: Mapping[str, bytes]
    main: str
    texts: tuple[str, ...]

    def find_related(self, ending: str) -> str | None:
        """Find the part of the main document whose name ends so (``styles.xml``, ``settings.xml``), or None."""
        folder = posixpath.dirname(self.main)
        name = posixpath.join(folder, ending)
        return name if name in self.parts else None


def parse_part(data: bytes) -> _Element:
    """Parse a part's XML, without entities, comments or network; raises lxml's XMLSyntaxError.

    What is WordprocessingML has the prefix ``w``, whatever the program wrote that saved the part.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    return use_prefix(etree.fromstring(data, parser), W_NAMESPACE, "w")


def parse_template_part(data: bytes, part: str, template: str) -> _Element:
    """Parse a part of a template; TemplateError T103 where it isn't XML."""
    from lxml.etree import XMLSyntaxError

    try:
        return parse_part(data)
    except XMLSyntaxError as problem:
        place = Location("docx", file=template, part=part)
        raise TemplateError(error("T103", place, template=template, part=part, problem=str(problem))) from problem


def find_break(text: str) -> str | None:
    """The words around the place from which a part is no XML; None where it is well-formed."""
    from xml.parsers import expat

    data, parser = text.encode(), expat.ParserCreate(namespace_separator=" ")
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        around = data[max(0, parser.ErrorByteIndex - 600) : parser.ErrorByteIndex + 100].decode(errors="ignore")
        return re.sub(r"<[^>]*>|^[^<]*>|<[^>]*$", "", around)[-80:]
    return None


def open_package(data: bytes, name: str) -> Package:
    """Read a docx template; a TemplateError where it is no docx. ``name`` is what the diagnostics call it."""
    from lxml import etree

    place = Location("docx", file=name)
    try:
        parts = read_parts(data)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as problem:
        raise TemplateError(error("T101", place, template=name)) from problem
    try:
        parts.update((part, _write_plainly(data)) for part, data in parts.items() if _joins_parts(part))
        types = parse_part(parts[CONTENT_TYPES])
    except (KeyError, etree.XMLSyntaxError) as problem:
        raise TemplateError(error("T102", place, template=name)) from problem
    kinds = {item.get("PartName", "").lstrip("/"): item.get("ContentType") for item in types.iter(_CT + "Override")}
    main = next((part for part, kind in kinds.items() if kind == _MAIN_TYPE and part in parts), None)
    if main is None:
        raise TemplateError(error("T102", place, template=name))
    texts = [main, *(part for part in parts if kinds.get(part) in _TEXT_TYPES)]
    if CORE_PART in parts:
        texts.append(CORE_PART)
    return Package(parts, main, tuple(texts))


def _joins_parts(part: str) -> bool:
    return part == CONTENT_TYPES or part.endswith(".rels")


def _write_plainly(data: bytes) -> bytes:
    """Write a part that joins others (content types, relationships) in UTF-8, without prefixes: text is added to it."""
    from lxml import etree

    root = parse_part(data)
    return write_root(use_prefix(root, etree.QName(root).namespace or "", None))


def write_root(root: _Element) -> bytes:
    """Write a part."""
    from lxml import etree

    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def keep_shift_return(settings: _Element) -> None:
    """Ask Word not to stretch a justified line that ends in a line break: values hold line breaks."""
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
    """Declare the media types of the pictures that a document holds."""
    known = {found.lower() for found in re.findall(r'<Default\b[^>]*?\bExtension="([^"]*)"', content_types)}
    added = "".join(
        f'<Default Extension="{extension}" ContentType="image/{extension}"/>'
        for extension in sorted(set(extensions) - known)
    )
    return re.sub(r"<Types\b[^>]*>", lambda head: head[0] + added, content_types, count=1)


def name_rels(part: str) -> str:
    """Name the part that holds another part's relationships."""
    folder, leaf = posixpath.split(part)
    return posixpath.join(folder, "_rels", leaf + ".rels")


def add_pictures(rels: str | None, part: str, pictures: Iterable[tuple[str, str]]) -> str:
    """Relate a part to pictures, given as (relationship id, name of the media part)."""
    folder = posixpath.dirname(part)
    added = "".join(
        f'<Relationship Id="{rid}" Type="{_IMAGE_RELATIONSHIP}" Target={quoteattr(posixpath.relpath(media, folder))}/>'
        for rid, media in pictures
    )
    text = re.sub(r"(<Relationships\b[^>]*)/>(?=\s*$)", r"\1></Relationships>", rels or _EMPTY_RELS)
    at = text.rindex("</Relationships>")
    return text[:at] + added + text[at:]
