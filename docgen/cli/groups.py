"""Problems that are the same in many cells of a workbook, gathered to be told once.

Two hundred rows without a date are one thing to mend. What is gathered stays whole: every diagnostic is in its group,
and JSON and the returned workbook tell each by itself.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile

from docgen.diagnostics import Diagnostic, Severity, Term
from docgen.messages import Catalogue

_FEW = 3
"""So many places of problems that differ in a word are still told each by itself."""
_KIND = ("label", "path")
"""The parameters that say what is wrong; the others say with which row or value."""
_NAMED = re.compile(r"\{(\w+)\}")
_CELL = re.compile(r"([A-Z]+)(\d+)")


@dataclass(frozen=True, slots=True)
class DiagnosticGroup:
    """Diagnostics that are told as one: the same code and the same place but for the row."""

    items: tuple[Diagnostic, ...]

    @property
    def first(self) -> Diagnostic:
        """The one whose words are used."""
        return self.items[0]


def may_repeat(item: Diagnostic) -> bool:
    """Whether the same may be wrong in many places: in cells of a workbook, or in records as wholes."""
    return item.location.sheet is not None or item.location.kind == "none"


def group_diagnostics(diagnostics: Iterable[Diagnostic], words: Catalogue) -> list[DiagnosticGroup]:
    """The groups in the order of their first; a diagnostic at a line of a text file stays alone.

    What is said in the same words is one group. What differs in a name or a value is one, too, if there are many; of
    what need not be mended there is one of each kind.
    """
    same: dict[Hashable, list[Diagnostic]] = {}
    for number, item in enumerate(diagnostics):
        key: Hashable = (_find_kind(item), words.message(item), words.mend(item)) if may_repeat(item) else number
        same.setdefault(key, []).append(item)
    similar: dict[Hashable, list[list[Diagnostic]]] = {}
    for said, items in same.items():
        similar.setdefault(said if isinstance(said, int) else _find_column(items[0], words), []).append(items)
    kept: dict[int, list[Diagnostic]] = {}
    for many in similar.values():
        if len(many) > 1 and sum(map(len, many)) > _FEW:
            kept[id(many[0])] = [item for items in many for item in items]
        else:
            kept |= {id(items): items for items in many}
    return [DiagnosticGroup(tuple(kept[id(items)])) for items in same.values() if id(items) in kept]


def gather_kinds(diagnostics: Iterable[Diagnostic]) -> list[DiagnosticGroup]:
    """A group for each kind, the graver first: many warnings of a template hide no error of it."""
    kinds: dict[Hashable, list[Diagnostic]] = {}
    for item in diagnostics:
        kinds.setdefault((item.code, item.severity), []).append(item)
    order = list(Severity)
    return [
        DiagnosticGroup(tuple(items))
        for items in sorted(kinds.values(), key=lambda items: order.index(items[0].severity))
    ]


def list_others(group: DiagnosticGroup, words: Catalogue) -> list[str]:
    """What the others of a group are about: of each the first word of its message that differs, else its file."""
    template = words.diagnostics[group.first.code].message
    for name in dict.fromkeys(_NAMED.findall(template)):
        spoken = [_speak(item, name, words) for item in group.items]
        if any(text != spoken[0] for text in spoken):
            return _drop_shared([text for text in dict.fromkeys(spoken) if text != spoken[0]])
    files = dict.fromkeys(item.location.file for item in group.items)
    return [file for file in files if file is not None and file != group.first.location.file]


def _drop_shared(texts: list[str]) -> list[str]:
    """Of documents that are named with whom they are for in brackets, only whom."""
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(min(texts), max(texts), strict=False))
    shared = "".join(char for char, _ in alike).rpartition("（")[0]
    if shared and all(text.endswith("）") for text in texts):
        return [text[len(shared) + 1 : -1] for text in texts]
    return texts


def list_ranges(cells: Iterable[str]) -> list[str]:
    """Cells as people write them: ``C5:C80``, ``C93``; column by column, in the order in which columns come."""
    columns: dict[str, set[int]] = {}
    for cell in cells:
        match = _CELL.fullmatch(cell)
        if match is not None:
            columns.setdefault(match[1], set()).add(int(match[2]))
    return [spelled for column, rows in columns.items() for spelled in _join_rows(column, sorted(rows))]


def _join_rows(column: str, rows: Sequence[int]) -> Iterator[str]:
    for _, run in groupby(enumerate(rows), lambda pair: pair[1] - pair[0]):
        numbers = [row for _, row in run]
        first, last = f"{column}{numbers[0]}", f"{column}{numbers[-1]}"
        yield first if first == last else f"{first}:{last}"


def _find_kind(item: Diagnostic) -> Hashable:
    at = item.location
    return (item.code, item.severity, item.clause, at.file, at.sheet)


def _find_column(item: Diagnostic, words: Catalogue) -> Hashable:
    """What diagnostics that may differ in a name or a value must have in common."""
    at, entry = item.location, words.diagnostics[item.code]
    if at.sheet is not None and item.severity is Severity.INFO:
        return (item.code, item.severity, item.clause, at.file)
    if at.sheet is None:
        return (item.code, item.severity, item.clause, words.message(item))
    used = _NAMED.findall(entry.message + entry.mend)
    known = tuple(_speak(item, name, words) for name in _KIND if name in used)
    return (_find_kind(item), at.cell is None, at.column, known)


def _speak(item: Diagnostic, name: str, words: Catalogue) -> str:
    value = item.params.get(name, "")
    return words.text(value.key, **value.params) if isinstance(value, Term) else str(value)
