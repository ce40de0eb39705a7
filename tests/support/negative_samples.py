"""The negative samples: small records with one thing wrong each, and the diagnostics that ``docgen check`` owes them.

Each standard has its own, below ``samples/<profile id>/negative``, with a base of its own. A name is the folder's;
before it stands the profile's id where that isn't the first standard's: ``db4201-t665-2022/C232_plan-revised``.

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

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
FIRST = "db3203-t1023-2023"
FOLDER = SAMPLES / FIRST / "negative"
PROFILES = sorted(path.parent.name for path in SAMPLES.glob("*/negative"))
NAMES = sorted(
    path.name if path.parents[1].name == FIRST else f"{path.parents[1].name}/{path.name}"
    for path in SAMPLES.glob("*/negative/*")
    if path.is_dir()
)
_OURS = ("change.yaml", "expected.yaml")


@dataclass(frozen=True, order=True)
class Expected:
    """One diagnostic: ``line`` is None where no line can be named."""

    line: int | None
    code: str
    severity: str


def find_sample(name: str) -> Path:
    profile, _, own = name.rpartition("/")
    return SAMPLES / (profile or FIRST) / "negative" / own


def find_code(name: str) -> str:
    """The code that a sample is named after."""
    return name.rpartition("/")[2].partition("_")[0]


def read_base(profile: str = FIRST) -> str:
    return (SAMPLES / profile / "negative" / "base.yaml").read_text("utf-8")


def copy_base_files(folder: Path, profile: str = FIRST) -> None:
    """The files that the base names, into ``folder``."""
    for path in (SAMPLES / profile / "negative").iterdir():
        if path.is_file() and path.suffix != ".yaml":
            shutil.copy(path, folder)


def read_expected(name: str) -> list[Expected]:
    items = yaml.safe_load((find_sample(name) / "expected.yaml").read_text("utf-8"))
    return [Expected(item.get("line"), item["code"], item["severity"]) for item in items]


def make_record(name: str, folder: Path) -> Path:
    """The sample's record with its files in ``folder``."""
    sample = find_sample(name)
    profile = sample.parents[1].name
    copy_base_files(folder, profile)
    for path in sample.iterdir():
        if path.is_dir():
            shutil.copytree(path, folder / path.name)
        elif path.name not in _OURS:
            shutil.copy(path, folder)
    record = folder / "record.yaml"
    if (sample / "change.yaml").exists():
        assert not list(folder.glob("record.*")), "either a whole record or a change"
        wanted = yaml.safe_load((sample / "change.yaml").read_text("utf-8"))
        record.write_bytes(change_text(read_base(profile), wanted).encode())
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
