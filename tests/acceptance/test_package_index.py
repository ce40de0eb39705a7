"""The package as an archivist opens it: index by either rule, 档号 of each document, counted pages, free cells."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import openpyxl
import pytest
from support.command_line import CommandLine
from support.negative_samples import FOLDER, read_base
from support.stand_in_office import make_stand_in

from docgen.render import pdf

NUMBERED = (
    "rule: DA/T 22, fonds: Z109, year: '2024', retention: 30年, office: RZC, confidentiality: 内部, first_item: 41"
)
PHOTOGRAPH = "kind: photograph"
OWN_NUMBERS = "document_numbers: {work-plan: 徐市监认〔2023〕41号}"


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def write_record(folder: Path, archive: str, changes: Mapping[str, str] = MappingProxyType({})) -> Path:
    """The short base record with these archive settings and other changes of its text."""
    folder.mkdir(exist_ok=True)
    shutil.copy(FOLDER / "现场.jpg", folder)
    text = read_base().replace("number: XZ-FL-01, ", f"number: XZ-FL-01, archive: {{{archive}}}, ")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    record = folder / "record.yaml"
    record.write_text(text, "utf-8")
    return record


def read_package(folder: Path) -> dict[str, bytes]:
    """The members of the one package in a folder, without its top folder."""
    (path,) = folder.glob("*.zip")
    with zipfile.ZipFile(path) as package:
        return {name.partition("/")[2]: package.read(name) for name in package.namelist()}


def read_index(members: dict[str, bytes]) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(members["package.json"])
    return loaded


def read_sheet(data: bytes) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True))


def test_an_index_by_item_shows_every_number(command: CommandLine, tmp_path: Path) -> None:
    photograph = f"{PHOTOGRAPH}, number: 照-7, date: 2023-10-12"
    record = write_record(tmp_path / "in", f"index: DA/T 22, {NUMBERED}, {OWN_NUMBERS}", {PHOTOGRAPH: photograph})
    assert command("build", record, "-o", tmp_path / "out").code == 0
    members = read_package(tmp_path / "out")
    index = read_index(members)
    numbers = [document["archive_number"] for document in index["documents"]]
    assert numbers == [f"Z109-WS·2024-D30-RZC-{41 + at:04d}" for at in range(len(numbers))]
    assert index["package_name"].startswith("Z109-WS·2024-D30-RZC_")
    assert "02_卷内目录.xlsx" not in members
    head, *rows = read_sheet(members["02_归档文件目录.xlsx"])[2:]
    assert head == ("序号", "档号", "文号", "责任者", "题名", "日期", "密级", "页数", "备注")
    assert [row[1] for row in rows] == numbers
    assert [row[6] for row in rows] == [document["confidentiality"] for document in index["documents"]]
    assert {row[6] for row in rows} == {"内部", "部分不公开"}
    (plan,) = (row for row in rows if row[4] == "认证提升工作计划")
    assert (plan[2], plan[5]) == ("徐市监认〔2023〕41号", "20230920")
    (photo,) = (row for row in rows if row[4] == "现场照片")
    assert (photo[2], photo[5], photo[7]) == ("照-7", "20231012", 1)
    page = members["00_打开我_目录.html"].decode()
    assert all(number in page for number in numbers)
    settings = {item["setting"]: item["value"] for item in index["settings"]}
    assert settings["project.archive.index"] == "DA/T 22"
    assert (settings["project.archive.category"], settings["project.archive.first_item"]) == ("WS", "0041")
    assert command("verify", next((tmp_path / "out").glob("*.zip"))).code == 0


WIDE = "[案卷档号, 档号, 文件编号, 责任者, 文件题名, 日期, 页号, 页数, 密级, 保管期限, 机构或问题, 备注]"


@pytest.mark.heavy
@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("form", ["GB/T 11822", "DA/T 22"])
def test_an_index_has_the_columns_that_the_record_asks_for(
    command: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setenv("PATH", str(make_stand_in(tmp_path / "office").program.parent), prepend=":")
    record = write_record(tmp_path / "in", f"index: {form}, {NUMBERED}, {OWN_NUMBERS}, index_columns: {WIDE}")
    assert command("build", record, "-o", tmp_path / "out", "--pdf").code == 0
    members = read_package(tmp_path / "out")
    index = read_index(members)
    name = "02_卷内目录.xlsx" if form == "GB/T 11822" else "02_归档文件目录.xlsx"
    head, *rows = read_sheet(members[name])[2:]
    wanted = ["序号", *WIDE.strip("[]").split(", ")]
    if form == "DA/T 22":
        wanted = [{"文件编号": "文号", "文件题名": "题名"}.get(word, word) for word in wanted]
    assert list(head) == wanted
    filed = [document for document in index["documents"] if document["kind"] != "note"]
    assert [row[0] for row in rows] == [document["number"] for document in filed]
    assert {row[1] for row in rows} == {"Z109-WS·2024-D30-RZC"}
    assert [row[2] for row in rows] == [document["archive_number"] for document in filed]
    pages = [(document["first_page"], document["last_page"]) for document in filed]
    assert None not in pages
    last = f"{pages[-1][0]}-{pages[-1][1]}" if pages[-1][0] != pages[-1][1] else pages[-1][0]
    assert [row[7] for row in rows] == [*(first for first, _ in pages[:-1]), last]
    assert {row[10] for row in rows} == {"30年"}
    assert {row[11] for row in rows} == {"RZC"}
    (plan,) = (row for row in rows if row[5] == "认证提升工作计划")
    assert (plan[3], plan[6]) == ("徐市监认〔2023〕41号", "20230920")
    settings = {item["setting"]: item["value"] for item in index["settings"]}
    assert settings["project.archive.index_columns"] == "、".join(wanted[1:])
    (package,) = (tmp_path / "out").glob("*.zip")
    report = command.json("verify", package)
    assert (report.code, {"V185", "V187"} & set(report.codes)) == (0, set())


def test_a_column_that_there_is_not_is_told_with_those_that_there_are(command: CommandLine, tmp_path: Path) -> None:
    record = write_record(tmp_path / "in", "index_columns: [文件题名, 页码]")
    ran = command.json("build", record, "-o", tmp_path / "out")
    assert ran.code == 1
    (told,) = (item for item in ran.document["diagnostics"] if item["severity"] == "error")
    assert "页码" in told["message"]
    assert "页号" in told["message"] + told["mend"]


def test_without_counted_pages_the_page_numbers_stay_free(command: CommandLine, tmp_path: Path) -> None:
    record = write_record(tmp_path / "in", "index_columns: [文件题名, 页号, 保管期限]")
    assert command("build", record, "-o", tmp_path / "out").code == 0
    head, *rows = read_sheet(read_package(tmp_path / "out")["02_卷内目录.xlsx"])[2:]
    assert head == ("序号", "文件题名", "页号", "保管期限")
    assert {(str(row[2] or "").strip(), str(row[3] or "").strip()) for row in rows} == {("", "")}


def test_without_settings_the_cells_stay_free(command: CommandLine, tmp_path: Path) -> None:
    record = write_record(tmp_path / "in", "confidentiality: 内部")
    assert command("build", record, "-o", tmp_path / "out").code == 0
    members = read_package(tmp_path / "out")
    index = read_index(members)
    assert index["package_name"].startswith("XZ-FL-01_")
    assert {document["archive_number"] for document in index["documents"]} == {""}
    rows = read_sheet(members["02_卷内目录.xlsx"])
    assert rows[1][0].strip() == "档号："
    assert rows[2] == ("序号", "文件编号", "责任者", "文件题名", "日期", "页数", "备注")
    assert [row[0] for row in rows[3:]] == list(range(1, len(rows) - 2))
    with zipfile.ZipFile(io.BytesIO(members["03_备考表.docx"])) as paper:
        text = paper.read("word/document.xml").decode()
    assert re.search(r"立卷人：\s*</w:t>", text)
    assert "　　　年　　月　　日" in text
    settings = {item["setting"]: item["value"] for item in index["settings"]}
    assert settings["project.archive.index"] == "GB/T 11822"
    assert "project.archive.category" not in settings


def test_a_draft_says_so_on_its_cover(command: CommandLine, tmp_path: Path) -> None:
    record = write_record(tmp_path / "in", f"{NUMBERED}, dossier_number: Z109-WS·2023-D30-RZC")
    assert command("build", record, "-o", tmp_path / "out").code == 1
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())
    assert command("build", record, "-o", tmp_path / "out", "--draft").code == 1
    with zipfile.ZipFile(io.BytesIO(read_package(tmp_path / "out")["01_案卷封面.docx"])) as paper:
        assert "草稿　不得归档" in paper.read("word/document.xml").decode()


def test_pdf_without_libreoffice_stops_and_says_how_to_get_it(
    command: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(pdf, "_PLACES", ())
    record = write_record(tmp_path / "in", NUMBERED)
    ran = command("--format", "json", "build", record, "-o", tmp_path / "out", "--pdf")
    assert ran.code == 2
    assert "LibreOffice" in ran.find("A210")["message"]
    assert not (tmp_path / "out").exists()


@pytest.mark.office
def test_pdfs_count_the_pages_of_everything(command: CommandLine, tmp_path: Path) -> None:
    record = write_record(tmp_path / "in", NUMBERED)
    for out in ("one", "two"):
        assert command("build", record, "-o", tmp_path / out, "--pdf").code == 0
    (one,), (two,) = ((tmp_path / out).glob("*.zip") for out in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    index = read_index(read_package(tmp_path / "one"))
    assert index["counts"]["unpaged"] == 0
    done = 0
    for document in index["documents"]:
        if document["kind"] == "note":
            assert document["renditions"][-1]["role"] == "pdf"
            assert document["first_page"] is None
            continue
        roles = {rendition["role"]: rendition for rendition in document["renditions"]}
        known = roles["pdf"] if "pdf" in roles else roles["original"]
        assert known["pages"]["source"] == "counted"
        assert (document["first_page"], document["last_page"]) == (done + 1, done + known["pages"]["value"])
        done = document["last_page"]
    assert index["counts"]["pages"] == done > len(index["documents"])
    (documents,) = (path for path in (tmp_path / "one").iterdir() if path.is_dir())
    assert len(list(documents.rglob("*.pdf"))) == sum(item["kind"] == "document" for item in index["documents"])
    assert command("verify", one).code == 0
