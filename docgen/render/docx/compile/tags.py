"""Scans the tags of a prepared part: writes each on its own line with the filter for its position, checks its blocks.

Compiling proves that the rendered part is well-formed whatever the data: the part is, with each block in it once; and
each block (``{% if %} … {% endif %}``) begins and ends at the same depth of the same elements, so that it can be left
out or repeated. So a rendered part needn't be parsed again, with one exception: a block that closes elements around it
and opens others may drop a namespace declaration; a part with such a block is parsed after each rendering.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from docgen.diagnostics import Diagnostic, Param, Severity
from docgen.ooxml.xml import DECLARATION, XmlError, parse_xml
from docgen.render.docx.compile.prepare import ESCAPED
from docgen.render.docx.elements.copies import COPIED
from docgen.render.docx.tree.hidden import SHIELDED
from docgen.render.docx.tree.sites import Site, locate_site
from docgen.render.values.docxtpl_names import find_docxtpl_call, find_docxtpl_replacement
from docgen.render.values.typed import MIDDLES, OPENERS, STRAIGHT_QUOTES, read_tag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.render.docx.compile.prepare import PreparedPart

# Each alternative begins with a character, so that the search passes over all others at once.
_MARKUP = r"<(?P<slash>/?)(?P<element>[\w:.-]+)(?P<whole>[^<>{}]*>)?|/>|>"
_ELEMENT = re.compile(_MARKUP)
_TAG = (
    r"\{(?<!\{_\{)(?:%-?\s*raw\s*-?%\}(?P<raw>.*?)\{%-?\s*endraw\s*-?%\}|(?P<print>\{.*?\}\})"
    r"|(?P<statement>%.*?%\})|(?P<comment>#.*?#\}))"
)
_BRACES = re.compile(r"\{\{|\{%|\{#|\}\}|%\}|#\}")
_TAG_PATTERN = re.compile(_TAG, re.DOTALL)
_TOKEN = re.compile(f"{_TAG}|{_MARKUP}", re.DOTALL)
# As in docxtpl: a template that prints braces writes them with an underscore.
_LITERALS = {"{_{": "{{ '{{' }}", "{_%": "{{ '{%' }}", "}_}": "{{ '}}' }}", "%_}": "{{ '%}' }}"}
_LITERALS |= {mark: f"{{{{ '{chr(brace)}' }}}}" for brace, mark in SHIELDED.items()}

_DRAWING_ID = re.compile(r'(<wp:docPr\b[^>]*?\sid=")\d+(")')
_PLAIN_ELEMENTS = frozenset({"w:instrText", "w:delText", "a:t", "m:t"})
_ATTRIBUTE_FILTERS = (("w:gridSpan w:val=", "_span"), ("w:fill=", "_fill"), ("<w:tcW w:w=", "_weight"))
_LEVELS = frozenset({"w:p", "w:tc", "w:tr", "w:tbl", "w:txbxContent", "w:footnote", "w:endnote", "w:comment", "a:p"})
"""Elements that a block must not leave: it begins and ends in the same one, not in another of the same name."""


@dataclass(frozen=True, slots=True)
class TaggedSource:
    """A part's Jinja source, the sites of its tags by line, its faults, and what a rendered part may need.

    ``empties_cells`` and ``empties_tables``: a block may leave a cell or a table empty; ``reopens``: a block closes
    elements around it and opens others; ``repeats``: a loop repeats ids that must be unique.
    """

    source: str
    sites: Mapping[int, Site]
    faults: tuple[Diagnostic, ...]
    empties_cells: bool
    empties_tables: bool
    reopens: bool
    repeats: bool


@dataclass(frozen=True, slots=True)
class _OpenBlock:
    keyword: str
    tag: str
    site: Site
    elements: tuple[str, ...]
    levels: tuple[int, ...]
    in_tag: bool
    at: int  # the end of its first tag in the source


@dataclass(slots=True)
class _Scanner:
    part: PreparedPart
    template: str
    pieces: list[str] = field(default_factory=list)
    sites: dict[int, Site] = field(default_factory=dict)
    faults: list[Diagnostic] = field(default_factory=list)
    elements: list[str] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)  # offsets of the open elements that a block must not leave
    blocks: list[_OpenBlock] = field(default_factory=list)
    in_tag: bool = False
    reopens: bool = False
    repeats: bool = False
    line: int = 1  # of the source so far
    at: int = 0
    empties: set[str] = field(default_factory=set)

    def scan(self) -> TaggedSource:
        source = self.part.source
        self.copy_text(DECLARATION)
        for token in _TOKEN.finditer(source):
            kind = token.lastgroup
            if kind == "raw":
                self.copy_text(source[self.at : token.start()])
                self.copy_text(_BRACES.sub(r"{{ '\g<0>' }}", token["raw"]))
                self.at = token.end()
                for inner in _ELEMENT.finditer(source, *token.span("raw")):
                    self.scan_markup(inner)
            elif kind in ("print", "statement"):
                self.copy_text(source[self.at : token.start()])
                self.at = token.end()
                if kind == "statement":
                    self.scan_statement(token[0])
                else:
                    self.scan_print(token[0], source[max(0, token.start() - 24) : token.start()])
            else:
                self.scan_markup(token)
        self.copy_text(source[self.at :])
        text = _DRAWING_ID.sub(r"\1{{ 0|_drawing_id }}\2", "".join(self.pieces))
        self.check_markup(text)
        cells, tables = "w:tc" in self.empties, bool(self.empties & {"w:tbl", "w:tr"})
        return TaggedSource(text, self.sites, tuple(self.faults), cells, tables, self.reopens, self.repeats)

    def check_markup(self, text: str) -> None:
        """Check that the part is well-formed with each block in it once, whatever its tags print."""
        try:
            parse_xml(_TAG_PATTERN.sub(_blank_tag, text).encode())
        except XmlError as problem:
            before = [site for line, site in self.sites.items() if site.excerpt and line <= problem.line]
            site = before[-1] if before else Site("")
            # Unmatched elements also cause faults about the depth of blocks.
            self.faults[:] = [fault for fault in self.faults if fault.code != "T108"]
            self.report_fault("T110", site, part=self.part.name, text=site.excerpt)

    def copy_text(self, text: str) -> None:
        self.line += text.count("\n")
        self.pieces.append(ESCAPED.sub(lambda brace: _LITERALS[brace[0]], text))

    def scan_markup(self, token: re.Match[str]) -> None:
        slash, name, whole = token.group("slash", "element", "whole")
        if name is None:
            self.end_tag(token[0])
        elif slash:
            self.close_element(name)
        elif whole is None or whole[-2:] != "/>":
            self.elements.append(name)
            if name in _LEVELS:
                self.levels.append(token.start())
            self.in_tag = whole is None

    def close_element(self, name: str) -> None:
        """Close an element: remove it from the open ones, or record that one before the block is closed."""
        if name in _LEVELS and self.levels:
            self.levels.pop()
        if self.elements and self.elements[-1] == name:
            self.elements.pop()
        else:
            self.elements.append("/" + name)
        self.reopens |= bool(self.blocks) and len(self.elements) < len(self.blocks[-1].elements)

    def end_tag(self, end: str) -> None:
        """End the start tag of an element that has tags in its attributes."""
        if self.in_tag:
            self.in_tag = False
            if end == "/>" and self.elements.pop() in _LEVELS and self.levels:
                self.levels.pop()

    def place_tag(self, tag: str) -> Site:
        """Start a new line for a tag and record its site."""
        site = self.part.take_site(tag)
        # A value that replaces the tag closes and reopens exactly these elements around it.
        in_run = not self.in_tag and self.elements[-2:] == ["w:r", "w:t"]
        splits = site.splits and in_run and self.elements[-3:-2] == ["w:p"]
        in_link = "w:hyperlink" in self.elements
        if (in_run, splits, in_link) != (site.in_run, site.splits, site.in_link):
            site = replace(site, in_run=in_run, splits=splits, in_link=in_link)
        self.line += 1
        self.sites[self.line] = site
        return site

    def find_typed_site(self, site: Site) -> Site:
        """Find the site to report: for a tag that the preparation added, that of the last typed tag before it."""
        typed_sites = (earlier for earlier in reversed(self.sites.values()) if earlier.paragraph)
        return site if site.paragraph else next(typed_sites, site)

    def report_fault(self, code: str, site: Site, **params: Param) -> None:
        place = locate_site(site, self.template, self.part.name)
        self.faults.append(Diagnostic(code, Severity.ERROR, {"template": self.template, **params}, place))

    def scan_print(self, tag: str, before: str) -> None:
        tag = unescape_tag(tag)
        site = self.place_tag(tag)
        called = find_docxtpl_call(tag)
        if called is not None and (instead := find_docxtpl_replacement(called)):
            self.report_fault("T452", site, tag=site.expression or tag, name=called, instead=instead)
        mark = "{{-" if tag.startswith("{{-") else "{{"
        inner = tag[len(mark) : -2].strip()
        if self.in_tag:
            is_address = self.part.name.endswith(".rels")
            default = "_address" if is_address else "_plain"
            name = next((chosen for ending, chosen in _ATTRIBUTE_FILTERS if before.endswith(ending + '"')), default)
            inner = f"({inner})|{name}"
            if is_address:
                inner += "(true)" if before.endswith('"') else "(false)"
        elif self.elements and self.elements[-1] != "w:t":
            if self.elements[-1] in _PLAIN_ELEMENTS or not self.elements[-1].startswith(("w:", "a:", "wp")):
                inner = f"({inner})|_plain"
            elif "|_block(" not in inner:
                self.report_fault("T109", site, tag=site.expression or tag)
        self.pieces.append(f"{mark}\n{inner} }}}}")

    def scan_statement(self, tag: str) -> None:
        tag = unescape_tag(tag)
        site = self.place_tag(tag)
        mark = "{%-" if tag.startswith("{%-") else "{%"
        self.pieces.append(f"{mark}\n{tag[len(mark) :]}")
        if self.elements:
            self.empties.add(self.elements[-1])
        keyword = read_tag(tag).keyword
        here = (tuple(self.elements), tuple(self.levels), self.in_tag)
        if keyword in OPENERS:
            self.blocks.append(_OpenBlock(keyword, tag, site, *here, self.at))
            self.pieces += [f"{{{{ {number}|_begin }}}}" for number in site.restarts]
        elif self.blocks and (keyword in MIDDLES or keyword.startswith("end")):
            opener = self.blocks[-1]
            if here != (opener.elements, opener.levels, opener.in_tag) or (
                self.in_tag and self.has_left_attribute(opener)
            ):
                self.report_fault(
                    "T108",
                    self.find_typed_site(site),
                    opening=opener.site.expression or opener.tag,
                    ending=site.expression or tag,
                )
                self.elements[:], self.levels[:] = opener.elements, opener.levels
                self.in_tag = opener.in_tag
            if keyword.startswith("end"):
                self.blocks.pop()
                is_loop = opener.keyword == "for" and not self.repeats
                self.repeats |= is_loop and COPIED.search(self.part.source, opener.at, self.at) is not None

    def has_left_attribute(self, block: _OpenBlock) -> bool:
        """Whether an attribute ended since the block began: repeated, the element would have it twice."""
        return '"' in _TAG_PATTERN.sub("", self.part.source[block.at : self.at])


def _blank_tag(tag: re.Match[str]) -> str:
    """Replace a tag by sample output on as many lines."""
    if tag["raw"] is not None:
        return tag["raw"]
    return ("x" if tag["print"] else "") + "\n" * tag[0].count("\n")


def scan_tags(part: PreparedPart, template: str) -> TaggedSource:
    """Scan a prepared part; with faults, its source must not be used."""
    return _Scanner(part, template).scan()


def unescape_tag(tag: str) -> str:
    """Unescape the XML entities inside a tag and straighten the quotes that Word curls."""
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        tag = tag.replace(entity, character)
    return tag.translate(STRAIGHT_QUOTES)
