"""Checks that a choice that excludes the others is chosen alone: none of the above, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter
from docgen.record.types import Part, Text


class Params(Part):
    """``choices`` is the path of a field with several choices, ``value`` the one that excludes the others."""

    choices: Annotated[Text, Parameter("a field with several choices", "path")]
    value: Annotated[Text, Parameter("the choice that excludes the others", "value", of="choices")]


def list_paths(params: Params) -> Iterable[str]:
    """List the path of the field."""
    return (params.choices,)


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C313 where the choice was made together with others."""
    for answer in checked.subject.find(params.choices):
        chosen = answer.value if isinstance(answer.value, tuple) else ()
        others = [str(item) for item in chosen if item != params.value]
        if params.value in chosen and others:
            yield report("C313", answer.place, value=params.value, others="、".join(others))
