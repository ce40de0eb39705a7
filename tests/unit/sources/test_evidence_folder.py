"""docgen.sources.evidence_folder: which files a folder or a pattern stands for."""

from __future__ import annotations

from pathlib import Path

import pytest

from docgen.messages import LANGUAGES, catalogue
from docgen.sources.evidence import is_leftover
from docgen.sources.evidence_folder import EvidenceListing, find_top, list_folder, names_folder, sort_naturally


def fill(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")


def say(listing: EvidenceListing) -> list[str]:
    for item in listing.diagnostics:
        for lang in LANGUAGES:
            assert "{" not in catalogue(lang).message(item) + catalogue(lang).mend(item)
    return [item.code for item in listing.diagnostics]


@pytest.mark.parametrize(
    "name",
    [
        *("~$报告.docx", "Thumbs.db", "thumbs.db", "ehthumbs.db", "desktop.ini", ".DS_Store", "._照片1.jpg"),
        *(".~lock.报告.docx#", "~WRL0001.tmp", "a.tmp", "照片.jpg.crdownload", "__MACOSX", "@eaDir", "备份.docx~"),
    ],
)
def test_what_programs_leave_behind(name: str) -> None:
    assert is_leftover(name)


@pytest.mark.parametrize(
    "name", ["照片1.jpg", "_照片.jpg", "缩略图.db", "desktop.jpg", ".jpg", "~报告.docx", "模板.tmpl"]
)
def test_what_people_made(name: str) -> None:
    assert not is_leftover(name)


def test_people_sort_numbers_by_their_size() -> None:
    names = ["照片10.jpg", "照片2.jpg", "照片1.jpg", "照片０３.jpg", "IMG_2.jpg", "img_10.jpg", "照片.jpg", "2楼/1.jpg"]
    assert sorted(names, key=sort_naturally) == [
        *("2楼/1.jpg", "IMG_2.jpg", "img_10.jpg", "照片.jpg", "照片1.jpg", "照片2.jpg", "照片０３.jpg", "照片10.jpg"),
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("照片/", True),
        ("照片\\", True),
        ("照片/*.jpg", True),
        ("照片/IMG_?.jpg", True),
        ("照片", False),
        ("a.jpg", False),
    ],
)
def test_what_means_a_folder(tmp_path: Path, name: str, expected: bool) -> None:
    assert names_folder(tmp_path, name) is expected


def test_a_file_whose_name_looks_like_a_pattern_is_a_file(tmp_path: Path) -> None:
    fill(tmp_path, "为什么?.jpg")
    assert not names_folder(tmp_path, "为什么?.jpg")


def test_every_file_of_a_folder_without_what_was_left_there(tmp_path: Path) -> None:
    fill(
        tmp_path,
        "照片/10.jpg",
        "照片/2.jpg",
        "照片/二楼/1.jpg",
        "照片/Thumbs.db",
        "照片/__MACOSX/._2.jpg",
        "照片/~$a.docx",
    )
    listing = list_folder(tmp_path, "照片/")
    assert listing.names == ("照片/2.jpg", "照片/10.jpg", "照片/二楼/1.jpg")
    assert say(listing) == ["E120"]
    assert "有 2 个" in catalogue("zh").message(listing.diagnostics[0])
    assert list_folder(tmp_path, "照片\\").names == listing.names
    assert find_top(tmp_path, "照片/") == tmp_path / "照片"


def test_a_pattern_takes_one_folder_and_any_case(tmp_path: Path) -> None:
    fill(tmp_path, "照片/a1.jpg", "照片/A2.JPG", "照片/a3.png", "照片/深/a4.jpg", "照片/[旧]a5.jpg")
    assert list_folder(tmp_path, "照片/a*.jpg").names == ("照片/a1.jpg", "照片/A2.JPG")
    assert list_folder(tmp_path, "照片/[旧]*.jpg").names == ("照片/[旧]a5.jpg",)
    assert find_top(tmp_path, "照片/a*.jpg") == tmp_path / "照片"


def test_a_file_that_has_an_entry_of_its_own_is_not_taken_twice(tmp_path: Path) -> None:
    fill(tmp_path, "照片/1.jpg", "照片/2.jpg")
    taken = {(tmp_path / "照片" / "1.jpg").resolve()}
    assert list_folder(tmp_path, "照片/", taken).names == ("照片/2.jpg",)
    assert say(list_folder(tmp_path, "照片/", taken | {(tmp_path / "照片" / "2.jpg").resolve()})) == []


def test_a_folder_above_the_record(tmp_path: Path) -> None:
    fill(tmp_path, "照片/1.jpg", "项目/record.yaml")
    assert say(list_folder(tmp_path / "项目", "../照片/")) == ["E150"]
    assert list_folder(tmp_path / "项目", "../照片/", allowed=[tmp_path / "照片"]).names == ("../照片/1.jpg",)


def test_what_there_is_to_say_of_no_folder(tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    assert say(list_folder(tmp_path, "空/")) == ["E121"]
    assert say(list_folder(tmp_path, "没有/")) == ["E101"]
    assert say(list_folder(tmp_path, "空/*.jpg")) == ["E121"]
    assert say(list_folder(tmp_path, "C:\\照片\\")) == ["E107"]
    fill(tmp_path, "旧/Thumbs.db")
    assert say(list_folder(tmp_path, "旧/")) == ["E120", "E121"]
