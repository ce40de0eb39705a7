"""Parts that are remembered: the same findings and the same counted work as reading them anew, and no more is taken."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.archive_samples import make_office

from docgen.archive.bag import office
from docgen.archive.bag.instructions import InstructionMarks
from docgen.archive.bag.office import OfficeError, OfficeFacts, inspect_office
from docgen.archive.bag.parts import SMALL, read_small_part
from docgen.archive.zip.limits import OverLimitError, ReadingCost

FIELD = '<w xmlns:w="w"><w:fldSimple w:instr="DDE cmd x"/><p/></w>'
LINK = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r" Type="http://x/relationships/image" Target="http://example.org/" TargetMode="External"/>'
    "</Relationships>"
)
DOCUMENTS = {
    "plain": make_office(),
    "field": make_office(body=FIELD),
    "link": make_office(**{"word/_rels/document.xml.rels": LINK}),
    "broken": make_office(body="<w>"),
    "empty": make_office(body=""),
    "dtd": make_office(body="<!DOCTYPE w><w/>"),
    "long": make_office(body=f"<w>{'<p/>' * SMALL}</w>"),
    "two lists of types": make_office(**{"[content_types].xml": "<Types/>"}),
}
MARKS = re.compile(
    rb"instrText|fldSimple|ddeLink|oleLink|definedName|HyperlinkBase|connectString|hlink(?:Click|Hover|MouseOver)"
    rb"|[<:]f[\s>]|ormula\d?[\s>]|[\s:](?:src|href)\s*="
)
PIECES = (
    *(b"instr", b"Text", b"fld", b"Simple", b"hlink", b"Click", b"Hover", b"definedName", b"ormula", b"src", b"href"),
    *(b"<", b":", b"f", b" ", b"\t", b"\n", b"\r", b"\f", b"\v", b">", b"=", b"1", b"x"),
)

Outcome = tuple[OfficeFacts | tuple[str, str], int, int, int]


def inspect(data: bytes) -> Outcome:
    work = ReadingCost(size=len(data))
    try:
        outcome: OfficeFacts | tuple[str, str] = inspect_office(data, work)
    except OfficeError as problem:
        outcome = problem.key, problem.part
    return outcome, work.inflated, work.elements, work.searched


@pytest.fixture
def forget(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    return lambda: monkeypatch.setattr(office, "SMALL", -1)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_is_remembered_is_what_reading_tells(name: str, forget: Callable[[], None]) -> None:
    read_small_part.cache_clear()
    outcomes = [inspect(DOCUMENTS[name]) for _ in range(2)]
    forget()
    assert outcomes == [inspect(DOCUMENTS[name])] * 2


def test_parts_of_one_template_are_read_once() -> None:
    read_small_part.cache_clear()
    for number in range(5):
        inspect_office(make_office(body=f"<w>{number}</w>"))
    cache = read_small_part.cache_info()
    assert cache.misses == 2 + 5


@pytest.mark.parametrize("field", ["crc", "size", "name"])
def test_the_same_bytes_under_another_header_are_not_taken_for_sound(field: str) -> None:
    sound = make_office(body=FIELD)
    inspect_office(sound)
    with zipfile.ZipFile(io.BytesIO(sound)) as archive:
        entry = archive.getinfo("word/document.xml")
    old = {
        "crc": entry.CRC.to_bytes(4, "little"),
        "size": entry.file_size.to_bytes(4, "little"),
        "name": b"word/document.xml",
    }[field]
    new = bytes([old[0] ^ 1]) + old[1:]
    with pytest.raises(OfficeError) as caught:
        inspect_office(sound.replace(old, new))
    assert caught.value.key == ("main" if field == "name" else "damaged")


@pytest.mark.parametrize("what", ["elements", "inflated"])
def test_a_remembered_part_counts(what: str) -> None:
    data = make_office(body=FIELD)
    inspect_office(data)
    work = ReadingCost()
    setattr(work, what, getattr(work, f"most_{what}"))
    with pytest.raises(OverLimitError) as caught:
        inspect_office(data, work)
    assert caught.value.key == what


@given(st.lists(st.sampled_from(PIECES), max_size=8).map(b"".join))
def test_marks_are_found_wherever_they_stand(data: bytes) -> None:
    marks = InstructionMarks()
    marks.look_at(data)
    assert marks.has_marks == (MARKS.search(data) is not None)


def test_a_mark_is_found_across_pieces_however_many_spaces_are_in_it() -> None:
    for pieces in ((b"<a src" + b" " * 40, b'="x"/>'), (b"<a src\n", b" " * 40, b'="x"/>'), (b"<a sr", b'c="x"/>')):
        marks = InstructionMarks()
        for piece in pieces:
            marks.look_at(piece)
        assert marks.has_marks
