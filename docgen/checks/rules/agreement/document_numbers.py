"""Checks that every document has a number by the profile's pattern, and that no number is used twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report, report_gap
from docgen.profile.numbering import NumberedDocument, find_unknown, fits_pattern, number_documents, read_number
from docgen.record.types import Part


class Params(Part):
    """None: the pattern is the profile's own."""


def list_paths(params: Params) -> Iterable[str]:  # noqa: ARG001 - the signature of all checks
    """List no paths."""
    return ()


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:  # noqa: ARG001
    """Report C312 for missing data that the pattern needs, then the faults of each typed number.

    C310 for one that doesn't fit the pattern, C273 for one of another year, C311 and C275 for one that is used twice;
    C274 for a last number that no document can have.
    """
    profile, record = checked.subject.profile, checked.subject.record
    unknown = find_unknown(profile, record)
    for word in unknown:
        yield report_gap("C312", ("parties",), checked.find_waiting("parties"), word=word)
    if not unknown:
        yield from _check_last(checked)
    first: dict[str, NumberedDocument] = {}
    for item in number_documents(profile, record, checked.jobs):
        if item.typed:
            yield from _check_typed(checked, item)
        before = first.setdefault(item.number, item)
        if before is not item:
            place = (*before.job.place, "number")
            yield report(
                "C311",
                (*item.job.place, "number"),
                document=item.job.document.title,
                number=item.number,
                other_document=before.job.document.title,
                other=place,
            )


def _check_typed(checked: CheckSubject, item: NumberedDocument) -> Iterator[Fault]:
    profile, record = checked.subject.profile, checked.subject.record
    where = (*item.job.place, "number")
    details = {"document": item.job.document.title, "number": item.number}
    if not fits_pattern(item.number, item.pattern):
        read, day = read_number(item.number, item.job.document, profile, record), item.job.dated or record.project.dated
        if read is not None and read[0] and day is not None:
            years = {"typed": read[0], "year": f"{day.year:04d}"}
            yield report("C273", where, **years, **details)
        else:
            yield report("C310", where, pattern=item.pattern, **details)
    if item.number in record.project.last_numbers:
        yield report("C275", where, **details)


def _check_last(checked: CheckSubject) -> Iterator[Fault]:
    profile, record = checked.subject.profile, checked.subject.record
    for at, number in enumerate(record.project.last_numbers):
        if not any(read_number(number, document, profile, record) for document in profile.documents):
            pattern = profile.numbering.pattern if profile.numbering is not None else ""
            yield report("C274", ("project", "last_numbers", at), number=number, pattern=pattern)
