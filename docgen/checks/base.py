"""Runs a profile's rules: finds each rule's check by name, and makes diagnostics of the faults that it returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, NamedTuple, Protocol, cast

from pydantic import BaseModel, ValidationError

import docgen.checks.rules
from docgen.checks.faults import Fault
from docgen.checks.soundness import ParameterCheck
from docgen.diagnostics import NOWHERE, Diagnostic, Location, Param, Term, error
from docgen.profile.faults import Locate, find_nearest, name_field, note_places, report_validation_errors
from docgen.profile.levels import choose_milder, severity_of
from docgen.profile.load import LoadedProfile, report_wrong_path
from docgen.profile.missing import find_waiting_item
from docgen.profile.model import RuleSpec
from docgen.profile.paths import PathError, Place
from docgen.profile.plan import DocumentJob
from docgen.profile.subject import Subject, resolve_subject_path
from docgen.trees import format_path

Weigh = Callable[[Diagnostic], Diagnostic]
"""Changes the severity of a rule's diagnostic, where only some documents are made."""


def keep_severity(item: Diagnostic) -> Diagnostic:
    """As grave as the rule says."""
    return item


@dataclass(frozen=True, slots=True)
class CheckSubject:
    """A sound record with its facts and planned documents, and where its values stand in the user's file.

    ``weigh`` may change the severity of a diagnostic; ``is_whole`` is whether all documents are planned, so that a
    package can be made of them.
    """

    subject: Subject
    jobs: tuple[DocumentJob, ...]
    locate: Locate
    is_silenced: Callable[[Place], bool]
    weigh: Weigh = keep_severity
    is_whole: bool = True

    def name_field(self, place: Place) -> Param:
        """The name that a user knows the field at a place by."""
        return name_field(type(self.subject.record), place)

    def is_made(self, documents: tuple[str, ...]) -> bool:
        """Whether one of the documents is made now; always, where none is named."""
        return not documents or any(job.document.id in documents for job in self.jobs)

    def find_waiting(self, path: str, documents: Sequence[str] = ()) -> str:
        """The key of the filing item that waits for what a rule misses at a path, else that of the ``documents``.

        "" for what belongs to the project as a whole.
        """
        items = map(self.subject.profile.find_filing_item, documents)
        named = next((item.key for item in items if item is not None), "")
        return find_waiting_item(self.subject.profile, path) or named

    def is_excused(self, document_id: str) -> bool:
        """Whether the record says, with its reason, that a document, a copy of it or its filing item doesn't apply."""
        item = self.subject.profile.find_filing_item(document_id)
        names = {document_id, item.key if item is not None else document_id}
        return any(entry.item.partition("/")[0] in names for entry in self.subject.record.not_applicable)

    def is_copy_excused(self, document_id: str, key: str) -> bool:
        """Whether the record says, with its reason, that this copy of a document doesn't apply."""
        item = self.subject.profile.find_filing_item(document_id)
        names = (f"{document_id}/{key}", document_id, item.key if item is not None else document_id)
        return any(name in self.subject.reasons for name in names)


class Check(Protocol):
    """A module in a folder of ``docgen.checks.rules``: its parameters, the paths among them, and the check itself."""

    Params: type[BaseModel]

    def list_paths(self, params: Any) -> Iterable[str]:
        """The paths among the parameters, so that a wrong one is found when the profile is loaded."""

    def check(self, checked: CheckSubject, params: Any) -> Iterable[Fault]:
        """What is wrong, and where."""


@cache
def group_checks() -> Mapping[str, tuple[str, ...]]:
    """The names of the checks by their subject, which is the folder that holds them; both in alphabetical order."""
    subjects = sorted(folder.name for folder in iter_modules(docgen.checks.rules.__path__))
    folders = {subject: import_module(f"docgen.checks.rules.{subject}") for subject in subjects}
    return {
        subject: tuple(sorted(item.name for item in iter_modules(folders[subject].__path__))) for subject in folders
    }


def list_checks() -> tuple[str, ...]:
    """The names that a rule may give as its check."""
    return tuple(sorted(name for names in group_checks().values() for name in names))


def find_check(name: str) -> Check | None:
    """The check of that name, or None."""
    subject = next((subject for subject, names in group_checks().items() if name in names), None)
    return cast("Check", import_module(f"docgen.checks.rules.{subject}.{name}")) if subject is not None else None


class CompiledRule(NamedTuple):
    """A rule with its check and parameters; ``paths`` are those at which it reads something."""

    rule: RuleSpec
    check: Check
    params: BaseModel
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompiledRules:
    """A profile's rules with their checks and parameters, and every fault in those that aren't sound."""

    rules: tuple[CompiledRule, ...]
    faults: tuple[Diagnostic, ...]


def compile_rule(rule: RuleSpec, check: Check, params: BaseModel) -> CompiledRule:
    """A rule with what its check is given."""
    return CompiledRule(rule, check, params, _list_read_paths(check, params))


@lru_cache(maxsize=32)
def compile_rules(loaded: LoadedProfile) -> CompiledRules:
    """The rules of a profile, once per process: faults are unknown checks, refused parameters, paths to nowhere."""
    rules: list[CompiledRule] = []
    faults: list[Diagnostic] = []
    for index, rule in enumerate(loaded.profile.rules):
        place: Place = ("rules", index)
        check = find_check(rule.check)
        if check is None:
            nearest = find_nearest(rule.check, list_checks()) or "、".join(list_checks())
            faults.append(error("P119", loaded.tree.locate((*place, "check")), name=rule.check, nearest=nearest))
            continue
        try:
            params = check.Params.model_validate(rule.with_)
        except ValidationError as fault:
            faults += report_validation_errors(fault, check.Params, _locate_below(loaded, (*place, "with")))
            continue
        rules.append(compile_rule(rule, check, params))
        for path in check.list_paths(params):
            try:
                resolve_subject_path(loaded.record_model, path)
            except PathError as wrong:
                faults.append(report_wrong_path(wrong, loaded.tree.locate((*place, "with"))))
        faults += ParameterCheck(loaded, (*place, "with")).find_faults(params)
    return CompiledRules(tuple(rules), tuple(faults))


def check_rules(loaded: LoadedProfile) -> list[Diagnostic]:
    """Every fault in a profile's rules."""
    return list(compile_rules(loaded).faults)


def _locate_below(loaded: LoadedProfile, base: Place) -> Locate:
    return lambda place, key: loaded.tree.locate((*base, *place), key)


Doubted = tuple[str, Place]
"""A filing item that can't be called not applicable, since a rule reported something, and the place of that."""


@dataclass(frozen=True, slots=True)
class RuleFindings:
    """The diagnostics of rules, and the filing items that therefore can't be called not applicable."""

    diagnostics: tuple[Diagnostic, ...] = ()
    doubted: frozenset[Doubted] = frozenset()


def run_rules(checked: CheckSubject, loaded: LoadedProfile) -> RuleFindings:
    """What all rules of the profile report about a record; ``check_rules`` reports faults of the rules themselves."""
    diagnostics: list[Diagnostic] = []
    doubted: set[Doubted] = set()
    with_places = replace(checked, locate=note_places(checked.locate)) if checked.is_whole else checked
    for compiled in compile_rules(loaded).rules:
        rule = compiled.rule
        rule_diagnostics = list(run_rule(with_places if rule.doubts else checked, compiled))
        diagnostics += rule_diagnostics
        doubted.update((key, item.location.place or ()) for key in rule.doubts for item in rule_diagnostics)
    return RuleFindings(tuple(diagnostics), frozenset(doubted))


def run_rule(checked: CheckSubject, compiled: CompiledRule) -> Iterator[Diagnostic]:
    """What a rule finds: the faults of its check, as grave as its level, with its clause and the field's name."""
    rule, check, params, paths = compiled
    for fault in check.check(checked, params):
        where = checked.locate(fault.place, False) if fault.location == NOWHERE else fault.location
        message_params = {name: _format_param(checked, value) for name, value in fault.params.items()}
        if "label" not in message_params:
            message_params["label"] = checked.name_field(fault.place)
        severity, clause = severity_of(choose_milder(rule.level, fault.level)), fault.clause or rule.clause
        yield checked.weigh(Diagnostic(fault.code, severity, message_params, where, clause, fault.gap, paths))


def _format_param(checked: CheckSubject, value: Param | Place) -> Param:
    return _format_place(checked.locate(value, False), value) if isinstance(value, tuple) else value


def _format_place(location: Location, place: Place) -> str | Term:
    """A place in a few words, as a parameter of a message: file and line or cell, else the path in the record."""
    name = (location.file or "").replace("\\", "/").rpartition("/")[2]
    if location.kind == "xlsx" and location.sheet is not None:
        return f"{name} {location.sheet}!{location.cell or ''}".rstrip("!")
    if location.line is not None:
        return f"{name}:{location.line}"
    return format_path(place) if place else Term("checks.place.unknown")


def _list_read_paths(check: Check, params: BaseModel) -> tuple[str, ...]:
    """The paths at which a rule reads something: the list whose items it goes through (``per``) is only counted off."""
    paths = tuple(check.list_paths(params))
    return tuple(path for path in paths if path != getattr(params, "per", None)) or paths
