from __future__ import annotations

import errno
import hashlib
import stat
import warnings
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from support.archive_samples import MOMENT, TOP, build, finish, make_picture, make_plan, read_all

from docgen.archive.bag.index import parse_index
from docgen.archive.plan.model import FiledDocument, PackageIndex
from docgen.archive.plan.plan import PackagePlan, PlannedDocument, PlannedRendition
from docgen.archive.writing.package import write_package
from docgen.errors import ArchiveError, OutputError


def find_leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".docgen-")]


def code_of(caught: pytest.ExceptionInfo[Any]) -> str:
    return str(caught.value.diagnostics[0].code)


def test_the_package_holds_exactly_these_members(tmp_path: Path) -> None:
    names = [name.removeprefix(f"{TOP}/") for name in read_all(build(tmp_path))]
    assert names == [
        "data/a_前期准备/0001_企业报名表_徐州甲食品有限公司.docx",
        "data/a_前期准备/0002_认证证书.pdf",
        "data/b_现场调研／诊断/0003_现场调研记录.xlsx",
        "data/b_现场调研／诊断/0004_现场照片.png",
        "data/h_项目变更记录/0000_不适用说明.docx",
        "00_打开我_目录.html",
        "01_案卷封面.docx",
        "02_卷内目录.xlsx",
        "03_备考表.docx",
        "bag-info.txt",
        "bagit.txt",
        "manifest-sha256.txt",
        "package.json",
        "record/record.json",
        "tagmanifest-sha256.txt",
    ]


def test_members_are_stored_or_deflated_with_fixed_time_and_mode(tmp_path: Path) -> None:
    with zipfile.ZipFile(build(tmp_path)) as archive:
        assert archive.testzip() is None
        for entry in archive.infolist():
            packed = entry.filename.endswith((".docx", ".xlsx", ".png", ".pdf"))
            assert entry.compress_type == (zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED)
            assert entry.date_time == (2024, 9, 6, 10, 30, 0)
            assert entry.external_attr >> 16 == stat.S_IFREG | 0o644
            assert entry.create_system == 3
            assert entry.flag_bits == 0x800
            assert entry.extra == b""


def test_two_builds_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    first.mkdir()
    second.mkdir()
    assert build(first).read_bytes() == build(second).read_bytes()


def test_unpacked_it_is_a_valid_bag(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import bagit

    with zipfile.ZipFile(build(tmp_path)) as archive:
        archive.extractall(tmp_path / "out")
    bag = bagit.Bag(str(tmp_path / "out" / TOP))
    bag.validate()
    assert bag.version_info == (1, 0)
    assert bag.info["Bagging-Date"] == "2024-09-06"


def test_the_index_has_sizes_digests_and_counts(tmp_path: Path) -> None:
    photo = tmp_path / "p.png"
    photo.write_bytes(make_picture())
    seen: list[PackageIndex] = []

    def finish_and_look(index: PackageIndex) -> Mapping[str, bytes]:
        seen.append(index)
        return finish(index)

    target = tmp_path / "p.zip"
    written = write_package(make_plan(photo), target, finish=finish_and_look)
    members = read_all(target)
    index = parse_index(members[f"{TOP}/package.json"])
    assert seen == [index]
    assert written.index == index
    assert written.files == len(members)
    assert written.size == target.stat().st_size
    assert written.identity == hashlib.sha256(members[f"{TOP}/tagmanifest-sha256.txt"]).hexdigest()
    for document in index.documents:
        for rendition in document.renditions:
            data = members[f"{TOP}/{rendition.path}"]
            assert (rendition.size, rendition.sha256) == (len(data), hashlib.sha256(data).hexdigest())
            assert (rendition.content_digest is not None) == rendition.path.endswith(("docx", "xlsx"))
    assert index.counts.documents == 4
    assert index.counts.photos == 1
    assert index.counts.pages == 2


def test_the_record_can_be_left_out(tmp_path: Path) -> None:
    plan = make_plan()
    without = PackagePlan(plan.index, plan.documents, MOMENT)
    write_package(without, tmp_path / "p.zip", finish=finish)
    members = read_all(tmp_path / "p.zip")
    assert f"{TOP}/record/record.json" not in members
    assert "record/record.json" not in members[f"{TOP}/00_打开我_目录.html"].decode()


def test_an_existing_package_needs_force(tmp_path: Path) -> None:
    target = tmp_path / "p.zip"
    target.write_bytes(b"old")
    with pytest.raises(OutputError) as caught:
        write_package(make_plan(), target, finish=finish)
    assert code_of(caught) == "A101"
    assert caught.value.diagnostics[0].params["path"] == str(target)
    assert target.read_bytes() == b"old"
    write_package(make_plan(), target, finish=finish, force=True)
    assert zipfile.is_zipfile(target)


@pytest.mark.parametrize(("place", "code"), [(".", "A102"), ("none/p.zip", "A103")])
def test_a_target_without_a_place_is_refused(tmp_path: Path, place: str, code: str) -> None:
    with pytest.raises(OutputError) as caught:
        write_package(make_plan(), tmp_path / place, finish=finish, force=True)
    assert code_of(caught) == code


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, "A106"), (errno.EACCES, "A104"), (errno.EROFS, "A104"), (errno.EIO, "A107")]
)
def test_trouble_while_writing_names_the_target_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    target = tmp_path / "p.zip"
    target.write_bytes(b"old")

    def fail(handle: int) -> None:
        raise OSError(number, "made up")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OutputError) as caught:
        write_package(make_plan(), target, finish=finish, force=True)
    assert code_of(caught) == code
    assert caught.value.diagnostics[0].params["path"] == str(target)
    assert target.read_bytes() == b"old"
    assert find_leftovers(tmp_path) == []


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    from docgen.archive.writing import target

    place = tmp_path / "p.zip"
    with pytest.raises(OutputError) as caught, target.open_target(place, force=False), full.open("wb", 0) as file:
        file.write(b"x")
    assert code_of(caught) == "A106"
    assert find_leftovers(tmp_path) == []


def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def refuse(path: Path, mode: str = "r", *rest: Any) -> Any:
        if mode == "xb":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return opened(path, mode, *rest)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(OutputError) as caught:
        write_package(make_plan(), tmp_path / "p.zip", finish=finish)
    assert code_of(caught) == "A104"
    assert caught.value.diagnostics[0].params["folder"] == str(tmp_path)


def test_a_target_that_is_open_elsewhere_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "p.zip"
    target.write_bytes(b"old")

    def refuse(path: Path, to: Path) -> Path:
        raise PermissionError(errno.EACCES, "in use", str(to))

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OutputError) as caught:
        write_package(make_plan(), target, finish=finish, force=True)
    assert code_of(caught) == "A105"
    assert target.read_bytes() == b"old"
    assert find_leftovers(tmp_path) == []


@pytest.mark.parametrize(
    "problem", [KeyboardInterrupt(), RuntimeError("made up"), FileNotFoundError(2, "no", "x.docx")]
)
def test_whatever_happens_in_between_leaves_the_old_package(tmp_path: Path, problem: BaseException) -> None:
    target = tmp_path / "p.zip"
    target.write_bytes(b"old")

    def fail(index: PackageIndex) -> Mapping[str, bytes]:
        raise problem

    with pytest.raises(type(problem)):
        write_package(make_plan(), target, finish=fail, force=True)
    assert target.read_bytes() == b"old"
    assert find_leftovers(tmp_path) == []


def test_evidence_that_vanished_is_named(tmp_path: Path) -> None:
    gone = tmp_path / "gone.png"
    with pytest.raises(ArchiveError) as caught:
        write_package(make_plan(gone), tmp_path / "p.zip", finish=finish)
    assert code_of(caught) == "A111"
    assert caught.value.diagnostics[0].params["path"] == str(gone)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("change", [lambda data: data + b"more", lambda data: data[:-9], lambda data: b""])
def test_evidence_that_changes_while_it_is_packed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[bytes], bytes]
) -> None:
    photo = tmp_path / "p.png"
    photo.write_bytes(make_picture())
    import docgen.archive.writing.package as module

    read = module._read_source

    def read_and_change(file: Any, source: Path) -> bytes:
        monkeypatch.setattr(module, "_read_source", read)
        source.write_bytes(change(source.read_bytes()))
        return read(file, source)

    monkeypatch.setattr(module, "_read_source", read_and_change)
    with pytest.raises(ArchiveError) as caught:
        write_package(make_plan(photo), tmp_path / "p.zip", finish=finish)
    assert code_of(caught) == "A112"
    assert find_leftovers(tmp_path) == []


def test_large_evidence_is_streamed_and_hashed_right(tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    data = bytes(range(256)) * 14_000
    large.write_bytes(data)
    written = write_package(make_plan(large), tmp_path / "p.zip", finish=finish)
    digests = {item.sha256 for document in written.index.documents for item in document.renditions}
    assert hashlib.sha256(data).hexdigest() in digests
    with zipfile.ZipFile(tmp_path / "p.zip") as archive:
        assert archive.testzip() is None


@pytest.mark.parametrize("path", ["data/../x.docx", "data/50%.docx", "data/" + "量" * 200, "package.json/x:y"])
def test_an_unsafe_planned_name_is_a_bug(tmp_path: Path, path: str) -> None:
    plan = make_plan()
    document = FiledDocument(id="d/x", item="a", number=9, title="x")
    spoiled = PlannedDocument(document, (PlannedRendition("original", path, "x/y", b""),))
    with pytest.raises(ValueError, match="member name"):
        write_package(PackagePlan(plan.index, (spoiled,), MOMENT), tmp_path / "p.zip", finish=finish)


@pytest.mark.parametrize("name", ["package.json", "DATA", "x/y.docx", "Bagit.txt"])
def test_a_tag_file_of_others_may_not_stand_for_the_bags_own(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"member name|top of the package"):
        write_package(make_plan(), tmp_path / "p.zip", finish=lambda index: {name: b""})
    assert list(tmp_path.iterdir()) == []
