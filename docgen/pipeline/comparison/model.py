"""A difference as data: what it is about, the value before and the value after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from docgen.diagnostics import NOWHERE, Diagnostic, Location, Param

Area = Literal["package", "item", "file", "field", "section", "cell", "score", "rule"]
Kind = Literal["added", "removed", "changed"]
Side = Literal["record", "package", "document", "workbook"]

AREAS: tuple[Area, ...] = ("package", "item", "file", "field", "section", "cell", "score", "rule")
"""The order in which differences are listed."""


def find_kind(before: object, after: object) -> Kind:
    """Whether something was added, removed or changed; None stands for what is absent."""
    return "added" if before is None else "removed" if after is None else "changed"


@dataclass(frozen=True, slots=True)
class LineChange:
    """A paragraph, a list item or a row of a table that was added or removed."""

    kind: Literal["added", "removed"]
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``names`` lead to it from the outside in: 企业, its name, the field.

    ``before`` and ``after`` are its values as people write them, None where absent; of a text they are its lengths, and
    ``lines`` are those added and removed. The finding of a rule has its ``diagnostic``.
    """

    area: Area
    kind: Kind
    names: tuple[Param, ...] = ()
    before: Param | None = None
    after: Param | None = None
    lines: tuple[LineChange, ...] = ()
    place_before: Location = NOWHERE
    place_after: Location = NOWHERE
    diagnostic: Diagnostic | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences between two files of one kind, by area."""

    side: Side
    changes: tuple[Change, ...]

    def select(self, area: Area) -> tuple[Change, ...]:
        """The differences of one area, in the order of what is compared."""
        return tuple(change for change in self.changes if change.area == area)
