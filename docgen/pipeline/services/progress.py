"""Measure a project's progress: each filing item with its documents, missing values, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Literal

from docgen.diagnostics import Diagnostic, Location, Param, Severity
from docgen.pipeline.stages.chosen import Chosen
from docgen.pipeline.stages.outcome import Options
from docgen.pipeline.stages.prepare import PreparedRecord, prepare_record
from docgen.profile.document import DocumentSpec
from docgen.profile.missing import find_missing_in_document
from docgen.profile.packages import find_evidence_item
from docgen.profile.paths import Place
from docgen.profile.plan import PROJECT, DocumentJob, find_entry_enterprise, is_begun
from docgen.record.enterprise import Enterprise

DocumentState = Literal["ready", "lacking", "faulty", "untouched", "excused"]
"""``ready``: it can be made; ``lacking``, ``faulty``: it was begun; ``excused``: the record says it doesn't apply."""
StepState = Literal["done", "begun", "untouched", "not_applicable"]


@dataclass(frozen=True, slots=True)
class DocumentProgress:
    """The progress of a document.

    ``missing`` are the labels of required values that it lacks, ``wanted`` of recommended ones; ``faults`` is the
    number of errors in it. ``signed`` tells whether a scan of it is filed, None where nobody signs it. ``enterprise``
    is the key of the enterprise that it is for, ``whom`` the name of whoever it is for. ``derived``: it is made from
    the description of the project alone, so that it doesn't show that anybody has begun it.
    """

    id: str
    type: str
    title: str
    level: str
    whom: str
    enterprise: str
    state: DocumentState
    missing: tuple[Param, ...] = ()
    wanted: tuple[Param, ...] = ()
    faults: int = 0
    signed: bool | None = None
    derived: bool = False

    @property
    def is_open(self) -> bool:
        """Whether something required is still to be done for it."""
        return self.state in ("lacking", "faulty") or (self.state == "untouched" and self.level == "应")


@dataclass(frozen=True, slots=True)
class StepProgress:
    """The progress of a filing item: its documents, the number of pieces of evidence, other gaps.

    ``along``: it accompanies the whole project instead of being a step in its order.
    """

    key: str
    label: str
    clause: str
    level: str
    state: StepState
    documents: tuple[DocumentProgress, ...]
    evidence: int
    gaps: tuple[Diagnostic, ...]
    along: bool


@dataclass(frozen=True, slots=True)
class EnterpriseProgress:
    """The progress of an enterprise: in each filing item how many of its documents are ready, as (ready, all)."""

    key: str
    name: str
    steps: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Advice:
    """Something to do next: the key and parameters of its text, names and labels in it, the command for it."""

    key: str
    params: Mapping[str, Param]
    names: tuple[str, ...] = ()
    labels: tuple[Param, ...] = ()
    command: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectProgress:
    """The progress of a project: ``basics`` are gaps in the project's own data, ``faults`` the number of all errors."""

    path: Path
    profile: str
    standard: str
    number: str
    name: str
    steps: tuple[StepProgress, ...]
    enterprises: tuple[EnterpriseProgress, ...]
    basics: tuple[Diagnostic, ...]
    faults: int
    advice: tuple[Advice, ...]
    diagnostics: tuple[Diagnostic, ...] = ()

    def count(self, state: StepState) -> int:
        """How many steps are in a state."""
        return sum(step.state == state for step in self.steps)


@dataclass(frozen=True, slots=True)
class UnusableRecord:
    """A record that can't be used: only its diagnostics are known."""

    diagnostics: tuple[Diagnostic, ...]


def measure_progress(path: Path, options: Options) -> ProjectProgress | UnusableRecord:
    """Measure how far the project of a record has come; nothing is written. Raises as ``prepare_record`` does."""
    prepared = prepare_record(path, options)
    if not isinstance(prepared, PreparedRecord):
        return UnusableRecord(prepared)
    steps = _ProgressMeter(prepared, options).list_steps()
    profile, project = prepared.loaded.profile, prepared.subject.record.project
    errors = [item for item in prepared.diagnostics if item.severity is Severity.ERROR]
    basics = tuple(item for item in errors if item.gap == "")
    faults = sum(item.gap is None for item in errors)
    order = {key: number for number, together in enumerate(profile.filing.steps) for key in together}
    ordered = sorted(steps, key=lambda step: order.get(step.key, len(order)))
    return ProjectProgress(
        path=path,
        profile=profile.id,
        standard=profile.standard.number,
        number=project.number or "",
        name=project.name or "",
        steps=steps,
        enterprises=tuple(_list_enterprises(prepared, steps)),
        basics=basics,
        faults=faults,
        advice=tuple(_list_advice(path, ordered, basics, faults)),
    )


class _ProgressMeter:
    """Measures the progress of the documents and filing items of a prepared record."""

    def __init__(self, prepared: PreparedRecord, options: Options) -> None:
        self._prepared = prepared
        self._options = options
        self._errors = [item for item in prepared.diagnostics if item.severity is Severity.ERROR]
        self._scanned = {piece.evidence.document for piece in prepared.evidence if piece.evidence.redacts is None}
        self._chosen: dict[str, Chosen] = {}

    def list_steps(self) -> tuple[StepProgress, ...]:
        """The filing items in the profile's order."""
        profile = self._prepared.loaded.profile
        in_course = {key for together in profile.filing.steps for key in together}
        documents: dict[str, list[DocumentProgress]] = {}
        for job in self._prepared.jobs:
            documents.setdefault(job.filing.key if job.filing is not None else "", []).append(self._measure(job))
        for entry in {
            item.job.id: item for package in self._prepared.packages for item in package.job.excused
        }.values():
            key = entry.job.filing.key if entry.job.filing is not None else ""
            documents.setdefault(key, []).append(self._describe(entry.job, "excused"))
        steps = []
        for item in profile.filing.items:
            statuses = {
                one.status for package in self._prepared.packages for one in package.items if one.key == item.key
            }
            own = tuple(documents.get(item.key, ()))
            gaps = tuple(one for one in self._prepared.diagnostics if one.gap == item.key and not self._is_of_job(one))
            evidence = self._evidence.get(item.key, 0)
            state = _judge_step(own, evidence, gaps, is_excused=bool(statuses) and statuses <= {"not_applicable"})
            about = (item.key, item.label, item.clause or "", item.level)
            steps.append(StepProgress(*about, state, own, evidence, gaps, along=item.key not in in_course))
        return tuple(steps)

    @cached_property
    def _evidence(self) -> Mapping[str, int]:
        counts: dict[str, int] = {}
        for piece in self._prepared.evidence:
            item = find_evidence_item(self._prepared.loaded.profile, piece.evidence)
            if item is not None and piece.evidence.document is None:
                counts[item.key] = counts.get(item.key, 0) + 1
        return counts

    def _measure(self, job: DocumentJob) -> DocumentProgress:
        is_silenced = self._prepared.validation.is_silenced
        lacking = [value for value in find_missing_in_document(job) if not is_silenced(value.place)]
        rows = job.document.rows if not job.document.own_form else None
        if (lacking and not is_begun(job)) or (rows is not None and not self._prepared.subject.find(rows, job.scope)):
            return self._describe(job, "untouched")
        missing: list[Param] = [value.label for value in lacking if value.level == "应"]
        wanted: list[Param] = [value.label for value in lacking if value.level == "宜"]
        faults = 0
        for item in self._errors:
            if item.code in _LACKING and item.params.get("document"):
                continue  # counted for each document by the values that it lacks
            if not self._concerns(item, job):
                continue
            if item.gap is None:
                faults += 1
            elif item.params.get("label") not in (None, *missing):
                missing.append(item.params["label"])
        if missing and not faults and not is_begun(job):
            return self._describe(job, "untouched")
        state: DocumentState = "faulty" if faults else "lacking" if missing else "ready"
        return self._describe(job, state, tuple(missing), tuple(wanted), faults)

    def _concerns(self, item: Diagnostic, job: DocumentJob) -> bool:
        """Whether an error keeps a document from being made: it is in its entry, or in what the document reads."""
        place = self._prepared.validation.restore(job.place)
        there = item.location.place or self._cells.get(item.location)
        if there is None and item.location.kind == "xlsx":
            return False  # it is about a sheet; only splitting the rows will tell whose it is
        if there is not None and there[:1] == ("forms",):
            return there[: len(place)] == place or (job.entry is not None and there == place[:2])
        if there is not None and len(there) > 1 and there[0] == "enterprises":
            owner = self._find_enterprise(job)
            if owner is not None and owner is not self._served.get(there[1]):
                return False
        name = job.document.id
        if name not in self._chosen:
            prepared = self._prepared
            self._chosen[name] = Chosen(
                prepared.loaded, self._options.resources, (name,), prepared.validation.failed, self._cells
            )
        return self._chosen[name].weigh(item).severity is Severity.ERROR

    def _find_enterprise(self, job: DocumentJob) -> Enterprise | None:
        """The enterprise that a document is for, or that the document's entry is about."""
        owner = job.item if isinstance(job.item, Enterprise) else None
        return owner or find_entry_enterprise(self._prepared.subject, job.document, job.item)

    @cached_property
    def _cells(self) -> Mapping[Location, Place]:
        """The places of values that never came into the data, by their location in the user's file."""
        source = self._prepared.source
        return {source.locate(place): place for place in source.failed}

    @cached_property
    def _served(self) -> Mapping[str | int, Enterprise]:
        """The enterprises by their place in the user's data; those that were cut out as a whole are absent."""
        restore, enterprises = self._prepared.validation.restore, self._prepared.subject.record.enterprises
        return {restore(("enterprises", at))[1]: item for at, item in enumerate(enterprises)}

    def _describe(
        self,
        job: DocumentJob,
        state: DocumentState,
        missing: tuple[Param, ...] = (),
        wanted: tuple[Param, ...] = (),
        faults: int = 0,
    ) -> DocumentProgress:
        document = job.document
        owner = self._find_enterprise(job)
        return DocumentProgress(
            job.id,
            document.id,
            document.title,
            document.level,
            job.item_name or "",
            owner.key if owner is not None else "",
            state,
            missing,
            wanted,
            faults,
            job.id in self._scanned if is_signed(document) else None,
            not is_begun(job) or (not document.own_form and document.per in (PROJECT, "enterprises[]")),
        )

    def _is_of_job(self, item: Diagnostic) -> bool:
        return item.code in _LACKING and bool(item.params.get("document"))


_LACKING = ("R201", "R202", "R203")


def is_signed(document: DocumentSpec) -> bool:
    """Whether people sign a document or write on it by hand, so that the paper comes back as a scan."""
    return bool(document.signers) or any(field.by_hand for field in document.fields)


def _judge_step(
    documents: Sequence[DocumentProgress], evidence: int, gaps: Sequence[Diagnostic], *, is_excused: bool
) -> StepState:
    begun = [item for item in documents if item.state in ("ready", "lacking", "faulty")]
    if is_excused and not begun:
        return "not_applicable"
    if all(item.derived for item in begun) and not evidence:
        return "untouched"
    is_open = any(item.is_open for item in documents) or any(item.severity is Severity.ERROR for item in gaps)
    return "begun" if is_open else "done"


def _list_enterprises(prepared: PreparedRecord, steps: Sequence[StepProgress]) -> Iterator[EnterpriseProgress]:
    for enterprise in prepared.subject.record.enterprises:
        counts: dict[str, tuple[int, int]] = {}
        for step in steps:
            own = [item for item in step.documents if item.enterprise == enterprise.key and item.state != "excused"]
            if own:
                counts[step.key] = (sum(item.state == "ready" for item in own), len(own))
        yield EnterpriseProgress(enterprise.key, enterprise.name or enterprise.key, counts)


def _list_advice(
    path: Path, steps: Sequence[StepProgress], basics: Sequence[Diagnostic], faults: int
) -> Iterator[Advice]:
    """What to do next: correct, complete what was begun, get ready documents signed, begin the next step."""
    record = str(path)
    general = tuple(item.params["label"] for item in basics if "label" in item.params)
    if faults:
        yield Advice("mend", {"number": faults}, command=("docgen", "check", record))
    if basics:
        yield Advice("basics", {"number": len(basics)}, labels=general)
    begun = (item for step in steps for item in step.documents if item.state == "lacking")
    waiting = ((item, own) for item in begun if (own := tuple(label for label in item.missing if label not in general)))
    for item, missing in islice(waiting, _LISTED):
        whom = f"（{item.whom}）" if item.whom else ""
        params: dict[str, Param] = {"document": item.title + whom, "number": len(missing)}
        yield Advice("complete", params, labels=missing)
    unsigned = [item for step in steps for item in step.documents if item.state == "ready" and item.signed is False]
    if unsigned:
        types = {item.type: item.title for item in unsigned}
        is_whole = all(step.state in ("done", "not_applicable") for step in steps if step.level != "可")
        only = () if is_whole else tuple(word for name in types for word in ("--only", name))
        command = ("docgen", "build", record, "-o", "out", *only)
        yield Advice("sign", {"number": len(unsigned)}, tuple(types.values()), command=command)
    yield from _list_step_advice(record, steps)


def _list_step_advice(record: str, steps: Sequence[StepProgress]) -> Iterator[Advice]:
    """The next step to begin, and the package that can be made already."""
    course = [step for step in steps if not step.along]
    closed = [step.state in ("done", "not_applicable") for step in course]
    waiting = next((step for step in steps if step.state == "untouched" and step.level != "可"), None)
    if waiting is not None:
        titles = tuple(dict.fromkeys(item.title for item in waiting.documents))
        yield Advice("begin", {"step": f"{waiting.key} {waiting.label}"}, titles)
    if all(step.state in ("done", "not_applicable") for step in steps if step.level != "可"):
        yield Advice("build", {}, command=("docgen", "build", record, "-o", "out"))
        return
    done = closed.index(False) if False in closed else len(course)
    if done:
        last = course[done - 1]
        command = ("docgen", "build", record, "-o", "out", "--until", last.key)
        yield Advice("until", {"step": f"{last.key} {last.label}"}, command=command)


_LISTED = 3
