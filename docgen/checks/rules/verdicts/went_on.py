"""Checks that no work went on from a conclusion that stops it: a plan that didn't pass, an agency found unfit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter, Per
from docgen.checks.shared.dates import read_day
from docgen.checks.shared.judgments import find_approval, find_refusal, read_words
from docgen.checks.shared.scope import ItemScope, in_each_scope
from docgen.content.shown_names import shorten
from docgen.profile.paths import PlacedValue
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text, YesNo, format_record_value

_LONGEST_SHOWN = 30


class Params(Part):
    """Where ``conclusion`` is one of ``values``, or with ``refusal`` refuses in free words, no ``work`` follows.

    ``work`` are paths of values that exist only where work went on. ``date`` is the day of the conclusion, a field
    beside it: days of work before it are left out. So is work from the day of another, favourable conclusion on: one
    about something else (another agency that was chosen), or a later one about the same (a plan that passed in a second
    review).
    """

    conclusion: Annotated[Text, Parameter("the conclusion", "path")]
    work: Annotated[tuple[Text, ...], Parameter("values that exist only where work went on", "path")]
    values: Annotated[tuple[Text, ...], Parameter("the negative ones", "value", of="conclusion")] = ()
    refusal: Annotated[YesNo, Parameter("whether a text that refuses in its own words is one")] = False
    date: Annotated[Text | None, Parameter("the field beside it with its day")] = None
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of the conclusion, its day and the work."""
    yield params.conclusion
    if params.date is not None:
        yield f"{params.conclusion.rpartition('.')[0]}.{params.date}"
    yield from params.work


@in_each_scope
def check(checked: CheckSubject, scope: ItemScope, params: Params) -> Iterator[Fault]:
    """Report C333 for each such conclusion, with the first work that went on from it."""
    owner = params.conclusion.rpartition(".")[0]
    owners = {item.place: item.value for item in scope.find(owner)}
    conclusions = [
        _read_conclusion(item, owners.get(item.place[:-1]), params) for item in scope.find(params.conclusion)
    ]
    for stop in conclusions:
        if not _is_stop(stop.item.value, params):
            continue
        grounds = [item for item in conclusions if _is_ground(item, stop, params)]
        work = [item for path in params.work for item in scope.find(path) if _is_work_after(item, stop, grounds)]
        if not work:
            continue
        first = work[0]
        yield report(
            "C333",
            stop.item.place,
            value=shorten(read_words(stop.item.value), _LONGEST_SHOWN),
            document=checked.name_field(first.place[:2]),
            work=checked.name_field(first.place),
            work_value=_format_work_value(first),
            count=len(work),
            other=first.place,
        )


@dataclass(frozen=True, slots=True)
class _DatedConclusion:
    """A conclusion, its day, and the key of what it is about."""

    item: PlacedValue
    day: dt.date | None
    of: object


def _read_conclusion(item: PlacedValue, owner: object, params: Params) -> _DatedConclusion:
    return _DatedConclusion(item, read_day(getattr(owner, params.date or "", None)), getattr(owner, "of", None))


def _is_stop(value: object, params: Params) -> bool:
    if not is_present(value):
        return False
    return format_record_value(value) in params.values or (params.refusal and find_refusal(value) is not None)


def _is_ground(other: _DatedConclusion, stop: _DatedConclusion, params: Params) -> bool:
    """Whether another conclusion allows the work that one stops."""
    value = other.item.value
    if not is_present(value) or _is_stop(value, params) or (params.refusal and find_approval(value) is None):
        return False
    return other.of != stop.of or not _is_before(other.day, stop.day)


def _is_work_after(work: PlacedValue, stop: _DatedConclusion, grounds: Sequence[_DatedConclusion]) -> bool:
    done = read_day(work.value)
    if not is_present(work.value) or _is_before(done, stop.day):
        return False
    return all(_is_before(done, ground.day) for ground in grounds)


def _is_before(day: dt.date | None, other: dt.date | None) -> bool:
    return day is not None and other is not None and day < other


def _format_work_value(item: PlacedValue) -> str:
    """Format a value in a few words; '' for a whole row."""
    return (
        shorten(format_record_value(item.value), _LONGEST_SHOWN) if not hasattr(item.value, "model_fields_set") else ""
    )
