"""Saving changes in a record file: nothing is overwritten that nobody saw, and nothing else of the file changes."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from docgen.errors import SourceError
from docgen.sources.record_edit import digest_file, save_edits, try_edits
from docgen.sources.record_file import read_source
from docgen.trees.yaml_patch import Edit

TEXT = "# 记录\nprofile: x\nproject:\n  name: 甲  # 名称\n"


def write(folder: Path, data: bytes, name: str = "record.yaml") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def save(path: Path, *edits: Edit) -> None:
    save_edits(path, digest_file(path), edits)


def refuse(path: Path, digest: str = "") -> str:
    before = path.read_bytes()
    with pytest.raises(SourceError) as caught:
        save_edits(path, digest or digest_file(path), [Edit(("project", "name"), "乙")])
    assert path.read_bytes() == before
    assert [item.name for item in path.parent.iterdir()] == [path.name], "nothing is left beside it"
    return caught.value.diagnostics[0].code


@pytest.mark.parametrize("head", [b"", b"\xef\xbb\xbf"], ids=["plain", "bom"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_the_value_alone_is_changed(head: bytes, end: str, tmp_path: Path) -> None:
    text = TEXT.replace("\n", end)
    path = write(tmp_path, head + text.encode())
    save(path, Edit(("project", "name"), "乙"), Edit(("project", "number"), "012"))
    wanted = text.replace("name: 甲", "name: 乙") + f"  number: 012{end}"
    assert path.read_bytes() == head + wanted.encode()


def test_rights_and_links_stay(tmp_path: Path) -> None:
    real = write(tmp_path, TEXT.encode(), "真.yaml")
    real.chmod(0o640)
    link = tmp_path / "record.yaml"
    link.symlink_to(real.name)
    save(link, Edit(("project", "name"), "乙"))
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert "name: 乙" in real.read_text("utf-8")


def test_what_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = write(tmp_path, TEXT.encode())
    seen = digest_file(path)
    path.write_text(TEXT + "# 别人写的\n", "utf-8")
    assert refuse(path, seen) == "N203"


@pytest.mark.parametrize(("name", "code"), [("record.json", "N202"), ("项目.xlsx", "N201")])
def test_what_other_programs_write_is_not_edited(name: str, code: str, tmp_path: Path) -> None:
    assert refuse(write(tmp_path, b"{}", name)) == code


def test_a_place_that_cannot_be_changed_alone_is_told_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, b"profile: x\n? project\n: {name: a}\n")
    before = path.read_bytes()
    with pytest.raises(SourceError) as caught:
        save(path, Edit(("project",), "x"))
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.location.line) == ("N200", 2)
    assert path.read_bytes() == before


def test_a_try_writes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, TEXT.encode())
    tried = try_edits(read_source(path), [Edit(("project", "name"), "乙")])
    assert tried.data == {"profile": "x", "project": {"name": "乙"}}
    assert tried.locate(("project", "name")).line == 4
    assert path.read_text("utf-8") == TEXT
