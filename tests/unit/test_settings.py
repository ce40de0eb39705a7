from __future__ import annotations

from pathlib import Path

import pytest
from support.command_line import CommandLine

from docgen.cli.session import Session, peek_options
from docgen.errors import DocgenError
from docgen.settings import Settings, read_settings


def write(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "docgen.toml").write_text(text, "utf-8")
    return folder


def find_codes(folder: Path) -> list[str]:
    with pytest.raises(DocgenError) as caught:
        read_settings(folder)
    assert caught.value.exit_code == 2
    return [item.code for item in caught.value.diagnostics]


def test_no_file_means_no_settings(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == Settings()


def test_folders_are_relative_to_the_file(tmp_path: Path) -> None:
    write(tmp_path, 'profiles = "我的 标准"\ntemplates = ["a", "b"]\nlang = "en"\n')
    assert read_settings(tmp_path) == Settings((tmp_path / "我的 标准",), (tmp_path / "a", tmp_path / "b"), "en")


def test_a_file_from_notepad_with_its_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "docgen.toml").write_bytes(b'\xef\xbb\xbflang = "en"\r\n')
    assert read_settings(tmp_path).lang == "en"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("profiles = \n", ["X114"]),
        ('profile = "x"\nlan = "zh"', ["X115", "X115"]),
        ('lang = "fr"', ["X116"]),
        ("profiles = 3", ["X116"]),
        ("templates = [1]", ["X116"]),
        ("verify = 3", ["X116"]),
        ("pdf = true", ["X116"]),
        ("[package]\nsm3 = 3\nmd5 = true", ["X116", "X115"]),
        ("[signing]\nsign = 3\nverify = [1]\nseconds = 0\nkey = 'x'", ["X116", "X116", "X116", "X115"]),
        ("[pdf]\nseconds = 0\ncache = 1\nkept = 5\ncache_megabytes = true", ["X116", "X116", "X115", "X116"]),
        ("[verify]\nentry = 3\nratio = 0\ndepth = true\ninflated = '5'", ["X115", "X116", "X116", "X116"]),
    ],
)
def test_faults_are_told_all_at_once(tmp_path: Path, text: str, codes: list[str]) -> None:
    assert find_codes(write(tmp_path, text)) == codes


def test_programs_for_signatures_and_sm3_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "[package]\nsm3 = true\n[signing]\nsign = ['签', '{in}', '{out}']\nverify = '验 {in} {sig}'\n")
    monkeypatch.chdir(tmp_path)
    session = Session(peek_options([]))
    signing = session.find_signing()
    assert (list(signing.sign), signing.verify, signing.seconds) == (["签", "{in}", "{out}"], "验 {in} {sig}", 120)
    assert session.find_resources().packing.sm3


def test_settings_of_pdf_are_read_and_the_nearer_file_comes_first(tmp_path: Path) -> None:
    write(tmp_path, "[pdf]\nseconds = 9\ncache = false\n")
    write(tmp_path / "far", "[pdf]\nseconds = 8\ncache_megabytes = 7\n")
    read = read_settings(tmp_path).merge(read_settings(tmp_path / "far"))
    assert read.pdf == {"seconds": 9, "cache": False, "cache_megabytes": 7}


def test_limits_of_verifying_are_read(tmp_path: Path) -> None:
    write(tmp_path, "[verify]\nentries = 20\nratio = 5\n")
    assert read_settings(tmp_path).verify == {"entries": 20, "ratio": 5}


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "docgen.toml").write_bytes('profiles = "标准"'.encode("gbk"))
    assert find_codes(tmp_path) == ["X114"]


def test_the_fault_is_placed(tmp_path: Path) -> None:
    write(tmp_path, 'lang = "en"\nprofiles = ]\n')
    with pytest.raises(DocgenError) as caught:
        read_settings(tmp_path)
    assert caught.value.diagnostics[0].location.line == 2


def test_the_records_folder_comes_before_the_current_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = write(tmp_path / "here", 'profiles = "p"\nlang = "zh"\n')
    there = write(tmp_path / "there", 'profiles = "p"\nlang = "en"\n')
    (here / "p").mkdir()
    (there / "p").mkdir()
    monkeypatch.chdir(here)
    session = Session({}, {})
    assert session.lang == "zh"
    profiles = session.enter_folder(there).own_profiles
    assert [path.resolve() for path in profiles] == [there / "p", here / "p"]
    assert session.lang == "en"
    again = session.find_resources().own_profiles
    assert [path.resolve() for path in again] == [here / "p"]


def test_the_command_line_and_the_environment_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(tmp_path, 'lang = "en"'))
    assert Session({}, {}).lang == "en"
    assert Session({}, {"DOCGEN_LANG": "zh"}).lang == "zh"
    assert Session({"lang": "zh"}, {"DOCGEN_LANG": "en"}).lang == "zh"


def test_a_folder_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    ran = CommandLine(capsys).json("profile", "list", "--profiles", tmp_path / "无")
    assert (ran.code, ran.codes) == (2, ["X111"])


@pytest.mark.heavy
def test_wrong_settings_stop_a_command_but_not_help(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write(tmp_path, "lang = 1"))
    docgen = CommandLine(capsys)
    assert docgen("profile", "list").code == 2
    assert docgen("--help").code == 0
    ran = docgen.json("doctor")
    assert "X116" in ran.codes


@pytest.mark.parametrize(
    ("arguments", "peeked"),
    [
        (["--lang", "en", "x"], {"lang": "en"}),
        (["x", "--lang=en", "--format=json"], {"lang": "en", "format": "json"}),
        (["--lang"], {"lang": ""}),
        (["x", "--", "--lang", "en"], {}),
        (["--no-color"], {"no_color": "1"}),
    ],
)
def test_language_and_format_are_seen_before_anything_is_understood(
    arguments: list[str], peeked: dict[str, str]
) -> None:
    assert peek_options(arguments) == peeked
