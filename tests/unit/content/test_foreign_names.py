"""File names that aren't UTF-8 are told with what they most likely say, and everything else goes on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from docgen.batch.ledger.jobs import find_jobs
from docgen.content.foreign_names import guess_foreign_name, list_foreign
from docgen.content.shown_names import format_first_few
from docgen.diagnostics import Diagnostic
from docgen.sources import evidence_folder, manuscripts

GBK = os.fsdecode("企业乙".encode("gbk")) if os.name == "posix" else "\udcc6\udcf3\udcd2\udcb5\udcd2\udcd2"


def make_foreign(folder: Path, ending: str = "") -> Path:
    path = folder / (GBK + ending)
    try:
        path.touch() if ending else path.mkdir()
    except (OSError, UnicodeError):
        pytest.skip("this system's file names are UTF-8")
    return path


def test_names_are_read_as_gbk() -> None:
    assert guess_foreign_name("现场/照片1.jpg") is None
    assert guess_foreign_name(f"现场/{GBK}.jpg") == "现场/企业乙.jpg"
    assert list_foreign(["甲", GBK, "乙"]) == ("企业乙",)
    assert format_first_few("一二三四五") == "一、二、三、四、五"
    assert format_first_few("一二三四五六") == "一、二、三、四、五…"


def test_a_batch_passes_by_folders_with_foreign_names(tmp_path: Path) -> None:
    for folder in (tmp_path / "甲", make_foreign(tmp_path)):
        folder.mkdir(exist_ok=True)
        (folder / "record.yaml").touch()
    refused: list[Diagnostic] = []
    jobs = list(find_jobs([tmp_path], tmp_path / "out", refused))
    assert [job.path.parent.name for job in jobs] == ["甲"]
    assert [(item.code, item.params["names"]) for item in refused] == [("B124", "企业乙")]


def test_a_folder_with_a_foreign_name_is_no_argument(tmp_path: Path) -> None:
    folder = make_foreign(tmp_path)
    (folder / "record.yaml").touch()
    refused: list[Diagnostic] = []
    assert not list(find_jobs([folder], tmp_path / "out", refused))
    assert [item.code for item in refused] == ["B124"]
    assert str(refused[0].location.file).endswith("企业乙")


@pytest.mark.parametrize("pattern", ["证据/", "证据/*.jpg"])
def test_evidence_with_a_foreign_name_is_told(tmp_path: Path, pattern: str) -> None:
    folder = tmp_path / "证据"
    folder.mkdir()
    (folder / "照片.jpg").touch()
    make_foreign(folder, ".jpg")
    listing = evidence_folder.list_folder(tmp_path, pattern)
    assert listing.names == ("证据/照片.jpg",)
    assert [(item.code, item.params["names"]) for item in listing.diagnostics] == [("E125", "企业乙.jpg")]


def test_a_folder_of_foreign_names_alone_is_not_called_empty(tmp_path: Path) -> None:
    make_foreign(tmp_path, ".jpg")
    listing = evidence_folder.list_folder(tmp_path, "*.jpg")
    assert [item.code for item in listing.diagnostics] == ["E125"]


def test_hand_written_documents_with_foreign_names_are_set_apart(tmp_path: Path) -> None:
    (tmp_path / "方案.docx").touch()
    make_foreign(tmp_path, ".docx")
    listing = manuscripts.list_folder(tmp_path)
    assert [str(path) for path in listing.files] == ["方案.docx"]
    assert listing.foreign == ("企业乙.docx",)
