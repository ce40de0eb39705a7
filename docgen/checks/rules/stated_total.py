"""Does a figure that somebody typed agree with what the records add up to?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Per, Says
from docgen.checks.shared.scope import ItemScope, in_each_scope
from docgen.record.types import Part, Text


class Total(Part):
    """``stated``: the path of the typed figure; ``counted``: of the fact; ``of``: of what was counted."""

    stated: Annotated[Text, Says("the figure that somebody typed", "path", type="number")]
    counted: Annotated[Text, Says("the fact that it must equal", "path", type="number")]
    of: Annotated[Text, Says("what was counted", "path")]


class Params(Part):
    """The figures that are held against the facts, for each item of ``per``."""

    totals: tuple[Total, ...]
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """The paths of the figures, the facts and what was counted."""
    return [path for total in params.totals for path in (total.stated, total.counted, total.of)]


@in_each_scope
def check(checked: CheckSubject, scope: ItemScope, params: Params) -> Iterator[Fault]:
    """C230 for each typed figure that differs from the counted one, with the places of both."""
    for total in params.totals:
        counted = next((found.value for found in scope.find(total.counted)), None)
        if counted is None:
            continue
        for found in scope.find(total.stated):
            if found.value is None or Decimal(found.value) == Decimal(counted):
                continue
            sources = scope.find(total.of)
            place = sources[0].place if sources else found.place
            yield report(
                "C230",
                found.place,
                name=scope.name or str(checked.subject.record.project.name or ""),
                value=f"{found.value:f}" if isinstance(found.value, Decimal) else str(found.value),
                counted=f"{counted:f}" if isinstance(counted, Decimal) else str(counted),
                number=len(sources),
                other=place,
            )
