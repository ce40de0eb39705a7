"""Reads the instructions in an Office document: field codes, formulas, links of drawings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from docgen.archive.bag.active import Active, ActiveKind, leaves_package, reaches_file
from docgen.ooxml.xml import XmlListener

_MARKS = (
    *(b"instrText", b"fldSimple", b"ddeLink", b"oleLink", b"definedName", b"HyperlinkBase", b"connectString"),
    *(b"hlinkClick", b"hlinkHover", b"hlinkMouseOver", b"<f>", b"<f ", b":f>", b":f "),
)
_HALF_MARKS = (b"ormula", b"src", b"href")
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
# Buttons that only let somebody click into a template's free place.
_IDLE_MACRO = re.compile(r"[\s\"\\]*MACROBUTTON\s+(?:NoMacro|AcceptAllChangesInDoc|DoFieldClick)\b", re.I)

_TEXT, _QUOTED = re.compile(r'"(?:[^"]|"")*"'), re.compile(r"'(?:[^']|'')*'")
_FUNCTION = re.compile(
    r"(?<![\w.])(?:_xl\w+\.)*(WEBSERVICE|FILTERXML|CALL|REGISTER(?:\.ID)?|EXEC|EXECUTE|INITIATE|POKE|FOPEN|RTD|DDE|IMAGE"
    r"|SQL\.REQUEST)\s*\(",
    re.I,
)
_LINKED = re.compile(r"HYPERLINK\s*\(\s*\"((?:[^\"]|\"\")*)\"", re.I)
_STARTING_NAME = re.compile(r"(?:_xlnm\.)?auto_(?:open|close|activate|deactivate)", re.I)
_FORMULAS = frozenset(("f", "formula", "formula1", "formula2", "calculatedColumnFormula", "totalsRowFormula"))
_LONGEST = 1 << 15
"""How much of a formula or instruction is looked at; Excel takes 8,192 characters."""
_KEPT = _FORMULAS | {"instrText", "delInstrText", "t", "definedName", "HyperlinkBase"}
_LINKS: dict[str, ActiveKind] = {"ddeLink": "dde", "oleLink": "object"}


class InstructionMarks:
    """Whether the pieces of a part, as they come, hold anything that instructions are made of."""

    def __init__(self) -> None:
        self.found = False
        self._tail: bytes | None = None

    def look_at(self, piece: bytes) -> None:
        """Take the next piece; one that isn't UTF-8 may spell the marks otherwise and counts as holding them."""
        if self.found:
            return
        if self._tail is None:
            self.found = b"\0" in piece[:64] or piece[:2] in (b"\xff\xfe", b"\xfe\xff")
            self.found = self.found or _OTHER_ENCODING.match(piece) is not None
        joined = (self._tail or b"") + piece
        self.found = self.found or _holds_marks(joined)
        # spaces before a mark's end may fill any number of pieces; one stands for them all
        self._tail = joined.rstrip()[-_LONGEST_MARK:] + b" " if joined[-1:].isspace() else joined[-_LONGEST_MARK:]


def _holds_marks(data: bytes) -> bool:
    """Whether one of the marks stands in the data; a search for each finds them sooner than an expression for all."""
    spaced = data.translate(_SPACES)
    if any(mark in spaced for mark in _MARKS):
        return True
    return any(mark in spaced for mark in _HALF_MARKS) and _WHOLE_MARK.search(spaced) is not None


class InstructionReader(XmlListener):
    """Hears a part's elements and gathers what instructs; only the text of instructions is kept, and little of it."""

    def __init__(self) -> None:
        self.found: list[Active] = []
        self._texts: list[str] = []
        self._field: list[tuple[list[str], bool]] = []
        """The fields that are open: what their instruction is so far, and whether their result has begun."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if name in _KEPT:
            self._texts.clear()
        if name == "fldSimple":
            self._judge_field(_read(attributes, "instr"))
        elif name == "fldChar":
            self._turn_field(_read(attributes, "fldCharType"))
        elif name in _LINKS:
            self._add(_LINKS[name], " ".join(attributes.values()))
        elif name == "definedName" and _STARTING_NAME.match(_read(attributes, "name")):
            self._add("macro_sheet", _read(attributes, "name"))
        elif name == "connectString":
            self._add("remote", _read(attributes, "val"))
        elif name.startswith("hlink") and _read(attributes, "action").lower().startswith(
            ("ppaction://program", "ppaction://macro", "ppaction://ole")
        ):
            self._add("file_link", _read(attributes, "action"))
        if attributes:
            self._judge_links(attributes)

    def data(self, text: str) -> None:
        self._texts.append(text)

    def end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        if name in _KEPT:
            text = "".join(self._texts)[:_LONGEST]
            if name in ("instrText", "delInstrText"):
                self._add_to_field(text)
            elif name == "t":
                self._add_to_outer(text)
            elif name == "HyperlinkBase":
                self._add("remote", text) if text.strip() and reaches_file(text) else None
            else:
                self.found += judge_formula(text)
        self._texts.clear()

    def close(self) -> None:
        while self._field:
            self._end_field()

    def _turn_field(self, turn: str) -> None:
        if turn == "begin":
            self._field.append(([], False))
        elif turn == "separate" and self._field:
            self._field[-1] = (self._field[-1][0], True)
        elif turn == "end" and self._field:
            self._end_field()

    def _end_field(self) -> None:
        instruction = "".join(self._field.pop()[0])[:_LONGEST]
        codes = _CODES.fullmatch(instruction.strip())
        if codes is not None and self._field:
            # { DDE { QUOTE 99 109 100 } }: the characters of what the outer field says
            self._add_to_field("".join(chr(int(code)) for code in codes[1].split() if int(code) < 0x110000))
        self._judge_field(instruction)

    def _add_to_field(self, text: str) -> None:
        if self._field and not self._field[-1][1]:
            self._field[-1][0].append(text)
        elif not self._field:
            self._judge_field(text)

    def _add_to_outer(self, text: str) -> None:
        """The result of a field inside of an instruction is a piece of that instruction."""
        if len(self._field) > 1 and self._field[-1][1] and not self._field[-2][1]:
            self._field[-2][0].append(text)

    def _judge_field(self, instruction: str) -> None:
        self.found += judge_field(instruction)

    def _judge_links(self, attributes: Mapping[str, str]) -> None:
        for key, value in attributes.items():
            name = key.rpartition("}")[2]
            if name == "src" and (leaves_package(value) or reaches_file(value)):
                self._add("remote", value)
            elif name == "href" and reaches_file(value):
                self._add("file_link", value)

    def _add(self, kind: ActiveKind, detail: str) -> None:
        self.found.append(Active(kind, detail=detail))


def judge_field(instruction: str) -> Iterator[Active]:
    """What a field of Word does by its whole instruction."""
    word = _WORD.match(instruction)
    keyword = word[1].upper() if word is not None else ""
    kind = _FIELDS.get(keyword)
    if kind is not None and _IDLE_MACRO.match(instruction) is None:
        yield Active(kind, detail=" ".join(instruction.split()))
    if keyword == "HYPERLINK":
        argument = _ARGUMENT.match(instruction)
        target = (argument[1] or argument[2] or "") if argument is not None else ""
        # a field code doubles the backslashes of a path
        if reaches_file(target.replace("\\\\", "\\")) or reaches_file(target):
            yield Active("file_link", detail=target)


def judge_formula(formula: str) -> Iterator[Active]:
    """What a formula of Excel does beyond calculating."""
    bare = _TEXT.sub('""', formula)
    if "|" in _QUOTED.sub("''", bare):  # =program|topic!item; no other formula has that sign
        yield Active("dde", detail=formula)
    if _FUNCTION.search(bare) is not None:
        yield Active("function", detail=formula)
    for link in _LINKED.findall(formula):
        if reaches_file(link):
            yield Active("file_link", detail=link)


def _read(attributes: Mapping[str, str], name: str) -> str:
    return next((value for key, value in attributes.items() if key.rpartition("}")[2] == name), "")
