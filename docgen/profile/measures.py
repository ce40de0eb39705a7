"""Measures of a survey before the work: an indicator's first value, which needs no second place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from docgen.content.figures import read_number
from docgen.profile.forms import attribute_name
from docgen.profile.model import Profile
from docgen.record.enterprise import Indicator
from docgen.record.parts import MeasuredLine
from docgen.record.record import Record

_BOUND = re.compile(r"\s*[≥≤<>=约＜＞]")


def list_measured(profile: Profile, record: Record) -> Iterator[tuple[str | None, str, str]]:
    """Of each line with a value and the indicator that it measures: whose it is, the indicator's key, the value."""
    forms = getattr(record, "forms", None)
    for document in profile.documents:
        if document.checklist is None or document.checklist.measures is None:
            continue
        for entry in getattr(forms, attribute_name(document.id), ()):
            for spec in document.iterate_lines():
                line: MeasuredLine = getattr(entry.lines, spec.key)
                if line.value is not None and line.indicator is not None:
                    yield getattr(entry, "of", None), line.indicator, line.value


def take_measured(profile: Profile, record: Record) -> Record:
    """The record whose indicators begin with the value that the survey found, where they give none of their own.

    Of several lines the first counts. A figure is taken without its unit; what is no figure, or only a bound, is left
    for an indicator in words.
    """
    measured: dict[tuple[str | None, str], str] = {}
    for owner, indicator, value in list_measured(profile, record):
        measured.setdefault((owner, indicator), value)
    if not measured:
        return record
    enterprises = []
    for enterprise in record.enterprises:
        indicators = tuple(_begin(item, measured.get((enterprise.key, item.key))) for item in enterprise.indicators)
        enterprises.append(enterprise.model_copy(update={"indicators": indicators}))
    return record.model_copy(update={"enterprises": tuple(enterprises)})


def _begin(indicator: Indicator, value: str | None) -> Indicator:
    if value is None or indicator.before is not None:
        return indicator
    before: Any = value if indicator.direction in ("yes_no", "text") else read_exactly(value)
    return indicator if before is None else indicator.model_copy(update={"before": before})


def read_exactly(value: str) -> Decimal | None:
    """A figure without its unit; None for words and for a bound (≤1.0)."""
    return None if _BOUND.match(value) else read_number(value)
