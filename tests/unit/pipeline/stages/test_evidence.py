"""Gathering evidence for a record: folders, matching, what is told once, scans and what they sign."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from docgen.archive.plan.filing import FoundRendition, RenderedDocument
from docgen.diagnostics import NOWHERE, Diagnostic
from docgen.messages import LANGUAGES, catalogue
from docgen.pipeline.packages.signed_content import trace_signatures
from docgen.pipeline.stages.outcome import Options
from docgen.pipeline.stages.prepare import PreparedRecord, prepare_record
from docgen.resources import shipped_folder

RECORD = """\
profile: db3203-t1023-2023
project: {{number: XZ-FL-01, name: 佐证项目, period: {{start: 2023-09, end: 2024-10}}, dated: 2024-10-25}}
parties:
  - {{key: hengshu, role: certification_body, name: 江苏衡澍认证有限公司}}
enterprises:
  - {{key: chengli, name: 徐州澄砺消防器材有限公司, short_name: 澄砺消防}}
  - {{key: tangshali, name: 丰县棠沙里食品有限公司, short_name: 棠沙里食品}}
activities:
  - {{key: survey, kind: 现场调研, title: 澄砺消防现场调研, date: 2023-10-12, place: 灌装车间, enterprises: [chengli]}}
  - {{key: survey-2, kind: 现场调研, title: 棠沙里食品现场调研, date: 2023-10-12, enterprises: [tangshali]}}
evidence:
{evidence}
forms:
  survey-record:
    - {{of: chengli, date: 2023-10-12}}
    - {{of: tangshali, date: 2023-10-12}}
"""
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"


def photograph(taken: str | None = None) -> bytes:
    exif = Image.Exif()
    if taken is not None:
        exif.get_ifd(0x8769)[0x9003] = f"{taken} 09:00:00"
    stream = io.BytesIO()
    Image.new("RGB", (60, 40), "grey").save(stream, "JPEG", exif=exif)
    return stream.getvalue()


def prepare(folder: Path, *entries: str, files: dict[str, bytes], printing: bool = False) -> PreparedRecord:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    record = folder / "record.yaml"
    record.write_text(RECORD.format(evidence="\n".join(f"  - {{{entry}}}" for entry in entries)), "utf-8")
    prepared = prepare_record(record, Options(), printing=printing)
    assert isinstance(prepared, PreparedRecord)
    return prepared


def found(prepared: PreparedRecord, *codes: str) -> list[Diagnostic]:
    told = [item for item in prepared.diagnostics if item.code.startswith("E")]
    for item in told:
        for lang in LANGUAGES:
            assert "{" not in catalogue(lang).message(item) + catalogue(lang).mend(item)
    assert [item.code for item in told] == list(codes)
    return told


def test_every_file_of_a_folder_is_a_piece_with_a_key_that_stays(tmp_path: Path) -> None:
    entry = "key: photos, file: 照片/, kind: photograph, item: d, activity: survey, title: 现场"
    files = {f"照片/{name}": photograph() for name in ("照片10.jpg", "照片2.jpg", "IMG_0001.jpg")}
    prepared = prepare(tmp_path, entry, files={**files, "照片/Thumbs.db": b"x"})
    found(prepared, "E120")
    pieces = prepared.subject.record.evidence
    assert [piece.title for piece in pieces] == ["现场（1）", "现场（2）", "现场（3）"], "names of cameras say nothing"
    assert [Path(piece.file).name for piece in pieces] == ["IMG_0001.jpg", "照片2.jpg", "照片10.jpg"]
    keys = {piece.file: piece.key for piece in pieces}
    again = prepare(tmp_path, entry, files={"照片/照片1.jpg": photograph()})
    assert {piece.file: piece.key for piece in again.subject.record.evidence if piece.file in keys} == keys
    assert all(key.startswith("photos-") for key in keys.values())


def test_a_fault_of_a_file_in_a_folder_stands_at_the_entry(tmp_path: Path) -> None:
    prepared = prepare(
        tmp_path,
        "key: a, file: 照片/, kind: photograph, item: d, activity: survey",
        "key: b, file: 没有.jpg, kind: photograph, item: d, activity: survey",
        files={"照片/1.jpg": photograph(), "照片/2.jpg": photograph()[:200], "照片/3.jpg": b""},
    )
    told = found(prepared, "E110", "E105", "E101")
    assert [item.location.line for item in told] == [12, 12, 13]
    assert [item.params["file"] for item in told] == ["2.jpg", "3.jpg", "没有.jpg"]
    assert prepared.validation.locate(("evidence", 3, "file"), False).line == 13


def test_an_entry_of_its_own_goes_before_the_folder(tmp_path: Path) -> None:
    prepared = prepare(
        tmp_path,
        "key: all, file: 照片/, kind: photograph, item: d, activity: survey",
        "key: one, file: 照片/2.jpg, kind: photograph, title: 灌装工位, item: d, activity: survey",
        files={"照片/1.jpg": photograph(), "照片/2.jpg": photograph()},
    )
    assert [(item.title, item.file) for item in prepared.subject.record.evidence] == [
        ("1", "照片/1.jpg"),
        ("灌装工位", "照片/2.jpg"),
    ]


def test_matching_is_told_once_and_used(tmp_path: Path) -> None:
    prepared = prepare(
        tmp_path,
        "key: a, file: 澄砺消防1.jpg, kind: photograph, item: d",
        "key: b, file: 棠沙里食品_20231012.jpg, kind: photograph, item: d",
        "key: c, file: 车间.jpg, kind: photograph, item: d, date: 2023-10-12",
        files={
            "澄砺消防1.jpg": photograph("2023:10:12"),
            "棠沙里食品_20231012.jpg": photograph(),
            "车间.jpg": photograph(),
        },
    )
    told = found(prepared, "E131", "E130")
    assert told[1].params["count"] == 2
    assert "survey" in str(told[0].params["candidates"])
    assert "survey-2" in str(told[0].params["candidates"])
    pieces = {piece.key: piece for piece in prepared.subject.record.evidence}
    assert [pieces[key].activity for key in "abc"] == ["survey", "survey-2", None]
    assert pieces["b"].enterprises == ("tangshali",)
    occasions = {piece.evidence.key: (piece.occasion, str(piece.dated)) for piece in prepared.evidence}
    assert occasions["a"] == ("澄砺消防现场调研", "2023-10-12")


def test_dates_that_disagree(tmp_path: Path) -> None:
    prepared = prepare(
        tmp_path,
        "key: a, file: a.jpg, kind: photograph, item: d, date: 2023-10-12, activity: survey",
        "key: b, file: b.jpg, kind: photograph, item: d, activity: survey",
        "key: c, file: c.jpg, kind: contract, item: a, date: 2023-10-12",
        files={name: photograph("2023:10:14") for name in ("a.jpg", "b.jpg", "c.jpg")},
    )
    camera, other = found(prepared, "E132", "E133")
    assert (camera.params["stated"], camera.params["taken"], camera.location.line) == ("2023-10-12", "2023-10-14", 12)
    assert (other.params["held"], other.params["line"], other.location.line) == ("2023-10-12", 9, 13)


def test_formats_without_pages_are_told_once_a_kind(tmp_path: Path) -> None:
    prepared = prepare(
        tmp_path,
        *(f"key: {key}, file: {key}.rtf, kind: survey, item: d, activity: survey" for key in "abc"),
        files={f"{key}.rtf": b"{\\rtf1 }" for key in "abc"},
    )
    (told,) = found(prepared, "E122")
    assert told.params["count"] == 3


def test_pages_that_are_stated_are_not_called_unknown(tmp_path: Path) -> None:
    entry = "key: a, file: a.rtf, kind: survey, item: d, activity: survey, pages: 12"
    prepared = prepare(tmp_path, entry, files={"a.rtf": b"{\\rtf1 }"})
    assert found(prepared) == []
    assert (prepared.evidence[0].pages.value, prepared.evidence[0].pages.source) == (12, "stated")


def test_a_photograph_that_can_not_be_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docgen.pipeline.stages.evidence.can_decode", lambda name: False)
    monkeypatch.setattr("docgen.sources.openers.can_decode", lambda name: False)
    entry = "key: a, file: a.heic, kind: photograph, item: d, activity: survey"
    prepared = prepare(tmp_path, entry, files={"a.heic": HEIC}, printing=True)
    found(prepared, "E123")
    assert prepared.photographs["a"].printed is None
    assert prepared.evidence[0].media_type == "image/heic"


def test_copies_for_pages_are_made_only_for_documents(tmp_path: Path) -> None:
    entries = [
        "key: a, file: a.jpg, kind: photograph, item: d, activity: survey",
        "key: b, file: b.jpg, kind: certificate, item: h",
    ]
    files = {"a.jpg": photograph(), "b.jpg": photograph()}
    made = prepare(tmp_path, *entries, files=files, printing=True)
    assert set(made.photographs) == {"a"}, "a certificate isn't shown"
    assert made.photographs["a"].printed is not None
    assert prepare(tmp_path, *entries, files=files).photographs["a"].printed is None


def test_without_pictures_there_is_no_photo_sheet(tmp_path: Path) -> None:
    none = prepare(
        tmp_path, "key: a, file: a.rtf, kind: photograph, item: d, activity: survey", files={"a.rtf": b"{\\rtf1 }"}
    )
    assert "photo-sheet/project" not in {job.id for job in none.jobs}
    some = prepare(
        tmp_path, "key: a, file: a.jpg, kind: photograph, item: d, activity: survey", files={"a.jpg": photograph()}
    )
    assert "photo-sheet/project" in {job.id for job in some.jobs}


@pytest.mark.parametrize(
    ("document", "codes"),
    [
        ("survey-record/chengli", ()),
        ("survey-record/chenglli", ("E140",)),
        ("survey-record", ("E140",)),
        ("work-plan", ()),
        ("work-plan/project", ()),
        ("wok-plan", ()),  # R140 says it
    ],
)
def test_the_document_that_a_scan_names(tmp_path: Path, document: str, codes: tuple[str, ...]) -> None:
    entry = f"key: a, file: a.jpg, kind: scan, document: {document}"
    prepared = prepare(tmp_path, entry, files={"a.jpg": photograph()})
    for item in found(prepared, *codes):
        assert item.params["nearest"] == "survey-record/chengli"
    assert "A152" not in [item.code for item in prepared.diagnostics]


@pytest.mark.parametrize(
    ("name", "suggested"),
    [
        ("现场调研记录_澄砺消防_签字版.jpg", "survey-record/chengli"),
        ("棠沙里食品 现场调研记录（盖章）.jpg", "survey-record/tangshali"),
        ("现场调研记录_签字版.jpg", None),  # whose?
        ("现场调研记录_澄砺消防.jpg", None),
        ("认证提升工作计划扫描件.jpg", "work-plan/project"),
    ],
)
def test_a_name_that_tells_of_a_signed_document(tmp_path: Path, name: str, suggested: str | None) -> None:
    prepared = prepare(tmp_path, f"key: a, file: {name}, kind: other, item: d", files={name: photograph()})
    mends = [catalogue("zh").mend(item) for item in prepared.diagnostics if item.code == "E143"]
    assert mends == ([f"确是的，在这一条写上 document: {suggested}"] if suggested else [])


def test_a_scan_older_than_its_document(tmp_path: Path) -> None:
    entry = "key: a, file: a.jpg, kind: scan, document: survey-record/chengli"
    (told,) = found(prepare(tmp_path, entry, files={"a.jpg": photograph("2023:10:11")}), "E141")
    assert (told.params["date"], told.params["dated"]) == ("2023-10-11", "2023-10-12")
    found(prepare(tmp_path, entry, files={"a.jpg": photograph("2023:10:13")}))


def test_a_document_written_by_hand_is_compared_where_it_can_be(tmp_path: Path) -> None:
    entry = "key: a, file: a.jpg, kind: scan, document: survey-record/chengli, signed_digest: 0123456789ab"
    prepared = prepare(tmp_path, entry, files={"a.jpg": photograph()})
    job = next(job for job in prepared.jobs if job.id == "survey-record/chengli")
    (tmp_path / "调研记录.docx").write_bytes((shipped_folder("templates") / "docx" / "form.docx").read_bytes())
    (tmp_path / "打不开.docx").write_bytes(b"nothing")
    (tmp_path / "调研记录.pdf").write_bytes(b"%PDF")

    def trace(name: str) -> list[str]:
        file = FoundRendition("original", tmp_path / name, "application/octet-stream")
        _, told = trace_signatures(prepared.evidence, [RenderedDocument(job, (), (file,))], [], lambda _: NOWHERE)
        return [str(item.params["path"]) for item in told]

    assert trace("调研记录.docx") == ["调研记录.docx"]
    assert trace("调研记录.pdf") == []
    assert trace("打不开.docx") == []


def test_a_mistyped_document_is_proposed_with_whose_it_is(tmp_path: Path) -> None:
    entry = "key: a, file: a.jpg, kind: scan, document: survey-recrod/chengli"
    prepared = prepare(tmp_path, entry, files={"a.jpg": photograph()})
    (told,) = (item for item in prepared.diagnostics if item.code == "R140")
    assert "是不是“survey-record/chengli”" in catalogue("zh").message(told)
