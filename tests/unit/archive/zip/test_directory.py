"""Zips that mean harm: none may be unpacked, believed or raise."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from support.archive_samples import TOP, build, codes, read_all, verify

from docgen.archive.zip.directory import DirectoryError, read_directory


def add_entry(path: Path, name: str, data: bytes = b"x", **fields: int) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        entry = zipfile.ZipInfo("placeholder")
        entry.filename = name
        for field, value in fields.items():
            setattr(entry, field, value)
        archive.writestr(entry, data)


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        f"{TOP}/../../evil",
        "/etc/passwd",
        "C:\\evil",
        f"{TOP}\\evil",
        f"{TOP}/a\x1b[31m",
        f"{TOP}/a\u202eb",
        f"{TOP}/CON",
    ],
)
def test_hostile_names_are_errors(tmp_path: Path, name: str) -> None:
    path = build(tmp_path)
    add_entry(path, name)
    report = verify(path)
    assert "V104" in codes(report)
    for diagnostic in report.diagnostics:
        assert "\x1b" not in str(diagnostic.params) + str(diagnostic.location.member)


def test_a_second_top_folder_is_an_error_and_the_bag_is_still_verified(tmp_path: Path) -> None:
    path = build(tmp_path)
    add_entry(path, "__MACOSX/x.txt")
    report = verify(path)
    assert codes(report) == ["V103"]
    assert report.name == TOP


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_entry_that_stands_twice_is_an_error(tmp_path: Path) -> None:
    path = build(tmp_path)
    add_entry(path, f"{TOP}/bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    assert codes(verify(path)) == ["V105"]


@pytest.mark.parametrize("name", [f"{TOP}/BAGIT.txt", f"{TOP}/Record/x.json", f"{TOP}/package.json/x"])
def test_names_that_collide_on_some_systems_are_errors(tmp_path: Path, name: str) -> None:
    path = build(tmp_path)
    add_entry(path, name)
    assert codes(verify(path)) == ["V106", "V133"]


def test_links_are_errors(tmp_path: Path) -> None:
    path = build(tmp_path)
    add_entry(path, f"{TOP}/link", b"/etc/passwd", external_attr=(stat.S_IFLNK | 0o777) << 16)
    assert "V107" in codes(verify(path))


def patch_both(data: bytes, name: str, change: Callable[[bytearray, int, int], None]) -> bytes:
    """Change a member's local and central header alike: the offsets of their flags are given."""
    spoiled, encoded = bytearray(data), name.encode()
    local = data.index(b"PK\3\4", data.index(encoded) - 30)
    central = data.rindex(encoded) - 46
    change(spoiled, local, central)
    return bytes(spoiled)


def find_name(path: Path, part: str) -> str:
    return next(name for name in read_all(path) if part in name)


def test_encrypted_members_are_errors(tmp_path: Path) -> None:
    path = build(tmp_path)
    name = find_name(path, "0001_")

    def change(data: bytearray, local: int, central: int) -> None:
        data[local + 6] |= 1
        data[central + 8] |= 1

    path.write_bytes(patch_both(path.read_bytes(), name, change))
    assert codes(verify(path)) == ["V108"]


def test_unsupported_methods_are_errors(tmp_path: Path) -> None:
    path = build(tmp_path)
    name = find_name(path, "0001_")

    def change(data: bytearray, local: int, central: int) -> None:
        data[local + 8] = data[central + 10] = 14

    path.write_bytes(patch_both(path.read_bytes(), name, change))
    report = verify(path)
    assert codes(report) == ["V109"]
    assert report.diagnostics[0].params["method"] == 14


@pytest.mark.parametrize("offset", [6, 8, 14, 18, 22, 30])
def test_headers_that_disagree_are_errors(tmp_path: Path, offset: int) -> None:
    path = build(tmp_path)
    data = bytearray(path.read_bytes())
    local = data.index(find_name(path, "0002_").encode()) - 30
    data[local + offset] ^= 2
    path.write_bytes(data)
    assert codes(verify(path)) == ["V110"]


def test_overlapping_members_are_errors(tmp_path: Path) -> None:
    path = build(tmp_path)
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        first, second = archive.infolist()[:2]
    central = data.rindex(second.filename.encode()) - 46
    data[central + 42 : central + 46] = struct.pack("<I", first.header_offset)
    path.write_bytes(data)
    found = codes(verify(path))
    assert "V111" in found
    assert "V110" in found


@pytest.mark.parametrize("where", ["before", "after"])
def test_data_beside_the_members_is_an_error(tmp_path: Path, where: str) -> None:
    path = build(tmp_path)
    data = path.read_bytes()
    path.write_bytes(b"MZ" * 20 + data if where == "before" else data + b"\1" * 40)
    assert codes(verify(path)) == (["V102"] if where == "before" else ["V112"])


def test_data_between_members_is_an_error(tmp_path: Path) -> None:
    path = build(tmp_path)
    members = read_all(path)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
            if "0002_" in name:
                # zipfile goes on where it believes its directory begins
                archive.start_dir += 7  # type: ignore[attr-defined]
    path.write_bytes(buffer.getvalue())
    assert codes(verify(path)) == ["V112"]


def test_a_bomb_is_not_inflated(tmp_path: Path) -> None:
    path = build(tmp_path)
    add_entry(path, f"{TOP}/bomb.txt", b"\0" * (8 << 20), compress_type=zipfile.ZIP_DEFLATED)
    found = codes(verify(path))
    assert "V113" in found
    assert "V114" not in found


def test_a_member_larger_than_it_says_is_damaged(tmp_path: Path) -> None:
    path = build(tmp_path)
    data = bytearray(path.read_bytes())
    name = find_name(path, "00_打开我").encode()
    for place in (data.index(name) - 30 + 22, data.rindex(name) - 46 + 24):
        data[place : place + 4] = struct.pack("<I", 100)
    path.write_bytes(data)
    report = verify(path)
    assert codes(report) == ["V114"]


def test_a_wrong_crc_is_found_where_every_digest_fits(tmp_path: Path) -> None:
    path = build(tmp_path)
    data = bytearray(path.read_bytes())
    name = find_name(path, "0002_").encode()
    for place in (data.index(name) - 30 + 14, data.rindex(name) - 46 + 16):
        data[place] ^= 1
    path.write_bytes(data)
    assert codes(verify(path)) == ["V114"]


def write_raw(path: Path, members: dict[str, bytes], encoding: str, *, extra: bool = False) -> None:
    """A zip as tools of DOS write it: names in their own encoding without the UTF-8 flag, sizes in a descriptor."""
    body, central = b"", b""
    for name, data in members.items():
        raw, offset = name.encode(encoding), len(body)
        field = b"\1" + struct.pack("<I", zlib.crc32(raw)) + name.encode() if extra else b""
        field = struct.pack("<HH", 0x7075, len(field)) + field if extra else b""
        sizes = struct.pack("<III", zlib.crc32(data), len(data), len(data))
        lengths = struct.pack("<HH", len(raw), len(field))
        body += b"PK\3\4" + struct.pack("<5H", 20, 8, 0, 0, 33) + bytes(12) + lengths + raw + field
        body += data + b"PK\7\10" + sizes
        central += b"PK\1\2" + struct.pack("<6H", 20, 20, 8, 0, 0, 33) + sizes + lengths
        central += struct.pack("<HHHII", 0, 0, 0, 0, offset) + raw + field
    end = b"PK\5\6" + struct.pack("<4H2IH", 0, 0, len(members), len(members), len(central), len(body), 0)
    path.write_bytes(body + central + end)


@pytest.mark.parametrize(
    ("encoding", "extra", "expected"),
    [("utf-8", False, ["V119"]), ("gb18030", False, ["V115", "V119"]), ("gb18030", True, [])],
)
def test_names_without_the_flag_are_read_against_the_manifest(
    tmp_path: Path, encoding: str, extra: bool, expected: list[str]
) -> None:
    path = build(tmp_path)
    write_raw(path, read_all(path), encoding, extra=extra)
    report = verify(path)
    assert codes(report) == expected
    assert report.name == TOP


def test_names_that_are_no_utf8_though_flagged_are_errors(tmp_path: Path) -> None:
    path = build(tmp_path)
    data = path.read_bytes().replace("0002_认".encode(), b"0002_\xff\xfe\xfd")
    path.write_bytes(data)
    assert "V104" in codes(verify(path))


def test_zip64_is_read(tmp_path: Path) -> None:
    path = build(tmp_path)
    members = read_all(path)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as member:
                member.write(data)
    assert codes(verify(path)) == []


def test_a_zip64_end_that_lies_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a/b", b"x")
    data = buffer.getvalue()
    end = data.index(b"PK\5\6")
    offset, size = struct.unpack_from("<I", data, end + 16)[0], struct.unpack_from("<I", data, end + 12)[0]

    def build_wide(count: int) -> bytes:
        wide = b"PK\6\6" + struct.pack("<Q2H2I4Q", 44, 45, 45, 0, 0, count, count, size, offset)
        return data[:end] + wide + b"PK\6\7" + struct.pack("<IQI", 0, end, 1) + data[end:]

    assert len(read_directory(io.BytesIO(build_wide(1))).entries) == 1
    with pytest.raises(DirectoryError, match="wide"):
        read_directory(io.BytesIO(build_wide(2)))


@pytest.mark.parametrize(("count", "size"), [(200_001, 0), (0, (256 << 20) + 1)])
def test_a_directory_of_too_many_entries_is_not_begun(tmp_path: Path, count: int, size: int) -> None:
    """The end record states how many there are: nothing of them is read where that is beyond a limit."""
    wide = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, 0)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, size, 1)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    with (tmp_path / "p.zip").open("w+b") as file:
        file.seek(size)  # a directory of nothing but a hole
        file.write(wide + locator + end)
        with pytest.raises(DirectoryError) as caught:
            read_directory(file)
    assert caught.value.key == "too_many"
