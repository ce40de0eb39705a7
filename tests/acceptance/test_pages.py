"""The pages of the samples' papers, filled and blank, as LibreOffice draws them: what stands on each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import docx
import pytest
import xlsxwriter
from docx.shared import Pt
from support import processes
from support.command_line import CommandLine
from support.office_tools import Office
from support.page_measures import Finding, find_faults, read_margins, read_pages

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
ALL = (
    *("chengdu-sme-guide-2024/drafting", "chengdu-sme-guide-2024/service", "db3203-t1023-2023/complete"),
    *("db3203-t1023-2023/missed-target", "db3203-t1023-2023/step-skipped"),
    *("db4201-t629-2020/failed-evaluation", "db4201-t629-2020/station"),
    *("db4201-t665-2022/park", "db4201-t665-2022/single-enterprise"),
    *("t-hebqia-draft/scored", "t-hebqia-draft/without-rubric"),
)
FEW = (
    ("db4201-t629-2020/station", ("服务站评价表", "改进结果及验证", "服务评估对接记录"), False),
    ("db4201-t665-2022/single-enterprise", ("咨询服务记录", "质量提升企业案例", "满意度回收分析表"), True),
    ("t-hebqia-draft/scored", ("服务合同要点", "质量提升评价要素评分表", "验收结果公告"), True),
)
AT_ONCE = 40


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def build_papers(docgen: CommandLine, sample: str, folder: Path, *only: str, blank: bool) -> list[Path]:
    chosen = [word for title in only for word in ("--only", title)]
    mode = ["--blank"] if blank else []
    record = SAMPLES / sample / "record.yaml"
    done = docgen("build", record, "--no-package", "--force", *mode, *chosen, "-o", folder)
    assert done.code in (0, 1), done.err
    return sorted(path for kind in ("docx", "xlsx") for path in folder.rglob(f"*.{kind}"))


def measure(office: Office, papers: list[Path], folder: Path, *, blank: bool) -> list[Finding]:
    found: list[Finding] = []
    for kind in (".docx", ".xlsx"):
        of_kind = [path for path in papers if path.suffix == kind]
        for start in range(0, len(of_kind), AT_ONCE):
            pdfs = office.convert_all(of_kind[start : start + AT_ONCE], "pdf", folder / f"{kind}{start}")
            of_papers = zip(of_kind[start : start + AT_ONCE], pdfs, strict=True)
            found += [
                finding
                for paper, pdf in of_papers
                for finding in find_faults(pdf, blank=blank, margins=read_margins(paper))
            ]
    return found


@pytest.mark.office
@pytest.mark.parametrize(("sample", "titles", "blank"), FEW, ids=("filled", "blank", "marks"))
def test_no_page_is_wrong(
    docgen: CommandLine, office: Office, tmp_path: Path, sample: str, titles: tuple[str, ...], blank: bool
) -> None:
    papers = build_papers(docgen, sample, tmp_path / "made", *titles, blank=blank)
    assert len(papers) >= len(titles)
    assert measure(office, papers, tmp_path / "pdf", blank=blank) == []


@pytest.mark.slow
@pytest.mark.office
@pytest.mark.timeout(900)
@pytest.mark.parametrize("blank", [False, True], ids=("filled", "blank"))
@pytest.mark.parametrize("sample", ALL)
def test_no_page_of_any_paper_is_wrong(
    docgen: CommandLine, office: Office, tmp_path: Path, sample: str, blank: bool
) -> None:
    papers = build_papers(docgen, sample, tmp_path / "made", blank=blank)
    assert papers
    assert measure(office, papers, tmp_path / "pdf", blank=blank) == []


@pytest.mark.office
def test_each_page_of_a_long_check_list_names_its_table_and_its_group(
    docgen: CommandLine, office: Office, tmp_path: Path
) -> None:
    papers = build_papers(docgen, "db3203-t1023-2023/complete", tmp_path / "made", "现场调研记录", blank=False)
    for paper in papers:
        pdf = office.to_pdf(paper, tmp_path / "pdf")
        said = processes.run(["pdftotext", "-layout", pdf, "-"]).stdout.decode().split("\f")[:-1]
        first, *later = ("".join(text.split()) for text in said)
        assert "表A.1（续）" not in first
        assert later
        assert all("表A.1（续）" in text for text in later)
        for page in read_pages(pdf)[1:]:
            (head,) = (line for line in page.lines if line.text == "调研项目")
            (number,) = (line for line in page.lines if line.text == "序号")
            below = [line for line in page.lines if line.top > head.bottom]
            top_row = min(line.top for line in below if line.text.isdecimal() and abs(line.left - number.left) < 20)
            labels = [line for line in below if line.right < number.left and line.top < top_row + 20]
            assert labels, f"page {page.number} of {paper.name} begins inside a group that it doesn't name"


def add_line(document: Any, text: str = "", *, points: int = 20, new_page: bool = False) -> None:
    """A line of an exact height, and nothing that keeps it on a page with another."""
    paragraph = document.add_paragraph(text)
    form = paragraph.paragraph_format
    form.line_spacing, form.space_after, form.page_break_before = Pt(points), Pt(0), new_page


def make_letter(folder: Path, name: str, *, room: int) -> Path:
    """A paper whose first page ends with a heading, ``room`` lines above the margin of 36 points."""
    document = docx.Document()
    section = document.sections[0]
    section.page_height, section.top_margin, section.bottom_margin = Pt(636), Pt(100), Pt(36)
    section.footer_distance = section.header_distance = Pt(20)
    for at in range(24 - room):
        add_line(document, f"第{at}句。")
    add_line(document, "（三）主要起草过程")
    add_line(document, "四、制定原则", new_page=True)
    for at in range(3):
        add_line(document, f"第{at}条。")
    document.save(str(folder / name))
    return folder / name


def make_sheet(folder: Path, name: str, *, rows: int, total: bool = False) -> Path:
    """A workbook of two pages: ``rows`` of its table, and a note, stand on the second, below the head again."""
    path = folder / name
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("表")
    sheet.repeat_rows(0)
    ruled = book.add_format({"border": 1})
    sheet.write_row(0, 0, ("序号", "指标", "结果"), ruled)
    for at in range(1, 11 + rows):
        sheet.write_row(at, 0, (at, f"指标{at}" if at < 12 else "", ""), ruled)
    if total:
        sheet.write_row(11 + rows, 0, ("合计", "", ""), ruled)
    sheet.write(11 + rows + total, 0, "注：按指标评价。")
    sheet.set_column(0, 2, 25)
    sheet.set_h_pagebreaks([11])
    book.close()
    return path


@pytest.mark.office
def test_a_heading_or_a_head_without_its_content_is_found(office: Office, tmp_path: Path) -> None:
    letters = [make_letter(tmp_path, f"{room}.docx", room=room) for room in (0, 1, 5)]
    sheets = [make_sheet(tmp_path, f"{rows}.xlsx", rows=rows, total=rows == 1) for rows in range(3)]
    for blank, expected in (
        (False, [("0", 1, "heading"), ("1", 1, "heading"), ("5", 1, "heading"), ("0", 2, "rows"), ("1", 2, "rows")]),
        (True, [("0", 1, "heading"), ("1", 1, "heading"), ("0", 2, "rows"), ("1", 2, "rows")]),
    ):
        findings = measure(office, [*letters, *sheets], tmp_path / str(blank), blank=blank)
        of_subject = [finding for finding in findings if finding.kind in ("heading", "head", "rows", "notes")]
        assert [(Path(one.file).stem, one.page, one.kind) for one in of_subject] == expected
