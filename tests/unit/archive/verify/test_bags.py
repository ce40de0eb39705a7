"""Bags of any maker (RFC 8493, BagIt 0.97): each MUST that a receiver can see, what is lenient, and what is told."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from support.foreign_bags import PAYLOAD, ForeignBag, verify_both, write_folder, write_zip

from docgen.archive.verify.files import scan_folder
from docgen.archive.verify.inbox import is_inbox, list_inbox
from docgen.archive.verify.package import verify_package
from docgen.archive.verify.report import Step, Verdict, VerifyReport
from docgen.archive.zip.names import escape_name
from docgen.diagnostics import Diagnostic, Severity
from docgen.messages import LANGUAGES, catalogue

ZEROS = "0" * 128


def tell(report: VerifyReport) -> list[str]:
    """The codes, without what is told of any foreign bag and of "%" in names; each is spoken in every language."""
    for item in report.diagnostics:
        for language in LANGUAGES:
            assert catalogue(language).message(item)
            assert catalogue(language).mend(item)
    return [item.code for item in report.diagnostics if item.code not in {"V119", "V181"}]


def check(folder: Path, bag: ForeignBag, expected: list[str]) -> VerifyReport:
    """The bag gets the same findings as a folder and as a zip."""
    folded, zipped = verify_both(folder, bag.list_files())
    assert (tell(folded), tell(zipped)) == (expected, expected)
    return zipped


def line(path: str, data: bytes = b"", algorithm: str = "sha512") -> bytes:
    return f"{hashlib.new(algorithm, data).hexdigest()}  {path}\n".encode()


FILES = ForeignBag().list_files()
MANIFEST, TAGS = FILES["manifest-sha512.txt"], FILES["tagmanifest-sha512.txt"]
MD5_TAGS = line("manifest-sha512.txt", MANIFEST, "md5")
NO_TAGS: dict[str, bytes | None] = {"tagmanifest-sha512.txt": None}
LONGEST = b"http://a/b 3 data/fetched.txt\n"

MUSTS = [
    ("2.1 bagit.txt is there", {**NO_TAGS, "bagit.txt": None}, ["V121"]),
    ("2.1 a payload manifest is there", {**NO_TAGS, "manifest-sha512.txt": None}, ["V121"]),
    ("2.1.1 two lines", {**NO_TAGS, "bagit.txt": b"BagIt-Version: 1.0\n"}, ["V122"]),
    (
        "2.1.1 in this order",
        {**NO_TAGS, "bagit.txt": b"Tag-File-Character-Encoding: UTF-8\nBagIt-Version: 1.0\n"},
        ["V122"],
    ),
    ("2.1.1 no byte order mark", {**NO_TAGS, "bagit.txt": b"\xef\xbb\xbf" + FILES["bagit.txt"]}, ["V122"]),
    ("2.1.1 no further line", {**NO_TAGS, "bagit.txt": FILES["bagit.txt"] + b"More: 1\n"}, ["V122"]),
    ("2.1.1 a version", {**NO_TAGS, "bagit.txt": FILES["bagit.txt"].replace(b"1.0", b"one")}, ["V122"]),
    ("2.1.1 an encoding", {**NO_TAGS, "bagit.txt": FILES["bagit.txt"].replace(b"UTF-8", b"none")}, ["V122"]),
    ("2.1.3 a digest and a path", {**NO_TAGS, "manifest-sha512.txt": MANIFEST + b"nonsense\n"}, ["V124"]),
    ("2.1.3 a digest of its length", {**NO_TAGS, "manifest-sha512.txt": MANIFEST + b"00  data/x\n"}, ["V124"]),
    (
        "2.1.3 a path once",
        {**NO_TAGS, "manifest-sha512.txt": MANIFEST + MANIFEST.splitlines(keepends=True)[0]},
        ["V126"],
    ),
    (
        "2.1.3 no tag file in a payload manifest",
        {**NO_TAGS, "manifest-sha512.txt": MANIFEST + line("bagit.txt", FILES["bagit.txt"])},
        ["V177"],
    ),
    ("2.1.3 slashes", {**NO_TAGS, "manifest-sha512.txt": MANIFEST.replace(b"/", b"\\")}, ["V178"]),
    (
        "2.1.3 CR, LF and % encoded",
        {
            **NO_TAGS,
            "data/a%0Ab.txt": b"",
            "manifest-sha512.txt": MANIFEST + line("data/a%250Ab.txt"),
            "bag-info.txt": None,
        },
        [],
    ),
    ("2.2.1 no payload file in a tag manifest", {"tagmanifest-sha512.txt": TAGS + MANIFEST}, ["V177"]),
    (
        "2.2.1 no tag manifest in a tag manifest",
        {"tagmanifest-md5.txt": MD5_TAGS, "tagmanifest-sha512.txt": TAGS + line("tagmanifest-md5.txt", MD5_TAGS)},
        ["V177"],
    ),
    (
        "2.2.1 every payload manifest in a tag manifest",
        {"tagmanifest-sha512.txt": b"".join(TAGS.splitlines(keepends=True)[:-1])},
        ["V133"],
    ),
    ("2.2.2 labels and values", {**NO_TAGS, "bag-info.txt": b"no label\n"}, ["V123"]),
    ("2.2.2 Payload-Oxum holds", {**NO_TAGS, "bag-info.txt": b"Payload-Oxum: 1.1\n"}, ["V125"]),
    ("2.2.2 Payload-Oxum once", {**NO_TAGS, "bag-info.txt": b"Payload-Oxum: 1.1\nPayload-Oxum: 2.1\n"}, ["V127"]),
    ("2.2.2 Payload-Oxum is two numbers", {**NO_TAGS, "bag-info.txt": b"Payload-Oxum: many\n"}, ["V127"]),
    ("2.2.3 address, length, path", {**NO_TAGS, "fetch.txt": b"http://a/b data/x\n"}, ["V179"]),
    ("2.2.3 no tag file", {**NO_TAGS, "fetch.txt": b"http://a/b - bagit.txt\n"}, ["V179"]),
    ("2.2.3 only what manifests list", {**NO_TAGS, "fetch.txt": LONGEST}, ["V179", "V182"]),
    (
        "3 complete: what fetch.txt names is there",
        {**NO_TAGS, "fetch.txt": LONGEST, "manifest-sha512.txt": MANIFEST + line("data/fetched.txt", b"abc")},
        ["V182"],
    ),
    ("3 complete: every listed tag file", {"tagmanifest-sha512.txt": TAGS + line("more.txt")}, ["V132"]),
    ("3 complete: every listed payload file", {**NO_TAGS, "data/照片/二.txt": None}, ["V132"]),
    ("3 complete: every payload file listed", {**NO_TAGS, "data/more.txt": b"x"}, ["V133"]),
    ("3 valid: every payload digest", {**NO_TAGS, "data/报名表.txt": b"other"}, ["V131"]),
    ("3 valid: every tag digest", {"bag-info.txt": b"Other: 1\n"}, ["V131"]),
    ("5.1.2 no absolute path", {**NO_TAGS, "manifest-sha512.txt": MANIFEST + line("/etc/passwd")}, ["V177"]),
    ("5.1.2 no way up", {**NO_TAGS, "manifest-sha512.txt": MANIFEST + line("data/../../x")}, ["V177"]),
    ("5.1.2 no home", {**NO_TAGS, "manifest-sha512.txt": MANIFEST + line("~/x")}, ["V177"]),
    ("5.1.2 no drive", {**NO_TAGS, "manifest-sha512.txt": MANIFEST + line("C:/x")}, ["V177"]),
]


@pytest.mark.parametrize(("texts", "expected"), [row[1:] for row in MUSTS], ids=[row[0] for row in MUSTS])
def test_each_must_that_a_receiver_can_see(tmp_path: Path, texts: dict[str, bytes | None], expected: list[str]) -> None:
    check(tmp_path, ForeignBag(texts=texts), expected)


def test_every_payload_manifest_lists_every_file_since_1_0(tmp_path: Path) -> None:
    """RFC 8493, 3; before that one manifest may list what another doesn't."""
    shorter = b"".join(ForeignBag().list_digests("md5", PAYLOAD).splitlines(keepends=True)[:-1])
    changed = {"manifest-md5.txt": shorter, "tagmanifest-sha512.txt": None}
    (tmp_path / "a").mkdir()
    check(tmp_path / "a", ForeignBag(texts=changed), ["V133"])
    (tmp_path / "b").mkdir()
    check(tmp_path / "b", ForeignBag(texts=changed, version="0.97"), [])


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sm3"])
@pytest.mark.parametrize("version", ["0.97", "1.0"])
def test_every_algorithm_is_checked(tmp_path: Path, algorithm: str, version: str) -> None:
    if algorithm not in hashlib.algorithms_available:
        pytest.skip("OpenSSL has no such algorithm")
    bag = ForeignBag(algorithms=(algorithm,), version=version)
    report = check(tmp_path, bag, [])
    verdicts = {item.step: item.verdict for item in report.steps}
    assert verdicts[Step.PAYLOAD] is verdicts[Step.TAGS] is verdicts[Step.STRUCTURE] is Verdict.PASSED
    assert verdicts[Step.INDEX] is verdicts[Step.FILING] is Verdict.NOT_APPLICABLE
    bag.texts = {"data/照片/一 号.txt": b"two"}
    (tmp_path / "changed").mkdir()
    check(tmp_path / "changed", bag, ["V131"])


@pytest.mark.parametrize("lying", ["md5", "sha256"])
def test_of_several_manifests_every_one_is_checked(tmp_path: Path, lying: str) -> None:
    bag = ForeignBag(algorithms=("sha256", "md5"), tag_algorithms=())
    name = f"manifest-{lying}.txt"
    bag.texts = {name: bag.list_digests(lying, {**PAYLOAD, "data/报名表.txt": b"other"})}
    check(tmp_path, bag, ["V131"])


def test_a_manifest_of_an_unknown_algorithm_is_not_run_and_no_pass(tmp_path: Path) -> None:
    known = ForeignBag(texts={"manifest-blake9.txt": b"00  data/x\n"}, tag_algorithms=())
    report = check(tmp_path, known, ["V135"])
    assert {item.step: item.verdict for item in report.steps}[Step.PAYLOAD] is Verdict.NOT_RUN
    assert report.is_intact
    (tmp_path / "alone").mkdir()
    alone = ForeignBag(texts={"manifest-blake9.txt": b"00  data/x\n", "manifest-sha512.txt": None}, tag_algorithms=())
    report = check(tmp_path / "alone", alone, ["V135"])
    assert {item.step: item.verdict for item in report.steps}[Step.PAYLOAD] is Verdict.NOT_RUN
    assert not report.is_intact


SPELLINGS: dict[str, Callable[[bytes], bytes]] = {
    "md5sum's star": lambda data: data.replace(b"  data", b" *data"),
    "a tab": lambda data: data.replace(b"  data", b"\tdata"),
    "relative": lambda data: data.replace(b"  data", b"  ./data"),
    "capital digits": lambda data: b"".join(
        part.upper() + b"  " + rest
        for part, _, rest in (row.partition(b"  ") for row in data.splitlines(keepends=True))
    ),
    "line ends of Windows": lambda data: data.replace(b"\n", b"\r\n"),
    "line ends of old Macs": lambda data: data.replace(b"\n", b"\r"),
    "no last line end": lambda data: data.rstrip(b"\n"),
    "an empty line at the end": lambda data: data + b"\n",
    "a byte order mark": lambda data: b"\xef\xbb\xbf" + data,
}


@pytest.mark.parametrize("how", SPELLINGS)
def test_what_programs_write_differently_is_read_alike(tmp_path: Path, how: str) -> None:
    bag = ForeignBag(texts={"manifest-sha512.txt": SPELLINGS[how](MANIFEST)}, tag_algorithms=())
    check(tmp_path, bag, [])


@pytest.mark.parametrize("encoding", ["UTF-16", "UTF-16LE", "GBK", "GB18030"])
@pytest.mark.parametrize("version", ["0.97", "1.0"])
def test_tag_files_are_read_in_the_encoding_that_is_declared(tmp_path: Path, encoding: str, version: str) -> None:
    check(tmp_path, ForeignBag(encoding=encoding, version=version), [])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_line_ends_in_names_are_read_as_they_are_encoded(tmp_path: Path) -> None:
    payload = {"data/a\nb.txt": b"1", "data/a\rb.txt": b"2", "data/50%.txt": b"3", "data/50%25.txt": b"4"}
    for version in ("0.97", "1.0"):
        folder = write_folder(tmp_path / version, ForeignBag(payload, version=version).list_files())
        report = verify_package(folder)
        assert {item.severity for item in report.diagnostics if item.code == "V104"} == {Severity.WARNING}
        assert [code for code in tell(report) if code != "V104"] == []


def test_a_percent_that_was_left_as_it_is_is_found(tmp_path: Path) -> None:
    """Many programs of BagIt 1.0 don't encode it."""
    payload = {"data/合格率100%25.txt": b"1", "data/50%.txt": b"2"}
    bag = ForeignBag(payload, tag_algorithms=())
    bag.texts = {"manifest-sha512.txt": b"".join(line(path, data) for path, data in payload.items())}
    folded, zipped = verify_both(tmp_path, bag.list_files())
    assert tell(folded) == ["V178"]
    assert folded.is_intact
    assert tell(zipped) == ["V178"]


def test_names_composed_in_another_way_are_the_same_names(tmp_path: Path) -> None:
    name = "data/Café 説明.txt"
    bag = ForeignBag({unicodedata.normalize("NFC", name): b"1"}, tag_algorithms=())
    files = bag.list_files()
    files[unicodedata.normalize("NFD", name)] = files.pop(unicodedata.normalize("NFC", name))
    report = verify_package(write_zip(tmp_path / "b.zip", files))
    assert tell(report) == ["V178"]
    assert report.is_intact


def test_an_empty_payload_and_the_least_there_may_be_are_sound(tmp_path: Path) -> None:
    bag = ForeignBag({}, info=None, tag_algorithms=())
    assert tell(verify_package(write_zip(tmp_path / "b.zip", bag.list_files()))) == []
    folder = write_folder(tmp_path / "b", bag.list_files())
    assert tell(verify_package(folder)) == ["V121"]
    (folder / "data").mkdir()
    assert tell(verify_package(folder)) == []


def test_tag_files_in_folders_are_checked_where_they_are_listed_and_told_where_not(tmp_path: Path) -> None:
    tags = {"metadata/说明/mods.xml": b"<mods/>"}
    check(tmp_path, ForeignBag(tags=tags), [])
    (tmp_path / "loose").mkdir()
    check(tmp_path / "loose", ForeignBag(texts={"metadata/说明/mods.xml": b"<mods/>"}), ["V183"])


def test_what_fetch_txt_names_is_checked_where_it_is_and_never_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    def refuse(*_args: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "socket", refuse)
    payload = {f"data/{number}.bin": bytes([number]) for number in range(40)}
    fetch = "".join(f"http://127.0.0.1:1/{path} - {path}\n" for path in payload).encode()
    bag = ForeignBag(payload, tags={"fetch.txt": fetch})
    check(tmp_path, bag, ["V165"] * 40)
    (tmp_path / "b").mkdir()
    bag.texts = {f"data/{number}.bin": None for number in range(10, 40)} | {"data/3.bin": b"other"}
    folded, zipped = verify_both(tmp_path / "b", bag.list_files())
    for report in (folded, zipped):
        assert [code for code in tell(report) if code != "V165"] == ["V131", "V182"]
        assert [item.params["count"] for item in report.diagnostics if item.code == "V182"] == [30]


LITTER = {
    ".DS_Store": b"\0\0\0\1Bud1",
    "data/.DS_Store": b"\0\0\0\1Bud1",
    "data/照片/Thumbs.db": b"\xd0\xcf\x11\xe0",
    "data/desktop.ini": b"[.ShellClassInfo]",
    "data/照片/._二.txt": b"\0\5\x16\7",
}


def test_litter_is_no_change(tmp_path: Path) -> None:
    report = check(tmp_path, ForeignBag(texts=LITTER), ["V176"])
    assert report.is_intact
    assert [item.params["count"] for item in report.diagnostics if item.code == "V176"] == [5]


@pytest.mark.parametrize("start", [b"MZ\x90", b"\x7fELF", b"PK\3\4", b"#!/bin/sh"])
def test_a_program_by_the_name_of_litter_is_an_added_file(tmp_path: Path, start: bytes) -> None:
    check(tmp_path, ForeignBag(texts={"data/.DS_Store": start}), ["V133"])


def test_litter_beside_the_bag_is_told_apart(tmp_path: Path) -> None:
    files = {f"袋/{name}": data for name, data in FILES.items()}
    beside = {"__MACOSX/": b"", "__MACOSX/._袋": b"\0\5\x16\7", ".DS_Store": b"\0\0\0\1Bud1"}
    path = write_zip(tmp_path / "b.zip", files | beside, "")
    assert tell(verify_package(path)) == ["V176"]
    path = write_zip(tmp_path / "b.zip", files | {"__MACOSX/evil.txt": b"", "__MACOSX/._evil": b"MZ"}, "")
    assert tell(verify_package(path)) == ["V103"]


def test_a_bag_one_folder_too_deep_is_verified_there_and_told(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "b.zip", FILES, "外层/袋")
    report = verify_package(path)
    assert (tell(report), report.name, report.is_intact) == (["V175"], "袋", True)
    outer = tmp_path / "外层"
    write_folder(outer / "袋", FILES)
    (outer / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    assert not is_inbox(outer)
    report = verify_package(outer)
    assert (tell(report), report.is_intact) == (["V175", "V176"], True)
    (outer / "袋/data/报名表.txt").write_bytes(b"other")
    assert "V131" in tell(verify_package(outer))


def test_a_bag_at_the_very_top_of_a_zip_is_told_and_verified(tmp_path: Path) -> None:
    """RFC 8493, 4.2: a bag is not serialized from within its folder."""
    path = write_zip(tmp_path / "b.zip", FILES, "")
    assert tell(verify_package(path)) == ["V103"]
    path = write_zip(tmp_path / "b.zip", {**FILES, "data/报名表.txt": b"other"}, "")
    assert tell(verify_package(path)) == ["V103", "V131"]


def test_several_bags_in_one_zip_are_refused(tmp_path: Path) -> None:
    """RFC 8493, 4.2: a serialization contains one bag."""
    files = {f"{top}/{name}": data for top in ("一", "二") for name, data in FILES.items()}
    assert tell(verify_package(write_zip(tmp_path / "b.zip", files, ""))) == ["V103"]


@pytest.mark.parametrize(
    "files",
    [{"a.txt": b""}, {"包/甲.docx": b"x", "包/乙.txt": b"y"}, {"a/b/c/bagit.txt": b""}, {"src/package.json": b"{}"}],
)
def test_an_ordinary_zip_is_no_package_in_one_line(tmp_path: Path, files: dict[str, bytes]) -> None:
    assert tell(verify_package(write_zip(tmp_path / "b.zip", files, ""))) == ["V180"]


def test_many_bags_in_one_zip_cost_little(tmp_path: Path) -> None:
    files = {f"{number}/{name}": b"" for number in range(20_000) for name in ("bagit.txt", "x")}
    assert tell(verify_package(write_zip(tmp_path / "b.zip", files, ""))) == ["V103"]


def test_a_manifest_of_a_deceptive_name_is_shown_with_its_signs_escaped(tmp_path: Path) -> None:
    name = "manifest-sha\u202e512.txt"
    texts = {**NO_TAGS, "manifest-sha512.txt": None, name: MANIFEST + line("bagit.txt", FILES["bagit.txt"])}
    report = verify_package(write_zip(tmp_path / "b.zip", ForeignBag(texts=texts).list_files()))
    (fault,) = (item for item in report.diagnostics if item.code == "V177")
    assert fault.params["manifest"] == escape_name(name) != name


def test_a_foreign_bag_is_told_as_that_with_its_maker(tmp_path: Path) -> None:
    report = verify_package(write_zip(tmp_path / "b.zip", ForeignBag(info="Bag-Software-Agent: Bagger\n").list_files()))
    told = [item for item in report.diagnostics if item.code == "V181"]
    assert [(item.severity, item.params["agent"]) for item in told] == [(Severity.INFO, "Bagger")]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda files: [files.pop(name) for name in [*files] if name.startswith("data/二/")], ["V184"]),
        (lambda files: files.update({f"data/新/{number}.txt": b"n" for number in range(9)}), ["V184"]),
        (
            lambda files: files.update(
                {n.replace("data/二", "data/2"): files.pop(n) for n in [*files] if n.startswith("data/二/")}
            ),
            ["V184"],
        ),
        (lambda files: [files.pop(name) for name in [*files] if name.startswith("data/")], ["V184"]),
    ],
)
def test_one_cause_is_one_message_with_a_count(tmp_path: Path, change: object, expected: list[str]) -> None:
    payload = {f"data/{folder}/{n}/{n}.txt": f"{folder}{n}".encode() for folder in ("一", "二") for n in range(6)}
    files = ForeignBag(payload).list_files()
    assert callable(change)
    change(files)
    report = verify_package(write_zip(tmp_path / "b.zip", files))
    assert tell(report) == expected


def test_an_inbox_gives_each_zip_and_bag_and_tells_the_rest(tmp_path: Path) -> None:
    inbox = tmp_path / "收件箱"
    write_folder(inbox / "袋甲", FILES)
    write_folder(inbox / "套/袋乙", FILES)
    write_folder(inbox / "别的", {"x.txt": b"", "y.txt": b""})
    write_zip(inbox / "丙.ZIP", FILES)
    (inbox / "说明.txt").write_text("x")
    (inbox / ".DS_Store").write_bytes(b"")
    assert is_inbox(inbox)
    told: list[Diagnostic] = []
    assert {path.name for path in list_inbox(inbox, told)} == {"袋甲", "袋乙", "丙.ZIP"}
    assert [(item.code, item.params["count"], item.params["member"]) for item in told] == [("V189", 3, "别的/x.txt")]
    told.clear()
    assert list(list_inbox(inbox / "别的", told)) == []
    assert [item.code for item in told] == ["V180"]
    assert not is_inbox(inbox / "袋甲")
    assert not is_inbox(inbox / "套"), "a bag one folder too deep"


@pytest.mark.skipif(os.name == "nt", reason="links are the matter of Unix")
def test_an_inbox_follows_no_links(tmp_path: Path) -> None:
    inbox = tmp_path / "收件箱"
    inbox.mkdir()
    write_zip(inbox / "甲.zip", FILES)
    write_folder(tmp_path / "袋", FILES)
    (inbox / "乙.zip").symlink_to(inbox / "甲.zip")
    (inbox / "袋").symlink_to(tmp_path / "袋")
    told: list[Diagnostic] = []
    assert [path.name for path in list_inbox(inbox, told)] == ["甲.zip"]
    assert [(item.code, item.params["count"]) for item in told] == [("V189", 2)]


@pytest.mark.skipif(os.name == "nt", reason="links and pipes are the matter of Unix")
def test_links_and_pipes_in_a_folder_are_refused_and_not_followed(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "袋", FILES)
    (folder / "data/link.txt").symlink_to("/etc/passwd")
    (folder / "data/folder").symlink_to("/")
    os.mkfifo(folder / "data/pipe")
    assert tell(verify_package(folder)) == ["V107"] * 3


def test_a_file_that_changes_while_it_is_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_folder(tmp_path / "袋", FILES)
    scan = scan_folder

    def scan_and_change(*args: object) -> object:
        found = scan(*args)  # type: ignore[arg-type]
        (folder / "data/报名表.txt").write_bytes(b"longer than before")
        return found

    monkeypatch.setattr("docgen.archive.verify.package.scan_folder", scan_and_change)
    assert tell(verify_package(folder)) == ["V114"]


@pytest.mark.heavy
@pytest.mark.parametrize("algorithms", [["md5"], ["sha256", "sha512"]])
def test_bags_of_the_peer_pass(tmp_path: Path, algorithms: list[str]) -> None:
    bagit = pytest.importorskip("bagit")
    folder = write_folder(tmp_path / "袋", {path.removeprefix("data/"): data for path, data in PAYLOAD.items()})
    bagit.make_bag(str(folder), {"Contact-Name": "张三"}, checksums=algorithms)
    assert tell(verify_package(folder)) == []
    (folder / "data/报名表.txt").write_bytes(b"other")
    assert tell(verify_package(folder)) == ["V131"]
