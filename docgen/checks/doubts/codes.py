"""Codes: two enterprises with the same code, administrative divisions that don't exist, odd retention periods."""

from __future__ import annotations

from collections.abc import Iterator

from docgen.checks.doubts.days import find_last_day
from docgen.checks.doubts.recorded_values import Doubt, RecordedValue, RecordedValues
from docgen.diagnostics import Term
from docgen.record.classification import RegionFault, judge_region
from docgen.record.dossier_number import USUAL_RETENTION
from docgen.record.enterprise import Enterprise


def doubt_repeated(values: RecordedValues) -> Iterator[Doubt]:
    """C401: an enterprise has the 统一社会信用代码 of an earlier one."""
    first: dict[str, RecordedValue] = {}
    for recorded in values.find("uscc"):
        earlier = first.setdefault(recorded.value, recorded)
        if earlier is not recorded and isinstance(earlier.owner, Enterprise) and isinstance(recorded.owner, Enterprise):
            names = [item.owner.name or item.owner.key for item in (recorded, earlier)]  # type: ignore[attr-defined]
            yield Doubt("C401", recorded.place, recorded.value, {"name": names[0], "other": names[1]})


def doubt_region(values: RecordedValues) -> Iterator[Doubt]:
    """C406: not a code of GB/T 2260; C407: a code that was withdrawn before the record's last day."""
    last = find_last_day(values)
    for recorded in values.find("region"):
        fault = judge_region(recorded.value, last.year if last is not None else None)
        if isinstance(fault, RegionFault):
            yield Doubt("C407", recorded.place, recorded.value, {"name": fault.name, "year": fault.until})
        elif fault is not None:
            reason = Term(f"checks.region.{fault}", {"value": recorded.value, "count": len(recorded.value)})
            yield Doubt("C406", recorded.place, recorded.value, {"reason": reason})


def doubt_retention(values: RecordedValues) -> Iterator[Doubt]:
    """C409: a retention period that the archive rules don't provide for."""
    for recorded in values.find("retention"):
        if recorded.value not in USUAL_RETENTION:
            yield Doubt("C409", recorded.place, recorded.value, {"usual": "、".join(USUAL_RETENTION)})
