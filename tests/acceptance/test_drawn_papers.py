"""Some papers as LibreOffice draws them: room to sign, charts and groups that no page break cuts, no page too many."""

from __future__ import annotations

import itertools
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook
from support.command_line import CommandLine
from support.office_tools import Office
from support.page_measures import MM, Line, Page, find_faults, read_margins, read_pages

ROOT = Path(__file__).resolve().parents[2]
SAMPLES, RECEIVED = ROOT / "samples", ROOT / "docgen" / "web" / "examples" / "receiver"
STATION, SCORED = "db4201-t629-2020/station", "t-hebqia-draft/scored"
FAILED, ACCEPTED = "db4201-t629-2020/failed-evaluation", "db3203-t1023-2023/complete"


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def build(docgen: CommandLine, sample: str, folder: Path, title: str, *, blank: bool = False) -> list[Path]:
    mode = ["--blank"] if blank else []
    done = docgen("build", SAMPLES / sample / "record.yaml", "--no-package", *mode, "--only", title, "-o", folder)
    assert done.code == 0, done.err
    return sorted(path for kind in ("docx", "xlsx") for path in folder.rglob(f"*.{kind}"))


def find(page: Page, start: str) -> Line:
    return next(line for line in page.lines if line.text.replace(" ", "").startswith(start))


@pytest.mark.office
@pytest.mark.parametrize("blank", [False, True], ids=("filled", "blank"))
def test_table_c1_keeps_its_space_between_head_and_date(
    docgen: CommandLine, office: Office, tmp_path: Path, blank: bool
) -> None:
    papers = build(docgen, STATION, tmp_path / "made", "服务记录表", blank=blank)
    (page,) = read_pages(office.convert(papers[0], "pdf", tmp_path))
    head, date = find(page, "企业负责人"), find(page, "日期：")
    assert date.left - head.right > 30 * MM
    opinion = find(page, "您的意见或建议")
    assert head.top - opinion.bottom > (16 if blank else 3) * MM
    assert any("☆自左起涂满几颗即为几星" in line.text.replace(" ", "") for line in page.lines) is blank


@pytest.mark.office
def test_a_summary_with_charts_takes_one_page(docgen: CommandLine, office: Office, tmp_path: Path) -> None:
    (paper,) = build(docgen, STATION, tmp_path / "made", "服务评价汇总表")
    summary, _ = read_pages(office.convert(paper, "pdf", tmp_path))
    title = next(line for line in summary.lines if "各机构平均星级" in line.text.replace(" ", ""))
    assert [line for line in summary.lines if line.text.startswith("0.0") and line.top > title.top], "the charts' scale"


def measure_charts(paper: Path) -> tuple[int, int]:
    """How many charts the first sheet has, and the most rows below each other in which nothing stands."""
    sheet = load_workbook(paper).worksheets[0]
    is_empty = [all(cell.value is None for cell in row) for row in sheet.iter_rows()]
    runs = [len(list(rows)) for empty, rows in itertools.groupby(is_empty) if empty]
    return len(sheet._charts), max(runs, default=0)  # type: ignore[attr-defined]  # openpyxl has no public name for them


@pytest.mark.parametrize(
    ("sample", "title", "charts", "rows"),
    [(STATION, "服务评价汇总表", 2, 17), (FAILED, "服务评价汇总表", 1, 17), (ACCEPTED, "验收评价汇总表", 2, 16)],
)
def test_a_blank_summary_has_no_room_for_charts(
    docgen: CommandLine, tmp_path: Path, sample: str, title: str, charts: int, rows: int
) -> None:
    (filled,) = build(docgen, sample, tmp_path / "filled", title)
    (blank,) = build(docgen, sample, tmp_path / "blank", title, blank=True)
    assert measure_charts(filled) == (charts, rows)
    assert measure_charts(blank) == (0, 1)


def test_a_draft_without_a_figure_has_no_room_for_charts(docgen: CommandLine, tmp_path: Path) -> None:
    shutil.copytree(SAMPLES / FAILED, tmp_path / "record")
    record = tmp_path / "record" / "record.yaml"
    record.write_text(re.sub(r"(?m)^ +q[1-4]: \d\n", "", record.read_text("utf-8")), "utf-8")
    only = ("--no-package", "--draft", "--only", "服务评价汇总表")
    assert docgen("build", record, *only, "-o", tmp_path / "made").code == 0
    (paper,) = (tmp_path / "made").rglob("*.xlsx")
    assert measure_charts(paper) == (0, 1)


def test_a_redacted_summary_without_a_figure_has_no_room_for_charts(docgen: CommandLine, tmp_path: Path) -> None:
    assert docgen("build", SAMPLES / STATION / "record.yaml", "--redact", "-o", tmp_path / "made").code == 0
    (package,) = (tmp_path / "made").glob("*服务站档案_公开版.zip")
    with zipfile.ZipFile(package) as archive:
        name = next(name for name in archive.namelist() if name.endswith("服务评价汇总表.xlsx"))
        paper = Path(archive.extract(name, tmp_path))
    assert measure_charts(paper) == (0, 1)


@pytest.mark.office
def test_the_flows_of_a_notice_stand_whole_and_share_pages(docgen: CommandLine, office: Office, tmp_path: Path) -> None:
    (paper,) = build(docgen, STATION, tmp_path / "made", "服务内容与服务流程公示")
    pages = read_pages(office.convert(paper, "pdf", tmp_path))
    assert len(pages) <= 6
    heads = [sum(line.text.startswith("步骤") for line in page.lines) for page in pages]
    assert sum(heads) == 9, "nine flows, and no head that is printed again"


def test_each_row_of_a_sheet_of_marks_names_its_group(docgen: CommandLine, tmp_path: Path) -> None:
    for at, blank in enumerate((False, True)):
        (paper, *_) = build(docgen, SCORED, tmp_path / str(at), "质量提升评价要素评分表", blank=blank)
        sheet = load_workbook(paper).worksheets[0]
        groups = [row[1].value for row in sheet.iter_rows() if isinstance(row[0].value, int | float)]
        assert len(groups) == 22
        assert groups.count("6.3 技术创新") == 3
        assert None not in groups
        assert ("“核查结论”栏填写：符合、基本符合、不符合、不适用" in str(sheet["A3"].value)) is blank


@pytest.mark.office
def test_what_a_receiver_signs_stands_above_the_signature(docgen: CommandLine, office: Office, tmp_path: Path) -> None:
    for name, decision in (("完好", "accepted"), ("被改动", "returned")):
        package = RECEIVED / f"{name}的档案包.zip"
        docgen("verify", package, "--receipt", tmp_path / "made", "--decision", decision)
        docgen("verify", package, "--receipt", tmp_path / "made", "--report", tmp_path / "made" / f"{name}.docx")
    papers = sorted((tmp_path / "made").glob("*.docx"))
    assert len(papers) == 6, "a receipt, its draft and a report for each package"
    for paper, pdf in zip(papers, office.convert_all(papers, "pdf", tmp_path / "pdf"), strict=True):
        assert list(find_faults(pdf, margins=read_margins(paper))) == []
        last = read_pages(pdf)[-1]
        signature = next(line for line in last.lines if "签字" in line.text)
        assert sum(line.bottom < signature.top - 30 for line in last.lines) >= 2
