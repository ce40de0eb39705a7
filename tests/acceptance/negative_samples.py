"""The negative samples: small records with one thing wrong each, and the diagnostics that ``docgen check`` owes them.

A folder ``<code>_<what-is-wrong>`` holds ``expected.yaml`` and either a whole ``record.yaml`` or ``change.yaml``, which
says what to change in ``base.yaml``: ``change`` (old text → new text, or
the old text some times over), ``everywhere`` (the same at every place), ``cut_from``
(everything from there on),
``copy`` (a file under another name, where the name is what is wrong and no repository can hold it).
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parents[2] / "samples" / "db3203-t1023-2023" / "negative"
NAMES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
_OURS = ("change.yaml", "expected.yaml")


@dataclass(frozen=True, order=True)
class Expected:
    """One diagnostic: ``line`` is None where no line can be named."""

    line: int | None
    code: str
    severity: str


def read_base() -> str:
    return (FOLDER / "base.yaml").read_text("utf-8")


def read_expected(name: str) -> list[Expected]:
    items = yaml.safe_load((FOLDER / name / "expected.yaml").read_text("utf-8"))
    return [Expected(item.get("line"), item["code"], item["severity"]) for item in items]


def make_record(name: str, folder: Path) -> Path:
    """The sample's record with its files in ``folder``."""
    shutil.copy(FOLDER / "现场.jpg", folder)
    sample = FOLDER / name
    for path in sample.iterdir():
        if path.is_dir():
            shutil.copytree(path, folder / path.name)
        elif path.name not in _OURS:
            shutil.copy(path, folder)
    record = folder / "record.yaml"
    if (sample / "change.yaml").exists():
        assert not list(folder.glob("record.*")), "either a whole record or a change"
        wanted = yaml.safe_load((sample / "change.yaml").read_text("utf-8"))
        record.write_bytes(change_text(read_base(), wanted).encode())
        for old, new in wanted.get("copy", {}).items():
            shutil.copy(folder / old, folder / new)
    return next(folder.glob("record.*"))


def change_text(text: str, wanted: dict[str, Any]) -> str:
    for item in wanted.get("change", ()):
        assert text.count(item["old"]) == 1, item
        new = item["old"] * item["times"] if "times" in item else item["new"]
        text = text.replace(item["old"], new)
    for old, new in wanted.get("everywhere", {}).items():
        text = text.replace(old, new)
    if "cut_from" in wanted:
        text = text[: text.index(wanted["cut_from"])]
    return text
