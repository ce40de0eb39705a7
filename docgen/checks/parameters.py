"""Describes a check's parameters, in its model: docs/checks.md prints it, and loading a profile checks rules by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic.fields import FieldInfo

from docgen.record.types import Text

Kind = Literal["text", "path", "rows", "field", "value", "verdict", "document", "part", "item", "number"]
"""Words for a person; the path of a value; the path of a list of rows; the name of a field of such rows; a value that a
field may have; a verdict of a check list; a document's id; the key of a document's heading; the key of a filing item; a
number."""
Wanted = Literal["any", "date", "number", "yes_no", "period", "indicator"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """The description of a parameter: what it means and what it may hold.

    ``of`` names the parameter whose rows have the field, whose field has the value, or whose document has the part or
    the verdict. ``type`` is what must stand at the path or in the field. ``keyed`` are rows that others name by their
    field ``key``.
    """

    meaning: str
    kind: Kind = "text"
    of: str = ""
    type: Wanted = "any"
    keyed: bool = False


Per = Annotated[
    Text | None, Parameter("the list whose items are looked at one by one, each with what is its own", "rows")
]
"""The list that a rule goes through item by item; without it the record is looked at as a whole."""


def read_parameter(info: FieldInfo) -> Parameter | None:
    """The description of a field of a check's parameters; None for a group of parameters."""
    return next((item for item in info.metadata if isinstance(item, Parameter)), None)
