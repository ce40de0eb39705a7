"""What checks of a written text share: its parts by key, the place of each, and how a check is run on a record."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from docgen.checks.base import CheckSubject
from docgen.content.figures import Sentence, list_sentences
from docgen.content.headings import WantedHeading, divide_document
from docgen.content.model import DocumentContent, Section
from docgen.diagnostics import NOWHERE, Diagnostic, Location, Param
from docgen.profile.document import Level
from docgen.profile.levels import report_level
from docgen.profile.model import RuleSpec
from docgen.profile.paths import Place
from docgen.profile.plan import outline_report
from docgen.record.types import refuse


@dataclass(frozen=True, slots=True)
class TextReporter:
    """Reports in the name of a rule; what has no place of its own is where its part is, or the whole text."""

    rule: RuleSpec
    location: Location
    locate: Callable[[str], Location] | None = None

    def report(
        self,
        code: str,
        section: Section | None = None,
        at: Location = NOWHERE,
        level: Level | None = None,
        **params: Param,
    ) -> Diagnostic:
        """A diagnostic as grave as the rule's clause, or as ``level``."""
        return report_level(
            level or self.rule.level, code, self.find_place(section, at), clause=self.rule.clause, **params
        )

    def find_place(self, section: Section | None, at: Location = NOWHERE) -> Location:
        """The most exact place that is known."""
        if self.locate is not None:
            return self.locate(section.key or "") if section is not None else self.location
        places = (at, section.location if section is not None else NOWHERE, self.location)
        return next((place for place in places if place not in (NOWHERE, Location("docx"))), NOWHERE)


class TextCheck(Protocol):
    """A check that looks at a text alone, so that it judges a file that somebody wrote as it judges a record."""

    Params: type[Any]

    def judge_text(self, content: DocumentContent, params: Any, reporter: TextReporter) -> Iterator[Diagnostic]:
        """What it finds in a text whose wanted sections carry their keys."""


def find_section(content: DocumentContent, key: str) -> Section | None:
    """The section of that key, or None."""
    return next((section for section in content.sections if section.key == key), None)


def read_sentences(content: DocumentContent, key: str) -> list[Sentence]:
    """The sentences and rows of the section of that key; none where it isn't there."""
    section = find_section(content, key)
    return list_sentences(section.blocks) if section is not None else []


def key_sections(content: DocumentContent, wanted: tuple[WantedHeading, ...]) -> DocumentContent:
    """The same text with each wanted heading's section under its key, whatever depth it was found at."""
    division = divide_document(content, wanted)
    found = tuple(match.section for match in division.matches if match.section is not None)
    return DocumentContent(content.title, division.preamble, (*found, *division.others), content.location)


def judge_records(
    checked: CheckSubject,
    params: Any,
    rule: RuleSpec,
    judge: Callable[[DocumentContent, Any, TextReporter], Iterator[Diagnostic]],
) -> Iterator[Diagnostic]:
    """Judge each planned document of ``params.document`` that the record holds."""
    for job in checked.jobs:
        if job.document.id != params.document or job.entry is None or checked.is_silenced(job.place):
            continue

        def find_place(key: str, place: Place = job.place) -> Location:
            return checked.locate((*place, key) if key else place, False)

        reporter = TextReporter(rule, checked.locate(job.place, False), find_place)
        yield from judge(outline_report(checked.subject, job), params, reporter)


def check_patterns(patterns: Iterable[str]) -> None:
    """C148 for a pattern of a rule that is no regular expression."""
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as fault:
            raise refuse("C148", pattern=pattern, reason=str(fault)) from None
