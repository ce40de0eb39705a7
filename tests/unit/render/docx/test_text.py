"""What is typed comes out as typed; what can't come out is reported, never dropped in silence."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from lxml import etree
from support.render_docx_support import (
    add_part,
    build,
    check_schema,
    of_paragraphs,
    open_rendered,
    read_part,
    read_texts,
    render,
    replace_in,
)

from docgen.messages import LANGUAGES, catalogue
from docgen.record.month import Month
from docgen.render.docx.template import DocxTemplate
from docgen.render.values.values import Missing

AS_TYPED = [
    "A&B <公司> 5<6",
    "{{ 7*7 }}",
    "{_{ a }_}",
    "{% if x %}",
    "{# 注 #}",
    "=1+1",
    "一\t二\t\t三",
    "第一行\n第二行\n\n第四行",
    "  前后空格  与  连续空格  ",
    "𠮷野家 😀 👨‍👩‍👧",
    "“引号”——‘单’…",
    "a\"b'c",
    "全角　空格\u00a0不换行",
    "&amp; &lt; &#65;",
    "长" * 10_000,
    "</w:t></w:r><w:r><w:t>",
    "\u2028\u0085\u200b",
]


@pytest.mark.parametrize("value", AS_TYPED, ids=range(len(AS_TYPED)))
def test_text_comes_out_as_typed(value: str) -> None:
    rendered = render(of_paragraphs("前{{ value }}后"), value=value)
    assert rendered.diagnostics == ()
    assert read_texts(rendered) == [f"前{value}后"]


def test_windows_line_ends_are_line_breaks() -> None:
    assert read_texts(render(of_paragraphs("：{{ value }}"), value="一\r\n二\r三")) == ["：一\n二\n三"]


def test_footnotes_are_rendered_once_and_values_never_again() -> None:
    xml = (
        '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:footnote w:id="1">'
        "<w:p><w:r><w:t>{{ value }}</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    data = add_part(of_paragraphs("正文"), "word/footnotes.xml", xml, kind, "footnotes")
    rendered = render(data, value="{{ 7*7 }}")
    assert ">{{ 7*7 }}<" in read_part(rendered.data, "word/footnotes.xml")


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (dt.date(2024, 9, 6), "2024年9月6日"),
        (dt.datetime(2024, 9, 6, 9, 5), "2024年9月6日 9:05"),
        (Month(2024, 9), "2024年9月"),
        (Decimal("98.50"), "98.50"),
        (Decimal("1E+3"), "1000"),
        (12, "12"),
    ],
)
def test_values_are_spelled_by_kind(value: object, printed: str) -> None:
    assert read_texts(render(of_paragraphs("{{ value }}"), value=value)) == [printed]


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        ("day|date8", "20240906"),
        ("day|month", "2024年9月"),
        ("amount|money", "12.35"),
        ("'合计' ~ day ~ text", "合计2024年9月6日<&>"),
        ("word|box('满意')", "☑"),
        ("word|box('不满意')", "□"),
        ("several|box('乙')", "☑"),
        ("absent|box('乙')", "□"),
        ("yes|box", "☑"),
        ("yes|box(false)", "□"),
        ("11|numeral", "十一"),
        ("several|join", "甲、乙"),
        ("several|lines", "甲\n乙"),
        ("absent|default('—')", "—"),
        ("nothing|default('—')", "—"),
        ("word|box(“满意”)", "☑"),
    ],
)
def test_filters(expression: str, printed: str) -> None:
    values = {
        "day": dt.date(2024, 9, 6),
        "amount": Decimal("12.345"),
        "text": "<&>",
        "word": "满意",
        "several": ("甲", "乙"),
        "absent": Missing("a", "甲", "error"),
        "yes": True,
    }
    rendered = render(of_paragraphs("{{ " + expression + " }}"), **values)
    assert rendered.diagnostics == ()
    assert "\n".join(read_texts(rendered)) == printed


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x08", "\x0b", "\x1b", "\ud800", "\uffff"])
def test_a_character_that_xml_cannot_hold_is_reported(character: str) -> None:
    rendered = render(of_paragraphs("第一段", "名称：{{ party.name }}"), party=SimpleNamespace(name=f"甲{character}乙"))
    (found,) = rendered.diagnostics
    assert found.code == "T123"
    assert found.params["tag"] == "{{ party.name }}"
    assert found.params["character"] == f"U+{ord(character):04X}"
    assert (found.location.file, found.location.part, found.location.paragraph) == ("样表.docx", "word/document.xml", 2)
    assert read_texts(rendered)[1] == "名称：甲\ufffd乙"


def test_names_that_nobody_gives_are_all_reported() -> None:
    data = of_paragraphs(
        "{{ party.nmae }} {{ gone.a.b }}", "{% if absent %}是{% endif %}", "{% for a in nobody %}{% endfor %}"
    )
    rendered = render(data, party={"name": "甲"})
    assert [(item.code, item.params["tag"], item.params["name"]) for item in rendered.diagnostics] == [
        ("T120", "{{ party.nmae }}", "nmae"),
        ("T120", "{{ gone.a.b }}", "gone"),
        ("T120", "{% if absent %}", "absent"),
        ("T120", "{% for a in nobody %}", "nobody"),
    ]


def test_a_tag_that_cannot_be_computed_is_reported_and_nothing_is_produced() -> None:
    rendered = render(of_paragraphs("好", "{{ 'x'|date }}"))
    assert [(item.code, item.params["tag"]) for item in rendered.diagnostics] == [("T122", "{{ 'x'|date }}")]
    assert rendered.data == b""


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("value.__class__", "T129"),
        ("value.upper", "T129"),
        ("rows.append", "T120"),
        ("'a' * 100000", "T122"),
        ("9 ** 9", "T122"),
        ("range(5000)", "T122"),
        ("1 / 0", "T122"),
    ],
)
def test_templates_run_in_a_sandbox(expression: str, code: str) -> None:
    rendered = render(of_paragraphs("{{ " + expression + " }}"), value="x", rows={})
    assert [item.code for item in rendered.diagnostics] == [code]


@pytest.mark.parametrize("value", [None, [1], {"a": 1}, object()])
def test_what_has_no_spelling_is_reported(value: object) -> None:
    (found,) = render(of_paragraphs("{{ value }}"), value=value).diagnostics
    assert found.code == "T124"


def test_a_missing_value_says_so() -> None:
    data = of_paragraphs(
        "{{ a }}{{ a.b }}", "{% if a %}有{% else %}无{% endif %}{% for x in a %}x{% endfor %}{{ c }}{{ d }}"
    )
    missing = Missing("p.a", "名称", "error")
    rendered = render(data, a=missing, c=Missing("c", "丙", "draft"), d=Missing("d", "丁", "blank"))
    assert rendered.missing == (missing, Missing("p.a.b", "名称", "error"))
    assert rendered.diagnostics == ()
    assert read_texts(rendered) == ["【缺：名称】【缺：名称】", "无【缺：丙】"]


def test_a_missing_value_is_false_whatever_is_asked_of_it() -> None:
    text = "{% if m > 3 or m < 3 or m == 3 or 'a' in m or m.path == 'a.b' %}是{% else %}否{% endif %}{{ m|length }}"
    assert read_texts(render(of_paragraphs(text), m=Missing("a.b", "甲", "error"))) == ["否0"]


def test_attributes_properties_and_field_codes_hold_plain_text() -> None:
    def make(document: Any) -> None:
        document.core_properties.title = "{{ title }}"
        document.add_paragraph("正文 {{ title }}")

    data = build(make)
    data = replace_in(
        data,
        "word/document.xml",
        lambda xml: xml.replace(
            "<w:body>", '<w:body><w:p><w:hyperlink w:tooltip="{{ title }}"><w:r/></w:hyperlink></w:p>'
        ),
    )
    title = '甲"乙"\n<丙>&'
    rendered = render(data, title=title)
    document = open_rendered(rendered)
    assert document.core_properties.title == title
    assert (
        document.element.body[0][0].get("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}tooltip")
        == title
    )


def test_core_times_stay_those_of_the_template() -> None:
    data = of_paragraphs("{{ a }}")
    before, after = (read_part(item, "docProps/core.xml") for item in (data, render(data, a="甲").data))
    assert before == after


def test_justified_lines_that_end_in_a_break_are_not_stretched() -> None:
    settings = read_part(render(of_paragraphs("{{ a }}"), a="甲").data, "word/settings.xml")
    assert settings.count("<w:doNotExpandShiftReturn/>") == 1


@pytest.mark.parametrize(
    "compat",
    [
        "",
        "<w:compat/>",
        '<w:compat><w:spaceForUL/><w:ulTrailSpace/><w:useFELayout/><w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>',
        "<w:compat><w:doNotExpandShiftReturn/></w:compat>",
    ],
)
def test_the_setting_stands_where_the_schema_wants_it(compat: str) -> None:
    settings = (
        '<w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:zoom w:percent="100"/>'
        f'<w:defaultTabStop w:val="420"/>{compat}<w:rsids><w:rsidRoot w:val="00000001"/></w:rsids>'
        '<w:decimalSymbol w:val="."/></w:settings>'
    )
    data = replace_in(of_paragraphs("{{ a }}"), "word/settings.xml", lambda _: settings)
    rendered = render(data, a="甲")
    assert read_part(rendered.data, "word/settings.xml").count("<w:doNotExpandShiftReturn/>") == 1
    check_schema(rendered.data)


def test_same_template_and_values_give_the_same_bytes() -> None:
    data = of_paragraphs("{{ a }}", "{% for x in items %}{{ x }}{% endfor %}")
    one = DocxTemplate.compile(data, "a.docx").render({"a": "甲", "items": ["一", "二"]})
    other = DocxTemplate.compile(data, "a.docx").render({"a": "甲", "items": ["一", "二"]})
    assert one.data == other.data


def test_parts_without_tags_are_kept_as_they_are() -> None:
    data = of_paragraphs("{{ a }}")
    rendered = render(data, a="甲").data
    for name in ("word/styles.xml", "word/numbering.xml", "[Content_Types].xml", "docProps/app.xml"):
        assert read_part(rendered, name) == read_part(data, name)


@pytest.mark.parametrize(
    "expression", ["value|trim", "value ~ ''", "'' ~ value", "[value]|join", "value|e", "'<w:br/>'"]
)
def test_no_filter_is_a_way_around_escaping(expression: str) -> None:
    assert read_texts(render(of_paragraphs("{{ " + expression + " }}"), value="<w:br/>")) == ["<w:br/>"]


@pytest.mark.parametrize(
    "expression", ["value|_list", "value|_begin", "value|_across(value, 1)", "value|_picture(1, 1, value)"]
)
def test_what_the_engine_writes_for_itself_prints_no_markup(expression: str) -> None:
    made = render(of_paragraphs("{{ " + expression + " }}"), value="<w:br/>")
    if made.data:
        assert read_texts(made) == ["<w:br/>"]
    else:
        assert [item.code for item in made.diagnostics] == ["T122"]


def test_every_message_of_the_engine_can_be_spoken() -> None:
    found = [
        *render(of_paragraphs("{{ a }}{{ b }}{{ l }}{{ c.__d }}{{ 'x'|date }}"), b="\x07", l=[1], c="").diagnostics,
    ]
    for lang in LANGUAGES:
        texts = catalogue(lang)
        for item in found:
            assert "{" not in texts.message(item).replace("{{", "").replace("{%", "")
            assert texts.mend(item)
    assert {item.code for item in found} == {"T120", "T122", "T123", "T124", "T129"}


TEXT_BOX = (
    '<w:p xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:r><w:t>框外{{ a }}</w:t></w:r><w:r>'
    '<w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:shape style="width:99pt"><v:textbox><w:txbxContent>'
    "<w:p><w:r><w:t>{%p if a %}</w:t></w:r></w:p><w:p><w:r><w:t>框内</w:t></w:r><w:r><w:t>{{ </w:t></w:r><w:r>"
    "<w:t>a }}</w:t></w:r></w:p><w:p><w:r><w:t>{%p endif %}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape>"
    "</w:pict></w:r><w:r><w:t>之后{{ b }}</w:t></w:r></w:p>"
)


def test_text_boxes() -> None:
    data = replace_in(
        of_paragraphs("甲"), "word/document.xml", lambda xml: xml.replace("<w:body>", "<w:body>" + TEXT_BOX)
    )
    rendered = render(data, a="<一>", b="二")
    assert rendered.diagnostics == ()
    root = etree.fromstring(read_part(rendered.data).encode())
    assert "".join(root.itertext()).strip() == "框外<一>框内<一>之后二甲"
    check_schema(rendered.data)


def test_endnotes() -> None:
    xml = (
        '<w:endnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:endnote w:id="1">'
        "<w:p><w:r><w:t>{{ value }}</w:t></w:r></w:p></w:endnote></w:endnotes>"
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.endnotes+xml"
    data = add_part(of_paragraphs("正文"), "word/endnotes.xml", xml, kind, "endnotes")
    assert ">甲&amp;乙<" in read_part(render(data, value="甲&乙").data, "word/endnotes.xml")


def test_a_section_that_ends_in_a_tag_is_kept() -> None:
    def make(document: Any) -> None:
        document.add_paragraph("{{p body }}")
        document.add_section().page_width = 10_000_000
        document.add_paragraph("后")
        first, last = document.paragraphs[0], document.paragraphs[1]
        first._p.get_or_add_pPr().append(last._p.pPr.sectPr)

    rendered = render(build(make), body="甲")
    assert len(open_rendered(rendered).sections) == 2
    assert read_texts(rendered) == ["甲", "", "", "后"]
    check_schema(rendered.data)


def test_words_own_notes_are_left_out_of_parts_with_tags() -> None:
    noisy = (
        '<w:p w:rsidR="00AB12CD"><w:proofErr w:type="spellStart"/><w:r w:rsidRPr="00AB"><w:t>{{ a }}</w:t></w:r></w:p>'
    )
    data = replace_in(of_paragraphs("甲"), "word/document.xml", lambda xml: xml.replace("<w:body>", "<w:body>" + noisy))
    xml = read_part(render(data, a="乙").data)
    assert "rsid" not in xml
    assert "proofErr" not in xml
