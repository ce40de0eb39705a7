"""List what a run depends on (its footprint): profile, templates, every file that the record names, existing or not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docgen.pipeline.stages.outcome import Footprint
from docgen.pipeline.stages.prepare import PreparedRecord, list_picture_places, list_pictures
from docgen.render.store import TemplateStore
from docgen.sources.evidence_folder import find_top


def collect_footprint(prepared: PreparedRecord, store: TemplateStore) -> Footprint:
    """The footprint of a record whose documents were made with the templates of ``store``."""
    folder, data = prepared.folder, prepared.source.data
    names = list(iterate_file_names(data))
    files = [prepared.source.path, *(item.path for item in prepared.evidence)]
    folders: list[Path] = []
    for name in names:
        top = find_top(folder, name)
        if top is not None:
            folders.append(top)
        else:
            files.append(folder / name)
            files += [folder / name.replace("\\", "/")] if "\\" in name else []
    for picture, _place in list_pictures(prepared.validation):
        files += list_picture_places(folder, picture)
    return Footprint(
        prepared.loaded,
        store.digests,
        tuple(dict.fromkeys(files)),
        tuple(dict.fromkeys(folders)),
        {item.path: item.stamp for item in prepared.evidence if item.stamp is not None},
    )


def iterate_file_names(data: Any) -> Iterator[str]:
    """Every name that raw data gives with ``file:`` (prose, evidence), in no particular order."""
    stack = [data]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            name = node.get("file")
            if isinstance(name, str) and name and "\0" not in name:
                yield name
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
