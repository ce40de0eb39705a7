"""Converts a file of the strict edition of Office Open XML, which Word can save, to the transitional edition.

The editions differ in their namespaces, in lengths, which may have a unit, and in elements that only one of them has
(ISO/IEC 29500-1 and -4).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docgen.ooxml.names import RELATIONS
from docgen.ooxml.xml import parse_xml, write_xml
from docgen.render.docx.wordml.measure import W

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/([\w/]+)")
_TRANSITIONAL_NAMES = {b"extendedProperties": b"extended-properties", b"customProperties": b"custom-properties"}
_LENGTH = re.compile(r"(-?\d+(?:\.\d+)?)(pt|pc|pi|in|cm|mm)")
_TWIPS = {"pt": 20.0, "pc": 240.0, "pi": 240.0, "in": 1440.0, "cm": 1440 / 2.54, "mm": 144 / 2.54}
_HALF_POINTS = frozenset(W + name for name in ("sz", "szCs", "kern", "position", "hps", "hpsRaise", "hpsBaseText"))


def is_strict(parts: Mapping[str, bytes]) -> bool:
    """Whether the parts of a file are of the strict edition."""
    return _STRICT.search(parts.get(RELATIONS, b"")) is not None


def convert_strict_parts(parts: Mapping[str, bytes]) -> Iterable[tuple[str, bytes]]:
    """Convert the XML parts of a strict file to the transitional edition; XmlError where one isn't XML."""
    for name, data in parts.items():
        if name.endswith((".xml", ".rels")):
            yield name, _convert_part(data)


def _convert_part(data: bytes) -> bytes:
    root = parse_xml(_STRICT.sub(_rename_namespace, data))
    root.attrib.pop(f"{W}conformance", "")
    for element in root.iter(f"{W}*"):
        for name, value in element.attrib.items():
            length = _LENGTH.fullmatch(str(value)) if str(name).startswith(W) else None
            if length is not None:
                twips = float(length[1]) * _TWIPS[length[2]]
                element.set(name, str(round(twips / 10 if element.tag in _HALF_POINTS else twips)))
    return write_xml(root)


def _rename_namespace(namespace: re.Match[bytes]) -> bytes:
    kind, rest = namespace[1], b"/".join(_TRANSITIONAL_NAMES.get(word, word) for word in namespace[2].split(b"/"))
    return b"http://schemas.openxmlformats.org/%s/2006/%s" % (kind, rest)
