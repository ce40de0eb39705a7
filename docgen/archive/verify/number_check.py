"""Checks archive numbers and page ranges in a package's index: by their rule, once each, in order; pure."""

from __future__ import annotations

from collections.abc import Iterator

from docgen.archive.plan.model import ArchiveFields, FiledDocument, PackageIndex, number_pages
from docgen.archive.zip.names import escape_name
from docgen.diagnostics import Diagnostic, Location, Param, Term, error
from docgen.record.dossier_number import DossierNumber, NumberRule, format_number_example, read_number


def check_numbers(index: PackageIndex, where: Location) -> Iterator[Diagnostic]:
    """A220–A223: a number that breaks the package's rule, stands twice or not in its place; a wrong page range."""
    yield from _check_repetition(index, where)
    rule = index.archive.rule
    if rule is not None:
        yield from _check_rule(index, rule, where)
    yield from _check_ranges(index, where)
    yield from _check_sequence(index, where)


def _check_sequence(index: PackageIndex, where: Location) -> Iterator[Diagnostic]:
    """V230, once: documents are numbered from 1, those of a supplement from where the packages before it ended."""
    wanted = index.supplements.last_number if index.supplements is not None else 0
    for document in index.documents:
        if not document.number:
            continue
        wanted += 1
        if document.number != wanted:
            yield error("V230", where, title=_name(document), found=document.number, expected=wanted)
            return


def _check_repetition(index: PackageIndex, where: Location) -> Iterator[Diagnostic]:
    seen: dict[str, str] = {}
    for document in index.documents:
        number = document.archive_number
        if number and number in seen:
            yield error("A221", where, value=escape_name(number), title=_name(document), other=seen[number])
        seen.setdefault(number, _name(document))


def _check_rule(index: PackageIndex, rule: NumberRule, where: Location) -> Iterator[Diagnostic]:
    wanted, item = _expect(index.archive, rule), index.archive.first_item or 1
    shape = format_number_example(rule)
    if read_number(index.archive.archive_number, rule).faults:
        title, value = escape_name(index.title), escape_name(index.archive.archive_number)
        yield error("A220", where, title=title, value=value, rule=rule, shape=shape)
    for document in index.documents:
        number = document.archive_number
        right = str(wanted.of_item(item)) if document.number else ""
        item += document.number > 0
        if number and not _is_sound(number, rule):
            yield error("A220", where, title=_name(document), value=escape_name(number), rule=rule, shape=shape)
        elif number != right:
            nothing = Term("archive.number.nothing")
            stands, belongs = escape_name(number) or nothing, escape_name(right) or nothing
            yield error("A222", where, title=_name(document), value=stands, wanted=belongs)


def _is_sound(number: str, rule: NumberRule) -> bool:
    """Whether this is the number of a piece by the rule."""
    reading = read_number(number, rule)
    return reading.number is not None and reading.number.item is not None and not reading.faults


def _expect(archive: ArchiveFields, rule: NumberRule) -> DossierNumber:
    return DossierNumber(rule, archive.fonds, archive.category, archive.year, archive.retention, archive.office)


def _check_ranges(index: PackageIndex, where: Location) -> Iterator[Diagnostic]:
    stated = [(document.first_page, document.last_page) for document in index.documents]
    if all(first is None and last is None for first, last in stated):
        return  # a package of an older docgen has none
    for document, right in zip(index.documents, number_pages(index.documents), strict=True):
        wanted = (right.first_page, right.last_page)
        found = (document.first_page, document.last_page)
        if found != wanted:
            yield error("A223", where, title=_name(document), value=_format(*found), wanted=_format(*wanted))


def _format(first: int | None, last: int | None) -> Param:
    if first is None and last is None:
        return Term("archive.number.no_page")
    return f"{first or '?'}—{last or '?'}"


def _name(document: FiledDocument) -> str:
    return escape_name(document.title)
