"""Builds a tree from a text: plain data, and the position in the text of each key and value.

A record may have a million values, so a position is one number in an array, converted to line and column on demand.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from docgen.diagnostics import Diagnostic, Location, Param, error
from docgen.errors import SourceError

MAX_DEPTH = 100

_SHORT = 24
"""The length up to which equal texts are stored once: keys, days, choices, units and names repeat."""
_REFUSED = object()
"""The marker of an invalid key, whose value is read and dropped."""


@dataclass(frozen=True, slots=True)
class Places:
    """The positions of a tree's values; ``root`` is that of the whole tree.

    ``marks`` has, by the identity of each list and mapping, the places of its items: of a mapping, those of key and
    value in turn. ``find_line`` gives the line and the column of a place, from 1.
    """

    find_line: Callable[[int], tuple[int, int]]
    marks: dict[int, array[int]] = field(default_factory=dict)
    root: int = 0

    def locate(self, file: str, mark: int, path: str | None = None) -> Location:
        """The location, in the text's file, of a position."""
        line, column = self.find_line(mark)
        return Location("yaml", file, line, column, path)

    def find(self, data: Any, path: Sequence[str | int], *, key: bool) -> int:
        """The position of the value at ``path``, or of its nearest parent; with ``key`` that of its key."""
        mark = self.root
        for depth, step in enumerate(path):
            marks = self.marks.get(id(data))
            if marks is None:
                break
            if isinstance(data, dict):
                if step not in data:
                    break
                at = 2 * list(data).index(step)
                if key and depth == len(path) - 1:
                    return marks[at]
                mark = marks[at + 1]
            elif isinstance(step, int) and -1 < step < len(data):
                mark = marks[step]
            else:
                break
            data = data[step]
        return mark

    def enter(self, data: Any, key: str) -> Places:
        """The positions of the tree below a key at the top."""
        return replace(self, root=self.find(data, (key,), key=False))


@dataclass(frozen=True, slots=True)
class BuiltTree:
    """Plain data and its positions. A repeated key has its first value, and ``repeats`` reports each repetition.

    ``repeated`` are the paths of repeated keys in the data, whose valid value is unknown.
    """

    data: Any
    places: Places
    repeats: tuple[Diagnostic, ...] = ()
    repeated: frozenset[tuple[str | int, ...]] = frozenset()


class TreeBuilder:
    """Builds plain data from the values of a text in order; collects faults."""

    def __init__(self, name: str, find_line: Callable[[int], tuple[int, int]]) -> None:
        self.name = name
        self.faults: list[Diagnostic] = []
        self._repeats: list[Diagnostic] = []
        self._repeated: set[tuple[str | int, ...]] = set()
        self._places = Places(find_line)
        self._top: list[Any] = []
        self._owner: Any = self._top
        self._marks = self._top_marks = _make_marks()
        self._key: Any = None
        self._above: list[tuple[Any, array[int], Any]] = []
        self._texts: dict[str, str] = {}

    def finish(self) -> BuiltTree:
        """The text's only value (None where it has none) and its places; SourceError with every fault.

        A key that stands twice hides nothing: it is no reason to stop, unless there are others.
        """
        if self.faults:
            raise SourceError(*sorted([*self.faults, *self._repeats], key=_find_place))
        repeats = tuple(sorted(self._repeats, key=_find_place)), frozenset(self._repeated)
        if not self._top:
            return BuiltTree(None, self._places, *repeats)
        return BuiltTree(self._top[0], replace(self._places, root=self._top_marks[0]), *repeats)

    def refuse(self, code: str, mark: int, **params: Param) -> None:
        """Note a fault at a position."""
        self.faults.append(error(code, self._places.locate(self.name, mark), clause=None, **params))

    def add(self, value: str | None, mark: int, *, is_plain: bool = False) -> None:
        """The next scalar: a value, or a key where the mapping wants one; ``is_plain`` without quotes."""
        if value is not None and len(value) <= _SHORT:
            value = self._texts.setdefault(value, value)
        owner = self._owner
        if type(owner) is list:
            self._marks.append(mark)
            owner.append(value)
        elif self._key is None:
            self._take_key(value, mark, is_plain)
        else:
            self._put(value, mark)

    def begin(self, inner: list[Any] | dict[str, Any], mark: int) -> None:
        """The next value is a list or a mapping: what follows belongs to it until its end."""
        if len(self._above) >= MAX_DEPTH:
            self.refuse("S119", mark, limit=MAX_DEPTH)
            raise SourceError(*self.faults)
        if type(self._owner) is list:
            self._marks.append(mark)
            self._owner.append(inner)
        elif self._key is None:
            self.refuse("S116", mark)
            self._key = _REFUSED
        else:
            self._put(inner, mark)
        self._above.append((self._owner, self._marks, self._key))
        self._owner, self._marks, self._key = inner, _make_marks(), None
        self._places.marks[id(inner)] = self._marks

    def end(self) -> None:
        """The end of the list or mapping that began last."""
        self._owner, self._marks, self._key = self._above.pop()

    def _take_key(self, value: str | None, mark: int, is_plain: bool) -> None:
        self._key = _REFUSED
        if value is None:
            self.refuse("S116", mark)
        elif value in self._owner:
            first = self._marks[2 * list(self._owner).index(value)]
            place = self._places.locate(self.name, mark)
            self._repeats.append(error("S112", place, key=value, line=self._places.find_line(first)[0]))
            path = tuple(self._name_path())
            if _REFUSED not in path:  # else it stands below another key that is reported
                self._repeated.add((*path, value))
        else:
            self._marks.append(mark)
            self._key = value
            if value == "<<" and is_plain:
                self.refuse("S114", mark)

    def _name_path(self) -> Iterator[str | int]:
        """The steps from the top to the list or mapping that is open."""
        for owner, _, key in self._above[1:]:
            yield key if type(owner) is dict else len(owner) - 1

    def _put(self, value: Any, mark: int) -> None:
        if self._key is not _REFUSED:
            self._marks.append(mark)
            self._owner[self._key] = value
        self._key = None


def _find_place(fault: Diagnostic) -> tuple[int, int]:
    return fault.location.line or 0, fault.location.column or 0


def _make_marks() -> array[int]:
    return array("Q")
