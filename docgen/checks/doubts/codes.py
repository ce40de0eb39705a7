"""Codes: two enterprises with the same code, administrative divisions that don't exist, odd retention periods."""

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
    for sighting in ground.find("uscc"):
        earlier = first.setdefault(sighting.value, sighting)
        if earlier is not sighting and isinstance(earlier.owner, Enterprise) and isinstance(sighting.owner, Enterprise):
            names = [item.owner.name or item.owner.key for item in (sighting, earlier)]  # type: ignore[attr-defined]
            yield Doubt("C401", sighting.place, sighting.value, {"name": names[0], "other": names[1]})


def doubt_region(ground: Ground) -> Iterator[Doubt]:
    """C406: not a code of GB/T 2260; C407: a code that was withdrawn before the record's last day."""
    last = find_last_day(ground)
    for sighting in ground.find("region"):
        fault = judge_region(sighting.value, last.year if last is not None else None)
        if isinstance(fault, RegionFault):
            yield Doubt("C407", sighting.place, sighting.value, {"name": fault.name, "year": fault.until})
        elif fault is not None:
            reason = Term(f"checks.region.{fault}", {"value": sighting.value, "count": len(sighting.value)})
            yield Doubt("C406", sighting.place, sighting.value, {"reason": reason})


def doubt_retention(ground: Ground) -> Iterator[Doubt]:
    """C409: a retention period that the archive rules don't provide for."""
    for sighting in ground.find("retention"):
        if sighting.value not in USUAL_RETENTION:
            yield Doubt("C409", sighting.place, sighting.value, {"usual": "、".join(USUAL_RETENTION)})
