"""Do the steps of a project follow one another? No date of a step lies before an earlier step began."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.parameters import Per, Says
from docgen.checks.shared.dates import read_day
from docgen.checks.shared.scope import ItemScope, spell_place, unite
from docgen.diagnostics import Diagnostic
from docgen.profile.faults import name_field
from docgen.profile.levels import report_level
from docgen.profile.model import RuleSpec
from docgen.profile.paths import Place
from docgen.record.types import Part, Text, YesNo


class Step(Part):
    """A step by its name, and the paths of its dates. One that is ``over`` ends before the next begins."""

    label: Annotated[Text, Says("what a user calls the step")]
    dates: Annotated[tuple[Text, ...], Says("its days", "path", type="date")]
    over: Annotated[YesNo, Says("whether it ends before the next begins")] = False


class Params(Part):
    """``steps`` in their order. A step that goes on for long may overlap the next; it may not begin after it.

    ``per`` is the list whose items go through the steps one by one.
    """

    steps: tuple[Step, ...]
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """The paths of all dates."""
    return [path for step in params.steps for path in step.dates]


def check(checked: CheckSubject, params: Params, rule: RuleSpec) -> Iterator[Diagnostic]:
    """C211 for each date before the first date of an earlier step (the last, if it is over), with both places."""

    def find(scope: ItemScope) -> Iterator[Diagnostic]:
        latest: tuple[dt.date, Step, Place] | None = None
        for step in params.steps:
            found = [item for path in step.dates for item in scope.find(path)]
            days = [(day, item.place) for item in found if (day := read_day(item.value)) is not None]
            for day, place in days:
                if latest is not None and day < latest[0]:
                    yield _describe(checked, rule, (day, step, place), latest)
            if days:
                first, place = (max if step.over else min)(days, key=lambda item: item[0])
                if latest is None or first > latest[0]:
                    latest = (first, step, place)

    yield from unite(find, checked, params.per)


def _describe(
    checked: CheckSubject,
    rule: RuleSpec,
    later: tuple[dt.date, Step, Place],
    earlier: tuple[dt.date, Step, Place],
) -> Diagnostic:
    day, step, place = later
    return report_level(
        rule.level,
        "C211",
        checked.locate(place, False),
        clause=rule.clause,
        step=step.label,
        label=name_field(type(checked.subject.record), place),
        date=day.isoformat(),
        earlier_step=earlier[1].label,
        earlier=earlier[0].isoformat(),
        other=spell_place(checked.locate(earlier[2], False), earlier[2]),
    )
