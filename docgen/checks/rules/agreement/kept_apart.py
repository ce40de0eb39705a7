"""Checks that those who judge are others than those who are judged: no reviewer is from the reviewed agency."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter
from docgen.checks.shared.people import list_names
from docgen.checks.shared.rows import RowCondition, meets_conditions
from docgen.profile.paths import PlacedValue
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text, YesNo

_SHORTEST = 4
"""Characters that an organisation's name needs to be found inside a longer one."""


class PeopleGroup(Part):
    """The values of ``field`` of those ``rows`` that meet ``when``; ``what`` is the users' name for them."""

    rows: Annotated[Text, Parameter("the rows", "rows")]
    field: Annotated[Text, Parameter("their field with names", "field", of="rows")]
    what: Annotated[Text, Parameter("what a user calls them")]
    when: tuple[RowCondition, ...] = ()


class Params(Part):
    """Nobody at ``names`` is in one of the ``groups``.

    With ``people`` each text is a list of persons' names; without, it is an organisation's name, or that of a part.
    """

    names: Annotated[Text, Parameter("the names", "path")]
    groups: tuple[PeopleGroup, ...]
    people: Annotated[YesNo, Parameter("whether each is a list of persons' names")] = False


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of the names and of each group."""
    yield params.names
    for group in params.groups:
        yield from (f"{group.rows}.{name}" for name in (group.field, *(item.field for item in group.when)))


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C338 for each name that is in a group, with both places."""
    members: dict[str, tuple[PeopleGroup, PlacedValue]] = {}
    for group in params.groups:
        for item in _list_members(checked, group):
            for name in list_names(item.value, of_people=params.people):
                members.setdefault(name, (group, item))
    for entry in checked.subject.find(params.names):
        for name in list_names(entry.value, of_people=params.people):
            member = members.get(name) or (None if params.people else _find_part(name, members))
            if member is None:
                continue
            group, item = member
            yield report("C338", entry.place, name=name, what=group.what, other=item.place)


def _list_members(checked: CheckSubject, group: PeopleGroup) -> Iterator[PlacedValue]:
    for row in checked.subject.find(group.rows):
        if meets_conditions(row.value, group.when):
            value = getattr(row.value, group.field)
            if is_present(value):
                yield PlacedValue(value, (*row.place, group.field))


def _find_part(
    name: str, members: Mapping[str, tuple[PeopleGroup, PlacedValue]]
) -> tuple[PeopleGroup, PlacedValue] | None:
    """Find the organisation whose part has this name (某某公司检验部)."""
    return next((member for whole, member in members.items() if len(whole) >= _SHORTEST and whole in name), None)
