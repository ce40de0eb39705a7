"""Whom the papers of the samples name: their project, to whom they go, who issues them; and what they don't say yet."""

from __future__ import annotations

import re
import zipfile
from html import unescape
from pathlib import Path

import pytest
from support.command_line import CommandLine

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
STATION, FAILED = "db4201-t629-2020/station", "db4201-t629-2020/failed-evaluation"
SCORED, SERVICE = "t-hebqia-draft/scored", "chengdu-sme-guide-2024/service"
PROJECTS = {
    STATION: "梧溪产业园一站式质量服务站2023年度档案",
    FAILED: "西畔轻工园一站式质量服务站2023年档案",
    SCORED: "安平县2025年丝网产业链质量提升项目",
    "t-hebqia-draft/without-rubric": "安平县2025年丝网产业链质量提升项目",
    SERVICE: "成都市2025年中小企业质量提升服务（新都、武侯）",
}
FOR_VISITORS = "服务内容与服务流程公示"
"""What a station puts up: it names the station."""
_TEXT = re.compile(r"<(?:w:)?t(?: [^>]*)?>([^<]*)</(?:w:)?t>")
_PARAGRAPH = re.compile(r"<w:p[ >].*?</w:p>|<si>.*?</si>|<is>.*?</is>", re.DOTALL)


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def read(path: Path) -> list[str]:
    """The paragraphs of a document, or the cells of a workbook."""
    with zipfile.ZipFile(path) as members:
        parts = [
            name
            for name in members.namelist()
            if re.fullmatch(r"word/document\.xml|xl/.*(?:[sS]heet|Str).*\.xml", name)
        ]
        texts = [members.read(name).decode() for name in parts]
    return [unescape("".join(_TEXT.findall(found))) for text in texts for found in _PARAGRAPH.findall(text)]


def build(docgen: CommandLine, sample: str, folder: Path, *only: str, blank: bool = False) -> dict[str, list[str]]:
    """The papers of a sample by the names of their files."""
    chosen = [word for title in only for word in ("--only", title)]
    mode = ["--blank"] if blank else []
    done = docgen("build", SAMPLES / sample / "record.yaml", "--no-package", *mode, *chosen, "-o", folder)
    assert done.code == 0, done.err
    return {path.stem: read(path) for kind in ("docx", "xlsx") for path in sorted(folder.rglob(f"*.{kind}"))}


@pytest.mark.parametrize("blank", [False, True], ids=("filled", "blank"))
@pytest.mark.parametrize("sample", PROJECTS)
def test_each_paper_names_its_project(docgen: CommandLine, tmp_path: Path, sample: str, blank: bool) -> None:
    papers = build(docgen, sample, tmp_path, blank=blank)
    name = PROJECTS[sample]
    left_out = ("编制说明", FOR_VISITORS)
    assert papers
    assert [
        title for title, texts in papers.items() if not title.startswith(left_out) and name not in "".join(texts)
    ] == []


@pytest.mark.parametrize(
    ("sample", "title", "addressee"),
    [
        (STATION, "改进结果及验证", "武汉市一站式质量服务管理中心："),
        (FAILED, "限期整改通知", "武汉市东西湖区西畔轻工园一站式质量服务站："),
        (SCORED, "质量提升项目通知", "安平县市场监督管理局，各有关企业："),
        (SCORED, "项目实施方案", "河北冀衡质量评价中心："),
    ],
)
def test_a_report_begins_with_whom_it_goes_to(
    docgen: CommandLine, tmp_path: Path, sample: str, title: str, addressee: str
) -> None:
    (texts,) = build(docgen, sample, tmp_path, title).values()
    first = next(at for at, text in enumerate(texts) if text.startswith("一、"))
    assert texts[first - 1] == addressee


def test_a_notice_to_be_written_by_hand_has_room_for_the_addressee(docgen: CommandLine, tmp_path: Path) -> None:
    (texts,) = build(docgen, SCORED, tmp_path, "质量提升项目通知", blank=True).values()
    assert "____________________：" in texts


@pytest.mark.parametrize(
    ("sample", "title", "addressee"),
    [(STATION, "意见反馈单", "武汉市一站式质量服务管理中心"), (SCORED, "实施方案审核备案表", "河北冀衡质量评价中心")],
)
def test_a_form_has_a_line_for_the_addressee(
    docgen: CommandLine, tmp_path: Path, sample: str, title: str, addressee: str
) -> None:
    (texts,) = build(docgen, sample, tmp_path, title).values()
    assert texts[texts.index("主送单位") + 1] == addressee


def test_a_notice_carries_no_result_that_came_later(docgen: CommandLine, tmp_path: Path) -> None:
    papers = build(docgen, FAILED, tmp_path, "限期整改通知", "整改结果及验证")
    notice, result = (
        next("\n".join(papers[name]) for name in papers if name.startswith(start)) for start in ("限", "整")
    )
    assert "整改结果" not in notice
    assert "期限内整改不合格" not in notice
    assert "9月5日" not in notice
    assert "（自拟）" in result
    assert "期限内整改不合格" in result
    assert "9月5日验证" in result
    assert "2023年8月31日" in result, "a date of the record as any other date"


def test_nobody_says_how_a_rectification_ended_that_is_going_on(docgen: CommandLine, tmp_path: Path) -> None:
    record = tmp_path / "record.yaml"
    text = (SAMPLES / FAILED / "record.yaml").read_text("utf-8")
    record.write_text(text.replace("      outcome: 期限内整改不合格\n", ""), "utf-8")
    docgen("build", record, "--no-package", "--draft", "-o", tmp_path / "made")
    names = [path.name for path in (tmp_path / "made").rglob("*.docx")]
    assert [name for name in names if name.startswith("限期整改通知")]
    assert [name for name in names if name.startswith("整改结果")] == []


def test_a_contract_names_both_parties(docgen: CommandLine, tmp_path: Path) -> None:
    (texts,) = build(docgen, SCORED, tmp_path, "服务合同要点").values()
    signed = [text for text in texts if "盖章" in text]
    assert [text.partition("（")[0] for text in signed] == ["河北冀衡质量评价中心", "石家庄拓维质量技术有限公司"]


@pytest.mark.parametrize(
    ("sample", "title", "issuer"),
    [
        (STATION, "社会意见及改进公布表", "武汉市江夏区梧溪产业园一站式质量服务站"),
        (STATION, "服务内容与服务流程公示", "武汉市江夏区梧溪产业园一站式质量服务站"),
        (FAILED, "不再纳入全市质量一体化服务体系管理的公示", "武汉市一站式质量服务管理中心"),
        (SCORED, "质量提升项目名单公示", "河北冀衡质量评价中心"),
        (SCORED, "验收结果公告", "河北冀衡质量评价中心"),
    ],
)
def test_a_public_notice_names_its_issuer(
    docgen: CommandLine, tmp_path: Path, sample: str, title: str, issuer: str
) -> None:
    (texts,) = build(docgen, sample, tmp_path, title).values()
    assert [text for text in texts[len(texts) // 2 :] if issuer in text]
