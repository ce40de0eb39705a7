"""Which column a tag may mean: what there is to choose from, and what is likely, for somebody who selects."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from docgen.batch.fill.names import Namer, fold
from docgen.batch.fill.sheet import DataFile, DataSheet, read_data
from docgen.batch.fill.template import OWN_NAMES, open_template, read_words
from docgen.batch.fill.values import Printer
from docgen.diagnostics import has_errors
from docgen.errors import TemplateError
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.sources.intake.workbook.layout import MARK_HEADER

_ROWS, _LONGEST, _ALIKE = 3, 60, 0.45


@dataclass(frozen=True, slots=True)
class AskedTag:
    """A tag as it stands in the template; ``header`` is the column that it likely means, '' where none is like it.

    With ``is_list`` it is a list to go through, and ``header`` the name of a sheet.
    """

    name: str
    header: str
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class OfferedSheet:
    """A sheet with its headers, and what its first rows print."""

    name: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """The tags of a template and the sheets of a file; ``sheet`` is the one that fits best."""

    tags: tuple[AskedTag, ...]
    sheets: tuple[OfferedSheet, ...]
    sheet: str


def offer_match(template: Path, data: Path) -> Offer:
    """What the tags of a template may mean in a file.

    Raises TemplateError with all that is wrong with the template, SourceError where the data can't be read.
    """
    opened = open_template(template)
    if has_errors(opened.faults):
        raise TemplateError(*opened.faults)
    read = read_data(data, read_words(template))
    lists = opened.list_lists()
    names = [name for name in opened.list_names() if name not in lists and name not in OWN_NAMES]
    own = [opened.show(name) for name in names]
    names += [inner.partition(".")[0] for asked in lists.values() for inner in asked]
    tags = list(dict.fromkeys(opened.show(name) for name in names))
    sheets = tuple(_offer_sheet(read, sheet) for sheet in read.sheets)
    likely = _suggest(tags, dict.fromkeys(header for sheet in sheets for header in sheet.headers))
    of_lists = [opened.show(name) for name in lists if name not in OWN_NAMES and name != "rows"]
    likely_sheets = _suggest(of_lists, [sheet.name for sheet in sheets])
    wanted = {likely[tag] for tag in own if tag in likely}
    singles = [sheet for sheet in sheets if sheet.name not in likely_sheets.values()] or sheets
    best = max(singles, key=lambda sheet: len(wanted & {*sheet.headers}), default=None)
    if best is None:
        read.choose((), None)  # raises W200
    asked = [AskedTag(tag, likely.get(tag, "")) for tag in tags]
    asked += [AskedTag(tag, likely_sheets.get(tag, ""), is_list=True) for tag in of_lists]
    return Offer(tuple(asked), sheets, best.name if best is not None else "")


def _offer_sheet(data: DataFile, sheet: DataSheet) -> OfferedSheet:
    headers = {header: name for name, header in reversed(sheet.headers.items()) if name != MARK_HEADER}
    ordered = sorted(headers, key=lambda header: sheet.columns[headers[header]])
    printer = Printer(data, "blank")
    shown = tuple(
        tuple(printer.format_cell(sheet, row, headers[header])[:_LONGEST] for header in ordered)
        for row in sheet.rows[:_ROWS]
    )
    return OfferedSheet(sheet.name, tuple(ordered), shown)


def _suggest(tags: Iterable[str], headers: Iterable[str]) -> dict[str, str]:
    """For each tag the header that says the same, else the one most like it that no other tag means."""
    listed = list(headers)
    namer = Namer(listed)
    names = {tag: namer.find(tag) or namer.find_merged(tag) for tag in tags}
    meant = {tag: namer.shown[name] for tag, name in names.items() if name is not None}
    pairs = itertools.product(names.keys() - meant.keys(), {*listed} - {*meant.values()})
    for likeness, tag, header in sorted(((_liken(*pair), *pair) for pair in pairs), reverse=True):
        if likeness >= _ALIKE and tag not in meant and header not in meant.values():
            meant[tag] = header
    return meant


def _liken(tag: str, header: str) -> float:
    """How alike two names are, from 0 to 1; one that is contained in the other is more so."""
    one, other = _level(tag), _level(header)
    inside = 0.3 if one and other and (one in other or other in one) else 0.0
    return min(1.0, SequenceMatcher(None, one, other).ratio() + inside)


def _level(header: str) -> str:
    """A header with one word for what is the same."""
    text = fold(header)
    for words in catalogue(DOCUMENT_LANGUAGE).text("fill.same-words").split():
        word, _, others = words.partition("|")
        text = re.sub(others, word, text)
    return text


def choose_matches(chosen: Mapping[str, str], offered: Iterable[str]) -> dict[str, str]:
    """What was chosen for the tags, where it says more than the tag itself; what wasn't offered is left out."""
    offered_headers = set(offered)
    return {tag: header for tag, header in chosen.items() if header in offered_headers and fold(tag) != fold(header)}
