"""Decides which places of a record are confidential: by the profile, and by what the record opens or closes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from pydantic import BaseModel

from docgen.profile.document import DocumentSpec, FieldSpec
from docgen.profile.model import Profile
from docgen.profile.paths import Place, find_field
from docgen.profile.plan import PROJECT
from docgen.profile.references import find_owner
from docgen.profile.subject import list_marked_entries
from docgen.record.disclosure import Mark
from docgen.record.parts import Evidence
from docgen.record.record import Record
from docgen.record.secret import normalize

_OWNERS, _FACTS = "enterprises", "facts"

STRUCTURAL = frozenset(
    {"key", "of", "profile", "role", "kind", "item", "file", "document", "activity", "redacts", "enterprises"}
    | {
        "training",
        "signed_digest",
        "family",
        "direction",
        "maintain",
        "uscc_waiver",
        "confidential",
        "dated",
        "disclosure",
        "scoring",
    }
)
"""Structural names of the shared vocabulary (keys and the like), which are neither printed nor masked."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """A statement on confidentiality: a path's names, for which owners (none: all), ``own`` if the record makes it."""

    closed: bool
    names: tuple[str, ...]
    owners: frozenset[str] = frozenset()
    own: bool = False

    @property
    def weight(self) -> tuple[int, bool, bool, bool]:
        return len(self.names), self.own, bool(self.owners), self.closed


@dataclass(frozen=True, slots=True)
class _DocumentRule:
    closed: bool
    document: str
    owners: frozenset[str]

    def covers(self, document: str, key: str) -> bool:
        named, _, copy = self.document.partition("/")
        return named == document and copy in ("", key) and (not self.owners or key in self.owners)

    @property
    def weight(self) -> tuple[int, bool]:
        return ("/" in self.document) + bool(self.owners), self.closed


class DisclosureRules:
    """Answers, for one record, whether a place, a document or a piece of evidence is confidential.

    A path closes everything below it. A list that documents are made for closes their own forms, too, and what is
    computed for its items: ``enterprises[]`` is all that is known of an enterprise.
    """

    def __init__(self, profile: Profile, record: Record) -> None:
        self._record = record
        self._lists = {item.id: _name_steps(item.per) for item in profile.documents if item.per != PROJECT}
        self._rules = [*_read_profile(profile)]
        self._documents: list[_DocumentRule] = []
        self._evidence: dict[str, bool] = {}
        disclosure = record.disclosure
        for closed, marks in (
            ((False, disclosure.open), (True, disclosure.confidential)) if disclosure is not None else ()
        ):
            for mark in marks:
                self._add_mark(mark, closed)
        self._named: dict[int, str | None] = {}
        self._decided: dict[tuple[tuple[str, ...], str | None], bool | None] = {}
        self._possible: dict[str, bool] = {}
        self._keys = [item.key for item in record.enterprises]
        self._names = _name_enterprises(record)
        self._marked = [marked.place for marked in list_marked_entries(profile, record)]

    def _add_mark(self, mark: Mark, closed: bool) -> None:
        owners = frozenset(mark.enterprises)
        self._rules += [_Rule(closed, _name_steps(path), owners, True) for path in mark.paths]
        self._documents += [_DocumentRule(closed, name, owners) for name in mark.documents]
        self._evidence.update(dict.fromkeys(mark.evidence, closed))
        if owners and not (mark.paths or mark.documents or mark.evidence or mark.texts):
            self._rules.append(_Rule(closed, (_OWNERS,), owners, True))

    @property
    def enterprise_keys(self) -> tuple[str, ...]:
        """The keys of the record's enterprises, in its order."""
        return tuple(self._keys)

    @property
    def opened_texts(self) -> tuple[str, ...]:
        """Texts that the record leaves unmasked everywhere."""
        disclosure = self._record.disclosure
        return tuple(text for mark in (disclosure.open if disclosure else ()) for text in mark.texts)

    @property
    def closed_texts(self) -> Iterator[tuple[str, Place]]:
        """Texts that the record wants masked everywhere, with the paths of these settings."""
        disclosure = self._record.disclosure
        for number, mark in enumerate(disclosure.confidential if disclosure else ()):
            for at, text in enumerate(mark.texts):
                yield text, ("disclosure", "confidential", number, "texts", at)

    def decide(self, place: Place) -> bool | None:
        """Whether a path is confidential (True) or open (False); None without a statement."""
        names = tuple(step for step in place if isinstance(step, str))
        owner = self._find_owner(place)
        question = (names, owner)
        if question not in self._decided:
            around = {*self._name_lists(names), *(((_OWNERS,),) if owner is not None else ())}
            self._decided[question] = self._weigh(names, owner, tuple(around))
        return self._decided[question]

    def decide_alone(self, place: Place) -> bool | None:
        """The same, only by statements on the path itself and not on the list that it belongs to."""
        names = tuple(step for step in place if isinstance(step, str))
        return self._weigh(names, self._find_owner(place), ())

    def closes(self, place: Place) -> bool:
        """Whether a place is confidential."""
        return self.decide(place) is True

    def hides(self, fact: Place, derived: bool) -> bool:
        """Whether a fact is confidential: by a statement, else as its enterprise or what it was ``derived`` from."""
        decision = self.decide_alone(fact)
        return decision if decision is not None else derived or self.closes(fact)

    def may_close_form(self, document: str) -> bool:
        """Whether anything in the own form of a document can be confidential; without looking at its values."""
        form = ("forms", document)
        around = ((_OWNERS,), *self._name_lists(form))  # a row may be about a confidential enterprise
        return any(
            rule.closed and (rule.names[:2] == form[: len(rule.names)] or rule.names in around) for rule in self._rules
        )

    def may_close(self, path: str) -> bool:
        """Whether anything at a path can be confidential; without looking at its values."""
        if path not in self._possible:
            names = _name_steps(path)
            around = ((_OWNERS,), *self._name_lists(names))
            # A fact may hand on what the record holds elsewhere: an activity, a training.
            anything = names[0] == _FACTS
            self._possible[path] = any(
                rule.closed and (anything or names[: len(rule.names)] == rule.names or rule.names in around)
                for rule in self._rules
            )
        return self._possible[path]

    def is_named(self, place: Place) -> bool:
        """Whether a path is closed by a statement of its own, and not only with its whole item or form."""
        names = tuple(step for step in place if isinstance(step, str))
        whole = 2 if names[0] == "forms" else 1
        own = (rule.names for rule in self._rules if rule.closed and len(rule.names) > whole)
        return any(names[: len(rule)] == rule for rule in own)

    def closes_document(self, document: DocumentSpec, key: str) -> bool:
        """Whether a document, or this copy of it, is confidential as a whole."""
        applying = [rule for rule in self._documents if rule.covers(document.id, key)]
        return max(applying, key=lambda rule: rule.weight).closed if applying else document.confidential

    def closes_enterprise(self, key: str) -> bool:
        """Whether an enterprise is confidential as a whole."""
        return key in self._keys and self.closes((_OWNERS, self._keys.index(key)))

    def closes_evidence(self, evidence: Evidence) -> bool:
        """Whether a piece of evidence is confidential: it says so, or it is about an enterprise that is."""
        decision = self._evidence.get(evidence.key)
        if decision is not None or evidence.confidential:
            return decision is not False
        return any(self.closes_enterprise(key) for key in evidence.enterprises)

    def _find_owner(self, place: Place) -> str | None:
        match place:
            case ("enterprises", int(index), *_):
                return self._keys[index]
            case ("forms", *_):
                return self._find_named(place)
            case ("facts", "evaluations" | "enterprise_totals", int(index), *_):
                return self._keys[index] if index < len(self._keys) else None
            case ("facts", "markings", int(index), *_):
                return self._find_named(self._marked[index])
        return None

    def _find_named(self, place: Place) -> str | None:
        """The enterprise that the innermost entry or row along a path refers to or names."""
        node, owner = cast("object", self._record), None
        for step in place:
            if isinstance(step, int):
                if not isinstance(node, tuple) or step >= len(node):
                    break
                node = node[step]
            else:
                field = find_field(type(node), step) if isinstance(node, BaseModel) else None
                if field is None:
                    break
                node = getattr(node, field[0])
            if isinstance(node, BaseModel):
                if id(node) not in self._named:
                    own = find_owner(self._record, node, f"{_OWNERS}[]")
                    self._named[id(node)] = own if own is not None else self._find_by_name(node)
                owner = self._named[id(node)] or owner
        return owner

    def _find_by_name(self, node: BaseModel) -> str | None:
        """The only enterprise whose name is the full text of a field of an entry or row."""
        texts = (value for value in (getattr(node, name) for name in type(node).model_fields) if isinstance(value, str))
        keys = {self._names[name] for name in map(normalize, texts) if name in self._names}
        return keys.pop() if len(keys) == 1 else None

    def _weigh(self, names: tuple[str, ...], owner: str | None, around: tuple[tuple[str, ...], ...]) -> bool | None:
        applying = [
            rule
            for rule in self._rules
            if (names[: len(rule.names)] == rule.names or rule.names in around)
            and (not rule.owners or owner in rule.owners)
        ]
        return max(applying, key=lambda rule: rule.weight).closed if applying else None

    def _name_lists(self, names: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        """The lists whose items a form or a fact is about."""
        if names[:1] == ("forms",) and len(names) > 1 and names[1] in self._lists:
            return (self._lists[names[1]],)
        return ((_OWNERS,),) if names[:2] in (("facts", "evaluations"), ("facts", "enterprise_totals")) else ()


def _name_enterprises(record: Record) -> dict[str, str]:
    """The keys of enterprises by their names, full and short; a name that several share is left out."""
    named = [
        (normalize(name), item.key) for item in record.enterprises for name in (item.name, item.short_name) if name
    ]
    owners: dict[str, set[str]] = {}
    for name, key in named:
        owners.setdefault(name, set()).add(key)
    return {name: keys.pop() for name, keys in owners.items() if len(keys) == 1}


def _name_steps(path: str) -> tuple[str, ...]:
    return tuple(step.removesuffix("[]") for step in path.split("."))


def _read_profile(profile: Profile) -> Iterator[_Rule]:
    for path in profile.confidential:
        yield _Rule(True, _name_steps(path))
    for document in profile.documents:
        yield from _read_fields(document.fields, ("forms", document.id))


def _read_fields(fields: Iterable[FieldSpec], names: tuple[str, ...]) -> Iterator[_Rule]:
    for spec in fields:
        if spec.confidential:
            yield _Rule(True, (*names, spec.key))
        yield from _read_fields(spec.fields, (*names, spec.key))
