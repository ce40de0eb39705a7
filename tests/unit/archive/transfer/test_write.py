"""A package laid out for an archive: where each file goes, the catalogue, and what is refused."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from support.archive_samples import (
    TOP,
    build,
    find_member,
    finish,
    make_index,
    make_picture,
    make_plan,
    read_all,
    repack,
)

from docgen.archive.plan.model import FiledDocument, PackageIndex, Rendition
from docgen.archive.transfer import write as transfer_write
from docgen.archive.transfer.model import list_entries, place_files, write_catalogue, write_note
from docgen.archive.writing.package import write_package
from docgen.diagnostics import has_errors
from docgen.errors import ArchiveError, OutputError
from docgen.pipeline.packages.transfer import TransferOptions, TransferOutcome, transfer_package
from docgen.resources import shipped_folder

SCHEMA = etree.XMLSchema(etree.parse(str(shipped_folder("templates") / "xml" / "transfer-catalogue.xsd")))


def read_tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def lay_out(package: Path, out: Path, **options: object) -> dict[str, bytes]:
    outcome = transfer_package(package, out, TransferOptions(**options))  # type: ignore[arg-type]
    assert outcome.output is not None, outcome.diagnostics
    assert outcome.output.path == out / TOP
    return read_tree(out / TOP)


def codes(outcome: TransferOutcome) -> list[str]:
    return [item.code for item in outcome.diagnostics]


def test_the_layout_holds_exactly_these_files(tmp_path: Path) -> None:
    package = build(tmp_path)
    laid, packed = lay_out(package, tmp_path / "out"), read_all(package)
    assert sorted(laid) == [
        "其他/不适用说明/h_项目变更记录/0000_不适用说明.docx",
        "其他/文件目录.xsd",
        "其他/校验清单.txt",
        "其他/档案包/01_案卷封面.docx",
        "其他/档案包/02_卷内目录.xlsx",
        "其他/档案包/03_备考表.docx",
        "其他/档案包/bag-info.txt",
        "其他/档案包/bagit.txt",
        "其他/档案包/manifest-sha256.txt",
        "其他/档案包/package.json",
        "其他/档案包/record/record.json",
        "其他/档案包/tagmanifest-sha256.txt",
        "其他/电子档案移交与接收登记表.docx",
        "文件目录.XML",
        "电子档案/2024/a_前期准备/0001_企业报名表_徐州甲食品有限公司.docx",
        "电子档案/2024/a_前期准备/0002_认证证书.pdf",
        "电子档案/2024/b_现场调研／诊断/0003_现场调研记录.xlsx",
        "电子档案/2024/b_现场调研／诊断/0004_现场照片.png",
        "说明文件.TXT",
    ]
    for path, data in laid.items():
        if path.startswith("电子档案/2024/"):
            assert data == packed[f"{TOP}/data/{path.removeprefix('电子档案/2024/')}"]
    lines = laid["其他/校验清单.txt"].decode().splitlines()
    assert dict(line.split("  ", 1)[::-1] for line in lines) == {
        path: hashlib.sha256(data).hexdigest() for path, data in laid.items() if path != "其他/校验清单.txt"
    }


def test_the_catalogue_lists_every_record_and_keeps_to_its_schema(tmp_path: Path) -> None:
    data = lay_out(build(tmp_path), tmp_path / "out")["文件目录.XML"]
    assert data.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n')
    root = etree.fromstring(data)
    SCHEMA.assertValid(root)
    assert [[(child.tag, child.text or "") for child in line] for line in root][:2] == [
        [
            ("顺序号", "1"),
            ("档号", ""),
            ("责任者", "徐州甲"),
            ("题名", "企业报名表"),
            ("日期", "20240305"),
            ("密级", "内部"),
            ("电子档案名称", "2024/a_前期准备/0001_企业报名表_徐州甲食品有限公司.docx"),
            ("备注", ""),
        ],
        [
            ("顺序号", "2"),
            ("档号", ""),
            ("责任者", ""),
            ("题名", "认证证书"),
            ("日期", ""),
            ("密级", "内部"),
            ("电子档案名称", "2024/a_前期准备/0002_认证证书.pdf"),
            ("备注", ""),
        ],
    ]
    assert len(root) == 4
    names = {child.text for line in root for child in line if child.tag == "电子档案名称"}
    laid = {
        path.removeprefix("电子档案/") for path in read_tree(tmp_path / "out" / TOP) if path.startswith("电子档案/")
    }
    assert names == laid, "what is catalogued is there, and nothing else"


def make_document(**fields: object) -> FiledDocument:
    rendition = Rendition(role="original", path="data/a_x/0001_x.docx", media_type="x/y", size=1, sha256="0" * 64)
    whole = {"id": "d/1", "item": "a", "number": 1, "title": "题名", "renditions": (rendition,), **fields}
    return FiledDocument.model_validate(whole)


def make_catalogue(*documents: FiledDocument, index: PackageIndex | None = None) -> bytes:
    return write_catalogue(list_entries((index or make_index()).complete(documents)))


def test_a_document_of_several_files_is_one_line() -> None:
    (first,) = make_document().renditions
    scan = first.model_copy(update={"path": "data/a_x/0001_x_scan.pdf", "role": "signed"})
    data = make_catalogue(make_document(renditions=(first, scan)))
    root = etree.fromstring(data)
    SCHEMA.assertValid(root)
    assert [child.text for child in root[0] if child.tag == "电子档案名称"] == [
        "2024/a_x/0001_x.docx",
        "2024/a_x/0001_x_scan.pdf",
    ]


def test_a_documents_own_confidentiality_comes_first() -> None:
    root = etree.fromstring(make_catalogue(make_document(confidentiality="秘密"), make_document(number=2)))
    assert [line.findtext("密级") for line in root] == ["秘密", "内部"]


def test_a_documents_own_number_and_a_month_as_its_date() -> None:
    number = "Z109-WS·2024-Y-ZLS-0001"
    root = etree.fromstring(make_catalogue(make_document(archive_number=number, date="2024-09")))
    SCHEMA.assertValid(root)
    assert (root[0].findtext("档号"), root[0].findtext("日期")) == (number, "20240900")


def test_what_xml_cannot_hold_is_left_out_and_marks_are_escaped() -> None:
    data = make_catalogue(make_document(title="A&B\x00<\x0b甲>", remark=']]>"'))
    root = etree.fromstring(data)
    SCHEMA.assertValid(root)
    assert root[0].findtext("题名") == "A&B<甲>"
    assert root[0].findtext("备注") == ']]>"'


def test_without_a_year_there_is_no_folder_for_it() -> None:
    archive = make_index().archive.model_copy(update={"year": ""})
    index = make_index(archive=archive).complete([make_document()])
    placed = place_files(index, ["data/a_x/0001_x.docx", "00_打开我_目录.html", "bagit.txt"])
    assert [file.target for file in placed] == ["电子档案/a_x/0001_x.docx", "其他/档案包/bagit.txt"]


def test_notes_of_several_items_have_a_place_each(tmp_path: Path) -> None:
    plan = make_plan()
    (note,) = (planned for planned in plan.documents if planned.document.kind == "note")
    other = replace(
        note,
        document=note.document.model_copy(update={"id": "note/i", "item": "i"}),
        renditions=(replace(note.renditions[0], path="data/i_其他/0000_不适用说明.docx"),),
    )
    items = (item.model_copy(update={"status": "not_applicable"}) for item in plan.index.items if item.key == "i")
    index = make_index(items=(*plan.index.items[:-1], *items), missing=())
    package = tmp_path / f"{TOP}.zip"
    write_package(replace(plan, index=index, documents=(*plan.documents, other)), package, finish=finish)
    laid = lay_out(package, tmp_path / "out", draft=True)
    assert [path for path in sorted(laid) if path.startswith("其他/不适用说明/")] == [
        "其他/不适用说明/h_项目变更记录/0000_不适用说明.docx",
        "其他/不适用说明/i_其他/0000_不适用说明.docx",
    ]


def test_the_note_is_what_windows_reads() -> None:
    data = write_note("甲\n\n乙\n")
    assert data == b"\xef\xbb\xbf" + "甲\r\n\r\n乙\r\n".encode()


def test_the_note_says_who_what_and_how_to_read_it(tmp_path: Path) -> None:
    laid = lay_out(build(tmp_path), tmp_path / "out", receiver="徐州市档案馆", carrier="光盘", carrier_number="G-001")
    text = laid["说明文件.TXT"].decode("utf-8-sig")
    assert "载体编号：G-001\r\n载体类型、规格：光盘\r\n" in text
    assert "接收单位：徐州市档案馆\r\n" in text
    assert "移交单位：徐州某某质量技术服务有限公司\r\n" in text
    assert "归档类目“h 项目变更记录”：不适用，项目没有变更\r\n归档类目“i 其他”：缺失，没有其他文件\r\n" in text
    assert "PNG：1 个文件，用任何看图软件打开\r\n" in text
    assert "草稿" not in text
    assert "\n\n\n" not in text.replace("\r", "")


def test_the_same_package_gives_the_same_bytes(tmp_path: Path) -> None:
    package = build(tmp_path)
    assert lay_out(package, tmp_path / "one") == lay_out(package, tmp_path / "two")


def test_what_stands_there_stays_without_force(tmp_path: Path) -> None:
    package, out = build(tmp_path), tmp_path / "out"
    lay_out(package, out)
    (out / TOP / "其他" / "signed.pdf").write_bytes(b"signed")
    with pytest.raises(OutputError) as caught:
        transfer_package(package, out, TransferOptions())
    assert caught.value.diagnostics[0].code == "A114"
    assert (out / TOP / "其他" / "signed.pdf").is_file()
    lay_out(package, out, force=True)
    assert not (out / TOP / "其他" / "signed.pdf").exists()
    assert [path.name for path in out.iterdir()] == [TOP]


def spoil_payload(members: dict[str, bytes]) -> None:
    name = next(name for name in members if name.endswith(".pdf"))
    members[name] += b" "


def add_climbing(members: dict[str, bytes]) -> None:
    members[f"{TOP}/../../out.txt"] = b"out"


def drop_index(members: dict[str, bytes]) -> None:
    del members[f"{TOP}/package.json"]


@pytest.mark.parametrize("draft", [False, True])
@pytest.mark.parametrize("change", [spoil_payload, add_climbing, drop_index])
def test_a_package_that_was_changed_is_always_refused(
    tmp_path: Path, change: Callable[[dict[str, bytes]], None], draft: bool
) -> None:
    package = build(tmp_path)
    repack(package, change)
    outcome = transfer_package(package, tmp_path / "out", TransferOptions(draft=draft))
    assert outcome.output is None
    assert codes(outcome)[-1] == "A113"
    assert has_errors(outcome.diagnostics[:-1])
    assert not (tmp_path / "out").exists()


def test_a_draft_is_laid_out_on_request_and_says_so(tmp_path: Path) -> None:
    package = build(tmp_path, draft=True)
    outcome = transfer_package(package, tmp_path / "out", TransferOptions())
    assert outcome.output is None
    assert codes(outcome)[-1] == "A113"
    laid = lay_out(package, tmp_path / "out", draft=True)
    assert "【草稿：" in laid["说明文件.TXT"].decode("utf-8-sig")
    with zipfile.ZipFile(tmp_path / "out" / TOP / "其他" / "电子档案移交与接收登记表.docx") as archive:
        text = archive.read("word/document.xml").decode()
    assert "归档文件不齐全，或为草稿。" in text
    assert "不作为正式移交" in text


@pytest.mark.parametrize("part", ["0004_现场照片", "manifest-sha256.txt", "tagmanifest"])
def test_a_package_that_changes_after_it_was_verified_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    package, write = build(tmp_path), transfer_write.write_transfer

    def meddle(*arguments: object, **named: object) -> None:
        name = find_member(package, f"/{part}") if part != "0004_现场照片" else find_member(package, part)
        repack(package, lambda members: members.update({name: members[name] + b" "}))
        write(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("docgen.pipeline.packages.transfer.write_transfer", meddle)
    with pytest.raises(ArchiveError) as caught:
        transfer_package(package, tmp_path / "out", TransferOptions())
    assert caught.value.diagnostics[0].code == "A116"
    assert list((tmp_path / "out").iterdir()) == []


def test_a_package_that_is_gone_after_it_was_verified_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package, write = build(tmp_path), transfer_write.write_transfer

    def remove(*arguments: object, **named: object) -> None:
        package.unlink()
        write(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("docgen.pipeline.packages.transfer.write_transfer", remove)
    with pytest.raises(ArchiveError) as caught:
        transfer_package(package, tmp_path / "out", TransferOptions())
    assert [(item.code, item.location.file) for item in caught.value.diagnostics] == [("V101", str(package))]
    assert list((tmp_path / "out").iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    package = build(tmp_path)
    (tmp_path / "out").write_text("a file", "utf-8")
    with pytest.raises(OutputError) as caught:
        transfer_package(package, tmp_path / "out", TransferOptions())
    assert caught.value.diagnostics[0].code == "A115"


def test_large_records_stream(tmp_path: Path) -> None:
    photo = tmp_path / "p.png"
    photo.write_bytes(make_picture() + bytes(5_000_000))
    package = tmp_path / f"{TOP}.zip"
    write_package(make_plan(photo), package, finish=finish)
    seen: list[int] = []
    outcome = transfer_package(
        package, tmp_path / "out", TransferOptions(draft=True), lambda state: seen.append(state.bytes)
    )
    assert outcome.output is not None
    assert len(seen) > 10
    assert seen == sorted(seen)
