"""Giving a workbook back: what is marked, what stays as it was, which rows stay."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree
from openpyxl.comments import Comment
from openpyxl.workbook import Workbook
from support.intake_support import load_profile, open_empty
from support.office_schemas import OoxmlCheck

from docgen.diagnostics import Diagnostic, Location, Severity, error, info, warning
from docgen.messages import catalogue
from docgen.ooxml.names import name_tag
from docgen.profile.validate import validate_record
from docgen.sources.intake.reading.source import open_workbook, read_intake
from docgen.sources.intake.reading.split import IntakeSplit, select_enterprises, split_enterprises
from docgen.sources.intake.returning.return_copy import return_faulty, return_workbook
from docgen.sources.record_file import RawSource

LOADED = load_profile()
WORDS = catalogue("zh")
NAMES = ("徐州甲有限公司", "徐州乙有限公司", "徐州丙有限公司")


def put(book: Workbook, sheet: str, row: int, **values: Any) -> None:
    headers = {str(cell.value).removesuffix("*"): cell.column for cell in book[sheet][3]}
    for header, value in values.items():
        book[sheet].cell(row, headers[header]).value = value


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three enterprises, the second with two faults; a joint training and an activity of the second alone."""
    book = open_empty(LOADED)
    for row, (name, staff) in enumerate(zip(NAMES, (10, "二十人", 30), strict=True), 5):
        put(book, "企业", row, 企业名称=name, 从业人数=staff)
        put(book, "评价指标", row, 企业=name, 评价项目="产品实现与服务提供", 评价指标="合格率", 提升前=80)
    put(book, "评价指标", 6, 提升前="八十")
    put(book, "培训", 5, 培训名称="质量意识", 参加企业="、".join(NAMES[:2]))
    put(book, "培训人数", 5, 培训="质量意识", 企业=NAMES[0], 人数=9)
    put(book, "活动", 5, 名称="巡诊", 参加企业=NAMES[1])
    put(book, "活动", 6, 名称="启动会", 参加企业="全部企业")
    put(book, "佐证材料", 5, 文件="a.jpg", 类别="照片", 所属活动="巡诊", 所属企业=NAMES[1])
    put(book, "企业报名（推荐）及遴选表·报名企业", 5, 遴选企业=NAMES[0], 企业名称=NAMES[0])
    put(book, "企业报名（推荐）及遴选表·报名企业", 6, 遴选企业=NAMES[2], 企业名称=NAMES[2])
    put(book, "企业报名（推荐）及遴选表·报名企业", 7, 企业名称="没有选上的")
    sheet = book["企业"]
    sheet["B7"].comment = Comment("自己的批注", "填表人")
    sheet["AZ7"] = "=R7*2"
    sheet["AZ3"] = "自己算的"
    path = tmp_path_factory.mktemp("intake") / "填报.xlsx"
    book.save(path)
    return path


def read(path: Path) -> tuple[RawSource, tuple[Diagnostic, ...]]:
    source = read_intake(open_workbook(path), LOADED)
    validation = validate_record(LOADED, source.data, source.locate, failed=source.failed)
    return source, (*source.diagnostics, *validation.diagnostics)


def split(path: Path) -> tuple[RawSource, tuple[Diagnostic, ...], IntakeSplit]:
    source, found = read(path)
    return source, found, split_enterprises(source, LOADED, found)


def read_parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def list_keys(parted: IntakeSplit, *, sound: bool) -> tuple[str, ...]:
    """The keys of the enterprises without a fault, or with one."""
    return tuple(item.key for item in parted.enterprises if item.sound is sound)


def test_faulty_cells_are_marked_and_listed(filled: Path) -> None:
    before = filled.read_bytes()
    _, found = read(filled)
    data = return_workbook(filled, found, WORDS)
    assert filled.read_bytes() == before
    book = openpyxl.load_workbook(io.BytesIO(data))
    issues = book["问题清单"]
    assert book.sheetnames[0] == "问题清单"
    assert book.active is issues
    rows = {(row[1].value, row[2].value, row[6].value) for row in issues.iter_rows(min_row=3)}
    staff = next(cell.column_letter for cell in book["企业"][3] if cell.value == "从业人数")
    assert {("企业", f"{staff}6", "R105"), ("评价指标", "H6", "R104")} <= rows
    links = {cell.hyperlink.location for row in issues.iter_rows(min_row=3) for cell in row if cell.hyperlink}
    assert {f"'企业'!{staff}6", "'评价指标'!H6"} <= links
    note = book["企业"][f"{staff}6"].comment
    assert note is not None
    assert "二十人" in note.text
    assert "改法" in note.text
    marked = [str(block.sqref) for block in book["企业"].conditional_formatting if block.rules[0].dxf.fill is not None]
    assert marked == [f"{staff}6", "AZ3"]  # and the column of the clerk's own, which was not read


def test_everything_else_stays_as_it_was(filled: Path) -> None:
    _, found = read(filled)
    old, new = read_parts(filled.read_bytes()), read_parts(return_workbook(filled, found, WORDS))
    assert set(old) <= set(new)
    book = openpyxl.load_workbook(io.BytesIO(return_workbook(filled, found, WORDS)))
    assert book["企业"]["AZ7"].value == "=R7*2"
    assert book["企业"]["B7"].comment is not None
    assert book["企业"]["B7"].comment.text == "自己的批注"
    sheet = next(name for name, part in old.items() if b'sqref="H5:H' in part and name.startswith("xl/worksheets/"))
    for tag in ("cols", "dataValidations", "sheetData", "autoFilter", "pageSetup"):
        kept = [etree.fromstring(parts[sheet]).find(name_tag(tag)) for parts in (old, new)]
        assert kept[0] is not None
        assert kept[1] is not None
        assert etree.tostring(kept[0], method="c14n") == etree.tostring(kept[1], method="c14n"), tag


def test_the_same_copy_each_time_and_no_marks_left_of_an_earlier_one(filled: Path, tmp_path: Path) -> None:
    _, found = read(filled)
    first = return_workbook(filled, found, WORDS)
    assert first == return_workbook(filled, found, WORDS)
    path = tmp_path / "退回.xlsx"
    path.write_bytes(first)
    _, again = read(path)
    assert {item.code for item in again} == {item.code for item in found}
    last = openpyxl.load_workbook(io.BytesIO(return_workbook(path, (), WORDS)))
    assert last.sheetnames.count("问题清单") == 1
    assert last["问题清单"].max_row == 2
    comments = [cell.comment.text for row in last["企业"].iter_rows() for cell in row if cell.comment is not None]
    assert comments == ["自己的批注"]
    assert not [1 for block in last["企业"].conditional_formatting if block.rules[0].dxf.fill is not None]


def test_what_has_no_cell_is_listed_all_the_same(filled: Path) -> None:
    said = (
        error("W110", Location("xlsx", str(filled), sheet="参与单位"), name="参与单位"),
        warning("W121", Location("xlsx", str(filled), 5, 1, sheet="企业", cell="A5"), count=1, rows="5"),
        info("W119", Location("xlsx", str(filled)), names="甲", count=1),
    )
    book = openpyxl.load_workbook(io.BytesIO(return_workbook(filled, said, WORDS)))
    rows = [[cell.value for cell in row] for row in book["问题清单"].iter_rows(min_row=3)]
    assert [(row[1], row[2], row[3]) for row in rows] == [
        ("参与单位", None, "错误"), ("企业", "A5", "警告"), (None, None, "提示"),
    ]  # fmt: skip
    assert book["企业"]["A5"].comment is not None


def test_the_copy_keeps_to_the_format(filled: Path, tmp_path: Path, ooxml_check: OoxmlCheck) -> None:
    source, found, parted = split(filled)
    copies = (
        return_workbook(filled, found, WORDS),
        return_faulty(source, LOADED, list_keys(parted, sound=False), found, WORDS),
    )
    # openpyxl, which filled it in, puts what a font holds in an order of its own; the copy keeps every look as it is.
    known = {fault.partition("!")[2] for fault in ooxml_check(filled)}
    assert all("/font[" in fault for fault in known)
    for data in copies:
        path = tmp_path / "copy.xlsx"
        path.write_bytes(data)
        assert [fault for fault in ooxml_check(path) if fault.partition("!")[2] not in known] == []


def test_sound_and_faulty_enterprises(filled: Path) -> None:
    _, _, parted = split(filled)
    assert [(item.name, item.sound) for item in parted.enterprises] == [
        (NAMES[0], True), (NAMES[1], False), (NAMES[2], True),
    ]  # fmt: skip
    assert [item.code for item in parted.enterprises[1].diagnostics if item.severity is Severity.ERROR] == [
        "R105", "R104",
    ]  # fmt: skip
    assert len(list_keys(parted, sound=True)) == 2


def test_the_sound_ones_make_a_record_of_their_own(filled: Path) -> None:
    source, _, parted = split(filled)
    sound = select_enterprises(source, LOADED, list_keys(parted, sound=True))
    validation = validate_record(LOADED, sound.data, sound.locate, failed=sound.failed)
    assert validation.diagnostics == ()
    record = validation.record
    assert record is not None
    assert [item.name for item in record.enterprises] == [NAMES[0], NAMES[2]]
    assert [item.title for item in record.activities] == ["启动会"]
    assert record.evidence == ()
    assert record.trainings[0].enterprises == (list_keys(parted, sound=True)[0],)
    candidates = record.forms.enrolment[0].candidates  # type: ignore[attr-defined]
    assert [item.name for item in candidates] == [NAMES[0], NAMES[2], "没有选上的"]
    place = sound.locate(("enterprises", 1, "name"))
    assert (place.sheet, place.cell) == ("企业", "B7")
    assert sound.locate(("activities", 0, "title")).cell == "C6"
    assert sound.name_place(("enterprises", 1, "name")) == source.name_place(("enterprises", 2, "name"))


def test_one_enterprise_alone(filled: Path) -> None:
    source, _, parted = split(filled)
    alone = select_enterprises(source, LOADED, [list_keys(parted, sound=False)[0]])
    validation = validate_record(LOADED, alone.data, alone.locate, failed=alone.failed)
    assert [(item.code, item.location.cell) for item in validation.diagnostics][1:] == [("R104", "H6")]
    assert validation.record is not None
    assert [item.title for item in validation.record.activities] == ["巡诊", "启动会"]
    assert len(validation.record.evidence) == 1


def test_what_others_alone_have_rows_of_is_placed_at_the_sheet(filled: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(filled)
    sheet = book["企业报名（推荐）及遴选表·报名企业"]
    for cell in sheet[7]:
        cell.value = None
    book.save(tmp_path / "填报.xlsx")
    source, _, parted = split(tmp_path / "填报.xlsx")
    rows = ("forms", "enrolment", 0, "candidates")
    assert source.locate((*rows, 0)).cell is not None
    alone = select_enterprises(source, LOADED, [list_keys(parted, sound=False)[0]])
    place = alone.locate(rows)
    assert (place.sheet, place.cell, place.line) == (sheet.title, None, None)


def test_the_faulty_ones_come_back_alone_and_keep_their_keys(filled: Path, tmp_path: Path) -> None:
    source, found, parted = split(filled)
    path = tmp_path / "退回.xlsx"
    path.write_bytes(return_faulty(source, LOADED, list_keys(parted, sound=False), found, WORDS))
    again, still = read(path)
    data: Any = again.data
    assert [(item["name"], item["key"]) for item in data["enterprises"]] == [
        (NAMES[1], list_keys(parted, sound=False)[0])
    ]
    faults = [(item.code, item.location.sheet, item.location.line) for item in still if item.severity is Severity.ERROR]
    assert faults == [("R105", "企业", 5), ("R104", "评价指标", 5)]
    assert [item["title"] for item in data["trainings"]] == ["质量意识"]
    assert data["trainings"][0]["enterprises"] == [list_keys(parted, sound=False)[0]]
    assert [item["name"] for item in data["forms"]["enrolment"][0]["candidates"]] == ["没有选上的"]
    book = openpyxl.load_workbook(path)
    put(book, "企业", 5, 企业名称="徐州乙新名有限公司", 从业人数=20)
    put(book, "评价指标", 5, 企业="徐州乙新名有限公司", 提升前=80)
    put(book, "培训", 5, 参加企业="徐州乙新名有限公司")
    put(book, "活动", 5, 参加企业="徐州乙新名有限公司")
    put(book, "佐证材料", 5, 所属企业="徐州乙新名有限公司")
    book.save(path)
    _, _, after = split(path)
    assert list_keys(after, sound=True) == list_keys(parted, sound=False)
    assert after.common == ()


def test_rows_that_move_up_take_their_own_formulas_along(filled: Path) -> None:
    source, found, parted = split(filled)
    data = return_faulty(source, LOADED, [list_keys(parted, sound=True)[1]], found, WORDS)
    sheet = openpyxl.load_workbook(io.BytesIO(data))["企业"]
    assert (sheet["B5"].value, sheet["AZ5"].value) == (NAMES[2], "=R5*2")
    assert sheet["B5"].comment is not None
    assert sheet["B6"].value is None


def test_a_workbook_that_names_its_parts_and_rows_in_another_way(filled: Path, tmp_path: Path) -> None:
    other = tmp_path / "别的软件.xlsx"
    with zipfile.ZipFile(other, "w") as archive:
        for name, data in read_parts(filled.read_bytes()).items():
            archive.writestr(name.replace("sharedStrings", "SharedStrings"), re.sub(rb'<row r="\d+"', b"<row", data))
    copies = []
    for path in (filled, other):
        source, found, parted = split(path)
        copies.append(tmp_path / f"退回_{path.name}")
        copies[-1].write_bytes(return_faulty(source, LOADED, list_keys(parted, sound=False), found, WORDS))
    first, second = (read(path)[0].data for path in copies)
    assert first == second


@pytest.mark.office
def test_libreoffice_opens_the_copy(filled: Path, tmp_path: Path, office: Any) -> None:
    _, found = read(filled)
    path = tmp_path / "退回.xlsx"
    path.write_bytes(return_workbook(filled, found, WORDS))
    saved = office.to_xlsx(path, tmp_path / "saved")
    source, again = read(saved)
    assert {item.code for item in again} == {item.code for item in found}
    assert [item["name"] for item in source.data["enterprises"]] == list(NAMES)  # type: ignore[index, call-overload]
    book = openpyxl.load_workbook(saved)
    assert book.sheetnames[0] == "问题清单"
