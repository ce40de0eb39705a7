"""What a zip says beside what counts is told: no bit of a package's headers changes unseen."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from support.archive_samples import TOP, build, codes, read_all, remarks, verify, write_all
from support.forged_zips import Forged, ForgedZip, make_field

from docgen.archive.verify.package import verify_package
from docgen.archive.zip.container import check_container, check_names
from docgen.archive.zip.directory import DirectoryError
from docgen.archive.zip.read import open_zip
from docgen.diagnostics import Diagnostic, Location, Severity

PLACE = Location("archive", file="p.zip")


def list_headers(data: bytes, members: slice) -> list[int]:
    """The places of the bytes that headers and end records are made of."""
    entries = [member.raw for member in open_zip(io.BytesIO(data)).members]
    directory = max(entry.last for entry in entries)
    local = [place for entry in entries[members] for place in range(entry.offset, entry.start)]
    return [*local, *range(directory, len(data))]


def find_silent(data: bytes, places: Sequence[int]) -> list[tuple[int, int]]:
    """The flipped bits of which structure and names tell nothing, and that leave names, sizes and CRCs as they are."""
    silent = []
    sound = {member.name: member.raw for member in open_zip(io.BytesIO(data)).members}
    for place in places:
        for bit in range(8):
            flipped = bytearray(data)
            flipped[place] ^= 1 << bit
            try:
                received = open_zip(io.BytesIO(bytes(flipped)))
            except DirectoryError:
                continue
            same = {member.name: member.raw for member in received.members}
            diagnostics = [*check_container(received, PLACE), *check_names(received, PLACE)]
            # another name, size or CRC is told by the manifests and the bytes
            kept = same.keys() == sound.keys() and all(
                (same[name].crc, same[name].size, same[name].packed) == (raw.crc, raw.size, raw.packed)
                for name, raw in sound.items()
            )
            if not diagnostics and kept:
                silent.append((place, bit))
    return silent


def test_no_bit_of_a_header_changes_unseen(tmp_path: Path) -> None:
    data = build(tmp_path).read_bytes()
    places = list_headers(data, slice(0, 3))
    directory = data.index(b"PK\1\2")
    third = data.index(b"PK\1\2", data.index(b"PK\1\2", directory + 4) + 4)
    places = [place for place in places if place < third or place >= data.rindex(b"PK\5\6")]
    assert find_silent(data, places) == []


@pytest.mark.heavy
def test_no_bit_of_a_header_passes_verify(tmp_path: Path) -> None:
    """A sample of the bits, through all of verify; ``--slow`` tries every one."""
    flip_headers(tmp_path, 60)


@pytest.mark.slow
@pytest.mark.heavy
@pytest.mark.timeout(1800)
def test_no_bit_of_any_header_passes_verify(tmp_path: Path) -> None:
    flip_headers(tmp_path, None)


def flip_headers(folder: Path, count: int | None) -> None:
    path = build(folder)
    data = path.read_bytes()
    places = list_headers(data, slice(None))
    chosen = places if count is None else random.Random(11).sample(places, count)
    silent = []
    for place in chosen:
        for bit in range(8):
            flipped = bytearray(data)
            flipped[place] ^= 1 << bit
            path.write_bytes(flipped)
            if not verify_package(path).diagnostics:
                silent.append((place, bit))
    assert silent == []


def test_no_bit_behind_packed_data_changes_unseen(tmp_path: Path) -> None:
    path = build(tmp_path)
    data = path.read_bytes()
    ends = [member.raw.end for member in open_zip(io.BytesIO(data)).members if member.raw.method == 8]
    remarked = []
    for place in ends:
        for bit in range(8):
            flipped = bytearray(data)
            flipped[place - 1] ^= 1 << bit
            path.write_bytes(flipped)
            report = verify_package(path)
            assert report.diagnostics, (place, bit)
            remarked += remarks(report)
    assert set(remarked) == {"loose_bits"}


def forge(**changes: object) -> list[Diagnostic]:
    """What is told of a zip of three members, the second of which is changed."""
    base = ForgedZip(tuple(Forged(f"bag/{name}".encode(), b"text " * 9) for name in "abc"))
    received = open_zip(io.BytesIO(base.change(1, **changes).build()))
    return [*check_container(received, PLACE), *check_names(received, PLACE)]


TIMES = make_field(0x5455, b"\1\0\0\0\0")


@pytest.mark.parametrize(
    ("changes", "code", "kind"),
    [
        ({"local": {"time": 7}}, "V117", "moment"),
        ({"central": {"date": 7}}, "V117", "moment"),
        ({"local": {"needed": 10}}, "V117", "needed"),
        ({"both": {"needed": 0x0314}}, "V116", "needed_high"),
        ({"both": {"made": 0x0014}}, "V117", "made"),
        ({"both": {"internal": 1}}, "V117", "internal"),
        ({"both": {"attributes": 0o100600 << 16}}, "V117", "attributes"),
        ({"both": {"flags": 0x1000}}, "V116", "odd_flags"),
        ({"comment": b"c"}, "V116", "member_comment"),
        ({"local_extra": TIMES}, "V116", "times"),
        ({"central_extra": TIMES + bytes(3)}, "V116", "times padding"),
        ({"local_extra": make_field(0x7875, b"\1\4\0\0\0\0\4\0\0\0\0")}, "V116", "owners"),
        ({"local_extra": make_field(0xCAFE, b"")}, "V116", "field"),
    ],
)
def test_what_is_said_beside_is_told_once_by_kind(changes: dict[str, object], code: str, kind: str) -> None:
    diagnostics = forge(**changes)
    assert [item.code for item in diagnostics] == [code] * len(kind.split())
    assert all(item.severity is Severity.INFO for item in diagnostics)
    keys = (item.params["what"].key for item in diagnostics)  # type: ignore[union-attr]
    assert " ".join(key.removeprefix("archive.remark.") for key in keys) == kind
    assert {(item.params["count"], item.params["member"]) for item in diagnostics} == {(1, "bag/b")}


@pytest.mark.parametrize(
    "changes",
    [
        {"local_extra": TIMES + TIMES},
        {"local_extra": TIMES + b"x"},
        {"central_extra": make_field(0x5455, b"")},
        {"central_extra": make_field(0x756E, bytes(14))},
        {"both": {"size": 0xFFFFFFFF}, "central_extra": make_field(1, bytes(24))},
        {"local_extra": make_field(0x9901, bytes(7))},
    ],
)
def test_what_programs_follow_or_stumble_over_is_refused(changes: dict[str, object]) -> None:
    assert "V110" in [item.code for item in forge(**changes)]


def test_many_of_a_kind_are_one_line(tmp_path: Path) -> None:
    path = build(tmp_path)
    members = read_all(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.comment = b"made by hand"
        for name, data in members.items():
            entry = zipfile.ZipInfo(name)
            entry.extra, entry.comment = TIMES, b"c"
            archive.writestr(entry, data)
    report = verify(path)
    assert sorted(remarks(report)) == ["comment", "member_comment", "times"]
    assert codes(report) == []
    assert {item.params["count"] for item in report.diagnostics} == {1, len(members)}


def test_a_package_of_docgen_has_no_remarks(tmp_path: Path) -> None:
    assert verify(build(tmp_path)).diagnostics == ()


def test_folders_and_files_are_not_compared_with_each_other(tmp_path: Path) -> None:
    path = build(tmp_path)
    members = read_all(path)
    write_all(path, members)
    with zipfile.ZipFile(path, "a") as archive:
        archive.mkdir(f"{TOP}/record")
    assert remarks(verify(path)) == []


@pytest.mark.parametrize("length", [0, 3, 4, 8])
def test_zeros_behind_extra_fields_are_padding(length: int) -> None:
    diagnostics = forge(local_extra=struct.pack("<HH", 0xCAFE, 0) + bytes(length))
    assert [item.code for item in diagnostics] == ["V116"] * (2 if length else 1)
