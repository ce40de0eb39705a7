"""Good cases in which a part can be taken for another: sub-headings, tables, doubles, headings that say two things."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.shared import Pt
from support.case_words import STORIES
from support.command_line import PROFILE, CommandLine
from support.plain_count import count_words

STORY = STORIES[0]
COUNTS = [sum(map(count_words, part)) for part in STORY.parts]
HEADS = ("企业概况", "存在问题", "主要做法", "取得成效", "经验启示")
NUMBERED = [f"{number}、{head}" for number, head in zip("一二三四五", HEADS, strict=True)]
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SUBS = ("量具", "首件", "做法", "改进")


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def begin(title: str = STORY.title) -> WordDocument:
    document = Document()
    line = document.add_paragraph()
    line.alignment = 1
    run = line.add_run(title)
    run.bold, run.font.size = True, Pt(22)
    return document


def add(document: WordDocument, text: str, bold: bool = False) -> None:
    document.add_paragraph().add_run(text).bold = bold


def write(
    path: Path, heads: Sequence[str], *, bold: bool = False, subs: Sequence[str] = (), units: bool = True
) -> Path:
    document = begin()
    for at, (head, part) in enumerate(zip(heads, STORY.parts, strict=False)):
        add(document, head, bold)
        for number, text in enumerate(part):
            if at == 2 and subs and number:
                add(document, subs[number - 1], bold)
            document.add_paragraph(text)
    if units:
        document.add_paragraph(f"主要起草单位：{'、'.join(STORY.units)}")
    document.save(str(path))
    return path


def judge(docgen: CommandLine, path: Path, *options: object) -> tuple[dict[str, Any], list[str]]:
    ran = docgen.json("case", path, "--profile", PROFILE, *options)
    return ran.document["cases"][0], ran.codes


def read_counts(case: dict[str, Any]) -> list[int]:
    return [part["count"] for part in case["parts"]]


def read_certainties(case: dict[str, Any]) -> list[str | None]:
    return [part["certainty"] for part in case["parts"]]


def test_sub_headings_set_like_the_parts_are_counted_with_their_part(docgen: CommandLine, tmp_path: Path) -> None:
    case, codes = judge(docgen, write(tmp_path / "a.docx", HEADS, bold=True, subs=SUBS))
    assert read_counts(case) == COUNTS
    assert "C110" not in codes
    assert read_certainties(case) == ["sure", "sure", "likely", "sure", "sure"]  # it holds headings of its own rank


def test_a_sub_heading_that_says_a_part_takes_nothing(docgen: CommandLine, tmp_path: Path) -> None:
    heads = [NUMBERED[0], "二、拦在路上的三只虎", *NUMBERED[2:]]
    subs = ("（一）存在问题", "（二）主要成效", "（三）做法", "（四）改进")
    case, _ = judge(docgen, write(tmp_path / "a.docx", heads, subs=subs))
    assert read_counts(case) == COUNTS
    assert read_certainties(case) == ["sure", "likely", "sure", "sure", "sure"]
    assert case["parts"][1]["heading"] == "二、拦在路上的三只虎"


@pytest.mark.parametrize("bold", [True, False])
def test_words_of_parts_inside_one_part_take_nothing(docgen: CommandLine, tmp_path: Path, bold: bool) -> None:
    """Each measure told with problem, measure and result, under headings that say something else."""
    document = begin()
    inside = (
        "存在问题：量具超期，没有人管。",
        "主要做法：给每把卡尺建档，按期送检。",
        "取得成效：校准率由71%升到100%。",
    )
    for at, (number, part) in enumerate(zip("一二三四五", STORY.parts, strict=True)):
        add(document, f"{number}、{('甲', '乙', '丙', '丁', '戊')[at]}的故事", bold)
        for text in (*part, *(inside if at == 2 else ())):
            document.add_paragraph(text)
    document.save(str(tmp_path / "a.docx"))
    case, _ = judge(docgen, tmp_path / "a.docx")
    assert "sure" not in read_certainties(case)
    assert read_counts(case) == [*COUNTS[:2], COUNTS[2] + sum(map(count_words, inside)), *COUNTS[3:]]


def test_a_table_for_each_part_and_a_title_in_a_box(docgen: CommandLine, tmp_path: Path) -> None:
    document = Document()
    text = f"<w:txbxContent><w:p><w:r><w:t>{STORY.title}</w:t></w:r></w:p></w:txbxContent>"
    box = f'<w:pict xmlns:w="{W}" xmlns:v="urn:v"><v:textbox>{text}</v:textbox></w:pict>'
    document.add_paragraph().add_run()._r.append(parse_xml(box))
    for head, part in zip(HEADS, STORY.parts, strict=True):
        table = document.add_table(2, 1)
        table.rows[0].cells[0].text = head
        table.rows[1].cells[0].text = part[0]
        for text in part[1:]:
            table.rows[1].cells[0].add_paragraph(text)
        document.add_paragraph()
    document.add_paragraph(f"主要起草单位：{'、'.join(STORY.units)}")
    document.save(str(tmp_path / "a.docx"))
    case, codes = judge(docgen, tmp_path / "a.docx")
    assert (read_counts(case), case["title"], case["beside"]["tables"]) == (COUNTS, STORY.title, 0)
    assert "C137" not in codes


def test_numbers_that_begin_anew_inside_a_part(docgen: CommandLine, tmp_path: Path) -> None:
    subs = [f"{number}、{sub}" for number, sub in zip("一二三四", SUBS, strict=True)]
    case, _ = judge(docgen, write(tmp_path / "a.docx", NUMBERED, subs=subs))
    assert read_counts(case) == COUNTS


def test_a_heading_of_two_parts_is_in_doubt(docgen: CommandLine, tmp_path: Path) -> None:
    document = begin()
    parts = [STORY.parts[0], STORY.parts[1], STORY.parts[2] + STORY.parts[3], STORY.parts[4]]
    for head, part in zip(("企业概况", "存在问题", "主要做法与成效", "启示"), parts, strict=True):
        add(document, head, True)
        for text in part:
            document.add_paragraph(text)
    document.save(str(tmp_path / "a.docx"))
    case, codes = judge(docgen, tmp_path / "a.docx")
    assert case["doubts"] == [{"heading": "主要做法与成效", "count": COUNTS[2] + COUNTS[3], "readings": ["c", "d"]}]
    assert "C141" in codes
    assert not {"C103", "C104"} & set(codes)  # neither nonsense shares nor parts that are said to lack
    shown = docgen("case", tmp_path / "a.docx").out
    assert "合适" not in shown
    told, codes = judge(docgen, tmp_path / "a.docx", "--parts", "主要做法与成效=c")
    assert read_counts(told)[2] == COUNTS[2] + COUNTS[3]
    assert told["parts"][2]["certainty"] == "sure"
    assert "C104" in codes


def test_a_text_without_headings_is_no_silent_zero(docgen: CommandLine, tmp_path: Path) -> None:
    document = begin()
    for part in STORY.parts:
        for text in part:
            document.add_paragraph(text)
    document.save(str(tmp_path / "a.docx"))
    ran = docgen.json("case", tmp_path / "a.docx")
    assert f"{sum(COUNTS)} 字" in ran.find("C142")["message"]
    assert "C104" not in ran.codes
    shown = docgen("case", tmp_path / "a.docx").out
    assert "合适" not in shown
    assert f"另有 {sum(COUNTS)} 字" in shown


def test_parts_are_said_by_number_and_by_words(docgen: CommandLine, tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", ["一、甲", "二、乙", "三、丙", "四、丁", "五、戊"])
    case, codes = judge(docgen, path, "--parts", "一=a,二=b，三=c,丁=d,5=e")
    assert (read_counts(case), read_certainties(case)) == (COUNTS, ["sure"] * 5)
    assert "C140" not in codes
    assert "C151" in docgen.json("case", path, "--parts", "九=a").codes
    assert docgen.json("case", path, "--parts", "一=x").codes == ["C152"]
    assert docgen.json("case", path, "--parts", "一").code == 2


def test_a_double_heading_is_not_sure(docgen: CommandLine, tmp_path: Path) -> None:
    document = begin()
    parts = [STORY.parts[0], STORY.parts[1], STORY.parts[2][:2], STORY.parts[2][2:], *STORY.parts[3:]]
    heads = ("一、企业概况", "二、存在问题", "三、主要做法（上）", "四、主要做法（下）", "五、取得成效", "六、启示")
    for head, part in zip(heads, parts, strict=True):
        add(document, head)
        for text in part:
            document.add_paragraph(text)
    document.save(str(tmp_path / "a.docx"))
    case, _ = judge(docgen, tmp_path / "a.docx")
    assert read_counts(case) == COUNTS
    assert read_certainties(case)[2] == "likely"


def test_what_follows_the_last_part_is_none_of_it(docgen: CommandLine, tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", NUMBERED, bold=True, units=False)
    document = Document(str(path))
    add(document, "专家点评", True)
    document.add_paragraph("这个案例抓住了量具这个要害，值得同行看一看。")
    for unit in STORY.units:
        document.add_paragraph(unit)
    document.add_paragraph("主要起草人：纪同舟、沈其昭")
    document.save(str(path))
    case, codes = judge(docgen, path)
    assert (read_counts(case), case["units"]) == (COUNTS, list(STORY.units))
    assert "C110" in codes


def test_a_table_with_the_parts_words_as_its_header_is_no_form(docgen: CommandLine, tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", NUMBERED)
    document = Document(str(path))
    table = document.add_table(2, 3)
    cells = [cell for row in table.rows for cell in row.cells]
    for cell, text in zip(cells, ("存在问题", "改进措施", "取得成效", "超期", "建档", "清零"), strict=True):
        cell.text = text
    document.save(str(path))
    case, _ = judge(docgen, path)
    assert (read_counts(case), case["beside"]["tables"]) == (COUNTS, 1)


def test_a_table_of_one_cell_is_layout_and_counts(docgen: CommandLine, tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", NUMBERED)
    document = Document(str(path))
    framed, prose = (
        "框里的这一段也是正文。",
        "这一格里写了成段的文字，有三十个字以上，本该写在正文里，却写进了表格里面。",
    )
    table = document.add_table(1, 1)
    table.rows[0].cells[0].text = framed
    document.paragraphs[-2]._p.addprevious(table._tbl)
    other = document.add_table(1, 2)
    other.rows[0].cells[0].text, other.rows[0].cells[1].text = "说明", prose
    document.save(str(path))
    ran = docgen.json("case", path, "--profile", PROFILE)
    case = ran.document["cases"][0]
    assert sum(read_counts(case)) == sum(COUNTS) + count_words(framed)
    assert f"{count_words(framed)} 字" in ran.find("C150")["message"]
    assert f"{count_words(prose) + 2} 字" in ran.find("C143")["message"]


@pytest.mark.parametrize("title", ["从返工大户到放心工厂", "小面馆走进大超市", "一台秤救活一家厂"])
def test_a_title_that_ends_as_a_unit_does_is_the_title(docgen: CommandLine, tmp_path: Path, title: str) -> None:
    document = begin(title)
    line = document.add_paragraph(STORY.units[0])
    line.alignment = 1
    for head, part in zip(HEADS, STORY.parts, strict=True):
        add(document, head)
        for text in part:
            document.add_paragraph(text)
    document.save(str(tmp_path / "a.docx"))
    case, _ = judge(docgen, tmp_path / "a.docx")
    assert (case["title"], case["units"]) == (title, [STORY.units[0]])


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("徐州睢安精密配件有限公司质量管理体系认证提升优良案例", "没有数字，也没有写出做法"),
        ("睢安精密2024年质量提升典型案例", "没有数字"),
        ("助力企业高质量发展", "没有数字"),
    ],
)
def test_a_hollow_title_is_a_warning_with_reasons(docgen: CommandLine, tmp_path: Path, title: str, said: str) -> None:
    path = write(tmp_path / "a.docx", NUMBERED)
    document = Document(str(path))
    document.paragraphs[0].runs[0].text = title
    document.save(str(path))
    found = docgen.json("case", path).find("C107")
    assert (found["severity"], found["clause"]) == ("warning", "D.1")
    assert said in found["message"]
