"""The station samples as packages: a file of the station and one of each enterprise, numbers, summary, redaction."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from docgen.archive.verify.package import verify_package
from docgen.pipeline import Options, Outcome, build_record

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "db4201-t629-2020"
STATION = SAMPLES / "station" / "record.yaml"
NAMES = {"chuhong": "武汉楚泓阀门制造有限公司", "tinghe": "武汉汀禾食品有限公司", "qilan": "武汉启澜传感科技有限公司"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return build_record(STATION, tmp_path_factory.mktemp("station"), Options(redact=True))


def list_packages(outcome: Outcome) -> dict[str, Path]:
    """The packages by what stands behind the project's name."""
    paths = [output.path for output in outcome.outputs if output.kind == "package"]
    return {path.stem.split("_", 2)[2]: path for path in paths}


def read_members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {entry.filename.partition("/")[2]: package.read(entry) for entry in package.infolist()}


def read_index(path: Path) -> dict[str, Any]:
    index: dict[str, Any] = json.loads(read_members(path)["package.json"])
    return index


def test_there_is_a_file_for_the_station_and_one_for_each_enterprise(built: Outcome) -> None:
    full = [name for name in list_packages(built) if not name.endswith("公开版")]
    assert full == ["服务站档案", *(f"{name}_企业质量档案" for name in NAMES.values())]


@pytest.mark.parametrize("sample", ["station", "failed-evaluation"])
def test_every_package_is_intact(sample: str, tmp_path: Path) -> None:
    outcome = build_record(SAMPLES / sample / "record.yaml", tmp_path, Options())
    assert [item.code for item in outcome.diagnostics] == ["C260"]
    for path in list_packages(outcome).values():
        report = verify_package(path)
        assert report.is_intact, report.diagnostics


def test_what_is_about_an_enterprise_is_filed_with_it_alone(built: Outcome) -> None:
    packages = list_packages(built)
    station = {item["id"] for item in read_index(packages["服务站档案"])["documents"]}
    files = {key: read_index(packages[f"{name}_企业质量档案"]) for key, name in NAMES.items()}
    held = {key: {item["id"] for item in index["documents"]} for key, index in files.items()}
    assert {"service-record/fw-1", "followup-record/fw-3", "key-service-review/zp-1", "matching-record/dj-3"} <= held[
        "chuhong"
    ]
    assert {"service-record/fw-4", "complaint-record/ts-1", "handover-register/tinghe"} <= held["tinghe"]
    assert {"search-result/jf-2", "validity-check-request/yx-1"} <= held["qilan"]
    assert not held["chuhong"] & held["tinghe"]
    assert not station & set.union(*held.values())
    # what an enterprise needed nothing of doesn't apply, with the reason, in its own file only
    states = {key: {item["key"]: item["status"] for item in index["items"]} for key, index in files.items()}
    assert [states[key]["q"] for key in NAMES] == ["not_applicable", "present", "not_applicable"]
    assert [states[key]["n"] for key in NAMES] == ["present", "not_applicable", "present"]
    scan = next(item for item in files["chuhong"]["documents"] if item["id"] == "service-record/fw-1")
    assert [rendition["role"] for rendition in scan["renditions"]] == ["original", "signed"]


def test_the_index_has_the_numbers(built: Outcome) -> None:
    numbers: dict[str, str] = {}
    for name, path in list_packages(built).items():
        if not name.endswith("公开版"):
            index = read_index(path)
            numbers |= {
                item["id"]: item["document_number"] for item in index["documents"] if item["kind"] == "document"
            }
    assert len(numbers) == len(set(numbers.values())) == 49
    assert [numbers[f"service-record/fw-{at}"] for at in range(1, 7)] == [f"JX07-C1-2023-{at:04}" for at in range(1, 7)]
    assert numbers["standardisation-survey/qilan"] == "JX07-B1-2023-0003"
    # the year is the document's own
    assert (numbers["supervision-record/kh-1"], numbers["supervision-record/kh-2"]) == (
        "JX07-KH-2023-0001",
        "JX07-KH-2024-0001",
    )


def test_a_typed_number_is_kept(tmp_path: Path) -> None:
    outcome = build_record(SAMPLES / "failed-evaluation" / "record.yaml", tmp_path, Options())
    index = read_index(list_packages(outcome)["武汉竹隐文具制造有限公司_企业质量档案"])
    numbers = {item["id"]: item["document_number"] for item in index["documents"]}
    assert numbers["service-record/fw-1"] == "DXH03-C1-2023-0009"


def find_member(path: Path, words: str) -> bytes:
    return next(data for name, data in read_members(path).items() if words in name and name.startswith("data/"))


def test_the_summary_counts_by_kind_and_by_agency_and_draws_it(built: Outcome) -> None:
    book = find_member(list_packages(built)["服务站档案"], "服务评价汇总表")
    sheets = openpyxl.load_workbook(io.BytesIO(book), data_only=True)
    rows = {row[1]: row[2:8] for row in sheets["汇总"].iter_rows(values_only=True) if row[1]}
    assert rows["计量检测服务"] == (1, 8, 4.88, 1, 1, 100)
    assert rows["质量管理"] == (1, 4, 4.75, 1, 1, 100)
    assert rows["产品检验检测服务"] == (1, 8, 2.88, 1, 0, 0)
    assert rows["其他服务"][:2] == (0, 0)
    assert not rows["其他服务"][2]
    assert rows["武汉禾鉴检测技术有限公司"] == (1, 4, 2.25, 1, 0, 0)
    assert rows["服务站自主实施"][:2] == (2, 0)
    totals = [row[2:8] for row in sheets["汇总"].iter_rows(values_only=True) if row[0] == "全部服务"]
    assert totals == [(6, 40, 4.3, 6, 5, 83.3), (6, 16, 4, 6, 5, 83.3)]
    details = [row[1:5] for row in sheets["明细"].iter_rows(min_row=4, max_row=9, values_only=True)]
    assert details[1] == ("JX07-C1-2023-0002", NAMES["tinghe"], "质量教育和培训服务、质量管理", "服务站自主实施")
    formulas = [
        cell for row in openpyxl.load_workbook(io.BytesIO(book))["汇总"] for cell in row if cell.data_type == "f"
    ]
    assert len(formulas) == (8 + 1 + 5 + 1) * 6
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if "/charts/chart" in name]
    points = [re.findall(r"<(?:c:)?v>([^<]*)<", chart) for chart in charts]
    assert points[0][:2] + points[0][8:10] == ["质量教育和培训服务", "质量管理", "4.75", "4.75"]
    assert "2.25" in points[1]


def test_nothing_of_an_enterprise_is_in_the_redacted_packages(built: Outcome) -> None:
    redacted = {name: path for name, path in list_packages(built).items() if name.endswith("公开版")}
    assert sorted(redacted) == sorted(["服务站档案_公开版", *(f"企业{stem}_企业质量档案_公开版" for stem in "甲乙丙")])
    for path in redacted.values():
        report = verify_package(path)
        assert report.is_intact, report.diagnostics
        text = b"".join(read_members(path).values())
        for word in (*NAMES.values(), "91420115MA7K2C4H64", "13900001301"):
            assert word.encode() not in text
    for name, path in redacted.items():
        if name.startswith("企业"):
            assert [item["kind"] for item in read_index(path)["documents"] if item["kind"] != "note"] == []
    book = openpyxl.load_workbook(io.BytesIO(find_member(redacted["服务站档案_公开版"], "服务评价汇总表")))
    figures = {row[1]: row[2:8] for row in book["汇总"].iter_rows(values_only=True) if row[1]}
    assert set(figures["计量检测服务"]) == {"〔不公开〕"}


def test_an_enterprise_that_agrees_is_opened_with_its_services(tmp_path: Path) -> None:
    data = STATION.read_text("utf-8") + "\ndisclosure:\n  open: [{enterprises: [qilan]}, {paths: [facts.ratings]}]\n"
    for path in STATION.parent.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "record.yaml").write_text(data, "utf-8")
    outcome = build_record(tmp_path / "record.yaml", tmp_path / "out", Options(redact=True))
    packages = list_packages(outcome)
    held = {item["id"] for item in read_index(packages[f"{NAMES['qilan']}_企业质量档案_公开版"])["documents"]}
    assert {"service-record/fw-5", "followup-record/fw-6", "search-result/jf-2", "enterprise-profile/qilan"} <= held
    closed = read_index(packages["企业甲_企业质量档案_公开版"])["documents"]
    assert [item for item in closed if item["kind"] != "note"] == []
    book = openpyxl.load_workbook(
        io.BytesIO(find_member(packages["服务站档案_公开版"], "服务评价汇总表")), data_only=True
    )
    figures = {row[1]: row[2:8] for row in book["汇总"].iter_rows(values_only=True) if row[1]}
    assert figures["认证服务"] == (1, 8, 4.38, 1, 1, 100)
    assert [row[2] for row in book["明细"].iter_rows(min_row=4, max_row=9, values_only=True)][4] == NAMES["qilan"]
