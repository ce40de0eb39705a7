"""Checks that a text is no longer than its clause allows, and that each of its parts has the share that it should.

Only the prose of the parts counts: paragraphs and items of lists. Headings, tables, captions, the title and the units
that wrote it don't (X8); ``inclusive`` is the total with all of these. A part's share is its 字数 divided by the sum of
the parts (X9). How many 字 to add or cut is computed with a fixed sum: what one part gains, others lose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault
from docgen.checks.rules.texts.section_length.measure import PartLength, SectionLengths, Verdict, measure_sections
from docgen.checks.rules.texts.section_length.params import SectionLength, WantedPart, WantedUnits
from docgen.checks.rules.texts.section_length.report import check_section_length
from docgen.diagnostics import NOWHERE
from docgen.profile.plan import outline_report
from docgen.profile.subject import is_present

__all__ = [
    "Params",
    "PartLength",
    "SectionLength",
    "SectionLengths",
    "Verdict",
    "WantedPart",
    "WantedUnits",
    "check",
    "check_section_length",
    "list_paths",
    "measure_sections",
]

Params = SectionLength


def list_paths(params: SectionLength) -> Iterable[str]:  # noqa: ARG001 - what every check is asked
    """List no paths: the text is found by its document."""
    return ()


def check(checked: CheckSubject, params: SectionLength) -> Iterator[Fault]:
    """Check each planned document of that kind; missing prose, units and titles are reported elsewhere."""
    for job in checked.jobs:
        if job.document.id != params.document or job.entry is None or checked.is_silenced(job.place):
            continue
        titled = job.document.titled or ""
        lengths = measure_sections(outline_report(checked.subject, job), params, east_asian_marks=True)
        unwritten = {part.key for part in params.parts if not is_present(getattr(job.entry, part.key, None))}
        has_title = not titled or getattr(job.entry, titled, None) is not None
        for fault in check_section_length(lengths, params):
            if fault.code == "C105" and fault.key in unwritten:
                continue
            if fault.code == "C109" and not lengths.units:
                continue  # a missing list of units is reported elsewhere
            if fault.code in ("C104", "C106") or (fault.code == "C107" and not has_title):
                continue
            place = job.place if fault.key is None else (*job.place, fault.key or titled)
            at = fault.location if fault.key is None else NOWHERE
            yield Fault(fault.code, place, fault.params, fault.level, clause=fault.clause, location=at)
