"""Weigh diagnostics by the documents chosen with ``--only`` or ``--until``: what these don't read is no error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from typing import TYPE_CHECKING

from docgen.diagnostics import UNREAD, Diagnostic, Location, Severity, error
from docgen.errors import ProfileError, TemplateError
from docgen.pipeline.stages.outcome import Options
from docgen.profile.document import DocumentSpec
from docgen.profile.horizon import Horizon, find_horizon, list_later
from docgen.profile.labels import choose_document, format_choice, suggest_documents
from docgen.profile.load import LoadedProfile
from docgen.profile.paths import Place
from docgen.profile.validate import Validation
from docgen.resources import Resources
from docgen.sources.record_file import RawSource

if TYPE_CHECKING:
    from docgen.render.scan.reads import Reads


_PACKED = ("project", "parties[]", "evidence[]", "not_applicable[]", "confirmed[]", "disclosure")
"""What a package reads beside its documents."""


@dataclass(frozen=True)
class Chosen:
    """The document types that a run makes (``only``; empty: all), and what weighing a diagnostic needs.

    ``failed`` are the places that were cut out of the record; ``cells`` are places of values that never came into the
    data, by their location in the user's file. With ``horizon`` the documents are those up to that step of the project,
    and a package is made of them.
    """

    loaded: LoadedProfile
    resources: Resources
    only: tuple[str, ...] = ()
    failed: frozenset[Place] = frozenset()
    cells: Mapping[Location, Place] = field(default_factory=dict)
    horizon: Horizon | None = None

    @cached_property
    def reads(self) -> Reads:
        """What the chosen documents, and their package, read; computed when there is something to weigh."""
        reads = find_chosen_reads(self.loaded, self.only, self.resources)
        return reads.add(*_PACKED) if self.horizon is not None else reads

    @cached_property
    def later(self) -> frozenset[str]:
        """The filing items that come after the last of these documents."""
        if self.horizon is not None:
            return self.horizon.later
        items = map(self.loaded.profile.find_filing_item, self.only)
        return list_later(self.loaded.profile, [item.key for item in items if item is not None])

    @property
    def is_whole(self) -> bool:
        """Whether the run makes every document that a package needs now."""
        return not self.only or self.horizon is not None

    def concerns(self, item: Diagnostic) -> bool:
        """Whether a weighed diagnostic is reported at all: with a horizon, a gap of a later step is not."""
        if self.horizon is None or item.gap is None:
            return True
        return UNREAD not in item.params

    def weigh(self, item: Diagnostic) -> Diagnostic:
        """Make a warning of an error where no chosen document reads the value that it is about.

        The same where the rule that found it reads nothing that these documents print. An error without a place in the
        record stays an error.
        """
        if not self.only:
            return item
        if item.severity is not Severity.ERROR and (item.gap is None or self.horizon is None):
            return item
        place = item.location.place or self.cells.get(item.location)
        is_read = not place or any(self.reads.holds(part) for part in self._list_parts(place))
        is_read = is_read and item.gap not in self.later
        if is_read and (not item.paths or any(map(self.reads.holds_path, item.paths))):
            return item
        severity = max(item.severity, Severity.WARNING, key=list(Severity).index)
        return replace(item, severity=severity, params={**item.params, UNREAD: 1})

    def _list_parts(self, place: Place) -> list[Place]:
        """A place, and the places around it that were cut out of the record."""
        return [place, *(place[:size] for size in range(1, len(place)) if place[:size] in self.failed)]


def resolve_documents(only: Sequence[str], loaded: LoadedProfile) -> tuple[str, ...]:
    """The ids of document types that are named by id or title; ProfileError X151 for each unknown one."""
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


def choose_documents(loaded: LoadedProfile, options: Options, source: RawSource, validation: Validation) -> Chosen:
    """The chosen documents of a run; ``options.only`` are ids, ``options.until`` is a step of the project.

    ProfileError P150 or P151 when there is no such step, P153 when one of the documents belongs to a later one.
    """
    horizon = find_horizon(loaded.profile, options.until) if options.until else None
    only = options.only
    if horizon is not None:
        _refuse_later(horizon, only)
        only = only or horizon.documents
    if not only:
        return Chosen(loaded, options.resources)
    cells = {source.locate(place): place for place in source.failed}
    horizon = horizon if not options.only else None  # whoever names documents gets no package
    return Chosen(loaded, options.resources, only, validation.failed, cells, horizon)


def _refuse_later(horizon: Horizon, only: Sequence[str]) -> None:
    step = format_choice(horizon.step.label, horizon.step.key)
    items = [(name, horizon.profile.find_filing_item(name)) for name in only if name not in horizon.documents]
    faults = [
        error("P153", id=name, step=step, item=format_choice(item.label, item.key))
        for name, item in items
        if item is not None
    ]
    if faults:
        raise ProfileError(*faults)


def find_chosen_reads(loaded: LoadedProfile, only: Sequence[str], resources: Resources) -> Reads:
    """What some documents of a profile read together when they are made with the user's templates."""
    documents = [document for document in loaded.profile.documents if document.id in only]
    return reduce(
        lambda first, second: first.join(second), (_find_own(loaded, document, resources) for document in documents)
    )


def _find_own(loaded: LoadedProfile, document: DocumentSpec, resources: Resources) -> Reads:
    # imported late: most checks need no template
    from docgen.render.scan.reads import Reads, find_reads
    from docgen.render.store import read_template

    try:
        templates = tuple((name, read_template(resources, name)) for name in document.template_names)
    except TemplateError:  # reported when the document is made
        return Reads(loaded.record_model, None)
    return find_reads(loaded, document, templates)
