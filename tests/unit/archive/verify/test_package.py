from __future__ import annotations

import hashlib
import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.archive_samples import (
    TOP,
    build,
    codes,
    find_member,
    make_office,
    make_pdf,
    make_picture,
    only,
    read_all,
    repack,
    reseal,
    verdicts,
    verify,
    write_all,
)

from docgen.archive.verify.package import verify_package
from docgen.archive.verify.report import Step, Verdict
from docgen.diagnostics import Severity
from docgen.errors import ArchiveError
from docgen.messages import catalogue

pytestmark = pytest.mark.heavy

Change = Callable[[dict[str, bytes]], None]


def test_a_sound_package_passes_every_step_that_was_run(tmp_path: Path) -> None:
    path = build(tmp_path)
    report = verify(path)
    assert report.diagnostics == ()
    assert report.is_intact
    assert report.name == TOP
    assert report.files == 15
    assert report.bytes == sum(map(len, read_all(path).values()))
    assert report.identity == hashlib.sha256(read_all(path)[f"{TOP}/tagmanifest-sha256.txt"]).hexdigest()
    assert report.index is not None
    # the papers of these small packages stand for what others render
    not_run = dict.fromkeys((Step.VIRUS, Step.PAPERS, Step.REBUILD, Step.STANDARD), Verdict.NOT_RUN)
    assert verdicts(report) == {step: Verdict.PASSED for step in Step} | not_run


def test_repacked_by_another_program_it_still_passes(tmp_path: Path) -> None:
    path = build(tmp_path)
    members = read_all(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir(TOP)
        archive.mkdir(f"{TOP}/data")
        for name in sorted(members, reverse=True):
            archive.writestr(name, members[name])
    assert verify(path).diagnostics == ()


def flip(part: str) -> Change:
    def change(members: dict[str, bytes]) -> None:
        name = next(name for name in members if part in name)
        data = bytearray(members[name])
        data[len(data) // 2] ^= 0x20
        members[name] = bytes(data)

    return change


@pytest.mark.parametrize("part", ["0001_", "0002_", "0003_", "0004_", "0000_"])
def test_a_changed_payload_file_is_named_once(tmp_path: Path, part: str) -> None:
    path = build(tmp_path)
    repack(path, flip(part))
    found = only(verify(path))
    assert found.code == "V131"
    assert part in str(found.params["member"])
    assert part in str(found.location.member)


@pytest.mark.parametrize(
    "part", ["00_打开我", "01_案卷", "02_卷内", "03_备考", "bag-info", "/bagit.txt", "package.json", "record.json"]
)
def test_a_changed_tag_file_is_named_once(tmp_path: Path, part: str) -> None:
    path = build(tmp_path)
    repack(path, flip(part))
    found = only(verify(path))
    assert found.code == "V131"
    assert found.params["manifest"] == "tagmanifest-sha256.txt"
    assert part.strip("/") in str(found.params["member"])


def test_a_changed_manifest_is_found_beside_what_it_says(tmp_path: Path) -> None:
    path = build(tmp_path)

    def change(members: dict[str, bytes]) -> None:
        name = f"{TOP}/manifest-sha256.txt"
        members[name] = members[name].replace(members[name][:1], b"x", 1)

    repack(path, change)
    report = verify(path)
    assert "V131" in codes(report)
    assert verdicts(report)[Step.TAGS] is Verdict.FAILED


def test_a_removed_file_is_missing(tmp_path: Path) -> None:
    path = build(tmp_path)
    repack(path, lambda members: members.pop(find_member(path, "0002_")) and None)
    found = only(verify(path))
    assert (found.code, found.params["member"]) == ("V132", "data/a_前期准备/0002_认证证书.pdf")


@pytest.mark.parametrize("name", ["data/a_前期准备/0009_多余.docx", "多余.txt"])
def test_an_added_file_is_not_listed(tmp_path: Path, name: str) -> None:
    path = build(tmp_path)
    repack(path, lambda members: members.update({f"{TOP}/{name}": b"more"}))
    found = only(verify(path))
    assert (found.code, found.params["member"]) == ("V133", name)


@pytest.mark.parametrize("part", ["0003_", "03_备考"])
def test_a_renamed_file_is_one_finding_with_both_names(tmp_path: Path, part: str) -> None:
    path = build(tmp_path)

    def change(members: dict[str, bytes]) -> None:
        name = find_member(path, part)
        members[name.replace(part, f"新{part}")] = members.pop(name)

    repack(path, change)
    found = only(verify(path))
    assert found.code == "V134"
    assert part in str(found.params["member"])
    assert f"新{part}" in str(found.params["other"])


@pytest.mark.parametrize(
    "name", ["bagit.txt", "bag-info.txt", "manifest-sha256.txt", "package.json", "record/record.json"]
)
def test_a_removed_tag_file_is_missing(tmp_path: Path, name: str) -> None:
    path = build(tmp_path)
    repack(path, lambda members: members.pop(f"{TOP}/{name}") and None)
    found = only(verify(path))
    assert (found.code, found.params["member"]) == ("V132", name)


def test_without_its_tag_manifest_a_package_has_no_identity(tmp_path: Path) -> None:
    path = build(tmp_path)
    repack(path, lambda members: members.pop(f"{TOP}/tagmanifest-sha256.txt") and None)
    report = verify(path)
    assert only(report).code == "V121"
    assert report.identity is None
    assert verdicts(report)[Step.TAGS] is Verdict.NOT_RUN


def test_a_change_hidden_from_the_manifests_contradicts_the_index_and_moves_the_identity(tmp_path: Path) -> None:
    path = build(tmp_path)
    before = verify(path).identity

    def change(members: dict[str, bytes]) -> None:
        members[find_member(path, "0001_")] = make_office(body="<w>other</w>")
        reseal(members)

    repack(path, change)
    report = verify(path)
    assert codes(report) == ["V144", "V168"]
    assert report.identity != before


def edit_index(change: Callable[[dict[str, Any]], object]) -> Change:
    def edit(members: dict[str, bytes]) -> None:
        loaded = json.loads(members[f"{TOP}/package.json"])
        change(loaded)
        members[f"{TOP}/package.json"] = json.dumps(loaded, ensure_ascii=False).encode()
        reseal(members)

    return edit


def test_a_file_that_the_index_lists_twice_is_reported_with_a_title_safe_to_show(tmp_path: Path) -> None:
    path = build(tmp_path)

    def list_twice(index: dict[str, Any]) -> None:
        first = index["documents"][0]
        index["documents"].append({**first, "id": "evidence/again", "title": "甲\u202e\x1b[2J乙"})

    repack(path, edit_index(list_twice))
    (twice,) = (item for item in verify(path).diagnostics if item.code == "V146")
    assert twice.params["title"] == "甲\\u{202e}\\u{1b}[2J乙"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda index: index.update(schema_version=2), "V149"),
        (lambda index: index.update(title=5), "V142"),
        (lambda index: index["counts"].update(pages=77), "V148"),
        (lambda index: index.update(package_name="别的名称"), "V147"),
        (lambda index: index["items"][3].update(level="应"), "V151"),
        (lambda index: index["items"][3].update(level="宜"), "V151"),
        (lambda index: index["items"][3].update(status="present"), "V154"),
        (lambda index: index.update(draft=True), "V152"),
        (lambda index: index["missing"].append({"id": "doc/x", "title": "总结", "level": "应"}), "V153"),
        (lambda index: index["documents"][1]["renditions"][0]["pages"].update(value=3), "V148 V163"),
        (lambda index: index["documents"][0]["renditions"][0].update(path="data/none.docx"), "V143 V145"),
        (lambda index: index["documents"][0]["renditions"][0].update(content_digest="0" * 64), "V168"),
        (lambda index: index["documents"][0]["renditions"][0].update(size=1), "V144 V148"),
    ],
)
def test_an_index_that_contradicts_is_found(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], code: str
) -> None:
    path = build(tmp_path)
    repack(path, edit_index(change))
    assert codes(verify(path)) == code.split()


def test_the_requirement_word_sets_the_severity_of_a_missing_item(tmp_path: Path) -> None:
    path = build(tmp_path)
    repack(path, edit_index(lambda index: index["items"][3].update(level="应", clause="6.11")))
    found = only(verify(path))
    assert (found.severity, found.clause) == (Severity.ERROR, "6.11")
    path = build(tmp_path, draft=True)
    assert only(verify(path)).severity is Severity.WARNING


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[" * 100_000, b'{"schema_version": 1}', b"\xff\xfe", b'{"schema_version": 1e999}']
)
def test_an_index_that_is_none_is_one_finding(tmp_path: Path, text: bytes) -> None:
    path = build(tmp_path)

    def change(members: dict[str, bytes]) -> None:
        members[f"{TOP}/package.json"] = text
        reseal(members)

    repack(path, change)
    report = verify(path)
    assert only(report).code == "V142"
    assert verdicts(report)[Step.FILING] is Verdict.NOT_RUN


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("bagit.txt", b"BagIt-Version: 9.0\n", "V122"),
        ("bag-info.txt", b"no label", "V123"),
        ("bag-info.txt", b"Payload-Oxum: 1.1\n", "V125"),
        ("bag-info.txt", b"Title: x\n", "V127"),
    ],
)
def test_a_bag_that_is_none_is_found(tmp_path: Path, name: str, text: bytes, code: str) -> None:
    path = build(tmp_path)

    def change(members: dict[str, bytes]) -> None:
        members[f"{TOP}/{name}"] = text
        listing = members[f"{TOP}/tagmanifest-sha256.txt"].decode().splitlines()
        digest = hashlib.sha256(text).hexdigest()
        lines = [f"{digest}  {name}" if line.endswith(f"  {name}") else line for line in listing]
        members[f"{TOP}/tagmanifest-sha256.txt"] = "\n".join(lines).encode()

    repack(path, change)
    assert only(verify(path)).code == code


def test_bad_and_double_lines_of_the_tag_manifest_are_found(tmp_path: Path) -> None:
    path = build(tmp_path)

    def change(members: dict[str, bytes]) -> None:
        name = f"{TOP}/tagmanifest-sha256.txt"
        members[name] += members[name].splitlines(keepends=True)[0] + b"nonsense\n"

    repack(path, change)
    assert codes(verify(path)) == ["V124", "V126"]


@pytest.mark.parametrize(
    ("part", "data", "code"),
    [
        ("0001_", b"no zip", "V161"),
        ("0001_", make_office(main="none.xml")[:-30], "V161"),
        ("0001_", make_office(body="<w>"), "V161"),
        ("0001_", make_office(body='<!DOCTYPE w [<!ENTITY a "b">]><w>&a;</w>'), "V161"),
        ("0003_", make_office("xl/workbook.xml", **{"xl/vbaProject.bin": "x"}), "V167"),
        ("0002_", b"%PDF-1.7 nonsense", "V162"),
        ("0002_", make_pdf(3), "V163"),
        ("0004_", b"no picture", "V164"),
        ("0004_", make_picture("JPEG"), "V166"),
    ],
)
def test_a_document_that_does_not_open_is_found_though_every_digest_fits(
    tmp_path: Path, part: str, data: bytes, code: str
) -> None:
    path = build(tmp_path)

    def change(members: dict[str, bytes]) -> None:
        members[find_member(path, part)] = data
        reseal(members, index=True)

    repack(path, change)
    assert only(verify(path)).code == code


def test_a_kind_that_is_not_opened_leaves_the_step_without_verdict(tmp_path: Path) -> None:
    path = build(tmp_path)

    def change(members: dict[str, bytes]) -> None:
        name = find_member(path, "0004_")
        members[name.replace(".png", ".mp4")] = members.pop(name)
        loaded = members[f"{TOP}/package.json"].decode().replace("0004_现场照片.png", "0004_现场照片.mp4")
        members[f"{TOP}/package.json"] = loaded.encode()
        reseal(members)

    repack(path, change)
    report = verify(path)
    # a picture under the suffix of a film: told, and not opened as one
    assert set(codes(report)) == {"V165", "V166"}
    assert verdicts(report)[Step.DOCUMENTS] is Verdict.NOT_RUN
    spoken = {step.step: step.verdict_title.key for step in report.steps}
    assert (spoken[Step.DOCUMENTS], spoken[Step.VIRUS]) == ("archive.verdict.partly", "archive.verdict.not_run")
    assert report.is_intact


def test_a_path_that_cannot_be_read_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError) as caught:
        verify_package(tmp_path / "none.zip")
    assert caught.value.diagnostics[0].code == "V101"
    assert catalogue("zh").message(caught.value.diagnostics[0])
    assert only(verify(tmp_path)).code == "V180"


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip at all", b"PK\3\4" + b"\0" * 100, b"PK\5\6" + b"\xff" * 18])
def test_a_file_that_is_no_zip_is_a_finding(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "p.zip"
    path.write_bytes(data)
    report = verify(path)
    assert only(report).code == "V102"
    assert verdicts(report)[Step.NAMES] is Verdict.NOT_RUN


def test_a_zip_without_a_bag_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "p.zip"
    write_all(path, {})
    assert codes(verify(path)) == ["V180"]
    write_all(path, {"a/x.txt": b"x", "b.txt": b"x", "a/package.json": b"{}"})
    assert codes(verify(path)) == ["V180"]


def test_every_flip_in_a_stored_payload_is_detected_and_nothing_is_raised(tmp_path: Path) -> None:
    path = build(tmp_path)
    sound = path.read_bytes()
    stored: list[tuple[int, int, str]] = []
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if "/data/" in entry.filename:
                start = entry.header_offset + 30 + len(entry.filename.encode())
                stored.append((start, start + entry.compress_size, entry.filename))
    chance = random.Random(20240906)
    for _ in range(120):
        start, end, name = chance.choice(stored)
        position = chance.randrange(start, end)
        path.write_bytes(sound[:position] + bytes([sound[position] ^ chance.randrange(1, 256)]) + sound[position + 1 :])
        found = only(verify_package(path))
        assert (found.code, found.location.member) == ("V131", name)


def test_whatever_is_flipped_or_cut_nothing_is_raised(tmp_path: Path) -> None:
    path = build(tmp_path)
    sound = path.read_bytes()
    chance = random.Random(7)
    for turn in range(200):
        spoiled = bytearray(sound)
        if turn % 4 == 0:
            del spoiled[chance.randrange(len(spoiled)) :]
        else:
            # the directory at the end is where a zip is most easily hurt
            low = 0 if turn % 2 else len(sound) - 2500
            for _ in range(chance.randrange(1, 6)):
                spoiled[chance.randrange(low, len(spoiled))] = chance.randrange(256)
        path.write_bytes(spoiled)
        report = verify(path)
        if turn % 4 == 0:
            assert not report.is_intact
