"""Small records of the made-up standard, as many as a batch needs."""

from __future__ import annotations

from pathlib import Path

from support.made_up import RECORD, write_profile


def write_records(root: Path, count: int, start: int = 1) -> list[Path]:
    """``count`` records below ``root``, each in a folder of its own and with a number of its own."""
    paths = []
    for number in range(start, start + count):
        folder = root / f"第{number:05}家"
        folder.mkdir(parents=True)
        path = folder / "record.yaml"
        path.write_text(RECORD.format(id="kites").replace("FZ-1", f"FZ-{number:05}"), "utf-8")
        paths.append(path)
    return paths


def write_profiles(root: Path) -> Path:
    """The made-up profile, as ``--profiles`` takes it."""
    return write_profile(root / "标准")


def spoil(record: Path) -> None:
    """Make a record faulty."""
    record.write_text(record.read_text("utf-8").replace("date: 2030-03-02", "date: 三月"), "utf-8")


def mend(record: Path) -> None:
    """Make it sound again."""
    record.write_text(record.read_text("utf-8").replace("date: 三月", "date: 2030-03-02"), "utf-8")
