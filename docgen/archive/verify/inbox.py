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

    def refuse(fault: OSError) -> None:
        place = str(fault.filename)
        refused.append(error("X110", Location(file=place), path=place, reason=fault.strerror or str(fault)))

    for top, folders, files in os.walk(folder, onerror=refuse):
        if DECLARATION_NAME in files:
            folders.clear()
            yield Path(top)
            continue
        foreign = list_foreign([*folders, *(name for name in files if name.lower().endswith(_SUFFIX))])
        if foreign:
            refused.append(error("B124", Location(file=top), names=show_some(foreign), count=len(foreign)))
        folders[:] = sorted(name for name in folders if not name.startswith(".") and spell_foreign(name) is None)
        for name in sorted(files):
            if name.lower().endswith(_SUFFIX) and not name.startswith(".") and spell_foreign(name) is None:
                yield Path(top, name)
