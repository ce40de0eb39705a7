"""Checks that figures are multiples of a unit: days in halves, money in cents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter
from docgen.record.types import Number, Part, Text


class Params(Part):
    """The figures at ``paths`` are multiples of ``step``."""

    paths: Annotated[tuple[Text, ...], Parameter("the figures", "path", type="number")]
    step: Annotated[Number, Parameter("what they are multiples of", "number")]


def list_paths(params: Params) -> Iterable[str]:
    """List all paths."""
    return params.paths


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C231 for each figure that is no multiple of the step."""
    for path in params.paths:
        for item in checked.subject.find(path):
            if item.value is None or Decimal(item.value) % params.step == 0:
                continue
            yield report("C231", item.place, value=str(item.value), step=str(params.step))
