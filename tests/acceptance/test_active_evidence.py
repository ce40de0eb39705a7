"""Evidence that acts or reaches outside, from the record to the receiver: build says what verify will say."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from support.active_files import OFFICE, ORDINARY, ORDINARY_PDFS, PDFS, PE, PROGRAMS, make_old, make_word, write_zip
from support.archive_samples import make_office, make_pdf, make_picture
from support.command_line import CommandLine
from support.negative_samples import FOLDER, read_base

ENTRY = "{key: photo, file: 现场.jpg, kind: photograph, title: 现场照片, item: d, activity: survey, confidential: 否}"
_TOLD = ("V167", "V190", "E119")


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def write_record(folder: Path, files: dict[str, bytes], *, inside: str = "材料") -> Path:
    """A sound record whose evidence are these files, in this order."""
    (folder / inside).mkdir(parents=True)
    entries = []
    for number, (file, data) in enumerate(files.items()):
        (folder / inside / file).write_bytes(data)
        named = json.dumps(f"{inside}/{file}")
        entries.append(f"{{key: m{number}, file: {named}, kind: other, title: 材料{number:03}, item: d}}")
    record = folder / "record.yaml"
    record.write_text(read_base().replace(ENTRY, "\n  - ".join(entries)), "utf-8")
    return record


def read(command: CommandLine, *arguments: object) -> tuple[int, dict[str, Any]]:
    ran = command.json(*arguments)
    return ran.code, ran.document


def find_package(folder: Path) -> Path | None:
    return next(iter(sorted(folder.glob("*.zip"))), None)


def collect_files() -> dict[str, bytes]:
    """Every kind of active evidence, and ordinary ones, under names that tell nothing of their kinds."""
    files = [(suffix, data) for suffix, data, _ in OFFICE.values()]
    files += [(".pdf", data) for data, _ in PDFS.values()]
    files += list(ORDINARY.values())
    files += [(".pdf", data) for data in ORDINARY_PDFS.values()]
    named = {f"件{number:03}{suffix}": data for number, (suffix, data) in enumerate(files)}
    programs = [item for item in PROGRAMS.values() if item[0].isprintable() and not item[0].endswith(".")]
    return named | {f"序{number:03}_{name}": data for number, (name, data) in enumerate(programs)}


def list_told(diagnostics: list[dict[str, Any]], pick: re.Pattern[str]) -> set[tuple[str, str, str]]:
    """Which file was told what, by the number that its name or its title begins with."""
    told = set()
    for item in diagnostics:
        if item["code"] in _TOLD:
            match = pick.search(item["message"])
            assert match is not None, item
            told.add((match[1], item["code"], item["message"][match.end() :]))
    return told


def test_build_says_of_evidence_what_verify_says(tmp_path: Path, command: CommandLine) -> None:
    files = collect_files()
    record = write_record(tmp_path / "项目", files)
    code, built = read(command, "build", str(record), "-o", str(tmp_path / "out"))
    assert code == 0, [item for item in built["diagnostics"] if item["severity"] == "error"]
    package = find_package(tmp_path / "out")
    assert package is not None
    code, verified = read(command, "verify", str(package))
    assert code == 0, [item for item in verified["diagnostics"] if item["severity"] == "error"]
    names = list(files)
    here = {
        (f"{names.index(found):03}", code, rest)
        for found, code, rest in list_told(built["diagnostics"], re.compile(r"“((?:件|序)[^”]+)”"))
    }
    there = list_told(verified["diagnostics"], re.compile(r"“data/[^”]*材料(\d{3})[^”]*”"))
    assert here == there
    active = len(OFFICE) + len(PDFS)
    clean = len(ORDINARY) + len(ORDINARY_PDFS)
    numbers = {int(number) for number, _, _ in here}
    assert numbers == {*range(active), *range(active + clean, len(files))}


REFUSED = {
    "document type in a part": ("a.docx", make_office(body='<!DOCTYPE w [<!ENTITY a "b">]><w>&a;</w>'), {"E151"}),
    "broken XML": ("a.docx", make_office(body="<w>"), {"E151"}),
    "a part is missing": ("a.docx", write_zip({"[Content_Types].xml": "<a/>", "word/document.xml": "<a/>"}), {"E151"}),
    "bomb": ("a.docx", make_office(**{"word/bomb.xml": "\n" * (4 << 20)}), {"E151"}),
    "unsafe part": ("a.docx", make_office(**{"../evil.xml": "<w/>"}), {"E151"}),
    "unreadable text": ("a.txt", b"\xff\xff\xff", {"E109"}),
    "text that is unreadable further on": ("a.txt", b"a" * 5000 + b"\xff\xff\xff", {"E152"}),
    "PDF under the suffix of a document": ("a.docx", make_pdf(), {"E109"}),
    "program under the suffix of a document": ("a.docx", PE, {"E109"}),
    "program under the suffix of a text": ("a.txt", PE, {"E109"}),
    "password": ("a.docx", make_old("EncryptedPackage"), {"E115"}),
    "document under the suffix of a picture": ("a.jpg", make_word(), {"E109"}),
}
PASSED = {
    "HEIC under the suffix of a picture": ("a.jpg", b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + b"\0" * 50, "E108"),
    "old Word under the new suffix": ("a.docx", make_old("WordDocument"), "E108"),
    "workbook under the suffix of a text": ("a.docx", make_office("xl/workbook.xml"), "E108"),
    "page under the suffix of a workbook": ("a.xls", b"<html><table></table></html>", "E108"),
    "PNG under the suffix of JPEG": ("a.jpg", make_picture("PNG"), "E108"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_verify_would_refuse_is_refused(tmp_path: Path, command: CommandLine, what: str) -> None:
    name, data, codes = REFUSED[what]
    record = write_record(tmp_path / "项目", {name: data})
    code, built = read(command, "build", str(record), "-o", str(tmp_path / "out"))
    errors = {item["code"] for item in built["diagnostics"] if item["severity"] == "error"}
    assert (code, find_package(tmp_path / "out")) == (1, None)
    assert errors
    assert errors <= codes, built["diagnostics"]


@pytest.mark.parametrize("what", PASSED)
def test_another_format_of_its_kind_is_told_on_both_sides(tmp_path: Path, command: CommandLine, what: str) -> None:
    name, data, told = PASSED[what]
    record = write_record(tmp_path / "项目", {name: data})
    code, built = read(command, "build", str(record), "-o", str(tmp_path / "out"))
    assert code == 0, built["diagnostics"]
    assert told in {item["code"] for item in built["diagnostics"]}
    package = find_package(tmp_path / "out")
    assert package is not None
    code, verified = read(command, "verify", str(package))
    assert code == 0, verified["diagnostics"]
    assert "V166" in {item["code"] for item in verified["diagnostics"]}


def test_what_people_wrote_by_hand_is_inspected_too(tmp_path: Path, command: CommandLine) -> None:
    record = write_record(tmp_path / "项目", {})
    folder = tmp_path / "文书"
    folder.mkdir()
    (folder / "合作协议.docx").write_bytes(OFFICE["DDE, split over runs"][1])
    (folder / "说明.docx").write_bytes(make_office(body='<!DOCTYPE w [<!ENTITY a "b">]><w>&a;</w>'))
    (tmp_path / "别处.docx").write_bytes(make_word())
    (folder / "链接.docx").symlink_to(tmp_path / "别处.docx")
    arguments = ("package", str(record), "--from", str(folder), "--list")
    _, listed = read(command, *arguments)
    told = {
        (item["code"], Path(item["location"]["file"]).name)
        for item in listed["diagnostics"]
        if "file" in item["location"]
    }
    assert {("V167", "合作协议.docx"), ("E151", "说明.docx"), ("E150", "链接.docx")} <= told
    _, listed = read(command, *arguments, "--allow-outside", str(tmp_path))
    assert "E150" not in {item["code"] for item in listed["diagnostics"]}


@pytest.mark.parametrize("name", ["../共用/合影.pdf", "../共用/", "../共用/*.pdf", "链接.pdf"])
def test_evidence_from_outside_needs_to_be_allowed(tmp_path: Path, command: CommandLine, name: str) -> None:
    folder, shared = tmp_path / "项目", tmp_path / "共用"
    shared.mkdir()
    (shared / "合影.pdf").write_bytes(make_pdf())
    record = write_record(folder, {})
    (folder / "链接.pdf").symlink_to(shared / "合影.pdf")
    entry = f"{{key: m, file: {json.dumps(name)}, kind: other, title: 合影, item: d}}"
    record.write_text(read_base().replace(ENTRY, entry), "utf-8")
    for arguments in (("check", str(record)), ("build", str(record), "-o", str(tmp_path / "a"))):
        code, told = read(command, *arguments)
        (found,) = (item for item in told["diagnostics"] if item["severity"] == "error")
        assert (code, found["code"]) == (1, "E150")
        assert found["location"]["line"]
        assert str(shared) in found["message"]
        assert f'--allow-outside "{shared}"' in found["mend"]
    batch = ("batch", str(record), "-o", str(tmp_path / "b"))
    assert read(command, *batch)[0] == 1
    assert read(command, *batch, "--allow-outside", str(shared))[0] == 0
    assert read(command, "build", str(record), "-o", str(tmp_path / "c"), "--allow-outside", str(shared))[0] == 0
    assert (
        read(command, "check", str(record), "--allow-outside", str(tmp_path / "没有"))[1]["diagnostics"][0]["code"]
        == "X111"
    )
    (folder / "docgen.toml").write_text('allow_outside = "../共用"\n', "utf-8")
    assert read(command, "build", str(record), "-o", str(tmp_path / "d"))[0] == 0
    package = find_package(tmp_path / "d")
    assert package is not None
    with zipfile.ZipFile(package) as archive:
        assert any(member.endswith(".pdf") for member in archive.namelist())


def test_an_allowed_place_is_looked_at_again_in_a_batch(tmp_path: Path, command: CommandLine) -> None:
    """What was refused isn't kept as it was, once docgen.toml allows the place."""
    (tmp_path / "合影.pdf").write_bytes(make_pdf())
    record = write_record(tmp_path / "项目", {})
    record.write_text(
        read_base().replace(ENTRY, "{key: m, file: ../合影.pdf, kind: other, title: 合影, item: d}"), "utf-8"
    )
    arguments = ("batch", str(record), "-o", str(tmp_path / "out"))
    assert read(command, *arguments)[0] == 1
    (tmp_path / "项目" / "docgen.toml").write_text('allow_outside = [".."]\n', "utf-8")
    assert read(command, *arguments)[0] == 0


def test_the_base_of_these_tests_is_there() -> None:
    assert ENTRY in read_base()
    assert FOLDER.is_dir()
