"""Validates raw data as a record: reports all faults at their locations, then references and repeated keys."""

from __future__ import annotations

import copy
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, cast

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from docgen.content.model import Narrative
from docgen.diagnostics import Diagnostic, Location, Severity, error, info, warning
from docgen.profile.faults import Locate, find_meant_places, name_field, report_validation_errors
from docgen.profile.form_names import adopt_forms, restore_form_name
from docgen.profile.labels import list_titles
from docgen.profile.load import LoadedProfile
from docgen.profile.measures import take_measured
from docgen.profile.paths import Place, item_type
from docgen.profile.redaction.check import check_disclosure
from docgen.profile.references import find_dangling, iterate_branches, report_dangling_references
from docgen.profile.spelling import replace_labels
from docgen.profile.words import check_form_names, check_words
from docgen.record.parts import Person
from docgen.record.record import Record
from docgen.record.telephones import normalize_phones
from docgen.trees.collector import pause_collector


@dataclass(frozen=True)
class Validation:
    """The valid part of a record, the diagnostics of the rest, and the mapping of paths to the user's data.

    Invalid values are left out of the record; ``failed`` holds their paths in the user's data, so that they aren't
    reported as missing. ``restore`` leads from a place in the record to the one in the user's data.
    """

    record: Record | None
    diagnostics: tuple[Diagnostic, ...]
    failed: frozenset[Place]
    locate: Locate
    restore: Callable[[Place], Place]

    def is_silenced(self, place: Place) -> bool:
        """Whether the value at a path, a part of it or a parent failed validation."""
        place = self.restore(place)
        return place in self._around or any(place[:depth] in self.failed for depth in range(len(place) + 1))

    @cached_property
    def _around(self) -> frozenset[Place]:
        """The parents of the failed paths."""
        return frozenset(bad[:depth] for bad in self.failed for depth in range(len(bad) + 1))


def validate_record(
    loaded: LoadedProfile,
    data: Any,
    locate: Locate,
    read_prose: Callable[[str], Narrative] | None = None,
    failed: frozenset[Place] = frozenset(),
) -> Validation:
    """Validate raw data and report all faults; ``record`` is None only if none of the data is valid.

    ``failed`` are paths whose values the reader of the data reported and left out.
    """
    model = loaded.record_model
    data, names = adopt_forms(loaded.profile.id, data, list_titles(loaded.profile.documents))
    keyed = replace_labels(loaded, data)
    data = typed = keyed.data
    pruning = _Pruning(locate, failed, names, keyed.renamed)
    diagnostics = list(_report_repeated_labels(keyed.repeated, model, locate))
    pruning.failed.update(keyed.repeated)
    while True:
        try:
            with pause_collector():
                record = model.model_validate(data, context={"read_prose": read_prose})
            break
        except ValidationError as fault:
            pruning.failed.update(pruning.restore(place) for place in find_meant_places(fault, model))
            diagnostics += report_validation_errors(fault, model, pruning.locate, pruning.was_removed)
            bad = [details["loc"] for details in fault.errors(include_url=False, include_input=False)]
            data = pruning.prune(data, bad)
            if data is None:
                return Validation(None, tuple(diagnostics), frozenset(pruning.failed), pruning.locate, pruning.restore)
    place = pruning.locate
    diagnostics += _check_keys(record, place)
    dangling = list(find_dangling(record, typed))
    pruning.failed.update(pruning.restore(item.place) for item in dangling)
    diagnostics += report_dangling_references(dangling, record, place)
    diagnostics += _list_waivers(record, place)
    diagnostics += _check_phones(record, place)
    diagnostics += check_words(loaded.profile, record, place)
    misspelt = list(check_form_names(loaded.profile, data, place))
    pruning.failed.update(
        ("forms", str(item.params["nearest"])) for item in misspelt if item.severity is Severity.ERROR
    )
    diagnostics += misspelt
    diagnostics += check_disclosure(loaded.profile, record, place)
    record = take_measured(loaded.profile, record)
    return Validation(record, tuple(diagnostics), frozenset(pruning.failed), place, pruning.restore)


class _Pruning:
    """Removes invalid values from raw data, and maps paths in the pruned data to the user's file."""

    def __init__(
        self, locate: Locate, failed: frozenset[Place], names: Mapping[str, str], renamed: Mapping[Place, str]
    ) -> None:
        self._locate = locate
        self._names = names
        self._renamed = renamed
        self._removed: dict[Place, list[int]] = {}
        self._gaps: dict[Place, list[int]] = {}
        self.failed: set[Place] = set(failed)

    def locate(self, place: Place, key: bool) -> Location:
        return self._locate(self.restore(place), key)

    def restore(self, place: Place) -> Place:
        """The path in the user's data of a path in the pruned data; removed list items are counted again."""
        restored: list[str | int] = []
        for step in restore_form_name(place, self._names):
            index = self._find_index(tuple(restored), step) if isinstance(step, int) else step
            restored.append(self._renamed.get((*restored, index), index) if self._renamed else index)
        return tuple(restored)

    def _find_index(self, owner: Place, index: int) -> int:
        return index + bisect_right(self._gaps.get(owner, ()), index)

    def was_removed(self, place: Place) -> bool:
        """Whether the value at a path is missing only because it failed validation."""
        return self.restore(place) in self.failed

    def prune(self, data: Any, bad: list[Place]) -> Any:
        """The data without the faulty paths; None if all of it is faulty."""
        places = sorted({_find_node(data, place) for place in bad}, key=_sort_key, reverse=True)
        if () in places:
            return None
        data = copy.deepcopy(data)
        removals = [(place, self.restore(place)) for place in places]
        for place, restored in removals:
            self.failed.add(restored)
            owner = data
            for step in place[:-1]:
                owner = owner[step]
            # An earlier removal from the same list may have removed the item.
            del owner[place[-1]]
            if isinstance(place[-1], int):
                self._removed.setdefault(restored[:-1], []).append(cast("int", restored[-1]))
        # the index of each removed item among the remaining ones
        for owner, indexes in self._removed.items():
            self._gaps[owner] = [at - gone for gone, at in enumerate(sorted(indexes))]
        return data


def _sort_key(place: Place) -> tuple[tuple[int, str, int], ...]:
    return tuple((0, "", step) if isinstance(step, int) else (1, step, 0) for step in place)


def _find_node(data: Any, place: Place) -> Place:
    """The longest existing part of a path; pydantic's paths also contain union members and missing keys."""
    reached: list[str | int] = []
    for step in place:
        inside = isinstance(data, dict) and step in data
        if not inside and not (isinstance(data, list) and isinstance(step, int) and step < len(data)):
            break
        data = data[step]
        reached.append(step)
    return tuple(reached)


def iterate_fields(node: BaseModel, place: Place = ()) -> Iterator[tuple[BaseModel, str, FieldInfo, Any, Place]]:
    """All fields of a model and its nested models: owner, attribute, field, value, path in the record's data."""
    for attribute, field in type(node).model_fields.items():
        value = getattr(node, attribute)
        here = (*place, field.alias or attribute)
        yield node, attribute, field, value, here
        if isinstance(value, BaseModel):
            yield from iterate_fields(value, here)
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                if isinstance(item, BaseModel):
                    yield from iterate_fields(item, (*here, index))


def iterate_prose(node: BaseModel, place: Place = ()) -> Iterator[tuple[Narrative, Place]]:
    """All prose of a model and its nested models, with paths; types without prose are skipped."""
    for attribute, name in _list_prose(type(node)):
        value = getattr(node, attribute)
        here = (*place, name)
        if isinstance(value, tuple):
            for index, item in enumerate(value):
                if isinstance(item, BaseModel):
                    yield from iterate_prose(item, (*here, index))
        elif isinstance(value, Narrative):
            yield value, here
        elif isinstance(value, BaseModel):
            yield from iterate_prose(value, here)


@lru_cache(maxsize=512)
def _list_prose(model: type[BaseModel]) -> tuple[tuple[str, str], ...]:
    """The fields of a model that hold prose, or models with such fields: attribute and name in the record."""
    prose_fields: list[tuple[str, str]] = []
    for attribute, field in model.model_fields.items():
        kind, _several = item_type(field.annotation)
        inside = isinstance(kind, type) and issubclass(kind, BaseModel) and _list_prose(kind)
        if kind is Narrative or inside:
            prose_fields.append((attribute, field.alias or attribute))
    return tuple(prose_fields)


def _report_repeated_labels(repeated: Mapping[Place, str], model: type[Record], locate: Locate) -> Iterator[Diagnostic]:
    for place, key in repeated.items():
        yield error("R144", locate(place, True), label=name_field(model, place[:-1]), name=str(place[-1]), key=key)


def _check_keys(record: Record, locate: Locate) -> Iterator[Diagnostic]:
    for branch, value, place in iterate_branches(record):
        if not branch.nested or not isinstance(value, tuple):
            continue
        first_indexes: dict[str, int] = {}
        for index, item in enumerate(value):
            for name, code in (("key", "R114"), ("of", "R119")):
                key = getattr(item, name, None)
                if not isinstance(key, str):
                    continue
                if key in first_indexes:
                    first = locate((*place, first_indexes[key]), False).line or 0
                    label = name_field(type(record), place)
                    yield error(code, locate((*place, index, name), False), key=key, label=label, line=first)
                first_indexes.setdefault(key, index)


def _list_waivers(record: Record, locate: Locate) -> Iterator[Diagnostic]:
    for name in ("enterprises", "parties"):
        for index, item in enumerate(getattr(record, name)):
            if item.uscc and item.uscc_waiver:
                where = locate((name, index, "uscc"), False)
                yield info("R123", where, value=item.uscc, reason=item.uscc_waiver)


def _check_phones(record: Record, locate: Locate) -> Iterator[Diagnostic]:
    """R112 for a text that is no telephone number, and is printed unchanged."""
    for branch, value, place in iterate_branches(record):
        people = value if isinstance(value, tuple) else (value,)
        for index, person in enumerate(people) if branch.nested else ():
            if isinstance(person, Person) and person.phone is not None and normalize_phones(person.phone) is None:
                where = (*place, index, "phone") if isinstance(value, tuple) else (*place, "phone")
                label = name_field(type(record), where)
                yield warning("R112", locate(where, False), label=label, value=person.phone)
