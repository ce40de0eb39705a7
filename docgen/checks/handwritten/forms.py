"""Does a form that somebody filled in have its labels, and something in the cells beside them?

The layout of a form that people made over is unknown, so this is a hint to look, never an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from docgen.content.blocks import Table
from docgen.content.file_names import strip_leading
from docgen.content.folding import fold_text, keep_letters
from docgen.content.model import DocumentContent
from docgen.content.shown_names import format_first_few
from docgen.content.spoken_texts import iterate_tables, iterate_texts, read_cell
from docgen.diagnostics import Diagnostic, warning

_SHORTEST_IN_TEXT = 3
_LONGEST_CELL = 8
_LISTED = 8


@dataclass(frozen=True, slots=True)
class WantedLabel:
    """A label that a form must show; ``asks`` tells that something must be filled in beside it."""

    label: str
    asks: bool = False


def check_form(content: DocumentContent, wanted: Sequence[WantedLabel], clause: str | None) -> Iterator[Diagnostic]:
    """F112 for labels that aren't there, F113 for cells beside labels that are empty; each at most once a document."""
    texts = [keep_letters(item.text) for item in iterate_texts(content)]
    cells = set(texts)
    missing = [item.label for item in wanted if not _is_there(keep_letters(item.label), cells, texts)]
    if missing:
        listed = format_first_few(missing, _LISTED)
        yield warning("F112", content.location, clause=clause, labels=listed, count=len(missing), all=len(wanted))
    asking = {_fold_label(item.label): item.label for item in wanted if item.asks}
    labels = {_fold_label(item.label) for item in wanted}
    blank = [
        asking[label] for table in iterate_tables(content) for label in _find_blank(table, labels) if label in asking
    ]
    if blank:
        listed = format_first_few(dict.fromkeys(blank), _LISTED)
        yield warning("F113", content.location, clause=clause, labels=listed, count=len(blank))


def holds_any(content: DocumentContent, labels: Iterable[str]) -> bool:
    """Whether at least one of the labels stands anywhere in a text."""
    texts = [keep_letters(item.text) for item in iterate_texts(content)]
    cells = set(texts)
    return any(_is_there(keep_letters(label), cells, texts) for label in labels)


def _is_there(label: str, cells: set[str], texts: Sequence[str]) -> bool:
    long = len(label) >= _SHORTEST_IN_TEXT
    return label in cells or any(label in text for text in texts if long or len(text) <= _LONGEST_CELL)


def _find_blank(table: Table, labels: set[str]) -> Iterator[str]:
    """Labels in a row behind which, up to the next label, every cell is empty, and the one below, too."""
    for row, cells in enumerate(table.rows):
        for column in range(len(cells) - 1):
            label = _fold_label(read_cell(table, row, column))
            if label not in labels:
                continue
            behind = []
            for at in range(column + 1, len(cells)):
                text = read_cell(table, row, at)
                if _fold_label(text) in labels:
                    break
                behind.append(text)
            below = read_cell(table, row + 1, column)
            if behind and not any(behind) and (not below or _fold_label(below) in labels):
                yield label


def _fold_label(text: str) -> str:
    """A label as it is compared, without the number before it."""
    return keep_letters(strip_leading(fold_text(text)))
