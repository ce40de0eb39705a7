"""Find the records in a folder of projects: in folders of their own, workbooks to fill in, files with other names.

A file with another name is recognised by its content: a record by its profile and project, a workbook by the sheet
that states what it was made for. A mapping, a foreign table, and a returned copy beside its workbook are no records.
"""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from docgen.batch.ledger.jobs import RECORD_NAMES, find_jobs
from docgen.diagnostics import Diagnostic, error
from docgen.sources.intake.workbook.layout import ABOUT_SHEET, ISSUE_SHEET

_RECORDS = (".yaml", ".yml", ".json")
_HEAD = 1 << 16
_PROFILE = re.compile(rb'^profile\s*:|"profile"\s*:\s*"', re.MULTILINE)
_PROJECT = re.compile(rb'^project\s*:|"project"\s*:\s*\{', re.MULTILINE)


def list_records(arguments: Iterable[Path], refused: list[Diagnostic]) -> list[Path]:
    """The records in the order of the arguments: those that are named, and those in folders (B104 for an empty one)."""
    listed: list[Path] = []
    for argument in arguments:
        records = find_records(argument, refused) if argument.is_dir() else [argument]
        if not records:
            refused.append(error("B104", folder=str(argument)))
        listed += records
    return listed


def find_records(folder: Path, refused: list[Diagnostic], out: Path | None = None) -> list[Path]:
    """Find the records below a folder, sorted by path; unreadable folders are reported in ``refused`` as in a batch.

    ``out``, a folder of outputs in it, is skipped.
    """
    records = {job.path for job in find_jobs((folder,), out or folder, refused)}
    for path in _walk(folder, out):
        if path.suffix.lower() in _RECORDS:
            records.update((path,) if _is_record(path) else ())
    return sorted(records | _choose_workbooks(folder, out))


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
    """The workbooks to fill in; a returned copy only where its folder has no other."""
    fresh: set[Path] = set()
    returned: set[Path] = set()
    for path in _walk(folder, out):
        sheets = _read_sheets(path) if path.suffix.lower() == ".xlsx" else ""
        if f'"{ABOUT_SHEET}"' in sheets:
            (returned if f'"{ISSUE_SHEET}"' in sheets else fresh).add(path)
    others = {path.parent for path in fresh}
    return fresh | {path for path in returned if path.parent not in others}


def _read_sheets(path: Path) -> str:
    """Read the part of a workbook that names its sheets; "" where the file is no workbook."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("xl/workbook.xml") as part:
            return part.read(_HEAD).decode("utf-8", "replace")
    except (OSError, KeyError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile):
        return ""  # no workbook of docgen's
