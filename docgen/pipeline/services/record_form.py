"""Make an input form of a record: fields with labels, hints and choices from the profile; read what was typed as edits.

A field is identified by its place in the user's data, which is encoded in the name of its input.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, unquote

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from docgen.diagnostics import error
from docgen.errors import SourceError
from docgen.messages import Catalogue
from docgen.profile.faults import name_label
from docgen.profile.forms import BY_HAND
from docgen.profile.hints import FieldHints
from docgen.profile.kinds import judge_kind
from docgen.profile.labels import find_word, list_words
from docgen.profile.load import LoadedProfile
from docgen.profile.paths import Place, find_field, item_type
from docgen.profile.references import list_items
from docgen.trees.yaml_patch import Edit

Input = Literal["line", "long", "choice", "choices", "lines", "fixed"]
"""One line, several lines, one of the words, some of them, a list with a text per line, or not editable here."""
_FIELD, _LISTED = "e:", "l:"
_YES_NO = ("是", "否")
_EXPLAINED_KINDS = ("date", "month", "date_or_month", "minute", "int", "decimal", "money", "percent", "figure", "phone")
_KEYS = {"Enterprise": "q", "Party": "p", "Indicator": "z"}


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of the form: ``words`` are the values to choose from with their labels, ``hint`` says what to enter."""

    place: Place
    name: str
    label: str
    hint: str
    input: Input
    value: str | tuple[str, ...]
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FormGroup:
    """Fields under one label: of a part, or of a list whose items (``rows``) can be added and removed."""

    place: Place
    label: str
    hint: str = ""
    members: tuple[FormField | FormGroup, ...] = ()
    rows: tuple[FormGroup, ...] = ()
    is_list: bool = False
    count: int = 0

    def iterate_fields(self) -> Iterator[FormField]:
        """All fields of the group and of the groups in it."""
        for member in (*self.members, *self.rows):
            if isinstance(member, FormField):
                yield member
            else:
                yield from member.iterate_fields()


class RecordForm:
    """The form of a record's data under its profile; ``texts`` are in the reader's language."""

    def __init__(self, loaded: LoadedProfile, data: Any, texts: Catalogue) -> None:
        self._loaded = loaded
        self._data = data
        self._texts = texts
        self._hints = FieldHints(loaded, texts)

    def list_sections(self) -> list[tuple[Place, str, int]]:
        """The parts of the record except forms, each with its label and its number of items."""
        model = self._loaded.record_model
        sections: list[tuple[Place, str, int]] = []
        for name, info in model.model_fields.items():
            kind, is_list = item_type(info.annotation)
            if name != "forms" and isinstance(kind, type) and issubclass(kind, BaseModel):
                value = _find(self._data, (name,))
                sections.append(((name,), self._hints.label(model, name), len(value) if is_list and value else 0))
        return sections

    def find_group(self, place: Place, depth: int = 3) -> FormGroup:
        """The group at a place, with list items ``depth`` levels deep; SourceError N205 for an unknown place."""
        owner, name, info = self._resolve(place)
        kind, is_list = item_type(info.annotation)
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)) or place == ("forms",):
            raise SourceError(error("N205"))
        label = self._hints.label(owner, name)
        if is_list and isinstance(place[-1], int):
            return self._make_row(kind, place, depth)
        return self._make_group(owner, name, kind, place, label, is_list=is_list, depth=depth)

    def find_field(self, place: Place) -> FormField | None:
        """The field at a place; None for a part or a list."""
        owner, name, info = self._resolve(place)
        kind, _ = item_type(info.annotation)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return None
        return next(iter(self._list_fields(owner, name, info, place)), None)

    def draft_item(self, place: Place) -> dict[str, Any]:
        """Draft a new item of the list at a place: with a key of its own and the required fields."""
        _, _, info = self._resolve(place)
        kind, is_list = item_type(info.annotation)
        if not (is_list and isinstance(kind, type) and issubclass(kind, BaseModel)):
            raise SourceError(error("N205"))
        names = [field.alias or name for name, field in kind.model_fields.items() if field.is_required()]
        names = names or [next(field.alias or name for name, field in kind.model_fields.items())]
        item: dict[str, Any] = dict.fromkeys(names)
        if "key" in item:
            item["key"] = self.draft_key(place, _KEYS.get(kind.__name__, "k"))
        return item

    def draft_key(self, place: Place, letter: str) -> str:
        """Draft a key that no item of the list at a place has."""
        taken = {str(item.get("key")) for item in _find(self._data, place) or () if isinstance(item, dict)}
        return next(key for number in range(1, len(taken) + 2) if (key := f"{letter}{number}") not in taken)

    def read_edits(self, form_values: Mapping[str, Sequence[str]]) -> list[Edit]:
        """Read what was typed into fields, where it differs from the record."""
        edits = []
        for name, values in form_values.items():
            place = read_name(name)
            if place is None:
                continue
            field = self.find_field(place)
            if field is None or field.input == "fixed" or len(place) == 1:  # the profile isn't changed in a form
                raise SourceError(error("N205"))
            listed = name.startswith(_LISTED)
            if listed == (field.input in ("choices", "lines")):
                edit = _list_edit(field, values) if listed else _scalar_edit(field, values)
                edits += [edit] if edit is not None else []
        return edits

    def _resolve(self, place: Place) -> tuple[type[BaseModel], str, FieldInfo]:
        """Resolve a place to a model, a name in it and its field (of an item: its list's)."""
        current: Any = self._loaded.record_model
        resolved: tuple[type[BaseModel], str, FieldInfo] | None = None
        for step in place:
            if isinstance(step, int):
                continue
            is_model = isinstance(current, type) and issubclass(current, BaseModel)
            field = find_field(current, step) if is_model else None
            if field is None:
                if resolved is not None and _is_mapping(resolved[2]):
                    return resolved
                raise SourceError(error("N205"))
            resolved = (current, step, field[1])
            current = item_type(field[1].annotation)[0]
        if resolved is None:
            raise SourceError(error("N205"))
        return resolved

    def _make_group(
        self, owner: type[BaseModel], name: str, kind: type[BaseModel], place: Place, label: str, **how: Any
    ) -> FormGroup:
        hint = "，".join(self._hints.list_remarks(owner, name, _format_path(place, is_list=how["is_list"])))
        if not how["is_list"]:
            return FormGroup(place, label, hint, self._list_members(kind, place, how["depth"]))
        items = _find(self._data, place)
        count = len(items) if isinstance(items, list) else 0
        depth = how["depth"]
        rows = tuple(self._make_row(kind, (*place, at), depth - 1) for at in range(count)) if depth else ()
        return FormGroup(place, label, hint, (), rows, True, count)

    def _make_row(self, kind: type[BaseModel], place: Place, depth: int) -> FormGroup:
        item = _find(self._data, place)
        return FormGroup(
            place,
            self._find_item_label(item, int(place[-1])),
            "",
            self._list_members(kind, place, depth) if depth else (),
        )

    def _find_item_label(self, item: Any, at: int) -> str:
        """The label of an item; of a form, the name of whom it is for."""
        owner = item.get("of") if isinstance(item, dict) else None
        for target in ("enterprises[]", "parties[]", "activities[]", "trainings[]") if owner else ():
            for other in list_items(self._data, target):
                if isinstance(other, dict) and other.get("key") == owner:
                    return _find_item_name(other, at)
        return _find_item_name(item, at)

    def _list_members(self, kind: type[BaseModel], place: Place, depth: int) -> tuple[FormField | FormGroup, ...]:
        members: list[FormField | FormGroup] = []
        for attribute, info in kind.model_fields.items():
            name = info.alias or attribute
            inner, is_list = item_type(info.annotation)
            here = (*place, name)
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                label = self._hints.label(kind, name)
                members.append(self._make_group(kind, name, inner, here, label, is_list=is_list, depth=depth))
            else:
                members += self._list_fields(kind, name, info, here)
        return tuple(members)

    def _list_fields(self, owner: type[BaseModel], name: str, info: FieldInfo, place: Place) -> Iterator[FormField]:
        attribute = next(key for key, item in owner.model_fields.items() if item is info)
        label, raw = self._hints.label(owner, name), _find(self._data, place)
        if _is_mapping(info):
            yield from self._list_keyed_fields(label, place, name)
            return
        kind, target = judge_kind(info, attribute)
        hints = self._hints.list_remarks(owner, name, _format_path(place))
        if kind in _EXPLAINED_KINDS or attribute == "key":
            hints.append(self._hints.format_kind(owner, info))
        if isinstance(info.json_schema_extra, dict) and BY_HAND in info.json_schema_extra:
            hints.append(self._texts.text("record_form.by_hand"))
        hint = "，".join(hints)
        words = self._list_words(name_label(owner, attribute), kind, target, info)
        if kind in ("choices", "texts", "references"):
            values = raw if isinstance(raw, list) else []
            if not (raw is None or isinstance(raw, list)) or any(not isinstance(item, str) for item in values):
                yield _make_fixed_field(place, label, hint, raw)
                return
            chosen = tuple(_choose(item, words) for item in values)
            listed: Input = "choices" if words else "lines"
            yield FormField(
                place, _LISTED + _encode_place(place), label, hint, listed, chosen, _complete(words, chosen)
            )
            return
        if not (raw is None or isinstance(raw, str)):
            yield _make_fixed_field(place, label, hint, raw)
            return
        value = _choose(raw or "", words)
        how: Input = "choice" if words else "long" if kind == "prose" or "\n" in value else "line"
        yield FormField(place, _FIELD + _encode_place(place), label, hint, how, value, _complete(words, (value,)))

    def _list_words(self, key: str, kind: str, target: str | None, info: FieldInfo) -> tuple[tuple[str, str], ...]:
        """The values to choose from, each with its label."""
        if kind == "yes_no":
            return tuple((word, word) for word in _YES_NO)
        if target is not None:
            items = [item for item in list_items(self._data, target) if isinstance(item, dict)]
            return tuple(
                (str(item["key"]), _find_item_name(item, 0)) for item in items if isinstance(item.get("key"), str)
            )
        return tuple((value, word) for word, value in list_words(self._loaded.profile, key, info).items())

    def _list_keyed_fields(self, label: str, place: Place, name: str) -> Iterator[FormField]:
        """A field for each key of a mapping: the existing keys, and the possible ones."""
        mapping = _find(self._data, place)
        if place[-1] != name:  # the place of one key
            yield FormField(place, _FIELD + _encode_place(place), str(place[-1]), "", "line", mapping or "")
            return
        names = self._name_keys(name)
        typed = set(mapping) if isinstance(mapping, dict) else set()
        shown_keys = {key: word for key, word in names.items() if word not in typed}  # names may stand for keys
        shown_keys = {key: names.get(key, key) for key in mapping or ()} | shown_keys
        if name == "attendance" and typed - set(names):
            shown_keys = {key: key for key in mapping}
        for key, word in shown_keys.items():
            here = (*place, key)
            value = _find(self._data, here)
            if value is None or isinstance(value, str):
                yield FormField(here, _FIELD + _encode_place(here), f"{label}：{word}", "", "line", value or "")

    def _name_keys(self, name: str) -> dict[str, str]:
        """The possible keys of a mapping with their labels: enterprises, marked lines, documents."""
        if name == "document_numbers":
            return {item.id: item.title for item in self._loaded.profile.documents}
        target = {"attendance": "enterprises[]", "marks": "rubrics[].lines[]"}.get(name, "")
        items = [item for item in list_items(self._data, target) if isinstance(item, dict)] if target else []
        return {str(item["key"]): item.get("label") or _find_item_name(item, 0) for item in items if item.get("key")}


def _is_mapping(info: FieldInfo) -> bool:
    kind = item_type(info.annotation)[0]
    return getattr(kind, "__origin__", None) is dict


def _find(data: Any, place: Place) -> Any:
    for step in place:
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data


def _find_item_name(item: Any, at: int) -> str:
    """The name of an item, else its number."""
    names = ("name", "title", "short_name", "of", "file", "date", "item", "key")
    texts = [item[name] for name in names if isinstance(item.get(name), str)] if isinstance(item, dict) else []
    return (texts[0] if texts else "") or str(at + 1)


def _choose(raw: str, words: Sequence[tuple[str, str]]) -> str:
    """The chosen value, however it was typed; text that is none of the words stays as it is."""
    if not raw or any(value == raw for value, _ in words):
        return raw
    return find_word(raw, {word: value for value, word in words}) or raw


def _complete(words: tuple[tuple[str, str], ...], chosen: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The words, and typed values that are none of them, so that saving a page loses nothing."""
    values = {value for value, _ in words}
    return (*words, *((item, item) for item in chosen if item and item not in values)) if words else ()


def _make_fixed_field(place: Place, label: str, hint: str, raw: Any) -> FormField:
    name = raw.get("file", "") if isinstance(raw, dict) else ""
    return FormField(place, "", label, hint, "fixed", name if isinstance(name, str) else "")


def _encode_place(place: Place) -> str:
    """Encode a place without quotes and line breaks, which a browser would change in a name; a colon marks indexes."""
    return "/".join(f":{step}" if isinstance(step, int) else quote(step, safe="") for step in place)


def read_name(name: str) -> Place | None:
    """The place that an input's name encodes; None for another input."""
    if not name.startswith((_FIELD, _LISTED)):
        return None
    place: list[str | int] = []
    for step in name[2:].split("/"):
        if not step.startswith(":"):
            place.append(unquote(step))
        elif step[1:].isdecimal() and len(step) < 8:
            place.append(int(step[1:]))
        else:
            return None
    return tuple(place)


def _format_path(place: Place, *, is_list: bool = False) -> str:
    """Format a place as a path of the profile."""
    path = ""
    for step in place:
        path += "[]" if isinstance(step, int) else f".{step}" if path else str(step)
    return path + ("[]" if is_list and not isinstance(place[-1], int) else "")


def _scalar_edit(field: FormField, values: Sequence[str]) -> Edit | None:
    typed = clean_text(values[0] if values else "")
    assert isinstance(field.value, str)
    if typed == clean_text(field.value):
        return None
    return Edit(field.place, f"{typed}\n" if "\n" in typed else typed or None)


def _list_edit(field: FormField, values: Sequence[str]) -> Edit | None:
    typed = [text for value in values for line in value.splitlines() if (text := line.strip())]
    if field.input == "choices":  # the browser sends ticked words in its own order
        typed = [*(item for item in field.value if item in typed), *(item for item in typed if item not in field.value)]
    return None if tuple(typed) == tuple(field.value) else Edit(field.place, typed)


def clean_text(text: str) -> str:
    """Clean a typed text: one kind of line break, no blanks at the ends."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()
