"""Compare two records: their fields, texts, scores, and the findings of the rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from docgen.diagnostics import NOWHERE, Diagnostic, Param, Severity, Term
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.pipeline.comparison.fields import ComparedValue, FieldComparer, Locate, format_optional
from docgen.pipeline.comparison.model import Change, find_kind
from docgen.pipeline.stages.outcome import Options
from docgen.pipeline.stages.prepare import PreparedRecord, ReadRecord, check_read_record, prepare_record, read_record
from docgen.profile.plan import plan_documents
from docgen.profile.subject import Subject
from docgen.record.scoring import Evaluation
from docgen.sources.record_file import RawSource


@dataclass(frozen=True, slots=True)
class RecordSide:
    """A record to compare, as far as it is sound, and its diagnostics."""

    subject: Subject | None
    locate: Locate
    diagnostics: tuple[Diagnostic, ...]

    @property
    def names(self) -> dict[str, str]:
        """The names for the keys of enterprises, parties, activities and trainings."""
        if self.subject is None:
            return {}
        record = self.subject.record
        pairs = [(item.key, item.name) for item in record.enterprises]
        pairs += ((item.key, item.name) for item in record.parties)
        pairs += ((item.key, item.title) for item in record.activities)
        pairs += ((item.key, item.title) for item in record.trainings)
        return {key: name for key, name in pairs if name}


def read_record_side(path: Path, options: Options) -> RecordSide:
    """Prepare a record file as for ``docgen check``; raises as ``prepare_record`` does."""
    prepared = prepare_record(path, options)
    if not isinstance(prepared, PreparedRecord):
        return RecordSide(None, lambda _place, _key: NOWHERE, prepared)
    return RecordSide(prepared.subject, prepared.validation.locate, prepared.diagnostics)


def read_stored_record(source: RawSource, options: Options) -> RecordSide:
    """Read the record in a package without its evidence; the rest is checked as for ``docgen check``."""
    read = read_record(source, options, gathering=False)
    if not isinstance(read, ReadRecord):
        return RecordSide(None, source.locate, read)
    findings = check_read_record(read, plan_documents(read.subject)).diagnostics
    return RecordSide(read.subject, read.validation.locate, (*read.validation.diagnostics, *findings))


def compare_records(before: RecordSide, after: RecordSide) -> Iterator[Change]:
    """Compare fields and texts, then scores, then findings; of a record that can't be read only the findings."""
    if before.subject is not None and after.subject is not None:
        names = {**before.names, **after.names}
        comparer = FieldComparer(lambda key: names.get(key, key))
        old, new = (ComparedValue(side.subject.record, (), side.locate) for side in (before, after) if side.subject)
        yield from comparer.compare((), old, new)
        yield from _compare_scores(before.subject, after.subject, lambda key: names.get(key, key))
    yield from _compare_outcomes(before.diagnostics, after.diagnostics)


def _compare_scores(before: Subject, after: Subject, name_item: Callable[[str], str]) -> Iterator[Change]:
    old = {item.of: item for item in before.facts.evaluations}
    new = {item.of: item for item in after.facts.evaluations}
    labels = {}
    for subject in (before, after):
        scoring = subject.profile.scoring
        labels.update({family.key: family.label for family in scoring.families} if scoring is not None else {})
    for key in dict.fromkeys([*old, *new]):
        yield from _compare_evaluation(name_item(key), old.get(key), new.get(key), labels)


def _compare_evaluation(
    name: str, before: Evaluation | None, after: Evaluation | None, labels: dict[str, str]
) -> Iterator[Change]:
    totals: list[tuple[Param, object, object]] = [
        (Term("diff.total"), before.total if before else None, after.total if after else None),
        (Term("diff.grade"), before.grade if before else None, after.grade if after else None),
    ]
    scores = [{family.key: family.score for family in side.families} if side else {} for side in (before, after)]
    totals += ((labels.get(key, key), scores[0].get(key), scores[1].get(key)) for key in {**scores[0], **scores[1]})
    for label, old, new in totals:
        if old != new:
            yield Change("score", find_kind(old, new), (name, label), format_optional(old), format_optional(new))


def _compare_outcomes(before: tuple[Diagnostic, ...], after: tuple[Diagnostic, ...]) -> Iterator[Change]:
    """Compare errors and warnings; one that only moved in its file is the same."""
    old, new = (Counter(_identify(item) for item in side if _is_compared(item)) for side in (before, after))
    gone, come = old - new, new - old
    for item in _pick(before, gone):
        yield Change("rule", "removed", diagnostic=item, place_before=item.location)
    for item in _pick(after, come):
        yield Change("rule", "added", diagnostic=item, place_after=item.location)


def _pick(side: tuple[Diagnostic, ...], surplus: Counter[tuple[str, str, str]]) -> Iterator[Diagnostic]:
    for item in side:
        if _is_compared(item) and surplus[_identify(item)] > 0:
            surplus[_identify(item)] -= 1
            yield item


def _is_compared(item: Diagnostic) -> bool:
    return item.severity is not Severity.INFO


def _identify(item: Diagnostic) -> tuple[str, str, str]:
    return item.code, item.severity.value, catalogue(DOCUMENT_LANGUAGE).message(item)
