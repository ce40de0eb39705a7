"""Lists that Word numbers: one that stands wholly in a loop begins anew in each of its turns.

A list is what has one ``w:numId``. It begins anew where the loop's body holds several of its topmost items, or one that
an inner loop repeats, and nothing outside of the loop goes on with it. A single item in a loop is one list with the
other turns': it goes on counting, as numbered rows of a table do.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.render.docx.measure import W, find_below
from docgen.render.docx.walk import Block, walk_paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lxml.etree import _Element

    from docgen.render.docx.styles import StyleSheet

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
    """Write a ``w:num`` that counts like ``number`` of a numbering part and begins anew; None where there is none."""
    inner = next((found[2] for found in _NUM.finditer(numbering) if found[1] == number), "")
    abstract = _ABSTRACT.search(inner)
    if abstract is None:
        return None
    overrides = {found[1]: found[2] or "" for found in _OVERRIDE.finditer(inner)}
    levels = "".join(
        f'<w:lvlOverride w:ilvl="{level}">{_begin(overrides.get(level, ""), start)}</w:lvlOverride>'
        for level, start in _list_starts(numbering, abstract[1])
    )
    return f'<w:num w:numId="{new}">{abstract[0]}{levels}</w:num>'


def _begin(override: str, start: str) -> str:
    """What overrides a level, with the number that it begins with."""
    own = _START.search(override)
    begin = _START_OVERRIDE.search(override)
    first = begin[0] if begin else f'<w:startOverride w:val="{own[1] if own else start}"/>'
    return first + _START_OVERRIDE.sub("", override)


def _list_starts(numbering: str, abstract: str) -> list[tuple[str, str]]:
    found = re.search(rf'<w:abstractNum\b[^>]*w:abstractNumId="{abstract}".*?</w:abstractNum>', numbering, re.DOTALL)
    starts = [(level[1], _START.search(level[0])) for level in _LEVEL.finditer(found[0] if found else "")]
    known = [(level, start[1] if start is not None else "0") for level, start in starts]
    return known or [(str(level), "1") for level in range(9)]  # a definition that another style links to


def add_lists(numbering: str, lists: Iterable[str]) -> str:
    """Add ``w:num`` elements to a numbering part."""
    at = numbering.rindex("</w:num>") + len("</w:num>")
    return numbering[:at] + "".join(lists) + numbering[at:]


def count_lists(numbering: str) -> int:
    """The highest number of a list in a numbering part."""
    return max((int(found[1]) for found in _NUM.finditer(numbering)), default=0)


@dataclass(frozen=True, slots=True)
class Numbered:
    """What numbers a paragraph: the list, the level, and the indent that its style has beside the level's."""

    number: str
    level: int
    indent: Mapping[str, str] = field(default_factory=dict)


class ListStyles:
    """What the styles of a template number."""

    def __init__(self, styles: StyleSheet) -> None:
        self._styles = styles
        self._found: dict[str, Numbered | None] = {}

    def find(self, paragraph: _Element) -> Numbered | None:
        """What numbers a paragraph, itself or its style."""
        own, style = find_below(paragraph, "pPr", "numPr"), find_below(paragraph, "pPr", "pStyle")
        style_id = "" if style is None else style.get(f"{W}val", "")
        if style_id not in self._found:
            self._found[style_id] = self._find_styled(style_id)
        styled = self._found[style_id]
        if own is None:
            return styled
        number = _read(own.find(f"{W}numId")) or (styled.number if styled else "0")
        level = _read(own.find(f"{W}ilvl")) or (str(styled.level) if styled else "0")
        return Numbered(number, int(level)) if number != "0" else None

    def _find_styled(self, style_id: str) -> Numbered | None:
        indent: dict[str, str] = {}
        for style in self._styles.list_chain(style_id):
            told = style.find(f"{W}pPr/{W}ind")
            if told is not None:
                indent = {str(name): str(value) for name, value in told.attrib.items()} | indent
            properties = style.find(f"{W}pPr/{W}numPr")
            if properties is not None and (number := _read(properties.find(f"{W}numId"))):
                level = _read(properties.find(f"{W}ilvl")) or "0"
                return Numbered(number, int(level), indent) if number != "0" else None
        return None


def _read(element: _Element | None) -> str:
    value = "" if element is None else element.get(f"{W}val", "")
    return value if value.isdecimal() else ""


@dataclass(frozen=True, slots=True)
class _Item:
    paragraph: _Element
    numbered: Numbered
    around: tuple[Block, ...]

    @property
    def is_copy(self) -> bool:
        """Whether it stands in what Word keeps once more for old readers."""
        return next(self.paragraph.iterancestors("{*}Fallback"), None) is not None


@dataclass(frozen=True, slots=True)
class ListPlan:
    """Which tags of which paragraphs begin which lists anew, and the items of these lists."""

    begun: Mapping[_Element, Mapping[int, tuple[str, ...]]] = field(default_factory=dict)
    items: tuple[_Item, ...] = ()

    def find_begun(self, paragraph: _Element, tag: int) -> tuple[str, ...]:
        """The lists that a tag of a paragraph begins anew."""
        return self.begun.get(paragraph, {}).get(tag, ())

    def apply(self) -> None:
        """Let the items ask for their list's number when the document is made."""
        for item in self.items:
            _ask_for_list(item)


def plan_lists(root: _Element, styles: ListStyles) -> ListPlan:
    """Plan which lists begin anew with the turns of which loops."""
    if not any(styles.find(paragraph) for paragraph in root.iter(f"{W}p")):
        return ListPlan()
    items: dict[str, list[_Item]] = defaultdict(list)
    loops: dict[int, tuple[_Element, int]] = {}
    for step in walk_paragraphs(root):
        loops.update({block.number: (step.paragraph, at) for at, block in step.opened.items()})
        numbered = None if step.goes_away else styles.find(step.paragraph)
        if numbered is not None:
            items[numbered.number].append(_Item(step.paragraph, numbered, step.around))
    begun: dict[_Element, dict[int, tuple[str, ...]]] = defaultdict(dict)
    asking: list[_Item] = []
    for number, members in items.items():
        restarting = [block for block in members[0].around if block.repeats and _begins_anew(block, members)]
        for block in restarting:
            paragraph, at = loops[block.number]
            begun[paragraph][at] = (*begun[paragraph].get(at, ()), number)
        if restarting:
            asking += members
    return ListPlan(begun, tuple(asking))


def _begins_anew(loop: Block, items: list[_Item]) -> bool:
    """Whether a list stands in a loop alone, with more than one item of its topmost level in each turn."""
    top = min(item.numbered.level for item in items)
    branches: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for item in items:
        if loop not in item.around:
            return False
        if item.numbered.level == top and not item.is_copy:
            inside = item.around[item.around.index(loop) + 1 :]
            condition = next((block for block in inside if block.keyword == "if"), None)
            one, branch = (condition.number, condition.branch) if condition else (0, 0)
            branches[one][branch] += 2 if any(block.repeats for block in inside) else 1
    return sum(max(counts.values()) for counts in branches.values()) > 1


def _ask_for_list(item: _Item) -> None:
    """Write into a paragraph, instead of its list's number, that it is asked for when the document is made."""
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
        _keep_indent(properties, item.numbered.indent)
    for child in own.findall(f"{W}numId") + own.findall(f"{W}ilvl"):
        own.remove(child)
    own.insert(0, etree.Element(f"{W}ilvl", {f"{W}val": str(item.numbered.level)}))
    own.insert(1, etree.Element(f"{W}numId", {f"{W}val": f"{{{{ {item.numbered.number}|_list }}}}"}))


def _keep_indent(properties: _Element, indent: Mapping[str, str]) -> None:
    """Keep the indent of the style, over which a list of the paragraph's own would go."""
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
class Lists:
    """The lists of one document as it is made: which begin anew, and the number that each has by now."""

    next_number: int = 0
    fresh: set[str] = field(default_factory=set)
    current: dict[str, str] = field(default_factory=dict)
    made: list[tuple[str, str]] = field(default_factory=list)  # the list of the template, the new one

    def begin(self, number: str) -> None:
        """Note that the next item of a list begins it anew."""
        self.fresh.add(number)

    def find(self, number: str) -> str:
        """The number that a list of the template has now."""
        if number in self.fresh:
            self.fresh.discard(number)
            if number in self.current:
                self.made.append((number, str(self.next_number)))
                self.next_number += 1
            self.current[number] = self.made[-1][1] if number in self.current else number
        return self.current.get(number, number)
