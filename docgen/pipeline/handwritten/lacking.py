"""Report the values that are missing for the documents that docgen makes, and the documents that are missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from docgen.diagnostics import Diagnostic, Severity, Term, info, warning
from docgen.pipeline.handwritten.collect import suggest_path
from docgen.profile.levels import report_at_level, severity_of
from docgen.profile.missing import MissingValue, find_missing_values, report_missing_values
from docgen.profile.paths import Place, item_type
from docgen.profile.plan import DocumentJob
from docgen.profile.subject import Subject
from docgen.profile.validate import Validation
from docgen.record.enterprise import Enterprise
from docgen.sources.record_file import RawSource

_IDENTITY = ("project", "parties")


def report_lacking(
    subject: Subject, planned: Sequence[DocumentJob], validation: Validation, source: RawSource
) -> Iterator[Diagnostic]:
    """Report missing values and documents; a value that only handwritten documents need is no error."""
    jobs = {job.place: job for job in planned if job.entry is None}
    for value in find_missing_values(subject, planned):
        if value.code == "R201" and value.place in jobs:
            continue
        if value.code == "R204" and not _is_identity(value.place):
            yield from _report_unknown(value, validation, source)
        else:
            yield from report_missing_values([value], validation.locate, validation.is_silenced, source.name_place)
    for job in planned:
        lacks = job.entry is None and job.document.own_form and job.document.level in ("应", "宜")
        if lacks and not validation.is_silenced(job.place):
            named = Term("handwritten.where.name", suggest_path(job))
            yield report_at_level(
                job.document.level,
                "F104",
                validation.locate(job.place, False),
                clause=job.document.clause,
                document=job.full_title,
                where=named,
                path=source.name_place(job.place),
            )


def _is_identity(place: Place) -> bool:
    """Whether a place identifies the project: in the project itself, its parties, an enterprise's own fields."""
    if not place or place[0] in _IDENTITY:
        return True
    return place[0] == "enterprises" and (len(place) == 1 or (len(place) == 3 and not _names_list(place)))


def _names_list(place: Place) -> bool:
    field = Enterprise.model_fields.get(str(place[2]))
    return field is not None and item_type(field.annotation)[1]


def _report_unknown(value: MissingValue, validation: Validation, source: RawSource) -> Iterator[Diagnostic]:
    if value.level in ("应", "宜") and not validation.is_silenced(value.place):
        place = validation.locate(value.place, False)
        report = warning if severity_of(value.level) is Severity.ERROR else info
        yield report("F116", place, clause=value.clause, label=value.label, path=source.name_place(value.place))
