"""An inbox: the folder that a receiver's packages lie in, zips and folders that are bags."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from docgen.archive.verify.root import is_litter_name
from docgen.archive.zip.manifest import DECLARATION_NAME
from docgen.archive.zip.names import escape_name
from docgen.content.foreign_names import format_foreign, list_foreign
from docgen.content.shown_names import format_some
from docgen.diagnostics import Diagnostic, Location, error, info

SIGNATURE_SUFFIX = ".sig"
"""Stands after the name of a file that is signed: its signature lies beside it."""
_SUFFIX = ".zip"


def is_inbox(path: Path) -> bool:
    """Whether a path is a folder of packages; a bag's folder is none, nor is one that holds nothing but that."""
    if not path.is_dir():
        return False
    try:
        if (path / DECLARATION_NAME).is_file():
            return False
        entries = [entry for entry in path.iterdir() if not is_litter_name(entry.name)]
        is_deep = len(entries) == 1 and not entries[0].is_symlink() and (entries[0] / DECLARATION_NAME).is_file()
    except OSError:
        return True  # listing it says why
    return not is_deep


def list_inbox(folder: Path, told: list[Diagnostic]) -> Iterator[Path]:
    """The packages below a folder, by their names: zips, and folders that are bags. What is hidden is passed by.

    Added to ``told``: a folder that can't be read (X110), names that aren't UTF-8 (B124); in the end how much else lies
    there (V189), or that there is no package at all (V180). A link leads elsewhere and is no package.
    """
    waiting = [folder]
    others: list[Path] = []
    is_empty, before = True, len(told)
    while waiting:  # a folder may lie deeper than functions may call each other
        top = waiting.pop()
        try:
            with os.scandir(top) as entries:
                found = {entry.name: _judge(entry) for entry in entries if not is_litter_name(entry.name)}
        except OSError as fault:
            path, reason = str(top), fault.strerror or str(fault)
            told.append(error("X110", Location(file=path), path=path, reason=reason))
            continue
        if DECLARATION_NAME in found:
            is_empty = False
            yield top
            continue
        wanted = [name for name, kind in found.items() if kind]
        foreign = list_foreign(wanted)
        if foreign:
            told.append(error("B124", Location(file=str(top)), names=format_some(foreign), count=len(foreign)))
        names = sorted(name for name in wanted if not name.startswith(".") and format_foreign(name) is None)
        for name in names:
            if found[name] == "zip":
                is_empty = False
                yield top / name
        waiting += [top / name for name in reversed(names) if found[name] == "folder"]
        others += [top / name for name in found if not _is_expected(name, found)]
    place = Location("archive", file=str(folder))
    if is_empty and len(told) == before:
        told.append(error("V180", place, path=escape_name(folder.name or str(folder))))
    elif others:
        shown = min(others).relative_to(folder).as_posix()
        told.append(info("V189", place, count=len(others), member=escape_name(shown)))


def _is_expected(name: str, found: Mapping[str, str]) -> bool:
    """Whether an entry is searched or verified, is passed by, or is the signature of one that is verified."""
    signed = found.get(name.removesuffix(SIGNATURE_SUFFIX)) if name.endswith(SIGNATURE_SUFFIX) else ""
    return bool(found[name] or signed) or name.startswith(".")


def _judge(entry: os.DirEntry[str]) -> str:
    """What an entry is: a folder to search, a zip, or neither."""
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    is_zip = entry.name.lower().endswith(_SUFFIX) and entry.is_file(follow_symlinks=False)
    return "zip" if is_zip else ""
