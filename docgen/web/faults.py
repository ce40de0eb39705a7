"""Exceptions that end a request or a job."""

from __future__ import annotations

from docgen.diagnostics import Diagnostic


class PageError(Exception):
    """Ends a request with an HTTP status and diagnostics, shown as a page or as JSON."""

    def __init__(self, status: int, *diagnostics: Diagnostic) -> None:
        super().__init__(status, [item.code for item in diagnostics])
        self.status = status
        self.diagnostics = diagnostics


class JobCancelledError(Exception):
    """Ends a job's work where the user cancelled it."""
