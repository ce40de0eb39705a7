"""Read the figures of a package (visits, trainings, benefit, grades) from its record and profile, without unpacking."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from docgen.archive.plan.model import PackageIndex
from docgen.archive.verify.peek import peek_package
from docgen.content.model import Narrative
from docgen.diagnostics import Location
from docgen.errors import DocgenError
from docgen.profile.forms import attribute_name
from docgen.profile.load import LoadedProfile, find_profile
from docgen.profile.subject import Subject, derive_facts
from docgen.profile.validate import validate_record
from docgen.record.enterprise import Enterprise
from docgen.record.record import Record
from docgen.record.totals import Totals, total_enterprises, total_project
from docgen.resources import Resources

_SHARED = frozenset(Record.model_fields)


@dataclass(frozen=True, slots=True)
class Opinions:
    """Answers of a survey, and how many of them are content."""

    answers: int = 0
    content: int = 0

    @property
    def share(self) -> float | None:
        """Content answers by all answers; None without any."""
        return self.content / self.answers if self.answers else None

    def __add__(self, other: Opinions) -> Opinions:
        return Opinions(self.answers + other.answers, self.content + other.content)


@dataclass(frozen=True, slots=True)
class WorkFigures:
    """What was done, in figures; None where it isn't recorded. Days in 人·天, benefit in 万元."""

    visits: int | None = None
    trainings: int | None = None
    persons: int | None = None
    person_days: Decimal | None = None
    benefit: Decimal | None = None


NO_OPINIONS = Opinions()
NO_WORK = WorkFigures()


def add_work(one: WorkFigures, other: WorkFigures) -> WorkFigures:
    """The sum of both; a figure that neither has stays None."""
    pairs = ((getattr(one, name), getattr(other, name)) for name in _WORK)
    return WorkFigures(*(a if b is None else b if a is None else a + b for a, b in pairs))


_WORK = ("visits", "trainings", "persons", "person_days", "benefit")


@dataclass(frozen=True, slots=True)
class EnterpriseFigures:
    """An enterprise of a package: where it is (GB/T 2260), what it does (GB/T 4754), and its result."""

    name: str
    uscc: str
    region: str
    industry_code: str
    industry: str
    size_class: str
    score: Decimal | None
    maximum: Decimal | None
    grade: str
    work: WorkFigures
    opinions: Opinions


@dataclass(frozen=True, slots=True)
class PackageFigures:
    """A package's figures.

    ``source`` is what they were read with: the package's ``profile``, the ``shared`` vocabulary, the ``index`` alone.
    ``grades`` are the profile's own, best first. ``record_digest`` is equal for packages of one record, "" without one.
    """

    path: Path
    index: PackageIndex
    source: str
    work: WorkFigures = WorkFigures()
    enterprises: tuple[EnterpriseFigures, ...] = ()
    opinions: Opinions = Opinions()
    grades: tuple[str, ...] = ()
    record_digest: str = ""


def read_figures(path: Path, resources: Resources) -> PackageFigures:
    """The figures of a package; ArchiveError as ``peek_package`` raises it."""
    peeked = peek_package(path)
    data = _parse_record(peeked.record)
    if data is None:
        return PackageFigures(path, peeked.index, "index")
    loaded = _find_profile(resources, peeked.index.profile.id)
    subject = _read_subject(loaded, data) if loaded is not None else None
    if subject is not None:
        return _describe(path, peeked.index, subject, data)
    record = _read_shared(data)
    if record is None:
        return PackageFigures(path, peeked.index, "index")
    work = _count(total_project(record))
    pairs = zip(record.enterprises, total_enterprises(record), strict=True)
    enterprises = tuple(_describe_enterprise(item, _count(totals), Opinions(), None) for item, totals in pairs)
    return PackageFigures(path, peeked.index, "shared", work, enterprises, record_digest=_digest(data))


def _parse_record(text: bytes | None) -> dict[str, Any] | None:
    if text is None:
        return None
    try:
        loaded = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        return None  # the package's row says that only its index was read
    record = loaded.get("record") if isinstance(loaded, dict) else None
    return record if isinstance(record, dict) else None


def _digest(data: Any) -> str:
    return hashlib.sha256(json.dumps(data, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _find_profile(resources: Resources, profile_id: str) -> LoadedProfile | None:
    try:
        return find_profile(resources, profile_id)
    except DocgenError:
        return None  # without its profile, a package is read by the shared vocabulary


def _read_no_prose(name: str) -> Narrative:
    """Read nothing: prose in a file of its own isn't in the package, and nothing in it is counted."""
    del name
    return Narrative(())


def _locate_nothing(place: tuple[str | int, ...], key: bool = False) -> Location:
    del place, key
    return Location()


def _read_subject(loaded: LoadedProfile, data: dict[str, Any]) -> Subject | None:
    try:
        record = validate_record(loaded, data, _locate_nothing, _read_no_prose).record
    except RecursionError:
        return None
    return Subject(loaded.profile, record, derive_facts(loaded.profile, record)) if record is not None else None


def _read_shared(data: dict[str, Any]) -> Record | None:
    """Read the shared vocabulary of a record whose profile isn't available."""
    shared = {name: value for name, value in data.items() if name in _SHARED}
    try:
        return Record.model_validate(shared, context={"read_prose": _read_no_prose})
    except (ValidationError, RecursionError):
        return None


def _describe(path: Path, index: PackageIndex, subject: Subject, data: Any) -> PackageFigures:
    evaluations = {item.of: item for item in subject.facts.evaluations}
    opinions = _read_opinions(subject)
    enterprises = []
    for item, totals in zip(subject.record.enterprises, subject.facts.enterprise_totals, strict=True):
        answers = opinions.get(item.key, Opinions())
        enterprises.append(_describe_enterprise(item, _count(totals), answers, evaluations.get(item.key)))
    scoring = subject.profile.scoring
    bands = scoring.choose(subject.record.scoring).bands if scoring is not None else ()
    grades = tuple(band.grade for band in sorted(bands, key=lambda band: band.from_, reverse=True))
    work = _count(subject.facts.project_totals)
    total = sum(opinions.values(), Opinions())
    return PackageFigures(path, index, "profile", work, tuple(enterprises), total, grades, _digest(data))


def _describe_enterprise(item: Enterprise, work: WorkFigures, opinions: Opinions, evaluation: Any) -> EnterpriseFigures:
    return EnterpriseFigures(
        name=item.name or item.short_name or item.key,
        uscc=item.uscc or "",
        region=item.region or "",
        industry_code=item.industry_code or "",
        industry=item.industry or "",
        size_class=item.size_class or "",
        score=evaluation.total if evaluation is not None else None,
        maximum=evaluation.maximum if evaluation is not None else None,
        grade=(evaluation.grade or "") if evaluation is not None else "",
        work=work,
        opinions=opinions,
    )


def _count(totals: Totals) -> WorkFigures:
    return WorkFigures(
        totals.visit_count, totals.training_count, totals.attendance_count, totals.person_days, totals.benefit
    )


def _read_opinions(subject: Subject) -> dict[str, Opinions]:
    """Count the answers of every survey in the profile, by the key of the enterprise ("" for none)."""
    opinions: dict[str, Opinions] = {}
    forms = getattr(subject.record, "forms", None)
    for document in subject.profile.documents:
        content = document.checklist.content if document.checklist is not None else ()
        for entry in getattr(forms, attribute_name(document.id), ()) if content else ():
            verdicts = [line.verdict for _, line in entry.lines if line.verdict is not None]
            key = getattr(entry, "of", "")
            answers = Opinions(len(verdicts), sum(verdict in content for verdict in verdicts))
            opinions[key] = opinions.get(key, Opinions()) + answers
    return opinions
