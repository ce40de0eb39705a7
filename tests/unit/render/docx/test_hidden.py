"""Tags that stand beside the text of paragraphs: filled where they can be, else refused with their place."""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.render_docx_support import add_part, build, check_schema, of_paragraphs, read_part, render, replace_in

from docgen.errors import TemplateError
from docgen.render.docx.template import DocxTemplate
from docgen.render.scan.template import list_uses

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
WP = 'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
COMMENTS = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
NAME = "甲<公司>"


def of_body(xml: str) -> bytes:
    return replace_in(of_paragraphs("占位"), "word/document.xml", lambda text: re.sub(r"<w:p>.*?</w:p>", xml, text))


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def find_codes(data: bytes) -> list[tuple[str, str | None, int | None]]:
    with pytest.raises(TemplateError) as caught:
        DocxTemplate.compile(data, "样表.docx")
    return [(item.code, item.location.part, item.location.paragraph) for item in caught.value.diagnostics]


def chart_of(*runs: str) -> bytes:
    title = "".join(f"<a:r><a:t>{text}</a:t></a:r>" for text in runs)
    series = "<c:ser><c:tx><c:strRef><c:f>Sheet1!$B$1</c:f><c:strCache><c:pt idx='0'><c:v>{{ name }}</c:v></c:pt>"
    xml = (
        f'<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" {A}><c:chart><c:title><c:tx>'
        f"<c:rich><a:bodyPr/><a:p>{title}</a:p></c:rich></c:tx></c:title><c:plotArea><c:barChart>{series}"
        "</c:strCache></c:strRef></c:tx></c:ser></c:barChart></c:plotArea></c:chart></c:chartSpace>"
    )
    return add_part(of_paragraphs("图"), "word/charts/chart1.xml", xml, CHART, "chart")


@pytest.mark.parametrize("runs", [("{{ name }}得分",), ("{{ na", "me }}得", "分"), ("{", "{name}", "}得", "分")])
def test_a_chart_is_filled_over_how_many_runs_its_title_goes(runs: tuple[str, ...]) -> None:
    chart = read_part(render(chart_of(*runs), name=NAME).data, "word/charts/chart1.xml")
    assert re.sub(r"<[^>]*>", "", chart).strip().endswith("甲&lt;公司&gt;得分Sheet1!$B$1甲&lt;公司&gt;")


def test_a_chart_with_half_a_tag_is_a_fault() -> None:
    assert find_codes(chart_of("{{ name")) == [("T104", "word/charts/chart1.xml", None)]


def test_comments_are_filled_but_our_own_speak_of_tags() -> None:
    entry = "<w:comment w:id='{0}' w:author='{1}' w:initials='dg'><w:p>{2}{3}</w:p></w:comment>"
    halves = run("看{{ na"), run("me }}")
    ours = entry.format(1, "docgen", run("改成 {{ x|y }} {{#t}} {{ 半"), "")
    xml = f"<w:comments {W}>{entry.format(0, '审', *halves)}{ours}"
    data = add_part(of_paragraphs("正文"), "word/comments.xml", xml + "</w:comments>", COMMENTS, "comments")
    comments = read_part(render(data, name=NAME).data, "word/comments.xml")
    assert re.sub(r"<[^>]*>", "", comments).strip() == "看甲&lt;公司&gt;改成 {{ x|y }} {{#t}} {{ 半"


@pytest.mark.parametrize("part", ["docProps/app.xml", "docProps/custom.xml", "docProps/core.xml"])
def test_properties_are_filled(part: str) -> None:
    xml = '<Properties xmlns="urn:p"><Company>{{ name }}</Company><b>{% if shown %}有{% endif %}</b></Properties>'
    data = of_paragraphs("正文")
    if part == "docProps/custom.xml":
        data = add_part(data, part, xml, "application/xml", "custom-properties")
    data = replace_in(data, part, lambda _: xml)
    filled = read_part(render(data, name=NAME, shown=True).data, part)
    assert "甲&lt;公司&gt;" in filled
    assert "<b>有</b>" in filled


def test_alternative_text_is_filled_and_half_a_tag_in_it_is_a_fault() -> None:
    def draw(text: str) -> bytes:
        drawn = f'<w:drawing><wp:inline {WP}><wp:docPr id="1" name="图" descr="{text}"/></wp:inline></w:drawing>'
        return of_body(f"<w:p>{run('图')}<w:r>{drawn}</w:r></w:p>")

    shown = read_part(render(draw("{{ name|default(&quot;无&quot;) }}的&#10;{{ name&#10;}}"), name=NAME).data)
    assert 'descr="甲&lt;公司&gt;的&#10;甲&lt;公司&gt;"' in shown
    assert find_codes(draw("{{ name 的照片")) == [("T104", "word/document.xml", 1)]


def link_to(target: str) -> bytes:
    relation = f'<Relationship Id="rId99" Type="{LINK}" Target="{target}" TargetMode="External"/></Relationships>'
    return replace_in(
        of_paragraphs("正文"), "word/_rels/document.xml.rels", lambda xml: xml.replace("</Relationships>", relation)
    )


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("https://x.example/{{ code }}", "https://x.example/a%20b%26c"),
        ("https://x.example/%7b%7b%20code%20%7d%7d", "https://x.example/a%20b%26c"),
        ("https://x.example/%7B%7Bnone|default(%22甲%22)%7D%7D", "https://x.example/甲"),
        ("{{ address }}", "https://y.example/?a=1&amp;b=2"),
        ("mailto:{{ code }}@x.example", "mailto:a%20b%26c@x.example"),
        ("https://x.example/{% if code %}1{% endif %}", "https://x.example/1"),
    ],
)
def test_addresses_of_links_are_filled(target: str, address: str) -> None:
    rendered = render(link_to(target), code="a b&c", address="https://y.example/?a=1&b=2", none="")
    assert rendered.diagnostics == ()
    relations = read_part(rendered.data, "word/_rels/document.xml.rels")
    assert re.findall(r'Target="([^"]*)" TargetMode', relations) == [address]


@pytest.mark.parametrize("address", ["file:///c:/x.exe", "javascript:x", r"\\server\x", "ms-word:x"])
def test_a_value_makes_no_link_to_a_program(address: str) -> None:
    rendered = render(link_to("{{ address }}"), address=address)
    assert [item.code for item in rendered.diagnostics] == ["T424"]
    assert address not in read_part(rendered.data, "word/_rels/document.xml.rels")


def test_a_picture_and_a_filled_link_share_a_part() -> None:
    from support.render_docx_support import make_picture

    from docgen.render.values.values import ImageValue

    def make(document: Any) -> None:
        document.add_paragraph("{{p picture }}")

    relation = f'<Relationship Id="rId99" Type="{LINK}" Target="https://{{{{ code }}}}" TargetMode="External"/>'
    data = replace_in(
        build(make),
        "word/_rels/document.xml.rels",
        lambda xml: xml.replace("</Relationships>", relation + "</Relationships>"),
    )
    relations = read_part(
        render(data, picture=ImageValue(make_picture()), code="z").data, "word/_rels/document.xml.rels"
    )
    assert 'Target="https://z"' in relations
    assert "rIdDocgen1" in relations


def code(*pieces: str) -> str:
    inside = "".join(f'<w:r><w:instrText xml:space="preserve">{piece}</w:instrText></w:r>' for piece in pieces)
    kinds = [f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")]
    return f"<w:p>{kinds[0]}{inside}{kinds[1]}{run('结果')}{kinds[2]}</w:p>"


def test_a_field_code_is_filled_in_one_run_and_refused_in_several() -> None:
    assert "x.example/7" in read_part(render(of_body(code(' HYPERLINK "https://x.example/{{ n }}"')), n=7).data)
    for pieces in (("{{ na", "me }}"), ("{", "{ name }}"), ("{% if", " x %}a{% endif %}")):
        assert find_codes(of_body("<w:p/>" + code(" QUOTE ", *pieces))) == [("T420", "word/document.xml", 2)]
    with pytest.raises(TemplateError) as caught:
        DocxTemplate.compile(of_body(code(" QUOTE ", "{{ na", "me }}")), "样表.docx")
    assert caught.value.diagnostics[0].params["text"] == "{{ name }}"


@pytest.mark.parametrize(
    ("part", "xml"),
    [
        ("word/diagrams/data1.xml", f"<d:x xmlns:d='urn:d' {A}><a:t>{{{{ name }}}}</a:t></d:x>"),
        ("word/diagrams/data1.xml", f"<d:x xmlns:d='urn:d' {A}><a:t>{{</a:t><a:t>{{ name }}}}</a:t></d:x>"),
        ("customXml/item9.xml", "<r><n>{{ name }}</n></r>"),
        ("customXml/item9.xml", '<r n="{% if x %}"/>'),
        ("word/glossary/document.xml", f"<w:x {W}><w:t>{{{{ name }}}}</w:t></w:x>"),
    ],
)
def test_what_is_not_filled_is_refused_with_its_part(part: str, xml: str) -> None:
    data = add_part(of_paragraphs("{{ name }}"), part, xml, "application/xml", "other")
    assert find_codes(data) == [("T420", part, None)]


def control(properties: str, content: str) -> str:
    return f"<w:p><w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt></w:p>"


def test_a_filled_control_loses_its_old_state() -> None:
    binding = '<w:dataBinding w:xpath="/r/n" w:storeItemID="{0}"/>'
    date = '<w:date w:fullDate="2020-01-01T00:00:00Z"><w:dateFormat w:val="yyyy-M-d"/></w:date>'
    prompt = '<w:r><w:rPr><w:rStyle w:val="PlaceholderText"/></w:rPr><w:t>{{ name }}</w:t></w:r>'
    data = of_body(control(f"<w:id w:val='7'/><w:showingPlcHdr/>{binding}{date}", prompt))
    document = read_part(render(data, name="甲").data)
    for gone in ("showingPlcHdr", "dataBinding", "fullDate", "PlaceholderText"):
        assert gone not in document
    assert '<w:dateFormat w:val="yyyy-M-d"/>' in document
    assert ">甲<" in document


def test_a_control_without_a_tag_keeps_its_state() -> None:
    data = of_body(control("<w:id w:val='7'/><w:showingPlcHdr/>", run("请填写")) + f"<w:p>{run('{{ name }}')}</w:p>")
    assert "<w:showingPlcHdr/>" in read_part(render(data, name="甲").data)


@pytest.mark.parametrize("part", ["customXml/item9.xml", "word/glossary/document.xml"])
def test_what_repeats_a_control_is_emptied_of_its_tags(part: str) -> None:
    """In a loop, too, where a name of the loop means nothing outside of it."""
    rows = ("{%p for x in items %}", "{%p endfor %}")
    bound = control('<w:showingPlcHdr/><w:dataBinding w:xpath="/r/n"/>', run("{{ x }}"))
    body = f"<w:p>{run(rows[0])}</w:p>{bound}<w:p>{run(rows[1])}</w:p>"
    data = add_part(of_body(body), part, "<r a='{{ x }}'><n>甲{{ x }}</n></r>", "application/xml", "other")
    rendered = render(data, items=["一", "二"])
    assert rendered.diagnostics == ()
    assert '<r a=""><n>甲</n></r>' in read_part(rendered.data, part)
    other = add_part(of_body(body), part, "<r><n>{{ y }}</n></r>", "application/xml", "other")
    assert find_codes(other) == [("T420", part, None)]


def test_what_stands_there_is_among_the_names_that_a_template_asks_for() -> None:
    assert [(use.name, use.location.part) for use in list_uses(chart_of("{{ to", "tal }}"), "样表.docx").uses] == [
        ("total", "word/charts/chart1.xml"),
        ("name", "word/charts/chart1.xml"),
    ]
    assert [use.name for use in list_uses(link_to("https://%7b%7bcode%7d%7d"), "样表.docx").uses] == ["code"]


def test_filled_parts_keep_to_the_schemas() -> None:
    check_schema(render(link_to("https://{{ code }}"), code="z").data)
