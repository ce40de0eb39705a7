"""Numbers of a record, as checks of sums add and compare them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from docgen.profile.belonging import ItemScope
from docgen.profile.paths import Found


def find_numbers(scope: ItemScope, path: str) -> list[Found]:
    """The numbers that are given at a path."""
    return [found for found in scope.find(path) if isinstance(found.value, int | Decimal)]


def add_up(numbers: Iterable[Found]) -> Decimal:
    """Their sum, exactly."""
    return sum((Decimal(found.value) for found in numbers), Decimal(0))
