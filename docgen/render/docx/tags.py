"""The tags of a prepared part: each gets a line of its own, a kind by where it stands, and its blocks are checked.

Compiling proves that whatever the data are, what comes out is well-formed: the part is, with each block in it once; and
each block (``{% if %} … {% endif %}``) begins and ends at the same depth of the same elements, so that it can be left
out or repeated. Then a rendered part needn't be parsed again. There is one gap: a block that closes elements around it
and opens others may leave out a namespace's declaration; such a part is parsed whenever it was rendered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from docgen.diagnostics import Diagnostic, Location, Param, Severity
from docgen.ooxml.xml import XmlError, parse_xml
from docgen.render.docx.copies import COPIED
from docgen.render.docx.hidden import SPARED
from docgen.render.docx.prepare import ESCAPED
from docgen.render.docx.sites import Site
from docgen.render.values.docxtpl_names import find_call, find_instead
from docgen.render.values.typed import MIDDLES, OPENERS, STRAIGHT_QUOTES, read_tag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.render.docx.prepare import PreparedPart

# Each alternative begins with a character, so that the search passes over all others at once.
_MARKUP = r"<(?P<slash>/?)(?P<element>[\w:.-]+)(?P<whole>[^<>{}]*>)?|/>|>"
_ELEMENT = re.compile(_MARKUP)
_TAG = (
    r"\{(?<!\{_\{)(?:%-?\s*raw\s*-?%\}(?P<raw>.*?)\{%-?\s*endraw\s*-?%\}|(?P<print>\{.*?\}\})"
    r"|(?P<statement>%.*?%\})|(?P<comment>#.*?#\}))"
)
_BRACES = re.compile(r"\{\{|\{%|\{#|\}\}|%\}|#\}")
_STATED = re.compile(_TAG, re.DOTALL)
_TOKEN = re.compile(f"{_TAG}|{_MARKUP}", re.DOTALL)
# As docxtpl has it: a template that speaks about tags writes them with an underscore.
_LITERALS = {"{_{": "{{ '{{' }}", "{_%": "{{ '{%' }}", "}_}": "{{ '}}' }}", "%_}": "{{ '%}' }}"}
_LITERALS |= {mark: f"{{{{ '{chr(brace)}' }}}}" for brace, mark in SPARED.items()}
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_DRAWING_ID = re.compile(r'(<wp:docPr\b[^>]*?\sid=")\d+(")')
_PLAIN_ELEMENTS = frozenset({"w:instrText", "w:delText", "a:t", "m:t"})
_ATTRIBUTE_FILTERS = (("w:gridSpan w:val=", "_span"), ("w:fill=", "_fill"), ("<w:tcW w:w=", "_weight"))
_LEVELS = frozenset({"w:p", "w:tc", "w:tr", "w:tbl", "w:txbxContent", "w:footnote", "w:endnote", "w:comment", "a:p"})
"""What a block must not leave: it begins and ends in the same one, be the next ever so like it."""


@dataclass(frozen=True, slots=True)
class TaggedSource:
    """A part's Jinja source. ``sites`` by line; the flags say what a rendered part may have to be mended of.

    ``reopens`` says that a block closes elements around it and opens others, ``repeats`` that a loop copies what must
    stand once.
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
    at: int  # where its first tag ends in the source


@dataclass(slots=True)
class _Scanner:
    part: PreparedPart
    template: str
    pieces: list[str] = field(default_factory=list)
    sites: dict[int, Site] = field(default_factory=dict)
    faults: list[Diagnostic] = field(default_factory=list)
    elements: list[str] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)  # of the elements that a block must not leave, which they are
    blocks: list[_OpenBlock] = field(default_factory=list)
    in_tag: bool = False
    reopens: bool = False
    repeats: bool = False
    line: int = 1  # of the source so far
    at: int = 0
    empties: set[str] = field(default_factory=set)

    def scan(self) -> TaggedSource:
        source = self.part.source
        self.copy(DECLARATION)
        for token in _TOKEN.finditer(source):
            kind = token.lastgroup
            if kind == "raw":
                self.copy(source[self.at : token.start()])
                self.copy(_BRACES.sub(r"{{ '\g<0>' }}", token["raw"]))
                self.at = token.end()
                for inner in _ELEMENT.finditer(source, *token.span("raw")):
                    self.take_markup(inner)
            elif kind in ("print", "statement"):
                self.copy(source[self.at : token.start()])
                self.at = token.end()
                if kind == "statement":
                    self.take_statement(token[0])
                else:
                    self.take_print(token[0], source[max(0, token.start() - 24) : token.start()])
            else:
                self.take_markup(token)
        self.copy(source[self.at :])
        text = _DRAWING_ID.sub(r"\1{{ 0|_drawing_id }}\2", "".join(self.pieces))
        self.prove(text)
        cells, tables = "w:tc" in self.empties, bool(self.empties & {"w:tbl", "w:tr"})
        return TaggedSource(text, self.sites, tuple(self.faults), cells, tables, self.reopens, self.repeats)

    def prove(self, text: str) -> None:
        """Prove that the part is well-formed with each block in it once, whatever its tags print."""
        try:
            parse_xml(_STATED.sub(_blank_tag, text).encode())
        except XmlError as problem:
            before = [site for line, site in self.sites.items() if site.excerpt and line <= problem.line]
            site = before[-1] if before else Site("")
            # Where elements don't match, what was found of the depth of blocks follows from that.
            self.faults[:] = [fault for fault in self.faults if fault.code != "T108"]
            self.fault("T110", site, part=self.part.name, text=site.excerpt)

    def copy(self, text: str) -> None:
        self.line += text.count("\n")
        self.pieces.append(ESCAPED.sub(lambda found: _LITERALS[found[0]], text))

    def take_markup(self, token: re.Match[str]) -> None:
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
        """Close an element, which takes its opening with it."""
        if name in _LEVELS and self.levels:
            self.levels.pop()
        if self.elements and self.elements[-1] == name:
            self.elements.pop()
        else:
            self.elements.append("/" + name)
        self.reopens |= bool(self.blocks) and len(self.elements) < len(self.blocks[-1].elements)

    def end_tag(self, end: str) -> None:
        """End an element's tag that holds tags."""
        if self.in_tag:
            self.in_tag = False
            if end == "/>" and self.elements.pop() in _LEVELS and self.levels:
                self.levels.pop()

    def place(self, tag: str) -> Site:
        """Put the tag on a line of its own and note where it stood."""
        site = self.part.take_site(tag)
        # What takes a tag's place closes and reopens the elements around it: these, and no others.
        in_run = not self.in_tag and self.elements[-2:] == ["w:r", "w:t"]
        splits = site.splits and in_run and self.elements[-3:-2] == ["w:p"]
        in_link = "w:hyperlink" in self.elements
        if (in_run, splits, in_link) != (site.in_run, site.splits, site.in_link):
            site = replace(site, in_run=in_run, splits=splits, in_link=in_link)
        self.line += 1
        self.sites[self.line] = site
        return site

    def find_typed(self, site: Site) -> Site:
        """Where somebody looks for a tag: what the preparation wrote stands near the tag before it."""
        typed = (known for known in reversed(self.sites.values()) if known.paragraph)
        return site if site.paragraph else next(typed, site)

    def fault(self, code: str, site: Site, **params: Param) -> None:
        place = locate(site, self.template, self.part.name)
        self.faults.append(Diagnostic(code, Severity.ERROR, {"template": self.template, **params}, place))

    def take_print(self, tag: str, before: str) -> None:
        tag = unescape_tag(tag)
        site = self.place(tag)
        called = find_call(tag)
        if called is not None and (instead := find_instead(called)):
            self.fault("T452", site, tag=site.expression or tag, name=called, instead=instead)
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
                self.fault("T109", site, tag=site.expression or tag)
        self.pieces.append(f"{mark}\n{inner} }}}}")

    def take_statement(self, tag: str) -> None:
        tag = unescape_tag(tag)
        site = self.place(tag)
        mark = "{%-" if tag.startswith("{%-") else "{%"
        self.pieces.append(f"{mark}\n{tag[len(mark) :]}")
        if self.elements:
            self.empties.add(self.elements[-1])
        keyword = read_tag(tag).keyword
        here = (tuple(self.elements), tuple(self.levels), self.in_tag)
        if keyword in OPENERS:
            self.blocks.append(_OpenBlock(keyword, tag, site, *here, self.at))
            self.pieces += [f"{{{{ {number}|_begin }}}}" for number in site.begins]
        elif self.blocks and (keyword in MIDDLES or keyword.startswith("end")):
            opener = self.blocks[-1]
            if here != (opener.elements, opener.levels, opener.in_tag) or (
                self.in_tag and self.has_left_attribute(opener)
            ):
                self.fault(
                    "T108", self.find_typed(site), opening=_shorten(opener.site, opener.tag), ending=_shorten(site, tag)
                )
                self.elements[:], self.levels[:] = opener.elements, opener.levels
                self.in_tag = opener.in_tag
            if keyword.startswith("end"):
                self.blocks.pop()
                is_loop = opener.keyword == "for" and not self.repeats
                self.repeats |= is_loop and COPIED.search(self.part.source, opener.at, self.at) is not None

    def has_left_attribute(self, block: _OpenBlock) -> bool:
        """Whether an attribute ended since the block began: repeated, it would stand twice in its element."""
        return '"' in _STATED.sub("", self.part.source[block.at : self.at])


def _blank_tag(tag: re.Match[str]) -> str:
    """What a tag may print, on as many lines."""
    if tag["raw"] is not None:
        return tag["raw"]
    return ("x" if tag["print"] else "") + "\n" * tag[0].count("\n")


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
    return tag.translate(STRAIGHT_QUOTES)


def _shorten(site: Site, tag: str) -> str:
    return site.expression or tag
