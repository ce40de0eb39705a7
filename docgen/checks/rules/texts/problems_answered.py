"""Checks that a later part of a text comes back to what an earlier part calls a problem.

This is a guess: a sentence counts as answered when the later part shares three characters in a row with it, or two
different pairs of characters, that aren't common words. A fault is a hint to look again, never a verdict.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, TextFault
from docgen.checks.parameters import Parameter
from docgen.checks.shared.texts import find_section, judge_records, read_sentences, report_text
from docgen.content.figures import Sentence
from docgen.content.model import DocumentContent
from docgen.content.shown_names import shorten
from docgen.record.types import Part, Text

_COUNTED = re.compile(
    r"(?:^|[：:，,])\s*(?:[一二三四五六七八九十]+是|第?[一二三四五六七八九十\d]+[、.．)）]|[（(][一二三四五六\d]+[)）]|其[一二三四五六])"
)
_SHORTEST = 6


class Params(Part):
    """``problems`` and ``answers`` are the keys of two parts of a document; ``common`` words don't count."""

    document: Annotated[Text, Parameter("the report", "document")]
    problems: Annotated[Text, Parameter("the heading with the problems", "part", of="document")]
    answers: Annotated[Text, Parameter("the heading whose text must come back to each", "part", of="document")]
    common: Annotated[tuple[Text, ...], Parameter("words that don't count")] = ()


def list_paths(params: Params) -> Iterable[str]:  # noqa: ARG001 - the signature of all checks
    """List no paths: the text is found by its document."""
    return ()


def list_problems(sentences: list[Sentence]) -> list[Sentence]:
    """List the sentences that state problems: numbered ones (一是…), where there are two or more; else all."""
    counted = [sentence for sentence in sentences if _COUNTED.search(sentence.text)]
    chosen = counted if len(counted) >= 2 else [sentence for sentence in sentences if not sentence.is_row]
    return [sentence for sentence in chosen if len(sentence.text) >= _SHORTEST]


@lru_cache(maxsize=256)  # the answer is compared with each problem
def list_terms(text: str, common: tuple[str, ...], length: int) -> tuple[str, ...]:
    """List the terms of a text: each ``length`` characters in a row, without digits, punctuation and common words."""
    bare = unicodedata.normalize("NFKC", text).casefold()
    for word in sorted(common, key=len, reverse=True):
        bare = bare.replace(word, " ")
    pieces = re.findall(r"[a-z\u3400-\u9fff]+", _COUNTED.sub(" ", bare))
    return tuple(piece[at : at + length] for piece in pieces for at in range(len(piece) - length + 1))


def is_answered(problem: str, answer: str, common: tuple[str, ...]) -> bool | None:
    """Whether an answer shares terms with a problem; None where the problem has no terms."""
    terms = list_terms(problem, common, 2)
    if not terms:
        return None
    if set(list_terms(problem, common, 3)) & set(list_terms(answer, common, 3)):
        return True
    answer_terms = set(list_terms(answer, common, 2))
    shared: list[str] = []
    for term in terms:
        if term in answer_terms and not any(term[0] == other[-1] or term == other for other in shared[-1:]):
            shared.append(term)
    return len(set(shared)) >= 2


def count_answers(content: DocumentContent, params: Params) -> tuple[int, int]:
    """Count the problems that the later part comes back to, and those for which that can be judged."""
    answer = "\n".join(item.text for item in read_sentences(content, params.answers))
    problems = list_problems(read_sentences(content, params.problems))
    verdicts = [is_answered(item.text, answer, params.common) for item in problems]
    return sum(verdict is True for verdict in verdicts), sum(verdict is not None for verdict in verdicts)


def judge_text(content: DocumentContent, params: Params) -> Iterator[TextFault]:
    """Report C136 for each problem that the later part doesn't come back to."""
    section, answers = find_section(content, params.problems), find_section(content, params.answers)
    answer = "\n".join(item.text for item in read_sentences(content, params.answers))
    if section is None or answers is None or not answer:
        return
    for sentence in list_problems(read_sentences(content, params.problems)):
        if is_answered(sentence.text, answer, params.common) is False:
            sentence_text = shorten(sentence.text)
            yield report_text("C136", section, sentence.location, sentence=sentence_text, title=answers.title)


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Judge each planned document of that kind."""
    yield from judge_records(checked, params, judge_text)
