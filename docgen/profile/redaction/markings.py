"""Experts' marks of a redacted record: a mean, a total and a grade tell the marks that they were computed from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from docgen.profile.paths import Place
from docgen.profile.redaction.disclosure import DisclosureRules
from docgen.profile.subject import MarkedEntry, Subject, list_marked_entries
from docgen.record.marking import MarkedLine, Marking
from docgen.record.masking import Masked


def redact_markings(whole: Subject, rules: DisclosureRules, mark: Masked) -> Iterator[Marking]:
    """The markings without what is confidential: closed marks, what follows from them, and what the rubric closes."""
    sources = list_marked_entries(whole.profile, whole.record)
    for at, (marking, source) in enumerate(zip(whole.facts.markings, sources, strict=True)):
        yield _MarkingRedactor(marking, source, rules, ("facts", "markings", at), mark).redact()


class _MarkingRedactor:
    def __init__(
        self, marking: Marking, source: MarkedEntry, rules: DisclosureRules, here: Place, mark: Masked
    ) -> None:
        self._marking = marking
        self._source = source
        self._rules = rules
        self._here = here
        self._mark = mark
        sheets = range(len(marking.experts))
        self._unnamed = [rules.closes((*source.place, "marks", at, "expert")) for at in sheets]
        self._closed = [rules.closes((*source.place, "marks", at, "marks")) for at in sheets]

    def redact(self) -> Marking:
        marking, any_closed = self._marking, any(self._closed)
        lines = tuple(self._redact_line(line, at) for at, line in enumerate(marking.lines))
        points = [self._closes_rubric("lines", at, "points") for at in range(len(lines))]
        bands = [
            self._closes_rubric("grades", at, name)
            for at in range(len(self._source.rubric.grades))
            for name in ("grade", "from")
        ]
        changes: dict[str, Any] = {
            "lines": lines,
            "experts": self._mask_each(("experts",), marking.experts, self._unnamed),
            "expert_totals": self._mask_each(("expert_totals",), marking.expert_totals, self._closed),
            "rule": self._mask(("rule",), marking.rule, self._closes_rubric("rule")),
            "full": self._mask(("full",), marking.full, any(points)),
            "total": self._mask(("total",), marking.total, any_closed),
            "spread": self._mask(("spread",), marking.spread, any_closed),
            "grade": self._mask(("grade",), marking.grade, any_closed or any(bands)),
        }
        return marking.model_copy(update=changes)

    def _redact_line(self, line: MarkedLine, at: int) -> MarkedLine:
        here = ("lines", at)
        # A line that a closed sheet leaves out has the others' mean, which tells nothing of that sheet.
        derived = any(
            closed and expert_mark is not None for closed, expert_mark in zip(self._closed, line.marks, strict=True)
        )
        changes: dict[str, Any] = {
            "points": self._mask((*here, "points"), line.points, self._closes_rubric("lines", at, "points")),
            "marks": self._mask_each((*here, "marks"), line.marks, self._closed),
            "mean": self._mask((*here, "mean"), line.mean, derived),
            "spread": self._mask((*here, "spread"), line.spread, derived),
        }
        return line.model_copy(update=changes)

    def _closes_rubric(self, *place: str | int) -> bool:
        return self._rules.closes((*self._source.rubric_place, *place))

    def _mask(self, place: Place, value: Any, derived: bool) -> Any:
        """A figure or its mark; what nobody gave stays free."""
        return self._mark if value is not None and self._rules.hides((*self._here, *place), derived) else value

    def _mask_each(self, place: Place, values: tuple[Any, ...], closed: list[bool]) -> tuple[Any, ...]:
        pairs = zip(values, closed, strict=True)
        return tuple(self._mask(place, value, derived) for value, derived in pairs)
