"""Apply the rules of a profile that judge a text by itself, whether it comes from a record or a file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from docgen.checks.base import find_check
from docgen.checks.rules.texts import before_after, facts_told, problems_answered, section_length
from docgen.checks.shared.figure_pairs import find_pairs
from docgen.checks.shared.texts import TextCheck, find_section, key_sections, place_fault, read_sentences
from docgen.checks.shared.uncounted_text import check_uncounted_text
from docgen.content.blocks import iterate_prose
from docgen.content.headings import WantedHeading
from docgen.content.model import DocumentContent
from docgen.content.parts.arrange import Arrangement, arrange
from docgen.content.shown_names import shorten
from docgen.diagnostics import Diagnostic, Location
from docgen.profile.load import LoadedProfile
from docgen.profile.model import RuleSpec

_CHECK = "section_length"
_LEAST_SHARED = 30


@dataclass(frozen=True, slots=True)
class FactStatement:
    """A fact that the clause asks for, and the words of the text that state it; None where none do."""

    key: str
    label: str
    words: str | None


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text as it was read, the same with its parts under their keys, and how these were found.

    ``arrangement`` is None where the text's own headings name the parts.
    """

    content: DocumentContent
    keyed: DocumentContent
    arrangement: Arrangement | None = None


@dataclass(frozen=True, slots=True)
class ParagraphMark:
    """The digest by which a paragraph is compared with other texts, its location, and how it begins."""

    digest: str
    location: Location
    excerpt: str


@dataclass(slots=True)
class TextRules:
    """The rules that judge the text of one type of document: its lengths (``length``), and the ``others``."""

    length: RuleSpec
    params: section_length.SectionLength
    others: list[RuleSpec] = field(default_factory=list)

    @property
    def wanted(self) -> tuple[WantedHeading, ...]:
        """The headings that are looked for."""
        headings = [WantedHeading(part.key, part.title, part.synonyms) for part in self.params.parts]
        if self.params.units is not None:
            units = self.params.units
            headings.append(WantedHeading(units.key, units.title, units.synonyms))
        return tuple(headings)

    def read(self, content: DocumentContent, asked: Mapping[str, str] | None = None) -> ReadText:
        """Divide a text into its parts; ``asked`` maps headings to parts (see ``parts.arrange``)."""
        scheme = self.params.scheme
        arrangement = None if scheme is None else arrange(content, scheme, asked)
        keyed = key_sections(content, self.wanted) if arrangement is None else arrangement.content
        return ReadText(content, keyed, arrangement)

    def judge(self, text: ReadText, place: Location, marks: bool | None = None) -> Iterator[Diagnostic]:
        """Check the lengths of a text, then apply the other rules to it."""
        lengths = self.measure(text, marks)
        for fault in section_length.check_section_length(lengths, self.params):
            yield place_fault(fault, self.length, place)
        if text.arrangement is not None:
            yield from check_uncounted_text(text.arrangement, place, self.length.clause)
        yield from judge_text(self.others, text.keyed, place)

    def measure(self, text: ReadText, marks: bool | None = None) -> section_length.SectionLengths:
        """The lengths of a text."""
        return section_length.measure_sections(text.content, self.params, marks, text.arrangement)

    def mark_paragraphs(self, text: ReadText) -> Iterator[ParagraphMark]:
        """A mark for each longer paragraph: equal for the same words, whoever the units are."""
        units = text.arrangement.units if text.arrangement is not None else ()
        for blocks in (text.keyed.preamble, *(section.blocks for section in text.keyed.sections)):
            for paragraph in iterate_prose(blocks):
                letters = _keep_letters(paragraph.text, units)
                if len(letters) >= _LEAST_SHARED:
                    digest = hashlib.blake2b(letters.encode(), digest_size=8).hexdigest()
                    yield ParagraphMark(digest, paragraph.location, shorten(paragraph.text))

    def count_answers(self, content: DocumentContent) -> tuple[int, int] | None:
        """How many problems a later part answers, and how many there are; None where no rule asks for that."""
        for rule in self.others:
            if rule.check == "problems_answered":
                params = problems_answered.Params.model_validate(rule.with_)
                if find_section(content, params.problems) and find_section(content, params.answers):
                    return problems_answered.count_answers(content, params)
        return None

    def find_facts(self, content: DocumentContent) -> tuple[FactStatement, ...]:
        """Each fact that a rule asks for, with the words that state it; none where their part is absent."""
        statements: list[FactStatement] = []
        for rule in self.others:
            if rule.check == "facts_told":
                params = facts_told.Params.model_validate(rule.with_)
                if params.part is None or find_section(content, params.part) is None:
                    continue
                text = "\n".join(sentence.text for sentence in read_sentences(content, params.part))
                statements += (
                    FactStatement(fact.key, fact.label, facts_told.find_fact(fact, text)) for fact in params.facts
                )
        return tuple(statements)

    def count_pairs(self, content: DocumentContent) -> int | None:
        """How many figures before and after stand side by side; None where no rule asks or their part is absent."""
        parts = [
            before_after.Params.model_validate(rule.with_).part for rule in self.others if rule.check == "before_after"
        ]
        if not any(find_section(content, part) for part in parts):
            return None
        return sum(len(find_pairs(sentence)) for part in parts for sentence in read_sentences(content, part))


def _keep_letters(text: str, names: Sequence[str]) -> str:
    """Keep what two paragraphs are compared by: no names of units, no spaces, no punctuation."""
    for name in names:
        text = text.replace(name, "")
    return re.sub(r"[\W_]", "", text)


def find_text_rules(loaded: LoadedProfile) -> list[TextRules]:
    """The rules of each type of document that has a rule for its length."""
    rules_by_document: list[TextRules] = []
    for rule in loaded.profile.rules:
        if rule.check == _CHECK:
            params = section_length.Params.model_validate(rule.with_)
            rules_by_document.append(TextRules(rule, params, list_text_checks(loaded, params.document)))
    return rules_by_document


def list_text_checks(loaded: LoadedProfile, document_id: str) -> list[RuleSpec]:
    """The rules of a document type whose checks look at a text alone."""
    return [
        rule
        for rule in loaded.profile.rules
        if hasattr(find_check(rule.check), "judge_text") and rule.with_.get("document") == document_id
    ]


def judge_text(rules: Sequence[RuleSpec], content: DocumentContent, place: Location) -> Iterator[Diagnostic]:
    """Apply such rules to a text whose sections have their keys."""
    for rule in rules:
        check = cast("TextCheck", find_check(rule.check))
        for fault in check.judge_text(content, check.Params.model_validate(rule.with_)):
            yield place_fault(fault, rule, place)
