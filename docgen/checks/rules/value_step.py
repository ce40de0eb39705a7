"""Is a figure a multiple of the unit that it is reckoned in: days in halves, money in cents?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Says
from docgen.record.types import Number, Part, Text


class Params(Part):
    """The figures at ``paths`` are multiples of ``step``."""

    paths: Annotated[tuple[Text, ...], Says("the figures", "path", type="number")]
    step: Annotated[Number, Says("what they are multiples of", "number")]


def list_paths(params: Params) -> Iterable[str]:
    """All paths."""
    return params.paths


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """C231 for each figure between two steps."""
    for path in params.paths:
        for found in checked.subject.find(path):
            if found.value is None or Decimal(found.value) % params.step == 0:
                continue
            yield report("C231", found.place, value=str(found.value), step=str(params.step))
