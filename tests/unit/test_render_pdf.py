"""PDF by LibreOffice: one process for all, nobody's fault spoils the others, and the same bytes every time."""

from __future__ import annotations

import datetime as dt
import io
import stat
import sys
from pathlib import Path

import pypdf
import pytest
from archive_samples import make_pdf
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject

from docgen.render.pdf import OfficeFile, convert_files, find_office, fix_moment

MOMENT = dt.date(2024, 10, 25)
_STAND_IN = """#!{python}
import pathlib, sys
folder = pathlib.Path(sys.argv[sys.argv.index("--outdir") + 1])
names = sys.argv[sys.argv.index("--outdir") + 2:]
with open({log!r}, "a") as log:
    print(*names, file=log)
for name in names:
    data = pathlib.Path(name).read_bytes()
    if data == b"crash":
        sys.exit(139)
    if data != b"refuse":
        folder.joinpath(name).with_suffix(".pdf").write_bytes(pathlib.Path({pdf!r}).read_bytes())
"""


def make_dated_pdf(clock: str) -> bytes:
    """A PDF with the clock's time wherever LibreOffice writes it."""
    writer = pypdf.PdfWriter(io.BytesIO(make_pdf(2)), clone_from=io.BytesIO(make_pdf(2)))
    writer.add_metadata({"/CreationDate": f"D:2026112421{clock}Z", "/Producer": "LibreOffice"})
    xmp, profile = DecodedStreamObject(), DecodedStreamObject()
    xmp.set_data(f"<xmp:CreateDate>2026-11-24T21:{clock[:2]}:{clock[2:]}Z</xmp:CreateDate>".encode())
    profile.set_data(b"\0" * 24 + f"{clock:>12}".encode() + b"\1" * 100)
    writer.root_object[NameObject("/Metadata")] = writer._add_object(xmp)
    intent = DictionaryObject({NameObject("/DestOutputProfile"): writer._add_object(profile)})
    writer.root_object[NameObject("/OutputIntents")] = ArrayObject([intent])
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


@pytest.fixture
def stand_in(tmp_path: Path) -> tuple[str, Path]:
    """A program that behaves as LibreOffice does, and the log of its runs."""
    pdf, log, program = tmp_path / "made.pdf", tmp_path / "log", tmp_path / "soffice"
    pdf.write_bytes(make_pdf(3))
    program.write_text(_STAND_IN.format(python=sys.executable, pdf=str(pdf), log=str(log)))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return str(program), log


def convert(program: str, *sources: bytes) -> list[bool]:
    made = convert_files([OfficeFile(".docx", source) for source in sources], program, MOMENT)
    return [data is not None for data in made]


def test_all_files_go_to_one_process(stand_in: tuple[str, Path], tmp_path: Path) -> None:
    program, log = stand_in
    path = tmp_path / "表.xlsx"
    path.write_bytes(b"sheet")
    made = convert_files([OfficeFile(".docx", b"text"), OfficeFile(".xlsx", path)], program, MOMENT)
    assert [len(pypdf.PdfReader(io.BytesIO(data or b"")).pages) for data in made] == [3, 3]
    assert log.read_text().splitlines() == ["000000.docx 000001.xlsx"]


def test_a_file_that_is_refused_takes_nobody_with_it(stand_in: tuple[str, Path]) -> None:
    program, _ = stand_in
    assert convert(program, b"a", b"refuse", b"b", b"refuse", b"c") == [True, False, True, False, True]


def test_a_file_that_brings_the_program_down_takes_nobody_with_it(stand_in: tuple[str, Path]) -> None:
    program, log = stand_in
    assert convert(program, b"a", b"crash", b"b", b"c") == [True, False, True, True]
    assert log.read_text().splitlines()[-1] == "000002.docx 000003.docx"


def test_a_program_that_makes_nothing_is_not_asked_for_ever(stand_in: tuple[str, Path]) -> None:
    program, log = stand_in
    assert convert(program, *[b"refuse"] * 5) == [False] * 5
    assert len(log.read_text().splitlines()) == 1


def test_the_clock_leaves_no_trace() -> None:
    one, two = (fix_moment(make_dated_pdf(clock), MOMENT, b"seed") for clock in ("3644", "3702"))
    assert one == two
    reader = pypdf.PdfReader(io.BytesIO(one))
    assert reader.metadata is not None
    assert reader.metadata["/CreationDate"] == "D:20241025000000Z"
    assert reader.metadata["/Producer"] == "LibreOffice"
    assert b"<xmp:CreateDate>2024-10-25T00:00:00Z</xmp:CreateDate>" in one
    assert len(reader.pages) == 2


def test_the_identifier_comes_of_the_document() -> None:
    data = make_dated_pdf("3644")
    assert fix_moment(data, MOMENT, b"one") != fix_moment(data, MOMENT, b"two")


@pytest.mark.office
def test_libreoffice_makes_archive_pdf_twice_the_same(tmp_path: Path) -> None:
    program = find_office()
    assert program is not None
    root = Path(__file__).resolve().parents[2] / "templates"
    files = [OfficeFile(".docx", root / "docx/remarks-sheet.docx"), OfficeFile(".xlsx", root / "xlsx/item-index.xlsx")]
    once, again = (convert_files(files, program, MOMENT) for _ in range(2))
    assert once == again
    for data in once:
        assert data is not None
        reader = pypdf.PdfReader(io.BytesIO(data))
        assert len(reader.pages) == 1
        xmp = reader.trailer["/Root"]["/Metadata"].get_object().get_data()
        assert b"<pdfaid:part>2</pdfaid:part>" in xmp
        assert b"2024-10-25T00:00:00Z" in xmp
