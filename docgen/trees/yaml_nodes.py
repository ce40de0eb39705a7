"""Where in a YAML text the parts of its tree begin and end: what a change of the text has to know."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from docgen.trees import RawPath
from docgen.trees.yaml_layout import ValueSlot, YamlLayout

_STEP = 2


class PatchError(Exception):
    """The text can't be changed here without changing more of it; ``index`` is where."""

    def __init__(self, index: int) -> None:
        super().__init__(index)
        self.index = index


@dataclass(frozen=True, slots=True)
class Branch:
    """A node of the text (PyYAML's), the branch that holds it, its position there and, in a mapping, its key's node."""

    node: Any
    owner: Branch | None = None
    position: int = 0
    key: Any = None
    in_flow: bool = False

    @property
    def is_item(self) -> bool:
        """Whether it is an item of a list."""
        return self.owner is not None and self.key is None

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands there at all."""
        node = self.node
        return bool(node.id == "scalar" and node.start_mark.index == node.end_mark.index)

    @property
    def column(self) -> int:
        """The column of the key or of the dash that it belongs to."""
        assert self.owner is not None
        column: int = self.owner.node.start_mark.column
        return column

    @property
    def slot(self) -> ValueSlot:
        """What the layout of a value in its place has to know."""
        return ValueSlot(self.column, self.in_flow, self.is_item, getattr(self.node, "style", None))

    def child(self, position: int) -> Branch:
        """What it holds at a position."""
        node, in_flow = self.node, self.in_flow or bool(self.node.flow_style)
        if node.id == "mapping":
            key, value = node.value[position]
            return Branch(value, self, position, key, in_flow)
        return Branch(node.value[position], self, position, None, in_flow)

    @property
    def last_child(self) -> Branch:
        """What it holds last."""
        return self.child(len(self.node.value) - 1)

    def head(self, text: str) -> int:
        """Where it begins with its key, or its dash."""
        if self.key is not None:
            return int(self.key.start_mark.index)
        if self.in_flow:
            return int(self.node.start_mark.index)
        return find_gap(text, self) - 1


def compose_branch(text: str, path: RawPath) -> tuple[Branch, RawPath]:
    """The node that is nearest to a path, and the steps of the path that lead nowhere; the text is sound."""
    root = _compose(text)
    if root is None:
        raise PatchError(0)
    branch = Branch(root)
    for depth, step in enumerate(path):
        position = _find_child(branch, step)
        if position is None:
            return branch, path[depth:]
        branch = branch.child(position)
    return branch, ()


def _compose(text: str) -> Any:
    """The nodes of a text; no scalar is resolved, since each stays a text."""
    import yaml

    loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    return yaml.compose(text, Loader=loader)


def _find_child(branch: Branch, step: str | int) -> int | None:
    node = branch.node
    if node.id == "mapping" and isinstance(step, str):
        return next((at for at, (key, _) in enumerate(node.value) if key.value == step), None)
    if node.id == "sequence" and isinstance(step, int) and step < len(node.value):
        return step
    return None


def find_gap(text: str, branch: Branch) -> int:
    """Right behind the colon or the dash that a value follows; PatchError where neither stands as usual."""
    owner = branch.owner
    if owner is None:
        raise PatchError(branch.node.start_mark.index)
    if branch.key is not None:
        at: int = branch.key.end_mark.index
        colon = re.compile(r"[ \t]*:").match(text, at)
        if colon is None:
            raise PatchError(at)
        return colon.end()
    if branch.in_flow:
        return int(branch.node.start_mark.index)
    column, begin = owner.node.start_mark.column, owner.node.start_mark.index
    if branch.position == 0:
        return int(begin) + 1
    before = find_end(text, owner.child(branch.position - 1))
    line = text.rfind("\n", 0, before) + 1 if text[:before].endswith("\n") else find_line_end(text, before)
    dash = re.compile(rf"^ {{{column}}}-(?=[ \t\r\n]|\Z)", re.MULTILINE).search(text, line)
    if dash is None:
        raise PatchError(before)
    return dash.end()


def find_end(text: str, branch: Branch) -> int:
    """Where a value ends: behind its last character, of a block of text behind its last line."""
    node = branch.node
    if branch.is_empty:
        return find_gap(text, branch)
    if node.id == "scalar":
        end: int = node.end_mark.index
        if node.style not in ("|", ">"):
            return end
        head = text[node.start_mark.index : find_line_end(text, node.start_mark.index)]
        if "+" in head.partition("#")[0]:
            return end
        body = text[node.start_mark.index : end].rstrip()
        return find_line_end(text, node.start_mark.index + len(body))
    if node.flow_style or not node.value:
        return int(node.end_mark.index)
    return find_end(text, branch.last_child)


def find_line_end(text: str, at: int) -> int:
    """Behind the line break that ends the line of a place, or the text's end."""
    line_break = text.find("\n", at)
    return len(text) if line_break < 0 else line_break + 1


def find_layout(text: str) -> YamlLayout:
    """How a text is laid out: its line breaks, how far a nested mapping and a nested list stand in."""
    mappings: Counter[int] = Counter()
    lists: Counter[int] = Counter()
    waiting: list[Any] = [_compose(text)]
    while waiting:
        node = waiting.pop()
        if node is None or node.id == "scalar" or node.flow_style:
            continue
        if node.id == "sequence":
            waiting += node.value
            continue
        for key, value in node.value:
            waiting.append(value)
            if value.id != "scalar" and not value.flow_style and value.start_mark.line > key.start_mark.line:
                counts = lists if value.id == "sequence" else mappings
                counts[value.start_mark.column - key.start_mark.column] += 1
    step = mappings.most_common(1)[0][0] if mappings else _STEP
    return YamlLayout(
        "\r\n" if "\r\n" in text else "\n", step or _STEP, lists.most_common(1)[0][0] if lists else step or _STEP
    )
