"""Documents that were chosen with ``--only``: what they don't read can't make them wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from typing import TYPE_CHECKING

from docgen.diagnostics import UNREAD, Diagnostic, Location, Severity, error
from docgen.errors import ProfileError, TemplateError
from docgen.profile.document import DocumentSpec
from docgen.profile.faults import Locate
from docgen.profile.labels import choose_document, suggest_documents
from docgen.profile.load import LoadedProfile
from docgen.profile.paths import Place
from docgen.profile.validate import Validation
from docgen.resources import Resources
from docgen.sources.record_file import RawSource

if TYPE_CHECKING:
    from docgen.render.scan.reads import Reads


@dataclass(frozen=True)
class Chosen:
    """The document types that a run makes, none named: all. ``failed`` are places that were cut out of the record.

    ``cells`` are the places of those values that never came into the data, by where they stand in the user's file.
    """

    loaded: LoadedProfile
    resources: Resources
    only: tuple[str, ...] = ()
    failed: frozenset[Place] = frozenset()
    cells: Mapping[Location, Place] = field(default_factory=dict)

    @cached_property
    def reads(self) -> Reads:
        """What the chosen documents read, looked for when there is something to weigh."""
        return find_chosen_reads(self.loaded, self.only, self.resources)

    def weigh(self, item: Diagnostic, paths: Sequence[str] = ()) -> Diagnostic:
        """An error as a warning where no chosen document reads what it is about.

        ``paths`` are those of the rule that found it: one that reads nothing of what is printed counts as little.
        What can't be led back to a place in the record stays as grave as it is.
        """
        if not self.only or item.severity is not Severity.ERROR:
            return item
        place = item.location.place or self.cells.get(item.location)
        is_read = not place or any(self.reads.holds(part) for part in self._list_parts(place))
        if is_read and (not paths or any(self.reads.holds(_make_place(path)) for path in paths)):
            return item
        return replace(item, severity=Severity.WARNING, params={**item.params, UNREAD: 1})

    def _list_parts(self, place: Place) -> list[Place]:
        """A place, and what was cut out around it."""
        return [place, *(place[:size] for size in range(1, len(place)) if place[:size] in self.failed)]


def resolve_documents(only: Sequence[str], loaded: LoadedProfile) -> tuple[str, ...]:
    """The ids of the document types that are named by id or title; ProfileError for those that there aren't."""
    documents = loaded.profile.documents
    chosen = {name: choose_document(documents, name) for name in only}
    shown = "、".join(item.id for item in documents)
    faults = [
        error("X151", id=name, nearest=suggest_documents(documents, name) or shown)
        for name, document in chosen.items()
        if document is None
    ]
    if faults:
        raise ProfileError(*faults)
    return tuple(dict.fromkeys(document.id for document in chosen.values() if document is not None))


def choose_documents(
    loaded: LoadedProfile, resources: Resources, only: tuple[str, ...], source: RawSource, validation: Validation
) -> Chosen:
    """What is needed to weigh what is found in a record."""
    if not only:
        return Chosen(loaded, resources)
    cells = {source.locate(place): place for place in source.failed}
    return Chosen(loaded, resources, only, validation.failed, cells)


def note_places(locate: Locate) -> Locate:
    """The same, each location with the place in the record that it was asked for."""
    return lambda place, key: replace(locate(place, key), place=place)


def find_chosen_reads(loaded: LoadedProfile, only: Sequence[str], resources: Resources) -> Reads:
    """What some documents of a profile read together when they are made with the user's templates."""
    documents = [document for document in loaded.profile.documents if document.id in only]
    return reduce(
        lambda first, second: first.join(second), (_find_own(loaded, document, resources) for document in documents)
    )


def _find_own(loaded: LoadedProfile, document: DocumentSpec, resources: Resources) -> Reads:
    # reading templates takes what most checks can do without
    from docgen.render.scan.reads import Reads, find_reads
    from docgen.render.store import read_template

    try:
        templates = tuple((name, read_template(resources, name)) for name in document.template_names)
    except TemplateError:  # making the document says what is wrong with it
        return Reads(loaded.record_model, None)
    return find_reads(loaded, document, templates)


def _make_place(path: str) -> Place:
    return tuple(path.replace("[]", "").split("."))
