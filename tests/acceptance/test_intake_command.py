"""A clerk's way with the real commands: a workbook to fill in, checked, returned, built; somebody else's table."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest
from support.command_line import PROFILE, CommandLine, list_tree
from support.intake_support import COMPLETE, fill_workbook, load_profile, load_sample
from support.office_schemas import OoxmlCheck
from support.office_tools import Office

from docgen.sources.intake.workbook.sheets import build_layout

LOADED = load_profile()


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


@pytest.fixture
def workbook(tmp_path: Path, command: CommandLine) -> Path:
    """The workbook as ``docgen new`` gives it, the sample's evidence beside it."""
    assert command("new", tmp_path / "项目", "--profile", PROFILE, "--workbook").code == 0
    shutil.copytree(COMPLETE.parent / "佐证材料", tmp_path / "项目" / "佐证材料", dirs_exist_ok=True)
    return tmp_path / "项目" / "填报工作簿.xlsx"


@pytest.fixture
def filled(workbook: Path) -> Path:
    book = openpyxl.load_workbook(workbook)
    fill_workbook(book, build_layout(LOADED), load_sample())
    book.save(workbook)
    return workbook


def test_a_new_workbook_keeps_to_the_format_and_is_never_overwritten(
    workbook: Path, tmp_path: Path, command: CommandLine, ooxml_check: OoxmlCheck
) -> None:
    assert ooxml_check(workbook) == []
    before = list_tree(workbook.parent)
    again = command.json("new", workbook.parent, "--profile", PROFILE, "--workbook")
    assert (again.code, again.codes) == (2, ["X117"])
    assert list_tree(workbook.parent) == before
    assert command("new", tmp_path / "b", "--profile", PROFILE, "--workbook").code == 0
    assert (tmp_path / "b" / workbook.name).read_bytes() == workbook.read_bytes()


def test_the_sample_as_a_workbook_builds_the_same_documents(filled: Path, tmp_path: Path, command: CommandLine) -> None:
    checked = command.json("check", filled)
    assert (checked.code, checked.codes) == (0, [])
    assert command("build", filled, "-o", tmp_path / "a", "--no-package").code == 0
    assert command("build", COMPLETE, "-o", tmp_path / "b", "--no-package").code == 0
    names = [sorted(path.name for path in (tmp_path / folder).rglob("*.docx")) for folder in "ab"]
    assert names[0] == names[1]
    assert len(names[0]) > 30


@pytest.mark.office
@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_libreoffice_saves_it_without_harm(filled: Path, command: CommandLine, office: Office, suffix: str) -> None:
    saved = office.convert(filled, suffix, filled.parent / "saved")
    moved = saved.replace(filled.parent / f"另存.{suffix}")
    ran = command.json("check", moved)
    assert ran.code == 0
    assert ran.codes == ([] if suffix == "xlsx" else ["W108"])


def test_a_returned_copy(filled: Path, tmp_path: Path, command: CommandLine) -> None:
    book = openpyxl.load_workbook(filled)
    book["企业"]["B5"].value = None
    book["评价指标"]["H5"].value = "八成"
    book.save(filled)
    before = filled.read_bytes()
    target = tmp_path / "退回.xlsx"
    ran = command.json("check", filled, "--return", target)
    assert ran.code == 1
    assert "W141" in ran.codes
    assert [item["path"] for item in ran.document["outputs"]] == [str(target)]
    assert filled.read_bytes() == before
    assert openpyxl.load_workbook(target).sheetnames[0] == "问题清单"
    assert command.json("check", filled, "--return", target).codes[-1] == "A101"
    assert command.json("check", filled, "--return", filled).codes == ["X131"]
    assert command.json("check", COMPLETE, "--return", target).codes == ["X130"]
    assert command.json("check", filled, "--return", target, "--force").code == 1


def test_somebody_elses_table(tmp_path: Path, command: CommandLine) -> None:
    table = tmp_path / "名单.csv"
    table.write_bytes("单位名称,职工人数\n徐州甲有限公司,12\n徐州乙有限公司,十二\n".encode("gbk"))
    assert command.json("check", table).codes == ["W105"]
    mapping = tmp_path / "对照.yaml"
    assert command("map", "suggest", table, "--profile", PROFILE, "-o", mapping).code == 0
    assert command.json("map", "suggest", table, "--profile", PROFILE, "-o", mapping).codes == ["A101"]
    ran = command.json("check", table, "--mapping", mapping)
    assert ran.code == 1
    place = ran.find("R105")["location"]
    assert (place["kind"], place["sheet"], place["cell"]) == ("xlsx", "名单", "B3")
    shown = command("map", "suggest", table, "--profile", PROFILE)
    assert shown.out.strip() == mapping.read_text("utf-8").strip()
    assert command.json("map", "suggest", COMPLETE, "--profile", PROFILE).codes == ["W157"]
    assert command.json("check", table, "--mapping", tmp_path / "没有.yaml").codes == ["S101"]


def test_a_workbook_that_does_not_say_its_standard(tmp_path: Path, command: CommandLine) -> None:
    path = tmp_path / "随便.xlsx"
    book = openpyxl.Workbook()
    book.save(path)
    assert command.json("check", path).codes == ["W106"]
    ran = command.json("check", path, "--profile", PROFILE)
    assert ran.code == 2
    assert ran.codes[-1] == "W105"
