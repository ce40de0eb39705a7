"""Checks that every row that must be closed is: a problem with its solution and the day of confirmation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report, report_gap
from docgen.checks.parameters import Parameter
from docgen.checks.shared.dates import read_day
from docgen.content.shown_names import shorten
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text

_LONGEST_SHOWN = 30


class Params(Part):
    """``rows`` have a yes-no field ``closed``; a closed row must have the fields ``needs``.

    ``text`` is the field with the row's subject, ``closed_on`` its date of closing, ``opened_on`` a date beside the
    rows (a field of the form that holds them) before which no row can be closed.
    """

    rows: Annotated[Text, Parameter("the rows", "rows")]
    closed: Annotated[
        Text, Parameter("their yes-no field that says that they are closed", "field", of="rows", type="yes_no")
    ]
    text: Annotated[Text, Parameter("the field that says what a row is about", "field", of="rows")]
    needs: Annotated[tuple[Text, ...], Parameter("the fields that a closed row must give", "field", of="rows")] = ()
    closed_on: Annotated[
        Text | None, Parameter("the field with the day of closing", "field", of="rows", type="date")
    ] = None
    opened_on: Annotated[Text | None, Parameter("a day beside the rows before which none can be closed")] = None


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of the rows' fields, and of the date beside them."""
    names = [params.closed, params.text, *params.needs, *filter(None, (params.closed_on,))]
    owner = params.rows.rpartition(".")[0]
    beside = [f"{owner}.{params.opened_on}"] if params.opened_on is not None else []
    return [*(f"{params.rows}.{name}" for name in names), *beside]


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C213 for an open row, C214 for a closed one without a needed field, C210 for one closed too early."""
    owners = {item.place: item.value for item in checked.subject.find(params.rows.rpartition(".")[0])}
    for item in checked.subject.find(params.rows):
        row, place = item.value, item.place
        text = str(getattr(row, params.text) or "")
        details = {"text": shorten(text, _LONGEST_SHOWN)}
        if not text and getattr(row, params.closed) is None:
            continue  # an empty row is reported elsewhere
        if getattr(row, params.closed) is not True:
            if not checked.is_silenced((*place, params.closed)):
                yield report_gap("C213", (*place, params.closed), checked.find_waiting(params.rows), **details)
            continue
        for name in params.needs:
            if not is_present(getattr(row, name)) and not checked.is_silenced((*place, name)):
                label = checked.name_field((*place, name))
                yield report_gap("C214", place, checked.find_waiting(params.rows), label=label, **details)
        if params.closed_on is None or params.opened_on is None:
            continue
        owner = place[:-2]
        closed, opened = read_day(getattr(row, params.closed_on)), read_day(getattr(owners[owner], params.opened_on))
        if closed is not None and opened is not None and closed < opened:
            other = (*owner, params.opened_on)
            yield report(
                "C210",
                (*place, params.closed_on),
                date=closed.isoformat(),
                label=checked.name_field(other),
                earlier=opened.isoformat(),
                other=other,
                **details,
            )
