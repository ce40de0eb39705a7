"""The subject of paths and conditions: a record and the facts computed from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from docgen.profile.condition import Condition
from docgen.profile.forms import attribute_name
from docgen.profile.model import Profile
from docgen.profile.paths import PathError, Place, PlacedValue, Scope, find_values, item_type, resolve_path
from docgen.profile.references import name_values
from docgen.record.facts import Facts
from docgen.record.marking import Marking, Rubric, mark_document
from docgen.record.parts import Evidence
from docgen.record.ratings import rate_entries
from docgen.record.record import Record
from docgen.record.scoring import evaluate, summarize_grades
from docgen.record.totals import total_enterprises, total_project
from docgen.record.types import format_record_value

_FACTS = "facts."


def resolve_subject_path(record_model: type[Record], path: str) -> FieldInfo:
    """The field that a path ends at, in the record's types or, below ``facts.``, in those of the facts."""
    if path.startswith(_FACTS):
        return resolve_path(Facts, path.removeprefix(_FACTS))
    return resolve_path(record_model, path)


@dataclass(frozen=True)
class Subject:
    """A valid record, its facts and its profile; ``numbers`` are the document numbers by document id."""

    profile: Profile
    record: Record
    facts: Facts
    numbers: Mapping[str, str] = field(default_factory=dict)

    def find(self, path: str, scope: Scope | None = None) -> list[PlacedValue]:
        """All values at a path; lists are flattened, and a bound list is replaced by its bound item."""
        if path.startswith(_FACTS):
            values = find_values(
                self.facts, path.removeprefix(_FACTS), _bind_facts(scope) if scope is not None else None
            )
            return [PlacedValue(traced.value, self._trace(traced.place)) for traced in values]
        return find_values(self.record, path, scope)

    def _trace(self, place: Place) -> Place:
        """The record's path of a fact that is copied from the record; a computed fact keeps its own path."""
        node: Any = self.facts
        for at, step in enumerate(place):
            node = node[step] if isinstance(step, int) else getattr(node, step, None)
            origin = self._origins.get(id(node)) if isinstance(step, int) else None
            if origin is not None:
                return (*origin, *place[at + 1 :])
        return place

    @cached_property
    def _origins(self) -> dict[int, Place]:
        """The paths of the record's activities, trainings and benefits, by object identity."""
        record = self.record
        places: dict[int, Place] = {}
        for name in ("activities", "trainings"):
            places |= {id(item): (name, index) for index, item in enumerate(getattr(record, name))}
        for index, enterprise in enumerate(record.enterprises):
            places |= {id(line): ("enterprises", index, "benefits", at) for at, line in enumerate(enterprise.benefits)}
        return places

    def find_one(self, path: str, scope: Scope | None = None) -> Any:
        """The first present value at a path, or None."""
        return next((item.value for item in self.find(path, scope) if is_present(item.value)), None)

    def bind(self, list_path: str, item: Any) -> Scope:
        """The scope of one item of a list; it also binds the lists whose entries name the item by ``of``."""
        scope = self._scopes.get((list_path, id(item)))
        if scope is None or scope.items[list_path] is not item:  # a freed object may have had the same id
            scope = self._scopes[list_path, id(item)] = self._make_scope(list_path, item)
        return scope

    @cached_property
    def _scopes(self) -> dict[tuple[str, int], Scope]:
        return {}

    def _make_scope(self, list_path: str, item: Any) -> Scope:
        key = getattr(item, "key", None)
        bound: dict[str, object] = {}
        positions: dict[str, int] = {}
        for path, entries in self._referring.items():
            bound[path], positions[path] = entries.get(key, (None, 0))
        return Scope({**bound, list_path: item}, {**positions, list_path: self.find_position(list_path, item)})

    def find_position(self, list_path: str, item: Any) -> int:
        """The index of an item in its list; 0 if the list lacks it."""
        if list_path not in self._positions:
            values = self.find(list_path)
            self._positions[list_path] = {id(value.value): int(value.place[-1]) for value in values if value.place}
        return self._positions[list_path].get(id(item), 0)

    @cached_property
    def _positions(self) -> dict[str, dict[int, int]]:
        return {}

    @cached_property
    def derived(self) -> dict[tuple[str, str], Any]:
        """A cache for results about the whole record that are needed for each item, by kind and list."""
        return {}

    @cached_property
    def _referring(self) -> dict[str, dict[object, tuple[object, int]]]:
        """The lists whose entries name an item by ``of``, by path, each with the first entry for every key."""
        by_path: dict[str, dict[object, tuple[object, int]]] = {}
        forms: BaseModel | None = getattr(self.record, "forms", None)
        holders: list[tuple[str, BaseModel]] = [("forms", forms)] if forms is not None else []
        for prefix, model in (*holders, ("facts", self.facts)):
            for attribute, info in type(model).model_fields.items():
                entries = getattr(model, attribute)
                if not isinstance(entries, tuple):
                    continue
                if hasattr(entries[0], "of") if entries else _refers(type(model), attribute):
                    numbered = list(enumerate(entries))
                    own = {getattr(entry, "of", None): (entry, index) for index, entry in reversed(numbered)}
                    by_path[f"{prefix}.{info.alias or attribute}[]"] = own
        return by_path

    @cached_property
    def reasons(self) -> dict[str, str]:
        """The first reason why something doesn't apply, by its id in the record."""
        return {entry.item: entry.reason for entry in reversed(self.record.not_applicable)}

    @cached_property
    def evidence_of(self) -> dict[tuple[str, str | None], list[Evidence]]:
        """The evidence by the kind (``activity``, ``training`` or ``enterprise``) and key of its subject."""
        about: dict[tuple[str, str | None], list[Evidence]] = {}
        for item in self.record.evidence:
            owners = (("activity", item.activity), ("training", item.training))
            for owner in (*owners, *(("enterprise", key) for key in dict.fromkeys(item.enterprises))):
                about.setdefault(owner, []).append(item)
        return about

    @cached_property
    def project_scope(self) -> Scope:
        """The scope of a document that is made once for the project."""
        return Scope()

    def holds(self, condition: Condition | None, scope: Scope | None = None) -> bool:
        """Whether a condition holds; None always holds."""
        return holds_condition(condition, lambda path: self.find(path, scope))


def _bind_facts(scope: Scope) -> Scope:
    """A scope for the facts: their own lists, without the prefix ``facts.``."""
    items = {path.removeprefix(_FACTS): item for path, item in scope.items.items() if path.startswith(_FACTS)}
    return Scope(items, {path.removeprefix(_FACTS): at for path, at in scope.positions.items()})


def holds_condition(condition: Condition | None, find: Callable[[str], Sequence[PlacedValue]]) -> bool:
    """Whether a condition holds for the values that ``find`` gives for its paths; None always holds."""
    if condition is None:
        return True
    if condition.all:
        return all(holds_condition(item, find) for item in condition.all)
    if condition.any:
        return any(holds_condition(item, find) for item in condition.any)
    return _holds_single(condition, find)


def _holds_single(condition: Condition, find: Callable[[str], Sequence[PlacedValue]]) -> bool:
    if condition.present is not None:
        return any(is_present(item.value) for item in find(condition.present))
    if condition.absent is not None:
        return not any(is_present(item.value) for item in find(condition.absent))
    if condition.count is not None:
        count = sum(is_present(item.value) for item in find(condition.count.of))
        low, high = condition.count.min, condition.count.max
        return (low is None or count >= low) and (high is None or count <= high)
    comparison = condition.equals or condition.in_
    assert comparison is not None
    values = set(comparison.values) | ({comparison.value} if comparison.value is not None else set())
    return any(format_record_value(item.value) in values for item in find(comparison.path))


def is_present(value: object) -> bool:
    """Whether a value is present: 0 and False are, None and empty values aren't."""
    if value is None:
        return False
    if isinstance(value, str | tuple | dict):
        return bool(value)
    return bool(getattr(value, "blocks", True))


@cache
def _refers(model: type[BaseModel], attribute: str) -> bool:
    """Whether the type of a list's entries has a reference ``of``."""
    entry = item_type(model.model_fields[attribute].annotation)[0]
    return isinstance(entry, type) and issubclass(entry, BaseModel) and "of" in entry.model_fields


def derive_facts(profile: Profile, record: Record) -> Facts:
    """Compute all facts of a record."""
    totals: dict[str, Any] = {
        "enterprise_totals": total_enterprises(record),
        "project_totals": total_project(record),
    }
    if profile.ratings is not None:
        entries = [item.value for item in find_values(record, profile.ratings.of)]
        totals["ratings"] = rate_entries(entries, profile.ratings, lambda entry, name: name_values(record, entry, name))
    totals["markings"] = tuple(_mark_documents(profile, record))
    if profile.scoring is None:
        return Facts.model_construct(**totals)
    rules = profile.scoring.choose(record.scoring)
    owner_path, _, attribute = rules.indicators.rpartition(".")
    owners = find_values(record, owner_path)
    name = attribute.removesuffix("[]")
    evaluations = tuple(evaluate(item.value.key, getattr(item.value, name), rules) for item in owners)
    return Facts.model_construct(evaluations=evaluations, grades=summarize_grades(evaluations, rules), **totals)


@dataclass(frozen=True, slots=True)
class MarkedEntry:
    """A document's entry that experts mark, and its rubric, with the paths of both."""

    document: str
    place: Place
    entry: Any
    rubric_place: Place
    rubric: Rubric


def list_marked_entries(profile: Profile, record: Record) -> Iterator[MarkedEntry]:
    """The entries for ``facts.markings``, in the same order."""
    rubrics = {rubric.key: (("rubrics", at), rubric) for at, rubric in enumerate(record.rubrics)}
    forms = getattr(record, "forms", None)
    for document in profile.documents:
        if document.marking is None or document.marking not in rubrics:
            continue
        where, rubric = rubrics[document.marking]
        for at, entry in enumerate(getattr(forms, attribute_name(document.id), ())):
            yield MarkedEntry(document.id, ("forms", document.id, at), entry, where, rubric)


def _mark_documents(profile: Profile, record: Record) -> Iterator[Marking]:
    for marked in list_marked_entries(profile, record):
        of = getattr(marked.entry, "of", None)
        yield mark_document(marked.document, of, marked.rubric, marked.entry.marks)


__all__ = ["PathError", "Subject", "derive_facts", "is_present", "list_marked_entries", "resolve_subject_path"]
