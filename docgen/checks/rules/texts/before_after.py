"""Checks that a part of a text compares figures before and after, each with its unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, TextFault
from docgen.checks.parameters import Parameter
from docgen.checks.shared.figure_pairs import find_pairs
from docgen.checks.shared.texts import find_section, judge_records, read_sentences, report_text
from docgen.content.model import DocumentContent
from docgen.content.shown_names import shorten
from docgen.record.types import Part, Text, Whole


class Params(Part):
    """The part under the key ``part`` of a document has at least ``min`` pairs of figures."""

    document: Annotated[Text, Parameter("the report", "document")]
    part: Annotated[Text, Parameter("the heading whose text is read", "part", of="document")]
    min: Annotated[Whole, Parameter("how many pairs of figures there must be", "number")] = 1


def list_paths(params: Params) -> Iterable[str]:  # noqa: ARG001 - the signature of all checks
    """List no paths: the text is found by its document."""
    return ()


def judge_text(content: DocumentContent, params: Params) -> Iterator[TextFault]:
    """Report C131 when there are too few pairs, C132 (可) for a pair without units."""
    section = find_section(content, params.part)
    sentences = read_sentences(content, params.part)
    if section is None or not sentences:
        return
    pairs = [pair for sentence in sentences for pair in find_pairs(sentence)]
    if len(pairs) < params.min:
        at = sentences[0].location
        yield report_text("C131", section, at, title=section.title, count=len(pairs), least=params.min)
    for pair in pairs:
        if not pair.has_units:
            details = {"before": pair.before.text, "after": pair.after.text, "sentence": shorten(pair.sentence.text)}
            yield report_text("C132", section, pair.sentence.location, "可", **details)


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Judge each planned document of that kind."""
    yield from judge_records(checked, params, judge_text)
