"""What a received package may cost is bounded, and counted: members, bytes inflated, elements looked at."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from support.archive_samples import TOP, build, codes, make_office, read_all, reseal, verdicts, write_all
from support.bombs import BOMBS, make_noisy_docx

from docgen.archive.bag.office import OfficeError, inspect_office
from docgen.archive.verify.package import verify_package
from docgen.archive.verify.report import MOST_OF_A_KIND, Step, Verdict, VerifyReport
from docgen.archive.zip.limits import DEFAULT_LIMITS, MIB, Limits, OverLimitError, ReadingCost
from docgen.ooxml.xml import XmlError, XmlProof

SCALE = 0.05
SMALL = Limits(entries=5_000, inflated=25, elements=600_000, document=8, text=4)
"""The limits of every day, made as small as the bombs are here."""
REFUSED_SHORT = {"comment_ends", "wide_lie"}


def make_bomb(folder: Path, name: str) -> Path:
    path = folder / f"{name}.zip"
    BOMBS[name](path, SCALE)
    return path


@pytest.mark.parametrize("name", BOMBS)
def test_no_bomb_costs_more_than_the_limits(tmp_path: Path, name: str) -> None:
    path = make_bomb(tmp_path, name)
    report = verify_package(path, SMALL)
    assert not report.is_intact
    assert (report.work.entries == 0) == (name in REFUSED_SHORT)
    size = path.stat().st_size
    assert report.work.entries <= SMALL.entries + size // 500 + SMALL.entries  # the last document's may be too many
    assert report.work.inflated <= SMALL.inflated * MIB + 20 * size + MIB
    assert report.work.elements <= SMALL.elements + size + MIB
    counts = {code: codes(report).count(code) for code in codes(report)}
    assert max(counts.values()) <= 2 * MOST_OF_A_KIND


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("deep_trees", "V120"),
        ("overlapping", "V111"),
        ("zeros", "V113"),
        ("comment_ends", "V102"),
        ("wide_lie", "V102"),
        ("manifest_lines", "V114"),
        ("many_manifests", "V114"),
        ("bag_info_lines", "V114"),
        ("index_values", "V114"),
        ("many_documents", "V137"),
        ("many_parts", "V137"),
        ("deep_elements", "V161"),
        ("nested_zips", "V161"),
    ],
)
def test_bombs_are_refused_for_what_they_are(tmp_path: Path, name: str, code: str) -> None:
    assert code in codes(verify_package(make_bomb(tmp_path, name), SMALL))


def test_names_a_thousand_folders_deep_are_refused(tmp_path: Path) -> None:
    path = build(tmp_path)
    members = read_all(path)
    write_all(path, {**members, f"{TOP}/data/" + "d/" * 1000 + "x": b""})
    report = verify_package(path)
    (diagnostic,) = (item for item in report.diagnostics if item.code == "V104")
    assert diagnostic.params["reason"].key == "archive.name.deep"  # type: ignore[union-attr]
    write_all(path, {**members, f"{TOP}/data/" + "d/" * 30 + "x": b""})
    assert codes(verify_package(path)) == ["V133"]
    assert "V104" in codes(verify_package(path, Limits(depth=20)))


def test_more_members_than_the_limit_are_not_begun(tmp_path: Path) -> None:
    path = build(tmp_path)
    count = len(read_all(path))
    assert codes(verify_package(path, Limits(entries=count))) == []
    report = verify_package(path, Limits(entries=count - 1))
    assert codes(report) == ["V102"]
    assert (report.work.entries, report.work.limits.entries) == (0, count - 1)


def test_the_ratio_is_a_limit(tmp_path: Path) -> None:
    path = build(tmp_path)
    members = {**read_all(path), f"{TOP}/data/z.txt": b"\0" * (3 * MIB)}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    assert "V113" in codes(verify_package(path))
    assert "V113" not in codes(verify_package(path, Limits(ratio=2000)))
    assert "V113" in codes(verify_package(path, Limits(ratio=2000, inflated=1)))


def add_document(folder: Path, name: str, data: bytes) -> Path:
    """A sound package with one document more, which nobody listed in the index."""
    path = build(folder)
    members = {**read_all(path), f"{TOP}/data/{name}": data}
    reseal(members)
    write_all(path, members)
    return path


def verify_beside(path: Path, limits: Limits = DEFAULT_LIMITS) -> VerifyReport:
    report = verify_package(path, limits)
    assert "V145" in codes(report)
    return report


def test_elements_are_counted_and_limited(tmp_path: Path) -> None:
    path = add_document(tmp_path, "x.docx", make_noisy_docx(300_000))
    report = verify_beside(path)
    assert 300_000 < report.work.elements < 301_000
    assert 1_200_000 < report.work.inflated < 1_300_000
    report = verify_beside(path, Limits(elements=100_000))
    assert codes(report) == ["V145", "V137"]
    assert next(item for item in report.diagnostics if item.code == "V137").params["limit"] == "elements"
    assert verdicts(report)[Step.DOCUMENTS] is Verdict.FAILED


def test_a_document_larger_than_the_limit_is_not_opened(tmp_path: Path) -> None:
    path = add_document(tmp_path, "x.txt", b"text " * 300_000)
    assert "V165" not in codes(verify_beside(path))
    report = verify_beside(path, Limits(document=1))
    assert "V165" in codes(report)


def test_what_a_document_is_made_of_is_counted_in_the_same_work() -> None:
    data = make_office(**{"word/big.xml": "<w>" + "<a/>" * 1000 + "</w>", "word/x.bin": "x" * 5000})
    work = ReadingCost(size=len(data))
    inspect_office(data, work)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert work.entries == len(archive.namelist())
        assert work.inflated == sum(entry.file_size for entry in archive.infolist())
    assert work.elements == 1000 + 1 + 1 + 2 + 1
    work.inflated = work.most_inflated - 1000
    with pytest.raises(OverLimitError, match="inflated"):
        inspect_office(data, work)
    work.entries = work.most_entries
    with pytest.raises(OverLimitError, match="entries"):
        inspect_office(data, work)


def prove(*pieces: bytes) -> int:
    counted: list[int] = []
    XmlProof(pieces, counted.append).prove()
    return sum(counted)


def test_xml_is_proved_without_being_kept() -> None:
    assert prove(b"<?xml version='1.0'?><a><b/>", b"<b/>\xe4\xb8", b"\xad</a>") == 4
    assert prove("<?xml version='1.0' encoding='UTF-16'?><a/>".encode("utf-16")) > 0


@pytest.mark.parametrize(
    ("pieces", "key"),
    [
        ((b"<a>",), "xml"),
        ((b"",), "xml"),
        ((b"<a>&x;</a>",), "xml"),
        ((b"<a/><b/>",), "xml"),
        ((b"<a x='1' x='2'/>",), "xml"),
        ((b"<a>\xff</a>",), "xml"),
        ((b"<!DOCTYPE a>", b"<a/>"), "dtd"),
        ((b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",), "dtd"),
        ((b"<a>" * 300 + b"</a>" * 300,), "xml"),
        (tuple(b"<a>" * 200_000 for _ in range(3)), "xml"),
        ((b"<a>", b"".join(b"<e%d/>" % number for number in range(700_000)), b"</a>"), "large"),
    ],
)
def test_what_is_no_xml_or_too_much_is_refused(pieces: tuple[bytes, ...], key: str) -> None:
    with pytest.raises(XmlError) as caught:
        prove(*pieces)
    assert caught.value.key == key


def test_what_the_pieces_raise_comes_through() -> None:
    def fail(_count: int) -> None:
        raise OverLimitError("elements")

    with pytest.raises(OverLimitError):
        XmlProof([b"<a/>"], fail).prove()


def test_a_bomb_among_the_parts_is_told_by_its_name() -> None:
    with pytest.raises(OfficeError) as caught:
        inspect_office(make_office(**{"word/bomb.xml": " " * (4 * MIB)}))
    assert (caught.value.key, caught.value.part) == ("bomb", "word/bomb.xml")


def test_a_hundred_thousand_faults_are_told_in_short(tmp_path: Path) -> None:
    path = make_bomb(tmp_path, "many_bad_names")
    report = verify_package(path)
    diagnostics = [item for item in report.diagnostics if item.code == "V136"]
    assert {item.params["code"] for item in diagnostics} == {"V104"}
    assert [item.params["count"] for item in report.diagnostics if item.code == "V184"] == [len(read_all(path)) - 15]
    with zipfile.ZipFile(path) as archive:
        bad = sum(":" in name for name in archive.namelist())
    assert {item.params["count"] for item in diagnostics} == {bad - MOST_OF_A_KIND}
    assert codes(report).count("V104") == MOST_OF_A_KIND


def test_names_a_thousand_folders_deep_take_little_room(tmp_path: Path) -> None:
    path = tmp_path / "deep_names.zip"
    BOMBS["deep_names"](path, 1.0)
    tracemalloc.start()
    try:
        report = verify_package(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert {"V104", "V133"} <= set(codes(report))
    assert peak < 50 * MIB
