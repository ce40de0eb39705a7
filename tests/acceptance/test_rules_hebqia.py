"""The draft of T/HEBQIA, through the real command: 22 lines, marks and totals, a settlement, its being a draft."""

from __future__ import annotations

import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from support.command_line import CommandLine

from docgen.profile.load import find_profile
from docgen.resources import Resources

ROOT = Path(__file__).resolve().parents[2]
TEXT = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"
SAMPLES = ROOT / "samples" / "t-hebqia-draft"
DRAFT = "征求意见稿"


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def build(docgen: CommandLine, sample: str, out: Path, *options: str) -> Path:
    ran = docgen("build", SAMPLES / sample / "record.yaml", "-o", out, *options)
    assert ran.code == 0, ran.err
    return next(path for path in out.iterdir() if path.is_dir())


def read_rows(path: Path) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(path, data_only=True).active.iter_rows(values_only=True))


def test_the_elements_are_the_clauses_of_chapter_6() -> None:
    document = find_profile(Resources(), "t-hebqia-draft").profile.find_document("element-evaluation")
    assert document is not None
    groups = [(group.group.label, len(group.lines)) for group in document.lines]
    assert groups == [
        ("6.1 组织领导", 3),
        ("6.2 运营管理", 4),
        ("6.3 技术创新", 3),
        ("6.4 资源能力", 3),
        ("6.5 品牌市场", 4),
        ("6.6 绩效结果", 5),
    ]
    labels = [line.label for line in document.iterate_lines()]
    assert [label.split(" ")[0] for label in labels[:17]] == [
        line.clause for line in list(document.iterate_lines())[:17]
    ]
    assert "（3）管理层与员工" in labels[1]


def test_experts_give_a_total_and_a_grade(docgen: CommandLine, tmp_path: Path) -> None:
    folder = build(docgen, "scored", tmp_path)
    rows = read_rows(next(folder.rglob("质量提升评价要素评分表_安平县织澜*.xlsx")))
    lines = [row for row in rows if isinstance(row[0], int)]
    assert [row[0] for row in lines] == list(range(1, 23))
    assert sum(row[5] for row in lines) == 100  # type: ignore[misc]
    total = next(row for row in rows if row[0] == "合　　计")
    marks = [sorted(row[6:11]) for row in lines]  # type: ignore[type-var]
    # one highest and one lowest mark are left out
    assert total[13] == pytest.approx(sum(round(sum(mark[1:4]) / 3 + 1e-9, 2) for mark in marks), abs=0.005)  # type: ignore[arg-type]
    assert next(row for row in rows if row[0] == "等　　级")[5] == "良好"


@pytest.mark.parametrize(("sample", "told"), [("without-rubric", [("C272", "info")]), ("scored", [])])
def test_acceptance_without_a_rubric_says_so(docgen: CommandLine, sample: str, told: list[tuple[str, str]]) -> None:
    found = docgen.json("check", SAMPLES / sample / "record.yaml").document["diagnostics"]
    assert [(item["code"], item["severity"]) for item in found] == told


def test_without_a_rubric_there_is_a_check_list_and_no_total(docgen: CommandLine, tmp_path: Path) -> None:
    folder = build(docgen, "without-rubric", tmp_path)
    rows = read_rows(next(folder.rglob("质量提升评价要素评分表_安平县织澜*.xlsx")))
    assert "不打分、不合计" in str(rows[2][0])
    lines = [row for row in rows if isinstance(row[0], int)]
    assert {row[3] for row in lines} == {"符合", "基本符合"}
    assert {row[13] for row in lines} == {None} or {row[13] for row in lines} == {""}
    assert next(row for row in rows if row[0] == "合　　计")[13] in (None, "")


def test_the_settlement_is_spelled_in_capitals_and_within_the_contract(docgen: CommandLine, tmp_path: Path) -> None:
    folder = build(docgen, "scored", tmp_path)
    rows = read_rows(next(folder.rglob("项目结算表.xlsx")))
    assert [row[5] for row in rows if row[0] in ("合计金额（元）", "合同金额减合计（元）")] == [95360, 2640]
    assert next(row for row in rows if row[0] == "合计金额（大写）")[2] == "人民币玖万伍仟叁佰陆拾元整"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("amount: 98000.00", "amount: 95000.00", "C328"),
        ("quantity: 38, price: 420.00", "quantity: 39, price: 420.00", "C327"),
        (
            "marks: {v1: 15, v2: 18, v3: 25, v4: 14, v5: 14, v6: 9}",
            "marks: {v1: 16, v2: 18, v3: 25, v4: 14, v5: 14, v6: 9}",
            "C323",
        ),
        ("m6: {verdict: 齐全}", "m6: {verdict: 未提交}", "C329"),
        ("date: 2025-05-20, meeting", "date: 2025-05-10, meeting", "C211"),
    ],
)
def test_what_does_not_agree_stops_the_package(
    docgen: CommandLine, tmp_path: Path, old: str, new: str, code: str
) -> None:
    text = (SAMPLES / "without-rubric" / "record.yaml").read_text("utf-8")
    if code == "C323":
        text = (SAMPLES / "scored" / "record.yaml").read_text("utf-8").replace("evidence:\n", "x:\n")
        text = text[: text.index("x:\n")] + text[text.index("forms:\n") :]
    assert old in text
    record = tmp_path / "record.yaml"
    record.write_text(text.replace(old, new, 1), "utf-8")
    ran = docgen.json("check", record)
    assert ran.code == 1
    assert code in {item["code"] for item in ran.document["diagnostics"] if item["severity"] == "error"}


def test_every_document_says_that_its_basis_is_a_draft(docgen: CommandLine, tmp_path: Path) -> None:
    for options in ((), ("--blank", "--force")):
        folder = build(docgen, "scored", tmp_path, *options)
        files = [path for path in folder.rglob("*") if path.suffix in (".docx", ".xlsx")]
        assert len(files) >= 29
        for path in files:
            if path.suffix == ".xlsx":
                said = "\n".join(str(cell) for row in read_rows(path) for cell in row)
            else:
                said = "\n".join(part.text or "" for part in docx.Document(str(path)).element.body.iter(TEXT))
            assert DRAFT in said, path.name


def test_the_index_of_the_package_says_so_too(docgen: CommandLine, tmp_path: Path) -> None:
    build(docgen, "scored", tmp_path)
    (package,) = tmp_path.glob("*.zip")
    with zipfile.ZipFile(package) as archive:
        page = next(archive.read(name).decode() for name in archive.namelist() if name.endswith("目录.html"))
    assert f"（{DRAFT}）" in page
    assert docgen("verify", package).code == 0


def test_incomplete_materials_may_be_said_to_be_so(docgen: CommandLine, tmp_path: Path) -> None:
    text = (SAMPLES / "without-rubric" / "record.yaml").read_text("utf-8")
    record = tmp_path / "record.yaml"
    text = text.replace("m6: {verdict: 齐全}", "m6: {verdict: 需补充}")
    record.write_text(text.replace("conclusion: 材料齐全，可以答辩", "conclusion: 补充后再审"), "utf-8")
    assert "C329" not in {item["code"] for item in docgen.json("check", record).document["diagnostics"]}
