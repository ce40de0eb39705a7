"""Rows that nobody named: a clerk looks for them by sheet and row, not by the key that they were given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from docgen.diagnostics import Diagnostic, Param
from docgen.sources.intake.reading.mapping import MappedTree
from docgen.sources.intake.reading.owners import name_unnamed
from docgen.sources.intake.reading.split import SelectedTree
from docgen.sources.intake.workbook.names import UNNAMED
from docgen.sources.intake.workbook.places import IntakeTree
from docgen.sources.record_file import PlacedTree

_KEY = re.compile(rf"(?<![\w-]){UNNAMED}\d+(?![\w-])")


def name_rows(tree: PlacedTree, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """What was found, with sheet and row where a message says the key of a row without a name."""
    names: Mapping[str, str] | None = None
    for item in found:
        if not any(isinstance(value, str) and UNNAMED in value for value in item.params.values()):
            yield item
            continue
        names = _list_names(tree) if names is None else names
        yield replace(item, params={name: _spell(value, names) for name, value in item.params.items()})


def _spell(value: Param, names: Mapping[str, str]) -> Param:
    return _KEY.sub(lambda key: names.get(key[0], key[0]), value) if isinstance(value, str) else value


def _list_names(tree: PlacedTree) -> Mapping[str, str]:
    if isinstance(tree, SelectedTree):
        return _list_names(tree.whole)
    table = tree.table if isinstance(tree, MappedTree) else tree
    return name_unnamed(table) if isinstance(table, IntakeTree) else {}
