"""The tags of a prepared part: each gets a line of its own, a kind by where it stands, and its blocks are checked.

A block (``{% if %} … {% endif %}``) must begin and end at the same depth of the same elements. Then whatever the data
are, what comes out is well-formed; that is why a rendered part needn't be parsed again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from docgen.diagnostics import Diagnostic, Location, error
from docgen.render.docx_prepare import ESCAPED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.render.docx_prepare import PreparedPart
    from docgen.render.docx_sites import Site

_TOKEN = re.compile(
    r"(?P<raw>\{%-?\s*raw\s*-?%\}.*?\{%-?\s*endraw\s*-?%\})|(?P<print>\{\{.*?\}\})|(?P<statement>\{%.*?%\})"
    r"|(?P<comment>\{#.*?#\})|<(?P<slash>/?)(?P<element>[\w:.-]+)(?P<whole>[^<>{}]*>)?|(?P<end>/?>)",
    re.DOTALL,
)
# As docxtpl has it: a template that speaks about tags writes them with an underscore.
_LITERALS = {"{_{": "{{ '{{' }}", "{_%": "{{ '{%' }}", "}_}": "}}", "%_}": "%}"}
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_DRAWING_ID = re.compile(r'(<wp:docPr\b[^>]*?\sid=")\d+(")')
_MARK_ID = re.compile(r'\bw:id="([^"]*)"')
_BOOKMARK = re.compile(r'<w:bookmark(?:Start|End)\b[^>]*?\bw:id="([^"]*)"[^>]*/>')
_OPENERS, _MIDDLES = frozenset({"if", "for", "with"}), frozenset({"else", "elif"})
_PLAIN_ELEMENTS = frozenset({"w:instrText", "w:delText", "a:t", "m:t"})
_ATTRIBUTE_FILTERS = (("w:gridSpan w:val=", "_span"), ("w:fill=", "_fill"), ("<w:tcW w:w=", "_weight"))


@dataclass(frozen=True, slots=True)
class TaggedSource:
    """A part's Jinja source. ``sites`` by line; the flags say what a rendered part may have to be mended of."""

    source: str
    sites: Mapping[int, Site]
    faults: tuple[Diagnostic, ...]
    empties_cells: bool
    empties_tables: bool


@dataclass(frozen=True, slots=True)
class _OpenBlock:
    keyword: str
    tag: str
    site: Site
    elements: tuple[str, ...]
    in_tag: bool


@dataclass(slots=True)
class _Scanner:
    part: PreparedPart
    template: str
    pieces: list[str] = field(default_factory=list)
    sites: dict[int, Site] = field(default_factory=dict)
    faults: list[Diagnostic] = field(default_factory=list)
    elements: list[str] = field(default_factory=list)
    blocks: list[_OpenBlock] = field(default_factory=list)
    in_tag: bool = False
    closing: bool = False
    line: int = 1  # of the source so far
    at: int = 0
    empties: set[str] = field(default_factory=set)
    marks: set[str] = field(default_factory=set)  # bookmarks in loops

    def scan(self) -> TaggedSource:
        source = self.part.source
        self.copy(DECLARATION)
        for token in _TOKEN.finditer(source):
            kind = token.lastgroup
            if kind in ("element", "whole"):
                self.in_tag, self.closing = True, token["slash"] == "/"
                self.elements.append(token["element"])
                if token["element"] == "w:bookmarkStart" and any(block.keyword == "for" for block in self.blocks):
                    self.marks.update(_MARK_ID.findall(token["whole"] or ""))
                if kind == "whole":
                    self.end_tag(token["whole"][-2:])
            elif kind == "end":
                self.end_tag(token[0])
            elif kind in ("print", "statement"):
                self.copy(source[self.at : token.start()])
                self.at = token.end()
                if kind == "statement":
                    self.take_statement(token[0])
                else:
                    self.take_print(token[0], source[max(0, token.start() - 24) : token.start()])
        self.copy(source[self.at :])
        text = _DRAWING_ID.sub(r"\1{{ 0|_drawing_id }}\2", "".join(self.pieces))
        if self.marks:
            # Repeated, a bookmark has the same id and name twice; its loop's text is what matters.
            text = _BOOKMARK.sub(lambda found: "" if found[1] in self.marks else found[0], text)
        cells, tables = "w:tc" in self.empties, bool(self.empties & {"w:tbl", "w:tr"})
        return TaggedSource(text, self.sites, tuple(self.faults), cells, tables)

    def copy(self, text: str) -> None:
        self.line += text.count("\n")
        self.pieces.append(ESCAPED.sub(lambda found: _LITERALS[found[0]], text))

    def end_tag(self, end: str) -> None:
        """End an element's tag; one that closes takes its opening with it."""
        if not self.in_tag:
            return
        self.in_tag = False
        name = self.elements[-1]
        if end == "/>":
            self.elements.pop()
        elif self.closing:
            self.elements.pop()
            if self.elements and self.elements[-1] == name:
                self.elements.pop()
            else:
                self.elements.append("/" + name)

    def place(self, tag: str) -> Site:
        """Put the tag on a line of its own and note where it stood."""
        site = self.part.take_site(tag)
        # What takes a tag's place closes and reopens the elements around it: these, and no others.
        in_run = not self.in_tag and self.elements[-2:] == ["w:r", "w:t"]
        splits = site.splits and in_run and self.elements[-3:-2] == ["w:p"]
        if (in_run, splits) != (site.in_run, site.splits):
            site = replace(site, in_run=in_run, splits=splits)
        self.line += 1
        self.sites[self.line] = site
        return site

    def fault(self, code: str, site: Site, **params: str) -> None:
        place = locate(site, self.template, self.part.name)
        self.faults.append(error(code, place, template=self.template, **params))

    def take_print(self, tag: str, before: str) -> None:
        tag = unescape_tag(tag)
        site = self.place(tag)
        mark = "{{-" if tag.startswith("{{-") else "{{"
        inner = tag[len(mark) : -2].strip()
        if self.in_tag:
            name = next((chosen for ending, chosen in _ATTRIBUTE_FILTERS if before.endswith(ending + '"')), "_plain")
            inner = f"({inner})|{name}"
        elif self.elements and self.elements[-1] != "w:t":
            if self.elements[-1] in _PLAIN_ELEMENTS or not self.elements[-1].startswith(("w:", "a:", "wp")):
                inner = f"({inner})|_plain"
            elif "|_block(" not in inner:
                self.fault("T109", site, tag=site.expression or tag)
        self.pieces.append(f"{mark}\n{inner} }}}}")

    def take_statement(self, tag: str) -> None:
        tag = unescape_tag(tag)
        site = self.place(tag)
        mark = "{%-" if tag.startswith("{%-") else "{%"
        self.pieces.append(f"{mark}\n{tag[len(mark) :]}")
        if self.elements:
            self.empties.add(self.elements[-1])
        found = re.match(r"\s*(\w+)", tag[len(mark) :])
        keyword = found[1] if found else ""
        here = (tuple(self.elements), self.in_tag)
        if keyword in _OPENERS:
            self.blocks.append(_OpenBlock(keyword, tag, site, *here))
        elif self.blocks and (keyword in _MIDDLES or keyword.startswith("end")):
            opener = self.blocks[-1]
            if here != (opener.elements, opener.in_tag):
                self.fault("T108", site, opening=_shorten(opener.site, opener.tag), ending=_shorten(site, tag))
                self.elements[:] = opener.elements
                self.in_tag = opener.in_tag
            if keyword.startswith("end"):
                self.blocks.pop()


def scan_tags(part: PreparedPart, template: str) -> TaggedSource:
    """Scan a prepared part; the faults found make its source useless."""
    return _Scanner(part, template).scan()


def locate(site: Site, template: str, part: str) -> Location:
    """Make the place of a site as a diagnostic's location."""
    return Location("docx", file=template, part=part, paragraph=site.paragraph or None, excerpt=site.excerpt or None)


def unescape_tag(tag: str) -> str:
    """Undo inside a tag what XML asked for, and the quotes that Word curls."""
    for escaped, meant in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        tag = tag.replace(escaped, meant)
    for curled, straight in (("“", '"'), ("”", '"'), ("‘", "'"), ("’", "'")):
        tag = tag.replace(curled, straight)
    return tag


def _shorten(site: Site, tag: str) -> str:
    return site.expression or tag
