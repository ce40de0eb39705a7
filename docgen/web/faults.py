"""A request that can't be answered: told as a page that says what to do, or as JSON."""

from __future__ import annotations

from docgen.diagnostics import Diagnostic


class PageError(Exception):
    """Ends a request with an HTTP status and what is said of it in the user's words."""

    def __init__(self, status: int, *diagnostics: Diagnostic) -> None:
        super().__init__(status, [item.code for item in diagnostics])
        self.status = status
        self.diagnostics = diagnostics
