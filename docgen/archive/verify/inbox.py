"""An inbox: the folder that a receiver's packages lie in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from docgen.archive.zip.manifest import DECLARATION_NAME
from docgen.content.foreign_names import list_foreign, spell_foreign
from docgen.content.shown_names import show_some
from docgen.diagnostics import Diagnostic, Location, error

_SUFFIX = ".zip"


def is_inbox(path: Path) -> bool:
    """Whether a path is a folder of packages; a folder with a bag's declaration is a package itself."""
    return path.is_dir() and not (path / DECLARATION_NAME).is_file()


def list_inbox(folder: Path, refused: list[Diagnostic]) -> Iterator[Path]:
    """The packages below a folder, by their names: zips, and folders that are bags. What is hidden is passed by.

    A folder that can't be read is told in ``refused`` (X110), names that aren't UTF-8, too (B124).
    """
    waiting = [folder]
    while waiting:  # a folder may lie deeper than functions may call each other
        top = waiting.pop()
        try:
            with os.scandir(top) as entries:
                found = {entry.name: entry.is_dir(follow_symlinks=False) for entry in entries}
        except OSError as fault:
            told, reason = str(top), fault.strerror or str(fault)
            refused.append(error("X110", Location(file=told), path=told, reason=reason))
            continue
        if DECLARATION_NAME in found:
            yield top
            continue
        wanted = [name for name, is_folder in found.items() if is_folder or name.lower().endswith(_SUFFIX)]
        foreign = list_foreign(wanted)
        if foreign:
            refused.append(error("B124", Location(file=str(top)), names=show_some(foreign), count=len(foreign)))
        names = sorted(name for name in wanted if not name.startswith(".") and spell_foreign(name) is None)
        yield from (top / name for name in names if not found[name])
        waiting += [top / name for name in reversed(names) if found[name]]
