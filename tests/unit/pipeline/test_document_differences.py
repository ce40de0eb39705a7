"""Two Word or Excel files: which text differs, by its place; which picture; what else."""

from __future__ import annotations

import io
import zipfile

import openpyxl
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import nsmap, qn
from PIL import Image
from support.remade_packages import change_part

from docgen.messages import catalogue
from docgen.pipeline.services.document_differences import DocumentDifferences, compare_documents


def make_word(*paragraphs: str, cells: tuple[tuple[str, ...], ...] = (), picture: bytes = b"") -> bytes:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if cells:
        table = document.add_table(len(cells), len(cells[0]))
        for row, texts in zip(table.rows, cells, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    if picture:
        document.add_picture(io.BytesIO(picture))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def make_sheet(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def paint(colour: str, quality: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def format(differing: DocumentDifferences) -> list[tuple[str, str, str]]:
    words = catalogue("zh")
    return [(words.text(item.place.key, **item.place.params), item.received, item.expected) for item in differing.texts]


def test_equal_parts_are_equal_whatever_packed_them() -> None:
    data = make_word("一")
    assert compare_documents(change_part(data, "word/document.xml", "一", "一"), data, "a.docx").is_equal


def test_a_paragraph_is_told_by_its_number_and_a_cell_by_row_and_column() -> None:
    wanted = make_word("一", "", "二", cells=(("姓名", "甲"), ("得分", "90")))
    found = make_word("一", "", "另", cells=(("姓名", "甲"), ("得分", "95")))
    told = format(compare_documents(found, wanted, "a.docx"))
    assert told == [("正文第 2 段", "另", "二"), ("正文第 1 个表第 2 行第 2 格（得分）", "95", "90")]


def test_cells_and_rows_in_content_controls_are_counted_as_any_other() -> None:
    wanted = make_word(cells=(("姓名", "甲"), ("得分", "90")))
    for element in ("tc", "tr"):
        document = Document(io.BytesIO(make_word(cells=(("姓名", "甲"), ("得分", "95")))))
        wrapped = document.tables[0]._tbl.findall(f".//{qn(f'w:{element}')}")[-1]
        control, content = OxmlElement("w:sdt"), OxmlElement("w:sdtContent")
        wrapped.addprevious(control)
        control.append(content)
        content.append(wrapped)
        buffer = io.BytesIO()
        document.save(buffer)
        changes = format(compare_documents(buffer.getvalue(), wanted, "a.docx"))
        assert changes == [("正文第 1 个表第 2 行第 2 格（得分）", "95", "90")]


def test_a_header_is_told_as_one_whatever_its_part_is_named() -> None:
    wanted = make_word("一")
    buffer = io.BytesIO(wanted)
    with zipfile.ZipFile(buffer, "a") as archive:
        paragraph = "<w:p><w:r><w:t>二</w:t></w:r></w:p>"
        archive.writestr("word/headerFirst.xml", f'<w:hdr xmlns:w="{nsmap["w"]}">{paragraph}</w:hdr>')
    assert format(compare_documents(buffer.getvalue(), wanted, "a.docx")) == [("页眉第 1 段", "二", "—")]


def test_what_was_added_or_taken_out_stands_alone() -> None:
    wanted, found = make_word("一", "二", "三"), make_word("一", "三", "四")
    told = format(compare_documents(found, wanted, "a.docx"))
    assert told == [("正文第 2 段", "—", "二"), ("正文第 3 段", "四", "—")]


def test_a_long_text_is_shown_from_where_it_differs() -> None:
    wanted, found = make_word("甲" * 300 + "乙" + "丙" * 300), make_word("甲" * 300 + "丁" + "丙" * 300)
    ((_, theirs, ours),) = format(compare_documents(found, wanted, "a.docx"))
    assert ("丁" in theirs, "乙" in ours, len(theirs) < 80) == (True, True, True)


def test_many_differences_are_counted() -> None:
    wanted, found = (make_word(*(f"{word}{number}" for number in range(50))) for word in "甲乙")
    differing = compare_documents(found, wanted, "a.docx")
    assert (len(differing.texts), differing.more) == (20, 30)
    wanted, found = (make_word(*(f"{word}{number % 7}" for number in range(2500))) for word in "甲乙")
    assert compare_documents(found, wanted, "a.docx").more == 2480


def test_a_cell_of_a_sheet_is_told_by_its_reference() -> None:
    wanted, found = make_sheet([["项目", "得分"], ["甲", 9]]), make_sheet([["项目", "得分"], ["甲", 10]])
    assert format(compare_documents(found, wanted, "a.xlsx")) == [("Sheet!B2（甲）", "10", "9")]


def test_the_same_texts_otherwise_made_are_told_by_their_parts() -> None:
    wanted = make_word("一")
    found = change_part(wanted, "docProps/core.xml", "</cp:coreProperties>", " </cp:coreProperties>")
    differing = compare_documents(found, wanted, "a.docx")
    assert (differing.texts, differing.parts, differing.is_undecided) == ((), ("docProps/core.xml",), False)


def test_another_picture_differs_and_the_same_one_packed_otherwise_is_left() -> None:
    wanted = make_word("一", picture=paint("red", 90))
    alike = compare_documents(make_word("一", picture=paint("red", 30)), wanted, "a.docx")
    assert (alike.pictures, alike.is_undecided, alike.is_equal) == ((), True, False)
    other = compare_documents(make_word("一", picture=paint("white", 90)), wanted, "a.docx")
    assert (other.pictures, other.is_undecided) == ((1,), False)


def test_a_file_that_is_none_differs_as_a_whole() -> None:
    assert compare_documents(b"none", make_word("一"), "data/a.docx").parts == ("a.docx",)
