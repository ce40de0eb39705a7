"""The workbook to fill in, for every standard there is and for a made-up one: sheets, lists, checks, formulas."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from support import made_up
from support.intake_support import load_profile, read_empty

from docgen.profile.load import LoadedProfile, find_profile
from docgen.profile.load import load_profile as load_folder
from docgen.resources import Resources
from docgen.sources.intake.reading.source import find_profile_id, read_intake
from docgen.sources.intake.workbook.layout import EXAMPLE_MARK, Column, SheetLayout
from docgen.sources.intake.workbook.sheets import build_layout
from docgen.sources.intake.workbook.write import FIRST_DATA, HEADER_ROW, write_workbook

pytestmark = pytest.mark.heavy

PROFILES = sorted(path.name for path in Resources().profile_folders())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> LoadedProfile:
    folder = tmp_path_factory.mktemp("made-up") / "xx-t1-2030"
    folder.mkdir()
    (folder / "profile.yaml").write_text(made_up.PROFILE.format(id=folder.name), "utf-8")
    (folder / "filing.yaml").write_text(made_up.FILING, "utf-8")
    return load_folder(folder, Resources((folder.parent,)))


@pytest.mark.parametrize("profile_id", PROFILES)
def test_every_standard_has_a_workbook_that_can_be_read_back(profile_id: str) -> None:
    loaded = find_profile(Resources(), profile_id)
    book = read_empty(loaded)
    assert find_profile_id(book) == profile_id
    assert read_intake(book, loaded).diagnostics == ()


def test_the_same_layout_gives_the_same_bytes(made: LoadedProfile) -> None:
    assert write_workbook(build_layout(made)) == write_workbook(build_layout(made))


def test_the_sheets_of_a_made_up_standard(made: LoadedProfile) -> None:
    layout = build_layout(made)
    assert [sheet.name for sheet in layout.sheets if sheet.group != "basic"] == [
        "项目文书", "企业文书", "风筝检查表", "风筝检查表·检查内容", "放飞记录",
    ]  # fmt: skip
    flights = layout.find_sheet("放飞记录")
    assert flights is not None
    assert [(item.header, item.kind, item.need) for item in flights.iterate_columns()] == [
        ("企业", "reference", "required"), ("时间", "minute", "required"), ("高度（米）", "decimal", "required"),
    ]  # fmt: skip
    short = layout.find_sheet("企业文书")
    assert short is not None
    assert [item.header for item in short.columns] == ["风筝卡片\n颜色", "风筝卡片\n线数"]


def test_names_of_sheets_and_headers_are_fit_and_unique() -> None:
    for profile_id in PROFILES:
        layout = build_layout(find_profile(Resources(), profile_id))
        names = [sheet.name for sheet in layout.sheets]
        assert len(set(names)) == len(names)
        assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in names)
        for sheet in layout.sheets:
            heads = [(column.group if not sheet.is_table else "", column.header) for column in sheet.iterate_columns()]
            assert len(set(heads)) == len(heads), sheet.name


def find_column(sheet: SheetLayout, label: str) -> Column:
    return next(column for column in sheet.iterate_columns() if column.label == label)


def test_what_people_choose_from_is_chinese_and_what_the_record_holds_is_not() -> None:
    layout = build_layout(load_profile())
    parties, indicators = layout.find_sheet("参与单位"), layout.find_sheet("评价指标")
    assert parties is not None
    assert indicators is not None
    assert find_column(parties, "角色").words["认证机构"] == "certification_body"
    assert find_column(indicators, "评价项目").words["产品实现与服务提供"] == "realisation"
    assert find_column(indicators, "方向").words["越低越好"] == "down"


def test_lists_checks_and_hints() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(build_layout(load_profile()))))
    sheet = book["企业"]
    heads = {str(cell.value): cell.column_letter for cell in sheet[HEADER_ROW + 1]}
    assert "企业名称*" in heads
    assert sheet.freeze_panes == "C4"
    assert sheet["A4"].value == EXAMPLE_MARK
    assert sheet["B4"].font.italic
    rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    size = rules[f"{heads['企业规模']}{FIRST_DATA + 1}"]
    assert (size.type, size.formula1) == ("list", '"大型,中型,小型,微型,家庭作坊"')
    assert rules[f"{heads['报名日期']}{FIRST_DATA + 1}"].type == "date"
    assert rules[f"{heads['从业人数']}{FIRST_DATA + 1}"].type == "whole"
    assert "18 位" in str(rules[f"{heads['统一社会信用代码*']}3"].prompt)
    assert sheet.column_dimensions[heads["统一社会信用代码*"]].style is not None
    named = {str(rule.sqref).split(":")[0]: rule for rule in book["评价指标"].data_validations.dataValidation}
    assert "OFFSET('企业'!$B$5" in str(named["B5"].formula1)
    lines = book["现场调研记录·现场调研工作内容"]
    short = {str(rule.sqref).split(":")[0]: rule for rule in lines.data_validations.dataValidation}["C5"]
    assert short.formula1 == '"符合,基本符合,不符合,不适用"'
    at = next(cell.column_letter for cell in book["佐证材料"][HEADER_ROW + 1] if cell.value == "所属文书")
    rules = {str(rule.sqref).split(":")[0]: rule for rule in book["佐证材料"].data_validations.dataValidation}
    assert str(rules[f"{at}{FIRST_DATA + 1}"].formula1).startswith("'_选项'!$")
    assert (book["_选项"].sheet_state, book["_docgen"].sheet_state) == ("hidden", "veryHidden")


def test_the_parts_of_a_case_show_their_length() -> None:
    loaded = load_profile()
    name = "小微企业质量管理体系认证提升行动优良案例"
    sheet = openpyxl.load_workbook(io.BytesIO(write_workbook(build_layout(loaded))))[name]
    heads = [str(cell.value) for cell in sheet[HEADER_ROW + 1]]
    assert heads.count("字数（约）") == heads.count("占比（约）") == 5
    at = heads.index("企业简介*") + 1
    formula = str(sheet.cell(FIRST_DATA + 1, at + 1).value)
    assert formula.startswith(f'=IF({sheet.cell(5, at).coordinate}="","",LEN(')


@pytest.mark.office
def test_libreoffice_counts_as_it_is_typed(tmp_path: Path, office: object) -> None:
    from support.office_tools import Office

    assert isinstance(office, Office)
    name = "小微企业质量管理体系认证提升行动优良案例"
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(build_layout(load_profile()))))
    sheet = book[name]
    heads = [str(cell.value) for cell in sheet[HEADER_ROW + 1]]
    first, second = heads.index("企业简介*") + 1, heads.index("启示*") + 1
    sheet.cell(5, first).value, sheet.cell(5, second).value = "一二 三\n四", "五六七八九十"
    book.save(tmp_path / "a.xlsx")
    saved = openpyxl.load_workbook(office.to_xlsx(tmp_path / "a.xlsx", tmp_path / "b"), data_only=True)[name]
    assert [saved.cell(5, at).value for at in (first + 1, second + 1, len(heads))] == [4, 6, 10]
    assert saved.cell(5, first + 2).value == 0.4
