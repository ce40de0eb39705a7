"""A clerk's workbook of three hundred enterprises, seven of them faulty, through the real command."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from PIL import Image
from support.batch_clerk import Clerk, count, list_combined
from support.command_line import CommandLine

ROWS = 300
FAULTY = (7, 31, 64, 128, 200, 255, 299)


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def test_three_hundred_rows_with_seven_faulty_ones(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, ROWS)
    clerk.change(clerk.path, FAULTY, "三月")
    ran = clerk.run("--only", "kite-check", "--jobs", 2)
    assert (ran.code, count(ran)) == (1, (293, 0, 7, 0)), ran.document
    assert len(list(clerk.out.glob("风筝检查表_*.docx"))) == 293
    assert str(clerk.returned) in [item["path"] for item in ran.document["outputs"]]
    book = openpyxl.load_workbook(clerk.returned)
    names = [row[1].value for row in book["企业"].iter_rows(min_row=5) if row[1].value]
    assert names == [f"燕子第{row}风筝社" for row in FAULTY]
    clerk.change(clerk.returned, FAULTY, "2030-03-02")
    mended = clerk.run("--only", "kite-check", path=clerk.returned)
    assert (mended.code, count(mended)) == (0, (7, 0, 0, 0)), mended.document
    assert len(list(clerk.out.glob("风筝检查表_*.docx"))) == 300


def test_mended_in_place_it_makes_only_what_was_mended(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 6)
    clerk.change(clerk.path, (2, 5), "三月")
    ran = clerk.run()
    assert (ran.code, count(ran)) == (1, (4, 0, 2, 0))
    packages = {path.name for path in clerk.out.glob("*.zip")}
    assert packages == {f"FZ-1_燕子第{row}风筝社_春季放飞.zip" for row in (1, 3, 4, 6)}
    assert [item["label"] for item in clerk.read_results() if item["state"] == "faulty"] == [
        "燕子第2风筝社", "燕子第5风筝社"
    ]  # fmt: skip
    places = [item["diagnostics"][0]["sheet"] for item in clerk.read_results() if item["state"] == "faulty"]
    assert places[0]
    book = openpyxl.load_workbook(clerk.out / "批次结果.xlsx")
    assert book["结果"]["B5"].value == f"燕子第2风筝社（{clerk.path}）"
    assert str(book["问题"]["A2"].value).startswith("燕子第2风筝社（")
    assert count(clerk.run()) == (0, 4, 2, 0)
    clerk.change(clerk.path, (2, 5), "2030-03-02")
    mended = clerk.run()
    assert (mended.code, count(mended)) == (0, (2, 4, 0, 0))
    assert not clerk.returned.exists()
    verified = docgen("verify", *sorted(clerk.out.glob("*.zip")))
    assert verified.code == 0


def test_a_copy_that_somebody_works_in_is_not_overwritten(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 3)
    clerk.change(clerk.path, (2,), "三月")
    clerk.run()
    clerk.change(clerk.returned, (2,), "四月")
    before = clerk.returned.read_bytes()
    ran = clerk.run()
    assert "B116" in ran.codes
    assert clerk.returned.read_bytes() == before
    assert clerk.run(path=clerk.returned).code == 1
    again = clerk.returned.with_stem(clerk.returned.stem + "2")
    assert again.exists()
    assert clerk.returned.read_bytes() == before


def test_a_workbook_without_enterprises_is_told(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 0)
    ran = clerk.run()
    assert ran.code == 1
    assert "B115" in ran.codes


def test_what_a_row_lacks_is_told_once_and_in_the_words_of_the_workbook(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 3)
    clerk.change(clerk.path, (2,), None)
    words = ("batch", clerk.path, "-o", clerk.out, "--profiles", clerk.profiles, "--jobs", 1, "--only", "kite-check")
    ran = docgen(*words)
    assert ran.code == 1
    assert ran.err.count("“检查日期”") == 2, ran.err  # the message, and where to fill it in
    assert "forms." not in ran.err
    assert "共 1 个错误" in ran.err


def test_one_fault_of_many_rows_is_told_once(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 9)
    clerk.change(clerk.path, (2, 3, 4, 8), "2024年9月")
    checked = docgen("check", clerk.path, "--profiles", clerk.profiles)
    assert checked.code == 1
    (line,) = [line for line in checked.err.splitlines() if "错误 R106  “" in line]
    assert "风筝检查表!C6:C8、C12（4 处）" in line
    assert "4 个错误" in checked.err
    assert f"--return {clerk.path.with_name('填报工作簿_退回.xlsx')}" in checked.err
    told = docgen.json("check", clerk.path, "--profiles", clerk.profiles).document["diagnostics"]
    assert [item["location"]["cell"] for item in told if item["code"] == "R106"] == ["C6", "C7", "C8", "C12"]
    batch = docgen("batch", clerk.path, "-o", clerk.out, "--profiles", clerk.profiles, "--jobs", 2)
    assert [line for line in batch.err.splitlines() if "错误 R106  “" in line] == [line]


def test_what_is_mended_in_the_copy_joins_the_others_in_the_combined_file(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 6)
    words = ("--only", "kite-check", "--combine")
    clerk.change(clerk.path, (2, 5), "三月")
    assert clerk.run(*words).code == 1
    combined = clerk.out / "风筝检查表_合订.docx"
    assert list_combined(combined) == [f"燕子第{row}风筝社" for row in (1, 3, 4, 6)]
    copy = tmp_path / "改好的.xlsx"  # people rename what they get
    clerk.returned.rename(copy)
    clerk.change(copy, (2, 5), "2030-03-02")
    mended = clerk.run(*words, path=copy)
    assert (mended.code, count(mended)) == (0, (2, 0, 0, 0)), mended.document
    assert list_combined(combined) == [f"燕子第{row}风筝社" for row in range(1, 7)]
    assert [path.name for path in clerk.out.glob("*合订*")] == [combined.name]
    stamp = combined.stat().st_mtime_ns
    clerk.run(*words, path=copy)
    assert combined.stat().st_mtime_ns == stamp


def test_an_enterprise_that_left_the_workbook_leaves_the_combined_file(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 4)
    words = ("--only", "kite-check", "--combine")
    clerk.run(*words)
    book = openpyxl.load_workbook(clerk.path)
    for sheet in book:
        for row in range(sheet.max_row, 4, -1):
            if any(cell.value == "燕子第3风筝社" for cell in sheet[row]):
                sheet.delete_rows(row)
    book.save(clerk.path)
    assert clerk.run(*words).code == 0
    assert list_combined(clerk.out / "风筝检查表_合订.docx") == [f"燕子第{row}风筝社" for row in (1, 2, 4)]


def test_a_copy_of_an_unknown_workbook_is_combined_beside_what_is_there(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 3)
    words = ("--only", "kite-check", "--combine")
    clerk.change(clerk.path, (2,), "三月")
    clerk.run(*words)
    combined = (clerk.out / "风筝检查表_合订.docx").read_bytes()
    clerk.change(clerk.returned, (2,), "2030-03-02")
    book = openpyxl.load_workbook(clerk.returned)
    number = next(row for row in book["项目"].iter_rows(min_row=4) if str(row[1].value).startswith("项目编号"))
    number[2].value = "FZ-2"
    book.save(clerk.returned)
    ran = clerk.run(*words, path=clerk.returned)
    assert ran.codes == ["B123"]
    assert (clerk.out / "风筝检查表_合订.docx").read_bytes() == combined
    assert list_combined(clerk.out / "风筝检查表_合订_填报工作簿_退回.docx") == ["燕子第2风筝社"]


def test_merged_cells_are_one_fault(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 4)
    book = openpyxl.load_workbook(clerk.path)
    book["风筝检查表"].merge_cells("C5:C7")
    book["风筝检查表·检查内容"].merge_cells("B5:B6")
    book.save(clerk.path)
    ran = docgen.json("check", clerk.path, "--profiles", clerk.profiles)
    places = [(item["code"], item["location"]["cell"]) for item in ran.document["diagnostics"]]
    assert places == [("W123", "C5"), ("W123", "B5")]
    made = clerk.run("--only", "kite-check")  # what lies under a merged cell is nobody's guess: all its rows go back
    assert count(made) == (1, 0, 3, 0)
    assert [item["label"] for item in clerk.read_results() if item["state"] == "made"] == ["燕子第4风筝社"]
    returned = openpyxl.load_workbook(clerk.returned)["风筝检查表"]
    assert [str(item) for item in returned.merged_cells.ranges] == ["C5:C7"]


def test_rows_that_a_message_names_are_said_to_be_the_originals(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 6)
    clerk.change(clerk.path, (3, 4, 6), "2030.3.2")  # read all the same, and told once for all three
    clerk.change(clerk.path, (3,), "三月")
    book = openpyxl.load_workbook(clerk.path)
    for row in (8, 10):
        book["风筝检查表"].row_dimensions[row].hidden = True
    book.save(clerk.path)
    clerk.change(clerk.path, (4,), "四月")
    clerk.run("--only", "kite-check")
    listed = [row[4].value for row in openpyxl.load_workbook(clerk.returned)["问题清单"].iter_rows(min_row=3)]
    (hidden,) = [text for text in listed if "隐藏" in str(text)]
    assert "8、10" in hidden
    assert hidden.endswith("（所说的行号是原来那个工作簿里的）")
    assert not any("三月" in str(text) and "原来那个" in str(text) for text in listed)


def test_a_scan_of_no_document_is_told_in_words_that_a_clerk_can_type(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 2)
    book = openpyxl.load_workbook(clerk.path)
    sheet = book["佐证材料"]
    headers = {str(cell.value).removesuffix("*"): cell.column for cell in sheet[3]}
    Image.new("RGB", (40, 30), "white").save(clerk.path.parent / "签字.jpg")
    for header, value in {"文件": "签字.jpg", "类别": "扫描件", "所属文书": "风筝检查表"}.items():
        sheet.cell(sheet.max_row if header != "文件" else sheet.max_row + 1, headers[header]).value = value
    book.save(clerk.path)
    told = docgen.json("check", clerk.path, "--profiles", clerk.profiles).find("E140")
    assert re.fullmatch(r"本项目没有文书“风筝检查表”，最接近的是“风筝检查表（燕子第[12]风筝社）”", told["message"])
    assert re.search(r"例如 风筝检查表（燕子第[12]风筝社）$", told["mend"])


def test_a_row_of_nobody_excuses_nobody(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 4)
    book = openpyxl.load_workbook(clerk.path)
    for name in ("风筝检查表", "风筝检查表·检查内容"):
        book[name]["B6"].value = "鹞子风筝社"
    book.save(clerk.path)
    ran = docgen("batch", clerk.path, "-o", clerk.out, "--profiles", clerk.profiles, "--only", "kite-check")
    assert ran.code == 1
    states = {item["label"]: item["state"] for item in clerk.read_results()}
    assert [label for label, state in states.items() if state != "made"] == ["燕子第2风筝社"]
    assert "缺少“风筝检查表（燕子第2风筝社）”的内容" in ran.err
    assert ran.err.count("错误 W141") == 2
    rows = [row[1].value for row in openpyxl.load_workbook(clerk.returned)["风筝检查表"].iter_rows(min_row=5)]
    assert [name for name in rows if name] == ["鹞子风筝社"]


def test_a_second_row_of_an_enterprise_is_a_fault_of_that_enterprise(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 4)
    book = openpyxl.load_workbook(clerk.path)
    sheet = book["风筝检查表·检查内容"]
    for column in range(1, sheet.max_column + 1):
        sheet.cell(9, column).value = sheet.cell(6, column).value
    book.save(clerk.path)
    clerk.change(clerk.path, (3,), "不知道")
    clerk.run("--only", "kite-check")
    states = {item["label"]: item["state"] for item in clerk.read_results()}
    assert [label for label, state in states.items() if state != "made"] == ["燕子第2风筝社", "燕子第3风筝社"]
    copy = openpyxl.load_workbook(clerk.returned)["风筝检查表·检查内容"]
    assert [row[1].value for row in copy.iter_rows(min_row=5) if row[1].value] == [
        "燕子第2风筝社",
        "燕子第3风筝社",
        "燕子第2风筝社",
    ]


def test_a_clerk_is_told_sheets_and_headers_and_no_fields(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 2)
    book = openpyxl.load_workbook(clerk.path)
    headers = {str(cell.value).removesuffix("*"): cell.column for cell in book["企业"][3]}
    book["企业"].cell(5, headers["统一社会信用代码"]).value = "91320312MAYC2L059"
    for sheet in ("风筝检查表", "风筝检查表·检查内容", "不适用的归档类目"):
        book[sheet].delete_rows(5, 99)
    book.save(clerk.path)
    found = docgen.json("check", clerk.path, "--profiles", clerk.profiles).document["diagnostics"]
    mends = {item["code"]: item["mend"] for item in found}
    assert {"A151", "R111", "R201"} <= mends.keys()
    assert "在工作表“不适用的归档类目”中写明" in mends["A151"]
    assert "“信用代码豁免原因”中写明原因" in mends["R111"]
    assert mends["R201"].startswith("填写工作表“")
    assert not [mend for mend in mends.values() if re.search("uscc_waiver|not_applicable|填写 工作表", mend)]
    assert {item["location"]["sheet"] for item in found if item["code"] == "A151"} == {"不适用的归档类目"}
