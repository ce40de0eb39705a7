"""JSON text → a tree: strict JSON, numbers and truth values kept as the text that was typed."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from typing import NoReturn

from docgen.diagnostics import Term
from docgen.errors import SourceError
from docgen.trees.places import TreeBuilder

_LINE_END = re.compile("\n")
_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"((?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*)"')
_LITERAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null")
_WORD = re.compile(r"[^\s,:{}\[\]\"]*")
_SURROGATE = re.compile("[\ud800-\udfff]")


def build_tree(text: str, name: str) -> TreeBuilder:
    """The tree of a JSON text, with its faults; SourceError at its first syntax error."""
    parser = _JsonParser(text, name)
    at = parser.skip_space(0)
    if at < len(text):
        at = parser.skip_space(parser.parse_value(at))
        if at < len(text):
            parser.refuse(at, "syntax.json_rest")
    return parser.builder


class _LineStarts:
    """Finds the line and column of an offset in a text, without keeping the text."""

    def __init__(self, text: str) -> None:
        self._starts = array("I", (0, *(match.end() for match in _LINE_END.finditer(text))))

    def find_line(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


class _JsonParser:
    """Parses a JSON text; each ``parse_`` takes the index where a value begins and returns the one behind it."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.builder = TreeBuilder(name, _LineStarts(text).find_line)

    def refuse(self, at: int, kind: str) -> NoReturn:
        self.builder.refuse("S110", at, what=Term(kind))
        raise SourceError(*self.builder.faults)

    def skip_space(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        return match.end() if match else at

    def parse_value(self, at: int) -> int:
        """Build the value that begins at a place; where it ends."""
        first = self.text[at : at + 1]
        if first == '"':
            return self.parse_string(at)
        if first in ("{", "["):
            return self.parse_mapping(at) if first == "{" else self.parse_sequence(at)
        match = _LITERAL.match(self.text, at)
        word = _WORD.match(self.text, at)
        if match is None or word is None or match.end() != word.end():
            self.refuse_word(at)
        literal = match.group()
        self.builder.add(None if literal == "null" else literal, at)
        return match.end()

    def refuse_word(self, at: int) -> NoReturn:
        if at >= len(self.text):
            self.refuse(at, "syntax.unclosed_bracket")
        kinds = {"'": "syntax.json_quote", "“": "syntax.json_quote", "”": "syntax.json_quote", "‘": "syntax.json_quote"}
        kinds |= {"}": "syntax.json_comma", "]": "syntax.json_comma", ",": "syntax.json_comma"}
        kinds |= {"/": "syntax.json_comment", "#": "syntax.json_comment"}
        self.refuse(at, kinds.get(self.text[at], "syntax.json_word"))

    def parse_string(self, at: int) -> int:
        match = _STRING.match(self.text, at)
        if match is None:
            self.refuse_string(at)
        value = match.group(1)
        if "\\" in value:
            import json

            value = json.loads(match.group())
            if _SURROGATE.search(value):
                self.builder.refuse("S118", at)
        self.builder.add(value, at)
        return match.end()

    def refuse_string(self, at: int) -> NoReturn:
        """Raise the fault of the invalid string that begins at ``at``."""
        stop = at + 1
        while stop < len(self.text):
            match = re.compile(r'[^"\\\x00-\x1f]*').match(self.text, stop)
            stop = match.end() if match else stop
            char = self.text[stop : stop + 1]
            if char == "\\":
                if not re.compile(r'\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})').match(self.text, stop):
                    self.refuse(stop, "syntax.escape")
                stop += 2
            elif char == "\t":
                self.refuse(stop, "syntax.json_tab")
            else:
                break
        self.refuse(at, "syntax.unclosed_quote")

    def parse_sequence(self, at: int) -> int:
        start = at
        self.builder.begin([], start)
        at = self.skip_space(at + 1)
        if self.text[at : at + 1] != "]":
            while True:
                at = self.skip_space(self.parse_value(at))
                if self.text[at : at + 1] != ",":
                    break
                at = self.skip_space(at + 1)
            if self.text[at : at + 1] != "]":
                self.refuse_end(start, at)
        self.builder.end()
        return at + 1

    def parse_mapping(self, at: int) -> int:
        start = at
        self.builder.begin({}, start)
        at = self.skip_space(at + 1)
        if self.text[at : at + 1] != "}":
            while True:
                if self.text[at : at + 1] != '"':
                    self.refuse_key(at)
                at = self.skip_space(self.parse_string(at))
                if self.text[at : at + 1] != ":":
                    self.refuse(at, "syntax.json_colon")
                at = self.skip_space(self.parse_value(self.skip_space(at + 1)))
                if self.text[at : at + 1] != ",":
                    break
                at = self.skip_space(at + 1)
            if self.text[at : at + 1] != "}":
                self.refuse_end(start, at)
        self.builder.end()
        return at + 1

    def refuse_end(self, start: int, at: int) -> NoReturn:
        """Raise the fault of a missing comma or closing bracket."""
        if at >= len(self.text):
            self.refuse(start, "syntax.unclosed_bracket")
        self.refuse(at, "syntax.json_comment" if self.text[at] in "/#" else "syntax.json_no_comma")

    def refuse_key(self, at: int) -> NoReturn:
        if at < len(self.text) and self.text[at] not in "'“”‘},/#":
            self.refuse(at, "syntax.json_key")
        self.refuse_word(at)
