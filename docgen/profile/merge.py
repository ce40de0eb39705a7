"""Editions: a profile that ``extends`` another takes its data and says only what differs; every place is remembered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from docgen.diagnostics import Location
from docgen.profile.paths import Place
from docgen.trees import RawTree

_KEYS = ("key", "id", "path")


@dataclass(frozen=True, slots=True)
class MergedTree:
    """Raw data that came from several files; ``sources`` knows for each place the file and the place in it."""

    data: dict[str, Any]
    sources: dict[Place, tuple[RawTree, Place]] = field(default_factory=dict)

    def find_origin(self, place: Place) -> tuple[RawTree, Place] | None:
        """The file that holds a place of the merged data, or its nearest parent, and the place in that file."""
        for length in range(len(place), -1, -1):
            origin = self.sources.get(place[:length])
            if origin is not None:
                return origin[0], (*origin[1], *place[length:])
        return None

    def locate(self, place: Place, key: bool = False) -> Location:
        """The place in the file that holds it; where no file does, that of its nearest parent."""
        origin = self.find_origin(place)
        return origin[0].locate(origin[1], key=key) if origin is not None else Location()


def adopt_tree(tree: RawTree, place: Place = ()) -> MergedTree:
    """A single file's data as a merged tree, as if it stood at ``place``."""
    assert isinstance(tree.data, dict)
    return MergedTree(dict(tree.data), {place: (tree, ())})


def merge_trees(base: MergedTree, child: MergedTree) -> MergedTree:
    """The base with what the child says: mappings merge, lists merge by ``key``, ``id`` or ``path``.

    A list's item with ``remove: true`` is taken out; a list without such keys is replaced.
    """
    merger = _Merger(base, child)
    data = merger.merge((), _Node(base.data, ()), _Node(child.data, ()))
    return MergedTree(data, merger.sources)


@dataclass(frozen=True, slots=True)
class _Node:
    """A value of one of the two trees, and its place there."""

    value: Any
    place: Place

    def child(self, step: str | int) -> _Node:
        return _Node(self.value[step], (*self.place, step))


class _Merger:
    def __init__(self, base: MergedTree, child: MergedTree) -> None:
        self._base = base
        self._child = child
        self.sources: dict[Place, tuple[RawTree, Place]] = {}

    def merge(self, target: Place, old: _Node, new: _Node) -> Any:
        """What stands at ``target`` when the child says ``new`` where the base says ``old``."""
        if isinstance(old.value, dict) and isinstance(new.value, dict):
            self._note(target, self._child, new)
            return {key: self._merge_key((*target, key), key, old, new) for key in {**old.value, **new.value}}
        name = _find_list_key(old.value, new.value)
        if name is not None:
            return self._merge_lists(target, old, new, name)
        self._note(target, self._child, new)
        return new.value

    def _merge_key(self, target: Place, key: str, old: _Node, new: _Node) -> Any:
        if key in old.value and key in new.value:
            return self.merge(target, old.child(key), new.child(key))
        tree, node = (self._child, new) if key in new.value else (self._base, old)
        self._note(target, tree, node.child(key))
        return node.value[key]

    def _merge_lists(self, target: Place, old: _Node, new: _Node, name: str) -> list[Any]:
        changes = {item[name]: index for index, item in enumerate(new.value)}
        merged: list[Any] = []
        for index, item in enumerate(old.value):
            here = (*target, len(merged))
            change = changes.pop(item[name], None)
            if change is None:
                self._note(here, self._base, old.child(index))
                merged.append(item)
            elif new.value[change].get("remove") != "true":
                merged.append(self.merge(here, old.child(index), new.child(change)))
        for index in sorted(changes.values()):
            self._note((*target, len(merged)), self._child, new.child(index))
            merged.append(new.value[index])
        return merged

    def _note(self, target: Place, tree: MergedTree, node: _Node) -> None:
        origin = tree.find_origin(node.place)
        if origin is not None:
            self.sources[target] = origin


def _find_list_key(old: Any, new: Any) -> str | None:
    if not (isinstance(old, list) and isinstance(new, list)):
        return None
    for name in _KEYS:
        if all(isinstance(item, dict) and name in item for item in (*old, *new)):
            return name
    return None
