"""docgen.content.pdf: pages, dates, and what in a PDF acts or hides."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from docgen.content import pdf
from docgen.content.pdf import PdfAction, PdfError, read_pdf, sum_up_actions
from docgen.messages import LANGUAGES, catalogue


def name(text: str) -> NameObject:
    return NameObject(text)


def action(kind: str, **entries: object) -> DictionaryObject:
    made = DictionaryObject({name("/S"): name(kind)})
    made.update({name(f"/{key}"): value for key, value in entries.items()})
    return made


SCRIPT = action("/JavaScript", JS=TextStringObject("app.alert(1)"))
LAUNCH = action("/Launch", F=TextStringObject("calc.exe"))


def write(writer: PdfWriter) -> bytes:
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def make(pages: int = 2) -> PdfWriter:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 280)
    return writer


def read(data: bytes) -> pdf.PdfFacts:
    return read_pdf(io.BytesIO(data))


def annotate(writer: PdfWriter, page: int, entry: DictionaryObject) -> None:
    link = DictionaryObject({name("/Type"): name("/Annot"), name("/Subtype"): name("/Link"), name("/A"): entry})
    held = writer._add_object(link)
    writer.pages[page][name("/Annots")] = ArrayObject([held])


def test_pages_and_the_day_it_was_made() -> None:
    writer = make(3)
    writer.add_metadata({"/CreationDate": "D:20231206140200+08'00'"})
    assert read(write(writer)) == pdf.PdfFacts(3, dt.date(2023, 12, 6))
    writer.add_metadata({"/CreationDate": "D:20231341"})
    assert read(write(writer)).made is None


@pytest.mark.parametrize("entry", [SCRIPT, action("/GoTo", Next=ArrayObject([LAUNCH, SCRIPT]))])
def test_what_runs_when_it_is_opened(entry: DictionaryObject) -> None:
    writer = make()
    writer.root_object[name("/OpenAction")] = entry
    actions = read(write(writer)).actions
    assert PdfAction("script") in actions
    assert all(item.page is None for item in actions)


def test_a_harmless_link_is_nothing() -> None:
    writer = make()
    annotate(writer, 0, action("/URI", URI=TextStringObject("https://example.org/")))
    writer.root_object[name("/OpenAction")] = ArrayObject([writer.pages[0].indirect_reference, name("/Fit")])
    assert read(write(writer)).actions == ()


def test_actions_of_a_page_know_it() -> None:
    writer = make(3)
    annotate(writer, 1, LAUNCH)
    writer.pages[2][name("/AA")] = DictionaryObject({name("/O"): SCRIPT})
    assert read(write(writer)).actions == (PdfAction("launch", 2, "calc.exe"), PdfAction("script", 3))


def test_the_names_of_scripts_and_files_inside() -> None:
    writer = make()
    writer.add_attachment("清单\u202e.xlsx", b"x")
    tree = DictionaryObject({name("/Names"): ArrayObject([TextStringObject("a"), SCRIPT])})
    writer.root_object[name("/Names")][name("/JavaScript")] = tree  # type: ignore[index]
    actions = read(write(writer)).actions
    assert {item.kind for item in actions} == {"attachment", "script"}
    assert [item.name for item in actions if item.kind == "attachment"] == ["清单\u202e.xlsx"]
    for lang in LANGUAGES:
        spoken = [catalogue(lang).text(term.key, **term.params) for pair in sum_up_actions(actions) for term in pair]
        assert "\u202e" not in "".join(spoken), "what turns the line round is never shown"
        assert len(spoken) == 4


def test_rings_of_objects_end() -> None:
    writer = make()
    ring = DictionaryObject({name("/S"): name("/GoTo")})
    held = writer._add_object(ring)
    ring[name("/Next")] = held
    writer.root_object[name("/OpenAction")] = held
    assert read(write(writer)).actions == ()


def test_too_many_objects_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_MAX_OBJECTS", 3)
    writer = make(6)
    for number in range(6):
        annotate(writer, number, LAUNCH)
    assert PdfAction("unsearched") in read(write(writer)).actions


@pytest.mark.parametrize(("data", "key"), [(b"%PDF-1.4 nothing", "damaged"), (b"", "damaged")])
def test_what_does_not_open(data: bytes, key: str) -> None:
    with pytest.raises(PdfError) as caught:
        read(data)
    assert caught.value.key == key


def test_a_password_and_a_cipher_that_nobody_knows() -> None:
    writer = make()
    writer.encrypt("geheim", algorithm="RC4-128")
    with pytest.raises(PdfError, match="encrypted"):
        read(write(writer))
    data = write(writer).replace(b"/V 2", b"/V 5").replace(b"/R 3", b"/R 6")
    with pytest.raises(PdfError):
        read(data)
