"""The horizon of a run: the items of the filing list up to a step, and those that come later."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from docgen.diagnostics import error
from docgen.errors import ProfileError
from docgen.profile.labels import show_label, simplify_word
from docgen.profile.model import FilingItemSpec, Profile


@dataclass(frozen=True, slots=True)
class Horizon:
    """The project as if it ended at ``step``: of the items in ``later`` nothing is asked, made or filed.

    Of those that run along with the project (``along``) what is there is filed, and nothing is asked for.
    """

    profile: Profile
    step: FilingItemSpec
    later: frozenset[str]
    along: frozenset[str]

    @property
    def documents(self) -> tuple[str, ...]:
        """The document types that may be made, by id: all but those of later items."""
        items = {document.id: self.profile.find_filing_item(document.id) for document in self.profile.documents}
        return tuple(name for name, item in items.items() if item is None or item.key not in self.later)

    def holds(self, item: FilingItemSpec | None) -> bool:
        """Whether something filed under an item belongs to what is done; what is filed nowhere does."""
        return item is None or item.key not in self.later


def find_horizon(profile: Profile, name: str) -> Horizon:
    """What is done when the project has come to the step called so: a filing item by key, label, or both.

    A step that runs along with the project asks for all that stands before it in the filing list. ProfileError P150
    when there is no such item, P151 when several are called so.
    """
    found = _find_items(profile, name)
    if len(found) != 1:
        shown = "、".join(show_label(item.label, item.key) for item in found or profile.filing.items)
        raise ProfileError(error("P151" if found else "P150", name=name, known=shown))
    step, keys = found[0], [item.key for item in profile.filing.items]
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
    items, asked = profile.filing.items, simplify_word(name)
    by_key = [item for item in items if simplify_word(item.key) == asked]
    return by_key or [
        item for item in items if asked in (simplify_word(item.label), simplify_word(item.key + item.label))
    ]
