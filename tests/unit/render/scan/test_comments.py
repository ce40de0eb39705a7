"""Comments in a Word file: at their paragraphs, beside those that are there; all else as it was."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from docx import Document
from lxml import etree
from support.content_support import OFFICE, W, bold, paragraph, table, write_docx

from docgen.content.docx.read import read_docx
from docgen.render.scan.comments import Comment, add_comments

NAMESPACE = W.split('"')[1]


def read_members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def make_document(*texts: str) -> bytes:
    document = Document()
    for text in texts:
        document.add_paragraph(text)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def find_commented(data: bytes) -> dict[str, str]:
    """The text of each comment → the text of the paragraph that its range encloses."""
    document = Document(io.BytesIO(data))
    texts = {comment.comment_id: comment.text for comment in document.comments}
    found = {}
    for paragraph_ in document.element.body.iter(f"{{{NAMESPACE}}}p"):
        for start in paragraph_.iter(f"{{{NAMESPACE}}}commentRangeStart"):
            key = int(start.get(f"{{{NAMESPACE}}}id"))
            ends = [end.get(f"{{{NAMESPACE}}}id") for end in paragraph_.iter(f"{{{NAMESPACE}}}commentRangeEnd")]
            assert str(key) in ends
            found[texts[key]] = "".join(leaf.text or "" for leaf in paragraph_.iter(f"{{{NAMESPACE}}}t"))
    return found


def test_a_comment_stands_at_its_paragraph() -> None:
    made = add_comments(make_document("甲", "乙", "丙"), [Comment("看\n改", 2), Comment("全篇")], "某人", "某")
    assert find_commented(made) == {"看\n改": "乙", "全篇": "甲"}
    comments = list(Document(io.BytesIO(made)).comments)
    assert {(comment.author, comment.initials, comment.timestamp) for comment in comments} == {("某人", "某", None)}


def test_everything_else_stays_byte_for_byte() -> None:
    before = make_document("甲", "乙")
    made = read_members(add_comments(before, [Comment("看", 1)], "a"))
    old = read_members(before)
    assert {name for name in old if old[name] != made[name]} == {
        "[Content_Types].xml",
        "word/document.xml",
        "word/_rels/document.xml.rels",
    }
    assert set(made) - set(old) == {"word/comments.xml"}
    assert add_comments(before, [Comment("看", 1)], "a") == add_comments(before, [Comment("看", 1)], "a")


def test_comments_that_are_there_stay() -> None:
    once = add_comments(make_document("甲", "乙"), [Comment("先", 1)], "a")
    twice = add_comments(once, [Comment("后", 1), Comment("又", 2)], "b")
    assert find_commented(twice) == {"先": "甲", "后": "甲", "又": "乙"}
    assert len(read_members(twice)) == len(read_members(once))


def test_paragraphs_are_counted_as_the_reader_counts(tmp_path: Path) -> None:
    body = (
        bold("题")
        + "<w:sdt><w:sdtContent>" + paragraph("控件里") + "</w:sdtContent></w:sdt>"
        + table(("格一", "格二"), ("格三", "格四"))
        + paragraph("", inner="<w:r><w:pict><w:txbxContent>" + paragraph("框里") + "</w:txbxContent></w:pict></w:r>")
        + paragraph("最后一段。")
    )  # fmt: skip
    path = write_docx(tmp_path / "a.docx", body)
    places = [block.location.paragraph for block in read_docx(path).preamble if block.location.excerpt == "最后一段。"]
    data = path.read_bytes()
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/></Types>',
        )
    data = path.read_bytes()
    made = read_members(add_comments(data, [Comment("看", places[0])], "a"))
    root = etree.fromstring(made["word/document2.xml"])
    (start,) = root.iter(f"{{{NAMESPACE}}}commentRangeStart")
    inside = start.getparent()
    assert inside is not None
    assert "".join(leaf.text or "" for leaf in inside.iter(f"{{{NAMESPACE}}}t")) == "最后一段。"
    assert f'Type="{OFFICE}/comments"'.encode() in made["word/_rels/document2.xml.rels"]
    assert b'PartName="/word/comments.xml"' in made["[Content_Types].xml"]


@pytest.mark.parametrize("number", [None, 0, 99])
def test_a_comment_without_a_paragraph_stands_at_the_first_with_text(number: int | None) -> None:
    made = add_comments(make_document("", "甲", "乙"), [Comment("看", number)], "a")
    assert find_commented(made) == {"看": "甲"}


def test_signs_in_a_comment() -> None:
    text = "“A&B”<5> ，]]>"
    assert find_commented(add_comments(make_document("甲"), [Comment(text, 1)], "a")) == {text: "甲"}


def test_a_zip_that_is_no_word_file() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(ValueError, match="main part"):
        add_comments(target.getvalue(), [], "a")
