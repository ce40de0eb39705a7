"""Judging texts whose length the standard rules: from a record, or from a Word or Markdown file that somebody wrote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docgen.checks import section_length
from docgen.checks.base import check_rules
from docgen.checks.section_length import SectionLengths
from docgen.content.model import DocumentContent
from docgen.diagnostics import Diagnostic, Location, error
from docgen.errors import ProfileError, SourceError
from docgen.pipeline.outcome import Options
from docgen.pipeline.prepare import PreparedRecord, prepare_record
from docgen.profile.load import LoadedProfile, find_profile, load_profile
from docgen.profile.model import RuleSpec
from docgen.profile.plan import outline_report

_CHECK = "section_length"
_LENGTH_CODES = frozenset(f"C{number}" for number in range(101, 120))


@dataclass(frozen=True, slots=True)
class CaseJudgement:
    """One text: who it is about (or its file's name), its title, its lengths, and the limit of all parts in 字."""

    name: str
    title: str
    lengths: SectionLengths
    limit: int


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


def _judge_record(path: Path, options: Options) -> CaseOutcome:
    prepared = prepare_record(path, options)
    if not isinstance(prepared, PreparedRecord):
        return CaseOutcome(prepared)
    cases: list[CaseJudgement] = []
    for rule in _find_rules(prepared.loaded):
        params = section_length.Params.model_validate(rule.with_)
        for job in prepared.jobs:
            if job.document.id == params.document and job.entry is not None:
                content = outline_report(prepared.subject, job)
                lengths = section_length.measure_sections(content, params, east_asian_marks=True)
                name = job.item_name or job.document.title
                cases.append(CaseJudgement(name, content.title or "", lengths, params.limit))
    found = [*prepared.validation.diagnostics, *(item for item in prepared.diagnostics if item.code in _LENGTH_CODES)]
    if not cases:
        found.append(error("C301", Location(file=str(path))))
    return CaseOutcome(tuple(found), tuple(cases))


def _judge_text(path: Path, options: Options) -> CaseOutcome:
    loaded = _choose_profile(options, path)
    content = _read_text(path)
    found: list[Diagnostic] = []
    cases: list[CaseJudgement] = []
    for rule in _find_rules(loaded):
        params = section_length.Params.model_validate(rule.with_)
        lengths = section_length.measure_sections(content, params)
        found += section_length.check_section_length(lengths, params, Location(file=str(path)))
        cases.append(CaseJudgement(path.name, content.title or "", lengths, params.limit))
    return CaseOutcome(tuple(found), tuple(cases))


def _read_text(path: Path) -> DocumentContent:
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


def _find_rules(loaded: LoadedProfile) -> Iterator[RuleSpec]:
    yield from (rule for rule in loaded.profile.rules if rule.check == _CHECK)
