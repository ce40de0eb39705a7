"""Has something been so for long enough before a day: no accident in the two years before an application?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.parameters import Per, Says
from docgen.checks.shared.dates import add_months, read_day
from docgen.checks.shared.scope import ItemScope, spell_place, unite
from docgen.diagnostics import Diagnostic
from docgen.profile.faults import name_field
from docgen.profile.levels import report_level
from docgen.profile.model import RuleSpec
from docgen.record.types import Part, Text, Whole


class Params(Part):
    """``since`` must lie ``months`` or more before the day at ``until``."""

    since: Annotated[Text, Says("the day since when it has been so", "path", type="date")]
    until: Annotated[Text, Says("the day from which it is counted back", "path", type="date")]
    months: Annotated[Whole, Says("how many months it must have been so", "number")]
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """Both paths."""
    return (params.since, params.until)


def check(checked: CheckSubject, params: Params, rule: RuleSpec) -> Iterator[Diagnostic]:
    """C224 for each that hasn't been so for long enough, with both places."""
    model = type(checked.subject.record)

    def find(scope: ItemScope) -> Iterator[Diagnostic]:
        ends = [(day, item.place) for item in scope.find(params.until) if (day := read_day(item.value)) is not None]
        for until, origin in ends[:1]:
            for item in scope.find(params.since):
                since = read_day(item.value)
                if since is None or add_months(since, params.months) <= until:
                    continue
                yield report_level(
                    rule.level,
                    "C224",
                    checked.locate(item.place, False),
                    clause=rule.clause,
                    name=scope.name or "—",
                    label=name_field(model, item.place),
                    since=since.isoformat(),
                    until_label=name_field(model, origin),
                    until=until.isoformat(),
                    months=params.months,
                    other=spell_place(checked.locate(origin, False), origin),
                )

    yield from unite(find, checked, params.per)
