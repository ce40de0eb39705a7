"""Lists the packages of an inbox, a receiver's folder of zips and of folders that are bags."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from docgen.archive.verify.root import is_litter_name
from docgen.archive.zip.manifest import DECLARATION_NAME
from docgen.archive.zip.names import escape_name
from docgen.content.foreign_names import guess_foreign_name, list_foreign
from docgen.content.shown_names import format_first_few
from docgen.diagnostics import Diagnostic, Location, error, info

SIGNATURE_SUFFIX = ".sig"
"""A signature lies beside the file that it signs, under that file's name with this suffix."""
_SUFFIX = ".zip"


def is_inbox(path: Path) -> bool:
    """Whether a path is a folder of packages: not a bag's folder, nor one that holds nothing but a bag's folder."""
    if not path.is_dir():
        return False
    try:
        if (path / DECLARATION_NAME).is_file():
            return False
        entries = [entry for entry in path.iterdir() if not is_litter_name(entry.name)]
        is_deep = len(entries) == 1 and not entries[0].is_symlink() and (entries[0] / DECLARATION_NAME).is_file()
    except OSError:
        return True  # ``list_inbox`` reports why it can't be read
    return not is_deep


def list_inbox(folder: Path, diagnostics: list[Diagnostic]) -> Iterator[Path]:
    """The packages below a folder, sorted by name: zips, and folders that are bags; no hidden ones, and no links.

    Added to ``diagnostics``: X110, a folder can't be read; B124, names aren't UTF-8; in the end V189, how many other
    files lie there, or V180, there is no package at all.
    """
    pending = [folder]
    others: list[Path] = []
    is_empty, earlier = True, len(diagnostics)
    while pending:  # no recursion: folders may be nested deeper than Python's calls
        top = pending.pop()
        try:
            with os.scandir(top) as entries:
                kinds = {entry.name: _find_kind(entry) for entry in entries if not is_litter_name(entry.name)}
        except OSError as fault:
            path, reason = str(top), fault.strerror or str(fault)
            diagnostics.append(error("X110", Location(file=path), path=path, reason=reason))
            continue
        if DECLARATION_NAME in kinds:
            is_empty = False
            yield top
            continue
        wanted = [name for name, kind in kinds.items() if kind]
        foreign = list_foreign(wanted)
        if foreign:
            place = Location(file=str(top))
            diagnostics.append(error("B124", place, names=format_first_few(foreign), count=len(foreign)))
        names = sorted(name for name in wanted if not name.startswith(".") and guess_foreign_name(name) is None)
        for name in names:
            if kinds[name] == "zip":
                is_empty = False
                yield top / name
        pending += [top / name for name in reversed(names) if kinds[name] == "folder"]
        others += [top / name for name in kinds if not _is_expected(name, kinds)]
    place = Location("archive", file=str(folder))
    if is_empty and len(diagnostics) == earlier:
        diagnostics.append(error("V180", place, path=escape_name(folder.name or str(folder))))
    elif others:
        shown = min(others).relative_to(folder).as_posix()
        diagnostics.append(info("V189", place, count=len(others), member=escape_name(shown)))


def _is_expected(name: str, kinds: Mapping[str, str]) -> bool:
    """Whether an entry is a folder, a zip, the signature of one of these, or hidden."""
    signed_kind = kinds.get(name.removesuffix(SIGNATURE_SUFFIX)) if name.endswith(SIGNATURE_SUFFIX) else ""
    return bool(kinds[name] or signed_kind) or name.startswith(".")


def _find_kind(entry: os.DirEntry[str]) -> str:
    """What an entry is: "folder", "zip", or "" for neither."""
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    is_zip = entry.name.lower().endswith(_SUFFIX) and entry.is_file(follow_symlinks=False)
    return "zip" if is_zip else ""
