"""Knowledge of the values in a template: of one expression, and of all names where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from docgen.render.context.types import ANY, Shape


@dataclass(frozen=True, slots=True)
class AbsentName:
    """The first name on the way to a value that may be absent: its origin, its type, and how the tag spells it."""

    origin: str
    shape: Shape
    spelled: str


@dataclass(frozen=True, slots=True)
class Value:
    """What an expression gives.

    ``origin`` is the name it was read from (``form.opinions[].text``), ``gap`` what on the way may be absent here.
    """

    shape: Shape
    origin: str | None = None
    gap: AbsentName | None = None


NOTHING = Value(ANY)


@dataclass(slots=True)
class KnownNames:
    """Where an expression stands: the names that are known there and those that are sure to be present."""

    names: Mapping[str, Value] | None
    local: dict[str, Value] = field(default_factory=dict)
    guards: frozenset[str] = frozenset()

    def find(self, name: str) -> Value | None:
        """What a name stands for; None where nobody gives it."""
        if name in self.local:
            return self.local[name]
        return Value(ANY, name) if self.names is None else self.names.get(name)

    def list_names(self) -> tuple[str, ...]:
        """The names known here."""
        return (*self.local, *(self.names or ()))
