"""Compare two parts of a record field by field; items of lists are matched by their keys, else by their content."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from pydantic import BaseModel

from docgen.content.model import Narrative
from docgen.diagnostics import NOWHERE, Location, Param, Term
from docgen.pipeline.comparison.model import Change, find_kind
from docgen.pipeline.comparison.prose import compare_text, list_lines
from docgen.profile.faults import name_label
from docgen.profile.paths import Place
from docgen.profile.subject import is_present

Locate = Callable[[Place, bool], Location]

_IDENTITIES = ("key", "of")
_FORMS = "forms"
_NAMES = ("name", "title", "label", "file", "item")


@dataclass(frozen=True, slots=True)
class ComparedValue:
    """One of the two values that are compared: the value, its place, and how to locate a place in the user's file."""

    value: Any
    place: Place
    locate: Locate

    def step(self, name: str | int, value: Any) -> ComparedValue:
        """The compared value inside this one."""
        return ComparedValue(value, (*self.place, name), self.locate)

    @property
    def location(self) -> Location:
        """Where the value is in the user's file; nowhere when it is absent."""
        return self.locate(self.place, False) if is_present(self.value) else NOWHERE


class FieldComparer:
    """Compares models; ``name_item`` gives the name for a key (of an enterprise, of a party)."""

    def __init__(self, name_item: Callable[[str], str]) -> None:
        self._name_item = name_item

    def compare(self, names: tuple[Param, ...], before: ComparedValue, after: ComparedValue) -> Iterator[Change]:
        """Compare every field of two models; a field that only one of them has is absent in the other."""
        fields: dict[str, tuple[str, Any, type[BaseModel]]] = {}
        for half in (before, after):
            if isinstance(half.value, BaseModel):
                for attribute, info in type(half.value).model_fields.items():
                    fields.setdefault(attribute, (info.alias or attribute, info, type(half.value)))
        for attribute, (alias, info, owner) in fields.items():
            if attribute in _IDENTITIES:
                continue
            # each form has a name of its own, so the list of forms needs none
            label = () if attribute == _FORMS else (info.title or Term(f"label.{name_label(owner, attribute)}"),)
            old = before.step(alias, getattr(before.value, attribute, None))
            new = after.step(alias, getattr(after.value, attribute, None))
            yield from self._compare_values((*names, *label), old, new)

    def _compare_values(
        self, names: tuple[Param, ...], before: ComparedValue, after: ComparedValue
    ) -> Iterator[Change]:
        if before.value == after.value or not (is_present(before.value) or is_present(after.value)):
            return
        values = (before.value, after.value)
        if any(isinstance(value, Narrative) for value in values):
            yield from compare_text(
                names,
                _read_blocks(before.value),
                _read_blocks(after.value),
                place_before=before.location,
                place_after=after.location,
            )
        elif any(isinstance(value, BaseModel) for value in values):
            yield from self.compare(names, before, after)
        elif any(isinstance(item, BaseModel) for value in values if isinstance(value, tuple) for item in value):
            yield from self._compare_items(names, before, after)
        elif any(isinstance(value, Mapping) for value in values):
            yield from self._compare_entries(names, before, after)
        else:
            yield self._describe(names, before, after)

    def _compare_entries(
        self, names: tuple[Param, ...], before: ComparedValue, after: ComparedValue
    ) -> Iterator[Change]:
        old, new = before.value or {}, after.value or {}
        for key in dict.fromkeys([*old, *new]):
            name = (*names, self._name_item(str(key)))
            yield from self._compare_values(name, before.step(key, old.get(key)), after.step(key, new.get(key)))

    def _compare_items(self, names: tuple[Param, ...], before: ComparedValue, after: ComparedValue) -> Iterator[Change]:
        old, new = before.value or (), after.value or ()
        for at, to in match_items(old, new):
            one = before.step(at, old[at]) if at is not None else None
            other = after.step(to, new[to]) if to is not None else None
            named = other or one
            assert named is not None
            name = (*names, self._name_of(named.value, to if to is not None else at or 0))
            if one is None or other is None:
                place_before = one.location if one is not None else NOWHERE
                place_after = other.location if other is not None else NOWHERE
                yield Change("field", find_kind(one, other), name, place_before=place_before, place_after=place_after)
            else:
                yield from self.compare(name, one, other)

    def _name_of(self, item: BaseModel, at: int) -> Param:
        holder = getattr(item, "of", None)
        if isinstance(holder, str):
            return self._name_item(holder)
        for attribute in _NAMES:
            value = getattr(item, attribute, None)
            if isinstance(value, str) and value:
                return value
        key = getattr(item, "key", None)
        return key if isinstance(key, str) else Term("diff.row", {"number": at + 1})

    def _describe(self, names: tuple[Param, ...], before: ComparedValue, after: ComparedValue) -> Change:
        old, new = (format_value(half.value) if is_present(half.value) else None for half in (before, after))
        return Change("field", find_kind(old, new), names, old, new, (), before.location, after.location)


def match_items(before: Sequence[Any], after: Sequence[Any]) -> list[tuple[int | None, int | None]]:
    """Match items by their keys; gives pairs of indexes.

    Items without a key are aligned by their content; those between two equal ones are paired in order.
    """
    if all(_identify(item) is not None for item in (*before, *after)):
        old = {_identify(item): at for at, item in enumerate(before)}
        new = {_identify(item): at for at, item in enumerate(after)}
        return [(old.get(key), new.get(key)) for key in dict.fromkeys([*old, *new])]
    pairs: list[tuple[int | None, int | None]] = []
    old_texts, new_texts = ([repr(item) for item in side] for side in (before, after))
    for _operation, start, stop, new_start, new_stop in SequenceMatcher(
        None, old_texts, new_texts, False
    ).get_opcodes():
        both = min(stop - start, new_stop - new_start)
        pairs += ((start + step, new_start + step) for step in range(both))
        pairs += ((at, None) for at in range(start + both, stop))
        pairs += ((None, to) for to in range(new_start + both, new_stop))
    return pairs


def _identify(item: Any) -> str | None:
    return next((value for name in _IDENTITIES if isinstance(value := getattr(item, name, None), str)), None)


def _read_blocks(value: Any) -> Any:
    return value.blocks if isinstance(value, Narrative) and value.blocks else None


def format_optional(value: Any) -> Param | None:
    """Format a value as people write it; None for an absent one."""
    return format_value(value) if value is not None and value != "" else None


def format_value(value: Any) -> Param:
    """Format a value as people write it: dates with dashes, several texts joined by 、, yes and no in words."""
    if isinstance(value, bool):
        return Term("diff.yes" if value else "diff.no")
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, Narrative):
        return "\n".join(list_lines(value.blocks))
    if isinstance(value, tuple):
        return "、".join(str(item) for item in value)
    return str(value)
