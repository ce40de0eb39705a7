"""Finds and adds the numbers of a record, for checks of sums."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from docgen.profile.belonging import ItemScope
from docgen.profile.paths import PlacedValue


def find_numbers(scope: ItemScope, path: str) -> list[PlacedValue]:
    """Find the numbers at a path."""
    return [item for item in scope.find(path) if isinstance(item.value, int | Decimal)]


def add_up(numbers: Iterable[PlacedValue]) -> Decimal:
    """Add numbers up, exactly."""
    return sum((Decimal(number.value) for number in numbers), Decimal(0))
