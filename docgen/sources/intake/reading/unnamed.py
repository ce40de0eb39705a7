"""Replaces generated keys of unnamed rows in messages with sheet and row, which a clerk can find."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from docgen.diagnostics import Diagnostic
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.sources.record_file import PlacedTree

_NAMING = frozenset(("name", "other", "label", "document", "called", "wanting"))
"""Message parameters that hold names; other parameters may hold numbers that only look like keys."""


def name_rows(tree: PlacedTree, diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The diagnostics, with sheet and row in place of the key of an unnamed row."""
    names = name_unnamed(tree)
    if not names:
        yield from diagnostics
        return
    keys = "|".join(map(re.escape, names))
    whole = re.compile(rf"(?:^|(?<=[、（]))(?:{keys})(?=$|[、）…])")
    for diagnostic in diagnostics:
        params = {
            name: whole.sub(lambda key: names[key[0]], value) if name in _NAMING and isinstance(value, str) else value
            for name, value in diagnostic.params.items()
        }
        yield replace(diagnostic, params=params) if params != diagnostic.params else diagnostic


def name_unnamed(tree: PlacedTree) -> Mapping[str, str]:
    """Sheet and row by the key of each unnamed enterprise; empty for a record in a text file."""
    data: Any = tree.data
    words = catalogue(DOCUMENT_LANGUAGE)
    names: dict[str, str] = {}
    enterprises = data.get("enterprises")
    for at, item in enumerate(enterprises if isinstance(enterprises, list) else ()):
        if isinstance(item, dict) and "key" in item and not item.get("name"):
            where = tree.locate(("enterprises", at))
            if where.sheet is not None and where.line is not None:
                names[item["key"]] = words.text("workbook.unnamed", sheet=where.sheet, row=where.line)
    return names
