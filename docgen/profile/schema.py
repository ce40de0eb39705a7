"""The JSON Schema of a record under a profile, so that an editor completes and explains it as it is typed."""

from __future__ import annotations

import json
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.profile.faults import name_label
from docgen.profile.labels import list_other_words
from docgen.profile.load import LoadedProfile

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def describe_schema(loaded: LoadedProfile) -> dict[str, Any]:
    """The schema (2020-12) of a record; titles are the fields' Chinese names, descriptions clause and help."""
    model = loaded.record_model
    schema = model.model_json_schema(by_alias=True)
    labels = catalogue(DOCUMENT_LANGUAGE).labels
    definitions: dict[str, Any] = {**schema.get("$defs", {}), model.__name__: schema}
    for kind in iterate_models(model):
        properties = definitions.get(kind.__name__, {}).get("properties", {})
        for attribute, info in kind.model_fields.items():
            label = info.title or labels.get(name_label(kind, attribute))
            name = info.alias or attribute
            if label and name in properties:
                properties[name]["title"] = label
            if name in properties:
                _accept_labels(properties[name], list_other_words(loaded.profile, name_label(kind, attribute), info))
    parts = {part.path: part for part in loaded.profile.parts}
    for name, part in parts.items():
        if part.help and name.startswith("project.") and name.count(".") == 1:
            schema["$defs"]["Project"]["properties"][name.partition(".")[2]]["description"] = part.help
    standard = loaded.profile.standard
    head = {"$schema": _DIALECT, "title": f"{standard.number} {standard.title}"}
    return {**head, **{key: value for key, value in schema.items() if key not in head}}


def _accept_labels(schema: Any, labels: Mapping[str, str]) -> None:
    """Let an option be typed by its label, too."""
    if isinstance(schema, dict) and "enum" in schema:
        schema["enum"] += [label for label in labels if label not in schema["enum"]]
    inner = [schema.get("items"), *schema.get("anyOf", ())] if isinstance(schema, dict) else []
    for item in inner:
        _accept_labels(item, labels)


def dump_schema(loaded: LoadedProfile) -> str:
    """The schema as the text of a file."""
    return json.dumps(describe_schema(loaded), ensure_ascii=False, indent=2) + "\n"


def iterate_models(model: type[BaseModel], visited: set[type[BaseModel]] | None = None) -> Iterator[type[BaseModel]]:
    """A model and every model inside it, each once."""
    visited = set() if visited is None else visited
    if model in visited:
        return
    visited.add(model)
    yield model
    for info in model.model_fields.values():
        for kind in _list_models_in(info.annotation):
            yield from iterate_models(kind, visited)


def _list_models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in typing.get_args(annotation):
        yield from _list_models_in(argument)
