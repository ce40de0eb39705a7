"""What looks like a tag and is none is named, with what to write instead; nothing that is meant as text is."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from support.render_docx_support import add_part, build, of_paragraphs, replace_in
from support.render_xlsx_support import make_book, save
from support.scan_support import check, find_one, list_found, read_message

from docgen.diagnostics import Severity
from docgen.render.scan.lookalikes import TemplateText, find_lookalikes

SOUND = "{{ form.species }}"
# Code, severity, the text of a paragraph or cell, what the message must say.
LOOKALIKES = [
    ("T431", "error", "企业：｛｛ enterprise.name ｝｝", "{{ enterprise.name }}"),
    ("T431", "error", "企业：{ { enterprise.name } }", "{{ enterprise.name }}"),
    ("T431", "error", "{ % if form.alive % }", "{% if form.alive %}"),
    ("T431", "error", "｛％ endif ％｝", "{% endif %}"),
    ("T432", "error", "企业：${enterpriseName}", "{{ enterprise.name }}"),
    ("T432", "error", "企业：${企业名称}", "{{ enterprise.name }}"),
    ("T432", "error", "编号：#{nobody_knows}", "#{nobody_knows}"),
    ("T433", "error", "树种：{species}", "{{ form.species }}"),
    ("T433", "error", "树种：{form.species}", "{{ form.species }}"),
    ("T433", "warning", "集合 {x}", "{x}"),
    ("T434", "error", "企业：«企业名称»", "{{ enterprise.name }}"),
    ("T434", "warning", "见 «附件»", "«附件»"),
    ("T434", "error", "企业：<<企业名称>>", "{{ enterprise.name }}"),
    ("T435", "error", "企业：【企业名称】", "{{ enterprise.name }}"),
    ("T435", "error", "树种：【树种】", "{{ form.species }}"),
    ("T435", "error", "企业：#企业名称#", "{{ enterprise.name }}"),
    ("T435", "error", "企业：[[enterprise.name]]", "{{ enterprise.name }}"),
    ("T435", "error", "企业：<%= 企业名称 %>", "{{ enterprise.name }}"),
]
TEXTS = [
    "【自拟】、【附件1】、【　】",
    "《森林法》{1}、{}、{ }、a{b,c}d",
    "{_{ enterprise.name }_} {_% if x %_}",
    "#1# 50%至60% [[注]] 〔2024〕5号",
    "$5、C#、100％、(a){2}",
    "{{ form.species|default('{无}') }}",
]


@pytest.mark.parametrize(("code", "severity", "text", "said"), LOOKALIKES, ids=[item[2] for item in LOOKALIKES])
def test_a_lookalike_is_named_with_what_to_write(code: str, severity: str, text: str, said: str) -> None:
    scan = check(of_paragraphs(SOUND, text))
    assert list_found(scan) == [(code, 2)]
    found = find_one(scan, code)
    assert found.severity is Severity(severity)
    assert said in read_message(found)
    book = check(save(make_book([SOUND], [text])), name="样表.xlsx")
    assert [(item.code, item.location.cell) for item in book.diagnostics if item.code == code] == [(code, "A2")]


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_meant_as_text_is_none(text: str) -> None:
    from docgen.diagnostics import Location

    assert list(find_lookalikes([TemplateText(text, Location())], {}, has_tags=True)) == []


def test_a_lookalike_over_runs_in_a_header_and_in_a_chart_is_found() -> None:
    def make(document: Any) -> None:
        document.add_paragraph(SOUND)
        paragraph = document.sections[0].header.paragraphs[0]
        for piece in ("$", "{企业", "名称}"):
            paragraph.add_run(piece)

    runs = "<a:r><a:t>｛｛ x</a:t></a:r><a:r><a:t> ｝｝</a:t></a:r>"
    drawn = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    chart = f'<c:c xmlns:c="urn:c" {drawn}><a:p>{runs}</a:p></c:c>'
    kind = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
    scan = check(add_part(build(make), "word/charts/chart1.xml", chart, kind, "chart"))
    found = {(item.code, item.location.part) for item in scan.diagnostics if item.code in ("T431", "T432")}
    assert found == {("T432", "word/header1.xml"), ("T431", "word/charts/chart1.xml")}


def of_fields(*inner: str) -> bytes:
    kinds = [f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")]
    code = "".join(f'<w:r><w:instrText xml:space="preserve">{piece}</w:instrText></w:r>' for piece in inner)
    shown = "<w:r><w:t>«企业名称»</w:t></w:r>"
    field = f"<w:p>{kinds[0]}{code}{kinds[1]}{shown}{kinds[2]}</w:p>"
    return replace_in(
        of_paragraphs(SOUND), "word/document.xml", lambda xml: xml.replace("<w:sectPr", field + "<w:sectPr", 1)
    )


@pytest.mark.parametrize("inner", [(" MERGEFIELD 企业名称 ",), (" MERGE", 'FIELD "企业名称" \\* MERGEFORMAT')])
def test_a_field_of_a_mail_merge_is_told_once(inner: tuple[str, ...]) -> None:
    found = find_one(check(of_fields(*inner)), "T434")
    assert (found.location.paragraph, found.params["text"]) == (2, "MERGEFIELD 企业名称")
    assert "{{ enterprise.name }}" in read_message(found)


def test_a_simple_field_of_a_mail_merge_is_told() -> None:
    field = '<w:p><w:fldSimple w:instr=" MERGEFIELD 树种 "><w:r><w:t>«树种»</w:t></w:r></w:fldSimple></w:p>'
    data = replace_in(
        of_paragraphs(SOUND), "word/document.xml", lambda xml: xml.replace("<w:sectPr", field + "<w:sectPr", 1)
    )
    assert "{{ form.species }}" in read_message(find_one(check(data), "T434"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{@logo}}", "{{p logo }}"),
        ("{{#table}}", "{%tr for row in table %}"),
        ("{{?items}}", "{% if items %}"),
        ("{{/items}}", "{% endif %}"),
        ("{{*list}}", "{%p for item in list %}"),
        ("{{+part}}", "{{p part }}"),
        ("{{=x}}", "{{ x }}"),
        ("{{ @logo }}", "{{p logo }}"),
        ("{{#each items}}", "{%tr for row in items %}"),
    ],
)
def test_poi_tl_is_told_with_what_stands_here_in_its_place(text: str, said: str) -> None:
    scan = check(of_paragraphs(SOUND, text))
    assert list_found(scan) == [("T436", 2)]
    assert said in read_message(find_one(scan, "T436"))
    assert "T436" in {
        item.code for item in check(save(make_book([SOUND], [f"甲{text}"])), name="样表.xlsx").diagnostics
    }


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("{{ 企业名称 }}", "enterprise.name"),
        ("{{企业地址}}", "enterprise.address"),
        ("{{ 树种 }}", "form.species"),
        ("{{ form.树种 }}", "form.species"),
        ("{{ enterprise.名称 }}", "enterprise.name"),
        ("{{ 联系电话 }}", "enterprise.contact.phone"),
        ("{{ 企业地址（详细） }}", "enterprise.address"),
        ("{{ 联系人 }}", "enterprise.contact.name"),
        ("{{ 技术服务机构 }}", "party.agency.name"),
        ("{% if 树高 %}a{% endif %}", "form.height"),
    ],
)
def test_a_label_leads_to_the_name(text: str, path: str) -> None:
    found = find_one(check(of_paragraphs(SOUND, text)), "T430")
    assert (found.params["path"], found.location.paragraph) == (path, 2)
    book = check(save(make_book([SOUND], [f"甲{text}"])), name="样表.xlsx")
    assert find_one(book, "T430").params["path"] == path


def test_a_label_in_a_loop_leads_to_the_names_of_its_rows() -> None:
    scan = check(of_paragraphs("{% for row in form.visits %}{{ row.所见 }}{% endfor %}"))
    assert find_one(scan, "T430").params["path"] == "row.found"


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ('{{ line.verdict|box("很好") }}', "很好"),
        ('{% if line.verdict == "很好" %}a{% endif %}', "很好"),
        ('{% if line.verdict in ["好", "很好"] %}a{% endif %}', "很好"),
        ('{% if "很好" != line.verdict %}a{% endif %}', "很好"),
    ],
)
def test_an_option_that_the_field_does_not_have(text: str, option: str) -> None:
    verdict = "{% set line = form.lines.r1 %}"
    scan = check(of_paragraphs(verdict + text), "check")
    found = find_one(scan, "T438")
    assert (found.severity, found.params["option"]) == (Severity.WARNING, option)
    assert "好、坏" in read_message(found)
    assert "T438" not in {
        item.code for item in check(of_paragraphs(verdict + text.replace("很好", "坏")), "check").diagnostics
    }


def test_yes_and_no_have_no_words() -> None:
    assert "true" in read_message(find_one(check(of_paragraphs('{{ form.alive|box("是") }}')), "T438"))
    assert list_found(check(of_paragraphs("{{ form.alive|box(true) }}"))) == []


def test_a_template_without_a_tag_is_told() -> None:
    for data, name in ((of_paragraphs("空表"), "样表.docx"), (save(make_book(["空表"])), "样表.xlsx")):
        found = find_one(check(data, name=name), "T437")
        assert found.severity is Severity.WARNING
    assert "T437" not in {item.code for item in check(of_paragraphs("{{ form.species")).diagnostics}


def test_an_unpaired_block_is_told_beside_a_paragraph_with_broken_braces() -> None:
    scan = check(of_paragraphs("{{ project.name }", "{%p if form.date %}", "{{ form.species|money2 }}"))
    assert {("T104", 1), ("T313", 2), ("T106", 3)} <= set(list_found(scan))
    assert ("T313", 2) not in list_found(check(of_paragraphs("{% endif }", "{% if form.date %}")))


def test_tags_in_the_data_sheet_of_a_chart_are_told() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(of_paragraphs(SOUND))) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            new.writestr(entry.filename, old.read(entry))
        new.writestr("word/embeddings/data.xlsx", save(make_book(["{{ form.species }}"])))
    assert find_one(check(out.getvalue()), "T439").location.part == "word/embeddings/data.xlsx"
