"""The layout of values as YAML: plain where the loader reads the same text back, else quoted; long texts as blocks."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from docgen.errors import SourceError
from docgen.trees import parse_tree

_BLOCK = re.compile(r"(?!\s)[^\r\x85\u2028\u2029]*[^\s\x85\u2028\u2029]\n?")
"""A text whose lines can stand as they are: it neither begins nor ends with white space, but for one line break."""
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class YamlLayout:
    """How a YAML text is laid out: its line break, how far a mapping and a list below a key stand in."""

    line_break: str = "\n"
    step: int = 2
    list_step: int = 2


@dataclass(frozen=True, slots=True)
class ValueSlot:
    """Where a value goes: the column of its key or dash, whether inside brackets, as an item; how the former stood."""

    column: int
    in_flow: bool
    is_item: bool
    style: str | None


def format_flow(value: Any) -> str:
    """A value on one line, inside brackets."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{format_key(key)}: {format_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(format_flow(inner) or "~" for inner in value) + "]"
    return "" if value is None else _format_one_line(value, in_flow=True)


def format_block(value: Any, column: int, layout: YamlLayout) -> str:
    """A list or mapping as lines below the key that stands at a column."""
    if isinstance(value, list):
        return "".join(format_item(item, column + layout.list_step, layout) for item in value)
    return "".join(format_pair(key, inner, column + layout.step, layout) for key, inner in value.items())


def format_pair(key: str, value: Any, column: int, layout: YamlLayout) -> str:
    """A key and its value as lines."""
    head, end = f"{' ' * column}{format_key(key)}:", layout.line_break
    if isinstance(value, list | dict) and value:
        if isinstance(value, list) and not any(isinstance(item, list | dict) or "\n" in str(item) for item in value):
            return f"{head} {format_flow(value)}{end}"
        return head + end + format_block(value, column, layout)
    if isinstance(value, list | dict):
        return f"{head} {format_flow(value)}{end}"
    return _join(head, _format_text(value, column + layout.step, layout), end)


def format_item(value: Any, column: int, layout: YamlLayout) -> str:
    """An item of a list as lines; the dash stands at the column."""
    margin, end = " " * column, layout.line_break
    if isinstance(value, dict) and value:
        lines = "".join(format_pair(key, inner, column + 2, layout) for key, inner in value.items())
        return f"{margin}- {lines[column + 2 :]}"
    if isinstance(value, list | dict):
        return f"{margin}- {format_flow(value)}{end}"
    return _join(f"{margin}-", _format_text(value, column + 2, layout), end)


def _join(head: str, text: str, end: str) -> str:
    """A key or a dash with the text behind it, up to the end of its last line."""
    line = f"{head} {text}" if text else head
    return line if line.endswith("\n") else line + end


def _format_text(value: str | None, column: int, layout: YamlLayout) -> str:
    """A text behind a key or a dash: a block where it has several lines; empty where there is none."""
    if value is None:
        return ""
    return _format_literal_block(value, column, layout) or _format_one_line(value, in_flow=False)


def format_scalar(value: Any, slot: ValueSlot, layout: YamlLayout) -> list[str]:
    """A scalar or a list of scalars in a value's place: in the way that the former was written, then in others."""
    if isinstance(value, list):
        return [format_flow(value)]
    if value is None:
        return ["~"] if slot.is_item and slot.in_flow else [""]
    style, column = slot.style, slot.column + layout.step
    ways = [_quote(value, style) if style in ("'", '"') else "", _format_one_line(value, in_flow=slot.in_flow)]
    if not slot.in_flow and (style in ("|", ">") or "\n" in value):
        folded = _format_folded_block(value, column, layout) if style == ">" else ""
        ways = [folded, _format_literal_block(value, column, layout, is_wanted=True), *ways]
    return [*dict.fromkeys(way for way in ways if way), _quote(value, '"')]


def format_key(key: str) -> str:
    """A key of a mapping."""
    return _format_one_line(key, in_flow=True)


def _format_one_line(value: str, *, in_flow: bool) -> str:
    """A text on one line: plain if that is read back as the same text, else in quotes."""
    if _reads_back(value, value, in_flow=in_flow):
        return value
    single = _quote(value, "'")
    return single if _reads_back(single, value, in_flow=in_flow) else _quote(value, '"')


def _reads_back(yaml_text: str, value: str, *, in_flow: bool) -> bool:
    """Whether a text of one line is read as the value, as a key, as a value and as an item."""
    if "\n" in yaml_text or not yaml_text.isprintable():
        return False
    wanted: Any
    try:
        if in_flow:
            probe, wanted = f"k: [{yaml_text}, {{{yaml_text}: {yaml_text}}}]\n", {"k": [value, {value: value}]}
        else:
            probe, wanted = f"k:\n  k: {yaml_text}  # k\nl:\n- {yaml_text}\n", {"k": {"k": value}, "l": [value]}
        return bool(parse_tree(probe, "probe.yaml").data == wanted)
    except SourceError:
        return False


def _quote(value: str, style: str) -> str:
    if style == "'":
        return "'" + value.replace("'", "''") + "'"
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))


def _format_literal_block(value: str, column: int, layout: YamlLayout, *, is_wanted: bool = False) -> str:
    """A text of several lines as a block ``|``; empty where it can't be one."""
    if not _BLOCK.fullmatch(value) or not (is_wanted or "\n" in value):
        return ""
    return ("|" if value.endswith("\n") else "|-") + _indent(value.split("\n"), column, layout)


def _format_folded_block(value: str, column: int, layout: YamlLayout) -> str:
    """A text as a block ``>``, each of its lines a paragraph; empty where it can't be one."""
    if not _BLOCK.fullmatch(value) or "\n " in value:
        return ""
    return (">" if value.endswith("\n") else ">-") + _indent(value.replace("\n", "\n\n").split("\n"), column, layout)


def _indent(lines: list[str], column: int, layout: YamlLayout) -> str:
    """The lines of a block below its sign, up to the last that isn't empty."""
    while lines and not lines[-1]:
        lines = lines[:-1]
    indented = (f"{' ' * column}{line}" if line.strip() else "" for line in lines)
    return layout.line_break + "".join(line + layout.line_break for line in indented)
