"""Finds active content in the instructions of an Office document: field codes, formulas, links of drawings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from docgen.archive.bag.active import ActiveContent, ActiveKind, leaves_package, reaches_file
from docgen.ooxml.xml import XmlListener

_MARKS = (
    *(b"instrText", b"fldSimple", b"ddeLink", b"oleLink", b"definedName", b"HyperlinkBase", b"connectString"),
    *(b"hlinkClick", b"hlinkHover", b"hlinkMouseOver", b"<f>", b"<f ", b":f>", b":f "),
)
# these also stand in ordinary text, so that a second look has to find the whole mark
_POSSIBLE_MARKS = (b"ormula", b"src", b"href")
_WHOLE_MARK = re.compile(rb"ormula\d?[ >]|[ :](?:src|href) *=")
_SPACES = bytes.maketrans(b"\t\n\r\f\v", b"     ")
_OTHER_ENCODING = re.compile(rb"\A[^>]*\bencoding\s*=\s*[\"'](?!utf-?8|us-ascii|ascii)", re.I)
_LONGEST_MARK = 32

_FIELDS: dict[str, ActiveKind] = {
    **dict.fromkeys(("DDE", "DDEAUTO"), "dde"),
    **dict.fromkeys(("INCLUDETEXT", "INCLUDE", "INCLUDEPICTURE", "IMPORT", "LINK", "RD", "DATABASE"), "field"),
    **dict.fromkeys(("CONTROL", "HTMLCONTROL"), "control"),
    "MACROBUTTON": "macro",
}
_WORD = re.compile(r"[\s\"\\]*([A-Za-z]+)")
_ARGUMENT = re.compile(r"[\s\"\\]*[A-Za-z]+\s+(?:\"([^\"]*)\"|([^\s\\]\S*|\\\\\S+))")
_CODES = re.compile(r"QUOTE\s+((?:\d{1,7}\s+)*\d{1,7})", re.I)
# placeholders of templates: MACROBUTTON with a built-in command that runs no macro
_IDLE_MACRO = re.compile(r"[\s\"\\]*MACROBUTTON\s+(?:NoMacro|AcceptAllChangesInDoc|DoFieldClick)\b", re.I)

_STRING, _SHEET_NAME = re.compile(r'"(?:[^"]|"")*"'), re.compile(r"'(?:[^']|'')*'")
_FUNCTION = re.compile(
    r"(?<![\w.])(?:_xl\w+\.)*(WEBSERVICE|FILTERXML|CALL|REGISTER(?:\.ID)?|EXEC|EXECUTE|INITIATE|POKE|FOPEN|RTD|DDE|IMAGE"
    r"|SQL\.REQUEST)\s*\(",
    re.I,
)
_HYPERLINK = re.compile(r"HYPERLINK\s*\(\s*\"((?:[^\"]|\"\")*)\"", re.I)
_AUTO_MACRO = re.compile(r"(?:_xlnm\.)?auto_(?:open|close|activate|deactivate)", re.I)
_FORMULAS = frozenset(("f", "formula", "formula1", "formula2", "calculatedColumnFormula", "totalsRowFormula"))
_LONGEST = 1 << 15
"""The characters of a formula or instruction that are searched; Excel takes 8,192."""
_TEXT_ELEMENTS = _FORMULAS | {"instrText", "delInstrText", "t", "definedName", "HyperlinkBase"}
_LINKS: dict[str, ActiveKind] = {"ddeLink": "dde", "oleLink": "object"}


class InstructionMarks:
    """Finds out, piece by piece, whether a part holds a mark of instructions; only such a part is read for them."""

    def __init__(self) -> None:
        self.has_marks = False
        self._tail: bytes | None = None

    def look_at(self, piece: bytes) -> None:
        """Search the next piece; a part that isn't UTF-8 may encode the marks in other bytes and counts as marked."""
        if self.has_marks:
            return
        if self._tail is None and _has_other_encoding(piece):
            self.has_marks = True
            return
        joined = (self._tail or b"") + piece
        self.has_marks = _holds_marks(joined)
        # spaces inside of a mark may fill any number of pieces; one space stands for them all
        self._tail = joined.rstrip()[-_LONGEST_MARK:] + b" " if joined[-1:].isspace() else joined[-_LONGEST_MARK:]


def _has_other_encoding(start: bytes) -> bool:
    is_wide = b"\0" in start[:64] or start[:2] in (b"\xff\xfe", b"\xfe\xff")
    return is_wide or _OTHER_ENCODING.match(start) is not None


def _holds_marks(data: bytes) -> bool:
    """Whether one of the marks stands in the data; a search for each is faster than one expression for all."""
    spaced = data.translate(_SPACES)
    if any(mark in spaced for mark in _MARKS):
        return True
    return any(mark in spaced for mark in _POSSIBLE_MARKS) and _WHOLE_MARK.search(spaced) is not None


@dataclass(slots=True)
class _OpenField:
    """A field of Word whose end hasn't come: the pieces of its instruction, and whether its result has begun."""

    pieces: list[str] = field(default_factory=list)
    is_in_result: bool = False


class InstructionReader(XmlListener):
    """Gathers the active content of a part's instructions from the parser's events; other text isn't kept."""

    def __init__(self) -> None:
        self.contents: list[ActiveContent] = []
        self._texts: list[str] = []
        self._fields: list[_OpenField] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if name in _TEXT_ELEMENTS:
            self._texts.clear()
        if name == "fldSimple":
            self.contents += search_field(_find(attributes, "instr"))
        elif name == "fldChar":
            self._change_field(_find(attributes, "fldCharType"))
        elif name in _LINKS:
            self._add(_LINKS[name], " ".join(attributes.values()))
        elif name == "definedName" and _AUTO_MACRO.match(_find(attributes, "name")):
            self._add("macro_sheet", _find(attributes, "name"))
        elif name == "connectString":
            self._add("remote", _find(attributes, "val"))
        elif name.startswith("hlink") and _find(attributes, "action").lower().startswith(
            ("ppaction://program", "ppaction://macro", "ppaction://ole")
        ):
            self._add("file_link", _find(attributes, "action"))
        if attributes:
            self._search_links(attributes)

    def data(self, text: str) -> None:
        self._texts.append(text)

    def end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        if name in _TEXT_ELEMENTS:
            text = "".join(self._texts)[:_LONGEST]
            if name in ("instrText", "delInstrText"):
                self._add_to_field(text)
            elif name == "t":
                self._add_to_outer(text)
            elif name != "HyperlinkBase":
                self.contents += search_formula(text)
            elif text.strip() and reaches_file(text):
                self._add("remote", text)
        self._texts.clear()

    def close(self) -> None:
        while self._fields:
            self._end_field()

    def _change_field(self, mark: str) -> None:
        if mark == "begin":
            self._fields.append(_OpenField())
        elif mark == "separate" and self._fields:
            self._fields[-1].is_in_result = True
        elif mark == "end" and self._fields:
            self._end_field()

    def _end_field(self) -> None:
        instruction = "".join(self._fields.pop().pieces)[:_LONGEST]
        codes = _CODES.fullmatch(instruction.strip())
        if codes is not None and self._fields:
            # { DDE { QUOTE 99 109 100 } }: QUOTE gives characters of the outer field's instruction
            self._add_to_field("".join(chr(int(code)) for code in codes[1].split() if int(code) < 0x110000))
        self.contents += search_field(instruction)

    def _add_to_field(self, text: str) -> None:
        if not self._fields:
            self.contents += search_field(text)
        elif not self._fields[-1].is_in_result:
            self._fields[-1].pieces.append(text)

    def _add_to_outer(self, text: str) -> None:
        """Add text to the instruction of the outer field, where it is the result of a field in that instruction."""
        if len(self._fields) > 1 and self._fields[-1].is_in_result and not self._fields[-2].is_in_result:
            self._fields[-2].pieces.append(text)

    def _search_links(self, attributes: Mapping[str, str]) -> None:
        for key, value in attributes.items():
            name = key.rpartition("}")[2]
            if name == "src" and (leaves_package(value) or reaches_file(value)):
                self._add("remote", value)
            elif name == "href" and reaches_file(value):
                self._add("file_link", value)

    def _add(self, kind: ActiveKind, detail: str) -> None:
        self.contents.append(ActiveContent(kind, detail=detail))


def search_field(instruction: str) -> Iterator[ActiveContent]:
    """The active content of a field of Word, by its whole instruction."""
    word = _WORD.match(instruction)
    keyword = word[1].upper() if word is not None else ""
    kind = _FIELDS.get(keyword)
    if kind is not None and _IDLE_MACRO.match(instruction) is None:
        yield ActiveContent(kind, detail=" ".join(instruction.split()))
    if keyword == "HYPERLINK":
        argument = _ARGUMENT.match(instruction)
        target = (argument[1] or argument[2] or "") if argument is not None else ""
        # a field code doubles the backslashes of a path
        if reaches_file(target.replace("\\\\", "\\")) or reaches_file(target):
            yield ActiveContent("file_link", detail=target)


def search_formula(formula: str) -> Iterator[ActiveContent]:
    """The active content of a formula of Excel: DDE, functions that reach outside, links to files."""
    bare = _STRING.sub('""', formula)
    if "|" in _SHEET_NAME.sub("''", bare):  # =program|topic!item; no other formula has a bar
        yield ActiveContent("dde", detail=formula)
    if _FUNCTION.search(bare) is not None:
        yield ActiveContent("function", detail=formula)
    for link in _HYPERLINK.findall(formula):
        if reaches_file(link):
            yield ActiveContent("file_link", detail=link)


def _find(attributes: Mapping[str, str], name: str) -> str:
    """The value of an attribute, whatever its namespace; "" without it."""
    return next((value for key, value in attributes.items() if key.rpartition("}")[2] == name), "")
