"""Prepares prose in a cell for Markdown: a line break there means a new paragraph and becomes an empty line."""

from __future__ import annotations

import re

_LIST = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s|\s{2,}\S")
_TABLE = re.compile(r"\s*\|")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_RULE = re.compile(r"\s{0,3}(?:=+|-+)\s*")


def part_paragraphs(text: str) -> str:
    """The text with an empty line before each line of a paragraph; lists, tables and code are unchanged."""
    made: list[str] = []
    code = False
    before = ""
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if made and before.strip() and line.strip() and not code and not _belongs(before, line):
            made.append("")
        if _FENCE.match(line):
            code = not code
        made.append(line)
        before = line
    return "\n".join(made)


def _belongs(before: str, line: str) -> bool:
    """Whether a line continues the block of the line before."""
    if _LIST.match(line):
        return _LIST.match(before) is not None
    if _TABLE.match(line):
        return _TABLE.match(before) is not None
    # a line of dashes below a text makes a heading of it
    return _RULE.fullmatch(line) is not None


__all__ = ["part_paragraphs"]
