"""Judging texts whose length the standard rules: from a record, or from a Word or Markdown file that somebody wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.checks.rules import section_length
from docgen.checks.rules.section_length import SectionLengths
from docgen.checks.shared.texts import key_sections
from docgen.content.inventory import NOTHING_BESIDE, Inventory, take_inventory
from docgen.content.model import DocumentContent
from docgen.content.read import read_text
from docgen.diagnostics import Diagnostic, Location, error, warning
from docgen.errors import ProfileError, SourceError
from docgen.pipeline.stages.outcome import Options
from docgen.pipeline.stages.prepare import PreparedRecord, load_named_profile, prepare_record
from docgen.pipeline.stages.text_rules import FactTold, TextRules, find_text_rules
from docgen.profile.load import LoadedProfile, load_profile
from docgen.profile.plan import DocumentJob, outline_report

if TYPE_CHECKING:
    from docgen.pipeline.services.annotation import Annotation

_TEXT_CODES = frozenset(f"C{number}" for number in (*range(101, 120), *range(130, 148)))


@dataclass(frozen=True, slots=True)
class CaseJudgement:
    """One text: who it is about (or its file's name), its title, its lengths, and the limit of all parts in 字.

    ``pairs`` are the figures before and after that stand side by side, None where no rule asks for them.
    """

    name: str
    title: str
    lengths: SectionLengths
    limit: int
    facts: tuple[FactTold, ...] = ()
    pairs: int | None = None
    inventory: Inventory = NOTHING_BESIDE
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """What was judged in one file, and what was found; ``copy`` is where that was written beside the text."""

    diagnostics: tuple[Diagnostic, ...]
    cases: tuple[CaseJudgement, ...] = ()
    copy: Path | None = None


def judge_case(path: Path, options: Options, annotation: Annotation | None = None) -> CaseOutcome:
    """Judge every text of a file whose length a rule of the profile limits; comment a copy where that is asked for.

    Raises SourceError for a file that can't be read or is of no known kind, ProfileError when the profile isn't clear,
    else as ``annotate_case`` does.
    """
    outcome = _judge(path, options)
    if annotation is None:
        return outcome
    from docgen.pipeline.services.annotation import annotate_case

    return replace(outcome, copy=annotate_case(path, outcome.diagnostics, annotation))


def _judge(path: Path, options: Options) -> CaseOutcome:
    suffix = path.suffix.lower()
    if suffix in (".yaml", ".yml", ".json"):
        return _judge_record(path, options)
    if suffix not in (".docx", ".md", ".markdown"):
        raise SourceError(error("C303", Location(file=str(path)), suffix=suffix or path.name))
    return _judge_text(path, options)


def _judge_record(path: Path, options: Options) -> CaseOutcome:
    prepared = prepare_record(path, options)
    if not isinstance(prepared, PreparedRecord):
        return CaseOutcome(prepared)
    cases: list[CaseJudgement] = []
    found = [item for item in prepared.diagnostics if item.code in _TEXT_CODES]
    for rules in find_text_rules(prepared.loaded):
        for job in prepared.jobs:
            if job.document.id == rules.params.document and job.entry is not None:
                content = outline_report(prepared.subject, job)
                name = job.item_name or job.document.title
                own = [item for item in found if _is_inside(prepared, item, job)]
                cases.append(_judge_content(name, content, rules, own, marks=True))
    if not cases:
        found.append(error("C301", Location(file=str(path))))
    return CaseOutcome((*prepared.validation.diagnostics, *found), tuple(cases))


def _is_inside(prepared: PreparedRecord, diagnostic: Diagnostic, job: DocumentJob) -> bool:
    """Whether a diagnostic stands at a document's entry or at one of its fields."""
    names = [field_.alias or name for name, field_ in type(job.entry).model_fields.items()]
    places = [job.place, *((*job.place, name) for name in names)]
    return any(prepared.validation.locate(place, False) == diagnostic.location for place in places)


def _judge_text(path: Path, options: Options) -> CaseOutcome:
    loaded = _choose_profile(options, path)
    content = read_text(path)
    place = Location(file=str(path))
    cases: list[CaseJudgement] = []
    for rules in find_text_rules(loaded):
        found = list(rules.judge(content, place))
        judged = _judge_content(path.name, content, rules, (), path=path)
        if judged.inventory.text_boxes:
            boxes = judged.inventory
            said = {"boxes": boxes.text_boxes, "count": boxes.text_box_count.high}
            found.append(warning("C137", place, clause=rules.length.clause, **said))
        cases.append(replace(judged, diagnostics=tuple(found)))
    return CaseOutcome(tuple(item for case in cases for item in case.diagnostics), tuple(cases))


def _judge_content(
    name: str,
    content: DocumentContent,
    rules: TextRules,
    diagnostics: Sequence[Diagnostic],
    *,
    marks: bool | None = None,
    path: Path | None = None,
) -> CaseJudgement:
    keyed = key_sections(content, rules.wanted)
    return CaseJudgement(
        name,
        content.title or "",
        section_length.measure_sections(content, rules.params, east_asian_marks=marks),
        rules.params.limit,
        rules.find_facts(keyed),
        rules.count_pairs(keyed),
        take_inventory(content, path, marks),
        tuple(diagnostics),
    )


def _choose_profile(options: Options, path: Path) -> LoadedProfile:
    """The profile that the options name, or the only one that limits lengths."""
    if options.profile_id is not None:
        return load_named_profile(None, Location(file=str(path)), options)
    folders = options.resources.profile_folders()
    ruling = [item for folder in folders if any(find_text_rules(item := load_profile(folder, options.resources)))]
    if len(ruling) != 1:
        known = "、".join(item.profile.id for item in ruling)
        raise ProfileError(error("C302", Location(file=str(path)), known=known))
    return ruling[0]
