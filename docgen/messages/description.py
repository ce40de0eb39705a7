"""Describes diagnostics as plain data, for the JSON of commands, page and API; formats sizes."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import fields
from typing import Any, Literal

from docgen.diagnostics import Diagnostic, Location, Severity
from docgen.messages import Catalogue

_UNITS = ("B", "KB", "MB", "GB")


def describe_diagnostic(item: Diagnostic, words: Catalogue) -> dict[str, Any]:
    """A diagnostic for JSON."""
    return {
        "code": item.code,
        "severity": item.severity.value,
        "title": words.diagnostics[item.code].title,
        "message": words.message(item),
        "mend": words.mend(item),
        "clause": item.clause,
        "kind": find_kind(item),
        "item": item.gap or None,
        "location": describe_location(item.location),
    }


def identify(item: Diagnostic, words: Catalogue) -> Hashable:
    """The key of a problem, the same in whichever record it occurs: code, place, message, remedy."""
    return (item.code, item.location, words.message(item), words.mend(item))


def find_kind(item: Diagnostic) -> Literal["gap", "fault", "note"]:
    """``gap`` for a value that is still missing, ``fault`` for something wrong, ``note`` for information."""
    if item.gap is not None:
        return "gap"
    return "note" if item.severity is Severity.INFO else "fault"


def describe_location(location: Location) -> dict[str, Any]:
    """A place for JSON: the fields that are set."""
    values = {entry.name: getattr(location, entry.name) for entry in fields(Location) if entry.compare}
    return {name: value for name, value in values.items() if value is not None}


def format_size(size: int) -> str:
    """A size in bytes as people read it, by thousands: 812 B, 17.4 KB, 3.2 MB."""
    value = float(size)
    for unit in _UNITS:
        if value < 1000 or unit == _UNITS[-1]:
            break
        value /= 1000
    return f"{size} B" if unit == "B" else f"{value:.1f} {unit}"
