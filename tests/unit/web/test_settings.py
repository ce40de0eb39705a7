"""What the page takes from a folder's ``docgen.toml``: own standards and the limits within which packages are read."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.web_support import enter, make_settings, open_page

from docgen.archive.zip.limits import Limits
from docgen.cli.session import Session
from docgen.resources import Resources
from docgen.web.work.standard_titles import list_titles

PROFILE = Path(__file__).resolve().parents[3] / "profiles" / "t-hebqia-draft"


def make_profile(folder: Path, name: str, text: str) -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "profile.yaml").write_text(text, "utf-8")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    make_profile(folder, "mine", "extends: t-hebqia-draft\nid: mine\nstandard: {number: Q/自有 1, title: 本院的规范}\n")
    make_profile(folder, "silent", "extends: mine\nid: silent\n")
    make_profile(folder, "circle", "extends: circle\nid: circle\n")
    make_profile(folder, "broken", "id: [\n")
    return folder


def test_titles_are_told_of_every_profile_that_can_be_read(own: Path) -> None:
    titles = {item["id"]: (item["number"], item["title"]) for item in list_titles(Resources(own_profiles=(own,)))}
    assert titles["mine"] == titles["silent"] == ("Q/自有 1", "本院的规范")
    assert titles.keys() - {"mine", "silent"} == {folder.name for folder in PROFILE.parent.glob("*/")}


@pytest.mark.heavy
def test_a_standard_that_is_not_sound_is_told_when_it_is_chosen(own: Path, tmp_path: Path) -> None:
    make_profile(own, "faulty", "id: faulty\nstandard: {number: 甲, title: 有毛病的标准}\ndocuments: 3\n")
    settings = make_settings(tmp_path / "page", resources=Resources(own_profiles=(own,)))
    with open_page(settings) as opened:
        client = enter(opened)
        assert "有毛病的标准" in client.get("/forms").text
        answer = client.get("/forms/standards/faulty")
        assert (answer.status_code, "documents" in answer.text) == (400, True)
        assert client.get("/forms/standards/mine").status_code == 200


def test_limits_of_a_folder_come_before_those_of_the_current_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docgen.toml").write_text("[verify]\nentries = 7\ndepth = 5\n", "utf-8")
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "docgen.toml").write_text("[verify]\nentries = 9\n", "utf-8")
    limits = Limits(**Session({}).find_limits(tmp_path / "page"))
    assert (limits.entries, limits.depth) == (9, 5)
    assert Limits(**Session({}).find_limits()).entries == 7
