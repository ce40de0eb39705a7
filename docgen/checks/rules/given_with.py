"""What one answer calls for in the same row, and what it rules out: the number of a certificate that was granted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import model_validator

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Per, Says
from docgen.checks.shared.rows import When, is_picked, name_row
from docgen.checks.shared.scope import ItemScope, in_each_scope
from docgen.content.shown_names import shorten
from docgen.profile.paths import Found
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text, refuse, report_value

_SHOWN = 30


class Params(Part):
    """Of each of the ``items`` that meet ``when``, the fields ``given`` are given and the fields ``absent`` aren't.

    ``once`` is a path of the same scope (of ``per``): nothing is said before something stands there that meets
    ``once_when``. ``name`` is the field by which people know the item.
    """

    items: Annotated[Text, Says("the items", "path")]
    when: tuple[When, ...] = ()
    given: Annotated[tuple[Text, ...], Says("fields that are given then")] = ()
    absent: Annotated[tuple[Text, ...], Says("fields that aren't given then")] = ()
    once: Annotated[Text | None, Says("what must stand somewhere before anything is said", "path")] = None
    once_when: tuple[When, ...] = ()
    name: Annotated[Text | None, Says("the field by which people know the item")] = None
    per: Per = None

    @model_validator(mode="after")
    def _check_cause(self) -> Params:
        if not self.when and self.once is None:
            raise refuse("C255")
        return self


def list_paths(params: Params) -> Iterable[str]:
    """The paths of all fields."""
    names = (*(item.field for item in params.when), *params.given, *params.absent, *filter(None, (params.name,)))
    yield from (f"{params.items}.{name}" for name in names)
    if params.once is not None:
        yield params.once
        yield from (f"{params.once}.{item.field}" for item in params.once_when)


@in_each_scope
def check(checked: CheckSubject, scope: ItemScope, params: Params) -> Iterator[Fault]:
    """C334 for each field that is wanting, C335 for each that contradicts, with the answer that says so."""
    since = scope.find(params.once) if params.once else []
    since = [found for found in since if is_present(found.value) and is_picked(found.value, params.once_when)]
    if params.once and not since:
        return
    for found in scope.find(params.items):
        if not is_picked(found.value, params.when):
            continue
        for path in (*params.given, *params.absent):
            field, wanted = path.removesuffix("[]"), path in params.given
            value, place = getattr(found.value, field), (*found.place, field)
            if is_present(value) == wanted or checked.is_silenced(place):
                continue
            cause = _find_cause(found, params) if params.when else since[0]
            yield report(
                "C334" if wanted else "C335",
                place if is_present(value) else found.place,
                name=_name(scope, found, params) or checked.name_field(found.place[:2]),
                label=checked.name_field(place),
                value=shorten(report_value(value), _SHOWN) if is_present(value) else "",
                cause=checked.name_field(cause.place),
                said=shorten(report_value(cause.value), _SHOWN),
                other=cause.place,
            )


def _find_cause(found: Found, params: Params) -> Found:
    """The answer that says what is called for: the last of the conditions."""
    name = params.when[-1].field
    return Found(getattr(found.value, name), (*found.place, name))


def _name(scope: ItemScope, found: Found, params: Params) -> str:
    own = shorten(name_row(found.value, params.name), _SHOWN)
    return " ".join(filter(None, (scope.name, own))) if scope.name != own else own
