"""The cache of PDFs: in the place that the system has for it, never fuller than it may be, never in the way."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from docgen.render.office.cache import PdfCache, find_cache_folder

KEYS = [f"{number:064x}" for number in range(10)]


def test_it_gives_back_what_it_was_given(tmp_path: Path) -> None:
    cache = PdfCache(tmp_path / "cache", 1)
    assert cache.read(KEYS[0]) is None
    cache.write(KEYS[0], b"%PDF")
    assert PdfCache(tmp_path / "cache", 1).read(KEYS[0]) == b"%PDF"


def test_an_entry_under_another_name_is_none(tmp_path: Path) -> None:
    cache = PdfCache(tmp_path, 1)
    cache.write(KEYS[0], b"%PDF")
    (entry,) = (path for path in tmp_path.rglob("*") if path.is_file())
    entry.rename(entry.with_name(KEYS[1][2:]))
    assert cache.read(KEYS[1]) is None


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    cache = PdfCache(tmp_path, 1)
    for number, key in enumerate(KEYS):
        cache.write(key, b"x" * 150_000)
        (entry,) = tmp_path.rglob(key[2:])
        os.utime(entry, (number, number))
    assert cache.read(KEYS[0]) is not None  # used just now
    cache.tidy()
    kept = [key for key in KEYS if cache.read(key) is not None]
    assert kept == [KEYS[0], *KEYS[6:]]


@pytest.mark.skipif(sys.platform == "win32", reason="modes as POSIX has them")
def test_nobody_else_reads_it(tmp_path: Path) -> None:
    PdfCache(tmp_path / "cache", 1).write(KEYS[0], b"%PDF")
    for path in (tmp_path / "cache").rglob("*"):
        assert not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)


def test_where_nothing_can_be_written_it_is_empty(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = PdfCache(tmp_path / "file" / "cache", 1)
    cache.write(KEYS[0], b"%PDF")
    cache.tidy()
    assert cache.read(KEYS[0]) is None


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the XDG rules")
def test_the_folder_is_by_the_rules_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert find_cache_folder() == tmp_path / "docgen" / "pdf"
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for value in ("", "relative"):
        monkeypatch.setenv("XDG_CACHE_HOME", value)
        assert find_cache_folder() == tmp_path / "home" / ".cache" / "docgen" / "pdf"
