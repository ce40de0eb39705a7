"""Which rows are somebody's: nobody filled in vanishes, no sum, remark or signature becomes an enterprise."""

from __future__ import annotations

from typing import Any

import pytest
from support.intake_support import Filling, load_profile

from docgen.diagnostics import Diagnostic, Severity
from docgen.messages import LANGUAGES, catalogue
from docgen.sources.intake.reading.source import read_intake
from docgen.sources.intake.workbook.data_rows import DataTable, choose_rows
from docgen.sources.intake.workbook.grid import GridValue, SheetCell, SheetGrid, SheetRow, SourceBook
from docgen.sources.intake.workbook.notes import DiagnosticGatherer
from docgen.sources.intake.workbook.sheets import build_layout

LOADED = load_profile()
NAME = "徐州甲机械有限公司"
HEADERS = ("序号", "企业名称", "企业地址", "联系人联系电话", "备注")
FIRST: tuple[GridValue, ...] = (SheetCell("number", "1"), NAME, "某市一路1号", "13900000000")
Line = tuple[GridValue | None, ...]


def choose(*lines: Line, mark: bool = True) -> tuple[list[str], list[Diagnostic]]:
    """The first names of the rows that are read of somebody else's table, and what is told."""
    layout = build_layout(LOADED).find_sheet("企业")
    assert layout is not None
    columns = {column.header: column for column in layout.iterate_columns()}
    places = {at: columns[header] for at, header in enumerate(HEADERS, 1) if header in columns}
    rows = [
        SheetRow(number, {at: value for at, value in enumerate(line, 1) if value is not None})
        for number, line in enumerate((HEADERS, *lines), 1)
    ]
    grid = SheetGrid("表", tuple(rows))
    notes = DiagnosticGatherer(SourceBook("名单.xlsx", (grid,)))
    chosen = choose_rows(DataTable(grid, rows[0], layout, places, 1 if mark else None), notes)
    return [str(row.cells.get(2)) for row in chosen], list(notes.finish())


FEET: tuple[Line, ...] = (
    (None, "合计", "2家"),
    ("合 计", None, None, SheetCell("number", "20")),
    ("合计", "10家"),
    ("合计", SheetCell("number", "10"), SheetCell("uncalculated", "")),
    (SheetCell("number", "11"), "小计", "—", "—", "随便写的"),
    (None, "总计：20家企业"),
    (None, "洪山区小计", SheetCell("number", "5")),
    (None, "共计20家"),
    (None, "合计（20家）"),
    (None, "本页合计", "王敏"),
    (None, None, "合计", SheetCell("number", "3")),
    (None, "备注：以上企业均已签订协议"),
    (None, "注：1. 数据截至三月底；2. 单位为万元。"),
    (None, "说明:按街道填报"),
    (None, "填表说明：一式两份"),
    ("备注", "以上企业均已签订协议"),
    ("制表人：赵六合", None, "审核人：钱七星"),
    ("制表：", "赵六合", "审核：", "钱七星"),
    ("填表人（签字）：", None, None, "2024年3月1日"),
    (None, "审核", None, "日期"),
    (None, "负责人：", "赵六合", None, "联系电话：13900000001"),
    ("单位（盖章）：", None, None, "  年  月  日"),
    (None, None, None, "日期：2024年3月1日"),
    (None, "2024年3月1日"),
    (None, "（以下空白）"),
    (None, "【合计】"),
    (None, "总数：20"),
    (None, "企业总数", SheetCell("number", "20")),
    (None, "总共 20 家"),
    (None, "合计企业数", SheetCell("number", "20")),
    (None, "武汉东湖新技术开发区小计"),
    (None, "Grand Total"),
    (None, "※ 说明"),
    (None, "附：营业执照复印件"),
    (None, "填报要求：一式两份"),
    (None, "数据来源：企业填报"),
    (None, "注 以上数据截至2023年底"),
    (None, "企业负责人："),
    (None, "分管领导：赵六合"),
    (None, "科长：赵六合"),
    (None, "（盖章）"),
    (None, "某市质量技术服务中心（盖章）"),
    (None, "填表时间 2024.3.1"),
    (None, "制表人 赵六合"),
    (None, "填表人签字", None, "赵六合"),
    (None, "二〇二四年三月一日"),
    (None, "打印时间：2024-03-01 10:00"),
    (None, "监督电话：12315"),
    (None, "第 1 页，共 2 页"),
    (None, "— 1 —"),
    (None, "转下页"),
    (None, "……"),
    (None, "Prepared by: Li", None, "Checked by: Wang"),
    (None, "Notes: as of March"),
    (None, "合\u200b计"),
    ("序号", "企业名称", "企业地址", "联系人联系电话"),
)


@pytest.mark.parametrize("line", FEET, ids=lambda line: "-".join(str(cell) for cell in line if isinstance(cell, str)))
def test_the_foot_of_a_table_is_nobody(line: Line) -> None:
    names, diagnostics = choose(FIRST, line)
    assert names == [NAME]
    assert [(item.code, item.severity, item.location.line) for item in diagnostics] == [("W126", Severity.INFO, 3)]
    assert diagnostics[0].params["count"] == 1
    assert str(diagnostics[0].params["rows"]).startswith("3（")


@pytest.mark.parametrize("line", [line for line in FEET if line[0] is None or line[0] == "合计"])
def test_the_foot_of_a_table_whose_numbers_have_no_column(line: Line) -> None:
    assert choose(FIRST, line, mark=False)[0] == [NAME]


@pytest.mark.parametrize(
    "name",
    [
        "合计科技有限公司", "共计（北京）科技有限公司", "总计（上海）信息技术有限公司", "小计电子厂",
        "注册管理有限公司", "注1号机械厂", "说明书印刷厂", "备注文具有限公司", "审核认证中心", "制表设备有限公司",
        "填表通科技有限公司", "日期印章店", "负责任食品有限公司", "平均律乐器有限公司", "审计中心", "12家超市",
        "汇总通软件公司", "总数据科技公司", "数量经济咨询公司", "附子中药店", "来源食品厂", "以上数据科技公司",
        "58同城", "地址通公司", "主任医师诊所", "共享单位", "第1页书店", "审核人科技公司", "要求严机械厂",
        "1919酒类直供",
    ],
)  # fmt: skip
def test_an_enterprise_whose_name_begins_with_such_a_word_stays(name: str) -> None:
    for line in ((SheetCell("number", "2"), name, "某市二路2号"), (None, name), ("2", name, None, None, "备注：新增")):
        assert choose(FIRST, line) == ([NAME, name], [])


@pytest.mark.parametrize(
    "line",
    [
        ("备注：新增", NAME, "某市二路2号", "13900000001"),
        (SheetCell("number", "2"), NAME, "备注：见附件", None, "合计"),
        (SheetCell("number", "2"), None, "某市二路2号", "13900000001"),
        (None, "小计", "91320300MB0000001X"),
    ],
)
def test_a_row_that_says_whose_it_is_stays(line: Line) -> None:
    names, diagnostics = choose(FIRST, line)
    assert len(names) == 2
    assert diagnostics == []


def test_a_word_without_a_colon_counts_at_the_foot_alone() -> None:
    names, diagnostics = choose((None, "审核"), FIRST, (None, "审核"), (None, None, None, "日期"))
    assert names == ["审核", NAME]
    assert [item.params["rows"] for item in diagnostics] == ["4（审核）、5（日期）"]


def test_rows_that_are_left_out_are_told_once() -> None:
    lines: list[Line] = []
    for number in range(20):
        lines += [(None, f"徐州{number}有限公司"), (None, "小计", SheetCell("number", "1"))]
    names, diagnostics = choose(*lines)
    assert len(names) == 20
    assert [item.params["count"] for item in diagnostics] == [20]
    assert str(diagnostics[0].params["rows"]).startswith("3（小计）、5（小计）")


def test_a_row_that_a_table_calls_an_example_is_told() -> None:
    names, diagnostics = choose(("示例", "某某有限公司", "某路"), FIRST)
    assert names == [NAME]
    assert [item.params["rows"] for item in diagnostics] == ["2（示例）"]


def read_own(filling: Filling) -> tuple[list[Any], list[tuple[str, str | None, int | None]]]:
    source = read_intake(filling.make_book(), LOADED)
    data: Any = source.data
    diagnostics = [(item.code, item.location.sheet, item.location.line) for item in source.diagnostics]
    return [item.get("name") for item in data.get("enterprises", ())], diagnostics


def test_an_enterprise_typed_over_the_example_is_read() -> None:
    filling = (
        Filling(LOADED)
        .put("企业", 4, 企业名称=NAME, 企业地址="徐州市二路2号")
        .put("企业", 5, 企业名称="徐州乙有限公司")
    )
    filling.put("评价指标", 4, 企业=NAME, 评价项目="产品实现与服务提供", 评价指标="合格率")
    names, diagnostics = read_own(filling)
    assert names == [NAME, "徐州乙有限公司"]
    assert diagnostics == [("W127", "企业", 4), ("W127", "评价指标", 4)]
    source = read_intake(filling.make_book(), LOADED)
    data: Any = source.data
    assert data["enterprises"][0]["key"] != "示例"
    for item, language in zip(source.diagnostics, LANGUAGES, strict=False):
        assert "示例" in catalogue(language).message(item)


def test_the_example_itself_is_nobody_with_its_mark_or_without() -> None:
    marked = Filling(LOADED)
    bare = Filling(LOADED)
    del bare.cells["企业"][(4, 1)]
    blank = Filling(LOADED)
    for at in [at for row, at in blank.cells["企业"] if row == 4 and at > 1]:
        del blank.cells["企业"][(4, at)]
    for filling in (marked, bare, blank):
        assert read_own(filling) == ([], [])


def test_an_altered_example_with_its_own_name_is_told_and_not_read() -> None:
    assert read_own(Filling(LOADED).put("企业", 4, 企业地址="徐州市二路2号")) == ([], [("W128", "企业", 4)])


def test_sums_in_a_workbook_of_ours() -> None:
    filling = Filling(LOADED).put("企业", 5, 企业名称=NAME).put("企业", 6, 企业名称="合计", 企业地址="—")
    filling.put("企业", 7, 企业名称="制表人：赵六合").put("企业", 8, 企业名称="合计科技有限公司")
    filling.put("评价指标", 5, 企业=NAME, 评价项目="产品实现与服务提供", 评价指标="合格率")
    filling.put("评价指标", 6, 企业="合计", 评价指标="—")
    filling.merged["企业"] = ((6, 2, 6, 5),)
    names, diagnostics = read_own(filling)
    assert names == [NAME, "合计科技有限公司"]
    assert diagnostics == [("W126", "企业", 6), ("W126", "评价指标", 6)]
