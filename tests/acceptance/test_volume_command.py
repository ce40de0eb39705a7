"""``--bind`` of ``build``, ``batch`` and ``package``: one PDF of everything, with a program in LibreOffice's place."""

from __future__ import annotations

import io
import json
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from docx import Document
from PIL import Image
from pypdf import PdfReader
from support.archive_samples import make_pdf, repack
from support.batch_runs import Batch, count, expect
from support.command_line import CommandLine
from support.made_up import write_profile
from support.stand_in_office import StandIn, make_stand_in

from docgen.archive.plan.model import VOLUME
from docgen.pipeline.stages import volume
from docgen.render import pdf

pytestmark = [pytest.mark.heavy, pytest.mark.usefixtures("cache")]
EVIDENCE = """\
evidence:
  - {key: plan-signed, file: 计划签字版.pdf, kind: scan, document: flight-plan/project}
  - {key: sheet, file: 签到表.png, kind: scan, title: 签到表, item: r, date: 2030-03-03}
  - {key: photo, file: 照片.jpg, kind: photograph, title: 放飞现场, item: r, date: 2030-03-03}
  - {key: secret, file: 合同.pdf, kind: contract, title: 合同, item: r, date: 2030-03-03, pages: 9}
  - {key: sound, file: 录音.mp3, kind: other, title: 录音, item: r, date: 2030-03-03}
  - {key: report, file: 报告.pdf, kind: other, title: 外来报告, item: r, date: 2030-03-03}
"""


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


class Desk:
    """Records with evidence of every kind, and a LibreOffice that makes three pages of everything."""

    def __init__(self, folder: Path, docgen: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.docgen, self.out = docgen, folder / "一份"
        self.batch = Batch(folder, docgen, 2)
        self.office: StandIn = make_stand_in(folder / "office")
        monkeypatch.setenv("PATH", str(self.office.program.parent), prepend=":")

    def add_evidence(self) -> None:
        record = self.batch.records[0]
        record.write_text(record.read_text("utf-8") + EVIDENCE, "utf-8")
        folder = record.parent
        (folder / "计划签字版.pdf").write_bytes(make_pdf(2))
        (folder / "报告.pdf").write_bytes(make_pdf(4))
        Image.new("RGB", (1200, 800), "white").save(folder / "签到表.png")
        Image.effect_noise((640, 480), 50).save(folder / "照片.jpg")
        (folder / "录音.mp3").write_bytes(b"ID3\x03" + bytes(2000))
        with pikepdf.open(io.BytesIO(make_pdf(9))) as contract:
            contract.save(
                folder / "合同.pdf", encryption=pikepdf.Encryption(owner="o", user="", R=3, aes=False, metadata=False)
            )

    def build(self, *more: object) -> Any:
        record = self.batch.records[0]
        return self.docgen.json("build", record, "-o", self.out, "--profiles", self.batch.profiles, "--bind", *more)

    @property
    def package(self) -> Path:
        (path,) = (path for path in self.out.glob("*.zip") if not path.stem.endswith("公开版"))
        return path

    def verify(self, path: Path | None = None) -> list[str]:
        return self.docgen.json("verify", path or self.package).codes


def read_index(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(read_member(path, "package.json"))
    return loaded


def read_member(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as package:
        return package.read(next(member for member in package.namelist() if member.endswith(f"/{name}")))


def read_volume(path: Path) -> PdfReader:
    return PdfReader(io.BytesIO(read_member(path, VOLUME)))


@pytest.fixture
def desk(tmp_path: Path, docgen: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path, docgen, monkeypatch)


def test_a_package_has_everything_in_one_pdf_and_its_index_says_where(desk: Desk) -> None:
    desk.add_evidence()
    ran = desk.build()
    assert ran.code == 0
    assert "A273" in ran.codes
    index = read_index(desk.package)
    pages = {item["id"]: item["bound_pages"] for item in index["documents"]}
    assert pages["flight-plan/project"] == 3 + 2  # and what was signed
    assert [pages[f"evidence/{key}"] for key in ("sheet", "report")] == [1, 4]
    # a sheet stands for each: the photograph, what is protected, what has no pages
    assert [pages[f"evidence/{key}"] for key in ("photo", "secret", "sound")] == [3, 3, 3]
    reader, volume_facts = read_volume(desk.package), index["volume"]
    assert volume_facts["numbered"] == index["counts"]["pages"] == sum(pages.values())
    assert len(reader.pages) == volume_facts["file"]["pages"]["value"] == volume_facts["numbered"] + 9
    assert volume_facts["numbering"] == "GB/T 11822"
    for document in index["documents"]:
        stamped = [reader.pages[5 + number].extract_text().strip() for number in (document["first_page"],)]
        assert stamped == [str(document["first_page"])]
        assert reader.page_labels[5 + document["last_page"]] == str(document["last_page"])
    titles = [item.title for item in _flatten(reader.outline)]
    assert titles[0] == "案卷封面"
    assert titles[-1] == "备考表"
    assert [title for title in titles if title.endswith("录音")]
    assert desk.docgen("verify", desk.package).code == 0


def _flatten(items: list[Any]) -> list[Any]:
    return [one for item in items for one in (_flatten(item) if isinstance(item, list) else [item])]


def test_the_same_record_gives_the_same_volume(desk: Desk) -> None:
    desk.add_evidence()
    desk.build()
    once = desk.package.read_bytes()
    runs = len(desk.office.list_runs())
    desk.build("--force")
    assert desk.package.read_bytes() == once
    assert len(desk.office.list_runs()) == runs


def test_page_numbers_stand_in_the_corner_that_the_record_asks_for(desk: Desk) -> None:
    record = desk.batch.records[0]
    text = record.read_text("utf-8").replace(
        "dated: 2030-04-05}", "dated: 2030-04-05, archive: {page_numbers: DA/T 22}}"
    )
    record.write_text(text, "utf-8")
    assert desk.build().code == 0
    index = read_index(desk.package)
    assert index["volume"]["numbering"] == "DA/T 22"
    said = {item["setting"]: item["value"] for item in index["settings"]}
    assert said["project.archive.page_numbers"] == "DA/T 22"
    assert "页号" in said["project.archive.index_columns"].split("、")


def test_a_volume_that_was_changed_is_found(desk: Desk, tmp_path: Path) -> None:
    desk.build()
    path = tmp_path / "changed.zip"
    path.write_bytes(desk.package.read_bytes())

    def change(files: dict[str, bytes]) -> None:
        files[next(name for name in files if name.endswith(VOLUME))] += b"\n"

    repack(path, change)
    assert "V131" in desk.verify(path)


def test_without_a_package_there_is_no_volume(desk: Desk) -> None:
    for words in (["--no-package"], ["--only", "kite-check"], ["--blank"]):
        ran = desk.build(*words)
        assert (ran.code, ran.codes) == (2, ["A271"])
    assert not desk.out.exists()
    ran = desk.batch.run("--bind", "--only", "kite-check")
    assert (ran.code, ran.codes) == (2, ["A271"])
    assert not desk.batch.out.exists()


@pytest.mark.parametrize("command", ["build", "batch"])
@pytest.mark.parametrize("lacking", ["office", "library"])
def test_it_is_refused_with_what_to_install_and_nothing_is_made(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, command: str, lacking: str
) -> None:
    if lacking == "office":
        monkeypatch.setenv("PATH", str(desk.out))
        monkeypatch.setattr(pdf, "_PLACES", ())
    else:
        monkeypatch.setattr(volume, "find_spec", lambda name: None if name == "pikepdf" else find_spec(name))
    ran = desk.build() if command == "build" else desk.batch.run("--bind")
    (told,) = ran.document["diagnostics"]
    assert (ran.code, told["code"]) == (2, "A210" if lacking == "office" else "A270")
    assert ("LibreOffice" if lacking == "office" else 'pip install "docgen[volume]"') in json.dumps(
        told, ensure_ascii=False
    ).replace("\\", "")
    assert not desk.out.exists()
    assert not desk.batch.out.exists()


@pytest.mark.parametrize("marked", ["000000.docx", "000001.xlsx"])
def test_a_paper_that_cannot_be_converted_is_told_and_nothing_is_written(
    desk: Desk, marked: str, tmp_path: Path
) -> None:
    desk.build("--pdf")
    once = desk.package.read_bytes()
    cache = desk.batch.records[0].parent / "docgen.toml"
    cache.write_text("[pdf]\ncache = false\n", "utf-8")
    broken = make_stand_in(tmp_path / "broken", fault="crash", marked=marked)
    desk.office.program.write_bytes(broken.program.read_bytes())
    ran = desk.build("--force")
    assert ran.code != 0
    assert "A211" in ran.codes
    assert desk.package.read_bytes() == once


def test_a_batch_binds_each_record_and_knows_it(desk: Desk) -> None:
    batch = desk.batch
    assert count(batch.run("--pdf")) == expect(made=2)
    assert count(batch.run("--bind")) == expect(made=2)
    packages = sorted(batch.out.glob("*.zip"))
    assert [read_index(path)["volume"]["numbered"] for path in packages] == [
        read_index(path)["counts"]["pages"] for path in packages
    ]
    assert count(batch.run("--bind")) == expect(kept=2)


def test_what_people_wrote_is_bound_too(desk: Desk, tmp_path: Path, docgen: CommandLine) -> None:
    papers, out = tmp_path / "资料", tmp_path / "归档"
    papers.mkdir()
    (tmp_path / "record.yaml").write_text(desk.batch.records[0].read_text("utf-8").split("forms:")[0], "utf-8")
    document = Document()
    for text in ("放飞计划", "一、风力分析", "东南风三级。", "二、放线安排", "放线三百米。"):
        document.add_paragraph(text, "Heading 1" if "、" in text else None)
    document.save(str(papers / "放飞计划.docx"))
    words = ["package", tmp_path / "record.yaml", "--from", papers, "-o", out, "--bind", "--draft"]
    docgen.json(*words, "--profiles", write_profile(tmp_path / "kites"))
    (package,) = out.glob("*.zip")
    index = read_index(package)
    plan = next(item for item in index["documents"] if item["id"] == "flight-plan/project")
    assert (plan["origin"], plan["bound_pages"]) == ("handwritten", 3)
    # nobody knows where their pages are free, so each has a strip for its number
    page = read_volume(package).pages[5 + plan["first_page"]]
    assert float(page.mediabox.top - page.mediabox.bottom) > 200
    found = docgen.json("verify", package).codes
    assert not {"A223", "A276", "V145", "V185"}.intersection(found)


def test_a_redacted_package_binds_redacted_copies_only(desk: Desk) -> None:
    desk.add_evidence()
    record = desk.batch.records[0]
    record.write_text(
        record.read_text("utf-8").replace("title: 外来报告,", "title: 外来报告, confidential: true,"), "utf-8"
    )
    assert desk.build("--redact").code == 0
    (redacted,) = desk.out.glob("*公开版.zip")
    shown, whole = read_index(redacted), read_index(desk.package)
    assert shown["volume"]["numbered"] == shown["counts"]["pages"] < whole["volume"]["numbered"]
    titles = [item.title for item in _flatten(read_volume(redacted).outline)]
    assert not [title for title in titles if "外来报告" in title]
    assert desk.docgen("verify", redacted, desk.package).code == 0


def test_a_redacted_volume_with_what_is_closed_does_not_stand(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.add_evidence()
    record = desk.batch.records[0]
    closed = "disclosure:\n  confidential:\n    - {texts: [放线三百米]}\n"
    record.write_text(record.read_text("utf-8").replace("forms:\n", closed + "forms:\n"), "utf-8")
    bind = volume.bind

    def add_secret(chapters: Any, target: Path, about: Any) -> Any:
        from dataclasses import replace

        return bind(chapters, target, replace(about, author="放线三百米"))

    monkeypatch.setattr(volume, "bind", add_secret)
    ran = desk.build("--redact")
    assert ran.code == 1, ran.document["diagnostics"]
    assert [item["location"]["member"] for item in ran.document["diagnostics"] if item["code"] == "A230"] == [VOLUME]
