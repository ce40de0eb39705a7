"""Replaces labels in a record with the keys that its types need, before validation.

A record may say 技术服务机构 for ``agency``, a document's title for its id, an enterprise's name for its key. Unknown
and ambiguous labels stay unchanged, and validation reports them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from docgen.profile.faults import name_label
from docgen.profile.labels import find_documents, list_other_words, list_words, simplify_word
from docgen.profile.load import LoadedProfile
from docgen.profile.paths import Place, item_type
from docgen.profile.references import NAMING_FIELDS, list_items, list_references

_DOCUMENTS = frozenset({"Evidence.document", "Evidence.redacts", "NotApplicable.item", "Mark.documents"})
"""Fields that name a document, with its owner after an optional slash."""

_KEYED = {"Training.attendance": "enterprises[]", "ArchiveSettings.document_numbers": ""}
"""Mappings whose keys are keys of a list's items or, without a list, names of documents."""


_OPENING, _CLOSING = "（(", ("）", ")")


@dataclass(frozen=True, slots=True)
class _LabelField:
    """A field that may hold labels: of its values, of list items, of documents, or in a nested model.

    In a mapping that ``is_keyed`` the keys may be labels.
    """

    name: str
    words: Mapping[str, str]
    targets: tuple[str, ...]
    is_document: bool
    model: type[BaseModel] | None
    is_keyed: bool = False


@dataclass(frozen=True, slots=True)
class KeyedData:
    """The data of a record with keys in place of labels; unchanged data is the same object.

    ``renamed`` maps the paths of replaced mapping keys to the user's spelling. ``repeated`` are the paths of labels
    that were dropped, with their meaning: the mapping holds the key already.
    """

    data: Any
    renamed: Mapping[Place, str]
    repeated: Mapping[Place, str]


def replace_labels(loaded: LoadedProfile, data: Any) -> KeyedData:
    """The data with keys in place of labels."""
    replacer = _LabelReplacer(loaded, data)
    return KeyedData(replacer.replace_labels(data, loaded.record_model, ()), replacer.renamed, replacer.repeated)


@lru_cache(maxsize=2048)
def _list_fields(loaded: LoadedProfile, model: type[BaseModel]) -> tuple[_LabelField, ...]:
    return tuple(_find_fields(loaded, model))


def _find_fields(loaded: LoadedProfile, model: type[BaseModel]) -> Iterator[_LabelField]:
    for attribute, info in model.model_fields.items():
        name, key = info.alias or attribute, name_label(model, attribute)
        kind, _ = item_type(info.annotation)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if _list_fields(loaded, kind):
                yield _LabelField(name, {}, (), is_document=False, model=kind)
            continue
        if key in _KEYED:
            target = _KEYED[key]
            yield _LabelField(name, {}, (target,) if target else (), is_document=not target, model=None, is_keyed=True)
            continue
        words: dict[str, str] = {}
        offered = list_words(loaded.profile, key, info)
        for label, value in (*list_other_words(loaded.profile, key, info).items(), *offered.items()):
            bare = label.removeprefix(f"{value} ")
            words |= {simplify_word(label): value, simplify_word(bare): value}
        words |= {simplify_word(value): value for value in offered.values()}
        targets = tuple(reference.target for reference in list_references(info))
        if words or targets or key in _DOCUMENTS:
            yield _LabelField(name, words, targets, is_document=key in _DOCUMENTS, model=None)


@dataclass(slots=True)
class _LabelReplacer:
    loaded: LoadedProfile
    data: Any
    renamed: dict[Place, str] = field(default_factory=dict)
    repeated: dict[Place, str] = field(default_factory=dict)
    _keys: dict[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)

    def replace_labels(self, data: Any, model: type[BaseModel], place: Place) -> Any:
        if not isinstance(data, dict):
            return data
        changed: dict[str, Any] = {}
        for item in _list_fields(self.loaded, model):
            value = data.get(item.name)
            if value is not None and (spelled := self._replace_value(value, item, (*place, item.name))) is not value:
                changed[item.name] = spelled
        return {**data, **changed} if changed else data

    def _replace_value(self, value: Any, item: _LabelField, place: Place) -> Any:
        if isinstance(value, list):
            spelled = [self._replace_value(inner, item, (*place, at)) for at, inner in enumerate(value)]
            return spelled if any(new is not old for new, old in zip(spelled, value, strict=True)) else value
        if item.model is not None:
            return self.replace_labels(value, item.model, place)
        if item.is_keyed:
            return self._replace_keys(value, item, place) if isinstance(value, dict) else value
        return self._replace_text(value, item) if isinstance(value, str) else value

    def _replace_keys(self, value: dict[Any, Any], item: _LabelField, place: Place) -> dict[Any, Any]:
        spelled: dict[Any, Any] = {}
        for key, inner in value.items():
            name = self._replace_text(key, item) if isinstance(key, str) else key
            if name != key and (name in value or name in spelled):
                self.repeated[(*place, key)] = name
                continue
            if name != key:
                self.renamed[(*place, name)] = key
            spelled[name] = inner
        return spelled if spelled.keys() != value.keys() else value

    def _replace_text(self, text: str, item: _LabelField) -> str:
        for target in item.targets:
            return self._find_item_key(target, text)
        key = item.words.get(simplify_word(text))
        if key is not None:
            return text if key == text else key
        return self._find_document_id(text) if item.is_document else text

    def _find_document_id(self, text: str) -> str:
        """The id of a document with its owner's key after a slash or in brackets; titles may contain those, too."""
        ways = [(text, ""), *((text[:at], text[at + 1 :]) for at, mark in enumerate(text) if mark == "/")]
        if text.endswith(_CLOSING):
            ways += [(text[:at], text[at + 1 : -1]) for at, mark in enumerate(text) if mark in _OPENING]
        for name, whose in ways:
            documents = find_documents(self.loaded.profile.documents, name)
            if len(documents) == 1:
                document = documents[0]
                key = f"/{self._find_item_key(document.per, whose.strip())}" if whose else ""
                return text if text == document.id + key else document.id + key
        return text

    def _find_item_key(self, target: str, text: str) -> str:
        """The key of the only item of a list with this name."""
        if target not in self._keys:
            self._keys[target] = self._read_names(target)
        names = self._keys[target]
        if text in names[""]:
            return text
        keys = names.get(simplify_word(text), frozenset())
        return next(iter(keys)) if len(keys) == 1 else text

    def _read_names(self, target: str) -> Mapping[str, frozenset[str]]:
        """The keys of a list's items by name; the empty name holds all keys."""
        names: dict[str, frozenset[str]] = {"": frozenset()}
        for item in list_items(self.data, target) if target.endswith("[]") else ():
            key = item.get("key") if isinstance(item, dict) else None
            if isinstance(key, str):
                item_names = {simplify_word(item[name]) for name in NAMING_FIELDS if isinstance(item.get(name), str)}
                for name in {"", *item_names}:
                    names[name] = names.get(name, frozenset()) | {key}
        return names
