"""Does a part of a text tell the facts that the clause asks for? Words and patterns that show each are data."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import model_validator

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, TextFault
from docgen.checks.parameters import Says
from docgen.checks.shared.texts import check_patterns, find_section, judge_records, read_sentences, report_text
from docgen.content.figures import list_sentences
from docgen.content.model import DocumentContent
from docgen.record.types import Part, Text


class WantedFact(Part):
    """A fact by its name; any of ``words`` or a match of any of ``patterns`` (regular expressions) shows it."""

    key: Annotated[Text, Says("a name for the fact")]
    label: Annotated[Text, Says("what a user calls it")]
    words: Annotated[tuple[Text, ...], Says("words of which any shows it")] = ()
    patterns: Annotated[tuple[Text, ...], Says("regular expressions of which any shows it")] = ()

    @model_validator(mode="after")
    def _check_patterns(self) -> WantedFact:
        check_patterns(self.patterns)
        return self


class Params(Part):
    """The ``facts`` that the part under the key ``part`` of a document tells; without it, the text somewhere."""

    document: Annotated[Text, Says("the report", "document")]
    part: Annotated[Text | None, Says("the heading that is read; unsaid: all", "part", of="document")] = None
    facts: tuple[WantedFact, ...]


def list_paths(params: Params) -> Iterable[str]:  # noqa: ARG001 - what every check is asked
    """None: the text is found by its document."""
    return ()


def find_fact(fact: WantedFact, text: str) -> str | None:
    """The words that show a fact, as they stand in the text, or None."""
    folded = unicodedata.normalize("NFKC", text)
    for word in fact.words:
        if word in text:
            return word
    for pattern in fact.patterns:
        found = re.search(pattern, folded)
        if found is not None:
            return found[0]
    return None


def judge_text(content: DocumentContent, params: Params) -> Iterator[TextFault]:
    """C130 for facts that a part doesn't tell, C271 for those that no part does; what is empty is told elsewhere."""
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
        told = len(params.facts) - len(missing)
        yield report_text(
            "C130", section, at, title=section.title, missing="、".join(missing), told=told, all=len(params.facts)
        )


def _judge_whole(content: DocumentContent, params: Params) -> Iterator[TextFault]:
    sentences = [sentence.text for section in content.sections for sentence in list_sentences(section.blocks)]
    text = "\n".join((content.title or "", *sentences))
    missing = [fact.label for fact in params.facts if find_fact(fact, text) is None]
    if sentences and missing:
        yield report_text("C271", None, title=content.title or "", missing="、".join(missing))


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Judge each planned document of that kind."""
    yield from judge_records(checked, params, judge_text)
