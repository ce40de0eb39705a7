"""Reads the text of a template's cells, in each of the forms in which programs write it.

The engine, the checks of templates and the repetition of columns all use it: a form that one of them didn't know would
make a tag vanish.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.ooxml.names import name_tag
from docgen.ooxml.xml import PackageError
from docgen.render.xlsx.package import Workbook, parse_part, write_inner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element

_EXACT = re.compile(r"\{\{-?\s*((?:(?!\{\{|\}\}|\{%|%\}).)+?)\s*-?\}\}", re.S)
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_TAGGY = re.compile(r"\{\{|\{%|\{#")


@dataclass(frozen=True, slots=True)
class BookText:
    """A text of the workbook: its runs, each with its format as XML ('' for none), and its shared string's number."""

    runs: tuple[tuple[str, str], ...]
    number: int | None = None

    @property
    def plain(self) -> str:
        """The text without formats."""
        return "".join(text for _, text in self.runs)


def read_strings(package: Workbook) -> list[BookText]:
    """Read the workbook's shared strings."""
    relation = package.find_related(package.workbook, "sharedStrings")
    if relation is None:
        return []
    items = parse_part(package.parts[relation]).iterchildren(name_tag("si"))
    return [BookText(_read_runs(item), number) for number, item in enumerate(items)]


def read_cell_text(cell: _Element, strings: Sequence[BookText]) -> BookText | None:
    """Read the text of a cell; None for a formula, a number or an empty cell."""
    if cell.find(name_tag("f")) is not None:
        return None
    inline, value = cell.find(name_tag("is")), cell.findtext(name_tag("v"))
    if inline is not None:
        return BookText(_read_runs(inline))
    if value is None:
        return None
    kind = cell.get("t", "n")
    if kind == "s":
        if not value.strip().isdecimal() or int(value) >= len(strings):
            raise PackageError("part", f"{cell.get('r')}: no shared string {value}")
        return strings[int(value)]
    return BookText((("", _unescape(value)),)) if kind == "str" else None


def _read_runs(item: _Element) -> tuple[tuple[str, str], ...]:
    """Read the runs of a text, without its phonetic runs."""
    runs = []
    for child in item:
        if child.tag == name_tag("t"):
            runs.append(("", _unescape(child.text or "")))
        elif child.tag == name_tag("r"):
            properties = child.find(name_tag("rPr"))
            text = _unescape(child.findtext(name_tag("t")) or "")
            runs.append((write_inner(properties) if properties is not None else "", text))
    return tuple(runs)


def _unescape(text: str) -> str:
    """Unescape characters that XML can't hold (``_x000D_``), and make all line ends line feeds."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def join_split_tags(runs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Join runs so that no tag is split: a tag in several formats gets the format that it begins with."""
    joined: list[tuple[str, str]] = []
    for properties, text in runs:
        if joined and _is_open(joined[-1][1]):
            joined[-1] = (joined[-1][0], joined[-1][1] + text)
        else:
            joined.append((properties, text))
    return joined


def _is_open(text: str) -> bool:
    opened = max(text.rfind("{{"), text.rfind("{%"))
    return text.endswith("{") or opened > max(text.rfind("}}"), text.rfind("%}"))


def has_tag(text: str) -> bool:
    """Whether a text holds a tag."""
    return _TAGGY.search(text) is not None


def read_expression(text: str) -> str | None:
    """Read the expression of a text that is exactly ``{{ expr }}``, or None."""
    match = _EXACT.fullmatch(text.strip())
    return match[1] if match else None
