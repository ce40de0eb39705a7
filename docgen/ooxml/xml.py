"""Parses the XML of parts within limits, as docgen's only parser for them, and writes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import IO, TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from lxml.etree import ParserTarget, _Element

MAX_BYTES = 256 << 20
"""The largest part that is read."""
MAX_ELEMENTS = 3_000_000
"""The most elements of a part; each takes about 150 bytes of memory."""
MAX_SHEET_ELEMENTS = 12_000_000
"""The most elements of a part that may be a sheet of five million cells."""
_SHORTEST = len("<a>")
_MANY_MARKS = 500_000
_MAX_NAMES = 100_000
_DECLARED = re.compile(r'\sxmlns(?::([\w.-]+))?="([^"]*)"')
_IGNORABLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Ignorable"
_NAME = re.compile(rb"<[^\s/>!?]+|\s[^\s<>/=\"']+\s*=")
_BOUNDED: Any = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_IN_ATTRIBUTE = _IN_TEXT | str.maketrans({'"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"})
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class PackageError(ValueError):
    """Error: an Office file can't be read; ``key`` is the reason: zip, large, part (one is missing), xml, dtd."""

    def __init__(self, key: str, detail: str = "") -> None:
        super().__init__(detail or key)
        self.key = key


class XmlError(PackageError):
    """Error: a part is no XML or is refused; ``line`` is the line of the fault, 0 if unknown."""

    def __init__(self, key: str, detail: str, line: int = 0) -> None:
        super().__init__(key, detail)
        self.line = line


def parse_xml(data: bytes, *, elements: int = MAX_ELEMENTS, recover: bool = False) -> _Element:
    """The root of a part, without comments and processing instructions; XmlError if it is refused.

    A document type (and with it every entity), more than MAX_BYTES or ``elements``, and elements inside of 256 others
    (libxml2's bound) are refused. ``recover`` takes what isn't well-formed, such as Excel's drawings of notes.
    """
    from lxml import etree

    _bound(data, elements)
    parser = etree.XMLParser(**_BOUNDED, recover=recover)
    try:
        root: _Element | None = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as problem:
        raise XmlError("xml", str(problem), problem.lineno or 0) from problem
    if root is None:
        raise XmlError("xml", "no element")
    if root.getroottree().docinfo.internalDTD is not None:
        raise XmlError("dtd", "document type declaration")
    return root


def prove_xml(data: bytes) -> None:
    """Check, without building a tree, that ``parse_xml`` would accept a part; XmlError if it wouldn't."""
    from lxml import etree

    _bound(data, MAX_ELEMENTS)
    parser = etree.XMLParser(**_BOUNDED, target=cast("ParserTarget", XmlListener()))
    try:
        etree.fromstring(data, parser)
    except etree.XMLSyntaxError as problem:
        raise XmlError("xml", str(problem), problem.lineno or 0) from problem
    undeclared = parser.error_log.filter_from_errors()  # prefixes, which a parser without a tree passes over
    if len(undeclared):
        raise XmlError("xml", undeclared[0].message, undeclared[0].line)


def _bound(data: bytes, elements: int) -> None:
    is_long = len(data) > _SHORTEST * elements  # else there can't be as many
    if len(data) > MAX_BYTES or (is_long and count_elements(data) > elements):
        raise XmlError("large", "too large")


def count_elements(data: bytes) -> int:
    """An upper bound of the number of elements; tags in comments count, too."""
    return data.count(b"<") - data.count(b"</")


class XmlListener:
    """A parser target that only notes a document type; subclasses may add ``start``, ``data``, ``end``."""

    def doctype(self, *_names: str | None) -> None:
        raise XmlError("dtd", "document type declaration")

    def close(self) -> None:
        """Called at the end; there is no result."""


class XmlProof:
    """Checks, piece by piece and without keeping them, that ``parse_xml`` would accept a part.

    ``count`` is called with the number of elements of each piece and may stop the reading with its own error. From many
    elements on the number of different names is limited, too, since the parser keeps each name. ``listener`` receives
    the parser's events for which it has methods.
    """

    def __init__(
        self, pieces: Iterable[bytes], count: Callable[[int], None], listener: XmlListener | None = None
    ) -> None:
        self._pieces = iter(pieces)
        self._count = count
        self._listener = listener or XmlListener()
        self._marks = 0
        self._names: set[bytes] = set()
        self._fault: Exception | None = None

    def prove(self) -> None:
        """Read all of it; XmlError as of ``parse_xml`` where it isn't XML, and what the pieces or ``count`` raise."""
        from lxml import etree

        parser = etree.XMLParser(**_BOUNDED, target=cast("ParserTarget", self._listener))
        try:
            etree.parse(cast("IO[bytes]", self), parser)
        except (etree.XMLSyntaxError, XmlError, AssertionError) as problem:
            if self._fault is not None:
                raise self._fault from None
            if isinstance(problem, XmlError):
                raise
            raise XmlError("xml", str(problem), getattr(problem, "lineno", 0) or 0) from problem

    def read(self, _size: int = -1) -> bytes:
        """The next piece, for the parser; b"" at the end."""
        try:
            piece = next(self._pieces, b"")
            self._look_at(piece)
        except Exception as problem:
            # the parser may make another error of it
            self._fault = problem
            raise
        return piece

    def _look_at(self, piece: bytes) -> None:
        self._count(count_elements(piece))
        self._marks += piece.count(b"<") + piece.count(b"=")
        if self._marks > _MANY_MARKS:
            self._names.update(_NAME.findall(piece))
            if len(self._names) > _MAX_NAMES:
                raise XmlError("large", "too many names")


def write_xml(root: _Element) -> bytes:
    """A part's bytes."""
    from lxml import etree

    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def write_markup(root: _Element) -> str:
    """A part's XML as text, with its declaration."""
    from lxml import etree

    return DECLARATION + etree.tostring(root, encoding="unicode")


def use_prefixes(root: _Element, prefixes: Mapping[str, str | None]) -> _Element:
    """The tree with these prefixes by namespace (None: no prefix); other namespaces keep theirs.

    Programs choose prefixes freely: ``<w:p>``, ``<ns0:p>`` and ``<p>`` under a default namespace are the same element.
    Code that works on a part's text can then rely on the given prefixes.
    """
    from lxml import etree

    declared = set(_DECLARED.findall(etree.tostring(root, encoding="unicode")))
    if all(prefix == (prefixes[uri] or "") for prefix, uri in declared if uri in prefixes):
        return root
    for element in root.iter():
        for name in (_IGNORABLE, "Requires"):  # they name prefixes
            if name in element.attrib:
                new_prefixes = {prefix: prefixes.get(uri, prefix) for prefix, uri in element.nsmap.items()}
                named = [new_prefixes.get(prefix) or prefix for prefix in str(element.attrib[name]).split()]
                element.set(name, " ".join(named))
    used = {uri for _, uri in declared}
    names: dict[Any, str] = {
        prefix: uri
        for prefix, uri in root.nsmap.items()
        if uri not in prefixes and prefix not in (prefixes[other] for other in prefixes if other in used)
    }
    names.update((prefix, uri) for uri, prefix in prefixes.items() if uri in used)
    # Moved below a root that declares the namespaces, elements and attributes take their prefixes.
    renamed = etree.Element(root.tag, nsmap=names)
    renamed.attrib.update(root.attrib)
    renamed.text = root.text
    renamed.extend(list(root))
    return renamed


def escape_text(text: str) -> str:
    """A text escaped for use between tags. The standard library's function would import its network modules."""
    return text.translate(_IN_TEXT)


def quote_attribute(text: str) -> str:
    """A text as the value of an attribute, in quotes."""
    return f'"{text.translate(_IN_ATTRIBUTE)}"'


def local_name(element: _Element) -> str:
    """An element's name without its namespace, which differs between the transitional and the strict edition."""
    return str(element.tag).rpartition("}")[2]


def find_child(element: _Element | None, *names: str) -> _Element | None:
    """The element at a path of local names below ``element``, or None."""
    for name in names:
        if element is None:
            return None
        element = next((child for child in element if local_name(child) == name), None)
    return element


def read_attribute(element: _Element | None, name: str) -> str | None:
    """An attribute by its local name, or None."""
    if element is None:
        return None
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return None


def read_value(element: _Element | None, *names: str) -> str | None:
    """The ``val`` of the element at a path of local names, or None."""
    return read_attribute(find_child(element, *names), "val")


def read_switch(properties: _Element | None, name: str) -> bool | None:
    """A property that is on or off (bold, hidden), or None if it isn't stated."""
    element = find_child(properties, name)
    return None if element is None else read_attribute(element, "val") not in ("0", "false", "off", "none")
