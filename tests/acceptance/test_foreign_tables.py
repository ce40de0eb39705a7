"""Somebody else's table from the first guess to the documents, as docs/intake.md tells it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command_line import CommandLine

PROFILE = "db4201-t665-2022"
VISITS = """\
编号,企业名称,地址,规模,评价日期,服务人员,服务内容,服务效果,服务态度,专业能力
001,武汉某某机械有限公司,工业路 1 号,小,2024-10-01,王某,现场诊断,合格率提高,很满意,一般
002,武汉某某电器有限公司,工业路 2 号,微,2024-10-02,王某,现场诊断,返工减少,满意,满意
"""
FILLED = {
    "    number:": "    number: WH-2024-01",
    "    name:   # 项目": "    name: 某区质量提升项目  # 项目",
    "    scope:": "    scope: 区域",
    "      start:": "      start: 2024-03",
    "      end:": "      end: 2024-10",
    "    dated:": "    dated: 2024-10-25",
    "      name:   # 技术": "      name: 武汉某某质量技术服务有限公司  # 技术",
    "      name:   # 委托": "      name: 某区市场监督管理局  # 委托",
    "      #服务效果:": "      服务效果:",
    "      #对项目组的专业能力:": "      对项目组的专业能力:",
    "      #  一般:": "        一般: 基本满意",
}


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def test_a_wide_sheet_becomes_a_form_for_each_enterprise(tmp_path: Path, command: CommandLine) -> None:
    table, mapping = tmp_path / "回访登记.csv", tmp_path / "对照.yaml"
    table.write_bytes(VISITS.encode("gbk"))
    assert command("map", "suggest", table, "--profile", PROFILE, "-o", mapping).code == 0
    text = mapping.read_text("utf-8")
    # before anything is filled in, what lacks is told at the places that ask for it, and no fault of the mapping is
    ran = command.json("check", table, "--mapping", mapping, "--only", "satisfaction")
    assert ran.code == 1
    assert [item["code"] for item in ran.document["diagnostics"] if item["location"]["kind"] == "yaml"] == ["R204"] * 8
    for asked, answer in FILLED.items():
        assert asked in text, asked
        text = text.replace(asked, answer)
    mapping.write_text(text, "utf-8")
    assert command.json("check", table, "--mapping", mapping, "--only", "satisfaction").code == 0
    out = tmp_path / "输出"
    assert command("batch", table, "--mapping", mapping, "-o", out, "--only", "satisfaction").code == 0
    assert len(list(out.glob("*.docx"))) == 2


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        ("学号,成绩\n001,88\n002,92\n", ["W160"]),
        ("企业名称,某公司\n统一社会信用代码,\n地址,一路\n联系人,某人\n电话,\n", ["W161"]),
        ("", ["W160"]),
    ],
)
def test_nothing_recognised_is_told_and_nothing_written(
    lines: str, codes: list[str], tmp_path: Path, command: CommandLine
) -> None:
    table, mapping = tmp_path / "表.csv", tmp_path / "对照.yaml"
    table.write_text(lines, "utf-8")
    ran = command.json("map", "suggest", table, "--profile", PROFILE, "-o", mapping)
    assert (ran.code, ran.codes) == (1, codes)
    assert not mapping.exists()


def test_a_fault_of_a_mapping_is_told_once_in_a_batch(tmp_path: Path, command: CommandLine) -> None:
    table, mapping = tmp_path / "名单.csv", tmp_path / "对照.yaml"
    table.write_bytes(VISITS.encode("gbk"))
    mapping.write_text(
        f"profile: {PROFILE}\nsheets:\n"
        "  - {into: 企业, columns: {企业名称: 企业名称}}\n"
        "record:\n  parties:\n    - {role: service, name: 某机构}\n",
        "utf-8",
    )
    ran = command("batch", table, "--mapping", mapping, "-o", tmp_path / "输出", "--only", "satisfaction")
    assert ran.code == 1
    assert ran.err.count("R109") + ran.out.count("R109") <= 2  # at its line, and in the last line's advice
    assert "先改它" in ran.out + ran.err
