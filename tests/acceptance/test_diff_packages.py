"""Two packages of one project, compared by the command."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.command_line import CommandLine

from docgen.pipeline import Options, build_record

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "samples" / "db3203-t1023-2023" / "complete"


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def build(record: Path, out: Path) -> Path:
    outcome = build_record(record, out, Options(draft=True))
    return next(output.path for output in outcome.outputs if output.kind == "package")


def test_packages_tell_files_items_and_the_record_inside(docgen: CommandLine, tmp_path: Path) -> None:
    shutil.copytree(SAMPLE, tmp_path / "later")
    record = tmp_path / "later" / "record.yaml"
    text = record.read_text("utf-8")
    assert "以公开征集、" in text
    record.write_text(text.replace("以公开征集、", "以公开招标、"), "utf-8")
    before, after = build(SAMPLE / "record.yaml", tmp_path / "a"), build(record, tmp_path / "b")
    ran = docgen("diff", before, after, "--format", "json")
    assert ran.code == 0
    changes = ran.document["comparison"]["changes"]
    files = [change for change in changes if change["area"] == "file"]
    assert [change["names"][0] for change in files] == ["认证机构选定表（江苏衡澍认证有限公司）"]
    (field,) = (change for change in changes if change["area"] == "field")
    assert "公开征集" in field["before"]
    assert "公开招标" in field["after"]
