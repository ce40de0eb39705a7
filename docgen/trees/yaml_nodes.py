"""YAML text → composed nodes, by libyaml where PyYAML has it; anchors, aliases and tags are refused at their place."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from docgen.diagnostics import Diagnostic, Location, error
from docgen.errors import SourceError
from docgen.trees.nodes import MAX_DEPTH, locate_mark
from docgen.trees.yaml_faults import describe_fault

if TYPE_CHECKING:
    from docgen.trees.nodes import Node

# an anchor, an alias or a tag can only begin here; R&D, 5*3 and **bold** are none
_SPECIAL = re.compile(r"(?:\A|[\s\[\]{},:?-])(?:[&*][0-9A-Za-z_-]|!)")
_DEEP_BLOCK = re.compile(r"^(?:[-?]? ){200}", re.MULTILINE)
_BRACKET = re.compile(r"[\[\]{}]")
_MANY_BRACKETS = 6000
_UNPRINTABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))


def compose(text: str, name: str) -> tuple[Node | None, list[Diagnostic]]:
    """The node of a text's only document (None when there is nothing in it) and what must not stand in it."""
    import yaml

    refuse_unprintable(text, name)
    faults: list[Diagnostic] = []
    try:
        if _SPECIAL.search(text) or _may_be_deep(text):
            faults = _scan_events(text, name)
        loader = _loader_type()(text)
        try:
            root = loader.get_node() if loader.check_node() else None
            if root is not None and loader.check_node():
                second = loader.get_node()
                faults.append(error("S117", locate_mark(name, second.start_mark)))
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as fault:
        if faults and isinstance(fault, yaml.composer.ComposerError):
            raise SourceError(*faults) from None  # the alias that it doesn't know is among them
        raise SourceError(*faults, describe_fault(fault, text, name)) from None
    return root, faults


def refuse_unprintable(text: str, name: str) -> None:
    """SourceError at every character that a text file can't hold."""
    faults = []
    for match in _UNPRINTABLE.finditer(text):
        at = match.start()
        place = Location("yaml", name, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
        faults.append(error("S111", place, character=f"U+{ord(match.group()):04X}"))
        if len(faults) == 20:
            break
    if faults:
        raise SourceError(*faults)


@cache
def _loader_type() -> Any:
    """PyYAML's loader, in C if it can be; every plain scalar is text, unless it says null."""
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class TextLoader(base):  # type: ignore[misc]
        def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
            if kind is yaml.ScalarNode:
                return "tag:yaml.org,2002:null" if implicit[0] and value in _NULLS else "tag:yaml.org,2002:str"
            return "tag:yaml.org,2002:map" if kind is yaml.MappingNode else "tag:yaml.org,2002:seq"

    return TextLoader


def _may_be_deep(text: str) -> bool:
    """Whether a text could nest so deep that composing it, a recursion in C, would run out of stack and crash.

    Brackets inside quotes are counted, too, and may hide others; where there are very many, nothing is taken on trust.
    """
    if _DEEP_BLOCK.search(text):
        return True
    brackets = _BRACKET.findall(text)
    if len(brackets) > _MANY_BRACKETS:
        return True
    depth = 0
    for bracket in brackets:
        depth = depth + 1 if bracket in "[{" else max(0, depth - 1)
        if depth > MAX_DEPTH:
            return True
    return False


def _scan_events(text: str, name: str) -> list[Diagnostic]:
    """Every anchor, alias and tag, which composing hides; SourceError where it nests too deep to be composed."""
    import yaml

    faults: list[Diagnostic] = []
    event: Any
    depth = 0
    for event in yaml.parse(text, _loader_type()):
        place = locate_mark(name, event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            faults.append(error("S113", place, name=f"*{event.anchor}"))
        elif isinstance(event, yaml.NodeEvent):
            if event.anchor:
                faults.append(error("S113", place, name=f"&{event.anchor}"))
            tag = getattr(event, "tag", None)
            if tag:
                faults.append(error("S115", place, tag=_spell_tag(tag)))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise SourceError(*faults, error("S119", place, limit=MAX_DEPTH))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return faults


def _spell_tag(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")
