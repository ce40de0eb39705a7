"""Codes: one of an enterprise that another has, administrative divisions that don't exist, odd retention periods."""

from __future__ import annotations

from collections.abc import Iterator

from docgen.checks.doubts.days import find_last_day
from docgen.checks.doubts.sightings import Doubt, Ground, Sighting
from docgen.diagnostics import Term
from docgen.record.classification import RegionFault, judge_region
from docgen.record.dossier_number import USUAL_RETENTION
from docgen.record.enterprise import Enterprise


def doubt_repeated(ground: Ground) -> Iterator[Doubt]:
    """C401: an enterprise has the 统一社会信用代码 of an earlier one."""
    first: dict[str, Sighting] = {}
    for found in ground.find("uscc"):
        other = first.setdefault(found.value, found)
        if other is not found and isinstance(other.owner, Enterprise) and isinstance(found.owner, Enterprise):
            names = [item.owner.name or item.owner.key for item in (found, other)]  # type: ignore[attr-defined]
            yield Doubt("C401", found.place, found.value, {"name": names[0], "other": names[1]})


def doubt_region(ground: Ground) -> Iterator[Doubt]:
    """C406: no code of GB/T 2260; C407: one that was withdrawn before the record's time."""
    last = find_last_day(ground)
    for found in ground.find("region"):
        fault = judge_region(found.value, last.year if last is not None else None)
        if isinstance(fault, RegionFault):
            yield Doubt("C407", found.place, found.value, {"name": fault.name, "year": fault.until})
        elif fault is not None:
            reason = Term(f"checks.region.{fault}", {"value": found.value, "count": len(found.value)})
            yield Doubt("C406", found.place, found.value, {"reason": reason})


def doubt_retention(ground: Ground) -> Iterator[Doubt]:
    """C409: a retention period that the rules don't have."""
    for found in ground.find("retention"):
        if found.value not in USUAL_RETENTION:
            yield Doubt("C409", found.place, found.value, {"usual": "、".join(USUAL_RETENTION)})
