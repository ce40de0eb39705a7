"""Finds what of a profile can never hold: values that no field has, counts never reached, facts nobody computes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from docgen.content.model import Narrative
from docgen.diagnostics import Diagnostic, Param, Term, error
from docgen.profile.condition import Condition, CountCondition
from docgen.profile.faults import Locate
from docgen.profile.model import Profile
from docgen.profile.paths import PathError, Place, item_type
from docgen.profile.subject import resolve_subject_path
from docgen.record.month import Month
from docgen.record.record import Record

Shape = Literal["date", "number", "yes_no", "choice", "text", "prose", "part", "other"]


def name_shape(annotation: Any) -> Shape:
    """What kind of value a field holds, lists looked through."""
    base = item_type(annotation)[0]
    if get_origin(base) is Literal:
        return "choice"
    if not isinstance(base, type):
        return "other"
    kinds: tuple[tuple[type | tuple[type, ...], Shape], ...] = (
        (bool, "yes_no"),
        ((dt.date, Month), "date"),
        ((int, Decimal), "number"),
        (Narrative, "prose"),
        (str, "text"),
        (BaseModel, "part"),
    )
    return next((shape for kind, shape in kinds if issubclass(base, kind)), "other")


def find_shape(model: type[Record], path: str) -> Shape | None:
    """What kind of value stands at a path; None where it leads nowhere, which is reported elsewhere."""
    try:
        return name_shape(resolve_subject_path(model, path).annotation)
    except PathError:
        return None


def list_choices(model: type[Record], path: str) -> tuple[str, ...] | None:
    """The values that can stand at a path, as rules write them; None where any can, or the path leads nowhere."""
    try:
        annotation = resolve_subject_path(model, path).annotation
    except PathError:
        return None
    shape = name_shape(annotation)
    if shape == "choice":
        return tuple(str(value) for value in get_args(item_type(annotation)[0]))
    return {"yes_no": ("是", "否"), "prose": (), "part": ()}.get(shape)


def check_values(
    model: type[Record], path: str, values: Iterable[str], place: Place, locate: Locate
) -> Iterator[Diagnostic]:
    """P170 for each value that can't stand at a path."""
    choices, shape = list_choices(model, path), find_shape(model, path)
    for value in values:
        if choices is not None and value not in choices:
            yield error("P170", locate(place, False), value=value, path=path, known="、".join(choices) or "—")
        elif (shape == "number" and not _is_number(value)) or (shape == "date" and not _is_date(value)):
            yield error("P170", locate(place, False), value=value, path=path, known=Term(f"profile.shape.{shape}"))


def check_bounds(
    low: int | None, high: int | None, place: Place, locate: Locate, *, open_end: bool
) -> Iterator[Diagnostic]:
    """P172 for a count that nothing reaches, or where ``open_end`` that everything does."""
    if low is not None and high is not None and low > high:
        yield report_ineffective("bounds", place, locate, low=low, high=high)
    elif open_end and not low and high is None:
        yield report_ineffective("any_count", place, locate)


def report_ineffective(reason: str, place: Place, locate: Locate, **params: Param) -> Diagnostic:
    """P172: what stands at a place of the profile can never hold, or never fails, with the reason."""
    return error("P172", locate(place, False), reason=Term(f"profile.never.{reason}", dict(params)))


def check_condition(
    model: type[Record], condition: Condition | None, place: Place, locate: Locate
) -> Iterator[Diagnostic]:
    """Everything in a condition that can't hold, or always does."""
    if condition is None:
        return
    for name, comparison in (("equals", condition.equals), ("in", condition.in_)):
        if comparison is None:
            continue
        here = (*place, name)
        values = (*comparison.values, *([comparison.value] if comparison.value is not None else []))
        if not values:
            yield report_ineffective("no_value", here, locate)
        elif _is_unmarked_list(model, comparison.path):
            yield report_ineffective("whole_list", (*here, "path"), locate, path=comparison.path)
        else:
            yield from check_values(model, comparison.path, values, here, locate)
    if condition.count is not None:
        yield from _check_count(model, condition.count, (*place, "count"), locate)
    for name, nested in (("all", condition.all), ("any", condition.any)):
        for index, item in enumerate(nested):
            yield from check_condition(model, item, (*place, name, index), locate)
    if _is_contradictory(condition.all):
        yield report_ineffective("contradiction", (*place, "all"), locate)


def check_conditions(profile: Profile, model: type[Record], locate: Locate) -> Iterator[Diagnostic]:
    """The conditions of a profile's parts, documents and filing items; those of rules are their checks'."""
    groups: list[tuple[Place, Condition | None]] = [
        (("parts", index, "when"), part.when) for index, part in enumerate(profile.parts)
    ]
    for index, document in enumerate(profile.documents):
        groups += [(("documents", index, name), getattr(document, name)) for name in ("among", "when")]
    groups += [(("filing", "items", index, "when"), item.when) for index, item in enumerate(profile.filing.items)]
    for place, condition in groups:
        yield from check_condition(model, condition, place, locate)


def find_uncomputed(profile: Profile, path: str) -> str | None:
    """What a profile must have so that there is ever a value at a path among the facts; None where it has it."""
    needs = {
        "facts.evaluations[]": ("scoring", profile.scoring),
        "facts.grades": ("scoring", profile.scoring),
        "facts.ratings": ("ratings", profile.ratings),
        "facts.markings[]": ("marking", any(document.marking for document in profile.documents) or None),
    }
    head = ".".join(path.split(".")[:2])
    name, has = needs.get(head, ("", True))
    return name if has is None else None


def _check_count(model: type[Record], count: CountCondition, place: Place, locate: Locate) -> Iterator[Diagnostic]:
    yield from check_bounds(count.min, count.max, place, locate, open_end=True)
    single = "[]" not in count.of and find_shape(model, count.of) is not None
    if single and count.min is not None and count.min > 1:
        yield report_ineffective("single", place, locate, path=count.of)


def _is_unmarked_list(model: type[Record], path: str) -> bool:
    """Whether a path ends at a list that it doesn't mark as one: it is compared as a whole, never item by item."""
    try:
        return not path.endswith("[]") and item_type(resolve_subject_path(model, path).annotation)[1]
    except PathError:
        return False


def _is_contradictory(together: Iterable[Condition]) -> bool:
    """Whether conditions that must all hold ask for two things of one single value."""
    present: set[str] = set()
    absent: set[str] = set()
    allowed: dict[str, set[str]] = {}
    for item in together:
        present |= {item.present} if item.present else set()
        absent |= {item.absent} if item.absent else set()
        for comparison in filter(None, (item.equals, item.in_)):
            values = {*comparison.values, *([comparison.value] if comparison.value is not None else [])}
            present.add(comparison.path)
            if "[]" not in comparison.path:
                if comparison.path in allowed and not allowed[comparison.path] & values:
                    return True
                allowed[comparison.path] = allowed.get(comparison.path, values) & values
    return bool(present & absent)


def _is_number(value: str) -> bool:
    try:
        Decimal(value)
    except InvalidOperation:
        return False
    return True


def _is_date(value: str) -> bool:
    try:
        dt.date.fromisoformat(value if len(value) > 7 else f"{value}-01")
    except ValueError:
        return False
    return True
