"""Exceptions: "cannot go on". A user's problem is a Diagnostic; these end a run and carry its exit code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docgen.diagnostics import Diagnostic, Location

EXIT_OK = 0
EXIT_FAULTS = 1
EXIT_CANNOT_RUN = 2
EXIT_BUG = 3
EXIT_INTERRUPTED = 130
_LONGEST_REASON = 200


class DocgenError(Exception):
    """Ends a run. ``diagnostics`` say why in the user's words; ``exit_code`` is the process's."""

    exit_code = EXIT_CANNOT_RUN

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("; ".join(f"{item.code} {dict(item.params)}" for item in diagnostics))
        self.diagnostics: Sequence[Diagnostic] = diagnostics


def report_bug(fault: Exception, place: Location | None = None) -> Diagnostic:
    """X113 for an exception that nobody foresaw: its kind, and what it says in a line."""
    from docgen.diagnostics import NOWHERE, error

    reason = " ".join(str(fault).split())[:_LONGEST_REASON]
    return error("X113", place or NOWHERE, kind=type(fault).__name__, reason=reason)


class SourceError(DocgenError):
    """A record or another input that can't be read at all."""


class ProfileError(DocgenError):
    """A profile that contradicts itself or isn't there."""


class TemplateError(DocgenError):
    """A template that is no Office file, doesn't compile or asks for what nobody gives."""


class ArchiveError(DocgenError):
    """A package that can't be read or written."""


class OutputError(DocgenError):
    """An output that can't be written: no place, no permission, open in Word, already there."""
