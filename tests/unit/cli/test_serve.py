"""``docgen serve`` where it can't: without its libraries, on no port, in a folder that can't be."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command_line import CommandLine

import docgen.cli.commands.serve as serve_command


def test_without_its_libraries_it_says_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve_command, "find_spec", lambda name: None if name == "uvicorn" else object())
    ran = CommandLine(capsys).json("serve", tmp_path / "page")
    assert (ran.code, ran.codes) == (2, ["N169"])
    assert "docgen[web]" in ran.find("N169")["mend"]
    assert not (tmp_path / "page").exists()


@pytest.mark.parametrize("port", ["0", "65536", "x"])
def test_what_is_no_port_is_a_fault_of_usage(port: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert CommandLine(capsys)("serve", tmp_path / "page", "--port", port).code == 2


def test_a_folder_that_is_a_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_bytes(b"")
    ran = CommandLine(capsys).json("serve", tmp_path / "file", "--no-browser")
    assert (ran.code, ran.codes) == (2, ["N166"])
