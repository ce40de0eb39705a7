"""A Word file as it stands: numbers that Word prints, cells, boxes, and what isn't printed among the lines."""

from __future__ import annotations

from pathlib import Path

from support.content_support import item, paragraph, run, table, write_docx

from docgen.content.docx.read import read_docx
from docgen.content.flow import Flow, FlowTable, Line, TextBox, iterate_lines


def read(path: Path, body: str) -> Flow:
    flow = read_docx(write_docx(path / "a.docx", body)).flow
    assert flow is not None
    return flow


def list_texts(flow: Flow) -> list[str]:
    return [line.text for line in iterate_lines(flow.items)]


def test_numbers_are_those_that_word_prints(tmp_path: Path) -> None:
    body = item("甲", 1) + item("子", 2, 1) + item("丑", 2, 1) + paragraph("文") + item("乙", 1)
    body += item("一", 2) + item("子", 2, 1) + item("点", 3) + item("丙", 1)
    lines = read(tmp_path, body).items
    numbers = [line.number for line in lines if isinstance(line, Line)]
    assert numbers == ["一、", "a)", "b)", "", "二、", "1.", "a)", "", "三、"]


def test_cells_keep_their_paragraphs(tmp_path: Path) -> None:
    body = table(("企业简介", "第一段。")).replace(
        "第一段。</w:t></w:r></w:p>", "第一段。</w:t></w:r></w:p>" + paragraph("第二段。")
    )
    (grid,) = (item for item in read(tmp_path, body).items if isinstance(item, FlowTable))
    assert [[len(cell) for cell in row] for row in grid.cells] == [[1, 2]]
    places = [line.paragraph.location.paragraph for line in iterate_lines((grid,))]
    assert places == sorted({place for place in places if place is not None})


def test_a_text_box_stands_where_it_is_anchored(tmp_path: Path) -> None:
    box = f"<w:r><w:pict><w:txbxContent>{paragraph('框里')}</w:txbxContent></w:pict></w:r>"
    twice = (
        f"<w:r><mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent>{paragraph('新框')}</w:txbxContent></w:drawing>"
        f"</mc:Choice><mc:Fallback><w:pict><w:txbxContent>{paragraph('新框')}</w:txbxContent></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    flow = read(tmp_path, paragraph("前") + paragraph("中", inner=box) + paragraph("", inner=twice) + paragraph("后"))
    assert list_texts(flow) == ["前", "框里", "中", "新框", "后"]
    boxes = [item for item in flow.items if isinstance(item, TextBox)]
    assert [item.location.paragraph for item in boxes] == [2, 3]


def test_what_isnt_printed_is_kept_aside(tmp_path: Path) -> None:
    chunk = '<w:altChunk r:id="x"/>'
    hidden = paragraph("看得见", inner=run("看不见", "<w:vanish/>") + run("也看不见", "<w:vanish/>"))
    flow = read(tmp_path, hidden + chunk + paragraph("文"))
    assert list_texts(flow) == ["看得见", "文"]
    outside = [(item.kind, item.text, item.location.paragraph) for item in flow.outside]
    assert outside == [("hidden", "看不见也看不见", 1), ("chunk", "", 1)]


def test_a_field_without_an_end_hides_nothing(tmp_path: Path) -> None:
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> PAGE </w:instrText></w:r>'
    flow = read(tmp_path, paragraph("前", inner=begin) + paragraph("中") + paragraph("后"))
    assert list_texts(flow) == ["前", "中", "后"]
    assert [item.kind for item in flow.outside] == ["field"]


def test_the_fallback_of_a_run_is_read_where_its_choice_has_no_text(tmp_path: Path) -> None:
    inner = (
        "<w:r><mc:AlternateContent><mc:Choice/><mc:Fallback><w:t>一二三</w:t></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert list_texts(read(tmp_path, paragraph("零", inner=inner))) == ["零一二三"]


def test_words_in_another_direction_are_words(tmp_path: Path) -> None:
    inner = f'<w:bdo w:val="ltr">{run("甲")}</w:bdo><w:dir w:val="rtl"><w:bdo w:val="ltr">{run("乙")}</w:bdo></w:dir>'
    assert list_texts(read(tmp_path, paragraph("前", inner=inner))) == ["前甲乙"]


def test_the_alternative_that_holds_text_is_read_of_runs_and_of_paragraphs(tmp_path: Path) -> None:
    emoji = f"<mc:AlternateContent><mc:Choice/><mc:Fallback>{run('笑')}</mc:Fallback></mc:AlternateContent>"
    block = f"<mc:AlternateContent><mc:Choice/><mc:Fallback>{paragraph('段')}</mc:Fallback></mc:AlternateContent>"
    both = emoji.replace("<mc:Choice/>", f"<mc:Choice>{run('新')}</mc:Choice>")
    assert list_texts(read(tmp_path, paragraph("前", inner=emoji + both) + block)) == ["前笑新", "段"]


def test_a_sub_document_is_told(tmp_path: Path) -> None:
    flow = read(tmp_path, paragraph("前", inner='<w:subDoc r:id="x"/>') + '<w:subDoc r:id="y"/>')
    assert [(item.kind, item.location.paragraph) for item in flow.outside] == [("chunk", 1), ("chunk", 1)]


CONTROL = "<w:sdt><w:sdtPr>{state}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def test_what_a_control_shows_until_it_is_filled_in_is_no_text(tmp_path: Path) -> None:
    showing = "<w:showingPlcHdr/>"
    line = CONTROL.format(state=showing, content=run("选择") + run("一项"))
    block = CONTROL.format(state=showing, content=paragraph("随便什么话"))
    filled = CONTROL.format(state='<w:showingPlcHdr w:val="0"/>', content=run("填了"))
    flow = read(tmp_path, paragraph("甲：", inner=line) + block + paragraph("乙：", inner=filled))
    assert list_texts(flow) == ["甲：", "乙：填了"]
    outside = [(item.kind, item.text, item.location.paragraph) for item in flow.outside]
    assert outside == [("unfilled", "选择一项", 1), ("unfilled", "随便什么话", 2)]


def test_a_field_without_an_end_in_a_box_hides_nothing_there(tmp_path: Path) -> None:
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    code = "<w:r><w:instrText> PAGE </w:instrText></w:r>"
    box = f"<w:r><w:pict><w:txbxContent>{paragraph('框', inner=begin + run('里'))}</w:txbxContent></w:pict></w:r>"
    flow = read(tmp_path, paragraph("前", inner=begin + code + box + end) + paragraph("后"))
    assert list_texts(flow) == ["框里", "前", "后"]
    assert [item.kind for item in flow.outside] == ["field"]
