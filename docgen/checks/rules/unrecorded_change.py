"""Was there a change that nobody recorded? A revised plan, a date that moved, people who came in or left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from docgen.checks.base import CheckSubject
from docgen.checks.shared.people import list_people
from docgen.diagnostics import Diagnostic
from docgen.profile.faults import name_field
from docgen.profile.levels import report_level
from docgen.profile.model import RuleSpec
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text


class Sign(Part):
    """Something at ``path`` (one of ``values``, where any are named) shows a change; ``label`` says which."""

    path: Text
    label: Text
    values: tuple[Text, ...] = ()


class Strangers(Part):
    """People at ``names`` who aren't among those at ``among`` show a change."""

    names: Text
    among: Text
    label: Text


class Params(Part):
    """``changes``: the path of the recorded changes; with one of them, no sign is told.

    A stranger is told as long as no recorded change names them.
    """

    changes: Text
    signs: tuple[Sign, ...] = ()
    strangers: tuple[Strangers, ...] = ()


def list_paths(params: Params) -> Iterable[str]:
    """The paths of the changes and of every sign."""
    yield params.changes
    yield from (sign.path for sign in params.signs)
    for strangers in params.strangers:
        yield from (strangers.names, strangers.among)


def check(checked: CheckSubject, params: Params, rule: RuleSpec) -> Iterator[Diagnostic]:
    """C232 for each sign of a change, where no change is recorded, and for strangers that none names."""
    subject, model = checked.subject, type(checked.subject.record)
    owner = _owner(params.changes)
    if checked.is_silenced(owner):
        return
    changes = [str(found.value.model_dump()) for found in subject.find(f"{'.'.join(owner)}[]")]
    recorded = subject.find_one(params.changes) is not None
    for sign in params.signs if not recorded else ():
        for found in subject.find(sign.path):
            if is_present(found.value) and (not sign.values or str(found.value) in sign.values):
                where = checked.locate(found.place, False)
                label = name_field(model, found.place)
                said = {"sign": sign.label, "label": label, "value": str(found.value)}
                yield report_level(rule.level, "C232", where, clause=rule.clause, **said)
    for strangers in params.strangers:
        known = {name for found in subject.find(strangers.among) for name in list_people(found.value or "")}
        told: set[str] = set()
        for found in subject.find(strangers.names) if known else ():
            new = [name for name in _list_names(found.value) if name not in known | told]
            new = [name for name in new if not any(name in change for change in changes)]
            told.update(new)
            if new:
                where = checked.locate(found.place, False)
                label = name_field(model, found.place)
                said = {"sign": strangers.label, "label": label, "value": "、".join(new)}
                yield report_level(rule.level, "C232", where, clause=rule.clause, **said)


def _list_names(value: object) -> Iterable[str]:
    values = value if isinstance(value, tuple) else (value,)
    return [name for item in values if item for name in list_people(item)]


def _owner(path: str) -> tuple[str, ...]:
    return tuple(name.removesuffix("[]") for name in path.split(".")[:2])
