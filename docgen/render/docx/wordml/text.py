"""Encodes text as WordprocessingML: escapes it and writes line breaks and tabs as elements.

Characters that XML can't hold are left to the caller.
"""

from __future__ import annotations

import re

UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that no XML document can hold."""
REPLACEMENT = "\ufffd"


class EscapedXml(str):
    """XML that a filter has escaped, printed as it is. A slice of it, or its sum with other text, is ordinary text."""

    __slots__ = ()


_LAYOUT = re.compile("[\t\n\r]")
_WIDE = re.compile(
    "[\u2014\u2018-\u201d\u2026\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
)
BREAK = '</w:t><w:br/><w:t xml:space="preserve">'
"""A line break, inside a ``w:t``."""
_TAB = '</w:t><w:tab/><w:t xml:space="preserve">'


def escape_xml(value: str) -> str:
    """Escape text for an element or a quoted attribute. Mostly there is nothing to escape, and this checks it fast."""
    if "&" in value:
        value = value.replace("&", "&amp;")
    if "<" in value:
        value = value.replace("<", "&lt;")
    if ">" in value:
        value = value.replace(">", "&gt;")
    return value.replace('"', "&quot;") if '"' in value else value


def encode_text(value: str) -> str:
    """Encode text for the inside of ``<w:t xml:space="preserve">``; no character of it may match UNPRINTABLE."""
    text = escape_xml(value)
    if value.isprintable() or _LAYOUT.search(value) is None:
        return text
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", BREAK).replace("\t", _TAB)


def encode_plain(value: str) -> str:
    """Encode text for an attribute, or for an element without line breaks (a property, a field code)."""
    text = escape_xml(value)
    return text if value.isprintable() else text.replace("\r", "&#13;").replace("\n", "&#10;").replace("\t", "&#9;")


def holds_wide(text: str) -> bool:
    """Whether a run of this text needs the East Asian font hint, for marks that Latin fonts have, too."""
    return not text.isascii() and _WIDE.search(text) is not None


def measure_width(text: str) -> int:
    """Measure a text in half ems: 2 for a wide character, 1 for any other."""
    return len(text) + (0 if text.isascii() else len(_WIDE.findall(text)))
