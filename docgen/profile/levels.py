"""Levels of clauses (the verbs of GB/T 1.1) as severities; small on purpose: every check imports it."""

from __future__ import annotations

from docgen.diagnostics import NOWHERE, Diagnostic, Location, Param, Severity
from docgen.profile.document import Level

_SEVERITIES: dict[Level, Severity] = {
    "应": Severity.ERROR,
    "宜": Severity.WARNING,
    "可": Severity.INFO,
    "自拟": Severity.INFO,
}


def severity_of(level: Level) -> Severity:
    """应 → error, 宜 → warning, 可 and 自拟 → info."""
    return _SEVERITIES[level]


def choose_milder(first: Level, second: Level | None) -> Level:
    """The milder of two levels; the first where the second is None or no milder."""
    order = list(_SEVERITIES)
    return second if second is not None and order.index(second) > order.index(first) else first


def report_at_level(
    level: Level, code: str, location: Location = NOWHERE, *, clause: str | None = None, **params: Param
) -> Diagnostic:
    """A diagnostic as grave as the clause's own verb."""
    return Diagnostic(code, severity_of(level), params, location, clause)


def report_gap_at_level(
    level: Level, code: str, location: Location = NOWHERE, *, gap: str, clause: str | None = None, **params: Param
) -> Diagnostic:
    """A diagnostic of what isn't there yet; ``gap`` is the key of the filing item that waits for it, or ""."""
    return Diagnostic(code, severity_of(level), params, location, clause, gap)
