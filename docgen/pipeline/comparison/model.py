"""A difference as data: what it is about, what stood there before, what stands there now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from docgen.diagnostics import NOWHERE, Diagnostic, Location, Param

Area = Literal["package", "item", "file", "field", "section", "cell", "score", "rule"]
Kind = Literal["added", "removed", "changed"]
Side = Literal["record", "package", "document", "workbook"]

AREAS: tuple[Area, ...] = ("package", "item", "file", "field", "section", "cell", "score", "rule")
"""The order in which differences are told."""


def find_kind(before: object, after: object) -> Kind:
    """Whether something came, went or changed; None is what isn't there."""
    return "added" if before is None else "removed" if after is None else "changed"


@dataclass(frozen=True, slots=True)
class LineChange:
    """A paragraph, a list item or a row of a table that came (``added``) or went (``removed``)."""

    kind: Literal["added", "removed"]
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``names`` lead to it from outside in: 企业, its name, the field.

    ``before`` and ``after`` are its values as people write them, None where there was none; of a text they are its
    length, and ``lines`` what came and went. A rule's outcome carries its ``diagnostic``.
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
