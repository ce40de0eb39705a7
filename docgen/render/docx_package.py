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

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lxml.etree import _Element

CONTENT_TYPES = "[Content_Types].xml"
CORE_PART = "docProps/core.xml"
W_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_CT = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_WML = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_MAIN_TYPE = _WML + "document.main+xml"
_TEXT_TYPES = tuple(_WML + kind + "+xml" for kind in ("header", "footer", "footnotes", "endnotes"))
_IMAGE_RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
_EMPTY_RELS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)
# CT_Settings and CT_Compat are sequences: what must stand behind w:compat, and what before w:doNotExpandShiftReturn.
_BEHIND_COMPAT = (
    *("w:docVars", "w:rsids", "m:mathPr", "w:attachedSchema", "w:themeFontLang", "w:clrSchemeMapping"),
    *("w:doNotIncludeSubdocsInStats", "w:doNotAutoCompressPictures", "w:forceUpgrade", "w:captions"),
    *("w:readModeInkLockDown", "w:smartTagType", "sl:schemaLibrary", "w:shapeDefaults", "w:doNotEmbedSmartTags"),
    *("w:decimalSymbol", "w:listSeparator", r"w1\d\w*:\w+"),
)
_BEFORE_SHIFT_RETURN = (
    *("useSingleBorderforContiguousCells", "wpJustification", "noTabHangInd", "noLeading", "spaceForUL"),
    *("noColumnBalance", "balanceSingleByteDoubleByteWidth", "noExtraLineSpacing", "doNotLeaveBackslashAlone"),
    "ulTrailSpace",
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
    """Parse a part's XML, without entities, comments or network; raises lxml's XMLSyntaxError."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    return etree.fromstring(data, parser)


def open_package(data: bytes, name: str) -> Package:
    """Read a docx template; a TemplateError where it is no docx. ``name`` is what the diagnostics call it."""
    from lxml import etree

    place = Location("docx", file=name)
    try:
        parts = read_parts(data)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as problem:
        raise TemplateError(error("T101", place, template=name)) from problem
    try:
        types = etree.fromstring(parts[CONTENT_TYPES])
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


def keep_shift_return(settings: str) -> str:
    """Ask Word not to stretch a justified line that ends in a line break: values hold line breaks."""
    flag = "<w:doNotExpandShiftReturn/>"
    if "<w:doNotExpandShiftReturn" in settings:
        return settings
    settings = settings.replace("<w:compat/>", "<w:compat></w:compat>")
    compat = re.search(r"<w:compat>(.*?)</w:compat>", settings, re.DOTALL)
    if compat is None:
        behind = re.search("<(?:" + "|".join(_BEHIND_COMPAT) + ")[ />]", settings)
        at = behind.start() if behind else settings.rindex("</")
        return f"{settings[:at]}<w:compat>{flag}</w:compat>{settings[at:]}"
    at = compat.start(1)
    for before in re.finditer("<w:(?:" + "|".join(_BEFORE_SHIFT_RETURN) + ")(?: [^>]*)?/>", compat[1]):
        at = compat.start(1) + before.end()
    return settings[:at] + flag + settings[at:]


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
    text = re.sub(r"(<Relationships\b[^>]*)/>", r"\1></Relationships>", rels or _EMPTY_RELS)
    at = text.rindex("</Relationships>")
    return text[:at] + added + text[at:]
