"""Diagnostics: what docgen tells a user about input, as data that is returned and never raised.

The text of a diagnostic lives in ``docgen.messages`` under its code; here stand only the code, its named parameters,
where it is, how grave it is and the clause of the standard that asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Literal


class Severity(StrEnum):
    """How grave a diagnostic is: an error stops the package, a warning doesn't, an info only tells."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


LocationKind = Literal["yaml", "xlsx", "docx", "archive", "none"]


@dataclass(frozen=True, slots=True)
class Location:
    """A place in the user's own files.

    ``kind`` tells which fields speak: ``yaml`` (file, line, column from 1, path; JSON and Markdown, too), ``xlsx``
    (file, sheet, cell, and the cell's row and column as ``line`` and ``column``), ``docx`` (file, part, paragraph
    from 1, excerpt), ``archive`` (file, member), ``none`` (perhaps a file). ``place`` is where in the data of a record
    it is, where that was asked for; no message shows it.
    """

    kind: LocationKind = "none"
    file: str | None = None
    line: int | None = None
    column: int | None = None
    path: str | None = None
    sheet: str | None = None
    cell: str | None = None
    part: str | None = None
    paragraph: int | None = None
    excerpt: str | None = None
    member: str | None = None
    place: tuple[str | int, ...] | None = field(default=None, compare=False, repr=False)


NOWHERE = Location()
CONFIRM = "confirm"
"""The parameter of what can be confirmed: how that is done. Such a diagnostic has the ``value``, too."""

UNREAD = "unread"
"""The parameter of what would be an error, if one of the documents that were chosen read the place that it is about."""


@dataclass(frozen=True, slots=True)
class Term:
    """A parameter that is a word of the program itself: looked up in the reader's language when the message is."""

    key: str
    params: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def __reduce__(self) -> tuple[type[Term], tuple[str, dict[str, object]]]:
        return Term, (self.key, dict(self.params))  # a proxy can't go to another process


Param = str | int | Term
"""What a message's parameter may be; numbers with decimals are formatted by whoever reports them."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing to tell the user: ``code`` names the message, ``params`` fill it, ``location`` says where.

    ``gap`` tells what isn't there yet from what is wrong: it is the key of the filing item that waits for it, "" for
    what belongs to the project as a whole, and None for a fault. ``paths`` are those that the rule read which found it;
    no message shows them.
    """

    code: str
    severity: Severity
    params: Mapping[str, Param]
    location: Location = NOWHERE
    clause: str | None = None
    gap: str | None = None
    paths: tuple[str, ...] = field(default=(), compare=False, repr=False)

    def at(self, location: Location) -> Diagnostic:
        """The same diagnostic, placed."""
        return replace(self, location=location)


def error(code: str, location: Location = NOWHERE, *, clause: str | None = None, **params: Param) -> Diagnostic:
    """An error diagnostic."""
    return Diagnostic(code, Severity.ERROR, params, location, clause)


def warning(code: str, location: Location = NOWHERE, *, clause: str | None = None, **params: Param) -> Diagnostic:
    """A warning diagnostic."""
    return Diagnostic(code, Severity.WARNING, params, location, clause)


def info(code: str, location: Location = NOWHERE, *, clause: str | None = None, **params: Param) -> Diagnostic:
    """An info diagnostic."""
    return Diagnostic(code, Severity.INFO, params, location, clause)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of them is an error."""
    return any(item.severity is Severity.ERROR for item in diagnostics)


def promote_warnings(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The same diagnostics, warnings as errors (``--strict``)."""
    return tuple(replace(item, severity=Severity.ERROR) if is_promoted(item) else item for item in diagnostics)


def is_promoted(item: Diagnostic) -> bool:
    """Whether ``--strict`` makes an error of it: of every warning but what isn't there yet and isn't asked for now."""
    return item.severity is Severity.WARNING and (item.gap is None or UNREAD not in item.params)


def count_by_severity(diagnostics: Iterable[Diagnostic]) -> dict[Severity, int]:
    """How many there are of each severity, in the order error, warning, info."""
    counts = dict.fromkeys(Severity, 0)
    for item in diagnostics:
        counts[item.severity] += 1
    return counts


def sort_diagnostics(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """By file and sheet, then by line; files, sheets and what has no line stay in the order in which they came."""
    items = list(diagnostics)
    files = {name: number for number, name in enumerate(dict.fromkeys(item.location.file for item in items))}
    sheets = dict.fromkeys((item.location.file, item.location.sheet) for item in items)
    order = {name: number for number, name in enumerate(sheets)}

    def rank(item: Diagnostic) -> tuple[int, int, int, int]:
        at = item.location
        return (files[at.file], order[(at.file, at.sheet)], at.line or 0, at.column or 0)

    return tuple(sorted(items, key=rank))
