"""Checks that something is done about items that call for it: a plan for each problem that was left open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report_gap
from docgen.checks.parameters import Parameter
from docgen.checks.shared.follow_ups import FollowUp, has_faulty_rows, list_followed_keys
from docgen.profile.paths import Place
from docgen.record.types import Part, Text, format_record_value


class OpenSign(Part):
    """A field that calls for a follow-up with one of ``values``."""

    field: Annotated[Text, Parameter("a field of the items", "field", of="items")]
    values: Annotated[tuple[Text, ...], Parameter("its values that call for it", "value", of="field")]


class Params(Part):
    """Each of ``items`` with any of ``signs`` is named by one of ``followed``; ``what`` is a user's name for those."""

    items: Annotated[Text, Parameter("what may call for something", "rows", keyed=True)]
    signs: tuple[OpenSign, ...]
    followed: tuple[FollowUp, ...]
    what: Annotated[Text, Parameter("what a user calls what must follow")]


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of the signs, and of the fields that name the items."""
    yield from (f"{params.items}.{sign.field}" for sign in params.signs)
    yield from (f"{item.rows}.{item.by}" for item in params.followed)


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C315 for each item with a sign that nothing follows up, at the first sign."""
    named = list_followed_keys(checked, params.followed)
    if has_faulty_rows(checked, params.followed):
        return
    for item in checked.subject.find(params.items):
        signs = [sign for sign in params.signs if format_record_value(getattr(item.value, sign.field)) in sign.values]
        if not signs or item.value.key in named:
            continue
        place: Place = (*item.place, signs[0].field)
        yield report_gap(
            "C315",
            place,
            checked.find_waiting(params.followed[0].rows),
            key=item.value.key,
            value=format_record_value(getattr(item.value, signs[0].field)),
            what=params.what,
        )
