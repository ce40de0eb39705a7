"""Finds the paths of a record that a document reads: by the tags of its templates and by its profile.

Nothing is guessed: where the paths can't be determined, the document counts as reading everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, get_args

from pydantic import BaseModel

from docgen.errors import TemplateError
from docgen.profile.condition import Condition
from docgen.profile.document import DocumentSpec, FieldSpec
from docgen.profile.load import LoadedProfile
from docgen.profile.numbering import list_words
from docgen.profile.paths import Place, find_field, item_type
from docgen.profile.plan import PROJECT
from docgen.profile.references import list_references
from docgen.profile.subject import resolve_subject_path
from docgen.record.parts import PartyRole
from docgen.render.context.source import name_item
from docgen.render.context.types import Shape
from docgen.render.context.vocabulary import NAMES, TemplateName, describe_context
from docgen.render.scan.names import NameUse
from docgen.render.scan.template import find_read_names

Steps = tuple[str, ...]
"""A path without list marks: ``("enterprises", "name")``."""
_ALWAYS = ("project.number", "not_applicable[]")
"""The paths that decide which documents there are and how their files are named."""
_TOTAL_FACTS = ("facts.enterprise_totals", "facts.project_totals")
_DECLARED: Mapping[str, TemplateName] = {item.name: item for item in NAMES}
_TOTALS, _PICTURED = _DECLARED["totals"].parts, _DECLARED["photographs"].parts
_NAMING = ("name", "title", "unit", "number")
"""The fields that name an item where others refer to it."""


@dataclass(frozen=True, slots=True)
class Reads:
    """The paths of a record that documents read: ``whole`` ones with all their content (None: everything).

    Of a list at an ``open`` path only the number of items is read, of a part only whether it is there.
    """

    model: type[BaseModel]
    whole: frozenset[Steps] | None
    open: frozenset[Steps] = frozenset()

    def holds(self, place: Place) -> bool:
        """Whether the value at a place, a part of it or a part around it is read."""
        if self.whole is None:
            return True
        steps = _cut_to_known(self.model, place)
        if steps[-1:] in (("key",), ("of",)):
            steps = steps[:-1]  # an item's key and owner count as the item itself
        is_open = any(path[: len(steps)] == steps for path in self.open)
        return is_open or any(_overlap(steps, path) for path in self.whole)

    def holds_path(self, path: str) -> bool:
        """Whether the value at a path is read; of a total, whether any of its sources is."""
        if path.startswith(_TOTAL_FACTS):
            return any(self.holds(split_steps(source)) for source in _TOTALS)
        return self.holds(split_steps(path))

    def add(self, *paths: str) -> Reads:
        """Add the values at these paths."""
        return self.join(Reads(self.model, frozenset(map(split_steps, paths))))

    def join(self, other: Reads) -> Reads:
        """Join two sets of paths."""
        if self.whole is None or other.whole is None:
            return Reads(self.model, None)
        return Reads(self.model, self.whole | other.whole, self.open | other.open)


def _overlap(first: Steps, second: Steps) -> bool:
    size = min(len(first), len(second))
    return first[:size] == second[:size]


def _cut_to_known(model: type[BaseModel], place: Place) -> Steps:
    """Cut a place before its first unknown name: a misspelt name may mean any of its siblings."""
    steps: list[str] = []
    kind: Any = model
    for step in place:
        if isinstance(step, int):
            continue
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            field = find_field(kind, step)
            if field is None:
                break
            kind = item_type(field[1].annotation)[0]
        steps.append(step)
    return tuple(steps)


def split_steps(path: str) -> Steps:
    """Split a path into its names."""
    return tuple(path.replace("[]", "").split("."))


@lru_cache(maxsize=256)
def find_reads(loaded: LoadedProfile, document: DocumentSpec, templates: tuple[tuple[str, bytes], ...]) -> Reads:
    """Find the paths that a document reads when it is made with these templates (name and content)."""
    names = describe_context(loaded, document)
    reader = _PathCollector(loaded, document)
    try:
        reader.add_spec()
        for name, data in templates:
            uses = find_read_names(data, name, names)
            if uses is None:
                return Reads(loaded.record_model, None)
            for use in uses:
                reader.add_use(use, names)
    except (_UntraceableError, TemplateError):
        return Reads(loaded.record_model, None)
    reader.add_measured()
    return Reads(loaded.record_model, frozenset(reader.whole), frozenset(reader.open))


class _UntraceableError(Exception):
    """The paths that are read can't be determined."""


class _PathCollector:
    def __init__(self, loaded: LoadedProfile, document: DocumentSpec) -> None:
        self.loaded = loaded
        self.document = document
        self.whole: set[Steps] = set()
        self.open: set[Steps] = set()

    def add(self, path: str) -> None:
        """Add a path; of a fact, the paths that it is computed from."""
        self.whole.update(split_steps(source) for source in self._trace_path(path))

    def add_measured(self) -> None:
        """Add the lines of surveys that give the indicators' initial values, if those are read."""
        for document in self.loaded.profile.documents:
            measures = document.checklist.measures if document.checklist is not None else None
            if measures is not None and any(_overlap((*split_steps(measures), "before"), path) for path in self.whole):
                self.whole.add(("forms", document.id, "lines"))

    def _trace_path(self, path: str) -> Iterable[str]:
        if not path.startswith("facts."):
            return (path,)
        if path.startswith(_TOTAL_FACTS):
            return _TOTALS
        name = path.split(".")[1].removesuffix("[]")
        if name in ("evaluations", "grades"):
            return self._list_scored()
        raise _UntraceableError(path)

    def _list_scored(self) -> tuple[str, ...]:
        scoring = self.loaded.profile.scoring
        if scoring is None:
            raise _UntraceableError
        return ("scoring", scoring.indicators)

    def add_spec(self) -> None:
        """Add the paths that a document reads whatever its templates print."""
        document = self.document
        for path in _ALWAYS:
            self.add(path)
        if document.own_form:
            self.add(document.own_entries)
        if document.per != PROJECT:
            self._add_items(document.per)
        for condition in (document.among, document.when):
            self._add_condition(condition)
        if document.dated is not None and "." in document.dated:
            self.add(document.dated)
        self._add_fields(document.fields)
        self._add_tables()
        for path in _PICTURED if document.photos is not None else ():
            self.add(path)
        if document.marking is not None:
            self.add("rubrics[]")
        self._add_parties()
        self._add_number()

    def _add_parties(self) -> None:
        """Add the addressee and the signers of a document, where the profile names a party's role."""
        roles = get_args(PartyRole)
        if self.document.addressee in roles or any(signer.role in roles for signer in self.document.signers):
            self.add("parties[].role")
            self.add("parties[].name")

    def _add_tables(self) -> None:
        """Add the rows and columns of a register, the sources and tables of a report's headings."""
        headings = tuple(self.document.iterate_headings())
        for rows in (self.document.rows, *(heading.rows for heading in headings)):
            if rows is not None:
                self.open.update(split_steps(path) for path in self._trace_path(rows))
        columns = (*self.document.columns, *(column for heading in headings for column in heading.columns))
        for source in (*(column.source for column in columns), *(heading.source for heading in headings)):
            if source is not None:
                self._add_source(source)

    def _add_items(self, per: str) -> None:
        """Add the items that the document has a copy for, and their names."""
        if per.startswith("facts."):
            self.add(per)
            return
        self.open.add(split_steps(per))
        if per.startswith("forms."):
            self.add(per)
            self.add("enterprises[].name")
            return
        self._add_naming(per)

    def _add_naming(self, target: str) -> None:
        model = item_type(resolve_subject_path(self.loaded.record_model, target).annotation)[0]
        self.open.add(split_steps(target))
        if isinstance(model, type) and issubclass(model, BaseModel):
            self.whole.update((*split_steps(target), name) for name in _NAMING if find_field(model, name))

    def _add_condition(self, condition: Condition | None) -> None:
        if condition is None:
            return
        for path in (condition.present, condition.absent, condition.count and condition.count.of):
            if path:
                self.add(path)
        for comparison in (condition.equals, condition.in_):
            if comparison is not None:
                self.add(comparison.path)
        for inner in (*condition.all, *condition.any):
            self._add_condition(inner)

    def _add_fields(self, specs: Iterable[FieldSpec]) -> None:
        for spec in specs:
            if spec.to is not None:
                self._add_naming(spec.to)
            self._add_fields(spec.fields)

    def _add_source(self, source: str) -> None:
        self.add(source)
        for reference in list_references(resolve_subject_path(self.loaded.record_model, source)):
            self._add_naming(reference.target)

    def _add_number(self) -> None:
        numbering = self.loaded.profile.numbering
        if numbering is None or self.document.code is None:
            return
        words = set(list_words(numbering.pattern))
        if "year" in words:
            self.add("project.dated")
        if words & set(get_args(PartyRole)):
            self.add("parties[].role")
            self.add("parties[].code")

    def add_use(self, use: NameUse, names: Mapping[str, Shape]) -> None:
        """Add the paths that a tag of a template reads."""
        first, *rest = use.name.split(".")
        inner = [step.removesuffix("[]") for step in rest]
        is_open = use.use == "looped" or (use.use == "condition" and _is_part(use.name, names))
        for path in self._trace_name(first.removesuffix("[]"), inner):
            (self.open if is_open else self.whole).add(path)

    def _trace_name(self, name: str, inner: list[str]) -> Iterator[Steps]:
        """Trace a template's name, with the names inside of it, back to paths of the record."""
        declared = _DECLARED[name]
        parts = self._list_scored() if declared.origin == "scoring" else declared.parts
        yield from map(split_steps, parts)
        if parts and "enterprise" in inner:  # the enterprise of an evaluation or a training
            yield ("enterprises", *inner[inner.index("enterprise") + 1 :])
        match declared.origin:
            case "record":
                yield (name, *inner)
            case "party" | "responsible":
                yield from self._trace_party(name, inner)
            case "referred":
                yield self._trace_reference(inner)
            case "item":
                yield from self._trace_item(name, inner)
            case "anything":
                raise _UntraceableError

    def _trace_party(self, name: str, inner: list[str]) -> Iterator[Steps]:
        """Trace a party by its role; the issuer of the document is a party or the enterprise of the copy."""
        if name == "party" or self.document.responsible not in (None, "enterprise"):
            yield ("parties", "role")
            yield ("parties", *(inner[1:] if name == "party" else ["name"]))

    def _trace_reference(self, inner: list[str]) -> Steps:
        spec = next((item for item in self.document.fields if inner and item.key == inner[0]), None)
        if spec is None or spec.to is None:
            raise _UntraceableError
        return (*split_steps(spec.to), *inner[1:])

    def _trace_item(self, name: str, inner: list[str]) -> Iterator[Steps]:
        per = self.document.per
        if per == PROJECT:
            return  # a document for the project has no item
        if per.startswith("facts."):
            raise _UntraceableError
        if name in ("item", name_item(self.document)):
            yield (*split_steps(per), *inner)
        elif name == "enterprise":
            yield ("enterprises", *inner)


def _is_part(name: str, names: Mapping[str, Shape]) -> bool:
    """Whether a name is a part with names inside or a list, of which a condition reads only whether it is there."""
    first, *rest = name.split(".")
    shape: Shape | None = names.get(first.removesuffix("[]"))
    for at, step in enumerate((first, *rest)):
        if at and shape is not None:
            shape = shape.read_name(step.removesuffix("[]"))
        if step.endswith("[]") and shape is not None:
            shape = shape.item
    return shape is not None and shape.kind in ("fields", "list")
