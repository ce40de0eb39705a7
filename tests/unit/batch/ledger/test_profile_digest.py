"""A profile known again by its files, without loading it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support.made_up import write_profile

import docgen.profile.load
from docgen.batch.ledger.profile_digest import (
    describe_origin,
    digest_profiles,
    find_profile_digest,
    list_profile_files,
    name_note,
)
from docgen.profile.load import find_profile, forget_profiles, load_profile
from docgen.resources import Resources, shipped_folder

CHILD = "id: child\nversion: 1.0.0\nextends: kites\nstandard: {number: XX/T 2—2031, title: 子标准, edition: '2031'}\n"


class Memory:
    """Notes in a dictionary."""

    def __init__(self) -> None:
        self.notes: dict[str, str] = {}

    def read_note(self, name: str) -> str:
        return self.notes.get(name, "")

    def write_note(self, name: str, text: str) -> None:
        self.notes[name] = text


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = write_profile(tmp_path / "own")
    (folder / "child").mkdir()
    (folder / "child" / "profile.yaml").write_text(CHILD, "utf-8")
    return folder


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the profiles that are loaded."""
    ids: list[str] = []

    def note(resources: Resources, profile_id: str) -> object:
        ids.append(profile_id)
        return find_profile(resources, profile_id)

    monkeypatch.setattr(docgen.profile.load, "find_profile", note)
    return ids


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_unchanged_profile_is_loaded_once(root: Path, loads: list[str]) -> None:
    notes, resources = Memory(), Resources((root,))
    first = find_profile_digest(resources, "child", notes)
    assert first == find_profile(resources, "child").digest
    assert find_profile_digest(resources, "child", notes) == first
    assert loads == ["child"]


def test_comment_costs_loading_it_once(root: Path, loads: list[str]) -> None:
    notes, resources = Memory(), Resources((root,))
    first = find_profile_digest(resources, "child", notes)
    edit(root / "kites" / "profile.yaml", "parts:", "# 说明不算\nparts:")
    assert [find_profile_digest(resources, "child", notes) for _ in range(2)] == [first, first]
    assert loads == ["child", "child"]


@pytest.mark.parametrize("name", ["profile.yaml", "filing.yaml"])
def test_change_of_what_it_extends_is_found(root: Path, name: str) -> None:
    notes, resources = Memory(), Resources((root,))
    first = find_profile_digest(resources, "child", notes)
    edit(root / "kites" / name, "计划", "方案")
    second = find_profile_digest(resources, "child", notes)
    assert second not in ("", first)
    assert second == find_profile(resources, "child").digest


def test_rules_that_come_later_are_found(root: Path) -> None:
    notes, resources = Memory(), Resources((root,))
    first = find_profile_digest(resources, "kites", notes)
    rules = root / "kites" / "rules.yaml"
    rules.unlink(missing_ok=True)
    second = find_profile_digest(resources, "kites", notes)
    rules.write_text("rules: []\n", "utf-8")
    assert find_profile_digest(resources, "kites", notes) != second
    assert first


def test_profile_of_ones_own_that_comes_before_is_found(root: Path, tmp_path: Path) -> None:
    notes = Memory()
    first = find_profile_digest(Resources((root,)), "child", notes)
    other = write_profile(tmp_path / "other")
    edit(other / "kites" / "profile.yaml", "title: 放飞计划", "title: 放飞方案")
    both = Resources((other, root))
    assert find_profile_digest(both, "child", notes) not in ("", first)
    assert find_profile_digest(Resources((root,)), "child", notes) == first


def test_faulty_profile_equals_nothing_and_is_not_remembered(root: Path) -> None:
    notes, resources = Memory(), Resources((root,))
    first = find_profile_digest(resources, "kites", notes)
    path = root / "kites" / "profile.yaml"
    text = path.read_text("utf-8")
    for broken in ("id: [", text.replace("id: kites", "id: kites\nextends: nobody"), "- a list"):
        path.write_text(broken, "utf-8")
        assert find_profile_digest(resources, "kites", notes) == ""
    path.write_text(text, "utf-8")
    assert find_profile_digest(resources, "kites", notes) == first
    assert find_profile_digest(resources, "nobody", notes) == ""


def test_profile_saved_while_it_is_loaded_is_not_remembered(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes, resources = Memory(), Resources((root,))
    path = root / "kites" / "profile.yaml"
    before = path.read_text("utf-8")

    def save_meanwhile(asked: Resources, profile_id: str) -> object:
        edit(path, "title: 放飞计划", "title: 放飞方案")
        return find_profile(asked, profile_id)

    monkeypatch.setattr(docgen.profile.load, "find_profile", save_meanwhile)
    later = find_profile_digest(resources, "kites", notes)
    monkeypatch.undo()
    path.write_text(before, "utf-8")
    assert find_profile_digest(resources, "kites", notes) != later


def test_worker_tells_what_it_loaded(root: Path, loads: list[str]) -> None:
    """What it tells makes loading needless — unless the files changed between its looking at them and its end."""
    notes, resources = Memory(), Resources((root,))
    seen = digest_profiles(resources)
    forget_profiles()
    loaded = find_profile(resources, "child")
    notes.write_note(name_note("child"), describe_origin(loaded, resources, seen))
    assert find_profile_digest(resources, "child", notes) == loaded.digest
    assert loads == []
    edit(root / "kites" / "filing.yaml", "计划", "方案")
    assert describe_origin(loaded, resources, seen) == ""
    assert describe_origin(loaded, resources, {}) == ""


@pytest.mark.heavy
def test_nothing_is_read_but_the_files_that_are_compared(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is read for a profile one day must be among what is compared."""
    read: list[Path] = []
    true: Callable[[Path], object] = docgen.profile.load.read_tree

    def note(path: Path) -> object:
        read.append(path)
        return true(path)

    monkeypatch.setattr(docgen.profile.load, "read_tree", note)
    forget_profiles()
    resources = Resources((root,))
    folders = list(resources.profile_folders())
    for folder in folders:
        load_profile(folder, resources)
    forget_profiles()
    assert {path.parent for path in read} == set(folders)
    assert shipped_folder("profiles") in {folder.parent for folder in folders}
    assert set(read) <= {path for folder in folders for path in list_profile_files(folder)}
