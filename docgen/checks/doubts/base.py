"""All doubts of a record, each told once at its place unless somebody confirmed the value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from docgen.checks.doubts.blanks import doubt_blanks
from docgen.checks.doubts.codes import doubt_region, doubt_repeated, doubt_retention
from docgen.checks.doubts.confirmed import Typed, report_needless, settle
from docgen.checks.doubts.days import doubt_days, doubt_founding, doubt_years
from docgen.checks.doubts.figures import doubt_money, doubt_shares, doubt_staff
from docgen.checks.doubts.sightings import Doubt, Ground, survey
from docgen.diagnostics import CONFIRM, Diagnostic, Severity, Term
from docgen.profile.subject import Subject
from docgen.profile.validate import Validation
from docgen.record.parts import Confirmation
from docgen.trees import format_path

DOUBTS: tuple[Callable[[Ground], Iterator[Doubt]], ...] = (
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
"""Every kind of doubt. A new one is a function from a record's values to what is odd about them, and a line here."""

COMPARED = frozenset((*(f"C{number}" for number in range(401, 413)), "C417"))
"""What the doubts tell of values; one among many records is doubted as a part of the whole."""
_NEEDLESS = ("C414", "C415")


@dataclass(frozen=True, slots=True)
class DoubtFindings:
    """What is told, and the confirmations that hold."""

    diagnostics: tuple[Diagnostic, ...] = ()
    confirmed: tuple[Confirmation, ...] = ()


def is_about_confirming(item: Diagnostic) -> bool:
    """Whether a diagnostic is about a confirmation that nothing needs, which only the whole record can tell."""
    return item.code in _NEEDLESS


def run_doubts(
    subject: Subject,
    validation: Validation,
    typed: Typed,
    told: Sequence[Diagnostic] = (),
    known: Sequence[Diagnostic] | None = None,
) -> DoubtFindings:
    """Every doubt of a record that nobody confirmed.

    ``typed`` is the user's data; where ``told`` names an error already nothing is doubted. One record among many, of
    which it is ``known`` what is doubted, lacks what its values are compared with: nothing is looked for in it.
    """
    given = subject.record.confirmed
    held, found = settle(given, typed, validation.locate)
    wrong = {item.location for item in told if item.severity is Severity.ERROR}
    if known is not None:
        found = [item for item in found if not is_about_confirming(item)]
        found += [item for item in known if item.location not in wrong]
        return DoubtFindings(tuple(found), tuple(item.confirmation for item in held))
    silent = {item.place for item in held}
    ground, doubted = survey(subject), set()
    # with somebody else's table the mapping holds what the table can't
    words = "checks.confirm.workbook" if typed.locate(("confirmed",)).kind == "xlsx" else "checks.confirm"
    for find in DOUBTS:
        for doubt in find(ground):
            place = validation.restore(doubt.place)
            where = validation.locate(doubt.place, False)
            doubted.add(place)
            if place in silent or where in wrong:
                continue
            path = format_path(place)
            how = Term(words, {"path": path, "value": doubt.value})
            said = {**doubt.params, "label": ground.name(doubt.place), "value": doubt.value, CONFIRM: how}
            found.append(Diagnostic(doubt.code, Severity.WARNING, said, where))
    found += report_needless(given, held, doubted.__contains__, typed=typed, locate=validation.locate)
    return DoubtFindings(tuple(found), tuple(item.confirmation for item in held))
