"""The copy with comments: at the right paragraphs, valid, and the template's own text as it was."""

from __future__ import annotations

import io
import zipfile

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from lxml import etree
from support.render_docx_support import W, add_table, build, check_schema, of_paragraphs, read_part
from support.scan_support import NAME, check

from docgen.messages import catalogue
from docgen.render.docx.template import DocxTemplate
from docgen.render.scan.annotate import annotate_docx


def annotate(data: bytes, lang: str = "zh") -> bytes:
    return annotate_docx(data, NAME, check(data).diagnostics, catalogue("en" if lang == "en" else "zh"))


def read_comments(data: bytes) -> dict[str, str]:
    """The comments by id."""
    root = etree.fromstring(read_part(data, "word/comments.xml").encode())
    return {
        str(item.get(f"{W}id")): "\n".join("".join(p.itertext()) for p in item.iter(f"{W}p"))
        for item in root.iter(f"{W}comment")
    }


def list_marked(data: bytes) -> dict[int, list[str]]:
    """The ids of the comments that stand at each paragraph; each has its beginning, its end and its reference."""
    root = etree.fromstring(read_part(data).encode())
    marked: dict[int, list[str]] = {}
    for number, paragraph in enumerate(root.iter(f"{W}p"), 1):
        for kind in ("commentRangeStart", "commentRangeEnd", "commentReference"):
            ids = sorted(str(item.get(f"{W}id")) for item in paragraph.iter(W + kind))
            assert ids == marked.setdefault(number, ids), kind
    return {number: ids for number, ids in marked.items() if ids}


def make_faulty(document: Document) -> None:
    document.add_paragraph("{{ dated }}")
    document.add_paragraph("{{ qqqq }}　{{ form.nickname }}")
    add_table(document, ("甲", "{{ enterprse.name }}"))
    document.sections[0].header.paragraphs[0].text = "{{ projekt.name }}"


def test_comments_stand_at_their_faults() -> None:
    data = build(make_faulty)
    copy = annotate(data)
    comments, marked = read_comments(copy), list_marked(copy)
    assert sorted(id_ for ids in marked.values() for id_ in ids) == sorted(comments)
    assert len(comments) == len(check(data).diagnostics)
    second = "\n".join(comments[id_] for id_ in marked[2])
    assert "错误 T302：标签 {{ qqqq }}" in second
    assert "警告 T311" in second
    assert "怎样改：" in second
    assert "把“enterprse”改成“enterprise”" in "".join(comments[id_] for id_ in marked[4])
    assert "word/header1.xml  {{ projekt.name }}" in "".join(comments[id_] for id_ in marked[1])
    check_schema(copy)


def test_the_text_and_every_other_part_stay() -> None:
    data = build(make_faulty)
    copy = annotate(data)
    before, after = (docx.Document(io.BytesIO(item)) for item in (data, copy))
    assert [p.text for p in before.paragraphs] == [p.text for p in after.paragraphs]
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(io.BytesIO(copy)) as new:
        changed = {name for name in new.namelist() if name not in old.namelist() or old.read(name) != new.read(name)}
    assert changed == {
        *("word/document.xml", "word/comments.xml", "word/_rels/document.xml.rels", "[Content_Types].xml"),
    }
    assert annotate(data) == copy


def test_comments_that_are_there_are_kept() -> None:
    def make(document: Document) -> None:
        paragraph = document.add_paragraph("{{ qqqq }}")
        document.add_comment(paragraph.runs, text="先前的批注", author="张")
        document.styles.add_style("CommentReference", WD_STYLE_TYPE.CHARACTER)  # python-docx uses it unseen

    copy = annotate(build(make))
    comments = read_comments(copy)
    assert len(comments) > 1
    assert [text for text in comments.values() if "先前" in text] == ["先前的批注"]
    assert len(set(comments)) == len(comments)
    check_schema(copy)


def test_comments_in_english() -> None:
    assert any(
        "error T302: the tag {{ qqqq }}" in text
        for text in read_comments(annotate(of_paragraphs("{{ qqqq }}"), "en")).values()
    )


def test_a_copy_is_a_template_still() -> None:
    data = of_paragraphs("企业：{{ enterprise.address }}")
    rendered = DocxTemplate.compile(annotate(data), NAME).render({"enterprise": {"address": "徐州"}})
    assert docx.Document(io.BytesIO(rendered.data)).paragraphs[0].text == "企业：徐州"
