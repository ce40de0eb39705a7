"""Chooses the forms of a record that belong to its standard, where it holds those of several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from docgen.profile.labels import simplify_word
from docgen.profile.paths import Place

_FORMS = "forms"
_BETWEEN = "/"


def adopt_forms(profile_id: str, data: Any, titles: Mapping[str, str] | None = None) -> tuple[Any, Mapping[str, str]]:
    """The data with the forms of one standard alone, and under which key the user has each that was renamed.

    A form is called by its document's id, by its title (``titles`` leads from those that one document has to its id),
    or ``<profile id>/<document id>``. What is called in the last way belongs to that standard; where a record of
    another standard has any for this one, they are all that it has for it.
    """
    forms = data.get(_FORMS) if isinstance(data, dict) else None
    if not isinstance(forms, dict):
        return data, {}
    called = {key: (titles or {}).get(simplify_word(str(key)), key) for key in forms}
    called = {key: name for key, name in called.items() if name != key and name not in forms}
    if called:
        forms = {called.get(key, key): value for key, value in forms.items()}
        data = {**data, _FORMS: forms}
    titled = {name: key for key, name in called.items()}
    if not any(_BETWEEN in str(key) for key in forms):
        return data, titled
    parted = {key: str(key).partition(_BETWEEN) for key in forms}
    own = {document: key for key, (owner, mark, document) in parted.items() if mark and owner == profile_id}
    foreign = bool(own) and data.get("profile") not in (None, profile_id)
    shared = {key: forms[key] for key, (_, mark, _) in parted.items() if not (mark or foreign or key in own)}
    return {**data, _FORMS: {**shared, **{document: forms[key] for document, key in own.items()}}}, {
        **titled,
        **own,
    }


def restore_form_name(place: Place, names: Mapping[str, str]) -> Place:
    """A place as the user has it."""
    if len(place) > 1 and place[0] == _FORMS and place[1] in names:
        return (_FORMS, names[str(place[1])], *place[2:])
    return place
