"""The archive rules in force: read from data beside this module, listed in every package."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from docgen.archive.plan.model import RuleInForce


@cache
def list_rules_in_force() -> tuple[RuleInForce, ...]:
    """The rules in force; each says how far it was read (``read``)."""
    import yaml

    text = Path(__file__).with_name("rules.yaml").read_text("utf-8")
    return tuple(RuleInForce.model_validate(row) for row in yaml.load(text, yaml.CSafeLoader))
