"""The scopes of a check: the whole record, or each item of a list with what belongs to it."""

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
    """One scope for each item of a list, or one for the whole record."""
    if per is None:
        yield ItemScope(subject)
        return
    for found in subject.find(per):
        yield ItemScope(subject, per, found.value, found.place)


class Scoped(Protocol):
    """Parameters of a check that looks at a record as a whole, or at each item of the list ``per``."""

    @property
    def per(self) -> str | None:
        """The list."""


P = TypeVar("P", bound=Scoped)


def in_each_scope(
    find: Callable[[CheckSubject, ItemScope, P], Iterator[Fault]],
) -> Callable[[CheckSubject, P], list[Fault]]:
    """A check that finds what is wrong scope by scope; what two of them share is reported once."""

    @wraps(find)
    def check(checked: CheckSubject, params: P) -> list[Fault]:
        found: dict[tuple[str, Place, str], Fault] = {}
        for scope in _iterate_scopes(checked.subject, params.per):
            for item in find(checked, scope, params):
                # Words of the catalogue are parameters, too, and can't be hashed.
                found.setdefault((item.code, item.place, repr(sorted(item.said.items(), key=str))), item)
        return list(found.values())

    return check
