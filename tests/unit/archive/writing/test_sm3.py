"""Manifests by SM3 beside those by SHA-256, where they are asked for."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import bagit
import pytest
from support.archive_samples import make_plan, read_all, render_papers, repack, verify

from docgen.archive.verify.report import Step, Verdict
from docgen.archive.writing import package as writing
from docgen.archive.writing.package import write_package
from docgen.errors import ArchiveError


def build_with_sm3(folder: Path) -> Path:
    plan = replace(make_plan(), sm3=True)
    return write_package(plan, folder / f"{plan.index.package_name}.zip", finish=render_papers).path


def test_every_file_is_listed_by_both(tmp_path: Path) -> None:
    members = {name.partition("/")[2]: data for name, data in read_all(build_with_sm3(tmp_path)).items()}
    for manifest, is_listed in (
        ("manifest-sm3.txt", lambda path: path.startswith("data/")),
        ("tagmanifest-sm3.txt", lambda path: not path.startswith(("data/", "tagmanifest-"))),
    ):
        lines = dict(reversed(line.split("  ", 1)) for line in members[manifest].decode().splitlines())
        assert lines == {
            path: hashlib.new("sm3", data).hexdigest() for path, data in members.items() if is_listed(path)
        }
    assert b"  manifest-sm3.txt" in members["tagmanifest-sha256.txt"]


def test_verify_and_the_bag_library_take_it(tmp_path: Path) -> None:
    path = build_with_sm3(tmp_path)
    report = verify(path)
    assert not [item for item in report.diagnostics if item.code.startswith("V1")]
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "bag")
    (bag,) = (tmp_path / "bag").iterdir()
    assert bagit.Bag(str(bag)).validate()


def test_a_wrong_sm3_fails_though_the_rest_agrees(tmp_path: Path) -> None:
    path = build_with_sm3(tmp_path)
    plain = write_package(make_plan(), tmp_path / "另.zip", finish=render_papers)
    assert "manifest-sm3.txt" not in {name.partition("/")[2] for name in read_all(plain.path)}
    members = read_all(path)
    name = next(name for name in members if name.endswith("/manifest-sm3.txt"))
    repack(path, lambda contents: contents.update({name: b"0" * 64 + members[name][64:]}))
    verdicts = {result.step: result.verdict for result in verify(path).steps}
    assert verdicts[Step.PAYLOAD] is verdicts[Step.TAGS] is Verdict.FAILED


def test_without_sm3_on_this_computer_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "can_hash", lambda _algorithm: False)
    with pytest.raises(ArchiveError) as caught:
        build_with_sm3(tmp_path)
    assert [item.code for item in caught.value.diagnostics] == ["V268"]
    assert list(tmp_path.iterdir()) == []
