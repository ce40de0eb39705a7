"""``--pdf`` of ``build``, ``batch`` and ``package``, with a program in LibreOffice's place that goes wrong."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from support.batch_runs import Batch, count, expect
from support.command_line import CommandLine
from support.made_up import write_profile
from support.stand_in_office import StandIn, make_stand_in

from docgen.render import pdf

pytestmark = [pytest.mark.heavy, pytest.mark.usefixtures("cache")]
THIN = """\
profile: kites
project: {number: FZ-1, name: 春季放飞, dated: 2030-04-05}
parties:
  - {key: zhan, role: agency, name: 鲁东风筝服务站}
enterprises:
  - {key: yan, name: 潍坊燕子风筝工坊, short_name: 燕子风筝}
not_applicable:
  - {item: z, reason: 本季不评奖}
  - {item: kite-check, reason: 本季不检查}
"""
PLAN = ("放飞计划", "# 一、风力分析", "东南风三级。", "# 二、放线安排", "放线三百米。", "2030年3月1日")
LOGS = "forms:\n  flight-log:\n    - {of: yan, rows: [{time: 4月1日, height: 98}]}\n"


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


class Desk:
    """A batch of one-record folders, of which the first is built, too; and which LibreOffice there is."""

    def __init__(self, folder: Path, docgen: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.docgen = folder, docgen
        self.batch = Batch(folder, docgen, 3)
        self._monkeypatch = monkeypatch
        self.office = self.install()

    def install(self, name: str = "office", **how: str) -> StandIn:
        office = make_stand_in(self.folder / name, **how)  # type: ignore[arg-type]
        self._monkeypatch.setenv("PATH", str(office.program.parent), prepend=":")
        return office

    def build(self, *more: object) -> Any:
        record, out = self.batch.records[0], self.folder / "一份"
        return self.docgen.json("build", record, "-o", out, "--profiles", self.batch.profiles, "--pdf", *more)

    def read_index(self) -> dict[str, Any]:
        (path,) = (self.folder / "一份").glob("*.zip")
        return read_index(path)


def read_index(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as package:
        name = next(name for name in package.namelist() if name.endswith("/package.json"))
        loaded: dict[str, Any] = json.loads(package.read(name))
        return loaded


def count_pdfs(index: dict[str, Any]) -> int:
    return sum(item["role"] == "pdf" for document in index["documents"] for item in document["renditions"])


@pytest.fixture
def desk(tmp_path: Path, docgen: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path, docgen, monkeypatch)


def test_pages_feed_index_and_remarks_and_the_converter_is_named(desk: Desk) -> None:
    assert desk.build().code == 0
    index = desk.read_index()
    assert index["conversion"]["converter"] == "LibreOffice 7.4.7.2 40(Build:2)"
    assert len(index["conversion"]["fonts"]) == 64
    assert index["counts"]["pages"] == 3 * index["counts"]["documents"]
    assert index["counts"]["unpaged"] == 0
    assert count_pdfs(index) == len(index["documents"])
    (package,) = (desk.folder / "一份").glob("*.zip")
    assert desk.docgen("verify", package).code == 0
    with zipfile.ZipFile(package) as members:
        remarks = next(name for name in members.namelist() if "备考表" in name)
        (desk.folder / "备考表.docx").write_bytes(members.read(remarks))
    text = "".join(cell.text for row in Document(str(desk.folder / "备考表.docx")).tables[0].rows for cell in row.cells)
    assert f"{index['counts']['pages']} 页" in text


def test_without_pdfs_no_converter_is_named(desk: Desk) -> None:
    record, out = desk.batch.records[0], desk.folder / "一份"
    assert desk.docgen("build", record, "-o", out, "--profiles", desk.batch.profiles).code == 0
    assert desk.read_index()["conversion"] is None


def test_a_second_build_converts_nothing_and_gives_the_same_bytes(desk: Desk) -> None:
    desk.build()
    (package,) = (desk.folder / "一份").glob("*.zip")
    once, runs = package.read_bytes(), len(desk.office.list_runs())
    assert desk.build("--force").code == 0
    assert (package.read_bytes(), len(desk.office.list_runs())) == (once, runs)
    (desk.batch.records[0].parent / "docgen.toml").write_text("[pdf]\ncache = false\n")
    assert desk.build("--force").code == 0
    assert package.read_bytes() == once
    assert len(desk.office.list_runs()) == 2 * runs


@pytest.mark.parametrize("fault", ["crash", "hang", "half", "junk"])
@pytest.mark.parametrize("place", [0, 1, 4])
def test_a_document_that_goes_wrong_is_told_and_costs_itself_only(desk: Desk, fault: str, place: int) -> None:
    (desk.batch.records[0].parent / "docgen.toml").write_text("[pdf]\nseconds = 2\n")
    whole = count_pdfs(desk.read_index()) if desk.build().code == 0 else 0
    desk.install(f"{fault} office", fault=fault, marked=f"{place:06d}.", version="LibreOffice 8.0")
    ran = desk.build("--force")
    assert ran.code == 1
    said = ran.find("A211")["message"]
    assert {
        "crash": "退出码 77，最后的输出：terminate called without an active exception",
        "half": "退出码 77，最后的输出：terminate called without an active exception",
        "hang": "已强行结束",
        "junk": "不是完整的 PDF（退出码 0）",
    }[fault] in said
    assert not desk.read_index()["draft"]  # the package of before
    desk.build("--force", "--draft")
    index = desk.read_index()
    assert (count_pdfs(index), index["draft"]) == (whole - 1, True)


def test_what_people_wrote_is_converted_unless_they_did_it(tmp_path: Path, docgen: CommandLine, desk: Desk) -> None:
    papers, out = tmp_path / "资料", tmp_path / "归档"
    papers.mkdir()
    (tmp_path / "record.yaml").write_text(THIN, "utf-8")
    document = Document()
    for text in PLAN:
        document.add_paragraph(text.removeprefix("# "), "Heading 1" if text.startswith("# ") else None)
    document.save(str(papers / "放飞计划.docx"))
    words = ["package", tmp_path / "record.yaml", "--from", papers, "-o", out, "--pdf", "--draft"]
    words += ["--profiles", write_profile(tmp_path / "kites")]
    docgen.json(*words)
    (package,) = out.glob("*.zip")
    index = read_index(package)
    plan = next(item for item in index["documents"] if item["id"] == "flight-plan/project")
    assert [(item["role"], item["pages"]["value"]) for item in plan["renditions"]] == [("original", None), ("pdf", 3)]
    assert (plan["origin"], plan["first_page"], plan["last_page"]) == ("handwritten", 1, 3)
    assert index["conversion"]["converter"].startswith("LibreOffice")
    assert docgen("verify", package).code == 0
    (papers / "放飞计划.pdf").write_bytes((desk.office.program.parent / "made.pdf").read_bytes())
    docgen.json(*words, "--force")
    plan = next(item for item in read_index(package)["documents"] if item["id"] == "flight-plan/project")
    assert len([item for item in plan["renditions"] if item["role"] == "pdf"]) == 1
    assert plan["renditions"][1]["sha256"] != index["documents"][0]["renditions"][1]["sha256"]


def test_what_people_wrote_and_cannot_be_converted_is_told_by_its_file(
    tmp_path: Path, docgen: CommandLine, desk: Desk
) -> None:
    papers, out = tmp_path / "资料", tmp_path / "归档"
    papers.mkdir()
    (tmp_path / "record.yaml").write_text(THIN, "utf-8")
    document = Document()
    for text in PLAN:
        document.add_paragraph(text.removeprefix("# "), "Heading 1" if text.startswith("# ") else None)
    document.save(str(papers / "放飞计划.docx"))
    Document().save(str(papers / "z_会议.docx"))
    desk.install("crashing", fault="crash", marked="0000")
    words = ["package", tmp_path / "record.yaml", "--from", papers, "-o", out, "--pdf", "--draft"]
    ran = docgen.json(*words, "--profiles", write_profile(tmp_path / "kites"))
    told = [item for item in ran.document["diagnostics"] if item["code"] == "A211"]
    assert any(str(item["location"]["file"]).endswith("放飞计划.docx") for item in told)
    assert all("77" in item["message"] for item in told)


def test_a_batch_makes_pdfs_and_knows_what_they_were_made_by(desk: Desk) -> None:
    batch = desk.batch
    assert count(batch.run()) == expect(made=3)
    assert count(batch.run("--pdf")) == expect(made=3)
    packages = sorted(batch.out.glob("*.zip"))
    assert len(packages) == 3
    for package in packages:
        index = read_index(package)
        assert index["conversion"]["converter"] == "LibreOffice 7.4.7.2 40(Build:2)"
        assert index["counts"]["unpaged"] == 0
    runs = len(desk.office.list_runs())
    assert count(batch.run("--pdf")) == expect(kept=3)
    assert len(desk.office.list_runs()) == runs
    desk.install("newer", version="LibreOffice 8.0")
    assert count(batch.run("--pdf")) == expect(made=3)


def test_a_batch_of_documents_has_their_pdfs_beside_them(desk: Desk) -> None:
    assert desk.batch.run("--only", "kite-check", "--pdf").code == 0
    names = {path.name for path in desk.batch.out.iterdir()}
    made = {name for name in names if name.endswith((".docx", ".xlsx")) and not name.startswith("批次")}
    assert made
    assert {Path(name).with_suffix(".pdf").name for name in made} <= names


def test_a_batch_is_refused_before_anything_is_made_without_libreoffice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(desk.folder))
    monkeypatch.setattr(pdf, "_PLACES", ())
    ran = desk.batch.run("--pdf")
    assert (ran.code, ran.codes) == (2, ["A210"])
    assert not desk.batch.out.exists()
