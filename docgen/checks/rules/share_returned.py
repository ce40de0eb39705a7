"""How many came back of what was handed out: one form for each enterprise, filled by how many?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report_gap
from docgen.checks.parameters import Says
from docgen.content.shown_names import show_some
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text


class Params(Part):
    """One form for each item of ``per``; it came back where any of ``answers`` (fields of ``forms``) was given.

    ``label`` is what a user calls the form. A share is told, never judged: the rule's level is the user's to choose.
    """

    per: Annotated[Text, Says("the list, for each of whose items a form was handed out", "rows", keyed=True)]
    forms: Annotated[Text, Says("the forms", "rows")]
    answers: Annotated[tuple[Text, ...], Says("their fields of which any shows that it came back", "field", of="forms")]
    label: Annotated[Text, Says("what a user calls the form")]


def list_paths(params: Params) -> Iterable[str]:
    """The list, and the answers."""
    return (params.per, *(f"{params.forms}.{name}" for name in params.answers))


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """C233 once, unless all came back: how many of how many, the share, and whose are wanting.

    What the record says will never come back is wanted no more.
    """
    items = [found.value for found in checked.subject.find(params.per)]
    entries = [found.value for found in checked.subject.find(params.forms)]
    given = {entry.of for entry in entries if any(is_present(getattr(entry, name)) for name in params.answers)}
    back = [item for item in items if item.key in given]
    document = params.forms.removeprefix("forms.").removesuffix("[]")
    wanted = [item for item in items if item not in back and not checked.is_copy_excused(document, item.key)]
    if not wanted:
        return
    names = [str(getattr(item, "name", None) or item.key) for item in wanted]
    yield report_gap(
        "C233",
        tuple(name.removesuffix("[]") for name in params.forms.split(".")),
        checked.find_waiting(params.forms),
        label=params.label,
        count=len(back),
        total=len(items),
        share=f"{len(back) * 100 / len(items):.1f}".removesuffix(".0"),
        wanting=show_some(names),
        item=show_some(f"{document}/{item.key}" for item in wanted),
        called=show_some(f"{params.label}（{name}）" for name in names),
    )
