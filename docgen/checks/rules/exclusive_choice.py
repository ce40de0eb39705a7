"""Is a choice that excludes the others chosen alone: none of the above, and nothing else?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Says
from docgen.record.types import Part, Text


class Params(Part):
    """``choices`` is the path of a field with several choices, ``value`` the one that excludes the others."""

    choices: Annotated[Text, Says("a field with several choices", "path")]
    value: Annotated[Text, Says("the choice that excludes the others", "value", of="choices")]


def list_paths(params: Params) -> Iterable[str]:
    """The path of the field."""
    return (params.choices,)


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """C313 where it was chosen with others."""
    for found in checked.subject.find(params.choices):
        chosen = found.value if isinstance(found.value, tuple) else ()
        others = [str(item) for item in chosen if item != params.value]
        if params.value in chosen and others:
            yield report("C313", found.place, value=params.value, others="、".join(others))
