"""YAML text → a tree, by libyaml where PyYAML has it; anchors, aliases and tags are refused at their place."""

from __future__ import annotations

import re
from typing import Any

from docgen.diagnostics import Location, error
from docgen.errors import SourceError
from docgen.trees.places import TreeBuilder
from docgen.trees.yaml_faults import describe_fault

_UNPRINTABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_COLUMN_BITS = 32


def build_tree(text: str, name: str) -> TreeBuilder:
    """The tree of a text's only document, with its faults; SourceError at a syntax error.

    Events are read, not composed nodes: those hide what is refused, take twice the memory, and a text that nests very
    deep would crash the composer, a recursion in C.
    """
    import yaml

    refuse_unprintable(text, name)
    builder = TreeBuilder(name, _find_line)
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        _read_events(loader, builder)
    except yaml.MarkedYAMLError as fault:
        raise SourceError(describe_fault(fault, text, name)) from None
    finally:
        loader.dispose()
    return builder


def _read_events(loader: Any, builder: TreeBuilder) -> None:
    """Build the first document; a second one is refused where it begins."""
    import yaml

    documents = 0
    while type(event := loader.get_event()) is not yaml.StreamEndEvent:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            mark = _pack_mark(event.start_mark)
            is_plain = event.implicit[0]
            if event.anchor or event.tag:
                _refuse_marks(event, mark, builder)
            value = event.value
            builder.add(None if is_plain and value in _NULLS else value, mark, is_plain=is_plain)
        elif kind in (yaml.MappingStartEvent, yaml.SequenceStartEvent):
            mark = _pack_mark(event.start_mark)
            if event.anchor or event.tag:
                _refuse_marks(event, mark, builder)
            builder.begin({} if kind is yaml.MappingStartEvent else [], mark)
        elif kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
            builder.end()
        elif kind is yaml.AliasEvent:
            mark = _pack_mark(event.start_mark)
            builder.refuse("S113", mark, name=f"*{event.anchor}")
            builder.add("", mark)
        elif kind is yaml.DocumentStartEvent:
            documents += 1
        if documents > 1 and isinstance(event, yaml.NodeEvent):
            builder.refuse("S117", mark)
            return


def _refuse_marks(event: Any, mark: int, builder: TreeBuilder) -> None:
    if event.anchor:
        builder.refuse("S113", mark, name=f"&{event.anchor}")
    if event.tag:
        builder.refuse("S115", mark, tag=event.tag.replace("tag:yaml.org,2002:", "!!"))


def _pack_mark(mark: Any) -> int:
    packed: int = mark.line << _COLUMN_BITS | mark.column
    return packed


def _find_line(packed: int) -> tuple[int, int]:
    return (packed >> _COLUMN_BITS) + 1, packed % (1 << _COLUMN_BITS) + 1


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
