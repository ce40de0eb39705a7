"""Models the values of a template's expressions, and the scope of names that an expression stands in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from docgen.render.context.types import ANY, Shape


@dataclass(frozen=True, slots=True)
class AbsentName:
    """A name on the way to a value that may be absent: its origin, its type, and its spelling in the tag."""

    origin: str
    shape: Shape
    spelled: str


@dataclass(frozen=True, slots=True)
class Value:
    """The value of an expression: its type, the name it was read from, and the first name that may be absent.

    ``origin`` is a full name such as ``form.opinions[].text``.
    """

    shape: Shape
    origin: str | None = None
    gap: AbsentName | None = None


UNKNOWN = Value(ANY)


@dataclass(slots=True)
class NameScope:
    """The scope of an expression: the declared names (None: any), the local ones, those guaranteed to be present."""

    names: Mapping[str, Value] | None
    local: dict[str, Value] = field(default_factory=dict)
    guards: frozenset[str] = frozenset()

    def find(self, name: str) -> Value | None:
        """Find the value of a name; None where it is unknown."""
        if name in self.local:
            return self.local[name]
        return Value(ANY, name) if self.names is None else self.names.get(name)

    def list_names(self) -> tuple[str, ...]:
        """List the names of the scope."""
        return (*self.local, *(self.names or ()))
