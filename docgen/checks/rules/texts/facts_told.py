"""Checks that a part of a text states the facts that the clause asks for, by words and patterns for each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import model_validator

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, TextFault
from docgen.checks.parameters import Parameter
from docgen.checks.shared.texts import check_patterns, find_section, judge_records, read_sentences, report_text
from docgen.content.figures import list_sentences
from docgen.content.model import DocumentContent
from docgen.record.types import Part, Text


class WantedFact(Part):
    """A fact by its name; any of ``words`` or a match of any of ``patterns`` (regular expressions) shows it."""

    key: Annotated[Text, Parameter("a name for the fact")]
    label: Annotated[Text, Parameter("what a user calls it")]
    words: Annotated[tuple[Text, ...], Parameter("words of which any shows it")] = ()
    patterns: Annotated[tuple[Text, ...], Parameter("regular expressions of which any shows it")] = ()

    @model_validator(mode="after")
    def _check_patterns(self) -> WantedFact:
        check_patterns(self.patterns)
        return self


class Params(Part):
    """The part under the key ``part`` of a document states all ``facts``; without ``part``, any part does."""

    document: Annotated[Text, Parameter("the report", "document")]
    part: Annotated[Text | None, Parameter("the heading that is read; without it: all", "part", of="document")] = None
    facts: tuple[WantedFact, ...]


def list_paths(params: Params) -> Iterable[str]:  # noqa: ARG001 - the signature of all checks
    """List no paths: the text is found by its document."""
    return ()


def find_fact(fact: WantedFact, text: str) -> str | None:
    """Find the words of a text that show a fact, or None."""
    folded = unicodedata.normalize("NFKC", text)
    for word in fact.words:
        if word in text:
            return word
    for pattern in fact.patterns:
        match = re.search(pattern, folded)
        if match is not None:
            return match[0]
    return None


def judge_text(content: DocumentContent, params: Params) -> Iterator[TextFault]:
    """Report C130 for facts that a part doesn't state, C271 for facts that no part states; empty parts pass."""
    if params.part is None:
        yield from _judge_whole(content, params)
        return
    section = find_section(content, params.part)
    text = "\n".join(sentence.text for sentence in read_sentences(content, params.part))
    if section is None or not text:
        return
    missing = [fact.label for fact in params.facts if find_fact(fact, text) is None]
    if missing:
        at = next((block.location for block in section.blocks), section.location)
        stated = len(params.facts) - len(missing)
        yield report_text(
            "C130", section, at, title=section.title, missing="、".join(missing), stated=stated, all=len(params.facts)
        )


def _judge_whole(content: DocumentContent, params: Params) -> Iterator[TextFault]:
    sentences = [sentence.text for section in content.sections for sentence in list_sentences(section.blocks)]
    text = "\n".join((content.title or "", *sentences))
    missing = [fact.label for fact in params.facts if find_fact(fact, text) is None]
    if sentences and missing:
        yield report_text("C271", None, missing="、".join(missing))


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Judge each planned document of that kind."""
    yield from judge_records(checked, params, judge_text)
