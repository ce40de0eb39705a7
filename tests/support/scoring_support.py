"""Indicators and rules for the tests of scores and grades."""

from __future__ import annotations

from docgen.record.enterprise import Indicator
from docgen.record.scoring import ScoringRules

RULES = ScoringRules.model_validate(
    {
        "indicators": "enterprises[].indicators[]",
        "clause": "6.9",
        "points": "10",
        "families": [{"key": f"f{number}", "label": f"Family {number}"} for number in range(9)],
        "bands": [{"grade": grade, "from": low} for grade, low in (("A", "60"), ("B", "30"), ("C", "10"), ("D", "0"))],
        "uncovered": [{"above": "0", "below": "10"}, {"from": "20", "below": "30"}],
        "outcomes": {"reached": "yes", "missed": "no", "unassessed": "open"},
        "directions": {"up": "up", "down": "down"},
        "rules": {"any": "any", "all": "all", "ratio": "ratio"},
    }
)


def make_indicator(family: str = "f0", key: str = "i", **values: str) -> Indicator:
    return Indicator.model_validate({"key": key, "family": family, "name": "n", **values})


def reach(*families: str) -> list[Indicator]:
    return [make_indicator(family, f"i-{family}", before="1", target="2", after="2") for family in families]
