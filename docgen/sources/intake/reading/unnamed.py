"""Rows that nobody named: a clerk looks for them by sheet and row, not by the key that they were given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from docgen.diagnostics import Diagnostic
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.sources.record_file import PlacedTree

_NAMING = frozenset(("name", "other", "label", "document", "called", "wanting"))
"""The parameters of messages that say what something is called; others may hold a number that only looks like a key."""


def name_rows(tree: PlacedTree, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """What was found, with sheet and row where a message says the key of a row without a name."""
    names = name_unnamed(tree)
    if not names:
        yield from found
        return
    keys = "|".join(map(re.escape, names))
    whole = re.compile(rf"(?:^|(?<=[、（]))(?:{keys})(?=$|[、）…])")
    for item in found:
        params = {
            name: whole.sub(lambda key: names[key[0]], value) if name in _NAMING and isinstance(value, str) else value
            for name, value in item.params.items()
        }
        yield replace(item, params=params) if params != item.params else item


def name_unnamed(tree: PlacedTree) -> Mapping[str, str]:
    """By the key of an enterprise that nobody named, what a clerk calls it; a record of text has no such rows."""
    data: Any = tree.data
    words = catalogue(DOCUMENT_LANGUAGE)
    names: dict[str, str] = {}
    given = data.get("enterprises")
    for at, item in enumerate(given if isinstance(given, list) else ()):
        if isinstance(item, dict) and "key" in item and not item.get("name"):
            where = tree.locate(("enterprises", at))
            if where.sheet is not None and where.line is not None:
                names[item["key"]] = words.text("workbook.unnamed", sheet=where.sheet, row=where.line)
    return names
