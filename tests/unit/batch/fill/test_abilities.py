"""``docgen fill``: check boxes, pictures, labels, text that is a day; what can't be printed as it is meant is told."""

from __future__ import annotations

import io
import itertools
import json
import re
import shutil
import signal
import sys
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
import xlsxwriter
from docx.oxml import parse_xml
from PIL import Image
from support.command_line import CommandLine, make_environment, start_docgen
from support.merge_letters import add_field, read_texts, save

from docgen.ooxml.names import WORD

_BOX = (
    f'<w:sdt xmlns:w="{WORD}" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"><w:sdtPr>'
    '<w:alias w:val="{name}"/><w14:checkbox><w14:checked w14:val="0"/>'
    '<w14:checkedState w14:val="{on}" w14:font="MS Gothic"/><w14:uncheckedState w14:val="{off}" w14:font="MS Gothic"/>'
    "</w14:checkbox></w:sdtPr><w:sdtContent><w:r>{shown}</w:r></w:sdtContent></w:sdt>"
)


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def write_table(path: Path, *rows: Sequence[Any]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("名单")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return path


def write_letter(path: Path, *lines: str, boxes: Sequence[tuple[str, str, str, str]] = (), fields: str = "") -> Path:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    for name, on, off, shown in boxes:
        document.add_paragraph()._p.append(parse_xml(_BOX.format(name=name, on=on, off=off, shown=shown)))
    if fields:
        add_field(document.add_paragraph(), fields, "«»")
    path.write_bytes(save(document))
    return path


def read_document(folder: Path, pattern: str) -> str:
    (path,) = folder.glob(pattern)
    with zipfile.ZipFile(path) as archive:
        return archive.read("word/document.xml").decode()


class TestBoxes:
    WORD_BOX = ("2612", "2610", "<w:t>☐</w:t>")
    SYMBOL_BOX = ("0052", "00A3", '<w:sym w:font="Wingdings 2" w:char="F0A3"/>')

    def test_controls_are_ticked_for_programs_and_for_eyes(self, call: CommandLine, tmp_path: Path) -> None:
        names = ("达标", "等级=优", "等级：良", "别的")
        letter = write_letter(tmp_path / "函.docx", "{{ 名称 }}", boxes=[(name, *self.WORD_BOX) for name in names])
        data = write_table(tmp_path / "名单.xlsx", ["名称", "达标", "等级"], ["甲", "是", "良"], ["乙", "否", "优"])
        assert call("fill", letter, data, "-o", tmp_path / "出").code == 0
        for name, states in (("甲", "1010"), ("乙", "0100")):
            text = read_document(tmp_path / "出", f"*{name}.docx")
            assert "".join(re.findall(r'<w14:checked w14:val="(.)"', text)) == states
            assert "".join(re.findall("[☒☐]", text)) == "".join("☐☒"[int(state)] for state in states)

    def test_signs_of_symbol_fonts_become_signs_that_every_font_has(self, call: CommandLine, tmp_path: Path) -> None:
        letter = write_letter(tmp_path / "函.docx", "{{ 名称 }}", boxes=[("达标", *self.SYMBOL_BOX)])
        data = write_table(tmp_path / "名单.xlsx", ["名称", "达标"], ["甲", "是"])
        assert call("fill", letter, data, "-o", tmp_path / "出").code == 0
        text = read_document(tmp_path / "出", "*.docx")
        assert "☑" in text
        assert "w:sym" not in text

    def test_what_is_no_option_and_what_is_empty_is_refused(self, call: CommandLine, tmp_path: Path) -> None:
        letter = write_letter(tmp_path / "函.docx", '{{ 名称 }}{{ 达标|box }}{{ 等级|box("优") }}{{ 等级|box("良") }}')
        rows = [["甲", "√", "中"], ["乙", None, "优"], ["丙", "是", "优"]]
        data = write_table(tmp_path / "名单.xlsx", ["名称", "达标", "等级"], *rows)
        ran = call("fill", letter, data, "-o", tmp_path / "出", "--format", "json")
        told = [(item["code"], item["location"]["cell"]) for item in ran.document["diagnostics"]]
        assert sorted(told) == [("T480", "B2"), ("T480", "C2"), ("W208", "B3")]
        assert ran.document["fill"]["rows_made"] == 1


class TestLabels:
    def write(self, folder: Path) -> tuple[Path, Path]:
        document = docx.Document()
        for number, cell in enumerate(cell for row in document.add_table(1, 2).rows for cell in row.cells):
            if number:
                add_field(cell.paragraphs[0], " NEXT ")
            cell.paragraphs[0].add_run("{{ 姓名 }}：{{ 电话 }}")
        (folder / "标签.docx").write_bytes(save(document))
        rows = [["甲", "01"], ["乙", None], ["丙", "03"], ["甲", "04"], ["丁", "05"]]
        return folder / "标签.docx", write_table(folder / "名单.xlsx", ["姓名", "电话"], *rows)

    def test_an_empty_cell_refuses_its_label_alone(self, call: CommandLine, tmp_path: Path) -> None:
        ran = call("fill", *self.write(tmp_path), "-o", tmp_path / "出", "--format", "json")
        counts = ran.document["fill"]
        assert (counts["rows"], counts["rows_made"], counts["rows_refused"]) == (5, 4, 1)
        assert ran.find("W208")["location"]["cell"] == "B3"
        made = [read_texts(path.read_bytes()) for path in sorted((tmp_path / "出").glob("*.docx"))]
        assert made == [["甲：01", "丙：03"], ["甲：04", "丁：05"]]

    def test_repeated_keys_refuse_their_labels_alone(self, call: CommandLine, tmp_path: Path) -> None:
        letter, data = self.write(tmp_path)
        ran = call("fill", letter, data, "-o", tmp_path / "出", "--key", "姓名", "--blanks-by-hand", "--format", "json")
        assert ran.codes.count("W209") == 2
        made = [read_texts(path.read_bytes()) for path in sorted((tmp_path / "出").glob("*.docx"))]
        assert made == [["乙：", "丙：03"], ["丁：05", "："]]


class TestWorkbooks:
    def test_pictures_are_drawn_over_the_cells_of_their_tags(self, call: CommandLine, tmp_path: Path) -> None:
        Image.new("RGB", (600, 300), "red").save(tmp_path / "甲.png")
        (tmp_path / "乙.png").write_bytes(b"no picture")
        book = xlsxwriter.Workbook(str(tmp_path / "表.xlsx"))
        sheet = book.add_worksheet("表")
        sheet.write("A1", "{{ 姓名 }}")
        sheet.merge_range("B1:C4", "{{ 照片 }}")
        sheet.write_column("A6", ["{%tr for 行 in rows %}", "{{ 行.照片 }}", "{%tr endfor %}"])
        sheet.write_comment("A1", "说明")
        book.close()
        data = write_table(
            tmp_path / "名单.xlsx", ["姓名", "照片"], ["甲", "甲.png"], ["甲", "甲.png"], ["乙", "乙.png"]
        )
        words = ("-o", tmp_path / "出", "--group-by", "姓名", "--format", "json")
        ran = call("fill", tmp_path / "表.xlsx", data, *words)
        assert {item["location"]["cell"] for item in ran.document["diagnostics"] if item["code"] == "T125"} == {"B4"}
        (path,) = (tmp_path / "出").glob("1_*.xlsx")
        made = openpyxl.load_workbook(path)["表"]
        placed = [(item.anchor._from.col, item.anchor._from.row, item.anchor.ext) for item in made._images]
        assert [(column, row) for column, row, _ in placed] == [(1, 0), (0, 5), (0, 6)]
        assert all(size.width == 2 * size.height for _, _, size in placed)
        assert placed[0][2].height <= 4 * 20 * 9525
        assert (made["B1"].value, made["A1"].value) == (None, "甲")

    def test_tags_that_no_cell_holds_are_refused_with_their_places(self, call: CommandLine, tmp_path: Path) -> None:
        book = xlsxwriter.Workbook(str(tmp_path / "表.xlsx"))
        sheet = book.add_worksheet("表")
        sheet.write("A1", "{{ 名称 }}")
        sheet.write_comment("A2", "单位：${名称}")
        sheet.write_comment("B2", "【名称】")
        sheet.write_formula("C2", "=1+1")
        sheet.write_comment("C2", "{{ 名称 }}")
        sheet.insert_textbox("E5", "«名称»")
        sheet.set_footer("&C【名称】")
        book.close()
        data = write_table(tmp_path / "名单.xlsx", ["名称"], ["甲"])
        ran = call("fill", tmp_path / "表.xlsx", data, "--check", "--format", "json")
        assert set(ran.codes) == {"T217"}
        cells = {item["location"].get("cell") for item in ran.document["diagnostics"]}
        assert cells == {"A2", "B2", "C2", "E5", None}


class TestWords:
    def test_text_that_is_a_day_is_one_where_a_day_is_asked_for(self, call: CommandLine, tmp_path: Path) -> None:
        letter = write_letter(
            tmp_path / "函.docx", "{{ 名称 }}{{ 日期|date }}", fields=' MERGEFIELD 日期 \\@ "yyyy年M月d日" '
        )
        days = ("2024-09-06", "2024/9/6", "2024.9.6", "2024年9月6日", "20240906")
        lines = "".join(f"甲{at},{day}\n" for at, day in enumerate((*days, "秋天")))
        (tmp_path / "名单.csv").write_bytes(f"名称,日期\n{lines}".encode("gb18030"))
        ran = call("fill", letter, tmp_path / "名单.csv", "-o", tmp_path / "出", "--format", "json")
        assert ran.find("T480")["location"]["cell"] == "B7"
        made = [read_texts(path.read_bytes()) for path in sorted((tmp_path / "出").glob("*.docx"))]
        assert made == [[f"甲{at}2024年9月6日", "2024年9月6日"] for at in range(len(days))]

    def test_a_switch_that_says_nothing_to_a_value_is_told(self, call: CommandLine, tmp_path: Path) -> None:
        letter = write_letter(tmp_path / "函.docx", "{{ 名称 }}", fields=' MERGEFIELD 金额 \\# "#,##0.00" ')
        data = write_table(tmp_path / "名单.xlsx", ["名称", "金额"], ["甲", "面议"], ["乙", 1234.5])
        ran = call("fill", letter, data, "-o", tmp_path / "出", "--format", "json")
        assert (ran.code, ran.find("T481")["location"]["cell"]) == (0, "B2")
        assert "1,234.50" in read_document(tmp_path / "出", "2_*.docx")

    def test_what_is_compared_may_not_be_empty(self, call: CommandLine, tmp_path: Path) -> None:
        letter = write_letter(
            tmp_path / "函.docx",
            '{{ 名称 }}{% if 等级 == "优" %}优{% else %}差{% endif %}{% if 备注 %}{{ 备注 }}{% endif %}',
        )
        data = write_table(tmp_path / "名单.xlsx", ["名称", "等级", "备注"], ["甲", "优", None], ["乙", None, "x"])
        ran = call("fill", letter, data, "-o", tmp_path / "出", "--format", "json")
        assert ran.find("W208")["location"]["cell"] == "B3"
        assert ran.document["fill"]["rows_made"] == 1

    def test_what_only_looks_like_a_tag_is_told(self, call: CommandLine, tmp_path: Path) -> None:
        letter = write_letter(tmp_path / "函.docx", "{{ 名称 }} {名称} <<名称>> ｛｛名称｝｝ 《文件》 【附件】")
        data = write_table(tmp_path / "名单.xlsx", ["名称"], ["甲"])
        ran = call("fill", letter, data, "--check", "--format", "json")
        assert sorted(ran.codes) == ["T431", "T433", "T434"]
        letter, data = write_letter(tmp_path / "空.docx", "没有标签"), write_table(data, ["名称", "值"], ["甲", 1])
        assert "T437" in call("fill", letter, data, "--check", "--format", "json").codes

    def test_mappings_inside_are_headers_of_two_levels(self, call: CommandLine, tmp_path: Path) -> None:
        letter = write_letter(tmp_path / "函.docx", "{{ 地址/省 }}{{ 地址/市 }}{{ 零 }}{{ 否 }}")
        row = {"地址": {"省": "鄂", "市": "汉", "路": "x"}, "零": 0, "否": False}
        (tmp_path / "d.json").write_text(json.dumps([row]), "utf-8")
        ran = call("fill", letter, tmp_path / "d.json", "-o", tmp_path / "出", "--format", "json")
        assert read_texts(next((tmp_path / "出").glob("*.docx")).read_bytes()) == ["鄂汉0否"]
        assert "path" not in ran.find("W210")["location"]

    def test_fields_know_the_lower_level_of_two(self, call: CommandLine, tmp_path: Path) -> None:
        book = xlsxwriter.Workbook(str(tmp_path / "名单.xlsx"))
        sheet = book.add_worksheet("名单")
        sheet.merge_range("A1:A2", "名称")
        sheet.merge_range("B1:C1", "产值")
        sheet.write_row("B2", ["2023年", "2024年"])
        sheet.write_row("A3", ["甲", 100, 120])
        book.close()
        letter = write_letter(tmp_path / "函.docx", "{{ 名称 }}{{ 产值/2024年 }}", fields=" MERGEFIELD M_2023年 ")
        assert call("fill", letter, tmp_path / "名单.xlsx", "-o", tmp_path / "出").code == 0
        assert read_texts(next((tmp_path / "出").glob("*.docx")).read_bytes()) == ["甲120", "100"]


_WAYS = (("--draft",), ("--blanks-by-hand",), ("--key", "名称"), ("--group-by", "组"), ("--combine",), ("--force",))


class TestCounts:
    """Rows read are rows made and rows refused, whatever is wished, in the JSON and the workbook of the summary."""

    ROWS = (["名称", "电话", "组"], ["甲", "1", "一"], ["乙", None, "一"], ["甲", "3", "二"], ["丁", "4", None])

    @pytest.mark.parametrize("ways", [*itertools.combinations(_WAYS, 2), ()], ids=str)
    def test_they_reconcile(self, call: CommandLine, tmp_path: Path, ways: Sequence[Sequence[str]]) -> None:
        letter = write_letter(
            tmp_path / "函.docx", "{{ 名称 }}{{ 电话 }}{% for 行 in rows or [] %}{{ 行.电话 }}{% endfor %}"
        )
        if ("--group-by", "组") not in ways:
            write_letter(letter, "{{ 名称 }}{{ 电话 }}{{ 组 }}")
        data = write_table(tmp_path / "名单.xlsx", *self.ROWS)
        out = tmp_path / "出"
        for _ in range(2):  # made anew, and kept
            ran = call("fill", letter, data, "-o", out, *itertools.chain(*ways), "--format", "json")
            counts = ran.document["fill"]
            assert counts["rows"] == len(self.ROWS) - 1 == counts["rows_made"] + counts["rows_refused"]
            summary = json.loads((out / "批次结果.json").read_text("utf-8"))
            assert {name: summary["counts"][name] for name in counts} == counts
            said = openpyxl.load_workbook(out / "批次结果.xlsx").worksheets[0]["A2"].value
            assert all(f"{counts[name]} 行" in said for name in ("rows", "rows_made", "rows_refused") if counts[name])
            made = [path for path in out.glob("*.docx") if "合订" not in path.name]
            assert len(made) == counts["made"] + counts["kept"]
            assert ran.code == (1 if counts["rows_refused"] or counts["errors"] else 0)

    @pytest.mark.parametrize("ways", _WAYS, ids=str)
    def test_a_check_counts_the_same_and_writes_nothing(
        self, call: CommandLine, tmp_path: Path, ways: Sequence[str]
    ) -> None:
        group = "{% for 行 in rows %}{{ 行.电话 }}{% endfor %}" if "--group-by" in ways else "{{ 电话 }}{{ 组 }}"
        letter = write_letter(tmp_path / "函.docx", "{{ 名称 }}" + group)
        data = write_table(tmp_path / "名单.xlsx", *self.ROWS)
        before = sorted(tmp_path.iterdir())
        checked = call("fill", letter, data, "--check", *ways, "--format", "json").document["fill"]
        assert sorted(tmp_path.iterdir()) == before
        assert checked["rows"] == checked["rows_made"] + checked["rows_refused"]
        ran = call("fill", letter, data, "-o", tmp_path / "出", *ways, "--format", "json").document["fill"]
        assert {name: ran[name] for name in ("rows", "rows_refused")} == {
            name: checked[name] for name in ("rows", "rows_refused")
        }

    @pytest.mark.heavy
    @pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
    def test_a_run_that_was_killed_goes_on(self, call: CommandLine, tmp_path: Path) -> None:
        letter = write_letter(tmp_path / "函.docx", *(["{{ 名称 }}{{ 值 }}"] * 400))
        rows = [["名称", "值"], *([f"企业{at}", at] for at in range(600))]
        data = write_table(tmp_path / "名单.xlsx", *rows)
        out = tmp_path / "出"
        with start_docgen("fill", letter, data, "-o", out, env=make_environment()) as process:
            deadline = time.monotonic() + 60
            while not any(out.glob("*.docx")) and time.monotonic() < deadline:
                time.sleep(0.02)
            process.send_signal(signal.SIGKILL)
            process.wait()
        left = len(list(out.glob("*.docx")))
        assert 0 < left < 600
        counts = call("fill", letter, data, "-o", out, "--format", "json").document["fill"]
        assert counts["made"] + counts["kept"] == 600
        assert counts["kept"] > 0
        assert len(list(out.glob("*.docx"))) == 600
        shutil.rmtree(out)


class TestNames:
    def test_they_are_safe_everywhere(self, call: CommandLine, tmp_path: Path) -> None:
        names = ["CON", "con", "甲" * 120, 'a<b>:"/\\|?*', "尾. ", "..", "x\ny", "é", "é", "aux.txt"]
        letter = write_letter(tmp_path / "函.docx", "{{ 名称 }}")
        data = write_table(tmp_path / "名单.xlsx", ["名称"], *([name] for name in names))
        assert call("fill", letter, data, "-o", tmp_path / "出", "--name", "{名称}").code == 0
        made = [path.stem for path in (tmp_path / "出").glob("*.docx")]
        assert len({name.casefold() for name in made}) == len(names)
        assert all(len(name) < 80 and not re.search(r'[<>:"/\\|?*\n]|[. ]$', name) for name in made)
        assert not {"con", "aux", "nul"} & {name.casefold().partition(".")[0] for name in made}


def test_a_returned_copy_that_somebody_works_in_stays(call: CommandLine, tmp_path: Path) -> None:
    letter = write_letter(tmp_path / "函.docx", "{{ 名称 }}{{ 电话 }}")
    data = write_table(tmp_path / "名单.xlsx", ["名称", "电话"], ["甲", None], ["乙", "2"])
    assert call("fill", letter, data, "-o", tmp_path / "出").code == 1
    copy = tmp_path / "出" / "名单_退回.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(copy.read_bytes()))
    book.save(copy)
    mine = copy.read_bytes()
    write_table(data, ["名称", "电话"], ["甲", None], ["乙", None])
    assert "B116" in call("fill", letter, data, "-o", tmp_path / "出", "--format", "json").codes
    assert copy.read_bytes() == mine


def test_what_is_wrong_elsewhere_refuses_nothing(call: CommandLine, tmp_path: Path) -> None:
    letter = write_letter(tmp_path / "函.docx", "{{ 名称 }}{{ 甲 }}")
    book = xlsxwriter.Workbook(str(tmp_path / "名单.xlsx"))
    sheet = book.add_worksheet("名单")
    sheet.write_row("A1", ["名称", "甲", "乙"])
    sheet.write_row("A2", ["一", 1, 2])
    sheet.write("A3", "二")
    sheet.merge_range("B3:C3", "合")
    other = book.add_worksheet("别的")
    other.write_row("A1", ["名", "名"])
    other.write_row("A2", [1, 2])
    book.close()
    ran = call("fill", letter, tmp_path / "名单.xlsx", "-o", tmp_path / "出", "--format", "json")
    assert ran.find("W123")["location"]["cell"] == "B3"
    assert "W203" not in ran.codes
    assert (ran.document["fill"]["rows_made"], ran.document["fill"]["rows_refused"]) == (1, 1)


def test_a_list_without_rows_is_told(call: CommandLine, tmp_path: Path) -> None:
    letter = write_letter(tmp_path / "函.docx", "{{ 名称 }}{% for 人 in 人员 %}{{ 人.姓名 }}{% endfor %}")
    book = xlsxwriter.Workbook(str(tmp_path / "名单.xlsx"))
    for name, rows in (("企业", [["名称", "号"], ["甲", 1], ["乙", 2]]), ("人员", [["名称", "姓名"], ["甲", "张"]])):
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    ran = call("fill", letter, tmp_path / "名单.xlsx", "-o", tmp_path / "出", "--sheet", "企业", "--format", "json")
    assert (ran.code, ran.find("T482")["location"]["cell"]) == (0, "A3")


def test_a_character_that_no_file_can_hold_is_told_at_its_cell(call: CommandLine, tmp_path: Path) -> None:
    letter = write_letter(tmp_path / "函.docx", "{{ 名称 }}")
    data = tmp_path / "名单.csv"
    data.write_text("名称,电话\n甲\x01,1\n乙,2\n", "utf-8")
    ran = call("fill", letter, data, "-o", tmp_path / "出", "--format", "json")
    assert [
        (item["code"], item["location"]["cell"]) for item in ran.document["diagnostics"] if item["code"] != "W210"
    ] == [("R141", "A2")]
    assert [path.name for path in (tmp_path / "出").glob("*.docx")] == ["2_乙.docx"]


def test_a_loop_over_a_column_of_texts_is_refused(call: CommandLine, tmp_path: Path) -> None:
    letter = write_letter(tmp_path / "函.docx", "{%p for 字 in 名称 %}", "{{ 字 }}", "{%p endfor %}")
    data = write_table(tmp_path / "名单.xlsx", ["名称"], ["甲厂"])
    ran = call("fill", letter, data, "-o", tmp_path / "出", "--format", "json")
    (item,) = ran.document["diagnostics"]
    assert (ran.code, item["code"], item["location"]["paragraph"]) == (1, "T490", 1)
    whole = write_letter(tmp_path / "函二.docx", "{%p for 字 in 名称.split('、') %}", "{{ 字 }}", "{%p endfor %}")
    assert "T490" not in call("fill", whole, data, "-o", tmp_path / "出", "--format", "json").codes
