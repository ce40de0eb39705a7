"""Checks that an amount in a row is the product of the quantity and the price beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter
from docgen.record.types import Part, Text

_CENT = Decimal("0.01")


class Params(Part):
    """In each of the ``rows``, ``product`` is the product of the ``factors`` to two decimals, halves away from zero."""

    rows: Annotated[Text, Parameter("the rows", "rows")]
    factors: Annotated[tuple[Text, ...], Parameter("the fields that are multiplied", "field", of="rows", type="number")]
    product: Annotated[Text, Parameter("the field with the product", "field", of="rows", type="number")]


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of the factors and of the product."""
    return tuple(f"{params.rows}.{name}" for name in (*params.factors, params.product))


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C327 for each row whose product is another number; rows without all factors are left out."""
    for row in checked.subject.find(params.rows):
        factors = [getattr(row.value, name) for name in params.factors]
        stated = getattr(row.value, params.product)
        if stated is None or any(factor is None for factor in factors):
            continue
        product = Decimal(1)
        for factor in factors:
            product *= factor
        product = product.quantize(_CENT, ROUND_HALF_UP)
        if product != stated:
            place = (*row.place, params.product)
            yield report(
                "C327",
                place,
                stated=str(stated),
                factors=" × ".join(str(factor) for factor in factors),
                product=f"{product:f}",
            )
