"""Packages that somebody changed and then remade as a whole: index, page, papers and manifests agree with it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from docgen.archive.bag.digest import content_digest
from docgen.archive.bag.index import dump_index, list_bag_info, parse_index, render_page
from docgen.archive.plan.model import INDEX_PAGE, MACHINE_INDEX, RECORD_COPY
from docgen.archive.zip import manifest
from docgen.pipeline.packages.remaking import PaperMaker

Files = dict[str, bytes]


def read_package(path: Path) -> tuple[str, Files]:
    """The top folder of a package, and its files by their path in it."""
    with zipfile.ZipFile(path) as package:
        top = package.namelist()[0].partition("/")[0]
        return top, {name.partition("/")[2]: package.read(name) for name in package.namelist()}


def remake_package(path: Path, out: Path, edit: Callable[[Files, dict[str, Any]], None]) -> Path:
    """Write the package at ``path`` with changed files and index to ``out``, so that verifying it finds it sound."""
    top, files = read_package(path)
    loaded = json.loads(files[MACHINE_INDEX])
    edit(files, loaded)
    for document in loaded["documents"]:
        document["renditions"] = [item for item in document["renditions"] if item["path"] in files]
        for item in document["renditions"]:
            data = files[item["path"]]
            item["size"], item["sha256"] = len(data), hashlib.sha256(data).hexdigest()
            if item["content_digest"]:
                item["content_digest"] = content_digest(data)
    index = parse_index(json.dumps(loaded).encode())
    index = index.complete(index.documents)
    papers = PaperMaker()(index, files.get(RECORD_COPY)).papers
    files |= papers
    files[INDEX_PAGE] = render_page(index, papers, with_record=RECORD_COPY in files)
    files[MACHINE_INDEX] = dump_index(index)
    files[manifest.BAG_INFO_NAME] = manifest.write_bag_info(list_bag_info(index))
    files[manifest.PAYLOAD_MANIFEST] = manifest.write_manifest(_digest(files, payload=True))
    files[manifest.TAG_MANIFEST] = manifest.write_manifest(_digest(files, payload=False))
    with zipfile.ZipFile(out, "w") as package:
        for name, data in files.items():
            package.writestr(f"{top}/{name}", data)
    return out


def _digest(files: Mapping[str, bytes], *, payload: bool) -> dict[str, str]:
    chosen = (name for name in files if name.startswith("data/") == payload and name != manifest.TAG_MANIFEST)
    return {name: hashlib.sha256(files[name]).hexdigest() for name in chosen}


def change_part(data: bytes, part: str, old: str, new: str) -> bytes:
    """An Office file in which a text of one part is another."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    assert old.encode() in parts[part], (part, old)
    parts[part] = parts[part].replace(old.encode(), new.encode(), 1)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return buffer.getvalue()
