"""Reports how many of the forms that were handed out came back: one for each enterprise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report_gap
from docgen.checks.parameters import Parameter
from docgen.content.shown_names import format_first_few
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text


class Params(Part):
    """One form for each item of ``per``; it came back where any of ``answers`` (fields of ``forms``) has a value.

    ``label`` is the users' name for the form. Any share below all is reported, at the rule's level.
    """

    per: Annotated[Text, Parameter("the list, for each of whose items a form was handed out", "rows", keyed=True)]
    forms: Annotated[Text, Parameter("the forms", "rows")]
    answers: Annotated[
        tuple[Text, ...], Parameter("their fields of which any shows that it came back", "field", of="forms")
    ]
    label: Annotated[Text, Parameter("what a user calls the form")]


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of the list and of the answers."""
    return (params.per, *(f"{params.forms}.{name}" for name in params.answers))


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C233 once, unless all came back: the count, the total, the share, and whose forms are missing.

    Forms that the record declares as not coming back aren't missing.
    """
    items = [item.value for item in checked.subject.find(params.per)]
    entries = [item.value for item in checked.subject.find(params.forms)]
    answered = {entry.of for entry in entries if any(is_present(getattr(entry, name)) for name in params.answers)}
    returned = [item for item in items if item.key in answered]
    document = params.forms.removeprefix("forms.").removesuffix("[]")
    missing = [item for item in items if item not in returned and not checked.is_copy_excused(document, item.key)]
    if not missing:
        return
    names = [str(getattr(item, "name", None) or item.key) for item in missing]
    yield report_gap(
        "C233",
        tuple(name.removesuffix("[]") for name in params.forms.split(".")),
        checked.find_waiting(params.forms),
        label=params.label,
        count=len(returned),
        total=len(items),
        share=f"{len(returned) * 100 / len(items):.1f}".removesuffix(".0"),
        wanting=format_first_few(names),
        item=format_first_few(f"{document}/{item.key}" for item in missing),
        called=format_first_few(f"{params.label}（{name}）" for name in names),
    )
