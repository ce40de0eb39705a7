"""Experts' marks that a record closes: no form of its public edition tells them, nor what is computed from them."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
from support.command_line import ROOT, CommandLine
from support.office_schemas import OoxmlCheck
from support.redacted_packages import MARK, SHORT_MARK, build, find_packages, read_everything, read_package

SAMPLE = ROOT / "samples" / "t-hebqia-draft" / "scored"
ZHIWANG, LVSHAN = "0030_质量提升评价要素评分表_安平县织澜", "0031_质量提升评价要素评分表_安平县滤杉"
OVERALL = "0032_综合评价表"
FIRST_LINE, FIRST_EXPERT, POINTS = 6, 7, 6
"""Where the form holds its first line, the first expert's column, the column of the points."""


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def redact(docgen: CommandLine, folder: Path, *closed: str) -> tuple[Path, Path]:
    """The full and the public package of the scored sample, with more that is closed."""
    shutil.copytree(SAMPLE, folder / "sample")
    record = folder / "sample" / "record.yaml"
    marks = "".join(f"    - {line}\n" for line in closed)
    record.write_text(f"{record.read_text('utf-8')}disclosure:\n  confidential:\n{marks}", "utf-8")
    result = build(docgen, record, folder / "out")
    codes = [item["code"] for item in result["diagnostics"]]
    assert (result["code"], set(codes) - {"A232"}) == (0, set())
    return find_packages(folder / "out")


def find_member(package: Path, name: str) -> bytes:
    (data,) = (data for member, data in read_package(package).items() if f"/{name}" in member)
    return data


def read_marks(data: bytes) -> list[object]:
    """The values of all cells right of the points, from the experts' names down to the grade, that hold any."""
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    found = []
    for row in sheet.iter_rows(min_row=FIRST_LINE - 1, max_col=15):
        said = str(row[0].value).replace("　", "")
        if said.isdigit() or said == "合计" or row[0].row == FIRST_LINE - 1:
            found += [cell.value for cell in row[POINTS:] if cell.value is not None]
        elif said == "等级":
            found += [cell.value for cell in row[1:] if cell.value is not None]
    return found


def is_masked(package: Path, name: str) -> bool:
    """Whether everything is masked; the form has a formula nowhere, or everywhere where it had one."""
    values = {str(value) for value in read_marks(find_member(package, name))}
    masked = values <= {MARK, SHORT_MARK}
    assert masked or any(value.startswith("=") for value in values), values
    return masked


def test_all_marks_of_the_elements(docgen: CommandLine, tmp_path: Path, ooxml_check: OoxmlCheck) -> None:
    full, redacted = redact(docgen, tmp_path, '{paths: ["forms.element-evaluation[].marks[]"]}')
    assert [is_masked(full, name) for name in (ZHIWANG, LVSHAN)] == [False, False]
    assert [is_masked(redacted, name) for name in (ZHIWANG, LVSHAN)] == [True, True]
    told, whole = read_everything(redacted), read_everything(full)
    for figure in (">89.50<", ">76.65<", ">5.33<", ">4.83<"):
        assert figure in whole, figure
        assert figure not in told, figure
    for name in (ZHIWANG, LVSHAN):
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(find_member(redacted, name))
        assert ooxml_check(path) == [], name
        with zipfile.ZipFile(path) as parts:
            assert not any(b"<f>" in parts.read(part) for part in parts.namelist())
    # The experts' names are closed with their marks, and so wherever else they stand; the project's marks are open.
    overall = read_marks(find_member(redacted, OVERALL))
    assert overall[:5] == [SHORT_MARK, SHORT_MARK, SHORT_MARK, SHORT_MARK, 14]
    assert 93.9 in overall


def test_the_marks_of_one_enterprise(docgen: CommandLine, tmp_path: Path) -> None:
    closed = '{paths: ["forms.element-evaluation[].marks[].marks"], enterprises: [zhiwang]}'
    full, redacted = redact(docgen, tmp_path, closed)
    experts = read_marks(find_member(redacted, ZHIWANG))[:5]
    assert experts == ["郎星野", "麦以恒", "戚明哲", "褚怀谷", "邵雨桐"]
    assert set(read_marks(find_member(redacted, ZHIWANG))[5:]) == {MARK, SHORT_MARK}
    assert find_member(redacted, LVSHAN) == find_member(full, LVSHAN)
    assert find_member(redacted, OVERALL) == find_member(full, OVERALL)
    index = json.loads(read_package(full)["package.json"])
    classes = {item["id"]: item["confidentiality"] for item in index["documents"]}
    assert classes["element-evaluation/zhiwang"] == "部分不公开"
    assert classes["element-evaluation/lvshan"] != "部分不公开"


def test_the_whole_enterprise(docgen: CommandLine, tmp_path: Path) -> None:
    closed = ("{enterprises: [zhiwang]}", "{texts: [织澜, 丝网, 丝网检测]}")
    _, redacted = redact(docgen, tmp_path, *closed)
    members = read_package(redacted)
    sheets = [name.rpartition("_")[2] for name in members if "要素评分表" in name]
    assert sheets == ["安平县滤杉过滤器材有限公司.xlsx"]
    told = read_everything(redacted)
    assert [word for word in ("织澜", "zhiwang", "91131125MA0E7C4H35", "89.50") if word in told] == []
    assert docgen("verify", redacted).code == 0


def test_the_marks_of_the_project_and_the_bands_of_its_grades(docgen: CommandLine, tmp_path: Path) -> None:
    closed = '{paths: ["forms.overall-evaluation[].marks[].marks", "rubrics[].grades[]"]}'
    _, redacted = redact(docgen, tmp_path, closed)
    values = read_marks(find_member(redacted, OVERALL))
    assert set(values[4:]) == {MARK, SHORT_MARK}
    bands = find_member(redacted, "0021_验收方案")
    sheet = openpyxl.load_workbook(io.BytesIO(bands)).active
    assert sheet is not None
    (told,) = (cell.value for row in sheet.iter_rows() for cell in row if "等级：" in str(cell.value))
    assert f"等级：{MARK}分及以上为{MARK}" in str(told)
    # The marks of the elements are open, their grade follows from the closed bands.
    values = read_marks(find_member(redacted, ZHIWANG))
    assert (values[-1], any(str(value).startswith("=") for value in values)) == (MARK, False)
    assert 89.5 in values


def test_a_total_that_somebody_typed(docgen: CommandLine, tmp_path: Path) -> None:
    closed = (
        '{paths: ["forms.element-evaluation[].marks[].marks"]}',
        "{documents: [settlement]}",
    )
    shutil.copytree(SAMPLE, tmp_path / "sample")
    record = tmp_path / "sample" / "record.yaml"
    text = record.read_text("utf-8").replace("先统一方法，再固化参数", "滤杉过滤要素得分76.65分，织澜丝网89.5分", 1)
    marks = "".join(f"    - {line}\n" for line in closed)
    record.write_text(f"{text}disclosure:\n  confidential:\n{marks}", "utf-8")
    result = build(docgen, record, tmp_path / "out")
    assert result["code"] == 0
    told = read_everything(find_packages(tmp_path / "out")[1])
    assert f"滤杉过滤要素得分{MARK}分" in told
    # Three digits are no telling figure; that they aren't looked for is said.
    assert "织澜丝网89.5分" in told
    assert "A232" in [item["code"] for item in result["diagnostics"]]
