"""JSON text → nodes with places: strict JSON, numbers and truth values kept as the text that was typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from docgen.diagnostics import Diagnostic, Location, Term, error
from docgen.errors import SourceError
from docgen.trees.nodes import MAX_DEPTH, NULL_TAG

if TYPE_CHECKING:
    from docgen.trees.nodes import Node

_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"((?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*)"')
_LITERAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null")
_WORD = re.compile(r"[^\s,:{}\[\]\"]*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_STRING_TAG = "tag:yaml.org,2002:str"


@dataclass(frozen=True, slots=True)
class JsonMark:
    """A place in a JSON text, counted only when it is asked for."""

    text: str
    offset: int

    @property
    def line(self) -> int:
        return self.text.count("\n", 0, self.offset)

    @property
    def column(self) -> int:
        return self.offset - self.text.rfind("\n", 0, self.offset) - 1


class JsonNode:
    """A value of a JSON text, in the shape of PyYAML's nodes."""

    __slots__ = ("id", "offset", "style", "tag", "text", "value")

    def __init__(  # noqa: PLR0917 - a record has thousands of them: names at each call would cost time
        self, kind: str, value: Any, offset: int, text: str, tag: str = "", style: str | None = '"'
    ) -> None:
        self.id = kind
        self.value = value
        self.offset = offset
        self.text = text
        self.tag = tag
        self.style = style

    @property
    def start_mark(self) -> JsonMark:
        return JsonMark(self.text, self.offset)


def compose(text: str, name: str) -> tuple[Node | None, list[Diagnostic]]:
    """The node of a JSON text and what must not stand in it; SourceError at its first fault of syntax."""
    parser = _Parser(text, name)
    at = parser.skip_space(0)
    if at == len(text):
        return None, []
    root, at = parser.parse_value(at, 1)
    at = parser.skip_space(at)
    if at < len(text):
        parser.refuse(at, "syntax.json_rest")
    return root, parser.faults


class _Parser:
    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.faults: list[Diagnostic] = []

    def refuse(self, at: int, kind: str) -> NoReturn:
        raise SourceError(*self.faults, error("S110", self.place(at), what=Term(kind)))

    def place(self, at: int) -> Location:
        mark = JsonMark(self.text, at)
        return Location("yaml", self.name, mark.line + 1, mark.column + 1)

    def skip_space(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        return match.end() if match else at

    def parse_value(self, at: int, depth: int) -> tuple[JsonNode, int]:
        first = self.text[at : at + 1]
        if first == '"':
            return self.parse_string(at)
        if first in ("{", "["):
            if depth > MAX_DEPTH:
                raise SourceError(*self.faults, error("S119", self.place(at), limit=MAX_DEPTH))
            return self.parse_mapping(at, depth) if first == "{" else self.parse_sequence(at, depth)
        match = _LITERAL.match(self.text, at)
        word = _WORD.match(self.text, at)
        if match is None or word is None or match.end() != word.end():
            self.refuse_word(at)
        literal = match.group()
        tag = NULL_TAG if literal == "null" else _STRING_TAG
        return JsonNode("scalar", literal, at, self.text, tag, None), match.end()

    def refuse_word(self, at: int) -> NoReturn:
        if at >= len(self.text):
            self.refuse(at, "syntax.unclosed_bracket")
        kinds = {"'": "syntax.json_quote", "“": "syntax.json_quote", "”": "syntax.json_quote", "‘": "syntax.json_quote"}
        kinds |= {"}": "syntax.json_comma", "]": "syntax.json_comma", ",": "syntax.json_comma"}
        kinds |= {"/": "syntax.json_comment", "#": "syntax.json_comment"}
        self.refuse(at, kinds.get(self.text[at], "syntax.json_word"))

    def parse_string(self, at: int) -> tuple[JsonNode, int]:
        match = _STRING.match(self.text, at)
        if match is None:
            self.refuse_string(at)
        value = match.group(1)
        if "\\" in value:
            import json

            value = json.loads(match.group())
            if _SURROGATE.search(value):
                self.faults.append(error("S118", self.place(at)))
        return JsonNode("scalar", value, at, self.text, _STRING_TAG), match.end()

    def refuse_string(self, at: int) -> NoReturn:
        """Say why what begins with a quote at ``at`` is no string."""
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

    def parse_sequence(self, at: int, depth: int) -> tuple[JsonNode, int]:
        start, items = at, []
        at = self.skip_space(at + 1)
        if self.text[at : at + 1] != "]":
            while True:
                item, at = self.parse_value(at, depth + 1)
                items.append(item)
                at = self.skip_space(at)
                if self.text[at : at + 1] != ",":
                    break
                at = self.skip_space(at + 1)
            if self.text[at : at + 1] != "]":
                self.refuse_end(start, at)
        return JsonNode("sequence", items, start, self.text), at + 1

    def parse_mapping(self, at: int, depth: int) -> tuple[JsonNode, int]:
        start, pairs = at, []
        at = self.skip_space(at + 1)
        if self.text[at : at + 1] != "}":
            while True:
                if self.text[at : at + 1] != '"':
                    self.refuse_key(at)
                key, at = self.parse_string(at)
                at = self.skip_space(at)
                if self.text[at : at + 1] != ":":
                    self.refuse(at, "syntax.json_colon")
                value, at = self.parse_value(self.skip_space(at + 1), depth + 1)
                pairs.append((key, value))
                at = self.skip_space(at)
                if self.text[at : at + 1] != ",":
                    break
                at = self.skip_space(at + 1)
            if self.text[at : at + 1] != "}":
                self.refuse_end(start, at)
        return JsonNode("mapping", pairs, start, self.text), at + 1

    def refuse_end(self, start: int, at: int) -> NoReturn:
        """Something else stands where a comma or the closing bracket of ``start`` should."""
        if at >= len(self.text):
            self.refuse(start, "syntax.unclosed_bracket")
        self.refuse(at, "syntax.json_comment" if self.text[at] in "/#" else "syntax.json_no_comma")

    def refuse_key(self, at: int) -> NoReturn:
        if at < len(self.text) and self.text[at] not in "'“”‘},/#":
            self.refuse(at, "syntax.json_key")
        self.refuse_word(at)
