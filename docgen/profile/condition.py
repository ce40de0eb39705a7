"""Conditions: when a document, a filing item or a rule is asked for. Data, never a program."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from docgen.record.types import Part, Text, Whole, refuse


class CountCondition(Part):
    """How many items there are at a path."""

    of: Text
    min: Whole | None = None
    max: Whole | None = None


class ValueCondition(Part):
    """A path and the value or values that it is compared with."""

    path: Text
    value: Text | None = None
    values: tuple[Text, ...] = ()


class Condition(Part):
    """Exactly one of present, absent, equals, in, count; or one ``all`` / ``any`` around such."""

    present: Text | None = None
    absent: Text | None = None
    equals: ValueCondition | None = None
    in_: ValueCondition | None = Field(default=None, alias="in")
    count: CountCondition | None = None
    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()

    @model_validator(mode="after")
    def _check_single(self) -> Self:
        kinds = [name for name in type(self).model_fields if getattr(self, name)]
        if len(kinds) != 1:
            raise refuse("P114")
        nested = self.all or self.any
        if any(item.all or item.any for item in nested):
            raise refuse("P115")
        return self


Condition.model_rebuild()
