"""Changing one value of a YAML text: everything else of the text, comments included, stays as it was typed.

A value is set, added or removed at a path of the tree (``parse_tree``). What comes out is parsed again: unless its tree
is the wanted one, SourceError N200 names the line that can't be changed without touching others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from docgen.diagnostics import Location, error
from docgen.errors import SourceError
from docgen.trees import RawPath, RawValue, parse_tree
from docgen.trees.yaml_layout import YamlLayout, format_block, format_flow, format_item, format_pair, format_scalar
from docgen.trees.yaml_nodes import Branch, PatchError, compose_branch, find_end, find_gap, find_layout, find_line_end

REMOVED: Final = object()
"""In place of a value: take the key, or the item of a list, away."""


@dataclass(frozen=True, slots=True)
class Edit:
    """The value that shall stand at a path.

    What is missing on the way is made; the index after a list's last item adds one. With ``REMOVED`` it goes.
    """

    path: RawPath
    value: RawValue | object


def patch_yaml(text: str, edits: Sequence[Edit], name: str) -> str:
    """The text with the edits made one after the other; SourceError where it is broken, or N200 where one can't be."""
    data, layout = parse_tree(text, name, with_repeats=True).data, find_layout(text)
    for edit in edits:
        text, data = _patch(text, data, edit, layout, name)
    return text


def put_value(data: Any, edit: Edit) -> Any:
    """The tree with an edit made; a copy. PatchError where the path leads through a scalar or past a list's end."""
    tree = deepcopy(data)
    return _put(tree, edit.path, edit.value)


def _put(node: Any, path: RawPath, value: Any) -> Any:
    """Put a value at a path of a tree that may be changed; the tree."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if node is None:
        node = [] if isinstance(step, int) else {}
    if isinstance(node, list) and isinstance(step, int) and 0 <= step <= len(node):
        if value is REMOVED and not rest:
            if step < len(node):
                del node[step]
        elif step == len(node):
            node.append(_put(None, rest, value))
        else:
            node[step] = _put(node[step], rest, value)
        return node
    if isinstance(node, dict) and isinstance(step, str):
        if value is REMOVED and not rest:
            node.pop(step, None)
        else:
            node[step] = _put(node.get(step), rest, value)
        return node
    raise PatchError(0)


def _patch(text: str, data: RawValue, edit: Edit, layout: YamlLayout, name: str) -> tuple[str, RawValue]:
    """The text and the data with one edit made."""
    index = 0
    try:
        wanted = put_value(data, edit)
        if wanted == data:
            return text, data
        for start, end, replacement in _propose(text, edit, layout):
            patched = text[:start] + replacement + text[end:]
            if _reads_as(patched, name, wanted):
                return patched, wanted
    except PatchError as fault:
        index = fault.index
    except RecursionError:  # a thousand empty items one behind the other
        index = 0
    at = parse_tree(text, name, with_repeats=True).locate(edit.path)
    at = Location("yaml", name, text.count("\n", 0, index) + 1) if index else at
    raise SourceError(error("N200", at, line=at.line or 1))


def _reads_as(text: str, name: str, wanted: RawValue) -> bool:
    try:
        return parse_tree(text, name, with_repeats=True).data == wanted
    except SourceError:
        return False


Span = tuple[int, int, str]
"""From where to where of the text, and what stands there instead."""


def _propose(text: str, edit: Edit, layout: YamlLayout) -> list[Span]:
    """The ways to make an edit, the one that changes least first."""
    branch, missing = compose_branch(text, edit.path)
    if edit.value is REMOVED:
        return [] if missing else [_remove(text, branch)]
    value = edit.value
    for step in reversed(missing[1:]):
        value = [value] if isinstance(step, int) else {step: value}
    if not missing:
        return _replace(text, branch, value, layout)
    if branch.is_empty:
        return _replace(text, branch, [value] if isinstance(missing[0], int) else {missing[0]: value}, layout)
    if isinstance(missing[0], int):
        return _append(text, branch, value, layout)
    return _add_key(text, branch, missing[0], value, layout)


def _replace(text: str, branch: Branch, value: Any, layout: YamlLayout) -> list[Span]:
    """Put another value in a value's place."""
    if branch.owner is None:
        raise PatchError(branch.node.start_mark.index)
    gap = find_gap(text, branch)
    start, end = branch.node.start_mark.index, find_end(text, branch)
    if branch.in_flow or (_is_flat(value) and not _is_block(branch)):
        ways = [format_flow(value)] if _is_tree(value) else format_scalar(value, branch.slot, layout)
        if branch.is_empty:
            is_spaced = branch.in_flow and text[gap : gap + 1] == " " and text[gap + 1 : gap + 2] in (",", "]", "}")
            start, end = gap, gap + is_spaced
            pad = "" if text[end : end + 1] in ("", " ", "\n", "\r", ",", "]", "}") else " "
            ways = [f" {way}" + (pad if not way.endswith("\n") else "") if way else "" for way in ways]
        return [_replace_span(text, start, end, way) for way in ways]
    return _replace_block(text, branch, value, layout)


def _replace_span(text: str, start: int, end: int, new: str) -> Span:
    """Put a text in a span's place; the comment behind its first line stays behind the first line."""
    old = text[start:end]
    if old.endswith("\n"):  # a block of text
        head = old.partition("\n")[0].rstrip("\r")
        match = re.search(r"[ \t]+#.*", head)
        comment = match.group() if match else ""
        if not new.endswith("\n"):
            return start, _keep_break(text, end), new + comment
    elif new.endswith("\n"):  # becomes one
        line_end = find_line_end(text, end)
        comment = text[end:line_end].rstrip()
        if comment.strip() and not comment.lstrip().startswith("#"):
            raise PatchError(end)
        end = line_end
    else:
        return start, end, new
    first, line_feed, below = new.partition("\n")
    carriage_return = "\r" if first.endswith("\r") else ""
    return start, end, first.removesuffix("\r") + comment + carriage_return + line_feed + below


def _keep_break(text: str, end: int) -> int:
    """Where a span ends whose last line break stays."""
    return end - (2 if text[:end].endswith("\r\n") else 1 if text[:end].endswith("\n") else 0)


def _replace_block(text: str, branch: Branch, value: Any, layout: YamlLayout) -> list[Span]:
    """Put a list or mapping on lines of its own in a value's place, or anything in place of such lines."""
    gap, end = find_gap(text, branch), find_end(text, branch)
    line_end = find_line_end(text, gap)
    is_below = _is_block(branch) and branch.node.start_mark.index >= line_end
    if _is_block(branch) and not is_below:
        raise PatchError(gap)  # a list or mapping that begins behind a dash
    if branch.is_item and _is_tree(value) and value:
        lines = format_item(value, branch.column, layout)
        stop = gap if branch.is_empty else end
        return [(gap - 1, stop, lines.removesuffix(layout.line_break).lstrip(" "))]
    # what stands behind the key goes, the comment behind it stays
    own = (gap, gap) if is_below or branch.is_empty else (gap, end)
    block = format_block(value, branch.column, layout) if value and _is_tree(value) else ""
    beside_key = "" if block or not _is_tree(value) else f" {format_flow(value)}"
    if is_below:
        head = text[gap:line_end]
        if not _is_tree(value) and value is not None:
            beside_key = " " + next(way for way in format_scalar(value, branch.slot, layout) if not way.endswith("\n"))
        stop = find_line_end(text, end - 1) if text[:end].endswith("\n") else find_line_end(text, end)
        return [(gap, stop, beside_key + head + block)]
    tail = text[own[1] : line_end]
    is_last = not tail.endswith("\n")
    if is_last:
        tail, block = tail + layout.line_break, block.removesuffix(layout.line_break)
    return [(own[0], line_end, beside_key + tail + block)]


def _append(text: str, branch: Branch, value: Any, layout: YamlLayout) -> list[Span]:
    """Add an item behind a list's last."""
    node = branch.node
    if node.id != "sequence":
        raise PatchError(node.start_mark.index)
    if node.flow_style:
        if not node.value and not branch.in_flow and not _is_flat(value) and branch.owner is not None:
            return _replace_block(text, branch, [value], layout)
        return [_extend_flow(text, branch, format_flow(value))]
    likes_flow = isinstance(value, Mapping) and getattr(node.value[-1], "flow_style", False) and _is_shallow(value)
    column = node.start_mark.column
    if likes_flow:
        lines = f"{' ' * column}- {format_flow(value)}{layout.line_break}"
    else:
        lines = format_item(value, column, layout)
    return [_add_lines(text, find_end(text, branch), lines, layout)]


def _add_key(text: str, branch: Branch, key: str, value: Any, layout: YamlLayout) -> list[Span]:
    """Add a key behind a mapping's last."""
    node = branch.node
    if node.id != "mapping":
        raise PatchError(node.start_mark.index)
    if node.flow_style:
        return [_extend_flow(text, branch, format_flow({key: value})[1:-1])]
    lines = format_pair(key, value, node.start_mark.column, layout)
    return [_add_lines(text, find_end(text, branch), lines, layout)]


def _extend_flow(text: str, branch: Branch, item: str) -> Span:
    """Put an item behind the last inside brackets."""
    if not branch.node.value:
        inside = branch.node.start_mark.index + 1
        return inside, branch.node.end_mark.index - 1, item
    last = branch.last_child
    at = find_end(text, last)
    return at, at, f" , {item}" if last.is_empty else f", {item}"


def _add_lines(text: str, end: int, lines: str, layout: YamlLayout) -> Span:
    """Put lines behind the line on which something ends."""
    at = end if text[:end].endswith("\n") else find_line_end(text, end)
    if at and not text[:at].endswith("\n"):
        return at, at, layout.line_break + lines.removesuffix(layout.line_break)
    return at, at, lines


def _remove(text: str, branch: Branch) -> Span:
    """Take a key or an item away, with its lines."""
    owner = branch.owner
    if owner is None:
        raise PatchError(0)
    siblings, at = owner.node.value, branch.position
    first = branch.head(text)
    if owner.node.flow_style:
        return _remove_flow(text, branch, owner)
    end = find_end(text, branch)
    end = end if text[:end].endswith("\n") else find_line_end(text, end)
    if len(siblings) == 1:
        gap = find_gap(text, owner)
        line_end = find_line_end(text, gap)
        empty = "[]" if owner.node.id == "sequence" else "{}"
        if first < line_end:  # it begins behind a dash
            return first, _keep_break(text, end), empty
        return gap, end, f" {empty}{text[gap:line_end]}{text[line_end : text.rfind(chr(10), 0, first) + 1]}"
    start = text.rfind("\n", 0, first) + 1
    if text[start:first].strip():  # it begins behind a dash
        following = owner.child(at + 1).head(text) if at + 1 < len(siblings) else end
        if at + 1 >= len(siblings) or text[end:following].strip():
            raise PatchError(first)
        return first, following, ""
    return start, end, ""


def _remove_flow(text: str, branch: Branch, owner: Branch) -> Span:
    """Take a key or an item out of brackets, with one comma."""
    count, at = len(owner.node.value), branch.position
    if count == 1:
        return owner.node.start_mark.index + 1, owner.node.end_mark.index - 1, ""
    if at + 1 < count:
        return branch.head(text), owner.child(at + 1).head(text), ""
    return find_end(text, owner.child(at - 1)), find_end(text, branch), ""


def _is_tree(value: Any) -> bool:
    return isinstance(value, list | dict)


def _is_flat(value: Any) -> bool:
    """Whether a value goes on one line: a scalar, or a list of them."""
    return not _is_tree(value) or (isinstance(value, list) and not any(_is_tree(item) for item in value))


def _is_shallow(value: Mapping[str, Any]) -> bool:
    return all(_is_flat(item) and "\n" not in str(item) for item in value.values())


def _is_block(branch: Branch) -> bool:
    """Whether a value stands on lines of its own, as a list or mapping."""
    return branch.node.id != "scalar" and not branch.node.flow_style
