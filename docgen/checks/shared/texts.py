"""Helpers for checks of written texts: their parts by key, and faults located in a record or in a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, TextFault
from docgen.content.figures import Sentence, list_sentences
from docgen.content.headings import WantedHeading, divide_document
from docgen.content.model import DocumentContent, Section
from docgen.diagnostics import NOWHERE, Diagnostic, Location, Param
from docgen.profile.document import Level
from docgen.profile.levels import choose_milder, severity_of
from docgen.profile.model import RuleSpec
from docgen.profile.plan import outline_report
from docgen.record.types import refuse


class TextCheck(Protocol):
    """A check of a text alone, which judges a file that somebody wrote like the prose of a record."""

    Params: type[Any]

    def judge_text(self, content: DocumentContent, params: Any) -> Iterator[TextFault]:
        """Judge a text whose wanted sections have their keys."""


def find_section(content: DocumentContent, key: str) -> Section | None:
    """Find the section with a key, or None."""
    return next((section for section in content.sections if section.key == key), None)


def read_sentences(content: DocumentContent, key: str) -> list[Sentence]:
    """Read the sentences and rows of the section with a key; none where there is no such section."""
    section = find_section(content, key)
    return list_sentences(section.blocks) if section is not None else []


def key_sections(content: DocumentContent, wanted: tuple[WantedHeading, ...]) -> DocumentContent:
    """Give each wanted heading's section its key, at whatever depth the text has it."""
    division = divide_document(content, wanted)
    sections = tuple(match.section for match in division.matches if match.section is not None)
    return DocumentContent(content.title, division.preamble, (*sections, *division.others), content.location)


def report_text(
    code: str, section: Section | None, at: Location = NOWHERE, level: Level | None = None, /, **details: Param
) -> TextFault:
    """Report a fault in a section, or in the text as a whole; ``at`` is a more exact place than the section's own."""
    places = (at, section.location if section is not None else NOWHERE)
    place = next((place for place in places if place not in (NOWHERE, Location("docx"))), NOWHERE)
    return TextFault(code, section.key or "" if section is not None else None, place, details, level)


def judge_records(
    checked: CheckSubject, params: Any, judge: Callable[[DocumentContent, Any], Iterator[TextFault]]
) -> Iterator[Fault]:
    """Judge each planned document of ``params.document`` that the record holds."""
    for job in checked.jobs:
        if job.document.id != params.document or job.entry is None or checked.is_silenced(job.place):
            continue
        for fault in judge(outline_report(checked.subject, job), params):
            yield Fault(fault.code, (*job.place, fault.key) if fault.key else job.place, fault.params, fault.level)


def place_fault(fault: TextFault, rule: RuleSpec, place: Location) -> Diagnostic:
    """Make a rule's diagnostic of a fault in a text file; ``place`` is the location of the whole text."""
    severity, clause = severity_of(choose_milder(rule.level, fault.level)), fault.clause or rule.clause
    return Diagnostic(
        fault.code, severity, fault.params, place if fault.location == NOWHERE else fault.location, clause
    )


def check_patterns(patterns: Iterable[str]) -> None:
    """Refuse a rule's pattern that is no regular expression, with C148."""
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as fault:
            raise refuse("C148", pattern=pattern, reason=str(fault)) from None
