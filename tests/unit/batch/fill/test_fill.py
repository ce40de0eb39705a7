"""``docgen fill``: what templates and sheets of anybody's make, and what is told of them."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
import xlsxwriter
from PIL import Image
from support.command_line import CommandLine
from support.merge_letters import add_field, add_simple_field, add_text_box, read_texts, save

HEADERS = ["编号", "企业名称（全称）", "1月产量(吨)", "会议日期", "合格率", "金额（万元）", "电话"]
ROW = [7, "甲公司 A&B", 1234.5, dt.datetime(2024, 9, 6), 0.853, 2386, "02787654321"]
FORMATS = ["00000", "", "#,##0.0", "yyyy/m/d", "0.0%", "0.00_ ", "@"]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def write_sheet(path: Path, *sheets: tuple[str, Sequence[Sequence[Any]]], formats: Sequence[str] = ()) -> Path:
    book = xlsxwriter.Workbook(str(path))
    looks = [book.add_format({"num_format": code}) if code else None for code in formats]
    for name, rows in sheets:
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for at, value in enumerate(row):
                look = looks[at] if number and at < len(looks) else None
                if value is not None:
                    (sheet.write_datetime if isinstance(value, dt.datetime) else sheet.write)(number, at, value, look)
    book.close()
    return path


def write_letter(path: Path, *lines: str | Callable[[Any], None], with_source: bool = False) -> Path:
    document = docx.Document()
    for line in lines:
        paragraph = document.add_paragraph(line if isinstance(line, str) else "")
        if not isinstance(line, str):
            line(paragraph)
    path.write_bytes(save(document, with_source=with_source))
    return path


def fill_one(call: CommandLine, folder: Path, *lines: str | Callable[[Any], None], rows: Any = None) -> list[str]:
    """The paragraphs of the document of the first row."""
    letter = write_letter(folder / "函.docx", *lines)
    data = write_sheet(folder / "名单.xlsx", ("名单", [HEADERS, *(rows or [ROW])]), formats=FORMATS)
    ran = call("fill", letter, data, "-o", folder / "出", "--format", "json")
    assert ran.code == 0, ran.document["diagnostics"]
    return read_texts(next((folder / "出").glob("1_*.docx")).read_bytes())


class TestTags:
    def test_headers_are_tags_as_they_stand(self, call: CommandLine, tmp_path: Path) -> None:
        texts = fill_one(
            call,
            tmp_path,
            "{{ 企业名称 }}|{{ 企业名称（全称） }}|{{1月产量}}",
            "{{ 1月产量(吨) }} {{ 金额 }} ${电话} 【编号】",
        )
        assert texts == ["甲公司 A&B|甲公司 A&B|1,234.5", "1,234.5 2386.00 02787654321 00007"]

    def test_conditions_and_filters_work_on_headers(self, call: CommandLine, tmp_path: Path) -> None:
        texts = fill_one(
            call, tmp_path, "{% if 1月产量（吨） > 1000 %}多{% else %}少{% endif %}{{ 会议日期|date }}{{ 1月产量 + 1 }}"
        )
        assert texts == ["多2024年9月6日1235.5"]

    def test_data_is_no_template(self, call: CommandLine, tmp_path: Path) -> None:
        row = [*ROW[:1], "{{ 7*7 }} «编号» {% raw %}", *ROW[2:]]
        assert fill_one(call, tmp_path, "{{ 企业名称 }}", rows=[row]) == ["{{ 7*7 }} «编号» {% raw %}"]

    def test_an_unknown_tag_is_told_with_the_nearest_header(self, call: CommandLine, tmp_path: Path) -> None:
        letter = write_letter(tmp_path / "函.docx", "{{ 企业名 }} «年产量»")
        data = write_sheet(tmp_path / "名单.xlsx", ("名单", [HEADERS, ROW]))
        ran = call("fill", letter, data, "-o", tmp_path / "出", "--format", "json")
        told = [item["message"] for item in ran.document["diagnostics"] if item["code"] == "T495"]
        assert ran.code == 1
        assert len(told) == 2
        assert "企业名称（全称）" in "".join(told)
        assert not (tmp_path / "出").exists()

    def test_two_headers_that_are_one_tag_are_an_error(self, call: CommandLine, tmp_path: Path) -> None:
        letter = write_letter(tmp_path / "函.docx", "{{ 产量 }}{{ 名称 }}")
        data = write_sheet(
            tmp_path / "名单.xlsx", ("名单", [["名称", "产量（吨）", "产量（万元）"], ["甲公司", 10, 20]])
        )
        ran = call("fill", letter, data, "-o", tmp_path / "出", "--format", "json")
        assert ran.code == 1
        assert ran.find("W203")["location"]["cell"] == "C1"

    def test_tags_of_poi_tl_are_named_with_what_to_write(self, call: CommandLine, tmp_path: Path) -> None:
        letter = write_letter(tmp_path / "函.docx", "{{@照片}} {{编号}}")
        data = write_sheet(tmp_path / "名单.xlsx", ("名单", [HEADERS, ROW]))
        assert "{{ 照片 }}" in call("fill", letter, data, "--check", "--format", "json").find("T498")["mend"]


class TestMailMerge:
    def test_fields_are_filled_wherever_word_puts_them(self, call: CommandLine, tmp_path: Path) -> None:
        def write(paragraph: Any) -> None:
            add_field(paragraph, " MERGEFIELD 企业名称全称 \\* MERGEFORMAT ", "«企业名称全称»", pieces=5, bold=True)
            add_simple_field(paragraph, ' MERGEFIELD  会议日期  \\@ "yyyy年M月d日" ', "«会议日期»")
            add_field(paragraph, ' MERGEFIELD "M_1月产量吨" \\# "#,##0.00" ', "«M_1月产量吨»")

        letter = write_letter(tmp_path / "函.docx", write, lambda item: add_text_box(item, write), with_source=True)
        document = docx.Document(str(letter))
        add_field(document.sections[0].header.paragraphs[0], " MERGEFIELD 编号 ", "«编号»")
        document.save(str(letter))
        data = write_sheet(tmp_path / "名单.xlsx", ("名单", [HEADERS, ROW]), formats=FORMATS)
        assert call("fill", letter, data, "-o", tmp_path / "出").code == 0
        made = next((tmp_path / "出").glob("1_*.docx")).read_bytes()
        printed = "甲公司 A&B2024年9月6日1,234.50"
        assert read_texts(made)[0] == printed
        document = docx.Document(io.BytesIO(made))
        assert document.sections[0].header.paragraphs[0].text == "00007"
        assert document.paragraphs[0].runs[[run.text for run in document.paragraphs[0].runs].index("甲公司 A&B")].bold
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            parts = {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}
        box = parts["word/document.xml"].partition("txbxContent")[2]
        assert "甲公司 A&amp;B" in box
        assert "1,234.50" in box
        assert not any("fldChar" in text or "MERGEFIELD" in text or "«" in text for text in parts.values())
        assert "mailMerge" not in parts["word/settings.xml"]
        assert not any("list.xlsx" in text for text in parts.values())

    def test_labels_take_the_next_row_at_each_next(self, call: CommandLine, tmp_path: Path) -> None:
        document = docx.Document()
        for number, cell in enumerate(cell for row in document.add_table(1, 3).rows for cell in row.cells):
            if number:
                add_field(cell.paragraphs[0], " NEXT ")
            add_field(cell.paragraphs[0], " MERGEFIELD 姓名 ", "«姓名»")
            cell.paragraphs[0].add_run("：{{ 电话 }}")
        (tmp_path / "标签.docx").write_bytes(save(document))
        rows = "".join(f"人{number},0{number}\n" for number in range(1, 6))
        (tmp_path / "名单.csv").write_bytes(f"姓名,电话\n{rows}".encode("gb18030"))
        ran = call("fill", tmp_path / "标签.docx", tmp_path / "名单.csv", "-o", tmp_path / "出", "--format", "json")
        assert ran.document["fill"] | {"rows": 5, "rows_made": 5, "total": 2} == ran.document["fill"]
        made = [read_texts(path.read_bytes()) for path in sorted((tmp_path / "出").glob("*.docx"))]
        assert made == [["人1：01", "人2：02", "人3：03"], ["人4：04", "人5：05", "："]]

    def test_conditions_of_word_are_refused_with_their_place(self, call: CommandLine, tmp_path: Path) -> None:
        def write(paragraph: Any) -> None:
            add_field(paragraph, ' IF "a" = "a" "先生" "女士" ', "先生")
            add_field(paragraph, " MERGEFIELD 编号 \\* CHINESENUM3 ", "一")
            add_field(paragraph, ' MERGEFIELD 编号 \\# "0 (x)" ', "7")

        letter = write_letter(tmp_path / "函.docx", "{{ 编号 }}", write)
        data = write_sheet(tmp_path / "名单.xlsx", ("名单", [HEADERS, ROW]))
        ran = call("fill", letter, data, "--check", "--format", "json")
        assert ran.code == 1
        assert ran.find("T496")["location"]["paragraph"] == 2
        assert ran.codes.count("T497") == 2


class TestValues:
    def test_they_look_as_in_the_sheet(self, call: CommandLine, tmp_path: Path) -> None:
        texts = fill_one(call, tmp_path, "{{编号}} {{1月产量}} {{会议日期}} {{合格率}} {{金额}} {{电话}}")
        assert texts == ["00007 1,234.5 2024/9/6 85.3% 2386.00 02787654321"]

    def test_another_format_is_told_with_its_column(self, call: CommandLine, tmp_path: Path) -> None:
        letter = write_letter(tmp_path / "函.docx", "{{ 甲 }}{{ 乙 }}")
        data = write_sheet(
            tmp_path / "名单.xlsx", ("名", [["甲", "乙"], ["x", 0.5], ["y", 0.25]]), formats=["", "# ?/?"]
        )
        ran = call("fill", letter, data, "-o", tmp_path / "出", "--format", "json")
        assert ran.code == 0
        assert ran.find("W204")["location"]["cell"] == "B1"

    def test_a_code_stored_as_a_number_is_refused(self, call: CommandLine, tmp_path: Path) -> None:
        letter = write_letter(tmp_path / "函.docx", "{{ 名称 }}{{ 代码 }}")
        data = write_sheet(tmp_path / "名单.xlsx", ("名单", [["名称", "代码"], ["甲", 914201001234567890]]))
        ran = call("fill", letter, data, "-o", tmp_path / "出", "--format", "json")
        assert ran.find("W132")["location"]["cell"] == "B2"
        assert ran.document["fill"]["faulty"] == 1

    def test_the_greatest_number_of_a_cell_is_refused_by_itself(self, call: CommandLine, tmp_path: Path) -> None:
        letter = write_letter(tmp_path / "函.docx", "{{ 甲 }}{{ 乙 }}")
        rows = [["甲", "乙"], [1e300, 1e29], [1e-300, 123456.5]]
        data = write_sheet(tmp_path / "名单.xlsx", ("名单", rows), formats=["", "#,##0.00"])
        ran = call.json("fill", letter, data, "-o", tmp_path / "出")
        assert [item["location"]["cell"] for item in ran.document["diagnostics"]] == ["A2", "B2"]
        assert set(ran.codes) == {"W132"}
        assert ran.document["fill"]["rows_made"] == 1
        assert read_texts(next((tmp_path / "出").glob("2_*.docx")).read_bytes()) == ["0123,456.50"]

    def test_an_excel_form_keeps_numbers_and_formulas(self, call: CommandLine, tmp_path: Path) -> None:
        form = tmp_path / "表.xlsx"
        book = xlsxwriter.Workbook(str(form))
        sheet = book.add_worksheet("登记表")
        sheet.write_column(
            0, 0, ["{{ 企业名称 }}", "{{ 合格率 }}", "{{ 会议日期 }}", "共 {{ 1月产量 }} 吨", "{{ 编号 }}"]
        )
        sheet.write_formula(5, 0, "=A2*2")
        book.close()
        data = write_sheet(tmp_path / "名单.xlsx", ("名单", [HEADERS, ROW]), formats=FORMATS)
        assert call("fill", form, data, "-o", tmp_path / "出").code == 0
        made = openpyxl.load_workbook(next((tmp_path / "出").glob("1_*.xlsx")))["登记表"]
        assert [cell.value for cell in made["A"]] == ["甲公司 A&B", 0.853, "2024/9/6", "共 1,234.5 吨", 7, "=A2*2"]
        assert (made["A2"].number_format, made["A5"].number_format) == ("0.0%", "00000")

    def test_pictures_lie_in_the_sheets_folder_and_fit_their_frame(self, call: CommandLine, tmp_path: Path) -> None:
        folder = tmp_path / "资料"
        folder.mkdir()
        Image.new("RGB", (4000, 200), "red").save(folder / "甲.png")
        Image.new("RGB", (40, 20), "red").save(tmp_path / "外.png")
        document = docx.Document()
        table = document.add_table(1, 2)
        table.rows[0].cells[0].text, table.rows[0].cells[1].text = "{{ 姓名 }}", "{{ 照片 }}"
        (folder / "证.docx").write_bytes(save(document))
        rows = [["姓名", "照片"], ["甲", "甲.png"], ["乙", "../外.png"], ["丙", "没有.png"]]
        data = write_sheet(folder / "名单.xlsx", ("名单", rows))
        ran = call("fill", folder / "证.docx", data, "-o", tmp_path / "出", "--format", "json")
        assert ran.find("W206")["location"]["cell"] == "B3"
        assert ran.find("W205")["location"]["cell"] == "B4"
        (made,) = (tmp_path / "出").glob("*.docx")
        shape = docx.Document(str(made)).inline_shapes
        xml = zipfile.ZipFile(made).read("word/document.xml").decode()
        assert not len(shape) or shape[0].width < 4_000_000
        assert "<pic:pic" in xml

    def test_boxes_are_ticked_from_yes_and_from_options(self, call: CommandLine, tmp_path: Path) -> None:
        letter = write_letter(tmp_path / "函.docx", '{{ 达标|box }} {{ 等级|box("优") }}{{ 等级|box("良") }}')
        (tmp_path / "d.json").write_text(json.dumps([{"达标": "是", "等级": "良"}]), "utf-8")
        assert call("fill", letter, tmp_path / "d.json", "-o", tmp_path / "出").code == 0
        assert read_texts(next((tmp_path / "出").glob("*.docx")).read_bytes()) == ["☑ □☑"]


class TestLists:
    TABLE = ("{%tr for 明细 in 检测结果 %}", "{{ 明细.项目 }}{{ 明细.1月数值（mg） }}", "{%tr endfor %}")
    ROWS = (["企业名称", "项目", "1月数值(mg)"], ["甲", "铅", 0.5], ["甲", "汞", 1], ["乙", "铅", 2])

    def write_notice(self, path: Path) -> Path:
        document = docx.Document()
        document.add_paragraph("{{ 企业名称 }}")
        for text, row in zip(self.TABLE, document.add_table(3, 1).rows, strict=True):
            row.cells[0].text = text
        path.write_bytes(save(document))
        return path

    def test_rows_of_a_group_are_a_list(self, call: CommandLine, tmp_path: Path) -> None:
        data = write_sheet(tmp_path / "名单.xlsx", ("检测结果", self.ROWS))
        notice = self.write_notice(tmp_path / "通知.docx")
        ran = call("fill", notice, data, "-o", tmp_path / "出", "--group-by", "企业名称", "--format", "json")
        assert (ran.code, ran.document["fill"]["rows_made"]) == (0, 3)
        assert read_texts((tmp_path / "出" / "1_甲.docx").read_bytes()) == ["甲", "铅0.5", "汞1"]

    def test_a_second_sheet_is_a_list_and_its_strays_are_told(self, call: CommandLine, tmp_path: Path) -> None:
        rows = [*self.ROWS, ["丙", "铅", 3]]
        data = write_sheet(tmp_path / "名单.xlsx", ("企业", [["企业名称"], ["甲"], ["乙"]]), ("检测结果", rows))
        notice = self.write_notice(tmp_path / "通知.docx")
        ran = call("fill", notice, data, "-o", tmp_path / "出", "--format", "json", "--sheet", "企业")
        assert ran.find("W213")["location"]["cell"] == "A5"
        assert ran.document["fill"]["rows_made"] == 2
        assert read_texts((tmp_path / "出" / "2_乙.docx").read_bytes()) == ["乙", "铅2"]

    def test_a_list_s_row_without_a_key_is_nobody_s(self, call: CommandLine, tmp_path: Path) -> None:
        rows = [*self.ROWS, [None, "镉", 3], ["乙 ", "汞", 4]]
        data = write_sheet(tmp_path / "名单.xlsx", ("企业", [["企业名称"], ["甲"], ["乙"]]), ("检测结果", rows))
        notice = self.write_notice(tmp_path / "通知.docx")
        ran = call.json("fill", notice, data, "-o", tmp_path / "出", "--sheet", "企业")
        assert (ran.code, ran.find("W208")["location"]["cell"]) == (1, "A5")
        assert "W213" not in ran.codes
        assert read_texts((tmp_path / "出" / "2_乙.docx").read_bytes()) == ["乙", "铅2", "汞4"]


class TestStrictness:
    def write(self, folder: Path, rows: Sequence[Sequence[Any]]) -> tuple[Path, Path]:
        letter = write_letter(folder / "函.docx", "{{ 名称 }}：{{ 电话 }}")
        return letter, write_sheet(folder / "名单.xlsx", ("名单", [["名称", "电话", "备查"], *rows]))

    def test_empty_cells_refuse_their_rows_alone_and_counts_reconcile(self, call: CommandLine, tmp_path: Path) -> None:
        letter, data = self.write(
            tmp_path, [["甲", "1", "x"], ["乙", None, "x"], ["丙", "3", "x"], ["合计", "3 家", None]]
        )
        ran = call("fill", letter, data, "-o", tmp_path / "出", "--format", "json")
        counts = ran.document["fill"]
        assert (ran.code, counts["rows"], counts["rows_made"], counts["rows_refused"]) == (1, 3, 2, 1)
        assert ran.find("W208")["location"]["cell"] == "B3"
        assert ran.find("W210")["location"]["cell"] == "C1"
        assert "W126" in ran.codes
        returned = openpyxl.load_workbook(tmp_path / "出" / "名单_退回.xlsx")["名单"]
        assert [cell.value for cell in returned["A"]][:2] == ["名称", "乙"]
        summary = json.loads((tmp_path / "出" / "批次结果.json").read_text("utf-8"))
        assert summary["counts"]["rows_refused"] == 1
        assert len(summary["results"]) == 3
        write_sheet(data, ("名单", [["名称", "电话", "备查"], ["甲", "1", "x"], ["乙", "2", "x"], ["丙", "3", "x"]]))
        again = call("fill", letter, data, "-o", tmp_path / "出", "--format", "json")
        assert (again.code, again.document["fill"]["made"], again.document["fill"]["kept"]) == (0, 1, 2)
        assert not (tmp_path / "出" / "名单_退回.xlsx").exists()

    def test_a_draft_shows_what_lacks_and_blanks_are_left_by_wish(self, call: CommandLine, tmp_path: Path) -> None:
        letter, data = self.write(tmp_path, [["乙", None, "x"]])
        ran = call("fill", letter, data, "-o", tmp_path / "稿", "--draft", "--format", "json")
        assert (ran.code, ran.document["fill"]["rows_made"]) == (1, 1)
        assert ran.find("W208")["location"]["cell"] == "B2"
        assert read_texts((tmp_path / "稿" / "1_乙.docx").read_bytes()) == ["乙：【缺：电话】"]
        ran = call("fill", letter, data, "-o", tmp_path / "空", "--blanks-by-hand", "--format", "json")
        assert ran.code == 0
        assert ran.find("R207")["location"]["cell"] == "B2"
        assert read_texts((tmp_path / "空" / "1_乙.docx").read_bytes()) == ["乙："]

    def test_rows_with_one_key_are_refused_all(self, call: CommandLine, tmp_path: Path) -> None:
        letter, data = self.write(tmp_path, [["甲", "1", "x"], ["乙", "2", "x"], ["甲", "3", "x"]])
        ran = call("fill", letter, data, "-o", tmp_path / "出", "--key", "名称", "--format", "json")
        assert ran.codes.count("W209") == 2
        assert ran.document["fill"]["rows_made"] == 1

    def test_a_check_writes_nothing(self, call: CommandLine, tmp_path: Path) -> None:
        letter, data = self.write(tmp_path, [["甲", None, "x"]])
        before = sorted(tmp_path.iterdir())
        ran = call("fill", letter, data, "--check", "--format", "json")
        assert ran.code == 1
        assert "W208" in ran.codes
        assert sorted(tmp_path.iterdir()) == before

    def test_names_are_safe_and_unique(self, call: CommandLine, tmp_path: Path) -> None:
        letter, data = self.write(tmp_path, [["a/b", "1", "x"], ["A/B", "2", "x"]])
        assert call("fill", letter, data, "-o", tmp_path / "出", "--name", "{名称}", "--combine").code == 0
        names = sorted(path.name for path in (tmp_path / "出").glob("*.docx"))
        assert len(names) == 3
        assert "函_合订.docx" in names

    def test_the_sheet_that_fits_best_is_read_and_told(self, call: CommandLine, tmp_path: Path) -> None:
        letter = write_letter(tmp_path / "函.docx", "{{ 名称 }}：{{ 电话 }}")
        good = ("名单", [["名称", "电话"], ["甲", "1"]])
        data = write_sheet(tmp_path / "名单.xlsx", ("说明", [["名称", "说明"], ["x", "y"]]), good)
        ran = call("fill", letter, data, "-o", tmp_path / "出", "--format", "json")
        assert ran.code == 0
        assert ran.find("W202")["location"]["sheet"] == "名单"
        assert call("fill", letter, data, "--check", "--sheet", "没有", "--format", "json").codes == ["W201"]

    def test_merged_headers_and_rows_are_read(self, call: CommandLine, tmp_path: Path) -> None:
        letter = write_letter(tmp_path / "函.docx", "{{ 联系人/姓名 }}{{ 电话 }}{{ 单位 }}")
        book = xlsxwriter.Workbook(str(tmp_path / "名单.xlsx"))
        sheet = book.add_worksheet("名单")
        sheet.merge_range(0, 0, 1, 0, "单位")
        sheet.merge_range(0, 1, 0, 2, "联系人")
        sheet.write_row(1, 1, ["姓名", "电话"])
        sheet.merge_range(2, 0, 3, 0, "甲公司")
        sheet.write_row(2, 1, ["张", "1"])
        sheet.write_row(3, 1, ["李", "2"])
        book.close()
        assert call("fill", letter, tmp_path / "名单.xlsx", "-o", tmp_path / "出").code == 0
        made = [read_texts(path.read_bytes())[0] for path in sorted((tmp_path / "出").glob("*.docx"))]
        assert made == ["张1甲公司", "李2甲公司"]

    def test_a_sheet_is_made_for_a_template(self, call: CommandLine, tmp_path: Path) -> None:
        letter = write_letter(tmp_path / "函.docx", "{{ 名称 }}：{{ 1月产量 }} «联系人» {{ 名称 }}")
        assert call("fill", letter, "--make-sheet", tmp_path / "填报.xlsx").code == 0
        made = openpyxl.load_workbook(tmp_path / "填报.xlsx").active
        assert made is not None
        assert [cell.value for cell in made[1]] == ["名称", "1月产量", "联系人"]

    def test_a_template_is_checked_and_listed_without_a_profile(self, call: CommandLine, tmp_path: Path) -> None:
        letter = write_letter(
            tmp_path / "函.docx", "姓名：____ {{ 1月产量（吨） }}", lambda item: add_field(item, " IF 1 ")
        )
        listed = call("template", "fields", letter, "--format", "json").document["template"]
        assert [item["name"] for item in listed["names"]] == ["1月产量（吨）"]
        assert listed["blanks"] == ["姓名"]
        assert call("template", "check", letter, "--format", "json").codes == ["T496"]
        assert call("template", "check", letter, "--profile", "x", "--format", "json").codes == ["X105"]


class TestSamples:
    FOLDER = Path(__file__).resolve().parents[4] / "samples" / "fill"

    def test_the_invitation_leaves_seven_rows_to_somebody(self, call: CommandLine, tmp_path: Path) -> None:
        ran = call("fill", self.FOLDER / "邀请函.docx", self.FOLDER / "名单.xlsx", "-o", tmp_path, "--format", "json")
        counts = ran.document["fill"]
        assert (counts["rows"], counts["rows_made"], counts["rows_refused"]) == (300, 293, 7)
        assert "某某第1机械有限公司：" in read_texts(next(tmp_path.glob("1_*.docx")).read_bytes())

    @pytest.mark.parametrize(
        ("template", "data"),
        [
            ("证书.docx", "培训.csv"),
            ("标签.docx", "名单.xlsx"),
            ("整改通知.docx", "名单.xlsx"),
            ("登记表.xlsx", "名单.xlsx"),
        ],
    )
    def test_the_others_know_their_columns(self, call: CommandLine, template: str, data: str) -> None:
        words = ("--check", "--format", "json", *(("--sheet", "名单") if data == "名单.xlsx" else ()))
        ran = call("fill", self.FOLDER / template, self.FOLDER / data, *words)
        assert {item["code"] for item in ran.document["diagnostics"] if item["severity"] == "error"} <= {"W208"}
