"""The records of a folder of projects: those in folders of their own, workbooks to fill in, files of another name.

A file of another name is one of docgen's where it says so itself: a record its profile and its project, a workbook by
the sheet in which it keeps what it was made for. A mapping, a list of somebody else's and a returned copy beside the
workbook that it was made of are none.
"""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from docgen.batch.jobs import RECORD_NAMES, find_jobs
from docgen.diagnostics import Diagnostic, error
from docgen.sources.intake.workbook.layout import ABOUT_SHEET, ISSUE_SHEET

_RECORDS = (".yaml", ".yml", ".json")
_HEAD = 1 << 16
_PROFILE = re.compile(rb'^profile\s*:|"profile"\s*:\s*"', re.MULTILINE)
_PROJECT = re.compile(rb'^project\s*:|"project"\s*:\s*\{', re.MULTILINE)


def list_records(arguments: Iterable[Path], refused: list[Diagnostic]) -> list[Path]:
    """The records in the order of the arguments: those that are named, and those in folders (B104 for one without)."""
    listed: list[Path] = []
    for argument in arguments:
        found = find_records(argument, refused) if argument.is_dir() else [argument]
        if not found:
            refused.append(error("B104", folder=str(argument)))
        listed += found
    return listed


def find_records(folder: Path, refused: list[Diagnostic], out: Path | None = None) -> list[Path]:
    """The records below a folder by their paths; what can't be looked into is told in ``refused`` as a batch does.

    ``out``, a folder in it with what was made, is not looked into.
    """
    found = {job.path for job in find_jobs((folder,), out or folder, refused)}
    for path in _walk(folder, out):
        if path.suffix.lower() in _RECORDS:
            found.update((path,) if _is_record(path) else ())
    return sorted(found | _choose_workbooks(folder, out))


def _walk(folder: Path, out: Path | None) -> Iterator[Path]:
    """The files below a folder that aren't hidden."""
    for at, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and Path(at, name) != out]
        for name in files:
            if not name.startswith((".", "~$")) and name.lower() not in RECORD_NAMES:
                yield Path(at, name)


def _is_record(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return False
    return _PROFILE.search(head) is not None and _PROJECT.search(head) is not None


def _choose_workbooks(folder: Path, out: Path | None) -> set[Path]:
    """The workbooks to fill in; of a folder's, a returned copy only where nothing else is there."""
    fresh: set[Path] = set()
    returned: set[Path] = set()
    for path in _walk(folder, out):
        sheets = _read_sheets(path) if path.suffix.lower() == ".xlsx" else ""
        if f'"{ABOUT_SHEET}"' in sheets:
            (returned if f'"{ISSUE_SHEET}"' in sheets else fresh).add(path)
    others = {path.parent for path in fresh}
    return fresh | {path for path in returned if path.parent not in others}


def _read_sheets(path: Path) -> str:
    """The part of a workbook that names its sheets, or nothing where the file is none."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("xl/workbook.xml") as part:
            return part.read(_HEAD).decode("utf-8", "replace")
    except (OSError, KeyError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile):
        return ""  # whatever it is, it is no workbook of docgen's
