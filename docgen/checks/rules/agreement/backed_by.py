"""Checks that work follows a decision made elsewhere: each enterprise was chosen, each written case recommended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter
from docgen.checks.shared.agreement import fold_value, format_value, is_same, report_difference
from docgen.checks.shared.rows import RowCondition, meets_conditions, name_row
from docgen.profile.paths import PlacedValue
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text, YesNo, format_record_value


class FieldPair(Part):
    """A field of the item, and the field of the row with the same value."""

    item: Annotated[Text, Parameter("a field of the item")]
    row: Annotated[Text, Parameter("the field of the row that says the same", "field", of="rows")]


class Params(Part):
    """Each of ``items`` that meet ``of`` is named by one of ``rows`` that meets ``when``; ``what`` names the rows.

    An item and a row belong together where the first of the pairs ``by`` that the row fills is equal in both: the key,
    or else the name. Then the pairs ``values`` must be equal, too. With ``any`` it is enough that one of the items is
    named. Without any row that names an item nothing is reported: missing rows are reported elsewhere.
    """

    items: Annotated[Text, Parameter("the items", "path")]
    rows: Annotated[Text, Parameter("the rows that name them", "rows")]
    by: tuple[FieldPair, ...]
    what: Annotated[Text, Parameter("what a user calls the rows")]
    of: tuple[RowCondition, ...] = ()
    when: tuple[RowCondition, ...] = ()
    values: tuple[FieldPair, ...] = ()
    any: Annotated[YesNo, Parameter("whether it is enough that one item is named")] = False


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of all fields."""
    for pair in (*params.by, *params.values):
        yield f"{params.items}.{pair.item}"
        yield f"{params.rows}.{pair.row}"
    yield from (f"{params.items}.{item.field}" for item in params.of)
    yield from (f"{params.rows}.{item.field}" for item in params.when)


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C339 for an item that no row names, C340 for one with another decision, C205 for values that differ."""
    rows = [row for row in checked.subject.find(params.rows) if is_present(row.value)]
    if not rows or any(checked.is_silenced(row.place[:-1]) for row in rows[:1]):
        return
    items = [item for item in checked.subject.find(params.items) if _must_be_named(item.value, params)]
    index = _index_rows(rows, params)
    if not index:
        return  # no row names an item yet
    if params.any and any(_find_rows(item.value, index, params) for item in items):
        return
    for item in items[:1] if params.any else items:
        named = _find_rows(item.value, index, params)
        details = {"name": _find_name(checked, item, params), "what": params.what}
        backing = [row for row in named if meets_conditions(row.value, params.when)]
        where = (*item.place, params.by[0].item)
        if not named:
            yield report("C339", where, other=rows[0].place, **details)
        elif not backing:
            place = (*named[0].place, params.when[0].field)
            value = getattr(named[0].value, params.when[0].field)
            yield report(
                "C340",
                where,
                label=checked.name_field(place),
                value=format_record_value(value) if is_present(value) else "—",
                other=place,
                **details,
            )
        else:
            yield from _compare_values(checked, params, item, backing)


def _must_be_named(item: Any, params: Params) -> bool:
    return meets_conditions(item, params.of) and is_present(getattr(item, params.by[0].item))


def _index_rows(rows: Iterable[PlacedValue], params: Params) -> dict[tuple[int, str], list[PlacedValue]]:
    """Index the rows by the first of the pairs that they fill, and its folded value."""
    index: dict[tuple[int, str], list[PlacedValue]] = {}
    for row in rows:
        for at, pair in enumerate(params.by):
            value = getattr(row.value, pair.row)
            if is_present(value):
                index.setdefault((at, fold_value(value)), []).append(row)
                break
    return index


def _find_rows(item: Any, index: Mapping[tuple[int, str], list[PlacedValue]], params: Params) -> list[PlacedValue]:
    """Find the rows that belong to an item."""
    values = [(at, getattr(item, pair.item)) for at, pair in enumerate(params.by)]
    return [row for at, value in values if is_present(value) for row in index.get((at, fold_value(value)), ())]


def _find_name(checked: CheckSubject, item: PlacedValue, params: Params) -> str:
    """Find the name of an item: that of the enterprise that it names, else its own."""
    key = getattr(item.value, params.by[0].item)
    owner = next((owner for owner in checked.subject.record.enterprises if owner.key == key), None)
    return owner.name or owner.key if owner is not None else name_row(item.value) or "—"


def _compare_values(
    checked: CheckSubject, params: Params, item: PlacedValue, backing: list[PlacedValue]
) -> Iterator[Fault]:
    for pair in params.values:
        here = getattr(item.value, pair.item)
        there = [getattr(row.value, pair.row) for row in backing]
        if not is_present(here) or not all(map(is_present, there)) or any(is_same(here, value) for value in there):
            continue
        values = ((*item.place, pair.item), format_value(here)), ((*backing[0].place, pair.row), format_value(there[0]))
        yield report_difference(checked, "C205", *values, name=_find_name(checked, item, params))
