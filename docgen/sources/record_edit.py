"""Saving changes in a record file: the changed values alone, and only in the text that somebody has seen."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from docgen.diagnostics import Location, Param, error
from docgen.errors import SourceError
from docgen.sources.record_file import PlacedTree, RawSource
from docgen.trees import RawPath, RawValue
from docgen.trees.text_file import read_text_file
from docgen.trees.yaml_nodes import PatchError
from docgen.trees.yaml_patch import Edit, patch_yaml, put_value

_BOM = b"\xef\xbb\xbf"
EDITABLE = (".yaml", ".yml")
"""The suffixes of records whose text can be changed; JSON comes from programs, a workbook has its own program."""


def digest_file(path: Path) -> str:
    """What tells one state of a file from another; SourceError when it can't be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as fault:
        place = Location(file=str(path))
        raise SourceError(error("S102", place, path=str(path), reason=fault.strerror or str(fault))) from None


def require_editable(path: Path) -> None:
    """SourceError N201 for a workbook, N202 for JSON: these are edited elsewhere."""
    if path.suffix.lower() not in EDITABLE:
        code = "N202" if path.suffix.lower() == ".json" else "N201"
        raise SourceError(error(code, Location(file=str(path)), name=path.name))


@dataclass(frozen=True, slots=True)
class EditedTree:
    """A record's data with some edits; places are those of the text as it stands."""

    data: RawValue
    tree: PlacedTree

    def locate(self, path: RawPath, key: bool = False) -> Location:
        """The place of what stands at a path now, or of the nearest thing above it."""
        return self.tree.locate(path, key)

    def name_place(self, path: RawPath) -> Param:
        """As in the text."""
        return self.tree.name_place(path)


def try_edits(source: RawSource, edits: Sequence[Edit]) -> RawSource:
    """The record as it would be with some edits; nothing is written. SourceError N205 where there is no such place."""
    data = source.data
    try:
        for edit in edits:
            data = put_value(data, edit)
    except PatchError:
        raise SourceError(error("N205")) from None
    return replace(source, tree=EditedTree(data, source.tree))


def save_edits(path: Path, digest: str, edits: Sequence[Edit]) -> str:
    """Make edits in a record file that still is what ``digest_file`` saw; the digest that it has then.

    Raises SourceError: N203 when the file changed meanwhile, N200 for an edit that can't be made alone, N201, N202 for
    what isn't edited here, N204 when it can't be written. Nothing is written then.
    """
    require_editable(path)
    if digest_file(path) != digest:
        raise SourceError(error("N203", Location(file=str(path)), name=path.name))
    head = _BOM if path.read_bytes().startswith(_BOM) else b""
    patched = head + patch_yaml(read_text_file(path), edits, str(path)).encode()
    _replace(path, patched, digest)
    return hashlib.sha256(patched).hexdigest()


def _replace(path: Path, data: bytes, digest: str) -> None:
    """Put a file in another's place, whole or not at all; its rights stay."""
    real = path.resolve()
    part: Path | None = None
    try:
        number, name = tempfile.mkstemp(prefix=".docgen-", suffix=".part", dir=real.parent)
        part = Path(name)
        with os.fdopen(number, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(real, part)
        if digest_file(real) != digest:
            raise SourceError(error("N203", Location(file=str(path)), name=path.name))
        part.replace(real)
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise SourceError(error("N204", Location(file=str(path)), name=path.name, reason=reason)) from None
    finally:
        if part is not None:
            with suppress(OSError):
                part.unlink(missing_ok=True)
