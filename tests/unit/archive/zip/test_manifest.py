from __future__ import annotations

import datetime as dt
import json

import pytest
from pydantic import ValidationError
from support.archive_samples import make_index, make_office

from docgen.archive.bag.digest import content_digest
from docgen.archive.bag.index import dump_index, list_bag_info, parse_index, render_page
from docgen.archive.plan.model import FiledDocument, PageCount, Rendition, StandardUsed, count_documents
from docgen.archive.verify.fixity import Listing, MemberFact, compare_listing
from docgen.archive.zip import manifest

ONE, TWO = "1" * 64, "2" * 64


def make_document(**fields: object) -> FiledDocument:
    rendition = Rendition(
        role="original", path="data/a/0001_甲.png", media_type="image/png", size=5, sha256=ONE, pages=PageCount()
    )
    return FiledDocument.model_validate(
        {"id": "evidence/p", "item": "a", "number": 1, "title": "照片", "kind": "evidence", "renditions": (rendition,)}
        | fields
    )


def test_a_manifest_comes_back_as_it_was_written() -> None:
    digests = {"data/乙 文件.docx": ONE, "data/甲.docx": TWO}
    data = manifest.write_manifest(digests)
    assert data.decode().splitlines()[0] == f"{ONE}  data/乙 文件.docx"
    assert manifest.parse_manifest(data) == manifest.Manifest(digests)


def test_bad_and_repeated_lines_of_a_manifest_are_named() -> None:
    data = f"{ONE}  data/a\nnonsense\n{TWO} *data/a\n{ONE}  data/50%25%0Ax\n".encode() + b"\xff\xfe\n"
    read = manifest.parse_manifest(data)
    assert read.malformed == (2, 5)
    assert read.repeated == ("data/a",)
    assert "data/50%\nx" in read.digests


def test_bag_info_states_dates_and_totals_in_one_line_each() -> None:
    index = make_index(title="题\n名", created=dt.date(2024, 9, 6), draft=True).complete([make_document()])
    fields = dict(manifest.parse_bag_info(manifest.write_bag_info(list_bag_info(index))))
    assert fields["Payload-Oxum"] == "5.1"
    assert fields["Bagging-Date"] == "2024-09-06"
    assert fields["External-Description"] == "题 名"
    assert fields["External-Identifier"] == "XZ-2024-007"
    assert fields["DocGen-Draft"] == "yes"
    assert manifest.list_oxums(fields.items()) == ((5, 1),)


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("Payload-Oxum: 5\n", (None,)),
        ("Payload-Oxum: 5.1\nPayload-Oxum: 6.1\n", ((5, 1), (6, 1))),
        ("Payload-Oxum: 5.1\npayload-oxum: 5.1\n", ((5, 1),)),
        ("A: b\n", ()),
    ],
)
def test_each_oxum_that_is_stated_counts(text: str, stated: tuple[object, ...]) -> None:
    assert manifest.list_oxums(manifest.parse_bag_info(text.encode())) == stated


def test_declarations() -> None:
    read = manifest.read_declaration
    assert read(manifest.write_declaration()) == manifest.Declaration("1.0", "utf-8")
    assert read(b"BagIt-Version: 0.97\r\nTag-File-Character-Encoding: GBK\r\n") == manifest.Declaration("0.97", "gbk")
    for wrong in (
        b"\xef\xbb\xbf" + manifest.write_declaration(),
        b"BagIt-Version: 1.0\nTag-File-Character-Encoding: idna\n",
        b"BagIt-Version : 1.0\nTag-File-Character-Encoding: UTF-8\n",
        b"Tag-File-Character-Encoding: UTF-8\nBagIt-Version: 1.0\n",
        b"\xff",
    ):
        assert read(wrong) is None


def test_fixity_names_what_happened_to_each_file() -> None:
    listed = {"data/changed": ONE, "data/gone": ONE, "data/old": TWO, "data/unread": ONE, "data/same": ONE}
    actual = {
        "data/changed": MemberFact(1, TWO),
        "data/new": MemberFact(1, TWO),
        "data/added": MemberFact(1, "3" * 64),
        "data/unread": MemberFact(1, None),
        "data/same": MemberFact(1, ONE),
    }
    found = compare_listing(Listing("m", listed, actual))
    assert [(item.code, item.path, item.new_path) for item in found] == [
        ("V133", "data/added", ""),
        ("V131", "data/changed", ""),
        ("V132", "data/gone", ""),
        ("V134", "data/old", "data/new"),
    ]


def test_the_index_comes_back_and_is_sorted() -> None:
    index = make_index().complete([make_document()])
    data = dump_index(index)
    assert parse_index(data) == index
    assert list(json.loads(data)) == sorted(json.loads(data))
    assert "照片" in data.decode()
    assert data.endswith(b"}\n")


def test_an_index_with_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError):
        parse_index(dump_index(make_index()).replace(b'"draft"', b'"draught"'))


def test_counts_leave_notes_out_and_say_whose_pages_nobody_knows() -> None:
    rendition = make_document().renditions[0]
    paged = rendition.model_copy(update={"pages": PageCount(value=3, source="stated"), "media_type": "application/pdf"})
    documents = [
        make_document(),
        make_document(kind="document", renditions=(rendition, paged)),
        make_document(kind="note", number=0),
    ]
    counts = count_documents(documents)
    assert (counts.documents, counts.pages, counts.unpaged, counts.photos) == (2, 3, 1, 1)
    assert (counts.files, counts.bytes) == (4, 20)


def test_the_page_escapes_links_relatively_and_has_no_script() -> None:
    document = make_document(
        title="<script>alert(1)</script>",
        renditions=(make_document().renditions[0].model_copy(update={"path": "data/a b#/1&.png"}),),
    )
    page = render_page(make_index(draft=True).complete([document]), ["01_案卷封面.docx"], with_record=True).decode()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert 'href="data/a%20b%23/1%26.png"' in page
    assert 'href="01_%E6%A1%88%E5%8D%B7%E5%B0%81%E9%9D%A2.docx"' in page
    assert 'href="record/record.json"' in page
    assert "草稿" in page
    assert "项目没有变更" in page
    assert "≥60 优秀 &lt;30 &amp; &gt;10 合格" in page
    assert "http://" not in page
    assert "https://" not in page


@pytest.mark.parametrize(
    ("number", "stage", "said"),
    [
        ("T/1—2024", "报批稿", "T/1—2024 规范（报批稿）"),
        ("T/1—2024", "", "T/1—2024 规范"),
        ("T/XXXX（征求意见稿）", "征求意见稿", "T/XXXX（征求意见稿） 规范"),
    ],
)
def test_the_stage_of_a_draft_standard_stands_behind_its_name_once(number: str, stage: str, said: str) -> None:
    standard = StandardUsed(number=number, title="规范", status="draft" if stage else "in_force", stage=stage)
    assert f"<dd>{said}</dd>" in render_page(make_index(standard=standard), []).decode()


def test_an_own_page_template_is_used() -> None:
    assert (
        render_page(make_index(), [], "{{ index.title }}<b>{{ size }}</b>")
        == "小微企业质量管理体系认证提升项目<b>0 B</b>".encode()
    )


def test_the_content_digest_minds_parts_and_not_their_compression() -> None:
    import io
    import zipfile

    def pack(method: int, order: int) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", method) as archive:
            for name in ("a.xml", "b.xml")[::order]:
                archive.writestr(name, "x" * 500)
        return buffer.getvalue()

    stored, deflated = pack(zipfile.ZIP_STORED, 1), pack(zipfile.ZIP_DEFLATED, -1)
    assert stored != deflated
    assert content_digest(stored) == content_digest(deflated)
    assert content_digest(make_office()) != content_digest(make_office(body="<w>other</w>"))
