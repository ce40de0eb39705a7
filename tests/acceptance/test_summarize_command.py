"""``docgen summarize``: many packages in one workbook, from the zips alone."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from support.batch_support import write_profiles, write_records
from support.command_line import COMPLETE, CommandLine
from support.office_schemas import OoxmlCheck
from support.office_tools import Office

ROOT = COMPLETE.parents[1]


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Packages of two projects of one standard, and of one of another; made once."""
    from docgen.pipeline import Options, build_record
    from docgen.resources import Resources

    folder = tmp_path_factory.mktemp("汇总")
    out = folder / "档案包"
    for record in (COMPLETE, ROOT / "missed-target" / "record.yaml"):
        build_record(record, out, Options(loose=False))
    (kite,) = write_records(folder / "风筝", 1)
    build_record(kite, out, Options(Resources((write_profiles(folder),)), loose=False))
    return out


def change(package: Path, target: Path, **parts: bytes | None) -> None:
    """A copy of a package with other ``index`` or ``record``; None leaves the member out."""
    names = {"index": "package.json", "record": "record/record.json"}
    with zipfile.ZipFile(package) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as changed:
        for entry in source.infolist():
            part = next((key for key, name in names.items() if entry.filename.partition("/")[2] == name), "")
            data = parts[part] if part in parts else source.read(entry)
            if data is not None:
                changed.writestr(entry.filename, data)


def find_one(folder: Path, beginning: str) -> Path:
    (path,) = folder.glob(f"{beginning}*.zip")
    return path


def read_totals(path: Path) -> dict[str, Any]:
    sheet = load_workbook(path, data_only=True)["汇总"]
    return {row[0].value: row[2].value for row in sheet.iter_rows() if row[0].value and len(row) > 2}


def test_sums_are_those_of_the_records(docgen: CommandLine, packages: Path, tmp_path: Path) -> None:
    target = tmp_path / "汇总.xlsx"
    ran = docgen.json("summarize", packages, "-o", target)
    assert ran.code == 0, ran.document
    summary = ran.document["summary"]
    assert (summary["packages"], summary["counted"], summary["unread"], summary["enterprises"]) == (3, 3, 0, 4)
    totals = read_totals(target)
    assert totals["企业（家）"] == 4
    assert totals["培训（场次）"] == summary["trainings"] > 0
    assert totals["培训（人次）"] == summary["persons"] > 0
    assert totals["优秀"] + totals["良好"] + totals["合格"] + totals["不合格"] + totals["未评定"] == 4
    assert totals["320312"] >= 1
    assert 0 < totals["满意率"] <= 1
    book = load_workbook(target)
    assert str(book["汇总"]["C5"].value).startswith("=")
    rows = list(book["档案包"].iter_rows(min_row=2))
    link = re.fullmatch(r'=HYPERLINK\("([^"]+)","[^"]+"\)', str(rows[0][1].value))
    assert link is not None
    assert (tmp_path / link[1]).resolve().is_file()
    remarks = {row[2].value: row[19].value for row in rows}
    assert "只统计各标准通用的内容" in str(remarks["FZ-00001"])
    assert len(book["图表"]._charts) == 4


@pytest.mark.office
def test_recalculation_confirms_every_stored_value(
    docgen: CommandLine, packages: Path, tmp_path: Path, office: Office, ooxml_check: OoxmlCheck
) -> None:
    target = tmp_path / "汇总.xlsx"
    docgen("summarize", packages, "-o", target)
    assert ooxml_check(target) == []
    ours = load_workbook(target, data_only=True)
    theirs = load_workbook(office.to_xlsx(target, tmp_path / "重算"), data_only=True)
    formulas = load_workbook(target)
    compared = 0
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if not str(cell.value).startswith("="):
                    continue
                stored, counted = (book[sheet.title][cell.coordinate].value for book in (ours, theirs))
                compared += 1
                if isinstance(stored, int | float):
                    assert counted == pytest.approx(stored), (sheet.title, cell.coordinate, cell.value)
                else:
                    assert (stored or "") == (counted or ""), (sheet.title, cell.coordinate, cell.value)
    assert compared > 60


def test_a_project_counts_once(docgen: CommandLine, packages: Path, tmp_path: Path) -> None:
    folder = tmp_path / "收到"
    folder.mkdir()
    package = find_one(packages, "Z109")
    (folder / "1.zip").write_bytes(package.read_bytes())
    (folder / "2.zip").write_bytes(package.read_bytes())
    with zipfile.ZipFile(package) as archive:
        name = next(item for item in archive.namelist() if item.endswith("/package.json"))
        index = json.loads(archive.read(name))
    change(package, folder / "3.zip", index=json.dumps({**index, "kind": "redacted"}).encode())
    ran = docgen.json("summarize", folder, "-o", tmp_path / "x.xlsx")
    assert (ran.document["summary"]["packages"], ran.document["summary"]["counted"]) == (3, 1)
    assert ran.document["summary"]["enterprises"] == 2
    remarks = [row[19].value for row in load_workbook(tmp_path / "x.xlsx")["档案包"].iter_rows(min_row=2)]
    assert "不重复计入" in str(remarks[1])
    assert "公开版" in str(remarks[2])


def test_package_without_record_tells_what_its_index_does(docgen: CommandLine, packages: Path, tmp_path: Path) -> None:
    change(find_one(packages, "Z109"), tmp_path / "a.zip", record=None)
    change(find_one(packages, "FZ-00001"), tmp_path / "b.zip", record=b'{"record": {"profile": ["' + b"[" * 5000)
    ran = docgen.json("summarize", tmp_path / "a.zip", tmp_path / "b.zip", "-o", tmp_path / "x.xlsx")
    assert ran.code == 0
    assert ran.document["summary"]["enterprises"] == 0
    rows = list(load_workbook(tmp_path / "x.xlsx", data_only=True)["档案包"].iter_rows(min_row=2))
    assert ["只按目录统计" in str(row[19].value) for row in rows] == [True, True]
    assert rows[0][16].value > 50


def test_faulty_and_hostile_files_are_told_and_stop_nobody(docgen: CommandLine, packages: Path, tmp_path: Path) -> None:
    folder = tmp_path / "收到"
    folder.mkdir()
    package = find_one(packages, "FZ-00001")
    data = package.read_bytes()
    (folder / "0好.zip").write_bytes(data)
    (folder / "1不是.zip").write_bytes(b"no zip at all")
    (folder / "2截断.zip").write_bytes(data[: len(data) // 2])
    with zipfile.ZipFile(folder / "3别的.zip", "w") as other:
        other.writestr("a/b.txt", "x")
    change(package, folder / "4目录坏.zip", index=b'{"schema_version": 9}')
    bomb = io.BytesIO(b" " * (15 << 20))
    change(package, folder / "5炸弹.zip", index=bomb.getvalue())
    with zipfile.ZipFile(folder / "6空.zip", "w"):
        pass
    ran = docgen.json("summarize", folder, "-o", tmp_path / "x.xlsx")
    assert ran.code == 1
    assert (ran.document["summary"]["counted"], ran.document["summary"]["unread"]) == (1, 6)
    assert ran.codes[:4] == ["V102", "V102", "V121", "B131"]
    unread = load_workbook(tmp_path / "x.xlsx")["读不了的文件"]
    assert [row[2].value for row in unread.iter_rows(min_row=2)] == ran.codes
    assert read_totals(tmp_path / "x.xlsx")["其中读不了（个）"] == 6


def test_many_packages_are_read_by_several_processes_in_order(
    docgen: CommandLine, packages: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "多"
    folder.mkdir()
    package = find_one(packages, "FZ-00001")
    for number in range(20):
        (folder / f"{number:02}.zip").write_bytes(package.read_bytes())
    (folder / "05.zip").write_bytes(b"x")
    first, second = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    assert docgen("summarize", folder, "-o", first, "--jobs", 2).code == 1
    assert docgen("summarize", folder, "-o", second, "--jobs", 1).code == 1
    assert first.read_bytes() == second.read_bytes()
    assert docgen.json("summarize", folder, "-o", first).codes == ["A101"]
    assert docgen.json("summarize", tmp_path / "无", "-o", second, "--force").codes == ["V101"]
    (tmp_path / "空").mkdir()
    assert docgen.json("summarize", tmp_path / "空", "-o", second, "--force").codes == ["B132"]
