"""Finds rows that follow an item up: the plan for a problem, the recorded delay of a late task."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.parameters import Parameter
from docgen.record.types import Part, Text


class FollowUp(Part):
    """Rows that name in ``by`` the key of the item that they follow up."""

    rows: Annotated[Text, Parameter("the rows that follow it up", "rows")]
    by: Annotated[Text, Parameter("their field that names it", "field", of="rows")]


def list_followed_keys(checked: CheckSubject, followed: Sequence[FollowUp]) -> frozenset[object]:
    """List the keys of the items that any row follows up."""
    return frozenset(getattr(row.value, item.by) for item in followed for row in checked.subject.find(item.rows))


def has_faulty_rows(checked: CheckSubject, followed: Sequence[FollowUp]) -> bool:
    """Whether rows failed validation that might follow an item up: then the check can't judge."""
    return any(checked.is_silenced(tuple(item.rows.removesuffix("[]").split("."))) for item in followed)
