"""Restarts numbered lists: a list that lies wholly inside a loop restarts in each turn of the loop.

A list is the paragraphs with one ``w:numId``. It restarts where the loop's body holds several items of its top level,
or one that an inner loop repeats, and no item stands outside of the loop. A single item in a loop forms one list over
all turns: it goes on counting, as numbered rows of a table do.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.render.docx.tree.walk import TagBlock, walk_paragraphs
from docgen.render.docx.wordml.measure import W, find_below

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lxml.etree import _Element

    from docgen.render.docx.wordml.styles import StyleSheet

LIST_ID = re.compile(r'(<w:numId w:val=")(\d+)(")')
"""The list id in the properties of a paragraph."""
_NUM = re.compile(r'<w:num\s[^>]*?w:numId="(\d+)"[^>]*>(.*?)</w:num>', re.DOTALL)
_ABSTRACT = re.compile(r'<w:abstractNumId w:val="(\d+)"/>')
_OVERRIDE = re.compile(r'<w:lvlOverride w:ilvl="(\d+)"\s*(?:/>|>(.*?)</w:lvlOverride>)', re.DOTALL)
_START, _START_OVERRIDE = re.compile(r'<w:start w:val="(\d+)"'), re.compile(r"<w:startOverride [^>]*/>")
_LEVEL = re.compile(r'<w:lvl\b[^>]*w:ilvl="(\d+)".*?</w:lvl>', re.DOTALL)

_BEFORE_LIST = frozenset(
    W + name for name in ("pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl")
)
_BEHIND_INDENT = frozenset(
    W + name
    for name in (
        *("contextualSpacing", "mirrorIndents", "suppressOverlap", "jc", "textDirection", "textAlignment"),
        *("textboxTightWrap", "outlineLvl", "divId", "cnfStyle", "rPr", "sectPr", "pPrChange"),
    )
)


def restart_list(numbering: str, number: str, new: str) -> str | None:
    """Write a ``w:num`` like ``number`` of a numbering part that starts again; None where the part has none."""
    inner = next((definition[2] for definition in _NUM.finditer(numbering) if definition[1] == number), "")
    abstract = _ABSTRACT.search(inner)
    if abstract is None:
        return None
    overrides = {override[1]: override[2] or "" for override in _OVERRIDE.finditer(inner)}
    levels = "".join(
        f'<w:lvlOverride w:ilvl="{level}">{_write_override(overrides.get(level, ""), start)}</w:lvlOverride>'
        for level, start in _list_starts(numbering, abstract[1])
    )
    return f'<w:num w:numId="{new}">{abstract[0]}{levels}</w:num>'


def _write_override(override: str, start: str) -> str:
    """Write the override of a level, with its start number."""
    own_start = _START.search(override)
    stated = _START_OVERRIDE.search(override)
    start_override = stated[0] if stated else f'<w:startOverride w:val="{own_start[1] if own_start else start}"/>'
    return start_override + _START_OVERRIDE.sub("", override)


def _list_starts(numbering: str, abstract: str) -> list[tuple[str, str]]:
    """List the levels of an abstract list, each with its start number."""
    pattern = rf'<w:abstractNum\b[^>]*w:abstractNumId="{abstract}".*?</w:abstractNum>'
    definition = re.search(pattern, numbering, re.DOTALL)
    starts = [(level[1], _START.search(level[0])) for level in _LEVEL.finditer(definition[0] if definition else "")]
    levels = [(level, start[1] if start is not None else "0") for level, start in starts]
    return levels or [(str(level), "1") for level in range(9)]  # a definition that links to a numbering style


def add_lists(numbering: str, lists: Iterable[str]) -> str:
    """Add ``w:num`` elements to a numbering part."""
    at = numbering.rindex("</w:num>") + len("</w:num>")
    return numbering[:at] + "".join(lists) + numbering[at:]


def find_highest_list(numbering: str) -> int:
    """Find the highest ``w:numId`` in a numbering part."""
    return max((int(definition[1]) for definition in _NUM.finditer(numbering)), default=0)


@dataclass(frozen=True, slots=True)
class ParagraphNumber:
    """The numbering of a paragraph: list id, level, and the indent that its style sets over the level's."""

    number: str
    level: int
    indent: Mapping[str, str] = field(default_factory=dict)


class ListStyles:
    """Finds the numbering of paragraphs, their own or that of their style."""

    def __init__(self, styles: StyleSheet) -> None:
        self._styles = styles
        self._by_style: dict[str, ParagraphNumber | None] = {}

    def find(self, paragraph: _Element) -> ParagraphNumber | None:
        """Find the numbering of a paragraph; None where it has none."""
        own, style = find_below(paragraph, "pPr", "numPr"), find_below(paragraph, "pPr", "pStyle")
        style_id = "" if style is None else style.get(f"{W}val", "")
        if style_id not in self._by_style:
            self._by_style[style_id] = self._find_styled(style_id)
        styled = self._by_style[style_id]
        if own is None:
            return styled
        number = _read_value(own.find(f"{W}numId")) or (styled.number if styled else "0")
        level = _read_value(own.find(f"{W}ilvl")) or (str(styled.level) if styled else "0")
        return ParagraphNumber(number, int(level)) if number != "0" else None

    def _find_styled(self, style_id: str) -> ParagraphNumber | None:
        indent: dict[str, str] = {}
        for style in self._styles.list_chain(style_id):
            stated = style.find(f"{W}pPr/{W}ind")
            if stated is not None:
                indent = {str(name): str(value) for name, value in stated.attrib.items()} | indent
            properties = style.find(f"{W}pPr/{W}numPr")
            if properties is not None and (number := _read_value(properties.find(f"{W}numId"))):
                level = _read_value(properties.find(f"{W}ilvl")) or "0"
                return ParagraphNumber(number, int(level), indent) if number != "0" else None
        return None


def _read_value(element: _Element | None) -> str:
    value = "" if element is None else element.get(f"{W}val", "")
    return value if value.isdecimal() else ""


@dataclass(frozen=True, slots=True)
class _ListItem:
    paragraph: _Element
    numbering: ParagraphNumber
    around: tuple[TagBlock, ...]

    @property
    def is_copy(self) -> bool:
        """Whether it stands in the fallback copy of a drawing, which Word keeps for old readers."""
        return next(self.paragraph.iterancestors("{*}Fallback"), None) is not None


@dataclass(frozen=True, slots=True)
class ListPlan:
    """Which lists restart at which tags: list ids by paragraph and number of the tag in it, and the lists' items."""

    restarts: Mapping[_Element, Mapping[int, tuple[str, ...]]] = field(default_factory=dict)
    items: tuple[_ListItem, ...] = ()

    def find_restarts(self, paragraph: _Element, tag: int) -> tuple[str, ...]:
        """Find the lists that restart at a tag of a paragraph."""
        return self.restarts.get(paragraph, {}).get(tag, ())

    def apply(self) -> None:
        """Write a tag for the list id into each item."""
        for item in self.items:
            _write_list_tag(item)


def plan_lists(root: _Element, styles: ListStyles) -> ListPlan:
    """Plan which lists restart in the turns of which loops."""
    if not any(styles.find(paragraph) for paragraph in root.iter(f"{W}p")):
        return ListPlan()
    items: dict[str, list[_ListItem]] = defaultdict(list)
    loops: dict[int, tuple[_Element, int]] = {}
    for step in walk_paragraphs(root):
        loops.update({block.number: (step.paragraph, at) for at, block in step.opened.items()})
        numbering = None if step.is_replaced else styles.find(step.paragraph)
        if numbering is not None:
            items[numbering.number].append(_ListItem(step.paragraph, numbering, step.around))
    restarts: dict[_Element, dict[int, tuple[str, ...]]] = defaultdict(dict)
    restarted: list[_ListItem] = []
    for number, members in items.items():
        restarting = [block for block in members[0].around if block.repeats and _restarts(block, members)]
        for block in restarting:
            paragraph, at = loops[block.number]
            restarts[paragraph][at] = (*restarts[paragraph].get(at, ()), number)
        if restarting:
            restarted += members
    return ListPlan(restarts, tuple(restarted))


def _restarts(loop: TagBlock, items: list[_ListItem]) -> bool:
    """Whether a list lies wholly inside a loop, with more than one item of its top level in each turn."""
    top = min(item.numbering.level for item in items)
    branches: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for item in items:
        if loop not in item.around:
            return False
        if item.numbering.level == top and not item.is_copy:
            inside = item.around[item.around.index(loop) + 1 :]
            condition = next((block for block in inside if block.keyword == "if"), None)
            number, branch = (condition.number, condition.branch) if condition else (0, 0)
            branches[number][branch] += 2 if any(block.repeats for block in inside) else 1
    return sum(max(counts.values()) for counts in branches.values()) > 1


def _write_list_tag(item: _ListItem) -> None:
    """Write a tag for the list id into a paragraph, in place of the id."""
    from lxml import etree

    properties = item.paragraph.find(f"{W}pPr")
    if properties is None:
        properties = etree.Element(f"{W}pPr")
        item.paragraph.insert(0, properties)
    own = properties.find(f"{W}numPr")
    if own is None:
        at = sum(child.tag in _BEFORE_LIST for child in properties)
        own = etree.Element(f"{W}numPr")
        properties.insert(at, own)
        _copy_indent(properties, item.numbering.indent)
    for child in own.findall(f"{W}numId") + own.findall(f"{W}ilvl"):
        own.remove(child)
    own.insert(0, etree.Element(f"{W}ilvl", {f"{W}val": str(item.numbering.level)}))
    own.insert(1, etree.Element(f"{W}numId", {f"{W}val": f"{{{{ {item.numbering.number}|_list }}}}"}))


def _copy_indent(properties: _Element, indent: Mapping[str, str]) -> None:
    """Copy the indent of the style into a paragraph, since a list of its own would override it."""
    from lxml import etree

    own = properties.find(f"{W}ind")
    if not indent:
        return
    if own is not None:
        for name in indent.keys() - set(map(str, own.attrib)):
            own.set(name, indent[name])
        return
    at = next((at for at, child in enumerate(properties) if child.tag in _BEHIND_INDENT), None)
    properties.insert(len(properties) if at is None else at, etree.Element(f"{W}ind", dict(indent)))


@dataclass(slots=True)
class ListNumbers:
    """The list ids of one document while it is rendered: which lists restart, and the id that each has now."""

    next_number: int = 0
    waiting: set[str] = field(default_factory=set)  # lists that restart at their next item
    current: dict[str, str] = field(default_factory=dict)
    restarted: list[tuple[str, str]] = field(default_factory=list)  # id in the template, new id

    def restart(self, number: str) -> None:
        """Restart a list at its next item."""
        self.waiting.add(number)

    def find(self, number: str) -> str:
        """Find the id that a list of the template has now."""
        if number in self.waiting:
            self.waiting.discard(number)
            if number in self.current:
                self.restarted.append((number, str(self.next_number)))
                self.next_number += 1
            self.current[number] = self.restarted[-1][1] if number in self.current else number
        return self.current.get(number, number)
