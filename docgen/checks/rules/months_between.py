"""Is the time between two dates neither too short nor too long?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.parameters import Per, Says
from docgen.checks.shared.dates import add_months, count_months, read_day
from docgen.checks.shared.scope import ItemScope, spell_place, unite
from docgen.diagnostics import Diagnostic, Term
from docgen.profile.faults import name_field
from docgen.profile.levels import report_level
from docgen.profile.model import RuleSpec
from docgen.record.types import Part, Text, Whole


class Params(Part):
    """From ``start`` to each of ``ends``: ``min`` to ``max`` months by the calendar, both inside."""

    start: Annotated[Text, Says("the first day", "path", type="date")]
    ends: Annotated[tuple[Text, ...], Says("the days up to which is counted", "path", type="date")]
    min: Annotated[Whole, Says("how many months there must be", "number")]
    max: Annotated[Whole, Says("how many months there may be", "number")]
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """The paths of both dates."""
    return (params.start, *params.ends)


def check(checked: CheckSubject, params: Params, rule: RuleSpec) -> Iterator[Diagnostic]:
    """C212 for each end that comes too soon or too late; one before the start isn't this check's matter."""

    def find(scope: ItemScope) -> Iterator[Diagnostic]:
        starts = [(day, item.place) for item in scope.find(params.start) if (day := read_day(item.value)) is not None]
        ends = [item for path in params.ends for item in scope.find(path)]
        for start, origin in starts[:1]:
            for item in ends:
                end = read_day(item.value)
                if end is None or end < start:
                    continue
                if add_months(start, params.min) <= end <= add_months(start, params.max):
                    continue
                months, days = count_months(start, end)
                model = type(checked.subject.record)
                yield report_level(
                    rule.level,
                    "C212",
                    checked.locate(item.place, False),
                    clause=rule.clause,
                    start_label=name_field(model, origin),
                    start=start.isoformat(),
                    label=name_field(model, item.place),
                    end=end.isoformat(),
                    length=Term("checks.months", {"months": months, "days": days}),
                    least=params.min,
                    most=params.max,
                    other=spell_place(checked.locate(origin, False), origin),
                )

    yield from unite(find, checked, params.per)
