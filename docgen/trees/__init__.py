"""Text that people typed (YAML, JSON) → a raw tree of lists, mappings and texts, with the place of every value.

Every scalar stays the text that was typed (``012``, ``10:30``, ``98.50``, ``no``); only null is resolved. What the
value means is the matter of the model that takes it. A text that can't be taken is a SourceError that carries every
fault with its line and column. This module is the door; ``trees`` imports ``errors`` and ``diagnostics`` alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.diagnostics import Diagnostic, Location
from docgen.errors import SourceError
from docgen.trees.collector import pause_collector
from docgen.trees.text_file import MAX_BYTES, read_text_file

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.trees.places import Places

__all__ = ["MAX_BYTES", "RawPath", "RawTree", "RawValue", "format_path", "parse_tree", "read_path", "read_tree"]

_PATH_PART = re.compile(r"([\w-]+)((?:\[\d+\])*)")
_INDEX = re.compile(r"\d+")

RawValue = Mapping[str, "RawValue"] | Sequence["RawValue"] | str | None
"""What a tree is made of: ``dict``, ``list``, ``str`` and ``None``."""

RawPath = tuple[str | int, ...]
"""Where in a tree: keys and indexes from 0, from the top down."""


@dataclass(frozen=True, slots=True)
class RawTree:
    """A text as it was typed: ``data``, and the place of everything in it.

    ``repeats`` reports the keys that stand twice (S112), ``repeated`` has their places; ``data`` has the first value.
    """

    file: str
    data: RawValue
    _places: Places = field(repr=False, compare=False)
    repeats: tuple[Diagnostic, ...] = ()
    repeated: frozenset[RawPath] = frozenset()

    def locate(self, path: RawPath, key: bool = False) -> Location:
        """The place of the value at ``path``, or of its key; of the nearest thing above it if there is none."""
        mark = self._places.find(self.data, path, key=key)
        return self._places.locate(self.file, mark, format_path(path) or None)

    def enter(self, key: str) -> RawTree:
        """What stands under a key at the top, as a tree whose places stay the file's; KeyError when there is none."""
        data = self.data[key] if isinstance(self.data, Mapping) else None
        return RawTree(self.file, data, self._places.enter(self.data, key))

    def name_place(self, path: RawPath) -> str:
        """A place as its user would look for it: its path."""
        return format_path(path)


def format_path(path: RawPath) -> str:
    """A path as people read it: ``enterprises[0].name``."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


def parse_path(text: str) -> RawPath:
    """The path that ``format_path`` wrote; empty where a text isn't one."""
    steps: list[str | int] = []
    for part in text.split("."):
        match = _PATH_PART.fullmatch(part)
        if match is None:
            return ()
        steps += [match[1], *map(int, _INDEX.findall(match[2]))]
    return tuple(steps)


def read_tree(path: Path, *, with_repeats: bool = False) -> RawTree:
    """The tree of a YAML or JSON file (``.json`` is read as JSON); SourceError when it can't be read."""
    return parse_tree(read_text_file(path), str(path), with_repeats=with_repeats)


def parse_tree(text: str, name: str, *, with_repeats: bool = False) -> RawTree:
    """The tree of a text; ``name`` is its file's name and says by its ending whether it is JSON.

    A key that stands twice is a SourceError, too, unless the caller reports it (``with_repeats``).
    """
    from docgen.trees import json_text, yaml_events

    build_tree = json_text.build_tree if name.lower().endswith(".json") else yaml_events.build_tree
    with pause_collector():
        built = build_tree(text, name).finish()
    if built.repeats and not with_repeats:
        raise SourceError(*built.repeats)
    return RawTree(name, built.data, built.places, built.repeats, built.repeated)
