"""PDF by LibreOffice: one process for all, nobody's fault spoils the others, and the same bytes every time."""

from __future__ import annotations

import datetime as dt
import io
import stat
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject
from support.archive_samples import make_pdf

from docgen.render.office_process import Ending
from docgen.render.pdf import OfficeFile, convert_files, find_office, fix_moment

MOMENT = dt.date(2024, 10, 25)
_STAND_IN = """#!{python}
import pathlib, subprocess, sys
folder = pathlib.Path(sys.argv[sys.argv.index("--outdir") + 1])
names = sys.argv[sys.argv.index("--outdir") + 2:]
with open({log!r}, "a") as log:
    print(*names, file=log)
for name in names:
    data = pathlib.Path(name).read_bytes()
    made, target = pathlib.Path({pdf!r}).read_bytes(), folder.joinpath(name).with_suffix(".pdf")
    if data == b"half":
        target.write_bytes(made[: len(made) // 2])
    if data in (b"crash", b"half"):
        print("terminate called without an active exception")
        sys.exit(77)
    if data == b"hang":
        child = subprocess.Popen(["sleep", "600"])
        with open({log!r} + ".children", "a") as children:
            print(child.pid, file=children)
        child.wait()
    if data != b"refuse":
        target.write_bytes(made)
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
    return [isinstance(data, bytes) for data in made]


@pytest.mark.heavy
def test_all_files_go_to_one_process(stand_in: tuple[str, Path], tmp_path: Path) -> None:
    program, log = stand_in
    path = tmp_path / "表.xlsx"
    path.write_bytes(b"sheet")
    made = convert_files([OfficeFile(".docx", b"text"), OfficeFile(".xlsx", path)], program, MOMENT)
    assert [len(pypdf.PdfReader(io.BytesIO(data)).pages) for data in made if isinstance(data, bytes)] == [3, 3]
    assert log.read_text().splitlines() == ["000000.docx 000001.xlsx"]


@pytest.mark.heavy
def test_a_file_that_is_refused_takes_nobody_with_it(stand_in: tuple[str, Path]) -> None:
    program, _ = stand_in
    assert convert(program, b"a", b"refuse", b"b", b"refuse", b"c") == [True, False, True, False, True]


@pytest.mark.heavy
@pytest.mark.parametrize("place", [0, 2, 4])
@pytest.mark.parametrize("fault", [b"crash", b"half"])
def test_a_file_that_brings_the_program_down_costs_itself_only(
    stand_in: tuple[str, Path], fault: bytes, place: int
) -> None:
    program, log = stand_in
    sources = [b"a", b"b", b"c", b"d"]
    sources.insert(place, fault)
    files = [OfficeFile(".docx", source) for source in sources]
    made = convert_files(files, program, MOMENT)
    assert [isinstance(data, bytes) for data in made] == [at != place for at in range(5)]
    ending = made[place]
    assert isinstance(ending, Ending)
    assert (ending.code, ending.words) == (77, "terminate called without an active exception")
    runs = log.read_text().splitlines()
    assert f"{place:06d}.docx" in runs  # once more alone
    assert len(runs) == (2 if place == 4 else 3)


@pytest.mark.heavy
@pytest.mark.skipif(sys.platform == "win32", reason="processes as POSIX has them")
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_file_that_hangs_costs_itself_only(
    stand_in: tuple[str, Path], place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, log = stand_in
    monkeypatch.setattr("docgen.render.pdf._PATIENCE", 3.0)
    sources = [b"a", b"b"]
    sources.insert(place, b"hang")
    made = convert_files([OfficeFile(".docx", source) for source in sources], program, MOMENT)
    assert [isinstance(data, bytes) for data in made] == [at != place for at in range(3)]
    assert made[place] == Ending(None, hung=True)
    children = Path(f"{log}.children").read_text().split()
    assert len(children) == 2
    assert not [child for child in children if is_alive(child)]


def is_alive(process: str) -> bool:
    """Whether a process is still there; one that only waits to be reaped isn't."""
    listed = subprocess.run(["ps", "-o", "stat=", "-p", process], capture_output=True, text=True, check=False).stdout
    return bool(listed.strip()) and not listed.strip().startswith("Z")


@pytest.mark.heavy
def test_a_program_that_makes_nothing_is_not_asked_for_ever(stand_in: tuple[str, Path]) -> None:
    program, log = stand_in
    assert convert(program, *[b"refuse"] * 5) == [False] * 5
    assert len(log.read_text().splitlines()) == 6  # together, then each once alone


@pytest.mark.heavy
def test_a_program_that_always_hangs_is_given_up(stand_in: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    program, log = stand_in
    monkeypatch.setattr("docgen.render.pdf._PATIENCE", 1.0)
    assert convert(program, *[b"hang"] * 9) == [False] * 9
    assert len(log.read_text().splitlines()) == 6


@pytest.mark.heavy
def test_a_program_that_cannot_be_begun_is_told(tmp_path: Path) -> None:
    (ending,) = convert_files([OfficeFile(".docx", b"a")], str(tmp_path / "absent"), MOMENT)
    assert isinstance(ending, Ending)
    assert (ending.code, ending.hung, bool(ending.words)) == (None, False, True)


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
    root = Path(__file__).resolve().parents[3] / "templates"
    files = [OfficeFile(".docx", root / "docx/remarks-sheet.docx"), OfficeFile(".xlsx", root / "xlsx/item-index.xlsx")]
    once, again = (convert_files(files, program, MOMENT) for _ in range(2))
    assert once == again
    for data in once:
        assert isinstance(data, bytes)
        reader = pypdf.PdfReader(io.BytesIO(data))
        assert len(reader.pages) == 1
        xmp = reader.trailer["/Root"]["/Metadata"].get_object().get_data()
        assert b"<pdfaid:part>2</pdfaid:part>" in xmp
        assert b"2024-10-25T00:00:00Z" in xmp
