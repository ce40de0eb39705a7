"""Checks archive numbers and page ranges in a package's index: by their rule, once each, in order; pure."""

from __future__ import annotations

from collections.abc import Iterator

from docgen.archive.plan.model import FiledDocument, PackageIndex, number_pages
from docgen.archive.zip.names import escape_name
from docgen.diagnostics import Diagnostic, Location, Param, Term, error
from docgen.record.dossier_number import DossierNumber, NumberRule, format_number_example, read_number


def check_numbers(index: PackageIndex, place: Location) -> Iterator[Diagnostic]:
    """Check the numbers and page ranges of all documents.

    A220: an archive number breaks the package's rule; A221: two documents have the same; A222: a document has another
    than its turn gives; A223: a page range is wrong; V230: a document number is out of sequence.
    """
    yield from _check_repetition(index, place)
    if index.archive.rule is not None:
        yield from _check_rule(index, index.archive.rule, place)
    yield from _check_ranges(index, place)
    yield from _check_sequence(index, place)


def _check_repetition(index: PackageIndex, place: Location) -> Iterator[Diagnostic]:
    titles: dict[str, str] = {}
    for document in index.documents:
        number = document.archive_number
        if number and number in titles:
            yield error("A221", place, value=escape_name(number), title=_format_title(document), other=titles[number])
        titles.setdefault(number, _format_title(document))


def _check_rule(index: PackageIndex, rule: NumberRule, place: Location) -> Iterator[Diagnostic]:
    archive, shape = index.archive, format_number_example(rule)
    dossier = DossierNumber(rule, archive.fonds, archive.category, archive.year, archive.retention, archive.office)
    if read_number(archive.archive_number, rule).faults:
        title, value = escape_name(index.title), escape_name(archive.archive_number)
        yield error("A220", place, title=title, value=value, rule=rule, shape=shape)
    item = archive.first_item or 1
    for document in index.documents:
        number, expected = document.archive_number, ""
        if document.number:
            expected = str(dossier.of_item(item))
            item += 1
        if number and not _is_item_number(number, rule):
            value = escape_name(number)
            yield error("A220", place, title=_format_title(document), value=value, rule=rule, shape=shape)
        elif number != expected:
            stated, wanted = _format_number(number), _format_number(expected)
            yield error("A222", place, title=_format_title(document), value=stated, wanted=wanted)


def _is_item_number(number: str, rule: NumberRule) -> bool:
    """Whether this is the number of a single document (件) by the rule."""
    reading = read_number(number, rule)
    return reading.number is not None and reading.number.item is not None and not reading.faults


def _check_ranges(index: PackageIndex, place: Location) -> Iterator[Diagnostic]:
    if all(document.first_page is None and document.last_page is None for document in index.documents):
        return  # older versions of docgen stated no page ranges
    for document, numbered in zip(index.documents, number_pages(index.documents), strict=True):
        stated = (document.first_page, document.last_page)
        expected = (numbered.first_page, numbered.last_page)
        if stated != expected:
            value, wanted = _format_range(*stated), _format_range(*expected)
            yield error("A223", place, title=_format_title(document), value=value, wanted=wanted)


def _check_sequence(index: PackageIndex, place: Location) -> Iterator[Diagnostic]:
    """V230 for the first document out of sequence: from 1, or on from the packages that a supplement adds to."""
    last_number = index.supplements.last_number if index.supplements is not None else 0
    numbered = (document for document in index.documents if document.number)
    for expected, document in enumerate(numbered, last_number + 1):
        if document.number != expected:
            yield error("V230", place, title=_format_title(document), found=document.number, expected=expected)
            return


def _format_number(number: str) -> Param:
    return escape_name(number) or Term("archive.number.nothing")


def _format_range(first: int | None, last: int | None) -> Param:
    if first is None and last is None:
        return Term("archive.number.no_page")
    return f"{first or '?'}—{last or '?'}"


def _format_title(document: FiledDocument) -> str:
    return escape_name(document.title)
