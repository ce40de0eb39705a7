"""Checks that codes begin, or go on from some character, with the right digits: those of the enterprise's region."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter
from docgen.record.types import Part, Text, Whole


class Params(Part):
    """From character ``skip`` on (0: from its beginning) the codes at ``code`` begin with ``prefix``.

    ``meaning`` is the users' name for the prefix (徐州市).
    """

    code: Annotated[Text, Parameter("the code", "path")]
    prefix: Annotated[Text, Parameter("what it must begin with")]
    meaning: Annotated[Text, Parameter("what a user calls that (a region)")]
    skip: Annotated[Whole, Parameter("how many characters are left out at its beginning", "number")] = 0


def list_paths(params: Params) -> Iterable[str]:
    """List the path of the code."""
    return (params.code,)


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C222 for each code that begins otherwise."""
    for code in checked.subject.find(params.code):
        if not isinstance(code.value, str) or code.value[params.skip :].startswith(params.prefix):
            continue
        yield report(
            "C222",
            code.place,
            value=code.value,
            first=params.skip + 1,
            last=params.skip + len(params.prefix),
            actual=code.value[params.skip : params.skip + len(params.prefix)] or "—",
            prefix=params.prefix,
            meaning=params.meaning,
        )
