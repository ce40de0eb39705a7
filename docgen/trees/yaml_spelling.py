"""Spelling values as YAML: plain where the loader reads the same text back, else quoted; long texts as blocks."""

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
class Spelling:
    """How a text is written: its line break, how far a mapping and a list below a key stand in."""

    line_break: str = "\n"
    step: int = 2
    list_step: int = 2

    def format_flow(self, value: Any) -> list[str]:
        """A value on one line, inside brackets."""
        return [self._flow(value)]

    def _flow(self, value: Any) -> str:
        if isinstance(value, Mapping):
            return "{" + ", ".join(f"{format_key(key)}: {self._flow(inner)}" for key, inner in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(self._flow(inner) or "~" for inner in value) + "]"
        return "" if value is None else _format_line(value, in_flow=True)

    def format_block(self, value: Any, column: int) -> str:
        """A list or mapping as lines below the key that stands at a column."""
        if isinstance(value, list):
            return "".join(format_item(item, column + self.list_step, self) for item in value)
        return "".join(format_pair(key, inner, column + self.step, self) for key, inner in value.items())


@dataclass(frozen=True, slots=True)
class ValueSlot:
    """Where a value goes: the column of its key or dash, whether inside brackets, as an item; how the former stood."""

    column: int
    in_flow: bool
    is_item: bool
    style: str | None


def format_pair(key: str, value: Any, column: int, spelling: Spelling) -> str:
    """A key and its value as lines."""
    margin, end = " " * column, spelling.line_break
    said = f"{margin}{format_key(key)}:"
    if isinstance(value, list | dict) and value:
        if isinstance(value, list) and not any(isinstance(item, list | dict) or "\n" in str(item) for item in value):
            return f"{said} {spelling.format_flow(value)[0]}{end}"
        return said + end + spelling.format_block(value, column)
    if isinstance(value, list | dict):
        return f"{said} {'[]' if isinstance(value, list) else '{}'}{end}"
    return _join(said, _format_text(value, column + spelling.step, spelling), end)


def format_item(value: Any, column: int, spelling: Spelling) -> str:
    """An item of a list as lines; the dash stands at the column."""
    margin, end = " " * column, spelling.line_break
    if isinstance(value, dict) and value:
        lines = "".join(format_pair(key, inner, column + 2, spelling) for key, inner in value.items())
        return f"{margin}- {lines[column + 2 :]}"
    if isinstance(value, list | dict):
        return f"{margin}- {spelling.format_flow(value)[0]}{end}"
    return _join(f"{margin}-", _format_text(value, column + 2, spelling), end)


def _join(head: str, said: str, end: str) -> str:
    line = f"{head} {said}" if said else head
    return line if line.endswith("\n") else line + end


def _format_text(value: str | None, column: int, spelling: Spelling) -> str:
    if value is None:
        return ""
    return _format_literal(value, column, spelling) or _format_line(value, in_flow=False)


def format_scalar(value: Any, slot: ValueSlot, spelling: Spelling) -> list[str]:
    """A scalar or a list of scalars in a value's place: in the way that the former was written, then in others."""
    if isinstance(value, list):
        return spelling.format_flow(value)
    if value is None:
        return ["~"] if slot.is_item and slot.in_flow else [""]
    style, column = slot.style, slot.column + spelling.step
    ways = [_quote(value, style) if style in ("'", '"') else "", _format_line(value, in_flow=slot.in_flow)]
    if not slot.in_flow and (style in ("|", ">") or "\n" in value):
        folded = _format_folded(value, column, spelling) if style == ">" else ""
        ways = [folded, _format_literal(value, column, spelling, is_wanted=True), *ways]
    return [*dict.fromkeys(way for way in ways if way), _quote(value, '"')]


def format_key(key: str) -> str:
    """A key of a mapping."""
    return _format_line(key, in_flow=True)


def _format_line(value: str, *, in_flow: bool) -> str:
    """A text on one line: plain if that is read back as the same text, else in quotes."""
    if _reads_back(value, value, in_flow=in_flow):
        return value
    single = _quote(value, "'")
    return single if _reads_back(single, value, in_flow=in_flow) else _quote(value, '"')


def _reads_back(said: str, value: str, *, in_flow: bool) -> bool:
    if "\n" in said or not said.isprintable():
        return False
    try:
        probe = f"k: [{said}, {{{said}: {said}}}]\n" if in_flow else f"k:\n  k: {said}  # k\nl:\n- {said}\n"
        wanted: Any = {"k": [value, {value: value}]} if in_flow else {"k": {"k": value}, "l": [value]}
        return bool(parse_tree(probe, "probe.yaml").data == wanted)
    except SourceError:
        return False


def _quote(value: str, style: str) -> str:
    if style == "'":
        return "'" + value.replace("'", "''") + "'"
    said = json.dumps(value, ensure_ascii=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", said)


def _format_literal(value: str, column: int, spelling: Spelling, *, is_wanted: bool = False) -> str:
    """A text of several lines as a block ``|``; empty where it can't be one."""
    if not _BLOCK.fullmatch(value) or not (is_wanted or "\n" in value):
        return ""
    return ("|" if value.endswith("\n") else "|-") + _indent(value.split("\n"), column, spelling)


def _format_folded(value: str, column: int, spelling: Spelling) -> str:
    if not _BLOCK.fullmatch(value) or "\n " in value:
        return ""
    return (">" if value.endswith("\n") else ">-") + _indent(value.replace("\n", "\n\n").split("\n"), column, spelling)


def _indent(lines: list[str], column: int, spelling: Spelling) -> str:
    while lines and not lines[-1]:
        lines = lines[:-1]
    said = (f"{' ' * column}{line}" if line.strip() else "" for line in lines)
    return spelling.line_break + "".join(line + spelling.line_break for line in said)
