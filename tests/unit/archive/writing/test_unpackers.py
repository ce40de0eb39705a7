"""A package is read by the programs that receivers have: names and bytes come out as they went in."""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path

import pytest
from support.archive_samples import TOP, build, read_all
from support.unpack_tools import COMMANDS, unpack

from docgen.archive.verify.package import verify_package

pytestmark = pytest.mark.heavy

EVERY_PROGRAM = pytest.mark.parametrize(
    "program", [pytest.param(name, marks=pytest.mark.unpack(name)) for name in COMMANDS]
)


def read_tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def validate_bag(folder: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import bagit

    bagit.Bag(str(folder)).validate()


@EVERY_PROGRAM
def test_names_and_bytes_come_out_as_they_went_in(tmp_path: Path, program: str) -> None:
    package = build(tmp_path)
    unpack(program, package, tmp_path / "out")
    assert read_tree(tmp_path / "out") == read_all(package)
    assert f"{TOP}/data/a_前期准备/0001_企业报名表_徐州甲食品有限公司.docx" in read_tree(tmp_path / "out")
    validate_bag(tmp_path / "out" / TOP)


@pytest.mark.parametrize(
    "program", [pytest.param(name, marks=pytest.mark.unpack(name)) for name in COMMANDS if name != "busybox"]
)
def test_a_package_of_more_than_4_gb_is_read_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """The form of large zips, made small: every place and size beyond 1,000 bytes is told in the wide way."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1000)
    package = build(tmp_path)
    monkeypatch.undo()
    assert b"PK\6\6" in package.read_bytes()
    assert not [
        item for item in verify_package(package).diagnostics if item.code.startswith("V1") and item.code < "V150"
    ]
    unpack(program, package, tmp_path / "out")
    assert read_tree(tmp_path / "out") == read_all(package)
    validate_bag(tmp_path / "out" / TOP)
