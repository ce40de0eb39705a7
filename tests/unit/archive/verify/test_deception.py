"""Zips and bags of which one program unpacks this and another that: none may be called sound."""

from __future__ import annotations

import hashlib
import io
import shutil
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from support.archive_samples import TOP, build, codes, only, read_all, repack, reseal, verdicts, verify

from docgen.archive.verify.report import Step, Verdict

END = struct.Struct("<4s4H2IH")
Parts = tuple[bytes, bytes]
FOLDER, DOCUMENT = f"{TOP}/data/z/", f"{TOP}/data/a_前期准备/0002_认证证书.pdf"


def split_end(data: bytes) -> Parts:
    """The members and their directory, and the end record."""
    at = data.rindex(b"PK\5\6")
    return data[:at], data[at:]


def with_comment(data: bytes, comment: bytes, stated: int | None = None) -> bytes:
    body, end = split_end(data)
    return body + end[:20] + struct.pack("<H", len(comment) if stated is None else stated) + comment


def make_small_zip(offset: int = 0, comment: bytes = b"") -> bytes:
    """Another archive, whose places count from the start of the file that it is put into."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(f"{TOP}/data/evil.exe", b"MZ")
    body, end = split_end(buffer.getvalue())
    central = bytearray(body[body.index(b"PK\1\2") :])
    struct.pack_into("<I", central, 42, offset)
    members = body[: body.index(b"PK\1\2")]
    fields = list(END.unpack(end[:22]))
    fields[6], fields[7] = offset + len(members), len(comment)
    return members + bytes(central) + END.pack(*fields) + comment


@pytest.mark.parametrize("behind", [b"", b"\0", b"\0" * 30])
@pytest.mark.parametrize("stated", [0, 1, 30, 500])
def test_an_archive_in_the_comment_is_refused(tmp_path: Path, behind: bytes, stated: int) -> None:
    path = build(tmp_path)
    data = path.read_bytes()
    inner = make_small_zip(len(data))
    inner = inner[:-2] + struct.pack("<H", stated) + behind
    path.write_bytes(with_comment(data, inner))
    assert only(verify(path)).code == "V102"
    path.write_bytes(data + inner)
    assert not verify(path).is_intact


@pytest.mark.parametrize("comment", [b"PK\5\6", b"xPK\5\6y", b"PK\5\6" * 40])
def test_a_second_end_mark_in_the_comment_is_refused_even_without_a_record(tmp_path: Path, comment: bytes) -> None:
    path = build(tmp_path)
    path.write_bytes(with_comment(path.read_bytes(), comment))
    assert codes(verify(path)) == ["V102"]


@pytest.mark.parametrize(("stated", "expected"), [(6, []), (5, ["V112"]), (7, ["V102"]), (0, ["V112"])])
def test_the_length_of_the_comment_is_exact(tmp_path: Path, stated: int, expected: list[str]) -> None:
    path = build(tmp_path)
    path.write_bytes(with_comment(path.read_bytes(), b"archiv", stated))
    assert codes(verify(path)) == expected


@pytest.mark.parametrize(
    ("behind", "expected"), [(b"\0" * 9000, []), (b"\0" * 9000 + b"x", ["V112"]), (b"\n", ["V112"])]
)
def test_zeros_behind_the_end_are_filling(tmp_path: Path, behind: bytes, expected: list[str]) -> None:
    """What bsdtar writes into a pipe is filled up with zeros to a whole block."""
    path = build(tmp_path)
    path.write_bytes(path.read_bytes() + behind)
    assert codes(verify(path)) == expected


def make_path_field(name: bytes, stated: bytes, *, version: int = 1, crc: int | None = None) -> bytes:
    body = bytes([version]) + struct.pack("<I", zlib.crc32(name) if crc is None else crc) + stated
    return struct.pack("<HH", 0x7075, len(body)) + body


def add_extra(data: bytes, name: bytes, local: bytes, central: bytes) -> bytes:
    """Put extra fields into a member's two headers; the member must be the last one of the zip."""
    end = data.rindex(b"PK\5\6")
    start = int.from_bytes(data[end + 16 : end + 20], "little")
    members, directory, record = data[:start], bytearray(data[start:end]), bytearray(data[end:])
    at = members.rindex(b"PK\3\4", 0, members.rindex(name))
    length = int.from_bytes(members[at + 28 : at + 30], "little") + len(local)
    behind = at + 30 + len(name)
    members = members[: at + 28] + struct.pack("<H", length) + members[at + 30 : behind] + local + members[behind:]
    place = directory.rindex(name) - 46
    struct.pack_into("<H", directory, place + 30, len(central))
    directory[place + 46 + len(name) : place + 46 + len(name)] = central
    struct.pack_into("<II", record, 12, len(directory), len(members))
    return members + bytes(directory) + bytes(record)


def move_last(path: Path, name: str) -> None:
    members = read_all(path)
    with zipfile.ZipFile(path, "w") as archive:
        for member in (*(member for member in members if member != name), name):
            archive.writestr(zipfile.ZipInfo(member), members[member])


RAW = DOCUMENT.encode()
GOOD = make_path_field(RAW, RAW)
BAD = {
    "another name": make_path_field(RAW, RAW.replace(b".pdf", b".exe")),
    "a way out": make_path_field(RAW, b"../../evil.exe"),
    "wrong CRC": make_path_field(RAW, RAW, crc=5),
    "unknown version": make_path_field(RAW, RAW, version=2),
    "no UTF-8": make_path_field(RAW, b"\xff\xfe"),
    "empty": struct.pack("<HH", 0x7075, 0),
    "cut off": GOOD[:-3],
    "longer than it says": struct.pack("<HH", 0x7075, len(GOOD) + 9) + GOOD[4:],
    "twice": GOOD + GOOD,
    "twice, otherwise": GOOD + make_path_field(RAW, b"evil.exe"),
    "in another spelling": make_path_field(RAW, DOCUMENT.replace("0002", "０００２").encode()),
}


@pytest.mark.parametrize("where", ["local", "central", "both"])
@pytest.mark.parametrize("kind", BAD)
def test_a_unicode_name_that_is_not_the_name_is_refused(tmp_path: Path, kind: str, where: str) -> None:
    path = build(tmp_path)
    move_last(path, DOCUMENT)
    local, central = (BAD[kind] if where in {"both", place} else b"" for place in ("local", "central"))
    path.write_bytes(add_extra(path.read_bytes(), RAW, local, central))
    diagnostic = only(verify(path))
    assert (diagnostic.code, diagnostic.location.member) == ("V110", DOCUMENT)


@pytest.mark.parametrize("fields", [(GOOD, GOOD), (GOOD, b""), (b"", GOOD)])
def test_a_unicode_name_that_is_the_name_passes(tmp_path: Path, fields: Parts) -> None:
    path = build(tmp_path)
    move_last(path, DOCUMENT)
    path.write_bytes(add_extra(path.read_bytes(), RAW, *fields))
    assert codes(verify(path)) == []


def test_a_unicode_name_that_the_old_name_does_not_spell_is_refused(tmp_path: Path) -> None:
    """A name in GBK: a program that knows the field sees one name, a program that doesn't the other."""
    path = build(tmp_path)
    members = read_all(path)
    other = DOCUMENT.replace("认证证书", "说明")
    raw = other.encode("gb18030")
    with zipfile.ZipFile(path, "w") as archive:
        for name in (*(name for name in members if name != DOCUMENT), DOCUMENT):
            archive.writestr(zipfile.ZipInfo(name if name != DOCUMENT else "x" * len(raw)), members[name])
    data = path.read_bytes().replace(b"x" * len(raw), raw)
    field = make_path_field(raw, RAW)
    path.write_bytes(add_extra(data, raw, field, field))
    assert "V110" in codes(verify(path))


def patch_central(data: bytes, name: str, offset: int, value: bytes) -> bytes:
    at = data.rindex(name.encode()) - 46 + offset
    return data[:at] + value + data[at + len(value) :]


def test_a_folder_that_holds_data_is_refused(tmp_path: Path) -> None:
    path = build(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(zipfile.ZipInfo(FOLDER), b"")
    assert codes(verify(path)) == []
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(zipfile.ZipInfo(f"{TOP}/data/y/"), b"payload")
    assert codes(verify(path)) == ["V110"]


@pytest.mark.parametrize("attributes", [0x10, 0o040755 << 16])
def test_a_file_that_is_marked_as_a_folder_is_refused(tmp_path: Path, attributes: int) -> None:
    path = build(tmp_path)
    path.write_bytes(patch_central(path.read_bytes(), DOCUMENT, 38, struct.pack("<I", attributes)))
    assert codes(verify(path)) == ["V110"]


def test_a_promised_descriptor_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = build(tmp_path)
    data = bytearray(path.read_bytes())
    for place in (data.index(RAW) - 30 + 6, data.rindex(RAW) - 46 + 8):
        data[place] |= 8
    path.write_bytes(data)
    assert codes(verify(path)) == ["V110"]


WIDE_END = struct.Struct("<4sQ2H2I4Q")


def make_wide(data: bytes, *, behind: bytes = b"", disks: int = 1, narrow: Sequence[int] = (), **changed: int) -> bytes:
    """The zip with a zip64 end record; ``narrow`` are disk, directory's disk and count here in the end record."""
    body, end = split_end(data)
    fields = list(END.unpack(end[:22]))
    values = {"length": 44 + len(behind), "disk": 0, "directory_disk": 0, **changed}
    count, size, offset = fields[4], fields[5], fields[6]
    record = WIDE_END.pack(
        b"PK\6\6", values["length"], 45, 45, values["disk"], values["directory_disk"], count, count, size, offset
    )
    fields[1 : 1 + len(narrow)] = narrow
    return body + record + behind + struct.pack("<4sIQI", b"PK\6\7", 0, len(body), disks) + END.pack(*fields)


def test_a_sound_wide_end_passes(tmp_path: Path) -> None:
    path = build(tmp_path)
    path.write_bytes(make_wide(path.read_bytes()))
    assert codes(verify(path)) == []


@pytest.mark.parametrize(
    "lie",
    [
        {"behind": b"A" * 100},
        {"behind": WIDE_END.pack(b"PK\6\6", 44, 45, 45, 0, 0, 0, 0, 0, 0)},
        {"length": 45},
        {"disk": 3},
        {"directory_disk": 1},
        {"disks": 0},
        {"disks": 2},
        {"narrow": (1, 1)},
        {"narrow": (0, 0, 3)},
    ],
)
def test_a_wide_end_that_programs_read_differently_is_refused(tmp_path: Path, lie: dict[str, Any]) -> None:
    path = build(tmp_path)
    path.write_bytes(make_wide(path.read_bytes(), **lie))
    assert codes(verify(path)) == ["V102"]


@pytest.mark.parametrize(
    ("offset", "value"),
    [(6, b"\x33"), (6, b"\xff"), (34, b"\1\0"), (34, b"\xff\xff"), (38, b"\x08\0\0\0"), (38, b"\x28\0\xa4\x81")],
    ids=["version 5.1", "version 25.5", "volume 1", "volume 65535", "a disk's label", "a disk's label and a mode"],
)
def test_what_common_programs_never_state_is_refused(tmp_path: Path, offset: int, value: bytes) -> None:
    path = build(tmp_path)
    path.write_bytes(patch_central(path.read_bytes(), DOCUMENT, offset, value))
    diagnostic = only(verify(path))
    assert (diagnostic.code, diagnostic.location.member) == ("V110", DOCUMENT)


def test_a_patch_is_refused(tmp_path: Path) -> None:
    path = build(tmp_path)
    data = bytearray(path.read_bytes())
    for place in (data.index(RAW) - 30 + 6, data.rindex(RAW) - 46 + 8):
        data[place] |= 0x20
    path.write_bytes(data)
    assert codes(verify(path)) == ["V110"]


@pytest.mark.parametrize("where", ["local", "central"])
def test_a_mode_in_an_extra_field_is_refused(tmp_path: Path, where: str) -> None:
    path = build(tmp_path)
    move_last(path, DOCUMENT)
    link = struct.pack("<HHBHHI", 0x6C78, 9, 7, 0x0314, 0, 0o120777 << 16)
    local, central = (link if where == place else b"" for place in ("local", "central"))
    path.write_bytes(add_extra(path.read_bytes(), RAW, local, central))
    assert codes(verify(path)) == ["V110"]


def list_digests(members: dict[str, bytes], names: Sequence[str], algorithm: str) -> bytes:
    digests = {name: hashlib.new(algorithm, members[f"{TOP}/{name}"]).hexdigest() for name in names}
    return "".join(f"{digests[name]}  {name}\n" for name in names).encode()


def list_payload(members: dict[str, bytes]) -> list[str]:
    return sorted(name.removeprefix(f"{TOP}/") for name in members if name.startswith(f"{TOP}/data/"))


def add_manifest(
    name: str, algorithm: str, change: Callable[[bytes], bytes] = lambda data: data
) -> Callable[..., None]:
    """Add a payload manifest, as ``change`` makes it, and let the tag manifest list it."""

    def edit(members: dict[str, bytes]) -> None:
        members[f"{TOP}/{name}"] = change(list_digests(members, list_payload(members), algorithm))
        reseal(members)

    return edit


def drop_line(data: bytes) -> bytes:
    return b"".join(data.splitlines(keepends=True)[1:])


def spoil_line(data: bytes) -> bytes:
    return (b"1" if data[:1] == b"0" else b"0") + data[1:]


ALGORITHMS = pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha224", "sha384", "sha512", "sm3"])


@ALGORITHMS
def test_every_manifest_is_checked(tmp_path: Path, algorithm: str) -> None:
    if algorithm not in hashlib.algorithms_available:
        pytest.skip(f"no {algorithm} here")
    path = build(tmp_path)
    sound = path.read_bytes()
    name = f"manifest-{algorithm}.txt"
    for change, expected in (
        (lambda data: data, []),
        (spoil_line, ["V131"]),
        (drop_line, ["V133"]),
        (lambda data: data + b"0" * data.index(b" ") + b"  data/none.docx\n", ["V132"]),
        (lambda data: data + b"nonsense\n", ["V124"]),
        (lambda data: data + b"0" * 7 + b"  data/short.docx\n", ["V124"]),
    ):
        path.write_bytes(sound)
        repack(path, add_manifest(name, algorithm, change))
        report = verify(path)
        assert codes(report) == expected
        assert all(item.params.get("manifest", name) == name for item in report.diagnostics)


def test_a_manifest_in_other_letters_is_checked_too(tmp_path: Path) -> None:
    path = build(tmp_path)
    repack(path, add_manifest("manifest-MD5.txt", "md5", spoil_line))
    assert codes(verify(path)) == ["V131"]


def test_a_manifest_by_an_unknown_algorithm_leaves_its_step_without_verdict(tmp_path: Path) -> None:
    path = build(tmp_path)
    repack(path, add_manifest("manifest-foo256.txt", "sha256", drop_line))
    report = verify(path)
    assert codes(report) == ["V135"]
    assert verdicts(report)[Step.PAYLOAD] is Verdict.NOT_RUN
    assert verdicts(report)[Step.TAGS] is Verdict.PASSED


@pytest.mark.parametrize(
    "name",
    [
        "tagmanifest-evil.exe",
        "tagmanifest-md5.txt",
        "tagmanifest-foo.txt",
        "tagmanifest-.txt",
        "tagmanifest-sha256.txt.exe",
        "tagmanifest-SHA512.txt",
        "TagManifest-sha512.txt",
        "tagmanifest-sha-512.txt",
        "manifest-evil.exe",
        "manifest-foo.txt",
        "record/tagmanifest-sha256.txt",
        "data/tagmanifest-sha256.txt",
        "data/a_前期准备/tagmanifest-sha256.txt",
    ],
)
def test_what_no_manifest_lists_is_found_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    path = build(tmp_path)
    repack(path, lambda members: members.update({f"{TOP}/{name}": b""}))
    report = verify(path)
    assert [item.params["member"] for item in report.diagnostics if item.code == "V133"] == [name]
    assert not report.is_intact


def test_a_second_tag_manifest_may_list_fewer_files_and_what_it_lists_is_checked(tmp_path: Path) -> None:
    path = build(tmp_path)
    name = f"{TOP}/tagmanifest-sha512.txt"
    repack(path, lambda members: members.update({name: list_digests(members, ["bagit.txt", "package.json"], "sha512")}))
    assert codes(verify(path)) == []
    repack(path, lambda members: members.update({name: spoil_line(members[name])}))
    diagnostic = only(verify(path))
    assert (diagnostic.code, diagnostic.params["member"]) == ("V131", "bagit.txt")
    repack(path, lambda members: members.update({name: b"MZ\0\0"}))
    assert codes(verify(path)) == ["V124"]


PACKERS = {
    "zip": [["zip", "-q", "-r", "{target}", TOP], ["zip", "-q", "-0", "-r", "-X", "-D", "{target}", TOP]],
    "7z": [["7z", "a", "-bso0", "-tzip", "{target}", TOP], ["7z", "a", "-bso0", "-tzip", "-mcu=on", "{target}", TOP]],
    "bsdtar": [
        ["bsdtar", "--format", "zip", "-cf", "{target}", TOP],
        ["bsdtar", "--format", "zip", "--options", "zip:compression=store", "-cf", "{target}", TOP],
    ],
}


@pytest.mark.heavy
@pytest.mark.parametrize("program", [pytest.param(name, marks=pytest.mark.unpack(name)) for name in ("7z", "bsdtar")])
@pytest.mark.parametrize("way", [0, 1])
def test_what_common_programs_pack_passes(tmp_path: Path, program: str, way: int) -> None:
    check_packed(tmp_path, PACKERS[program][way])


@pytest.mark.heavy
@pytest.mark.skipif(shutil.which("zip") is None, reason="no zip here")
@pytest.mark.parametrize("way", [0, 1])
def test_what_info_zip_packs_passes(tmp_path: Path, way: int) -> None:
    check_packed(tmp_path, PACKERS["zip"][way])


def check_packed(folder: Path, command: Sequence[str]) -> None:
    package = build(folder)
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder / "out")
    target = folder / "again.zip"
    called = [part.format(target=target) if part == "{target}" else part for part in command]
    # the programs take the encoding of names from the environment
    environment = {"LC_ALL": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"}
    subprocess.run(called, cwd=folder / "out", env=environment, check=True, capture_output=True, timeout=60)
    report = verify(target)
    assert report.is_intact
    assert set(codes(report)) <= {"V115"}


class _Unseekable(io.RawIOBase):
    """What Python's zipfile takes for a pipe: it then writes descriptors."""

    def __init__(self) -> None:
        self.data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        self.data += data
        return len(data)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_what_python_writes_into_a_pipe_passes(tmp_path: Path, method: int) -> None:
    path = build(tmp_path)
    pipe = _Unseekable()
    with zipfile.ZipFile(pipe, "w", method) as archive:  # type: ignore[arg-type]
        archive.mkdir(TOP)
        for name, data in read_all(path).items():
            archive.writestr(name, data)
    path.write_bytes(pipe.data)
    assert codes(verify(path)) == []
