"""Checks that the figures in a text are the record's: each indicator's before and after, where it is named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter, Per
from docgen.checks.shared.figure_pairs import find_pairs, read_unit
from docgen.checks.shared.scope import ItemScope, in_each_scope
from docgen.content.figures import Figure, Sentence, find_figures, fold_widths, list_sentences
from docgen.content.model import Narrative
from docgen.content.shown_names import shorten
from docgen.diagnostics import NOWHERE
from docgen.profile.document import Level
from docgen.profile.paths import Place, PlacedValue
from docgen.record.enterprise import Indicator
from docgen.record.scoring import judge_indicator
from docgen.record.types import Part, Text

_OTHER_SUBJECT = re.compile(r"[\u4e00-\u9fff](?:率|度|数|额|量|比例|时间|周期|成本|收入|费用|损失|人数|占)")
_PERCENT = ("%", "％", "百分比", "百分率")


class Params(Part):
    """``results`` is the prose that states the reached indicators; ``also`` other prose that may not contradict them.

    ``each`` is the level of a single reached indicator that isn't stated; without it, it is enough that one is.
    """

    indicators: Annotated[Text, Parameter("the indicators", "rows", type="indicator")]
    results: Annotated[Text, Parameter("the prose that states the results", "path")]
    also: Annotated[tuple[Text, ...], Parameter("other prose that may not contradict them", "path")] = ()
    each: Annotated[
        Level | None, Parameter("the level of one reached indicator that isn't stated; without it: not reported")
    ] = None
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of the indicators and of all prose."""
    return (f"{params.indicators}.after", params.results, *params.also)


@dataclass(frozen=True, slots=True)
class _IndicatorFigures:
    """An indicator with its figures: those that a text may state of it."""

    place: Place
    indicator: Indicator
    before: Decimal
    after: Decimal

    @property
    def is_percent(self) -> bool:
        return self.indicator.unit in _PERCENT

    @property
    def allowed(self) -> set[Decimal]:
        """The three figures, their difference, and the change in percent, rounded to zero, one or two decimals."""
        allowed = {self.before, self.after}
        if isinstance(self.indicator.target, Decimal):
            allowed.add(self.indicator.target)
        change = abs(self.after - self.before)
        allowed.add(change)
        if self.before:
            relative = change * 100 / abs(self.before)
            allowed |= {relative.quantize(Decimal(step), ROUND_HALF_UP) for step in ("1", "0.1", "0.01")}
        return allowed

    def counts(self, figure: Figure) -> bool:
        """Whether a figure can be the indicator's: both are percentages, or it has the indicator's unit."""
        if self.is_percent:
            return figure.is_percent
        unit = self.indicator.unit or ""
        return not figure.is_percent and (read_unit(figure).startswith(unit) if unit else not read_unit(figure))


@in_each_scope
def check(checked: CheckSubject, scope: ItemScope, params: Params) -> Iterator[Fault]:
    """Report C133 when no reached indicator is stated, C135 for some that aren't, C134 for contradicting figures."""
    indicators = [figures for item in scope.find(params.indicators) if (figures := _read_figures(item)) is not None]
    results = [text for text in scope.find(params.results) if isinstance(text.value, Narrative) and text.value]
    for text in results:
        yield from _check_stated(params, text, indicators)
    others = [text for path in params.also for text in scope.find(path) if isinstance(text.value, Narrative)]
    for text in (*results, *others):
        for sentence in list_sentences(text.value.blocks):
            yield from _check_sentence(checked, text, sentence, indicators)


def _read_figures(item: PlacedValue) -> _IndicatorFigures | None:
    indicator: Indicator = item.value
    if isinstance(indicator.before, Decimal) and isinstance(indicator.after, Decimal):
        return _IndicatorFigures(item.place, indicator, indicator.before, indicator.after)
    return None


def _check_stated(params: Params, text: PlacedValue, indicators: Sequence[_IndicatorFigures]) -> Iterator[Fault]:
    values = {figure.value for item in list_sentences(text.value.blocks) for figure in find_figures(item.text)}
    reached = [
        item for item in indicators if judge_indicator(item.indicator) == "reached" and not item.indicator.maintain
    ]
    absent = [item for item in reached if not {item.before, item.after} <= values]
    if not absent:
        return
    none_stated = len(absent) == len(reached)
    if not none_stated and params.each is None:
        return
    yield report(
        "C133" if none_stated else "C135",
        text.place,
        None if none_stated else params.each,
        names="、".join(_format_figures(item) for item in absent),
        other=absent[0].place,
    )


def _format_figures(item: _IndicatorFigures) -> str:
    unit = item.indicator.unit or ""
    return f"{item.indicator.name} {item.before:f}{unit}→{item.after:f}{unit}"


def _check_sentence(
    checked: CheckSubject, text: PlacedValue, sentence: Sentence, indicators: Sequence[_IndicatorFigures]
) -> Iterator[Fault]:
    where = checked.locate(text.place, False)
    is_own_file = where.file is not None and sentence.location.file == where.file
    folded = fold_widths(sentence.text)
    places = _find_names(folded, indicators)
    for index, (start, item) in enumerate(places):
        end = places[index + 1][0] if index + 1 < len(places) else len(folded)
        rest = Sentence(folded[start + len(item.indicator.name) : end], sentence.location, sentence.is_row)
        for figure, attribute in _find_wrong(rest, item):
            place = (*item.place, attribute)
            yield replace(
                report(
                    "C134",
                    text.place,
                    name=item.indicator.name,
                    figure=figure.text,
                    sentence=shorten(sentence.text),
                    label=checked.name_field(place),
                    value=f"{getattr(item, attribute):f}{item.indicator.unit or ''}",
                    other=place,
                ),
                location=sentence.location if is_own_file else NOWHERE,
            )


def _find_names(text: str, indicators: Sequence[_IndicatorFigures]) -> list[tuple[int, _IndicatorFigures]]:
    """Find where a text names indicators; names inside a longer one are left out."""
    names = [(at, item) for item in indicators if (at := text.find(fold_widths(item.indicator.name))) >= 0]
    spans = [(at, at + len(item.indicator.name)) for at, item in names]
    outer = [
        (at, item)
        for (at, item), (start, end) in zip(names, spans, strict=True)
        if not any(low <= start and end <= high and (low, high) != (start, end) for low, high in spans)
    ]
    return sorted(outer, key=lambda entry: entry[0])


def _find_wrong(rest: Sentence, item: _IndicatorFigures) -> Iterator[tuple[Figure, str]]:
    """Find figures behind an indicator's name that aren't the indicator's, with the attribute that each contradicts."""
    scope = rest if rest.is_row else Sentence(_take_clauses(rest.text), rest.location)
    firsts = {pair.before.start for pair in find_pairs(scope)} if not rest.is_row else set()
    figures = [figure for figure in find_figures(scope.text) if rest.is_row or item.counts(figure)]
    for at, figure in enumerate(figures):
        if figure.value not in item.allowed:
            is_first = figure.start in firsts or (rest.is_row and at == 0)
            yield figure, "before" if is_first else "after"


def _take_clauses(text: str) -> str:
    """Take the clauses about the indicator: up to one with a subject of its own."""
    clauses: list[str] = []
    for at, clause in enumerate(re.split(r"(?<=[，,])", text)):
        head = re.split(r"\d", clause, maxsplit=1)[0]
        if at and _OTHER_SUBJECT.search(head):
            break
        clauses.append(clause)
    return "".join(clauses)
