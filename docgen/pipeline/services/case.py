"""Judge texts whose length the standard limits: from a record, or from a Word or Markdown file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from docgen.checks.rules.texts import section_length
from docgen.checks.rules.texts.section_length import SectionLengths
from docgen.content.inventory import NOTHING_BESIDE, Inventory, take_inventory
from docgen.content.read import read_text
from docgen.diagnostics import Diagnostic, Location, error, warning
from docgen.errors import ProfileError, SourceError
from docgen.pipeline.stages.outcome import Options
from docgen.pipeline.stages.prepare import PreparedRecord, load_named_profile, prepare_record
from docgen.pipeline.stages.text_rules import FactStatement, ParagraphMark, ReadText, TextRules, find_text_rules
from docgen.profile.load import LoadedProfile, load_profile
from docgen.profile.plan import DocumentJob, outline_report

READ_TEXTS = (".docx", ".md", ".markdown")
OTHER_TEXTS: Mapping[str, str] = MappingProxyType(
    {".doc": "C126", ".dot": "C126", ".wps": "C153", ".wpt": "C153", ".pdf": "C155"}
    | dict.fromkeys((".odt", ".rtf", ".txt", ".html", ".htm", ".docm"), "C156")
)
"""The suffixes of other texts, and for each the code of the error that says how to make a ``.docx`` of it."""
NO_PARTS: Mapping[str, str] = MappingProxyType({})
_TEXT_CODES = frozenset(f"C{number}" for number in (*range(101, 120), *range(130, 148), *range(150, 160)))


@dataclass(frozen=True, slots=True)
class CaseJudgement:
    """The judgement on one text: its name (whom it is about, or its file), title and lengths, and the limit in 字.

    ``pairs`` is the number of figures before and after that stand side by side, ``answers`` how many of how many
    problems are answered; None where no rule asks for them. ``marks`` identify its paragraphs among other texts.
    """

    name: str
    title: str
    lengths: SectionLengths
    limit: int
    facts: tuple[FactStatement, ...] = ()
    pairs: int | None = None
    inventory: Inventory = NOTHING_BESIDE
    diagnostics: tuple[Diagnostic, ...] = ()
    subtitle: str = ""
    answers: tuple[int, int] | None = None
    marks: tuple[ParagraphMark, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """The judgements on the texts of one file, and its diagnostics."""

    diagnostics: tuple[Diagnostic, ...]
    cases: tuple[CaseJudgement, ...] = ()


def judge_case(path: Path, options: Options, parts: Mapping[str, str] = NO_PARTS) -> CaseOutcome:
    """Judge every text of a file whose length a rule of the profile limits.

    ``parts`` maps headings, by their number or words, to the part that they begin; it overrides what is recognised.
    Raises SourceError for a file that can't be read or is of no known kind, ProfileError when the profile isn't clear.
    """
    suffix = path.suffix.lower()
    if suffix in (".yaml", ".yml", ".json"):
        return _judge_record(path, options)
    if not path.exists():
        raise SourceError(error("C121", Location(file=str(path)), path=str(path)))
    if suffix in OTHER_TEXTS:
        raise SourceError(error(OTHER_TEXTS[suffix], Location(file=str(path)), path=path.name))
    if suffix not in READ_TEXTS:
        raise SourceError(error("C303", Location(file=str(path)), suffix=suffix or path.name))
    return _judge_text(path, options, parts)


def _judge_record(path: Path, options: Options) -> CaseOutcome:
    prepared = prepare_record(path, options)
    if not isinstance(prepared, PreparedRecord):
        return CaseOutcome(prepared)
    cases: list[CaseJudgement] = []
    diagnostics = [item for item in prepared.diagnostics if item.code in _TEXT_CODES]
    for rules in find_text_rules(prepared.loaded):
        for job in prepared.jobs:
            if job.document.id == rules.params.document and job.entry is not None:
                content = outline_report(prepared.subject, job)
                name = job.item_name or job.document.title
                own = [item for item in diagnostics if _is_inside(prepared, item, job)]
                cases.append(replace(judge_content(name, rules.read(content), rules, True), diagnostics=tuple(own)))
    if not cases:
        diagnostics.append(error("C301", Location(file=str(path))))
    return CaseOutcome((*prepared.validation.diagnostics, *diagnostics), tuple(cases))


def _is_inside(prepared: PreparedRecord, diagnostic: Diagnostic, job: DocumentJob) -> bool:
    """Whether a diagnostic stands at a document's entry or at one of its fields."""
    names = [field_.alias or name for name, field_ in type(job.entry).model_fields.items()]
    places = [job.place, *((*job.place, name) for name in names)]
    return any(prepared.validation.locate(place, False) == diagnostic.location for place in places)


def _judge_text(path: Path, options: Options, parts: Mapping[str, str]) -> CaseOutcome:
    loaded = choose_profile(options, path)
    content = read_text(path)
    place = Location(file=str(path))
    cases: list[CaseJudgement] = []
    for rules in find_text_rules(loaded):
        text = rules.read(content, resolve_parts(parts, rules.params))
        unknown = text.arrangement.unknown if text.arrangement is not None else ()
        diagnostics = [*rules.judge(text, place), *(warning("C151", place, said=heading) for heading in unknown)]
        cases.append(replace(judge_content(path.name, text, rules), diagnostics=tuple(diagnostics)))
    return CaseOutcome(tuple(item for case in cases for item in case.diagnostics), tuple(cases))


def judge_content(name: str, text: ReadText, rules: TextRules, marks: bool | None = None) -> CaseJudgement:
    """Measure a text; ``marks`` as ``count_text`` takes it. The caller adds the diagnostics."""
    front = text.arrangement.front if text.arrangement is not None else None
    return CaseJudgement(
        name,
        text.keyed.title or "",
        rules.measure(text, marks),
        rules.params.limit,
        rules.find_facts(text.keyed),
        rules.count_pairs(text.keyed),
        take_inventory(text.content, text.arrangement, marks),
        subtitle=(front.subtitle if front is not None else None) or "",
        answers=rules.count_answers(text.keyed),
        marks=tuple(rules.mark_paragraphs(text)),
    )


def split_parts(text: str) -> dict[str, str]:
    """Parse ``一=a,二=b``: headings by their number or words, and the parts that they begin; SourceError C159."""
    parts: dict[str, str] = {}
    for piece in text.replace("，", ",").replace("；", ",").replace(";", ",").split(","):
        heading, sign, part = piece.replace("＝", "=").partition("=")
        if not piece.strip():
            continue
        if not sign or not heading.strip() or not part.strip():
            raise SourceError(error("C159", said=piece.strip()))
        parts[heading.strip()] = part.strip()
    return parts


def resolve_parts(parts: Mapping[str, str], params: section_length.SectionLength) -> dict[str, str]:
    """Resolve ``--parts``: the key of each part for its letter, key or title.

    Raises SourceError C152 for a letter or name of no part.
    """
    keys: dict[str, str] = {}
    for heading, name in parts.items():
        key = params.find_key(name)
        if key is None:
            letters = "、".join(f"{params.find_letter(part.key)}={part.title}" for part in params.parts)
            raise SourceError(error("C152", said=f"{heading}={name}", known=letters))
        keys[heading] = key
    return keys


def choose_profile(options: Options, path: Path) -> LoadedProfile:
    """The profile that the options name, or the only one that limits lengths; ProfileError C302 for no such profile."""
    if options.profile_id is not None:
        loaded = load_named_profile(None, Location(file=str(path)), options)
        if find_text_rules(loaded):
            return loaded
    folders = options.resources.profile_folders()
    ruling = [item for folder in folders if find_text_rules(item := load_profile(folder, options.resources))]
    if options.profile_id is not None or len(ruling) != 1:
        ids = "、".join(item.profile.id for item in ruling) or "—"
        raise ProfileError(error("C302", Location(file=str(path)), known=ids))
    return ruling[0]
