"""Does every document have a number by the profile's pattern, and none a number that another has?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from docgen.checks.base import CheckSubject
from docgen.checks.shared.scope import spell_place
from docgen.diagnostics import Diagnostic
from docgen.profile.levels import report_gap, report_level
from docgen.profile.model import RuleSpec
from docgen.profile.numbering import NumberedDocument, find_unknown, fits_pattern, number_documents
from docgen.record.types import Part


class Params(Part):
    """None: the pattern is the profile's own."""


def list_paths(params: Params) -> Iterable[str]:  # noqa: ARG001 - a rule without paths
    """None."""
    return ()


def check(checked: CheckSubject, params: Params, rule: RuleSpec) -> Iterator[Diagnostic]:  # noqa: ARG001
    """C312 for what the pattern needs and the record lacks; C310, C311 for typed numbers that don't fit or repeat."""
    profile, record = checked.subject.profile, checked.subject.record
    for word in find_unknown(profile, record):
        where = checked.locate(("parties",), False)
        yield report_gap(rule.level, "C312", where, gap=checked.find_waiting("parties"), clause=rule.clause, word=word)
    first: dict[str, NumberedDocument] = {}
    for item in number_documents(profile, record, checked.jobs):
        where = checked.locate((*item.job.place, "number"), False)
        said = {"document": item.job.document.title, "number": item.number}
        if item.typed and not fits_pattern(item.number, item.pattern):
            yield report_level(rule.level, "C310", where, clause=rule.clause, pattern=item.pattern, **said)
        before = first.setdefault(item.number, item)
        if before is not item:
            place = (*before.job.place, "number")
            yield report_level(
                rule.level,
                "C311",
                where,
                clause=rule.clause,
                other_document=before.job.document.title,
                other=spell_place(checked.locate(place, False), place),
                **said,
            )
