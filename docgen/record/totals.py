"""Counts the work of a project: service visits, trainings, people, days, problems, benefit.

An enterprise's totals include everything that it took part in. In the project's totals each activity and training
counts once, however many enterprises took part; attendance, days, problems and benefit are summed. A service visit is
an activity with a method. A training isn't a service visit, but its days are work, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from docgen.record.enterprise import BenefitLine
from docgen.record.parts import Activity, Training
from docgen.record.types import EnterpriseReference, Money, Number, Part, Whole

if TYPE_CHECKING:
    from docgen.record.record import Record

_CENT = Decimal("0.01")
_Thing = TypeVar("_Thing")


class Totals(Part):
    """The figures of an enterprise or a project; each None if the record holds no such data.

    ``person_days`` in 人·天, ``benefit`` in 万元 with two decimals.
    """

    visit_count: Whole | None = None
    training_count: Whole | None = None
    attendance_count: Whole | None = None
    person_days: Number | None = None
    problem_count: Whole | None = None
    benefit: Money | None = None
    visits: tuple[Activity, ...] = ()
    trainings: tuple[Training, ...] = ()
    benefits: tuple[BenefitLine, ...] = ()


class EnterpriseTotals(Totals):
    """The totals of the enterprise ``of``."""

    of: EnterpriseReference


class ProjectTotals(Totals):
    """The totals of the project, and the number of enterprises with a service visit and with a training."""

    enterprise_count: Whole | None = None
    trained_count: Whole | None = None


def total_project(record: Record) -> ProjectTotals:
    """The totals of the whole record."""
    visits = _list_visits(record)
    counted = bool(visits or record.trainings)
    trained, served = _group(record, record.trainings, _list_trained), _group(record, visits, _list_served)
    return ProjectTotals.model_construct(  # computed from a valid record: no validation needed
        enterprise_count=sum(item.key in served for item in record.enterprises) if counted else None,
        trained_count=sum(item.key in trained for item in record.enterprises) if counted else None,
        attendance_count=sum(sum(training.attendance.values()) for training in record.trainings) if counted else None,
        **_count(visits, record.trainings, [line for item in record.enterprises for line in item.benefits], counted),
    )


def total_enterprises(record: Record) -> tuple[EnterpriseTotals, ...]:
    """The totals of each enterprise, in the record's order."""
    visits = _list_visits(record)
    counted = bool(visits or record.trainings)
    trained, served = _group(record, record.trainings, _list_trained), _group(record, visits, _list_served)
    totals = []
    for item in record.enterprises:
        trainings, own = trained.get(item.key, []), served.get(item.key, [])
        attended = sum(training.attendance.get(item.key, 0) for training in trainings)
        totals.append(
            EnterpriseTotals.model_construct(
                of=item.key,
                attendance_count=attended if counted else None,
                **_count(own, trainings, item.benefits, counted),
            )
        )
    return tuple(totals)


def _list_visits(record: Record) -> tuple[Activity, ...]:
    return tuple(activity for activity in record.activities if activity.method)


def _group(
    record: Record, events: Sequence[_Thing], list_keys: Callable[[_Thing], Iterable[str] | None]
) -> dict[str, list[_Thing]]:
    """The events of each enterprise; an event for which ``list_keys`` gives None concerns all."""
    grouped: dict[str, list[_Thing]] = {}
    everyone = dict.fromkeys(item.key for item in record.enterprises)
    for event in events:
        named = list_keys(event)
        for key in everyone if named is None else dict.fromkeys(named):
            if key in everyone:
                grouped.setdefault(key, []).append(event)
    return grouped


def _list_served(visit: Activity) -> Iterable[str] | None:
    return visit.enterprises or None


def _list_trained(training: Training) -> Iterable[str] | None:
    """The enterprises that came: those with people counted, and those named without a count."""
    if not (training.enterprises or training.attendance):
        return None
    present = [key for key, number in training.attendance.items() if number > 0]
    return [*present, *(key for key in training.enterprises if key not in training.attendance)]


def _count(
    visits: Sequence[Activity], trainings: Sequence[Training], benefits: Sequence[BenefitLine], counted: bool
) -> dict[str, Any]:
    lists: dict[str, Any] = {"visits": tuple(visits), "trainings": tuple(trainings), "benefits": tuple(benefits)}
    amounts = [line.amount for line in benefits if line.amount is not None]
    figures: dict[str, Any] = {**lists, "benefit": sum(amounts, Decimal(0)).quantize(_CENT) if amounts else None}
    if counted:
        figures |= {
            "visit_count": len(visits),
            "training_count": len(trainings),
            "person_days": _sum_days((*visits, *trainings)),
            "problem_count": sum(len(visit.problems_solved) for visit in visits),
        }
    return figures


def _sum_days(items: Iterable[Activity | Training]) -> Decimal | None:
    """The sum of the recorded days; None without any."""
    days = [item.person_days for item in items if item.person_days is not None]
    return _shorten(sum(days, Decimal(0))) if days else None


def _shorten(days: Decimal) -> Decimal:
    """Days without trailing zeros (4.0 as 4) and without an exponent (40, not 4E+1)."""
    whole = days.to_integral_value()
    return whole if days == whole else days.normalize()
