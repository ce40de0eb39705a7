"""``docgen build --supplement``: what a record adds to a package that was filed, named by identity, numbered on."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from support import made_up
from support.command_line import CommandLine

MAIN, FIRST, SECOND = "FZ-1_春季放飞.zip", "FZ-1_春季放飞_补充1.zip", "FZ-1_春季放飞_补充2.zip"


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


@pytest.fixture
def filed(docgen: CommandLine, tmp_path: Path) -> Path:
    """The made-up record's package, in ``out`` beside the record."""
    profiles = made_up.write_profile(tmp_path / "profiles")
    record = made_up.write_record(tmp_path)
    assert docgen("build", record, "-o", tmp_path / "out", "--profiles", profiles).code == 0
    return tmp_path / "out" / MAIN


def run(docgen: CommandLine, filed: Path, *bases: Path, options: tuple[object, ...] = ()) -> Any:
    folder = filed.parent.parent
    named = [word for base in bases or (filed,) for word in ("--supplement", base)]
    profiles = ("--profiles", folder / "profiles")
    return docgen.json("build", folder / "record.yaml", "-o", filed.parent, *named, *profiles, *options)


def change(filed: Path, old: str, new: str) -> None:
    record = filed.parent.parent / "record.yaml"
    text = record.read_text("utf-8")
    assert old in text
    record.write_text(text.replace(old, new, 1), "utf-8")


def add_photo(filed: Path, name: str, colour: int) -> None:
    """Another photograph in the record."""
    path = filed.parent.parent / f"{name}.png"
    Image.new("RGB", (60, 40), (colour, 0, 0)).save(path)
    line = f"  - {{key: {name}, file: {name}.png, kind: photograph, title: 照片{name}}}\n"
    if "evidence:" in (filed.parent.parent / "record.yaml").read_text("utf-8"):
        change(filed, "evidence:\n", f"evidence:\n{line}")
    else:
        change(filed, "forms:\n", f"evidence:\n{line}forms:\n")


def read_index(package: Path) -> dict[str, Any]:
    with zipfile.ZipFile(package) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/package.json"))
        loaded: dict[str, Any] = json.loads(archive.read(name))
        return loaded


def test_a_supplement_holds_what_is_new_and_names_its_base(docgen: CommandLine, filed: Path) -> None:
    before = filed.read_bytes()
    add_photo(filed, "later", 90)
    ran = run(docgen, filed)
    assert (ran.code, ran.codes) == (0, [])
    assert [Path(item["path"]).name for item in ran.document["outputs"]] == [FIRST]
    index, base = read_index(filed.parent / FIRST), read_index(filed)
    last = max(item["number"] for item in base["documents"])
    assert [(item["id"], item["number"]) for item in index["documents"]] == [("evidence/later", last + 1)]
    assert [(item["key"], item["status"]) for item in index["items"]] == [("r", "present")]
    verified = docgen.json("verify", filed, filed.parent / FIRST)
    assert (verified.code, verified.codes) == (0, [])
    main, supplement = verified.document["packages"]
    assert (index["kind"], index["supplements"]) == (
        "supplement",
        {"name": "FZ-1_春季放飞", "identity": main["identity"], "last_number": last},
    )
    assert supplement["belongs_to"] == {"name": main["name"], "identity": main["identity"], "verified": True}
    with zipfile.ZipFile(filed.parent / FIRST) as archive:
        page = archive.read("FZ-1_春季放飞_补充1/00_打开我_目录.html").decode()
        assert f"FZ-1_春季放飞_补充1/data/r_记录/{last + 1:04d}_照片later.png" in archive.namelist()
    assert f"本包补充档案包“FZ-1_春季放飞”（标识 {main['identity']}），件号接续其第 {last} 件" in page
    assert filed.read_bytes() == before


def test_a_second_supplement_goes_on_from_the_first(docgen: CommandLine, filed: Path) -> None:
    add_photo(filed, "one", 90)
    run(docgen, filed)
    add_photo(filed, "two", 150)
    ran = run(docgen, filed, filed, filed.parent / FIRST)
    assert (ran.code, ran.codes) == (0, [])
    documents = read_index(filed.parent / SECOND)["documents"]
    last = read_index(filed.parent / FIRST)["documents"][-1]["number"]
    assert [(item["id"], item["number"]) for item in documents] == [("evidence/two", last + 1)]
    together = docgen.json("verify", filed, filed.parent / FIRST, filed.parent / SECOND)
    assert (together.code, together.codes) == (0, [])
    assert all(item["belongs_to"]["verified"] for item in together.document["packages"][1:])


def test_a_changed_document_is_a_new_version(docgen: CommandLine, filed: Path) -> None:
    change(filed, "放线三百米", "放线四百米")
    ran = run(docgen, filed)
    assert (ran.code, ran.codes) == (0, ["A245"])
    (document,) = read_index(filed.parent / FIRST)["documents"]
    (original,) = (item for item in read_index(filed)["documents"] if item["id"] == "flight-plan/project")
    assert (document["id"], document["remark"]) == ("flight-plan/project", f"第{original['number']}件的新版本")


def test_nothing_new_is_said(docgen: CommandLine, filed: Path) -> None:
    ran = run(docgen, filed)
    assert (ran.code, ran.codes) == (2, ["A243"])
    assert not (filed.parent / FIRST).exists()


def test_a_package_of_another_project_is_refused(docgen: CommandLine, filed: Path) -> None:
    change(filed, "number: FZ-1", "number: FZ-2")
    ran = run(docgen, filed)
    assert (ran.code, ran.codes) == (2, ["A241"])
    message = ran.document["diagnostics"][0]["message"]
    assert "FZ-1" in message
    assert "FZ-2" in message


def test_a_spoilt_or_wrong_package_is_refused(docgen: CommandLine, filed: Path, tmp_path: Path) -> None:
    add_photo(filed, "later", 90)
    run(docgen, filed)
    ran = run(docgen, filed, filed.parent / FIRST)
    assert (ran.code, ran.codes) == (2, ["A242"])
    spoilt = tmp_path / "spoilt.zip"
    spoilt.write_bytes(filed.read_bytes()[:-40])
    assert run(docgen, filed, spoilt).codes == ["A240"]
    assert run(docgen, filed, tmp_path / "absent.zip").codes == ["V101"]
    assert run(docgen, filed, filed, filed).codes == ["A246"]


def test_a_supplement_with_another_package_of_its_name_is_an_error(docgen: CommandLine, filed: Path) -> None:
    add_photo(filed, "later", 90)
    run(docgen, filed)
    supplement = filed.parent / FIRST
    folder = filed.parent.parent
    docgen("build", folder / "record.yaml", "-o", folder / "again", "--profiles", folder / "profiles")
    ran = docgen.json("verify", folder / "again" / MAIN, supplement)
    assert (ran.code, ran.codes) == (1, ["V229", "A251", "V229"])  # the photograph is in both
    assert ran.document["packages"][1]["ok"] is False


def test_a_supplement_is_not_overwritten(docgen: CommandLine, filed: Path) -> None:
    add_photo(filed, "later", 90)
    run(docgen, filed)
    assert run(docgen, filed).codes == ["A101"]
    assert run(docgen, filed, options=("--force",)).code == 0


@pytest.mark.parametrize("option", [("--no-package",), ("--blank",), ("--redact",), ("--only", "flight-plan")])
def test_what_contradicts_is_refused(docgen: CommandLine, filed: Path, option: tuple[str, ...]) -> None:
    assert run(docgen, filed, options=option).codes == ["A244"]


def test_a_supplement_of_the_same_run_goes_on_in_numbers(docgen: CommandLine, tmp_path: Path) -> None:
    profiles = made_up.write_profile(tmp_path / "profiles")
    profile = profiles / "kites" / "profile.yaml"
    packages = (
        "packages:\n"
        "  - {key: main, items: [p, z]}\n"
        "  - {key: later, kind: supplement, of: main, title: 补充, items: [r]}\n"
    )
    profile.write_text(profile.read_text("utf-8") + packages, "utf-8")
    record = made_up.write_record(tmp_path)
    assert docgen("build", record, "-o", tmp_path / "out", "--redact", "--profiles", profiles).code == 0
    names = sorted(path.name for path in (tmp_path / "out").glob("*.zip"))
    assert names == [
        "FZ-1_春季放飞.zip",
        "FZ-1_春季放飞_公开版.zip",
        "FZ-1_春季放飞_补充.zip",
        "FZ-1_春季放飞_补充_公开版.zip",
    ]
    ran = docgen.json("verify", *(tmp_path / "out" / name for name in names))
    assert (ran.code, ran.codes) == (0, [])
    by_name = {item["name"]: item for item in ran.document["packages"]}
    index = read_index(tmp_path / "out" / "FZ-1_春季放飞_补充.zip")
    assert [item["number"] for item in index["documents"]] == [2, 3, 4]
    assert index["supplements"]["identity"] == by_name["FZ-1_春季放飞"]["identity"]
    redacted = read_index(tmp_path / "out" / "FZ-1_春季放飞_补充_公开版.zip")
    assert redacted["supplements"]["identity"] == by_name["FZ-1_春季放飞_公开版"]["identity"]
    assert redacted["redaction"]["identity"] == by_name["FZ-1_春季放飞_补充"]["identity"]
