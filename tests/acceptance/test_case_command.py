"""``docgen case`` on Word files as people write them: headings by style, by bold lines, by typed numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.shared import Pt
from support.command_line import COMPLETE, PROFILE, CommandLine
from support.office_schemas import check_file
from support.office_tools import Office

TITLE = "一台秤管住灌装量：小厂的三道关"
HEADS = ("企业简介", "急需解决的质量管理问题", "提升行动主要做法", "认证提升成效", "启示")
OTHER_HEADS = ("企业概况", "存在的主要问题", "主要措施与做法", "提升成效", "经验启示")
UNITS = ("丰县某某食品有限公司", "江苏某某认证有限公司")
WHO = "本厂成立于2018年3月，属食品加工业，主营果蔬脆片，有四个系列产品，员工14人，六成在网店销售，尚未取得体系认证。"
WHY = (
    "一是脆片回潮，网店退货率3.6%，半数因此而起；二是水分测定仪从未校准，读数偏低，偏潮的批次也判为合格；"
    "三是换人就换做法，关键工序没有作业指导书，水分合格率只有81.7%，全凭老师傅的手感。"
)
DONE = "按GB/T 19001送去校准，把内包装间隔小、装上除湿机，把三道工序写成卡片，试满三个班次才上墙，做完当场照卡自查。"
RESULTS = (
    "网店退货率由3.6%降到1.4%，因回潮退货的由97单减少到21单；水分测定仪和别的设备全部按期校准，水分合格率从81.7%提高到95.3%。"
    "三张作业指导书执行半年，换人以后做法不变，老师傅的手艺留了下来，新来的员工三天就能照卡上手，"
    "一家超市看过现场以后把脆片列入了长期采购的目录，果园也开始照约定分批采收，送来的青果少了一半。"
)
LESSON = "小厂做体系，难在删繁就简。从退回来的那一袋找起，管住一台仪器、一间屋子、三张卡片，文件不多，件件有人用。"
PARTS = (WHO, WHY, DONE * 12, RESULTS, LESSON)
COUNTS = (54, 88, 612, 148, 52)


def write(
    path: Path,
    heads: Sequence[str] = HEADS,
    *,
    style: Callable[[WordDocument, str], None],
    parts: Sequence[str] = PARTS,
    title: str = TITLE,
    units: Sequence[str] = UNITS,
) -> Path:
    """A good case as a person writes it: ``style`` sets a heading."""
    document = Document()
    line = document.add_paragraph()
    line.alignment = 1
    run = line.add_run(title)
    run.bold, run.font.size = True, Pt(22)
    for head, part in zip(heads, parts, strict=True):
        style(document, head)
        document.add_paragraph(part)
    if units:
        style(document, "主要起草单位")
        for unit in units:
            document.add_paragraph(unit)
    document.save(str(path))
    return path


def by_style(document: WordDocument, head: str) -> None:
    document.add_heading(head, 1)


def by_bold(document: WordDocument, head: str) -> None:
    document.add_paragraph().add_run(head).bold = True


def make_numbering() -> Callable[[WordDocument, str], None]:
    numbers = iter("一二三四五六七八九")
    return lambda document, head: document.add_paragraph(f"{next(numbers)}、{head}") and None


def make_brackets() -> Callable[[WordDocument, str], None]:
    numbers = iter("一二三四五六七八九")
    return lambda document, head: document.add_paragraph(f"（{next(numbers)}）{head}（约占60%）") and None


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def judge(docgen: CommandLine, *paths: Path, code: int = 0) -> list[dict[str, Any]]:
    ran = docgen.json("case", *paths, "--profile", PROFILE)
    assert ran.code == code, ran.document["diagnostics"]
    cases: list[dict[str, Any]] = ran.document["cases"]
    return cases


@pytest.mark.parametrize(
    ("heads", "style"),
    [
        (HEADS, by_style),
        (HEADS, by_bold),
        (HEADS, make_numbering()),
        (HEADS, make_brackets()),
        (OTHER_HEADS, by_style),
        (OTHER_HEADS, by_bold),
        (OTHER_HEADS, make_numbering()),
        (tuple(f"第{number}部分 {head}" for number, head in zip("一二三四五", HEADS, strict=True)), by_bold),
        (tuple(f"{number}. {head}：" for number, head in enumerate(HEADS, 1)), by_bold),
    ],
    ids=[
        "styles",
        "bold",
        "numbers",
        "brackets",
        "synonyms",
        "synonyms-bold",
        "synonyms-numbers",
        "chapters",
        "decimals",
    ],
)
def test_parts_are_found_however_headings_are_set(
    docgen: CommandLine, tmp_path: Path, heads: Sequence[str], style: Any
) -> None:
    (case,) = judge(docgen, write(tmp_path / "案例.docx", heads, style=style))
    assert case["title"] == TITLE
    assert tuple(part["count"] for part in case["parts"]) == COUNTS
    assert case["total"] == {"low": sum(COUNTS), "high": sum(COUNTS)}
    assert all(part["change"] == 0 for part in case["parts"])
    assert [fact["label"] for fact in case["facts"] if fact["words"] is None] == []
    assert (len(case["facts"]), case["pairs"], case["units"]) == (7, 3, list(UNITS))


def test_a_standard_that_rules_no_length_is_told(docgen: CommandLine, tmp_path: Path) -> None:
    path = write(tmp_path / "案例.docx", style=lambda document, text: document.add_heading(text, 1))
    ran = docgen.json("case", path, "--profile", "db4201-t629-2020")
    assert (ran.code, ran.codes) == (2, ["C302"])
    assert PROFILE in ran.find("C302")["mend"]


def test_a_missing_part_is_named(docgen: CommandLine, tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", HEADS[:4], style=by_style, parts=PARTS[:4])
    ran = docgen.json("case", path)
    assert (ran.code, "“启示”" in ran.find("C104")["message"]) == (1, True)
    (line,) = [line for line in docgen("case", path).out.splitlines() if line.strip().startswith("启示")]
    assert line.endswith("没有找到")
    assert "合适" not in line
    assert " 0 字" not in line


def test_text_boxes_and_tables_are_counted_apart(docgen: CommandLine, tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", style=by_style)
    document = Document(str(path))
    table = document.add_table(2, 3)
    document.paragraphs[2]._p.addnext(table._tbl)
    for cell, text in zip(
        (cell for row in table.rows for cell in row.cells), ["指标", "前", "后", "返工率", "9%", "3%"], strict=True
    ):
        cell.text = text
    run = document.paragraphs[2].add_run()
    run._r.append(parse_xml(TEXT_BOX))
    document.save(str(path))
    (case,) = judge(docgen, path)
    assert tuple(part["count"] for part in case["parts"]) == COUNTS
    beside = case["beside"]
    assert (beside["tables"], beside["table_words"], beside["text_boxes"], beside["text_box_words"]) == (1, 9, 1, 6)
    assert "1 个文本框，里面的 6 字" in docgen.json("case", path).find("C137")["message"]
    shown = docgen("case", path).out
    assert "另有表格 1 个（9 字）" in shown
    assert "文本框 1 个（6 字），没有计入" in shown


TEXT_BOX = """<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
 xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:wps="http://x/wps" xmlns:v="urn:v">
 <mc:Choice Requires="wps"><w:drawing><wps:txbx>
  <w:txbxContent><w:p><w:r><w:t>框里六个字。</w:t></w:r></w:p></w:txbxContent>
 </wps:txbx></w:drawing></mc:Choice>
 <mc:Fallback><w:pict><v:textbox>
  <w:txbxContent><w:p><w:r><w:t>框里六个字。</w:t></w:r></w:p></w:txbxContent>
 </v:textbox></w:pict></mc:Fallback>
</mc:AlternateContent>"""


@pytest.mark.parametrize(
    ("title", "code"),
    [("优良案例", "C107"), ("丰县某某食品有限公司质量提升案例", "C107"), ("管住灌装量" * 9, "C108"), ("", "C106")],
)
def test_titles(docgen: CommandLine, tmp_path: Path, title: str, code: str) -> None:
    assert code in docgen.json("case", write(tmp_path / "a.docx", style=by_style, title=title)).codes


@pytest.mark.parametrize("units", [(), tuple(f"{name}公司" for name in "甲乙丙丁")])
def test_one_to_three_units(docgen: CommandLine, tmp_path: Path, units: Sequence[str]) -> None:
    found = docgen.json("case", write(tmp_path / "a.docx", style=by_style, units=units)).find("C109")
    assert (found["severity"], found["clause"]) == ("error", "D.3")
    assert f"列了 {len(units)} 家" in found["message"]


@pytest.mark.parametrize(
    ("part", "text", "code", "severity"),
    [
        (0, "本厂主营果蔬脆片，有四个系列产品，员工14人，网店销售。" * 2, "C130", "warning"),
        (3, "退货明显减少，脆片不再回潮，测定仪按期校准，照作业指导书做，水分合格率大大提高。" * 5, "C131", "warning"),
        (3, RESULTS.replace("3.6%降到1.4%", "3.6降到1.4%"), "C132", "info"),
        (1, WHY + "四是雨天漏水。", "C136", "info"),
    ],
)
def test_what_the_parts_tell(
    docgen: CommandLine, tmp_path: Path, part: int, text: str, code: str, severity: str
) -> None:
    parts = [*PARTS[:part], text, *PARTS[part + 1 :]]
    found = docgen.json("case", write(tmp_path / "a.docx", style=by_style, parts=parts)).find(code)
    assert (found["severity"], found["location"]["kind"]) == (severity, "docx")
    assert found["clause"].startswith("D.2")


def test_too_long_says_how_much_to_cut(docgen: CommandLine, tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", style=by_style, parts=[WHO, WHY, DONE * 40, RESULTS, LESSON])
    over = sum(COUNTS) + COUNTS[2] // 12 * 28 - 2000
    ran = docgen("case", path)
    assert (ran.code, f"超出 {over} 字" in ran.out) == (1, True)


def make_record_copies(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.rglob("小微企业*优良案例*.docx"))


def test_our_own_documents_are_judged_as_their_record(docgen: CommandLine, tmp_path: Path) -> None:
    assert docgen("build", COMPLETE, "-o", tmp_path, "--only", "good-case", "--no-package").code == 0
    wanted = {case["title"]: case for case in judge(docgen, COMPLETE)}
    made = judge(docgen, *make_record_copies(tmp_path))
    assert len(made) == len(wanted) >= 2
    for case in made:
        of_record = wanted[case["title"]]
        assert [part["count"] for part in case["parts"]] == [part["count"] for part in of_record["parts"]]
        for name in ("total", "facts", "pairs", "units"):
            assert case[name] == of_record[name], name
        for name in ("tables", "table_words", "pictures"):
            assert case["beside"][name] == of_record["beside"][name], name


def test_many_files_have_one_table(docgen: CommandLine, tmp_path: Path) -> None:
    paths = [write(tmp_path / f"案例{number}.docx", style=by_style) for number in range(4)]
    paths.append(write(tmp_path / "短.docx", HEADS[:4], style=by_style, parts=PARTS[:4]))
    lines = docgen("case", *paths).out.splitlines()
    head = next(at for at, line in enumerate(lines) if line.startswith("文稿"))
    rows = lines[head + 1 :]
    assert [row.split()[0] for row in rows[:5]] == [path.name for path in paths]
    assert all("7/7" in row for row in rows[:5])
    assert "错误 1" in rows[4]
    assert "文稿" not in docgen("case", paths[0]).out.split()


def test_a_copy_with_comments(docgen: CommandLine, tmp_path: Path) -> None:
    parts = [WHO, WHY + "四是雨天漏水。", *PARTS[2:]]
    path = write(tmp_path / "案例.docx", style=by_bold, parts=parts, units=())
    before, out = path.read_bytes(), tmp_path / "批注.docx"
    ran = docgen.json("case", path, "--annotate", out)
    assert (ran.code, path.read_bytes()) == (1, before)
    assert [Path(item["path"]) for item in ran.document["outputs"]] == [out]
    comments = [comment.text for comment in Document(str(out)).comments]
    assert len(comments) == len(ran.document["diagnostics"]) == 2
    assert comments[0].startswith("错误 C109：")
    assert "雨天漏水" in comments[1]
    assert "（条款 D.2 d)）\n在“" in comments[1]
    assert [line.text for line in Document(str(out)).paragraphs] == [
        line.text for line in Document(str(path)).paragraphs
    ]
    again = docgen.json("case", path, "--annotate", out)
    assert (again.code, "A101" in again.codes) == (2, True)
    assert docgen("case", path, "--annotate", out, "--force", "--lang", "en").code == 1
    assert [comment.text[:5] for comment in Document(str(out)).comments] == ["Error", "Note "]


def test_comments_for_several_files_go_to_a_folder(docgen: CommandLine, tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{name}.docx", style=by_style, units=()) for name in "甲乙"]
    assert docgen("case", *paths, "--annotate", tmp_path / "批注").code == 1
    for path in paths:
        comments = [comment.text for comment in Document(str(tmp_path / "批注" / path.name)).comments]
        assert [text[:7] for text in comments] == ["错误 C109", "警告 C157"]  # no units; and both are one text


def test_the_original_is_never_written(docgen: CommandLine, tmp_path: Path) -> None:
    path = write(tmp_path / "案例.docx", style=by_style)
    before = path.read_bytes()
    for out in (path, tmp_path):
        ran = docgen.json("case", path, "--annotate", out, "--force")
        assert (ran.code, ran.codes) == (2, ["C139"])
    assert path.read_bytes() == before
    text = tmp_path / "a.md"
    text.write_text("# 题\n", "utf-8")
    assert "C138" in docgen.json("case", text, "--annotate", tmp_path / "b.docx").codes


@pytest.mark.office
def test_an_annotated_copy_opens(docgen: CommandLine, tmp_path: Path, office: Office) -> None:
    assert docgen("build", COMPLETE, "-o", tmp_path, "--only", "good-case", "--no-package").code == 0
    path = next(make_record_copies(tmp_path))
    document = Document(str(path))
    document.add_paragraph("这一段没有归入任何部分，前后共有三十来个字，应当被指出来。")
    document.save(str(tmp_path / "手改.docx"))
    out = tmp_path / "批注.docx"
    docgen("case", tmp_path / "手改.docx", "--annotate", out)
    assert check_file(out) == []
    assert office.to_pdf(out, tmp_path / "pdf").stat().st_size > 10_000


def test_pairwise_counts_of_the_sample_parts_are_inside_their_bands() -> None:
    total = sum(COUNTS)
    shares = [count * 100 / total for count in COUNTS]
    bands = [(2, 8), (6, 14), (50, 70), (14, 26), (2, 8)]
    assert all(low <= share <= high for share, (low, high) in zip(shares, bands, strict=True))
    assert all(low < high for low, high in pairwise([0, total]))
