"""Many documents of one template as one to print."""

from __future__ import annotations

import io
import re
import time
import zipfile
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm
from PIL import Image
from support.render_docx_support import add_table, build, check_schema

from docgen.render.docx.merging.merge import MergedDocument
from docgen.render.docx.merging.sections import MergeError


def add_field(paragraph: Any, code: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def draw(color: str) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), color).save(out, "PNG")
    out.seek(0)
    return out


def make_form(name: str, *, picture: str = "", ends_in_table: bool = False, wide_middle: bool = False) -> bytes:
    """A form: a header with the name, a footer with pages, a numbered list, a bookmark, perhaps a picture."""

    def make(document: Document) -> None:
        section = document.sections[0]
        section.header.paragraphs[0].text = f"页眉 {name}"
        footer = section.footer.paragraphs[0]
        add_field(footer, "PAGE")
        add_field(footer, "NUMPAGES")
        paragraph = document.add_paragraph(name)
        for kind in ("bookmarkStart", "bookmarkEnd"):
            mark = OxmlElement(f"w:{kind}")
            mark.set(qn("w:id"), "0")
            if kind == "bookmarkStart":
                mark.set(qn("w:name"), "title")
            paragraph._p.append(mark)
        document.add_paragraph("一", style="List Number")
        document.add_paragraph("二", style="List Number")
        for item in document.paragraphs[-2:]:
            numbering = item._p.get_or_add_pPr().get_or_add_numPr()
            numbering.get_or_add_numId().val = 1
        if picture:
            document.add_picture(draw(picture), Cm(2))
        if wide_middle:
            turned = document.add_section()
            turned.orientation = WD_ORIENT.LANDSCAPE
            document.add_paragraph("横页")
        if ends_in_table:
            add_table(document, ("甲", name))
        else:
            document.add_paragraph("签字：")

    return build(make)


def merge(*forms: bytes) -> bytes:
    merged = MergedDocument(forms[0])
    for form in forms:
        merged.add(form)
    return merged.finish("合订")


def read(data: bytes, part: str = "word/document.xml") -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(part).decode()


def test_each_form_is_a_section_whose_pages_begin_at_one() -> None:
    data = merge(make_form("甲"), make_form("乙"), make_form("丙", ends_in_table=True), make_form("丁"))
    document = docx.Document(io.BytesIO(data))
    assert len(document.sections) == 4
    assert read(data).count('<w:pgNumType w:start="1"/>') == 4
    assert [item.header.paragraphs[0].text for item in document.sections] == [
        "页眉 甲",
        "页眉 乙",
        "页眉 丙",
        "页眉 丁",
    ]
    footers = {item.footer.part.partname for item in document.sections}
    assert len(footers) == 1  # all alike
    footer = document.sections[0].footer.part.blob.decode()
    assert "SECTIONPAGES" in footer
    assert "NUMPAGES" not in footer.replace("SECTIONPAGES", "")
    check_schema(data)


def test_nothing_of_the_text_is_lost_or_added() -> None:
    names = ["甲", "乙", "丙"]
    document = docx.Document(io.BytesIO(merge(*(make_form(name) for name in names))))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts == [text for name in names for text in (name, "一", "二", "签字：")]


def test_pictures_are_kept_and_stand_once() -> None:
    red, blue = make_form("甲", picture="red"), make_form("乙", picture="blue")
    data = merge(red, blue, make_form("丙", picture="red"), make_form("丁"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        media = [name for name in archive.namelist() if name.startswith("word/media/")]
    assert len(media) == 2
    ids = re.findall(r'<wp:docPr [^>]*?id="(\d+)"', read(data))
    assert len(ids) == len(set(ids)) == 3
    related = docx.Document(io.BytesIO(data)).part.related_parts
    shown = [related[rid].blob for rid in re.findall(r'r:embed="([^"]+)"', read(data))]
    assert shown[0] == shown[2] != shown[1]
    check_schema(data)


def test_lists_begin_anew_and_marks_stay_unique() -> None:
    data = merge(make_form("甲"), make_form("乙"))
    text = read(data)
    lists = re.findall(r'<w:numId w:val="(\d+)"', text)
    assert lists[0] == lists[1] == "1"
    assert lists[2] == lists[3] != "1"
    definition = re.search(rf'<w:num w:numId="{lists[2]}">.*?</w:num>', read(data, "word/numbering.xml"))
    assert definition is not None
    assert '<w:startOverride w:val="1"/>' in definition[0]
    assert re.findall(r'<w:bookmarkStart[^>]*w:name="([^"]+)"', text) == ["title", "title_2"]
    assert len(set(re.findall(r'<w:bookmarkStart[^>]*w:id="(\d+)"', text))) == 2
    check_schema(data)


def test_form_of_several_sections_counts_through() -> None:
    data = merge(make_form("甲", wide_middle=True), make_form("乙", wide_middle=True))
    sections = re.findall(r"<w:sectPr\b.*?</w:sectPr>", read(data), re.DOTALL)
    assert ['w:start="1"' in item for item in sections] == [True, False, True, False]
    check_schema(data)


def test_document_of_another_template_does_not_fit() -> None:
    def make(document: Document) -> None:
        document.styles["Normal"].font.name = "黑体"
        document.add_paragraph("甲")

    merged = MergedDocument(make_form("甲"))
    assert merged.fits(make_form("乙", picture="red"))
    assert not merged.fits(build(make))


def test_notes_and_what_is_no_document_are_refused() -> None:
    form = make_form("甲")
    merged = MergedDocument(form)
    with pytest.raises(MergeError) as refused:
        merged.add(b"PK no docx")
    assert refused.value.key == "merge.unread"
    noted = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(form)) as source, zipfile.ZipFile(noted, "w") as target:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "word/document.xml":
                data = data.replace(b"</w:p>", b'<w:r><w:footnoteReference w:id="2"/></w:r></w:p>', 1)
            target.writestr(entry, data)
    with pytest.raises(MergeError) as refused:
        merged.add(noted.getvalue())
    assert refused.value.key == "merge.notes"


def test_same_forms_give_the_same_bytes() -> None:
    forms = [make_form(name, picture="red") for name in "甲乙丙"]
    assert merge(*forms) == merge(*forms)


def test_three_hundred_forms_are_put_together_fast() -> None:
    form = make_form("甲", picture="red")
    start = time.perf_counter()
    data = merge(*([form] * 300))
    assert time.perf_counter() - start < 5
    assert read(data).count("<w:sectPr") == 300
