"""What is found again and again in the jobs of one batch."""

from __future__ import annotations

from collections.abc import Iterable

from docgen.diagnostics import Diagnostic


def drop_repeats(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Each once: what is about the project is found again in the record of every enterprise."""
    kept: dict[object, Diagnostic] = {}
    for item in diagnostics:
        # parameters are a mapping and can't be hashed; their spelling tells them apart as well as they do
        kept.setdefault((item.code, item.location, item.severity, item.clause, repr(item.params)), item)
    return tuple(kept.values())
