"""What stands around a part of a tag, and what compiling can't prove: no file is ever broken."""

from __future__ import annotations

import io
import itertools
import zipfile
from typing import Any

import pytest
from docx.oxml import parse_xml
from lxml import etree
from PIL import Image
from support.render_docx_support import (
    W,
    add_table,
    build,
    of_paragraphs,
    read_part,
    read_rows,
    read_texts,
    render,
    replace_in,
)

from docgen.errors import TemplateError
from docgen.render.docx.template import DocxTemplate
from docgen.render.values.values import ImageValue, Rendered

pytestmark = pytest.mark.heavy

NS = f'xmlns:w="{W[1:-1]}"'
TRACKED = 'w:id="{id}" w:author="甲" w:date="2024-01-01T00:00:00Z"'
AROUND = {
    "ins": f"<w:ins {TRACKED}>{{}}</w:ins>",
    "del": f"<w:del {TRACKED}>{{}}</w:del>",
    "moveFrom": f"<w:moveFrom {TRACKED}>{{}}</w:moveFrom>",
    "moveTo": f"<w:moveTo {TRACKED}>{{}}</w:moveTo>",
    "hyperlink": '<w:hyperlink w:anchor="a">{}</w:hyperlink>',
    "smartTag": '<w:smartTag w:uri="u" w:element="place">{}</w:smartTag>',
    "customXml": '<w:customXml w:uri="u" w:element="place">{}</w:customXml>',
    "sdt": '<w:sdt><w:sdtPr><w:tag w:val="a"/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>',
    "fldSimple": '<w:fldSimple w:instr=" REF a ">{}</w:fldSimple>',
    "bdo": '<w:bdo w:val="ltr">{}</w:bdo>',
    "dir": '<w:dir w:val="ltr">{}</w:dir>',
}
_ids = itertools.count(1)


def write_run(text: str, kind: str | None) -> str:
    word = "delText" if kind == "del" else "t"
    return f'<w:r><w:rPr><w:b/></w:rPr><w:{word} xml:space="preserve">{text}</w:{word}></w:r>'


def write_pieces(*pieces: tuple[str, str | None]) -> str:
    """A paragraph of these texts, each in its element (None: in none)."""
    made = [
        AROUND[kind].format(write_run(text, kind), id=next(_ids)) if kind else write_run(text, kind)
        for text, kind in pieces
    ]
    return f"<w:p {NS}>{''.join(made)}</w:p>"


def of_xml(*paragraphs: str) -> bytes:
    def make(document: Any) -> None:
        for paragraph in paragraphs:
            document.element.body.insert(len(document.element.body) - 1, parse_xml(paragraph))

    return build(make)


def parse_parts(rendered: Rendered) -> None:
    with zipfile.ZipFile(io.BytesIO(rendered.data)) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name))


@pytest.mark.parametrize("kind", sorted(AROUND.keys() - {"del", "moveFrom"}))
@pytest.mark.parametrize("last", [True, False])
def test_an_element_with_one_end_of_a_tag(kind: str, last: bool) -> None:
    ends = (None, kind) if last else (kind, None)
    rendered = render(of_xml(write_pieces(("前{{ na", ends[0]), ("me }}后", ends[1]))), name="A&B")
    parse_parts(rendered)
    text = "".join(etree.fromstring(read_part(rendered.data).encode()).itertext())
    assert (text.strip(), rendered.diagnostics) == ("前A&B后", ())


@pytest.mark.parametrize("kind", ["del", "moveFrom"])
def test_what_was_deleted_is_no_longer_said(kind: str) -> None:
    template = of_xml(write_pieces(("{{ ", None), ("old", kind), ("name", "ins"), (" }}", None)))
    assert read_part(render(template, name="甲").data).count("old") == 0
    with pytest.raises(TemplateError) as caught:
        DocxTemplate.compile(of_xml(write_pieces(("{{ na", kind), ("me }}", None))), "样表.docx")
    assert [(item.code, item.location.excerpt) for item in caught.value.diagnostics] == [("T104", "me }}")]


def test_an_element_that_held_only_the_rest_of_a_tag_goes_with_it() -> None:
    xml = read_part(render(of_xml(write_pieces(("{{ na", None), ("me", "sdt"), (" }}", "hyperlink"))), name="甲").data)
    assert "w:sdt" not in xml
    assert "w:hyperlink" not in xml


def test_a_note_inside_a_tag_stays_behind_its_value() -> None:
    note = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    inside = f"<w:p {NS}>{write_run('{{ na', None)}{note}{write_run('me }}', None)}</w:p>"
    xml = read_part(render(of_xml(inside), name="甲").data)
    assert xml.index("甲") < xml.index("footnoteReference")


def test_text_behind_a_tag_keeps_its_own_format() -> None:
    xml = f"<w:p {NS}><w:r><w:t>{{{{ na</w:t></w:r><w:r><w:rPr><w:i/></w:rPr><w:t>me }}}} 后</w:t></w:r></w:p>"
    root = etree.fromstring(read_part(render(of_xml(xml), name="甲").data).encode())
    runs = [("".join(run.itertext()), run.find(f"{W}rPr/{W}i") is not None) for run in root.iter(f"{W}r")]
    assert runs == [("甲", False), (" 后", True)]


def test_a_paragraph_tag_before_a_text_box_is_a_fault() -> None:
    box = "<w:pict><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent></w:pict>"
    xml = f"<w:p {NS}><w:r><w:t>{{%p if shown %}}</w:t></w:r><w:r>{box}</w:r></w:p>"
    with pytest.raises(TemplateError) as caught:
        DocxTemplate.compile(of_xml(xml, f"<w:p {NS}><w:r><w:t>{{%p endif %}}</w:t></w:r></w:p>"), "样表.docx")
    (found,) = caught.value.diagnostics
    assert (found.code, found.location.paragraph, found.params["beside"]) == ("T421", 1, "框")


def test_a_row_tag_before_an_inner_table_is_a_fault() -> None:
    def make(document: Any) -> None:
        table = add_table(document, ("{%tr if shown %}",), ("行",), ("{%tr endif %}",))
        table.cell(0, 0).add_table(1, 1)

    with pytest.raises(TemplateError) as caught:
        DocxTemplate.compile(build(make), "样表.docx")
    assert [item.code for item in caught.value.diagnostics] == ["T110"]


def test_a_block_that_leaves_out_a_namespace_makes_no_file() -> None:
    """What compiling can't prove is looked at in each document."""
    run = '<w:r xmlns:x="urn:x"><w:t>{% endif %}</w:t><w:t x:a="1">尾</w:t></w:r>'
    template = DocxTemplate.compile(of_xml(f"<w:p {NS}><w:r><w:t>{{% if shown %}}</w:t></w:r>{run}</w:p>"), "样表.docx")
    parse_parts(template.render({"shown": True}))
    rendered = template.render({"shown": False})
    assert (rendered.data, [item.code for item in rendered.diagnostics]) == (b"", ["T110"])


@pytest.mark.parametrize(
    "tag", ["{{ name|e }}", "{{ name|e|first }}", "{{ (name|e)[:2] }}", "{{ name|escape|reverse }}"]
)
def test_escaping_is_no_way_around_it(tag: str) -> None:
    rendered = render(of_paragraphs(tag), name="<&\x01")
    parse_parts(rendered)


def test_a_filter_of_our_own_is_no_way_around_it() -> None:
    parse_parts(render(of_paragraphs("{{ name|_block(0)|first }}", "{{p name }}"), name="甲"))


@pytest.mark.parametrize(
    "settings_part",
    [
        '<settings xmlns="{0}"><zoom percent="100"/></settings>',
        '<w:settings xmlns:w="{0}"/>',
        '<n:settings xmlns:n="{0}"><n:zoom n:percent="100"/><n:compat/><n:rsids/></n:settings>',
        '<n:settings xmlns:n="{0}"><n:compat><n:noLeading/><n:compatSetting/></n:compat></n:settings>',
        '<w:settings xmlns:w="{0}" xmlns:m="urn:m"><w:zoom w:percent="100"/><m:mathPr/></w:settings>',
    ],
)
def test_settings_however_they_are_written(settings_part: str) -> None:
    template = replace_in(of_paragraphs("{{ name }}"), "word/settings.xml", lambda _: settings_part.format(W[1:-1]))
    root = etree.fromstring(read_part(render(template, name="甲").data, "word/settings.xml").encode())
    flag = root.find(f"{W}compat/{W}doNotExpandShiftReturn")
    assert flag is not None
    order = [etree.QName(child).localname for child in root]
    assert order == sorted(order, key=("zoom", "compat", "rsids", "mathPr").index)
    assert [etree.QName(child).localname for child in flag.getparent()][-1] in (
        "doNotExpandShiftReturn",
        "compatSetting",
    )


@pytest.mark.parametrize("prefix", ["ns0", None])
def test_a_document_with_another_prefix(prefix: str | None) -> None:
    def make(document: Any) -> None:
        document.add_paragraph("{{ name }}")
        add_table(document, ("{%tr for item in items %}", ""), ("{{ item }}", "乙"), ("{%tr endfor %}", ""))

    def rename(xml: str) -> str:
        root = etree.fromstring(xml.encode())
        made = etree.Element(root.tag, nsmap={prefix: W[1:-1], "v": W[1:-1]})
        made.extend(list(root))
        return etree.tostring(made, encoding="unicode")

    rendered = render(replace_in(build(make), "word/document.xml", rename), name="甲\n乙", items=["一", "二"])
    assert read_rows(rendered) == [["一", "乙"], ["二", "乙"]]
    assert read_texts(rendered)[:2] == ["甲", "乙"]


def test_parts_that_join_others_with_a_prefix() -> None:
    def rename(xml: str) -> str:
        root = etree.fromstring(xml.encode())
        made = etree.Element(root.tag, nsmap={"p": etree.QName(root).namespace})
        made.extend(list(root))
        return etree.tostring(made, encoding="unicode")

    picture = io.BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "PNG")
    template = of_paragraphs("{{ picture }}")
    for name in ("[Content_Types].xml", "word/_rels/document.xml.rels"):
        template = replace_in(template, name, rename)
    rendered = render(template, picture=ImageValue(picture.getvalue()))
    assert rendered.diagnostics == ()
    parse_parts(rendered)
    assert "image" in read_part(rendered.data, "word/_rels/document.xml.rels")
