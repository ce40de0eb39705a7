"""The scopes of a check: the whole record, or each item of a list with what belongs to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from docgen.checks.base import CheckSubject
from docgen.diagnostics import Diagnostic, Location, Term
from docgen.profile.belonging import ItemScope
from docgen.profile.paths import Place
from docgen.profile.references import find_references
from docgen.profile.subject import Subject
from docgen.trees import format_path

__all__ = ["ItemScope", "find_references", "iterate_scopes", "spell_place", "unite"]


def iterate_scopes(subject: Subject, per: str | None) -> Iterator[ItemScope]:
    """One scope for each item of a list, or one for the whole record."""
    if per is None:
        yield ItemScope(subject)
        return
    for found in subject.find(per):
        yield ItemScope(subject, per, found.value)


def unite(
    find: Callable[[ItemScope], Iterator[Diagnostic]], checked: CheckSubject, per: str | None
) -> list[Diagnostic]:
    """What is found in all scopes; what two of them share is reported once."""
    found: dict[tuple[str, Location, str], Diagnostic] = {}
    for scope in iterate_scopes(checked.subject, per):
        for item in find(scope):
            # Words of the catalogue are parameters, too, and can't be hashed.
            found.setdefault((item.code, item.location, repr(sorted(item.params.items(), key=str))), item)
    return list(found.values())


def spell_place(location: Location, place: Place = ()) -> str | Term:
    """Another place in a few words, as a parameter of a message: file and line or cell, else the path in the record."""
    name = (location.file or "").replace("\\", "/").rpartition("/")[2]
    if location.kind == "xlsx" and location.sheet is not None:
        return f"{name} {location.sheet}!{location.cell or ''}".rstrip("!")
    if location.line is not None:
        return f"{name}:{location.line}"
    return format_path(place) if place else Term("checks.place.unknown")
