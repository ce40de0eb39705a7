"""Rows that follow something up: the plan for a problem, the delay recorded for a task that was late."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.parameters import Says
from docgen.record.types import Part, Text


class FollowUp(Part):
    """Rows that name in ``by`` the key of what they follow up."""

    rows: Annotated[Text, Says("the rows that follow it up", "rows")]
    by: Annotated[Text, Says("their field that names it", "field", of="rows")]


def list_named(checked: CheckSubject, followed: Sequence[FollowUp]) -> frozenset[object]:
    """The keys that are followed up by anything."""
    return frozenset(getattr(found.value, item.by) for item in followed for found in checked.subject.find(item.rows))


def is_faulty(checked: CheckSubject, followed: Sequence[FollowUp]) -> bool:
    """Whether rows failed validation that might have followed it up: then nobody can tell."""
    return any(checked.is_silenced(tuple(item.rows.removesuffix("[]").split("."))) for item in followed)
