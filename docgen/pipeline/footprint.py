"""What a run used: the profile, the templates, and every file that the record names — whether it is there or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docgen.pipeline.prepare import PreparedRecord, list_picture_places, list_pictures
from docgen.profile.load import LoadedProfile
from docgen.render.store import TemplateStore
from docgen.sources.evidence_folder import find_top


@dataclass(frozen=True, slots=True)
class Footprint:
    """What the outcome depends on: who knows that all of it is as it was need not run again.

    ``templates`` are the digests of those that were used, by name; ``files`` begins with the record itself.
    """

    profile: LoadedProfile
    templates: Mapping[str, str]
    files: tuple[Path, ...]


def note_footprint(prepared: PreparedRecord, store: TemplateStore) -> Footprint:
    """The footprint of a record that went through ``store``."""
    folder = prepared.folder
    files = [prepared.source.path, *list_named_files(prepared.source.data, folder)]
    files += [piece.path for piece in prepared.evidence]
    for picture, _place in list_pictures(prepared.validation):
        files += list_picture_places(folder, picture)
    return Footprint(prepared.loaded, store.digests, tuple(dict.fromkeys(files)))


def list_named_files(data: Any, folder: Path) -> Iterator[Path]:
    """Every file that raw data names with ``file:`` (prose, evidence), in no particular order.

    Of a folder or pattern of evidence it is the folder: files that come and go change what it stands for.
    """
    stack = [data]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            name = node.get("file")
            if isinstance(name, str) and name and "\0" not in name:
                yield find_top(folder, name) or folder / name
                if "\\" in name:
                    yield folder / name.replace("\\", "/")
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
