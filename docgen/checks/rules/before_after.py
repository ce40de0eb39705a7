"""Does a part of a text set figures before and after against each other, each with its unit?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from docgen.checks.base import CheckSubject
from docgen.checks.shared.texts import TextReporter, find_section, judge_records, read_sentences
from docgen.content.figures import Figure, Sentence, find_figures
from docgen.content.model import DocumentContent
from docgen.diagnostics import Diagnostic
from docgen.profile.model import RuleSpec
from docgen.record.types import Part, Text, Whole

_FROM = re.compile(r"(?:从|由|原来?的?|以前的?|过去的?|[前年期初](?:的|为|是|仅|只有)?|自)[^，。；,;]{0,10}$")
_TO = re.compile(
    r"(?:到|至|为|达|→|->|➜|现在|如今|目前|[后今]的?|变成|提升|提高|上升|下降|降低|减少|增加|增长|缩短|压缩)"
)
_DIRECT = re.compile(
    r"[^，,、；;]{0,4}(?:提升|提高|上升|增加|增长|下降|降低|减少|缩短|压缩|[升降增减])(?:到|至|为|成)了?"
)
_VERBS = re.compile(r"^(?:提|升|上升|增|降|下降|减|缩|压|达|到|至|为|的|以|左右|变|改)")
_LONGEST_BETWEEN = 24


class Params(Part):
    """The part under the key ``part`` of a document has at least ``min`` pairs of figures."""

    document: Text
    part: Text
    min: Whole = 1


def list_paths(params: Params) -> Iterable[str]:  # noqa: ARG001 - what every check is asked
    """None: the text is found by its document."""
    return ()


@dataclass(frozen=True, slots=True)
class Pair:
    """A figure before and one after, in one sentence or row."""

    before: Figure
    after: Figure
    sentence: Sentence

    @property
    def has_units(self) -> bool:
        """Whether both figures say what they count, and one isn't a percentage where the other is none."""
        if self.sentence.is_row:
            return self.before.is_percent == self.after.is_percent
        before, after = read_unit(self.before), read_unit(self.after)
        return bool(before or after) and self.before.is_percent == self.after.is_percent


def read_unit(figure: Figure) -> str:
    """The unit of a figure; a verb that stands behind it is none."""
    return "" if _VERBS.match(figure.unit) else figure.unit


def find_pairs(sentence: Sentence) -> tuple[Pair, ...]:
    """The pairs in a sentence (由85%提高到95%), or in a row of a table that has two figures or more."""
    figures = find_figures(sentence.text)
    if sentence.is_row:
        return (Pair(figures[0], figures[-1], sentence),) if len(figures) >= 2 else ()
    found: list[Pair] = []
    for before, after in pairwise(figures):
        ahead, between = sentence.text[: before.start], sentence.text[before.end : after.start]
        arrow = re.search(r"→|->|➜|⟶", between) is not None
        told = _DIRECT.fullmatch(between) or (_FROM.search(ahead) and _TO.search(between))
        if len(between) <= _LONGEST_BETWEEN and (arrow or told):
            found.append(Pair(before, after, sentence))
    return tuple(found)


def judge_text(content: DocumentContent, params: Params, reporter: TextReporter) -> Iterator[Diagnostic]:
    """C131 when there are too few pairs, C132 (可) for a pair without units."""
    section = find_section(content, params.part)
    sentences = read_sentences(content, params.part)
    if section is None or not sentences:
        return
    pairs = [pair for sentence in sentences for pair in find_pairs(sentence)]
    if len(pairs) < params.min:
        at = sentences[0].location
        yield reporter.report("C131", section, at, title=section.title, count=len(pairs), least=params.min)
    for pair in pairs:
        if not pair.has_units:
            said = {"before": pair.before.text, "after": pair.after.text, "sentence": shorten(pair.sentence.text)}
            yield reporter.report("C132", section, pair.sentence.location, "可", **said)


def shorten(text: str, longest: int = 40) -> str:
    """The beginning of a sentence, as a message shows it."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def check(checked: CheckSubject, params: Params, rule: RuleSpec) -> Iterator[Diagnostic]:
    """Judge each planned document of that kind."""
    yield from judge_records(checked, params, rule, judge_text)
