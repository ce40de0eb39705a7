"""The automatic numbers of a Word file: the kind of each list, and the number before a paragraph."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from docgen.content.heading_text import format_ordinal
from docgen.ooxml.xml import find_child, local_name, read_attribute, read_value

if TYPE_CHECKING:
    from lxml.etree import _Element

NumberKind = Literal["chapter", "chinese", "chinese_bracket", "decimal", "bracket", "letter", "circled", "bullet"]
"""第一部分, 一、, （一）, 1. or 1.1, （1） or 1), a), ①, a mark."""

_PLACE = re.compile(r"%([1-9])")
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


@dataclass(frozen=True, slots=True)
class ListLevel:
    """A level of a list: the kind of its numbers, their format, the text around them, where they begin."""

    kind: NumberKind
    form: str
    text: str
    start: int = 1


@dataclass(slots=True)
class ListNumbering:
    """The levels of lists by id and level, their definitions, and their current counts."""

    levels: dict[tuple[str, int], ListLevel] = field(default_factory=dict)
    roots: dict[str, str] = field(default_factory=dict)
    counted: dict[tuple[str, int], int] = field(default_factory=dict)

    def find_kind(self, list_id: str, level: int) -> NumberKind:
        """The kind of number of a list's level; an undefined list has bullets."""
        list_level = self.levels.get((list_id, level))
        return "bullet" if list_level is None else list_level.kind

    def count(self, list_id: str, level: int) -> str:
        """Count the next paragraph of a list and return its printed number, "" for a bullet."""
        list_level = self.levels.get((list_id, level))
        if list_level is None or list_level.kind == "bullet":
            return ""
        root = self.roots.get(list_id, list_id)
        self.counted[root, level] = self.counted.get((root, level), list_level.start - 1) + 1
        for deeper in range(level + 1, 9):
            self.counted.pop((root, deeper), None)

        def format_place(place: re.Match[str]) -> str:
            at = int(place[1]) - 1
            own = self.levels.get((list_id, at), list_level)
            return _format_number(self.counted.get((root, at), own.start), own.form)

        return _PLACE.sub(format_place, list_level.text)


def read_numbering(root: _Element | None) -> ListNumbering:
    """The lists of ``numbering.xml``."""
    if root is None:
        return ListNumbering()
    abstract = {read_attribute(entry, "abstractNumId"): entry for entry in root if local_name(entry) == "abstractNum"}
    numbering = ListNumbering()
    for entry in root:
        key = read_attribute(entry, "numId") if local_name(entry) == "num" else None
        if key is None:
            continue
        overrides = [find_child(part, "lvl") for part in entry if local_name(part) == "lvlOverride"]
        base_id = read_value(entry, "abstractNumId")
        base = abstract.get(base_id)
        begins_anew = any(local_name(part) == "lvlOverride" for part in entry)
        numbering.roots[key] = key if base_id is None or begins_anew else f"abstract {base_id}"
        levels = [*(base if base is not None else ()), *(level for level in overrides if level is not None)]
        for level in levels:
            number = read_attribute(level, "ilvl") if local_name(level) == "lvl" else None
            if number is not None and number.isdigit():
                numbering.levels[key, int(number)] = _read_level(level)
    return numbering


def _read_level(level: _Element) -> ListLevel:
    form, text = read_value(level, "numFmt") or "", read_value(level, "lvlText") or ""
    start = read_value(level, "start") or ""
    return ListLevel(_name_kind(form, text), form, text, int(start) if start.isdigit() else 1)


def _name_kind(form: str, text: str) -> NumberKind:
    if form in ("bullet", "none"):
        return "bullet"
    bracket = ")" in text or "）" in text
    if "第" in text:
        return "chapter"
    if form.startswith(("chinese", "japanese", "taiwanese", "ideograph")) and "Circle" not in form:
        return "chinese_bracket" if bracket else "chinese"
    if form.endswith(("Letter", "Roman")):
        return "letter"
    if "Circle" in form:
        return "circled"
    return "bracket" if bracket else "decimal"


def _format_number(number: int, form: str) -> str:
    if not 1 <= number <= 99:
        return str(number)
    if form.startswith(("chinese", "japanese", "taiwanese", "ideograph")) and "Circle" not in form:
        return format_ordinal(number)
    if form.endswith("Letter") and number <= 26:
        return chr(ord("A" if form.startswith("upper") else "a") + number - 1)
    if form.endswith("Roman") and number < 40:
        text = ""
        for value, sign in _ROMAN:
            text += sign * (number // value)
            number %= value
        return text if form.startswith("upper") else text.lower()
    if "Circle" in form and number <= 20:
        return chr(ord("①") + number - 1)
    return str(number)
