"""Runs a check in each of its scopes: the whole record, or each item of a list with what belongs to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Protocol, TypeVar

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault
from docgen.profile.belonging import ItemScope
from docgen.profile.paths import Place
from docgen.profile.subject import Subject

__all__ = ["ItemScope", "in_each_scope"]


def _iterate_scopes(subject: Subject, per: str | None) -> Iterator[ItemScope]:
    """Iterate over the scopes: one for each item of a list, or one for the whole record."""
    if per is None:
        yield ItemScope(subject)
        return
    for item in subject.find(per):
        yield ItemScope(subject, per, item.value, item.place)


class Scoped(Protocol):
    """Parameters of a check that judges a record as a whole, or each item of the list ``per``."""

    @property
    def per(self) -> str | None:
        """The path of the list; None for the whole record."""


P = TypeVar("P", bound=Scoped)


def in_each_scope(
    find: Callable[[CheckSubject, ItemScope, P], Iterator[Fault]],
) -> Callable[[CheckSubject, P], list[Fault]]:
    """Make a check that finds faults scope by scope; a fault that several scopes share is reported once."""

    @wraps(find)
    def check(checked: CheckSubject, params: P) -> list[Fault]:
        faults: dict[tuple[str, Place, str], Fault] = {}
        for scope in _iterate_scopes(checked.subject, params.per):
            for fault in find(checked, scope, params):
                # Terms are among the parameters and can't be hashed, so the key has their text.
                faults.setdefault((fault.code, fault.place, repr(sorted(fault.params.items(), key=str))), fault)
        return list(faults.values())

    return check
