"""Does a code, or a part of it, begin with the digits that it should: the region where an enterprise is registered?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Says
from docgen.record.types import Part, Text, Whole


class Params(Part):
    """From character ``skip`` on (0: from its beginning) the codes at ``code`` begin with ``prefix``.

    ``meaning`` is what a user calls that (徐州市).
    """

    code: Annotated[Text, Says("the code", "path")]
    prefix: Annotated[Text, Says("what it must begin with")]
    meaning: Annotated[Text, Says("what a user calls that (a region)")]
    skip: Annotated[Whole, Says("how many characters are left out at its beginning", "number")] = 0


def list_paths(params: Params) -> Iterable[str]:
    """The path of the code."""
    return (params.code,)


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """C222 for each code that begins otherwise."""
    for found in checked.subject.find(params.code):
        if not isinstance(found.value, str) or found.value[params.skip :].startswith(params.prefix):
            continue
        yield report(
            "C222",
            found.place,
            value=found.value,
            first=params.skip + 1,
            last=params.skip + len(params.prefix),
            found=found.value[params.skip : params.skip + len(params.prefix)] or "—",
            prefix=params.prefix,
            meaning=params.meaning,
        )
