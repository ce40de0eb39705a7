"""Checks that a name is one that the record lists elsewhere: a contract's parties are among the project's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter
from docgen.checks.shared.agreement import is_same
from docgen.checks.shared.people import list_names
from docgen.profile.faults import find_nearest
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text, YesNo


class Params(Part):
    """Every name at ``names`` is one of those at ``among``; with ``people`` each text is a list of persons' names."""

    names: Annotated[Text, Parameter("the names", "path")]
    among: Annotated[Text, Parameter("the names that are listed", "path")]
    what: Annotated[Text, Parameter("what a user calls the listed ones")]
    people: Annotated[YesNo, Parameter("whether each text is a list of people")] = False


def list_paths(params: Params) -> Iterable[str]:
    """List both paths."""
    return (params.names, params.among)


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C235 for each unlisted name, with the nearest listed one and the place of the list."""
    listed = [item for item in checked.subject.find(params.among) if is_present(item.value)]
    names = [name for item in listed for name in list_names(item.value, of_people=params.people)]
    if not names or checked.is_silenced(listed[0].place):
        return
    for item in checked.subject.find(params.names):
        for name in list_names(item.value, of_people=params.people):
            if any(is_same(name, other) for other in names):
                continue
            yield report(
                "C235",
                item.place,
                name=name,
                what=params.what,
                nearest=find_nearest(name, names) or "、".join(names[:5]),
                other=listed[0].place,
            )
