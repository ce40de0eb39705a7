"""Describes the errors of validation in the user's words: a code, the field's own name, the nearest known key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from docgen.content.shown_names import shorten
from docgen.diagnostics import Diagnostic, Location, Param, Term, error
from docgen.profile.labels import format_choice, label_options
from docgen.profile.paths import Place, find_field, item_type, list_field_names

Locate = Callable[[Place, bool], Location]
"""Where a value (or, with True, its key) stands in the user's file."""


def note_places(locate: Locate) -> Locate:
    """The same, each location with the place in the record that it was asked for."""
    return lambda place, key: replace(locate(place, key), place=place)


_STRUCTURE = {
    "missing": "R102",
    "string_type": "R103",
    "tuple_type": "R121",
    "list_type": "R121",
    "dict_type": "R122",
    "model_type": "R122",
    "model_attributes_type": "R122",
    "string_pattern_mismatch": "R131",
}


def find_nearest(word: str, words: Iterable[str]) -> str:
    """The known word that was most likely meant, or an empty text."""
    matches = get_close_matches(word, list(words), n=1, cutoff=0.6)
    return matches[0] if matches else ""


def report_validation_errors(
    fault: ValidationError,
    model: type[BaseModel],
    locate: Locate,
    was_reported: Callable[[Place], bool] = lambda place: False,  # noqa: ARG005
) -> list[Diagnostic]:
    """Each error of a validation as a diagnostic, placed where the user wrote it.

    ``was_reported`` says of a missing place whether its value was reported and taken out before.
    """
    return [
        _report_error(details, model, locate)
        for details in fault.errors(include_url=False)
        if details["type"] != "missing" or not was_reported(details["loc"])
    ]


def find_meant_places(fault: ValidationError, model: type[BaseModel]) -> Iterator[Place]:
    """The places that unknown keys most likely mean: a value missing there is reported with the key, not by itself."""
    for details in fault.errors(include_url=False, include_input=False):
        if details["type"] == "extra_forbidden":
            place = details["loc"]
            nearest = _find_nearest_key(place, model)
            if nearest:
                yield (*place[:-1], nearest)


def name_field(model: type[BaseModel], place: Sequence[str | int]) -> Param:
    """The name that a user knows a field by: from the profile, from the catalogue, or the key itself."""
    steps = tuple(step for step in place if isinstance(step, str))
    return _name_field(model, steps) if steps else str(place[-1]) if place else ""


@lru_cache(maxsize=16384)
def _name_field(model: type[BaseModel], steps: tuple[str, ...]) -> Param:
    current: Any = model
    name: Param = steps[-1]
    for step in steps:
        if not (isinstance(current, type) and issubclass(current, BaseModel)):
            continue
        field = find_field(current, step)
        if field is None:
            return step
        attribute, info = field
        name = info.title or Term(f"label.{name_label(current, attribute)}")
        current = item_type(info.annotation)[0]
    return name


def name_label(model: type[BaseModel], attribute: str) -> str:
    """The catalogue's key of a shared field's name: ``<Model>.<field>``, by the model that first declares it."""
    for base in reversed(model.__mro__):
        if attribute in getattr(base, "__annotations__", {}):
            return f"{base.__name__}.{attribute}"
    return f"{model.__name__}.{attribute}"


def _report_error(details: ErrorDetails, model: type[BaseModel], locate: Locate) -> Diagnostic:
    place = details["loc"]
    kind = details["type"]
    label = name_field(model, place)
    if kind == "extra_forbidden":
        return _report_unknown_key(place, model, locate)
    if kind == "missing":
        return error("R102", locate(place[:-1], False), label=label, key=str(place[-1]))
    if kind == "literal_error":
        options = _find_options(model, place)
        value = str(details["input"])
        labels = [format_choice(label, option) for option, label in options.items()]
        nearest = find_nearest(value, [*options.values(), *options])
        params = {"value": value, "options": "、".join(labels), "nearest": nearest}
        return error("R109", locate(place, False), label=label, **params)
    typed = shorten(str(details["input"]).replace("\n", " "))
    if kind in _STRUCTURE:
        return error(_STRUCTURE[kind], locate(place, False), label=label, value=typed)
    if kind[0].isupper() and kind[1:].isdigit():
        params = {key: value for key, value in (details.get("ctx") or {}).items() if key != "label"}
        return error(kind, locate(place, False), label=label, **params)
    return error("R130", locate(place, False), label=label, value=typed, reason=details["msg"])


def _report_unknown_key(place: Place, model: type[BaseModel], locate: Locate) -> Diagnostic:
    key = str(place[-1])
    nearest = _find_nearest_key(place, model)
    where = locate(place, True)
    if nearest:
        return error("R101", where, key=key, nearest=nearest)
    keys = _list_known_keys(place, model)
    return error("R132", where, key=key, known="、".join(keys[:30]))


def _find_nearest_key(place: Place, model: type[BaseModel]) -> str:
    return find_nearest(str(place[-1]), _list_known_keys(place, model))


def _list_known_keys(place: Place, model: type[BaseModel]) -> Sequence[str]:
    parent = _find_model(model, place[:-1])
    return list_field_names(parent) if parent is not None else ()


def _find_model(model: type[BaseModel], place: Sequence[str | int]) -> type[BaseModel] | None:
    current: Any = model
    for step in place:
        if isinstance(step, int):
            continue
        if not (isinstance(current, type) and issubclass(current, BaseModel)):
            return None
        field = find_field(current, step)
        if field is None:
            return None
        current = item_type(field[1].annotation)[0]
    return current if isinstance(current, type) and issubclass(current, BaseModel) else None


def _find_options(model: type[BaseModel], place: Place) -> dict[str, str]:
    """The options of a field, and what people call each."""
    names = [step for step in place if isinstance(step, str)]
    parent = _find_model(model, names[:-1])
    field = find_field(parent, names[-1]) if parent is not None else None
    if parent is None or field is None:
        return {}
    return {option: label for label, option in label_options(name_label(parent, field[0]), field[1]).items()}
