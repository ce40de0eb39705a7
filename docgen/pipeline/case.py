"""Judging texts whose length the standard rules: from a record, or from a Word or Markdown file that somebody wrote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from docgen.checks import before_after, facts_told, section_length
from docgen.checks.base import check_rules, find_check
from docgen.checks.section_length import SectionLengths
from docgen.checks.texts import TextCheck, TextReporter, key_sections, read_sentences
from docgen.content.headings import WantedHeading
from docgen.content.inventory import NOTHING_BESIDE, Inventory, take_inventory
from docgen.content.model import DocumentContent
from docgen.diagnostics import Diagnostic, Location, error, warning
from docgen.errors import ProfileError, SourceError
from docgen.pipeline.outcome import Options
from docgen.pipeline.prepare import PreparedRecord, prepare_record
from docgen.profile.levels import severity_of
from docgen.profile.load import LoadedProfile, find_profile, load_profile
from docgen.profile.model import RuleSpec
from docgen.profile.plan import DocumentJob, outline_report

_CHECK = "section_length"
_TEXT_CODES = frozenset(f"C{number}" for number in (*range(101, 120), *range(130, 148)))


@dataclass(frozen=True, slots=True)
class FactTold:
    """A fact that the clause asks for, and the words that tell it; None where nothing was found."""

    key: str
    label: str
    words: str | None


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
    """What was judged in one file, and what was found."""

    diagnostics: tuple[Diagnostic, ...]
    cases: tuple[CaseJudgement, ...] = ()


def judge_case(path: Path, options: Options) -> CaseOutcome:
    """Judge every text of a file whose length a rule of the profile limits.

    Raises SourceError for a file that can't be read or is of no known kind, ProfileError when the profile isn't clear.
    """
    suffix = path.suffix.lower()
    if suffix in (".yaml", ".yml", ".json"):
        return _judge_record(path, options)
    if suffix not in (".docx", ".md", ".markdown"):
        raise SourceError(error("C303", Location(file=str(path)), suffix=suffix or path.name))
    return _judge_text(path, options)


@dataclass(slots=True)
class _TextRules:
    """The rules that judge one kind of document: its lengths, and what else is asked of its text."""

    length: RuleSpec
    params: section_length.SectionLength
    others: list[RuleSpec] = field(default_factory=list)

    @property
    def wanted(self) -> tuple[WantedHeading, ...]:
        headings = [WantedHeading(part.key, part.title, part.synonyms) for part in self.params.parts]
        if self.params.units is not None:
            units = self.params.units
            headings.append(WantedHeading(units.key, units.title, units.synonyms))
        return tuple(headings)

    def judge(self, content: DocumentContent, place: Location) -> Iterator[Diagnostic]:
        """What the other rules find in a text whose sections carry their keys."""
        for rule in self.others:
            check = cast("TextCheck", find_check(rule.check))
            reporter = TextReporter(rule, place)
            yield from check.judge_text(content, check.Params.model_validate(rule.with_), reporter)

    def find_facts(self, content: DocumentContent) -> tuple[FactTold, ...]:
        """Each fact that a rule asks for, with the words that tell it."""
        told: list[FactTold] = []
        for rule in self.others:
            if rule.check == "facts_told":
                params = facts_told.Params.model_validate(rule.with_)
                text = "\n".join(sentence.text for sentence in read_sentences(content, params.part))
                told += (FactTold(fact.key, fact.label, facts_told.find_fact(fact, text)) for fact in params.facts)
        return tuple(told)

    def count_pairs(self, content: DocumentContent) -> int | None:
        """The figures before and after that stand side by side, where a rule asks for them."""
        counts = [
            len(before_after.find_pairs(sentence))
            for rule in self.others
            if rule.check == "before_after"
            for sentence in read_sentences(content, before_after.Params.model_validate(rule.with_).part)
        ]
        asked = any(rule.check == "before_after" for rule in self.others)
        return sum(counts) if asked else None


def _find_rules(loaded: LoadedProfile) -> list[_TextRules]:
    found: list[_TextRules] = []
    for rule in loaded.profile.rules:
        if rule.check == _CHECK:
            params = section_length.Params.model_validate(rule.with_)
            others = [
                other
                for other in loaded.profile.rules
                if hasattr(find_check(other.check), "judge_text") and other.with_.get("document") == params.document
            ]
            found.append(_TextRules(rule, params, others))
    return found


def _judge_record(path: Path, options: Options) -> CaseOutcome:
    prepared = prepare_record(path, options)
    if not isinstance(prepared, PreparedRecord):
        return CaseOutcome(prepared)
    cases: list[CaseJudgement] = []
    found = [item for item in prepared.diagnostics if item.code in _TEXT_CODES]
    for rules in _find_rules(prepared.loaded):
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
    for rules in _find_rules(loaded):
        lengths = section_length.measure_sections(content, rules.params)
        severity = severity_of(rules.length.level)
        clause = rules.length.clause
        found = list(
            section_length.check_section_length(lengths, rules.params, place, clause=clause, severity=severity)
        )
        keyed = key_sections(content, rules.wanted)
        found += rules.judge(keyed, place)
        judged = _judge_content(path.name, content, rules, (), path=path)
        if judged.inventory.text_boxes:
            boxes = judged.inventory
            said = {"boxes": boxes.text_boxes, "count": boxes.text_box_count.high}
            found.append(warning("C137", place, clause=clause, **said))
        cases.append(replace(judged, diagnostics=tuple(found)))
    return CaseOutcome(tuple(item for case in cases for item in case.diagnostics), tuple(cases))


def _judge_content(
    name: str,
    content: DocumentContent,
    rules: _TextRules,
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


def read_text(path: Path) -> DocumentContent:
    """A Word or Markdown file as content; SourceError when it can't be read."""
    if path.suffix.lower() == ".docx":
        from docgen.content.read_docx import read_docx

        return read_docx(path)
    from docgen.content.read_markdown import read_markdown

    return read_markdown(path)


def _choose_profile(options: Options, path: Path) -> LoadedProfile:
    """The profile that the options name, or the only one that limits lengths."""
    if options.profile_id is not None:
        loaded = find_profile(options.resources, options.profile_id)
        faults = check_rules(loaded)
        if faults:
            raise ProfileError(*faults)
        return loaded
    folders = options.resources.profile_folders()
    ruling = [item for folder in folders if any(_find_rules(item := load_profile(folder, options.resources)))]
    if len(ruling) != 1:
        known = "、".join(item.profile.id for item in ruling)
        raise ProfileError(error("C302", Location(file=str(path)), known=known))
    return ruling[0]
