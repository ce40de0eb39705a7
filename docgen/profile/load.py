"""Loads a profile: its three files and its base profile; checks that all of its paths exist."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from docgen.diagnostics import Diagnostic, Location, error
from docgen.errors import ProfileError
from docgen.profile.condition import Condition
from docgen.profile.document import DocumentSpec, FieldSpec, HeadingSpec
from docgen.profile.faults import find_nearest, report_validation_errors
from docgen.profile.forms import build_record_model
from docgen.profile.merge import MergedTree, adopt_tree, merge_trees
from docgen.profile.model import Profile
from docgen.profile.numbering import is_run, is_word, list_words
from docgen.profile.paths import PathError, Place
from docgen.profile.redaction.disclosure import STRUCTURAL
from docgen.profile.soundness import check_conditions, find_uncomputed
from docgen.profile.subject import resolve_subject_path
from docgen.record.ratings import RatingRules
from docgen.record.record import Record
from docgen.resources import Resources
from docgen.trees import read_tree

_PARTS = {"filing": "filing.yaml", "rules": "rules.yaml"}


@dataclass(frozen=True, eq=False)
class LoadedProfile:
    """A profile, the locations of its values in its files, and the record model that it declares (built once).

    A profile is loaded once per process, so it is compared by identity and can be a cache key.
    """

    profile: Profile
    tree: MergedTree

    @cached_property
    def record_model(self) -> type[Record]:
        """The model of a record under this profile."""
        return build_record_model(self.profile)

    @cached_property
    def digest(self) -> str:
        """The sha256 of the profile's content, its base included; comments and the order of files don't count.

        Packages state the digest, so the way it is computed must not change.
        """
        text = json.dumps(self.tree.data, ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def find_profile(resources: Resources, profile_id: str, location: Location | None = None) -> LoadedProfile:
    """The profile of this id, loaded once per process; ProfileError P101 if there is none, or with all its faults."""
    folder = resources.find_profile(profile_id)
    if folder is None:
        ids = sorted(path.name for path in resources.profile_folders())
        nearest = find_nearest(profile_id, ids) or (ids[0] if ids else "")
        raise ProfileError(error("P101", location or Location(), id=profile_id, known="、".join(ids), nearest=nearest))
    return load_profile(folder, resources)


@lru_cache(maxsize=32)
def load_profile(folder: Path, resources: Resources) -> LoadedProfile:
    """The profile in a folder; ProfileError with every fault of its files."""
    tree = _read_folder(folder, resources, ())
    try:
        profile = Profile.model_validate(tree.data)
    except ValidationError as fault:
        raise ProfileError(*report_validation_errors(fault, Profile, tree.locate)) from None
    loaded = LoadedProfile(profile, tree)
    faults = list(check_profile(loaded, folder))
    if faults:
        raise ProfileError(*faults)
    return loaded


def forget_profiles() -> None:
    """Clear the cache, so that profiles are read again: their files may have changed."""
    load_profile.cache_clear()


def _read_folder(folder: Path, resources: Resources, extending: tuple[str, ...]) -> MergedTree:
    main = read_tree(folder / "profile.yaml")
    if not isinstance(main.data, dict):
        raise ProfileError(error("R122", main.locate(()), label="profile.yaml", value=""))
    tree = adopt_tree(main)
    for part, name in _PARTS.items():
        path = folder / name
        if path.is_file():
            content = read_tree(path)
            inner = (
                content.data.get("rules", []) if part == "rules" and isinstance(content.data, dict) else content.data
            )
            tree.data[part] = inner
            tree.sources[(part,)] = (content, ("rules",) if part == "rules" else ())
    base_id = tree.data.get("extends")
    if base_id is None:
        return tree
    base_folder = resources.find_profile(str(base_id))
    if base_folder is None or base_folder.name in extending or base_folder == folder:
        raise ProfileError(error("P102", tree.locate(("extends",)), id=str(base_id)))
    return merge_trees(_read_folder(base_folder, resources, (*extending, folder.name)), tree)


def check_profile(loaded: LoadedProfile, folder: Path) -> Iterator[Diagnostic]:
    """All faults that types alone show: paths and ids that don't exist, repeated ids."""
    profile, tree = loaded.profile, loaded.tree
    if profile.id != folder.name:
        yield error("P103", tree.locate(("id",)), id=profile.id, folder=folder.name)
    yield from _check_duplicates(profile, tree)
    for place, path in _iterate_paths(profile):
        try:
            resolve_subject_path(loaded.record_model, path)
        except PathError as fault:
            yield report_wrong_path(fault, tree.locate(place))
        needed = find_uncomputed(profile, path)
        if needed is not None:
            yield error("P176", tree.locate(place), path=path, needs=needed)
    yield from check_conditions(profile, loaded.record_model, tree.locate)
    ids = [document.id for document in profile.documents]
    for index, item in enumerate(profile.filing.items):
        for at, document_id in enumerate(item.takes):
            if document_id not in ids:
                where = tree.locate(("filing", "items", index, "takes", at))
                yield error("P109", where, id=document_id, nearest=find_nearest(document_id, ids))
    for index, document in enumerate(profile.documents):
        takers = [item.key for item in profile.filing.items if document.id in item.takes]
        if len(takers) != 1:
            where = tree.locate(("documents", index, "id"))
            yield error("P120", where, id=document.id, items="、".join(takers) or "—")
    yield from _check_doubts(profile, tree)
    yield from _check_packages(profile, tree)
    yield from _check_numbering(profile, tree)
    for index, path in enumerate(profile.confidential):
        if not path.startswith("forms.") and path.rpartition(".")[2] in STRUCTURAL:
            yield error("P135", tree.locate(("confidential", index)), path=path)


@dataclass(frozen=True, slots=True)
class FormOwner:
    """The standard that a form belongs to: the profile's id, its number, and the form's title."""

    profile: str
    standard: str
    title: str


def find_form_owner(document_id: str) -> FormOwner | None:
    """The first of docgen's own standards that has a document of this id or title."""
    return _list_owners().get(document_id)


@cache
def _list_owners() -> Mapping[str, FormOwner]:
    """The documents of docgen's own standards; read only when a form is unknown."""
    owners: dict[str, FormOwner] = {}
    for folder in Resources().profile_folders():
        data: Any = read_tree(folder / "profile.yaml").data
        for document in data["documents"]:
            owner = FormOwner(data["id"], data["standard"]["number"], document["title"])
            owners.setdefault(document["id"], owner)
            owners.setdefault(document["title"], owner)
    return owners


def report_wrong_path(fault: PathError, location: Location) -> Diagnostic:
    """The diagnostic for a path that doesn't exist; P177 if it names a form of another standard in docgen."""
    owner = find_form_owner(fault.step) if fault.path.split(".")[:2] == ["forms", f"{fault.step}[]"] else None
    if owner is not None:
        return error("P177", location, form=fault.step, title=owner.title, standard=owner.standard)
    nearest = find_nearest(fault.step, fault.names)
    code = f"P10{_PATH_CODES[fault.reason]}"
    return error(code, location, path=fault.path, step=fault.step, nearest=nearest)


def _check_doubts(profile: Profile, tree: MergedTree) -> Iterator[Diagnostic]:
    items = [item.key for item in profile.filing.items]
    for index, rule in enumerate(profile.rules):
        for at, item in enumerate(rule.doubts):
            if item not in items:
                where = tree.locate(("rules", index, "doubts", at))
                yield error("P109", where, id=item, nearest=find_nearest(item, items))


def _check_numbering(profile: Profile, tree: MergedTree) -> Iterator[Diagnostic]:
    codes = [document.code for document in profile.documents]
    for index, code in enumerate(codes):
        where = tree.locate(("documents", index, "code"))
        if code is not None and code in codes[:index]:
            yield error("P147", where, value=code)
        if code is not None and profile.numbering is None:
            yield error("P148", where, value=code)
    if profile.numbering is None:
        return
    words = list_words(profile.numbering.pattern)
    where = tree.locate(("numbering", "pattern"))
    for word in words:
        if not is_word(word):
            yield error("P146", where, word=word)
    if sum(is_run(word) for word in words) != 1 or words.count("form") != 1:
        yield error("P149", where, pattern=profile.numbering.pattern)


def _check_packages(profile: Profile, tree: MergedTree) -> Iterator[Diagnostic]:
    keys = [package.key for package in profile.packages]
    items = [item.key for item in profile.filing.items]
    for index, package in enumerate(profile.packages):
        if package.of is not None and package.of not in keys[:index]:
            yield error("P123", tree.locate(("packages", index, "of")), key=package.of)
        for at, item in enumerate(package.items):
            if item not in items:
                where = tree.locate(("packages", index, "items", at))
                yield error("P109", where, id=item, nearest=find_nearest(item, items))
        for at, name in enumerate(package.documents):
            taker = profile.find_filing_item(name)
            if taker is None or (package.items and taker.key not in package.items):
                ids = [document.id for document in profile.documents]
                where = tree.locate(("packages", index, "documents", at))
                yield error("P109", where, id=name, nearest=find_nearest(name, ids))


_PATH_CODES = {"unknown": 4, "syntax": 5, "leaf": 6, "list": 7, "single": 8}


def _check_duplicates(profile: Profile, tree: MergedTree) -> Iterator[Diagnostic]:
    named = (
        (("documents",), [item.id for item in profile.documents]),
        (("filing", "items"), [item.key for item in profile.filing.items]),
        (("rules",), [item.id for item in profile.rules]),
        (("packages",), [item.key for item in profile.packages]),
    )
    for place, keys in named:
        for index, key in enumerate(keys):
            if key in keys[:index]:
                yield error("P110", tree.locate((*place, index)), key=key)


def _iterate_paths(profile: Profile) -> Iterator[tuple[Place, str]]:
    for index, part in enumerate(profile.parts):
        yield ("parts", index, "path"), part.path
        yield from _iterate_condition_paths(("parts", index, "when"), part.when)
    if profile.scoring is not None:
        yield ("scoring", "indicators"), profile.scoring.indicators
    if profile.ratings is not None:
        yield from _iterate_rating_paths(profile.ratings)
    for index, path in enumerate(profile.confidential):
        yield ("confidential", index), path
    for index, document in enumerate(profile.documents):
        yield from _iterate_document_paths(("documents", index), document)
    for index, package in enumerate(profile.packages):
        if package.per != "project":
            yield ("packages", index, "per"), package.per
    for index, item in enumerate(profile.filing.items):
        yield from _iterate_condition_paths(("filing", "items", index, "when"), item.when)


def _iterate_rating_paths(rules: RatingRules) -> Iterator[tuple[Place, str]]:
    yield ("ratings", "of"), rules.of
    yield ("ratings", "solved"), f"{rules.of}.{rules.solved}"
    for index, item in enumerate(rules.sets):
        yield from ((("ratings", "sets", index, "fields"), f"{rules.of}.{name}") for name in item.fields)
    for index, group in enumerate(rules.groups):
        yield ("ratings", "groups", index, "by"), f"{rules.of}.{group.by}"


def _iterate_document_paths(place: Place, document: DocumentSpec) -> Iterator[tuple[Place, str]]:
    if document.per != "project":
        yield (*place, "per"), document.per
    if document.rows is not None:
        yield (*place, "rows"), document.rows
    yield from _iterate_heading_paths((*place, "headings"), document.headings)
    for at, column in enumerate(document.columns):
        yield (*place, "columns", at, "source"), column.source
    yield from _iterate_references(place, document.fields)
    if document.checklist is not None and document.checklist.measures is not None:
        yield (*place, "checklist", "measures"), document.checklist.measures
    if document.dated is not None and "." in document.dated:
        yield (*place, "dated"), document.dated
    for name in ("among", "when"):
        yield from _iterate_condition_paths((*place, name), getattr(document, name))


def _iterate_heading_paths(place: Place, headings: Iterable[HeadingSpec]) -> Iterator[tuple[Place, str]]:
    for at, heading in enumerate(headings):
        here = (*place, at)
        if heading.source is not None:
            yield (*here, "source"), heading.source
        if heading.rows is not None:
            yield (*here, "rows"), heading.rows
        yield from (((*here, "columns", index, "source"), item.source) for index, item in enumerate(heading.columns))
        yield from _iterate_heading_paths((*here, "sections"), heading.sections)


def _iterate_references(place: Place, fields: Iterable[FieldSpec]) -> Iterator[tuple[Place, str]]:
    for at, field in enumerate(fields):
        here = (*place, "fields", at)
        if field.to is not None:
            yield (*here, "to"), field.to
        yield from _iterate_references(here, field.fields)


def _iterate_condition_paths(place: Place, condition: Condition | None) -> Iterator[tuple[Place, str]]:
    if condition is None:
        return
    for name in ("present", "absent"):
        path = getattr(condition, name)
        if path is not None:
            yield (*place, name), path
    for name, comparison in (("equals", condition.equals), ("in", condition.in_)):
        if comparison is not None:
            yield (*place, name, "path"), comparison.path
    if condition.count is not None:
        yield (*place, "count", "of"), condition.count.of
    for name, nested in (("all", condition.all), ("any", condition.any)):
        for index, item in enumerate(nested):
            yield from _iterate_condition_paths((*place, name, index), item)
