"""The composed nodes of a text: building plain data from them, finding the place of a value in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from docgen.diagnostics import Diagnostic, Location, error
from docgen.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NULL_TAG = "tag:yaml.org,2002:null"
MAX_DEPTH = 100


class Mark(Protocol):
    """A place in a text; line and column count from 0."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


class Node(Protocol):
    """What PyYAML's nodes and the nodes of a JSON text have in common.

    ``id`` is ``scalar`` (``value`` is the text), ``sequence`` (a list of nodes) or ``mapping`` (a list of pairs);
    ``style`` of a scalar is None or empty when it was typed without quotes.
    """

    @property
    def id(self) -> str: ...
    @property
    def tag(self) -> str: ...
    @property
    def value(self) -> Any: ...
    @property
    def start_mark(self) -> Any: ...


def locate_mark(name: str, mark: Mark) -> Location:
    """The place of a mark in the file ``name``."""
    return Location("yaml", name, mark.line + 1, mark.column + 1)


@dataclass(frozen=True, slots=True)
class BuiltData:
    """The plain data of a tree. Of a key that stands twice it has the first value; ``repeats`` says where.

    ``places`` are the places of those keys: nobody knows which of their values counts.
    """

    data: Any
    repeats: tuple[Diagnostic, ...] = ()
    places: frozenset[tuple[str | int, ...]] = frozenset()


def build_data(root: Node | None, name: str, faults: Sequence[Diagnostic]) -> BuiltData:
    """The plain data of a tree; SourceError with ``faults`` and every fault found in the tree, by their place.

    A key that stands twice hides nothing: it is no reason to stop, unless there are others.
    """
    builder = _Builder(name, list(faults))
    data = builder.build(root, 1) if root is not None else None
    found = tuple(sorted(set_aside_repeats([*builder.faults, *builder.repeats]), key=_place))
    if root is None or not found:
        return BuiltData(data)
    if builder.faults:
        raise SourceError(*found)
    twice = {id(node): key for node, key in builder.repeated}
    return BuiltData(data, found, frozenset(_find_places(root, twice, ())))


def _find_places(node: Node, twice: Mapping[int, str], place: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if id(node) in twice:
        yield (*place, twice[id(node)])
    if node.id == "mapping":
        for key, value in node.value:
            yield from _find_places(value, twice, (*place, key.value))
    elif node.id == "sequence":
        for at, item in enumerate(node.value):
            yield from _find_places(item, twice, (*place, at))


def set_aside_repeats(faults: Sequence[Diagnostic]) -> list[Diagnostic]:
    """The faults without those that say the same of the same place."""
    seen: set[tuple[str, Location]] = set()
    kept: list[Diagnostic] = []
    for fault in faults:
        mark = (fault.code, fault.location)
        if mark not in seen:
            seen.add(mark)
            kept.append(fault)
    return kept


def find_node(root: Node, path: Sequence[str | int], *, key: bool) -> Node:
    """The node at ``path``, or the nearest one above it; with ``key`` the node of its key."""
    node = root
    for depth, step in enumerate(path):
        found = _find_child(node, step)
        if found is None:
            return node
        child_key, child = found
        if key and child_key is not None and depth == len(path) - 1:
            return child_key
        node = child
    return node


def _find_child(node: Node, step: str | int) -> tuple[Node | None, Node] | None:
    if node.id == "mapping":
        return next(((key, value) for key, value in node.value if key.id == "scalar" and key.value == step), None)
    if node.id == "sequence" and isinstance(step, int) and -1 < step < len(node.value):
        return None, node.value[step]
    return None


def _place(fault: Diagnostic) -> tuple[int, int]:
    return fault.location.line or 0, fault.location.column or 0


class _Builder:
    """Walks the nodes once; gathers what can't stand in plain data.

    An alias makes one node appear at several places (the composer resolves it); ``faults`` names it already, and each
    node is then walked once, so that a tree of aliases can't grow without bound.
    """

    def __init__(self, name: str, faults: list[Diagnostic]) -> None:
        self.name = name
        self.faults = faults
        self.walked: set[int] | None = set() if faults else None
        self.repeats: list[Diagnostic] = []
        self.repeated: list[tuple[Any, str]] = []

    def build(self, node: Any, depth: int) -> Any:
        kind = node.id
        if kind == "scalar":
            return None if node.tag == NULL_TAG else node.value
        if self.walked is not None:
            if id(node) in self.walked:
                return None
            self.walked.add(id(node))
        if depth > MAX_DEPTH:
            self.faults.append(error("S119", locate_mark(self.name, node.start_mark), limit=MAX_DEPTH))
            return None
        if kind == "sequence":
            return [self.build(item, depth + 1) for item in node.value]
        data: dict[str, Any] = {}
        build = self.build
        for key, value in node.value:
            if key.id != "scalar" or key.tag == NULL_TAG:
                self.faults.append(error("S116", locate_mark(self.name, key.start_mark)))
                build(value, depth + 1)
                continue
            text = key.value
            if text in data:
                self._refuse_repeat(node, key)
                build(value, depth + 1)
                continue
            if text == "<<" and not getattr(key, "style", None):
                self.faults.append(error("S114", locate_mark(self.name, key.start_mark)))
            data[text] = build(value, depth + 1)
        return data

    def _refuse_repeat(self, node: Any, key: Any) -> None:
        first = next(other for other, _ in node.value if other.id == "scalar" and other.value == key.value)
        place = locate_mark(self.name, key.start_mark)
        self.repeats.append(error("S112", place, key=key.value, line=first.start_mark.line + 1))
        self.repeated.append((node, key.value))
