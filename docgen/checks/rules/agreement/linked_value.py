"""Checks that a value that is written twice is the same in both places: a row names the item that it repeats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import BaseModel

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter, Per
from docgen.checks.shared.agreement import fold_value, format_value, is_same, report_difference
from docgen.checks.shared.scope import ItemScope, in_each_scope
from docgen.checks.shared.units import is_same_unit, read_bare_unit
from docgen.profile.paths import PlacedValue
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text, YesNo


class SameValue(Part):
    """A field of the row, and the field of the item that it repeats; ``unit`` is the item's field with its unit.

    With ``part`` a part of the item's text will do, such as the short name of an enterprise. Where the item has a value
    in ``unless``, both may differ.
    """

    row: Annotated[Text, Parameter("a field of the row", "field", of="rows")]
    item: Annotated[Text, Parameter("the field of the item that it repeats", "field", of="items")]
    unit: Annotated[Text | None, Parameter("the field of the item with its unit", "field", of="items")] = None
    part: Annotated[YesNo, Parameter("whether a part of the item's text, such as a short name, will do")] = False
    unless: Annotated[Text | None, Parameter("its field that says why both may differ", "field", of="items")] = None


class Params(Part):
    """``rows`` name an item of ``items`` by its key in the field ``by``; ``values`` are the pairs that must be equal.

    With ``lines``, ``rows`` is the path of a check list's lines, each of which is a row. The item's values come from
    the lines there, so an item without the value is reported, too.
    ``per`` is the list whose items are checked one by one: a row may only name items that belong to the same one.
    """

    rows: Annotated[Text, Parameter("the rows that name an item", "rows")]
    by: Annotated[Text, Parameter("the field in which they do", "field", of="rows")]
    items: Annotated[Text, Parameter("the items", "rows", keyed=True)]
    values: tuple[SameValue, ...]
    lines: Annotated[YesNo, Parameter("whether the rows are the lines of a check list")] = False
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of the rows and items, and of each field that is compared."""
    yield params.rows if params.lines else f"{params.rows}.{params.by}"
    for pair in params.values:
        if not params.lines:
            yield f"{params.rows}.{pair.row}"
        yield f"{params.items}.{pair.item}"
        yield from (f"{params.items}.{name}" for name in (pair.unit, pair.unless) if name is not None)


@in_each_scope
def check(checked: CheckSubject, scope: ItemScope, params: Params) -> Iterator[Fault]:
    """Report C205 for each value that differs, C337 (宜) for another unit; C208 for a row that names a foreign item."""
    items = {item.value.key: item for item in scope.find(params.items)}
    # An item that failed validation is missing from the list, and isn't foreign.
    siblings = {item.place[:-1] for item in items.values()}
    for row in _list_rows(scope.find(params.rows), params):
        key = getattr(row.value, params.by, None)
        if key is None:
            continue
        if key in items:
            yield from _compare_values(checked, params, row, items[key])
        elif params.per is not None and not any(map(checked.is_silenced, ((*row.place, params.by), *siblings))):
            label = checked.name_field((*row.place, params.by))
            yield report("C208", (*row.place, params.by), label=label, key=key, name=scope.name)


def _list_rows(rows: Iterable[PlacedValue], params: Params) -> Iterator[PlacedValue]:
    for row in rows:
        if not params.lines:
            yield row
        elif isinstance(row.value, BaseModel):
            for name in type(row.value).model_fields:
                yield PlacedValue(getattr(row.value, name), (*row.place, name))


def _compare_values(checked: CheckSubject, params: Params, row: PlacedValue, item: PlacedValue) -> Iterator[Fault]:
    name = str(getattr(item.value, "name", None) or item.value.key)
    for pair in params.values:
        here, there = getattr(row.value, pair.row), getattr(item.value, pair.item)
        may_differ = pair.unless is not None and is_present(getattr(item.value, pair.unless))
        if here is None or (there is None and not params.lines) or may_differ:
            continue
        if pair.part and fold_value(here) in fold_value(there):
            continue
        place, other = (*row.place, pair.row), (*item.place, pair.item)
        if there is not None and is_same(here, there):
            typed_unit, unit = _find_unit(here), getattr(item.value, pair.unit) if pair.unit is not None else None
            if typed_unit and unit and not is_same_unit(typed_unit, unit):
                values = (place, str(here)), (other, f"{format_value(there)}{unit}")
                yield report_difference(checked, "C337", *values, "宜", name=name)
            continue
        values = (
            (place, _format_compared(checked, here)),
            (other, _format_compared(checked, there) if there is not None else "—"),
        )
        yield report_difference(checked, "C205", *values, name=name)


def _format_compared(checked: CheckSubject, value: object) -> str:
    """Format a value for a message; the key of a party or an enterprise as its name."""
    record = checked.subject.record
    names = {item.key: item.name or item.key for item in record.enterprises}
    names |= {item.key: item.name or item.key for item in record.parties}
    return names[value] if isinstance(value, str) and value in names else format_value(value)


def _find_unit(value: object) -> str:
    """Find the unit in a typed figure; '' for a number."""
    return read_bare_unit(value) if isinstance(value, str) else ""
