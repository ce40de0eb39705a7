"""Checks the fields that an answer in the same row requires or excludes: a granted certificate's number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import model_validator

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter, Per
from docgen.checks.shared.rows import RowCondition, meets_conditions, name_row
from docgen.checks.shared.scope import ItemScope, in_each_scope
from docgen.content.shown_names import shorten
from docgen.profile.paths import PlacedValue
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text, format_record_value, refuse

_LONGEST_SHOWN = 30


class Params(Part):
    """Each of the ``items`` that meet ``when`` has the fields ``given``, and doesn't have the fields ``absent``.

    ``once`` is a path of the same scope (of ``per``): nothing is reported before a value there meets ``once_when``.
    ``name`` is the field by which users know the item.
    """

    items: Annotated[Text, Parameter("the items", "path")]
    when: tuple[RowCondition, ...] = ()
    given: Annotated[tuple[Text, ...], Parameter("fields that are given then")] = ()
    absent: Annotated[tuple[Text, ...], Parameter("fields that aren't given then")] = ()
    once: Annotated[Text | None, Parameter("a value that must be there before anything is reported", "path")] = None
    once_when: tuple[RowCondition, ...] = ()
    name: Annotated[Text | None, Parameter("the field by which people know the item")] = None
    per: Per = None

    @model_validator(mode="after")
    def _check_cause(self) -> Params:
        if not self.when and self.once is None:
            raise refuse("C255")
        return self


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of all fields."""
    names = (*(item.field for item in params.when), *params.given, *params.absent, *filter(None, (params.name,)))
    yield from (f"{params.items}.{name}" for name in names)
    if params.once is not None:
        yield params.once
        yield from (f"{params.once}.{item.field}" for item in params.once_when)


@in_each_scope
def check(checked: CheckSubject, scope: ItemScope, params: Params) -> Iterator[Fault]:
    """Report C334 for each missing field, C335 for each excluded one, with the answer that decides it."""
    since = scope.find(params.once) if params.once else []
    since = [item for item in since if is_present(item.value) and meets_conditions(item.value, params.once_when)]
    if params.once and not since:
        return
    for item in scope.find(params.items):
        if not meets_conditions(item.value, params.when):
            continue
        for path in (*params.given, *params.absent):
            field, is_required = path.removesuffix("[]"), path in params.given
            value, place = getattr(item.value, field), (*item.place, field)
            if is_present(value) == is_required or checked.is_silenced(place):
                continue
            cause = _find_cause(item, params) if params.when else since[0]
            yield report(
                "C334" if is_required else "C335",
                place if is_present(value) else item.place,
                name=_find_name(scope, item, params) or checked.name_field(item.place[:2]),
                label=checked.name_field(place),
                value=shorten(format_record_value(value), _LONGEST_SHOWN) if is_present(value) else "",
                cause=checked.name_field(cause.place),
                answer=shorten(format_record_value(cause.value), _LONGEST_SHOWN),
                other=cause.place,
            )


def _find_cause(item: PlacedValue, params: Params) -> PlacedValue:
    """Find the answer that decides which fields are needed: the last of the conditions."""
    name = params.when[-1].field
    return PlacedValue(getattr(item.value, name), (*item.place, name))


def _find_name(scope: ItemScope, item: PlacedValue, params: Params) -> str:
    own = shorten(name_row(item.value, params.name), _LONGEST_SHOWN)
    return " ".join(filter(None, (scope.name, own))) if scope.name != own else own
