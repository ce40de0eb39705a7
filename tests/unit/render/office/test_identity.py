"""Which converter and which fonts make a PDF: by what they are, wherever they lie."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.stand_in_office import make_stand_in

from docgen.render.office import identity
from docgen.render.office.identity import digest_fonts, identify


@pytest.mark.heavy
def test_the_program_names_itself(tmp_path: Path) -> None:
    found = identify(str(make_stand_in(tmp_path / "a", version="LibreOffice 24.8.1.2 abc").program))
    assert found.converter == "LibreOffice 24.8.1.2 abc"


@pytest.mark.heavy
def test_a_program_that_names_no_version_is_known_by_its_file(tmp_path: Path) -> None:
    one, two = (identify(str(make_stand_in(tmp_path / name, version=f"what {name}?").program)) for name in "ab")
    assert one.converter.startswith("soffice sha256:")
    assert one.converter != two.converter


def test_fonts_count_by_what_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = tmp_path / "one", tmp_path / "two" / "deeper"
    for folder in (one, two):
        folder.mkdir(parents=True)
        (folder / "song.ttf").write_bytes(b"tables")
    lines: list[str] = []
    monkeypatch.setattr(identity, "_run_command", lambda command: lines if command[0] == "fc-list" else [])
    lines[:] = [str(one / "song.ttf")]
    here = digest_fonts()
    lines[:] = [str(two / "song.ttf")]
    assert digest_fonts() == here
    (two / "song.ttf").write_bytes(b"others")
    assert digest_fonts() != here
    shutil.copy(one / "song.ttf", two / "kai.ttf")
    lines[:] = [str(one / "song.ttf"), str(two / "kai.ttf")]
    assert digest_fonts() != here


def test_what_stands_in_for_a_missing_font_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = tmp_path / "30-song.conf"
    rule.write_text("<alias/>")
    monkeypatch.setattr(
        identity, "_run_command", lambda command: [f"+ {rule}: Song"] if command[0] == "fc-conflist" else []
    )
    monkeypatch.setattr(identity, "_list_folders", lambda: iter(()))
    before = digest_fonts()
    rule.write_text("<alias>another</alias>")
    assert digest_fonts() != before
