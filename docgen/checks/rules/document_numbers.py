"""Does every document have a number by the profile's pattern, and none a number that another has?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from docgen.checks.base import CheckSubject
from docgen.checks.shared.scope import spell_place
from docgen.diagnostics import Diagnostic
from docgen.profile.levels import report_gap, report_level
from docgen.profile.model import RuleSpec
from docgen.profile.numbering import NumberedDocument, find_unknown, fits_pattern, number_documents, read_number
from docgen.record.types import Part


class Params(Part):
    """None: the pattern is the profile's own."""


def list_paths(params: Params) -> Iterable[str]:  # noqa: ARG001 - a rule without paths
    """None."""
    return ()


def check(checked: CheckSubject, params: Params, rule: RuleSpec) -> Iterator[Diagnostic]:  # noqa: ARG001
    """C312 for what the pattern needs and the record lacks, then what is wrong with each number that was typed.

    C310 for one that doesn't fit, C273 for one of another year, C311 and C275 for one that repeats; C274 for a last
    number that no document can have.
    """
    profile, record = checked.subject.profile, checked.subject.record
    unknown = find_unknown(profile, record)
    for word in unknown:
        where = checked.locate(("parties",), False)
        yield report_gap(rule.level, "C312", where, gap=checked.find_waiting("parties"), clause=rule.clause, word=word)
    if not unknown:
        yield from _check_last(checked, rule)
    first: dict[str, NumberedDocument] = {}
    for item in number_documents(profile, record, checked.jobs):
        if item.typed:
            yield from _check_typed(checked, rule, item)
        before = first.setdefault(item.number, item)
        if before is not item:
            place = (*before.job.place, "number")
            yield report_level(
                rule.level,
                "C311",
                checked.locate((*item.job.place, "number"), False),
                clause=rule.clause,
                document=item.job.document.title,
                number=item.number,
                other_document=before.job.document.title,
                other=spell_place(checked.locate(place, False), place),
            )


def _check_typed(checked: CheckSubject, rule: RuleSpec, item: NumberedDocument) -> Iterator[Diagnostic]:
    profile, record = checked.subject.profile, checked.subject.record
    where = checked.locate((*item.job.place, "number"), False)
    said = {"document": item.job.document.title, "number": item.number}
    if not fits_pattern(item.number, item.pattern):
        read, day = read_number(item.number, item.job.document, profile, record), item.job.dated or record.project.dated
        if read is not None and read[0] and day is not None:
            years = {"typed": read[0], "year": f"{day.year:04d}"}
            yield report_level(rule.level, "C273", where, clause=rule.clause, **years, **said)
        else:
            yield report_level(rule.level, "C310", where, clause=rule.clause, pattern=item.pattern, **said)
    if item.number in record.project.last_numbers:
        yield report_level(rule.level, "C275", where, clause=rule.clause, **said)


def _check_last(checked: CheckSubject, rule: RuleSpec) -> Iterator[Diagnostic]:
    profile, record = checked.subject.profile, checked.subject.record
    for at, number in enumerate(record.project.last_numbers):
        if not any(read_number(number, document, profile, record) for document in profile.documents):
            where = checked.locate(("project", "last_numbers", at), False)
            pattern = profile.numbering.pattern if profile.numbering is not None else ""
            yield report_level(rule.level, "C274", where, clause=rule.clause, number=number, pattern=pattern)
