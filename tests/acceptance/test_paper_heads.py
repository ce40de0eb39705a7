"""What the papers of the samples say of themselves: their project, the parties they bind, what is their own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook
from support.command_line import CommandLine

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
XUZHOU, WUHAN = "db3203-t1023-2023/complete", "db4201-t665-2022/single-enterprise"
OTHER_RULES = ("全部指标达成才得分", "按达成指标的比例得分")


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def build(docgen: CommandLine, sample: str, folder: Path, *titles: str, blank: bool = False) -> list[Path]:
    chosen = [word for title in titles for word in ("--only", title)]
    record = SAMPLES / sample / "record.yaml"
    done = docgen("build", record, "--no-package", *(["--blank"] if blank else []), *chosen, "-o", folder)
    assert done.code in (0, 1), done.err
    return sorted(path for kind in ("docx", "xlsx") for path in folder.rglob(f"*.{kind}"))


@cache
def read_text(path: Path) -> str:
    """Everything that a paper shows in its text and its cells."""
    if path.suffix == ".xlsx":
        return "\n".join(
            str(cell.value) for sheet in load_workbook(path) for row in sheet.iter_rows() for cell in row if cell.value
        )
    return "\n".join(node.text or "" for node in Document(str(path)).element.body.iter("{*}t"))


def test_an_agreement_names_both_parties(docgen: CommandLine, tmp_path: Path) -> None:
    for blank in (False, True):
        (paper,) = build(docgen, WUHAN, tmp_path / str(blank), "保密协议", blank=blank)
        text = read_text(paper)
        assert text.count("武汉凌渡阀业有限公司") >= 2, "in the head and where it signs"
        assert text.count("武汉楚衡质量技术服务有限公司") >= 2
        assert "凌渡阀业质量提升咨询服务项目" in text


def test_other_scoring_rules_stay_out_of_the_signed_sheet(docgen: CommandLine, tmp_path: Path) -> None:
    papers = build(docgen, XUZHOU, tmp_path, "认证提升成效评价表")
    signed = [path for path in papers if path.suffix == ".docx"]
    assert signed
    assert not [rule for path in signed for rule in OTHER_RULES if rule in read_text(path)]
    for path in set(papers) - set(signed):
        sheet, beside = load_workbook(path).worksheets
        printed = sheet.print_area.rpartition("!")[2]
        shown = [str(cell.value) for row in sheet[printed] for cell in row if not str(cell.value).startswith("=")]
        assert not [rule for rule in OTHER_RULES if any(rule in text for text in shown)]
        assert {cell.value for cell in beside["A"]} >= set(OTHER_RULES)


@pytest.mark.parametrize(
    ("sample", "titles"),
    [
        (
            XUZHOU,
            ("流程梳理与制度清单", "体系运行记录清单", "认证提升成效评价表", "帮扶（问诊、巡诊）记录", "现场调研记录"),
        ),
        (WUHAN, ("企业调查表", "项目验收评价表", "培训签到表", "计量器具管理台账", "工作照片")),
    ],
    ids=("1023", "665"),
)
def test_papers_name_their_project(docgen: CommandLine, tmp_path: Path, sample: str, titles: tuple[str, ...]) -> None:
    papers = build(docgen, sample, tmp_path, *titles)
    name = {XUZHOU: "徐州市2023年小微企业质量管理体系认证提升项目", WUHAN: "凌渡阀业质量提升咨询服务项目"}[sample]
    assert len(papers) >= len(titles)
    assert [path.name for path in papers if name not in read_text(path)] == []


def test_what_the_standard_does_not_draw_says_so(docgen: CommandLine, tmp_path: Path) -> None:
    titles = ("咨询服务记录", "节点（偏差）评审记录", "质量提升服务满意度评价表")
    texts = {path.name[:4]: read_text(path) for path in build(docgen, WUHAN, tmp_path, *titles)}
    assert "（格式自拟）" in texts["咨询服务"], "the standard asks for it and draws no form"
    assert "（自拟）" in texts["节点（偏"], "the standard asks for the activity alone"
    assert "自拟" not in texts["质量提升"], "table C.1 as drawn"


def test_later_pages_say_which_table_goes_on(docgen: CommandLine, tmp_path: Path) -> None:
    paper, *_ = build(docgen, XUZHOU, tmp_path, "现场调研记录")
    section = Document(str(paper)).sections[0]
    assert section.different_first_page_header_footer
    assert [item.text for item in section.header.paragraphs] == ["表A.1（续）"]
    assert "".join(item.text for item in section.first_page_header.paragraphs) == ""
    assert section.first_page_footer.paragraphs[0].text == section.footer.paragraphs[0].text


def test_blank_forms_say_how_they_are_filled_in(docgen: CommandLine, tmp_path: Path) -> None:
    survey, *_ = build(docgen, XUZHOU, tmp_path / "a", "现场调研记录", blank=True)
    head = Document(str(survey)).tables[1].rows[0]
    assert "符合、基本符合、不符合、不适用" in head.cells[0].text, "repeated on each page, above the column"
    asked, *_ = build(docgen, XUZHOU, tmp_path / "b", "帮扶企业调查问卷", blank=True)
    assert "□内打“√”" in read_text(asked)
    # 9 people came to this training: as many rows, and one for the header.
    papers = build(docgen, XUZHOU, tmp_path / "c", "分层培训记录", blank=True)
    (sheet,) = [path for path in papers if "首件检验" in path.name]
    rows = [row for row in Document(str(sheet)).tables[1].rows if len(row.cells[0].text) <= 2]
    assert len(rows) == 1 + 9
