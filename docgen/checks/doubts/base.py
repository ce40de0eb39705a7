"""All doubts of a record, each reported once at its place unless somebody confirmed the value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from docgen.checks.doubts.blanks import doubt_blanks
from docgen.checks.doubts.codes import doubt_region, doubt_repeated, doubt_retention
from docgen.checks.doubts.confirmations import TypedData, check_confirmations, report_needless_confirmations
from docgen.checks.doubts.days import doubt_days, doubt_founding, doubt_years
from docgen.checks.doubts.figures import doubt_money, doubt_shares, doubt_staff
from docgen.checks.doubts.recorded_values import Doubt, RecordedValues, gather_values
from docgen.diagnostics import CONFIRM, Diagnostic, Severity, Term
from docgen.profile.subject import Subject
from docgen.profile.validate import Validation
from docgen.record.parts import Confirmation
from docgen.trees import format_path

DOUBTS: tuple[Callable[[RecordedValues], Iterator[Doubt]], ...] = (
    doubt_repeated,
    doubt_shares,
    doubt_money,
    doubt_staff,
    doubt_region,
    doubt_retention,
    doubt_founding,
    doubt_years,
    doubt_days,
    doubt_blanks,
)
"""The check functions. To add a kind of doubt, write a function that yields ``Doubt``s and list it here."""

COMPARED = frozenset((*(f"C{number}" for number in range(401, 413)), "C417"))
"""Codes of the doubts that compare values with each other; a batch runs them once over all of its records."""
_NEEDLESS = ("C414", "C415")


@dataclass(frozen=True, slots=True)
class DoubtFindings:
    """The diagnostics of the doubts, and the confirmations that hold."""

    diagnostics: tuple[Diagnostic, ...] = ()
    confirmed: tuple[Confirmation, ...] = ()


def is_about_confirming(diagnostic: Diagnostic) -> bool:
    """Whether a diagnostic reports a needless confirmation, which only a check of the whole record can find."""
    return diagnostic.code in _NEEDLESS


def run_doubts(
    subject: Subject,
    validation: Validation,
    typed: TypedData,
    record_diagnostics: Sequence[Diagnostic] = (),
    batch_doubts: Sequence[Diagnostic] | None = None,
) -> DoubtFindings:
    """Every doubt of a record that nobody confirmed.

    ``typed`` is the user's data. A value for which ``record_diagnostics`` holds an error is not doubted as well. A
    record of a batch gets its doubts as ``batch_doubts``, from the check of all records together: alone it lacks the
    values to compare with.
    """
    confirmations = subject.record.confirmed
    valid, diagnostics = check_confirmations(confirmations, typed, validation.locate)
    faulty = {item.location for item in record_diagnostics if item.severity is Severity.ERROR}
    if batch_doubts is not None:
        diagnostics = [item for item in diagnostics if not is_about_confirming(item)]
        diagnostics += [item for item in batch_doubts if item.location not in faulty]
        return DoubtFindings(tuple(diagnostics), tuple(item.confirmation for item in valid))
    confirmed_places = {item.place for item in valid}
    values, doubted_places = gather_values(subject), set()
    # a workbook of somebody else has no place for confirmations: they go into the mapping
    remedy_key = "checks.confirm.workbook" if typed.locate(("confirmed",)).kind == "xlsx" else "checks.confirm"
    for find_doubts in DOUBTS:
        for doubt in find_doubts(values):
            place = validation.restore(doubt.place)
            location = validation.locate(doubt.place, False)
            doubted_places.add(place)
            if place in confirmed_places or location in faulty:
                continue
            path = format_path(place)
            remedy = Term(remedy_key, {"path": path, "value": doubt.value})
            params = {**doubt.params, "label": values.name(doubt.place), "value": doubt.value, CONFIRM: remedy}
            diagnostics.append(Diagnostic(doubt.code, Severity.WARNING, params, location))
    diagnostics += report_needless_confirmations(
        confirmations, valid, doubted_places.__contains__, typed=typed, locate=validation.locate
    )
    return DoubtFindings(tuple(diagnostics), tuple(item.confirmation for item in valid))
