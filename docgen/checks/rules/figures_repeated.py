"""Are the figures that a text tells those of the record? Each indicator's before and after, where the text names it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Per, Says
from docgen.checks.shared.figure_pairs import find_pairs, read_unit
from docgen.checks.shared.scope import ItemScope, in_each_scope
from docgen.content.figures import Figure, Sentence, find_figures, fold_widths, list_sentences
from docgen.content.model import Narrative
from docgen.content.shown_names import shorten
from docgen.diagnostics import NOWHERE
from docgen.profile.document import Level
from docgen.profile.paths import Found
from docgen.record.enterprise import Indicator
from docgen.record.scoring import judge_indicator
from docgen.record.types import Part, Text

_OTHER_SUBJECT = re.compile(r"[\u4e00-\u9fff](?:率|度|数|额|量|比例|时间|周期|成本|收入|费用|损失|人数|占)")
_PERCENT = ("%", "％", "百分比", "百分率")


class Params(Part):
    """``results`` is the prose that tells the reached indicators; ``also`` is other prose that mustn't contradict them.

    ``each`` is how grave it is when a single reached indicator isn't told; without it that is nobody's fault, so long
    as one is.
    """

    indicators: Annotated[Text, Says("the indicators", "rows", type="indicator")]
    results: Annotated[Text, Says("the prose that tells what was reached", "path")]
    also: Annotated[tuple[Text, ...], Says("other prose that may not contradict them", "path")] = ()
    each: Annotated[
        Level | None, Says("how grave it is when one indicator that was reached isn't told; unsaid: nothing is told")
    ] = None
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """The paths of the indicators and of all prose."""
    return (f"{params.indicators}.after", params.results, *params.also)


@dataclass(frozen=True, slots=True)
class _Told:
    """An indicator with its figures: what a text may say of it."""

    found: Found
    indicator: Indicator
    before: Decimal
    after: Decimal

    @property
    def is_percent(self) -> bool:
        return self.indicator.unit in _PERCENT

    @property
    def allowed(self) -> set[Decimal]:
        """The three figures, their difference, and the change in percent, rounded to whole ones or one decimal."""
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
        """Whether a figure is of the indicator's own kind: a percentage, or behind it the indicator's unit."""
        if self.is_percent:
            return figure.is_percent
        unit = self.indicator.unit or ""
        return not figure.is_percent and (read_unit(figure).startswith(unit) if unit else not read_unit(figure))


@in_each_scope
def check(checked: CheckSubject, scope: ItemScope, params: Params) -> Iterator[Fault]:
    """C133 when no reached indicator is told, C135 for those that aren't, C134 for each figure that contradicts."""
    indicators = [told for found in scope.find(params.indicators) if (told := _read(found)) is not None]
    results = [found for found in scope.find(params.results) if isinstance(found.value, Narrative) and found.value]
    for found in results:
        yield from _check_told(params, found, indicators)
    others = [found for path in params.also for found in scope.find(path) if isinstance(found.value, Narrative)]
    for found in (*results, *others):
        for sentence in list_sentences(found.value.blocks):
            yield from _check_sentence(checked, found, sentence, indicators)


def _read(found: Found) -> _Told | None:
    indicator: Indicator = found.value
    if isinstance(indicator.before, Decimal) and isinstance(indicator.after, Decimal):
        return _Told(found, indicator, indicator.before, indicator.after)
    return None


def _check_told(params: Params, text: Found, indicators: Sequence[_Told]) -> Iterator[Fault]:
    values = {figure.value for item in list_sentences(text.value.blocks) for figure in find_figures(item.text)}
    reached = [
        item for item in indicators if judge_indicator(item.indicator) == "reached" and not item.indicator.maintain
    ]
    absent = [item for item in reached if not {item.before, item.after} <= values]
    if not absent:
        return
    untold = len(absent) == len(reached)
    if not untold and params.each is None:
        return
    yield report(
        "C133" if untold else "C135",
        text.place,
        None if untold else params.each,
        names="、".join(_format_told(item) for item in absent),
        other=absent[0].found.place,
    )


def _format_told(item: _Told) -> str:
    unit = item.indicator.unit or ""
    return f"{item.indicator.name} {item.before:f}{unit}→{item.after:f}{unit}"


def _check_sentence(
    checked: CheckSubject, text: Found, sentence: Sentence, indicators: Sequence[_Told]
) -> Iterator[Fault]:
    where = checked.locate(text.place, False)
    is_own_file = where.file is not None and sentence.location.file == where.file
    folded = fold_widths(sentence.text)
    places = _find_names(folded, indicators)
    for index, (start, item) in enumerate(places):
        end = places[index + 1][0] if index + 1 < len(places) else len(folded)
        told = Sentence(folded[start + len(item.indicator.name) : end], sentence.location, sentence.is_row)
        for figure, attribute in _find_wrong(told, item):
            place = (*item.found.place, attribute)
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


def _find_names(text: str, indicators: Sequence[_Told]) -> list[tuple[int, _Told]]:
    """Where a text names indicators; a name inside a longer one isn't meant."""
    found = [(at, item) for item in indicators if (at := text.find(fold_widths(item.indicator.name))) >= 0]
    spans = [(at, at + len(item.indicator.name)) for at, item in found]
    kept = [
        (at, item)
        for (at, item), (start, end) in zip(found, spans, strict=True)
        if not any(low <= start and end <= high and (low, high) != (start, end) for low, high in spans)
    ]
    return sorted(kept, key=lambda entry: entry[0])


def _find_wrong(told: Sentence, item: _Told) -> Iterator[tuple[Figure, str]]:
    """The figures behind an indicator's name that aren't its own, each with the attribute that it contradicts."""
    scope = told if told.is_row else Sentence(_take_clauses(told.text), told.location)
    firsts = {pair.before.start for pair in find_pairs(scope)} if not told.is_row else set()
    figures = [figure for figure in find_figures(scope.text) if told.is_row or item.counts(figure)]
    for at, figure in enumerate(figures):
        if figure.value not in item.allowed:
            is_first = figure.start in firsts or (told.is_row and at == 0)
            yield figure, "before" if is_first else "after"


def _take_clauses(text: str) -> str:
    """What is still said of the indicator: up to the clause that has a subject of its own."""
    kept: list[str] = []
    for at, clause in enumerate(re.split(r"(?<=[，,])", text)):
        head = re.split(r"\d", clause, maxsplit=1)[0]
        if at and _OTHER_SUBJECT.search(head):
            break
        kept.append(clause)
    return "".join(kept)
