"""Groups diagnostics that are the same in many cells of a workbook, so that the console shows each problem once.

Two hundred rows without a date are one thing to mend. No diagnostic is dropped: each is in its group, and JSON and the
returned workbook list every one.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile

from docgen.diagnostics import Diagnostic, Severity
from docgen.messages import Catalogue

_FEW = 3
"""Up to so many problems that differ in a word are shown one by one."""
_KIND = ("label", "path")
"""The parameters that name what is wrong; the others name the row or the value."""
_PARAMETER = re.compile(r"\{(\w+)\}")
_CELL = re.compile(r"([A-Z]+)(\d+)")


@dataclass(frozen=True, slots=True)
class DiagnosticGroup:
    """Diagnostics that are shown as one: the same code and the same place but for the row."""

    items: tuple[Diagnostic, ...]

    @property
    def first(self) -> Diagnostic:
        """The one whose message is shown."""
        return self.items[0]


def may_repeat(item: Diagnostic) -> bool:
    """Whether the same problem may occur in many places: in cells of a workbook, or in records as wholes."""
    return item.location.sheet is not None or item.location.kind == "none"


def group_diagnostics(diagnostics: Iterable[Diagnostic], words: Catalogue) -> list[DiagnosticGroup]:
    """The groups in the order of their first; a diagnostic at a line of a text file stays alone.

    Diagnostics with the same message and remedy are one group. Those that differ in a name or a value are one, too, if
    there are many; notes, which need no mending, are one group of each kind.
    """
    same: dict[Hashable, list[Diagnostic]] = {}
    for number, item in enumerate(diagnostics):
        key: Hashable = (_find_kind(item), words.message(item), words.mend(item)) if may_repeat(item) else number
        same.setdefault(key, []).append(item)
    similar: dict[Hashable, list[list[Diagnostic]]] = {}
    for key, items in same.items():
        similar.setdefault(key if isinstance(key, int) else _find_column(items[0], words), []).append(items)
    merged: dict[int, list[Diagnostic]] = {}
    for many in similar.values():
        if len(many) > 1 and sum(map(len, many)) > _FEW:
            merged[id(many[0])] = [item for items in many for item in items]
        else:
            merged |= {id(items): items for items in many}
    return [DiagnosticGroup(tuple(merged[id(items)])) for items in same.values() if id(items) in merged]


def gather_kinds(diagnostics: Iterable[Diagnostic]) -> list[DiagnosticGroup]:
    """A group for each code and severity, errors first, so that many warnings hide no error."""
    kinds: dict[Hashable, list[Diagnostic]] = {}
    for item in diagnostics:
        kinds.setdefault((item.code, item.severity), []).append(item)
    order = list(Severity)
    return [
        DiagnosticGroup(tuple(items))
        for items in sorted(kinds.values(), key=lambda items: order.index(items[0].severity))
    ]


def list_others(group: DiagnosticGroup, words: Catalogue) -> list[str]:
    """What distinguishes the others of a group from its first: the first parameter that differs, else the file."""
    template = words.diagnostics[group.first.code].message
    for name in dict.fromkeys(_PARAMETER.findall(template)):
        texts = [words.format_param(item.params.get(name, "")) for item in group.items]
        if any(text != texts[0] for text in texts):
            return _drop_shared([text for text in dict.fromkeys(texts) if text != texts[0]])
    files = dict.fromkeys(item.location.file for item in group.items)
    return [file for file in files if file is not None and file != group.first.location.file]


def _drop_shared(texts: list[str]) -> list[str]:
    """Only the names in brackets, where titles differ in nothing else: 培训记录（甲公司） becomes 甲公司."""
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(min(texts), max(texts), strict=False))
    shared = "".join(char for char, _ in alike).rpartition("（")[0]
    if shared and all(text.endswith("）") for text in texts):
        return [text[len(shared) + 1 : -1] for text in texts]
    return texts


def list_ranges(cells: Iterable[str]) -> list[str]:
    """Cells as ranges: ``C5:C80``, ``C93``; column by column, in the order of their first cells."""
    columns: dict[str, set[int]] = {}
    for cell in cells:
        match = _CELL.fullmatch(cell)
        if match is not None:
            columns.setdefault(match[1], set()).add(int(match[2]))
    return [text for column, rows in columns.items() for text in _join_rows(column, sorted(rows))]


def _join_rows(column: str, rows: Sequence[int]) -> Iterator[str]:
    for _, run in groupby(enumerate(rows), lambda pair: pair[1] - pair[0]):
        numbers = [row for _, row in run]
        first, last = f"{column}{numbers[0]}", f"{column}{numbers[-1]}"
        yield first if first == last else f"{first}:{last}"


def _find_kind(item: Diagnostic) -> Hashable:
    at = item.location
    return (item.code, item.severity, item.clause, at.file, at.sheet)


def _find_column(item: Diagnostic, words: Catalogue) -> Hashable:
    """The key of diagnostics that may differ in a name or a value: code, place but for the row, kind of value."""
    at, entry = item.location, words.diagnostics[item.code]
    if at.sheet is not None and item.severity is Severity.INFO:
        return (item.code, item.severity, item.clause, at.file)
    if at.sheet is None:
        return (item.code, item.severity, item.clause, words.message(item))
    used = _PARAMETER.findall(entry.message + entry.mend)
    kinds = tuple(words.format_param(item.params.get(name, "")) for name in _KIND if name in used)
    return (_find_kind(item), at.cell is None, at.column, kinds)
