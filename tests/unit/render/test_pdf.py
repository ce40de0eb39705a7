"""PDF by LibreOffice: a process for each core, nobody's fault spoils the others, and the same bytes every time."""

from __future__ import annotations

import _thread
import datetime as dt
import io
import itertools
import subprocess
import sys
import threading
from pathlib import Path

import pypdf
import pytest
from support.stand_in_office import StandIn, make_stand_in

from docgen.render.office.process import Ending
from docgen.render.pdf import Converter, OfficeFile, find_office
from docgen.resources import Converting

MOMENT = dt.date(2024, 10, 25)
UNKEPT = Converting(cache=False)
QUICK = Converting(cache=False, seconds=3)


@pytest.fixture
def stand_in(tmp_path: Path) -> StandIn:
    return make_stand_in(tmp_path / "office")


def convert(
    stand_in: StandIn, *sources: bytes, converting: Converting = UNKEPT, instances: int = 1
) -> list[bytes | Ending]:
    converter = Converter(str(stand_in.program), converting, instances)
    return converter.convert([OfficeFile(".docx", source) for source in sources], MOMENT)


def are_made(made: list[bytes | Ending]) -> list[bool]:
    return [isinstance(data, bytes) for data in made]


def put(place: int, fault: bytes, count: int) -> list[bytes]:
    """Sound files and one, at a place, over which the program goes wrong."""
    sources = [b"sound %d" % number for number in range(count - 1)]
    sources.insert(place, b"a " + fault)
    return sources


@pytest.mark.heavy
def test_files_of_both_kinds_go_to_one_process(stand_in: StandIn, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(b"sheet")
    files = [OfficeFile(".docx", b"text"), OfficeFile(".xlsx", path)]
    made = Converter(str(stand_in.program), UNKEPT, 1).convert(files, MOMENT)
    assert [len(pypdf.PdfReader(io.BytesIO(data)).pages) for data in made if isinstance(data, bytes)] == [3, 3]
    assert stand_in.list_runs() == [["000000.docx", "000001.xlsx"]]


@pytest.mark.heavy
def test_each_core_has_a_process_of_at_most_forty_files_with_a_profile_of_its_own(stand_in: StandIn) -> None:
    made = convert(stand_in, *(b"%d" % number for number in range(90)), instances=2)
    assert are_made(made) == [True] * 90
    runs = stand_in.list_runs()
    assert sorted(map(len, runs)) == [22, 22, 23, 23]
    assert sorted(itertools.chain(*runs)) == [f"{number:06d}.docx" for number in range(90)]
    assert len(set(stand_in.list_profiles())) == 2


@pytest.mark.heavy
def test_what_is_the_same_is_converted_once(stand_in: StandIn) -> None:
    made = convert(stand_in, b"a", b"b", b"a")
    assert made[0] == made[2] != made[1]
    assert stand_in.list_runs() == [["000000.docx", "000001.docx"]]


@pytest.mark.heavy
@pytest.mark.parametrize("place", [0, 2, 4])
@pytest.mark.parametrize("fault", [b"crash", b"half", b"junk", b"empty", b"ends", b"folder", b"refuse"])
def test_a_file_that_goes_wrong_costs_itself_only(stand_in: StandIn, fault: bytes, place: int) -> None:
    made = convert(stand_in, *put(place, fault, 5))
    assert are_made(made) == [at != place for at in range(5)]
    ending = made[place]
    assert isinstance(ending, Ending)
    if fault in (b"crash", b"half"):
        assert (ending.code, ending.words) == (77, "terminate called without an active exception")
    else:
        assert (ending.code, ending.hung) == (0, False)
    runs = stand_in.list_runs()
    assert [f"{place:06d}.docx"] in runs  # once more alone
    behind = range(place, 5) if fault in (b"crash", b"half") else [place]
    assert sorted(runs[1:]) == [[f"{at:06d}.docx"] for at in behind]


@pytest.mark.heavy
@pytest.mark.parametrize("instances", [1, 2])
def test_however_many_go_wrong_the_others_are_made(stand_in: StandIn, instances: int) -> None:
    faults = (b"crash", b"sound", b"half", b"gone", b"junk", b"crash", b"refuse", b"sound", b"crash")
    made = convert(stand_in, *(b"%d " % at + fault for at, fault in enumerate(faults)), instances=instances)
    assert are_made(made) == [fault == b"sound" for fault in faults]


@pytest.mark.heavy
@pytest.mark.skipif(sys.platform == "win32", reason="processes as POSIX has them")
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_file_that_hangs_costs_itself_only(stand_in: StandIn, place: int) -> None:
    made = convert(stand_in, *put(place, b"hang", 3), converting=QUICK)
    assert are_made(made) == [at != place for at in range(3)]
    assert made[place] == Ending(None, hung=True)
    children = stand_in.list_children()
    assert len(children) == 2
    assert not [child for child in children if is_alive(child)]


def is_alive(process: str) -> bool:
    """Whether a process is still there; one that only waits to be reaped isn't."""
    listed = subprocess.run(["ps", "-o", "stat=", "-p", process], capture_output=True, text=True, check=False).stdout
    return bool(listed.strip()) and not listed.strip().startswith("Z")


@pytest.mark.heavy
@pytest.mark.skipif(sys.platform == "win32", reason="processes as POSIX has them")
def test_however_many_hang_at_the_beginning_the_last_one_is_made(stand_in: StandIn) -> None:
    sources = [b"%d hang" % number for number in range(4)]
    made = convert(stand_in, *sources, b"sound", converting=Converting(cache=False, seconds=1), instances=2)
    assert are_made(made) == [False] * 4 + [True]


@pytest.mark.heavy
def test_a_file_that_takes_long_gets_its_time_alone(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docgen.render.pdf._PATIENCE", 2)
    made = convert(stand_in, *put(1, b"slow", 3), converting=Converting(cache=False, seconds=20))
    assert are_made(made) == [True] * 3
    assert stand_in.list_runs()[1:] == [["000001.docx"], ["000002.docx"]]


@pytest.mark.heavy
def test_a_program_that_makes_nothing_is_asked_twice(stand_in: StandIn) -> None:
    assert are_made(convert(stand_in, *(b"%d refuse" % number for number in range(5)))) == [False] * 5
    assert len(stand_in.list_runs()) == 6  # together, then each once alone


@pytest.mark.heavy
@pytest.mark.skipif(sys.platform == "win32", reason="processes as POSIX has them")
def test_a_program_that_hangs_over_anything_is_given_up(tmp_path: Path) -> None:
    hanging = make_stand_in(tmp_path / "office", fault="hang", marked="")
    made = convert(hanging, *(b"%d" % number for number in range(9)), converting=Converting(cache=False, seconds=1))
    assert are_made(made) == [False] * 9
    assert hanging.list_runs()[1:] == [["probe.txt"]]


@pytest.mark.heavy
@pytest.mark.skipif(sys.platform == "win32", reason="processes as POSIX has them")
def test_whoever_interrupts_ends_what_was_started(stand_in: StandIn) -> None:
    timer = threading.Timer(2, _thread.interrupt_main)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        convert(stand_in, b"a hang", b"b hang", instances=2)
    assert len(stand_in.list_children()) == 2
    assert not [child for child in stand_in.list_children() if is_alive(child)]


@pytest.mark.heavy
def test_a_program_that_cannot_be_begun_is_told(tmp_path: Path) -> None:
    (ending,) = Converter(str(tmp_path / "absent"), UNKEPT).convert([OfficeFile(".docx", b"a")], MOMENT)
    assert isinstance(ending, Ending)
    assert (ending.code, ending.hung, bool(ending.words)) == (None, False, True)


@pytest.mark.heavy
def test_a_file_that_is_gone_costs_itself_only(stand_in: StandIn, tmp_path: Path) -> None:
    files = [OfficeFile(".docx", tmp_path / "gone.docx"), OfficeFile(".docx", b"a")]
    gone, made = Converter(str(stand_in.program), UNKEPT).convert(files, MOMENT)
    assert isinstance(gone, Ending)
    assert isinstance(made, bytes)


@pytest.mark.heavy
@pytest.mark.usefixtures("cache")
def test_an_unchanged_file_is_never_converted_twice(stand_in: StandIn) -> None:
    once = convert(stand_in, b"a", b"b", converting=Converting())
    assert convert(stand_in, b"b", b"a", b"c", converting=Converting())[:2] == once[::-1]
    assert stand_in.list_runs() == [["000000.docx", "000001.docx"], ["000002.docx"]]
    convert(stand_in, b"a", converting=UNKEPT)
    assert len(stand_in.list_runs()) == 3


@pytest.mark.heavy
@pytest.mark.usefixtures("cache")
def test_another_converter_or_day_converts_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = (make_stand_in(tmp_path / name, version=f"LibreOffice {name}.0") for name in ("7", "8"))
    for stand_in in (one, two):
        convert(stand_in, b"a", converting=Converting())
        assert len(stand_in.list_runs()) == 1
    Converter(str(one.program)).convert([OfficeFile(".docx", b"a")], dt.date(2025, 1, 1))
    assert len(one.list_runs()) == 2
    monkeypatch.setattr("docgen.render.office.identity.digest_fonts", lambda: "f" * 64)
    convert(one, b"a", converting=Converting())
    assert len(one.list_runs()) == 3


@pytest.mark.heavy
@pytest.mark.parametrize("damage", ["", "cut", "other"])
def test_a_spoilt_entry_is_no_source(stand_in: StandIn, cache: Path, damage: str) -> None:
    once = convert(stand_in, b"a", converting=Converting())
    (entry,) = (path for path in cache.rglob("*") if path.is_file())
    whole = entry.read_bytes()
    entry.write_bytes({"": b"", "cut": whole[:-9], "other": whole.replace(b"%PDF", b"%pdf")}[damage])
    assert convert(stand_in, b"a", converting=Converting()) == once
    assert len(stand_in.list_runs()) == 2
    assert entry.read_bytes() == whole


@pytest.mark.heavy
def test_what_failed_is_not_kept(stand_in: StandIn, cache: Path) -> None:
    convert(stand_in, b"a junk", converting=Converting())
    assert not [path for path in cache.rglob("*") if path.is_file()]


@pytest.mark.heavy
@pytest.mark.usefixtures("cache")
def test_runs_beside_each_other_share_the_cache(stand_in: StandIn) -> None:
    results: list[list[bytes | Ending]] = []
    threads = [
        threading.Thread(target=lambda: results.append(convert(stand_in, b"a", b"b", converting=Converting())))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [results[0]] * 4
    assert are_made(results[0]) == [True, True]


@pytest.mark.office
def test_libreoffice_makes_archive_pdf_twice_the_same() -> None:
    program = find_office()
    assert program is not None
    root = Path(__file__).resolve().parents[3] / "templates"
    files = [OfficeFile(".docx", root / "docx/remarks-sheet.docx"), OfficeFile(".xlsx", root / "xlsx/item-index.xlsx")]
    once, again = (Converter(program, UNKEPT).convert(files, MOMENT) for _ in range(2))
    assert once == again
    for data in once:
        assert isinstance(data, bytes)
        reader = pypdf.PdfReader(io.BytesIO(data), strict=True)
        assert len(reader.pages) == 1
        assert reader.metadata is not None
        assert reader.metadata["/CreationDate"] == "D:20241025000000Z"
        xmp = reader.trailer["/Root"]["/Metadata"].get_object().get_data()
        assert b"<pdfaid:part>2</pdfaid:part>" in xmp
        assert b"2024-10-25T00:00:00Z" in xmp
        profile = reader.trailer["/Root"]["/OutputIntents"][0]["/DestOutputProfile"].get_data()
        assert profile[24:36] == bytes.fromhex("07e8 000a 0019 0000 0000 0000")
