"""Evidence through the command: twenty large photographs, folders, signed scans, what a PDF hides."""

from __future__ import annotations

import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from support import processes
from support.command_line import CommandLine
from support.negative_samples import FOLDER, read_base

SIZE = (4000, 3000)
ENTRY = "{key: photo, file: 现场.jpg, kind: photograph, title: 现场照片, item: d, activity: survey, confidential: 否}"


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def make_photographs(folder: Path, count: int) -> None:
    """Photographs of 12 million pixels with the grain and the shades of real ones, half of them upright."""
    folder.mkdir(parents=True)
    grain = [Image.effect_noise(SIZE, 60) for _ in range(3)]
    shade = Image.radial_gradient("L").resize(SIZE)
    scene = Image.effect_mandelbrot((500, 375), (-2, -1.2, 1, 1.2), 60).resize(SIZE, Image.Resampling.BICUBIC)
    base = Image.merge("RGB", [Image.blend(Image.blend(scene, shade, 0.5), part, 0.5) for part in grain])
    for number in range(1, count + 1):
        picture = ImageChops.offset(base, number * 150, number * 90)
        exif = Image.Exif()
        exif[0x0112] = 6 if number % 2 else 1
        exif.get_ifd(0x8769)[0x9003] = f"2023:10:12 09:{number:02d}:00"
        picture.save(folder / f"IMG_{number}.jpg", "JPEG", quality=88, exif=exif)


def write_record(folder: Path, *entries: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / "record.yaml"
    record.write_text(read_base().replace(ENTRY, "\n  - ".join(entries)), "utf-8")
    return record


_BUILD_APART = """
import sys
from pathlib import Path
from docgen.cli.run import run
code = run(["build", sys.argv[1], "-o", sys.argv[2]])
status = Path("/proc/self/status")
lines = status.read_text().splitlines() if status.exists() else []
print(*(line.split()[1] for line in lines if line.startswith("VmHWM")), file=Path(sys.argv[3]).open("w"))
sys.exit(code)
"""


def build_apart(record: Path, out: Path) -> int | None:
    """Build in a process of its own; the most memory it had, in kilobytes, where the system tells."""
    told = record.with_name("memory")
    command = [sys.executable, "-c", _BUILD_APART, str(record), str(out), str(told)]
    ran = processes.run(command)
    assert ran.returncode == 0, ran.stderr.decode("utf-8", "replace")
    peak = told.read_text().strip()
    return int(peak) if peak else None


def read_package(out: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    with zipfile.ZipFile(next(out.glob("*.zip"))) as archive:
        files = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    return json.loads(files["package.json"]), files


def test_twenty_large_photographs_make_a_small_sheet_and_are_filed_untouched(tmp_path: Path) -> None:
    photographs = tmp_path / "照片"
    make_photographs(photographs, 20)
    originals = sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in photographs.iterdir())
    weight = sum(path.stat().st_size for path in photographs.iterdir())
    assert weight > 60_000_000, "photographs as cameras make them"
    record = write_record(tmp_path, "{key: photos, file: 照片/, kind: photograph, title: 现场, item: d}")
    peak = build_apart(record, tmp_path / "out")
    index, files = read_package(tmp_path / "out")
    sheet = next(data for name, data in files.items() if name.endswith("工作照片.docx"))
    assert len(sheet) < 4_000_000
    with zipfile.ZipFile(io.BytesIO(sheet)) as document:
        media = [document.read(name) for name in document.namelist() if name.startswith("word/media/")]
    sizes = sorted(Image.open(io.BytesIO(data)).size for data in media)
    assert sizes == [(525, 700)] * 10 + [(933, 700)] * 10, "upright, about 200 dpi"
    assert not any(Image.open(io.BytesIO(data)).getexif() for data in media)
    filed = sorted(hashlib.sha256(data).hexdigest() for name, data in files.items() if name.endswith(".jpg"))
    assert filed == originals
    assert index["counts"]["photos"] == 20
    assert peak is None or peak < 160_000, "kilobytes: one photograph at a time"


def test_a_folder_is_filed_file_by_file(command: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "照片").mkdir()
    for name in ("灌装10.jpg", "灌装2.jpg", "Thumbs.db", "._灌装2.jpg"):
        (tmp_path / "照片" / name).write_bytes((FOLDER / "现场.jpg").read_bytes())
    record = write_record(tmp_path, "{key: all, file: 照片/, kind: photograph, item: d, activity: survey}")
    ran = command("build", record, "-o", tmp_path / "out")
    assert ran.code == 0, ran.err
    index, files = read_package(tmp_path / "out")
    filed = [item for item in index["documents"] if item["kind"] == "evidence"]
    assert [item["title"] for item in filed] == ["灌装2", "灌装10"]
    assert {item["remark"] for item in filed} == {"现场调研"}
    assert not any("Thumbs" in name for name in files)
    assert command("verify", next((tmp_path / "out").glob("*.zip"))).code == 0


def make_scan(folder: Path, name: str = "签字.jpg") -> Path:
    (folder / name).write_bytes((FOLDER / "现场.jpg").read_bytes())
    return folder / name


def read_signed(out: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    index, _ = read_package(out)
    document = next(item for item in index["documents"] if item["id"] == "survey-record/chengli")
    return document, [item for item in document["renditions"] if item["role"] == "signed"]


def test_a_signed_scan_is_a_rendition_of_its_document(command: CommandLine, tmp_path: Path) -> None:
    photo = "{key: photo, file: 现场.jpg, kind: photograph, item: d, activity: survey}"
    record = write_record(
        tmp_path, photo, "{key: s, file: 签字.jpg, kind: scan, document: survey-record/chengli, remark: 扫描件}"
    )
    make_scan(tmp_path)
    make_scan(tmp_path, "现场.jpg")
    ran = command("build", record, "-o", tmp_path / "out")
    assert ran.code == 0, ran.err
    document, scans = read_signed(tmp_path / "out")
    assert len(scans) == 1
    assert (document["remark"], document["original_name"]) == ("扫描件", "签字.jpg")
    assert scans[0]["path"].endswith("（签章扫描件）_徐州澄砺消防器材有限公司.jpg")
    index, _ = read_package(tmp_path / "out")
    assert [item["id"] for item in index["documents"] if item["kind"] == "evidence"] == ["evidence/photo"]
    assert command("verify", next((tmp_path / "out").glob("*.zip"))).code == 0


def test_a_document_that_changed_after_it_was_signed(command: CommandLine, tmp_path: Path) -> None:
    photo = "{key: photo, file: 现场.jpg, kind: photograph, item: d, activity: survey}"
    scan = "{key: s, file: 签字.jpg, kind: scan, document: survey-record/chengli}"
    record = write_record(tmp_path, photo, scan)
    make_scan(tmp_path)
    make_scan(tmp_path, "现场.jpg")
    out = tmp_path / "out"

    def build() -> list[dict[str, Any]]:
        told = command.json("build", record, "-o", out, "--force").document
        return [item for item in told["diagnostics"] if item["code"] == "E142"]

    assert build() == []
    before = read_signed(out)[0]["renditions"][0]["content_digest"]
    assert build() == [], "nothing changed"
    assert read_signed(out)[1][0]["signed_digest"] is None
    text = record.read_text("utf-8")
    assert "people_met: 总经理、质检员" in text
    record.write_text(text.replace("people_met: 总经理、质检员", "people_met: 总经理、车间主任"), "utf-8")
    (told,) = build()
    assert told["severity"] == "warning"
    assert "签字.jpg" in told["message"]
    assert "现场调研记录" in told["message"]
    assert before[:12] in told["message"]
    assert len(build()) == 1, "it is told again as long as it is so"
    signed = read_signed(out)[1][0]["signed_digest"]
    assert signed == before
    received = command.json("verify", next(out.glob("*.zip"))).document
    assert "E142" in json.dumps(received), "the receiver is told, too"
    # a new scan of the new content, or the word of the record, settles it
    present = read_signed(out)[0]["renditions"][0]["content_digest"]
    said = record.read_text("utf-8").replace(
        "survey-record/chengli}", f"survey-record/chengli, signed_digest: {present[:16]}}}"
    )
    record.write_text(said, "utf-8")
    assert build() == []
    record.write_text(said.replace(present[:16], "0123456789abcdef"), "utf-8")
    assert len(build()) == 1


def test_the_digest_to_state_is_told_by_build(command: CommandLine, tmp_path: Path) -> None:
    record = write_record(tmp_path, ENTRY)
    make_scan(tmp_path, "现场.jpg")
    told = command.json("build", record, "-o", tmp_path / "out").document
    digests = {item["title"]: item.get("content_digest") for item in told["outputs"]}
    index, _ = read_package(tmp_path / "out")
    document = next(item for item in index["documents"] if item["id"] == "survey-record/chengli")
    assert digests["现场调研记录"] == document["renditions"][0]["content_digest"]


def make_pdf(**entries: Any) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 280)
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject(f"/{key}"): value for key, value in entries.items()}
    )
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def test_what_a_pdf_hides_is_told_to_sender_and_receiver(command: CommandLine, tmp_path: Path) -> None:
    record = write_record(tmp_path, "{key: a, file: a.pdf, kind: survey, item: d, activity: survey}")
    (tmp_path / "a.pdf").write_bytes(make_pdf(S=NameObject("/JavaScript"), JS=TextStringObject("app.alert(1)")))
    told = command.json("build", record, "-o", tmp_path / "out").document
    assert [item["code"] for item in told["diagnostics"]] == ["C260", "E119"]  # not signed, and what hides
    received = command.json("verify", next((tmp_path / "out").glob("*.zip"))).document
    assert "E119" in json.dumps(received)


def test_two_builds_of_photographs_are_the_same_bytes(command: CommandLine, tmp_path: Path) -> None:
    make_photographs(tmp_path / "照片", 2)
    record = write_record(tmp_path, "{key: p, file: 照片/*.jpg, kind: photograph, item: d, activity: survey}")
    packages = []
    for name in ("a", "b"):
        assert command("build", record, "-o", tmp_path / name).code == 0
        packages.append(next((tmp_path / name).glob("*.zip")).read_bytes())
    assert packages[0] == packages[1]
