"""The limits of ``docgen verify``: set in docgen.toml, repeated in the report."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.archive_samples import build, read_all, render_papers
from support.command_line import CommandLine
from support.forged_zips import Forged, ForgedZip


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def test_the_report_says_what_was_done_and_what_the_limits_are(tmp_path: Path, command: CommandLine) -> None:
    path = build(tmp_path, render_papers)
    (told,) = command("--format", "json", "verify", path).document["packages"]
    assert told["work"]["entries"] > len(read_all(path)), "the parts of the documents count, too"
    assert told["work"]["inflated"] > 10_000
    assert told["work"]["elements"] > 20
    assert told["limits"]["entries"] == 100_000
    assert told["limits"]["most_elements"] == 12_000_000 + path.stat().st_size
    assert told["names"] is None
    assert "检测量" in command("verify", path).out
    assert "100,0" in command("--lang", "en", "verify", path).out


def test_docgen_toml_sets_the_limits(tmp_path: Path, command: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    path = build(tmp_path, render_papers)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docgen.toml").write_text("[verify]\nentries = 5\n")
    ran = command("--format", "json", "verify", path)
    assert (ran.code, ran.codes) == (1, ["V102"])
    (tmp_path / "docgen.toml").write_text("[verify]\nentries = 500\nelements = 1\n")
    (told,) = command("--format", "json", "verify", path).document["packages"]
    assert (told["limits"]["entries"], told["limits"]["elements"]) == (500, 1)
    (tmp_path / "docgen.toml").write_text("[verify]\nentry = 500\n")
    ran = command("--format", "json", "verify", path)
    assert (ran.code, ran.codes) == (2, ["X115"])


def test_how_names_were_read_is_in_the_report(tmp_path: Path, command: CommandLine) -> None:
    path = build(tmp_path, render_papers)
    members = read_all(path)
    path.write_bytes(ForgedZip(tuple(Forged(name.encode("gbk"), data, 0) for name, data in members.items())).build())
    ran = command("--format", "json", "verify", path)
    assert (ran.code, ran.codes) == (0, ["V115"])
    (told,) = ran.document["packages"]
    assert (told["names"]["encoding"], told["names"]["confidence"]) == ("gb18030", "listed")
    assert {name: bytes.fromhex(raw) for name, raw in told["names"]["raw"].items()} == {
        name: name.encode("gbk") for name in members
    }
