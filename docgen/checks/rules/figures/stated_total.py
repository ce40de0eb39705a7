"""Checks that a typed figure agrees with the total of the records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter, Per
from docgen.checks.shared.scope import ItemScope, in_each_scope
from docgen.record.types import Part, Text


class Total(Part):
    """``stated`` is the path of the typed figure, ``counted`` that of the fact, ``of`` that of the counted items."""

    stated: Annotated[Text, Parameter("the figure that somebody typed", "path", type="number")]
    counted: Annotated[Text, Parameter("the fact that it must equal", "path", type="number")]
    of: Annotated[Text, Parameter("what was counted", "path")]


class Params(Part):
    """``totals`` are the figures that are compared with facts, for each item of ``per``."""

    totals: tuple[Total, ...]
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of the figures, of the facts and of the counted items."""
    return [path for total in params.totals for path in (total.stated, total.counted, total.of)]


@in_each_scope
def check(checked: CheckSubject, scope: ItemScope, params: Params) -> Iterator[Fault]:
    """Report C230 for each typed figure that differs from the counted one, with the places of both."""
    for total in params.totals:
        counted = next((item.value for item in scope.find(total.counted)), None)
        if counted is None:
            continue
        for item in scope.find(total.stated):
            if item.value is None or Decimal(item.value) == Decimal(counted):
                continue
            sources = scope.find(total.of)
            place = sources[0].place if sources else item.place
            yield report(
                "C230",
                item.place,
                name=scope.name or str(checked.subject.record.project.name or ""),
                value=f"{item.value:f}" if isinstance(item.value, Decimal) else str(item.value),
                counted=f"{counted:f}" if isinstance(counted, Decimal) else str(counted),
                number=len(sources),
                other=place,
            )
