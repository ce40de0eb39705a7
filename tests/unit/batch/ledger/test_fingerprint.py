"""Files as they were: what a stamp settles, what is read again, and what no stamp may hide."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

import pytest

from docgen.batch.ledger import fingerprint
from docgen.batch.ledger.fingerprint import (
    ABSENT,
    FileMark,
    compare_file,
    follow_output,
    mark_file,
    mark_folder,
    mark_names,
    mark_output,
)

SECOND = 1_000_000_000


class Clock:
    """The system's clock as the batch reads it; files keep the true one."""

    def __init__(self) -> None:
        self.ahead = 0

    def time_ns(self) -> int:
        return time.time_ns() + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(fingerprint, "time", made)
    return made


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files whose content is read."""
    names: list[str] = []
    true = fingerprint.hash_file

    def note(path: Path | str) -> str:
        names.append(Path(path).name)
        return true(path)

    monkeypatch.setattr(fingerprint, "hash_file", note)
    return names


def write_old(path: Path, text: str) -> None:
    """A file that was saved long ago."""
    path.write_text(text)
    os.utime(path, ns=(10**18, 10**18))


def test_file_with_its_stamp_is_not_read(tmp_path: Path, clock: Clock, reads: list[str]) -> None:
    path = tmp_path / "a"
    write_old(path, "one")
    clock.ahead = 10 * SECOND
    mark = mark_file(path)
    reads.clear()
    assert compare_file(mark, path) is mark
    assert reads == []
    assert compare_file(mark, path, trust_stamp=False) == mark
    assert reads == ["a"]


def test_saved_again_with_the_same_content_gets_a_new_stamp(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "a"
    write_old(path, "one")
    clock.ahead = 10 * SECOND
    mark = mark_file(path)
    path.write_text("one")
    moved = compare_file(mark, path)
    assert moved is not None
    assert (moved.path, moved.sha256) == (mark.path, mark.sha256)
    assert moved.stamp not in ("", mark.stamp)
    assert compare_file(moved, path) is moved


@pytest.mark.parametrize("change", ["rewrite", "swap", "swap back in time", "link"])
def test_change_that_keeps_size_and_time_is_found(tmp_path: Path, clock: Clock, change: str) -> None:
    if sys.platform == "win32" and change == "rewrite":
        pytest.skip("Windows doesn't note when a file was touched: --by-content is for that")
    path, other = tmp_path / "a", tmp_path / "b"
    write_old(path, "one")
    clock.ahead = 10 * SECOND
    mark = mark_file(path)
    assert mark.stamp
    if change == "rewrite":
        path.write_text("two")
    else:
        other.write_text("two")
        shutil.copystat(path, other)
        if change == "link":
            path.unlink()
            os.link(other, path)
        else:
            other.replace(path)
    if change in ("rewrite", "swap back in time"):
        os.utime(path, ns=(10**18, 10**18))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (3, 10**18)
    assert compare_file(mark, path) is None


def test_young_file_has_no_stamp(tmp_path: Path, clock: Clock) -> None:
    """Two saves within one tick of the clock look the same."""
    path = tmp_path / "a"
    path.write_text("one")
    mark = mark_file(path)
    assert mark.stamp == ""
    path.write_text("two")
    assert compare_file(mark, path) is None
    path.write_text("one")
    assert compare_file(mark, path) == mark_file(path)  # the same again, but still young
    clock.ahead = 10 * SECOND
    learned = compare_file(mark, path)
    assert learned is not None
    assert learned.stamp


def test_file_that_was_only_just_put_there_has_no_stamp(tmp_path: Path) -> None:
    """Its own time is old; that of its entry is not (on Windows: it was made just now)."""
    path = tmp_path / "a"
    write_old(path, "one")
    assert mark_file(path).stamp == ""


def test_file_from_the_future_is_read_every_time(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("one")
    ahead = time.time_ns() + 1000 * SECOND
    os.utime(path, ns=(ahead, ahead))
    mark = mark_file(path)
    assert mark.stamp == ""
    path.write_text("two")
    os.utime(path, ns=(ahead, ahead))
    assert compare_file(mark, path) is None


def test_stamp_of_another_kind_only_costs_reading(tmp_path: Path, clock: Clock) -> None:
    """Moved to another disk, restored, or on one that counts its files anew each time."""
    path = tmp_path / "a"
    write_old(path, "one")
    clock.ahead = 10 * SECOND
    mark = mark_file(path)
    moved = FileMark(mark.path, mark.size, "1:2:3", mark.sha256)
    assert compare_file(moved, path) == mark


def test_file_saved_while_it_was_used_equals_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("one")
    for mark in (mark_file(path, since_ns=path.stat().st_mtime_ns), mark_file(path, seen=(3, 17))):
        assert mark.sha256 == ""
        assert compare_file(mark, path) is None


def test_file_swapped_while_it_was_used_equals_nothing(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "a"
    since = time.time_ns() - SECOND
    write_old(tmp_path / "b", "two")
    (tmp_path / "b").replace(path)  # the time of its last change is long before
    assert mark_file(path, since_ns=since).sha256 == ""


def test_coarse_clock_may_hide_what_came_later(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_old(path, "one")
    begun = time.time_ns() // SECOND * SECOND - 100 * SECOND
    os.utime(path, ns=(begun, begun))
    found = path.stat()
    whole = os.stat_result((*found[:7], *found[7:10]), {**_times(found), "st_ctime_ns": 0})
    assert fingerprint._may_be_later(whole, begun + SECOND)  # FAT would say so of a save at begun + 1 s
    fine = os.stat_result((*found[:7], *found[7:10]), {**_times(found), "st_ctime_ns": 0, "st_mtime_ns": begun + 1})
    assert not fingerprint._may_be_later(fine, begun + SECOND)


def _times(found: os.stat_result) -> dict[str, int]:
    return {name: getattr(found, name) for name in ("st_atime_ns", "st_mtime_ns", "st_ctime_ns")}


def test_absent_file_stays_as_it_was_until_it_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a"
    mark = mark_file(path)
    assert mark.size == ABSENT
    assert compare_file(mark, path) is mark
    path.write_text("one")
    assert compare_file(mark, path) is None


def test_folder_is_the_names_below_it(tmp_path: Path) -> None:
    (tmp_path / "甲").mkdir()
    (tmp_path / "甲" / "一.jpg").write_text("1")
    mark = mark_folder(tmp_path)
    (tmp_path / "甲" / "一.jpg").write_text("another content")
    assert compare_file(mark, tmp_path) is mark
    (tmp_path / "甲" / "二.jpg").write_text("2")
    assert compare_file(mark, tmp_path) is None
    (tmp_path / "甲" / "二.jpg").unlink()
    assert compare_file(mark, tmp_path) is mark
    (tmp_path / "甲" / "一.jpg").rename(tmp_path / "一.jpg")
    assert compare_file(mark, tmp_path) is None
    shutil.rmtree(tmp_path)
    assert compare_file(mark, tmp_path) is None
    assert mark_folder(tmp_path).size == ABSENT


def test_output_has_a_time_that_no_later_save_can_have(tmp_path: Path, reads: list[str]) -> None:
    path, place = tmp_path / "a", tmp_path / "b"
    path.write_text("one")
    mark = mark_output(path)
    assert time.time_ns() - path.stat().st_mtime_ns > 2 * SECOND
    path.replace(place)
    moved = follow_output(mark, place)
    reads.clear()
    assert compare_file(moved, place) is moved
    assert reads == []
    place.write_text("two")
    assert follow_output(mark, place).stamp == ""
    assert compare_file(moved, place) is None


def test_outputs_of_one_moment_have_times_of_their_own(tmp_path: Path) -> None:
    """One that is copied over another, its time with it, isn't taken for it where the clock is fine."""
    paths = [tmp_path / str(number) for number in range(50)]
    for number, path in enumerate(paths):
        path.write_text(f"{number:02}")
    marks = [mark_output(path) for path in paths]
    assert len({mark.stamp.partition(":")[0] for mark in marks}) == 50


def test_output_that_is_gone_has_no_stamp(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("one")
    mark = mark_output(path)
    path.unlink()
    assert follow_output(mark, path).stamp == ""
    assert compare_file(mark, path) is None


def test_where_no_time_can_be_set_contents_are_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    path.write_text("one")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "utime", refuse)
    mark = follow_output(mark_output(path), path)
    assert mark.stamp == ""
    assert compare_file(mark, path) is not None
    path.write_text("two")
    assert compare_file(mark, path) is None


def test_names_in_a_folder_and_not_what_is_below(tmp_path: Path) -> None:
    folder = tmp_path / "附件"
    absent = mark_names(folder)
    assert compare_file(absent, folder) is absent
    (folder / "内").mkdir(parents=True)
    assert compare_file(absent, folder) is None
    mark = mark_names(folder)
    (folder / "内" / "a.txt").touch()
    assert compare_file(mark, folder) is mark
    (folder / "A.TXT").touch()
    assert compare_file(mark, folder) is None
