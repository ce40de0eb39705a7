"""The horizon of a run: the items of the filing list up to a step, and those that come later."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from docgen.diagnostics import error
from docgen.errors import ProfileError
from docgen.profile.labels import format_choice, simplify_word
from docgen.profile.model import FilingItemSpec, Profile


@dataclass(frozen=True, slots=True)
class Horizon:
    """The horizon: the project as if it ended at ``step``. Documents of ``later`` items aren't required, made or filed.

    For items that run along with the project (``along``) existing documents are filed, and none is required.
    """

    profile: Profile
    step: FilingItemSpec
    later: frozenset[str]
    along: frozenset[str]

    @property
    def documents(self) -> tuple[str, ...]:
        """The ids of the document types that may be made: all except those of later items."""
        items = {document.id: self.profile.find_filing_item(document.id) for document in self.profile.documents}
        return tuple(name for name, item in items.items() if item is None or item.key not in self.later)

    def holds(self, item: FilingItemSpec | None) -> bool:
        """Whether a filing item is within the horizon; documents without an item (None) are."""
        return item is None or item.key not in self.later


def find_horizon(profile: Profile, name: str) -> Horizon:
    """The horizon at a step: a filing item by key, label, or both.

    For an item that runs along with the project all items before it in the filing list are required. ProfileError P150
    if there is no such item, P151 if several have the name.
    """
    matches = _find_items(profile, name)
    if len(matches) != 1:
        names = "、".join(format_choice(item.label, item.key) for item in matches or profile.filing.items)
        raise ProfileError(error("P151" if matches else "P150", name=name, known=names))
    step, keys = matches[0], [item.key for item in profile.filing.items]
    in_course = {key for together in profile.filing.steps for key in together}
    reached = [step.key] if step.key in in_course else keys[: keys.index(step.key)]
    along = frozenset(keys) - in_course - {step.key}
    return Horizon(profile, step, list_later(profile, reached), along)


def list_later(profile: Profile, keys: Collection[str]) -> frozenset[str]:
    """The keys of the filing items that come after all of these; none where all of these run along."""
    steps = profile.filing.steps
    last = max((number for number, together in enumerate(steps) if set(together) & set(keys)), default=len(steps))
    return frozenset(key for together in steps[last + 1 :] for key in together)


def _find_items(profile: Profile, name: str) -> list[FilingItemSpec]:
    """The item of that key; else those of that label, with or without the key before it."""
    items, word = profile.filing.items, simplify_word(name)
    by_key = [item for item in items if simplify_word(item.key) == word]
    return by_key or [
        item for item in items if word in (simplify_word(item.label), simplify_word(item.key + item.label))
    ]
