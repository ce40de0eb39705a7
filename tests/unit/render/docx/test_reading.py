"""How the parts of a template are read: what stands in raw, in what order tags come, what is copied as it is."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx.document import Document
from docx.oxml import parse_xml
from support.render_docx_support import (
    W,
    add_part,
    add_table,
    add_text_box,
    build,
    of_paragraphs,
    read_part,
    read_rows,
    read_texts,
    render,
    replace_in,
)

from docgen.errors import TemplateError
from docgen.ooxml.members import SMALL, pack_member, unpack_member
from docgen.render.docx.template import DocxTemplate
from docgen.render.docx.wordml import package
from docgen.render.scan.docx import list_docx_tags, read_docx_source

pytestmark = pytest.mark.heavy

NS = f'xmlns:w="{W[1:-1]}"'
FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"


def find_codes(data: bytes) -> list[tuple[str, str | None, int | None]]:
    with pytest.raises(TemplateError) as caught:
        DocxTemplate.compile(data, "样表.docx")
    return [(item.code, item.location.part, item.location.paragraph) for item in caught.value.diagnostics]


def of_body(*paragraphs: str) -> bytes:
    def make(document: Document) -> None:
        for text in paragraphs:
            document.element.body.insert(len(document.element.body) - 1, parse_xml(text))

    return build(make)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (("{% raw %}{{ y }}{% endraw %} {{ x }}",), ["{{ y }} 1"]),
        (("{% raw %}{% for %} {{ x {% endraw %}{{ x }}",), ["{% for %} {{ x 1"]),
        (("{%p raw %}", "{%p for a in b %} {{ y", "{%p endraw %}", "{{ x }}"), ["{%p for a in b %} {{ y", "1"]),
        (("甲 {%- raw -%} {{ y }} {%- endraw -%} 乙",), ["甲{{ y }}乙"]),
        (("{% raw %}{% raw %}{% endraw %}{{ x }}",), ["{% raw %}1"]),
    ],
)
def test_what_stands_in_raw_is_shown(typed: tuple[str, ...], shown: list[str]) -> None:
    rendered = render(of_paragraphs(*typed), x=1)
    assert (read_texts(rendered), rendered.diagnostics) == (shown, ())


def test_raw_over_several_runs() -> None:
    runs = "".join(
        f"<w:r><w:t>{text}</w:t></w:r>" for text in ("{", "% ra", "w %}{", "{ y }", "}{% endr", "aw %}{{ x }}")
    )
    assert read_texts(render(of_body(f"<w:p {NS}>{runs}</w:p>"), x=1)) == ["{{ y }}1"]


def test_a_loop_in_raw_repeats_nothing() -> None:
    mark = f'<w:p {NS}><w:bookmarkStart w:id="1" w:name="甲"/><w:r><w:t>{{{{ x }}}}</w:t></w:r></w:p>'
    end = f'<w:p {NS}><w:bookmarkEnd w:id="1"/><w:r><w:t>{{% raw %}}{{% endfor %}}{{% endraw %}}</w:t></w:r></w:p>'
    begin = f"<w:p {NS}><w:r><w:t>{{% raw %}}{{% for a in b %}}{{% endraw %}}</w:t></w:r></w:p>"
    written = read_part(render(of_body(begin, mark, end), x=1).data)
    assert written.count("w:bookmarkStart") == written.count("w:bookmarkEnd") == 1


def test_raw_without_its_end() -> None:
    assert find_codes(of_paragraphs("{% raw %}{{ x }}")) == [("T105", "word/document.xml", 1)]


@pytest.mark.parametrize("tag", ["{{p x -}}", "{{p x-}}", "{{r x -}}", "{{ x -}}", "{{- x -}}"])
def test_a_dash_before_the_closing_braces(tag: str) -> None:
    assert read_texts(render(of_paragraphs(tag), x="甲")) == ["甲"]


def test_two_tags_are_no_paragraph_of_one() -> None:
    assert find_codes(of_paragraphs("{{p x }}{{ x }}"))[0][0] == "T421"


def list_typed(data: bytes) -> list[str]:
    return [tag.typed for tag in list_docx_tags(read_docx_source(data, "样表.docx"))]


def test_the_tags_of_a_note_in_a_loop_along_a_line_come_inside_of_it() -> None:
    reference = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    loop = f"<w:r><w:t>{{% for x in y %}}</w:t></w:r>{reference}<w:r><w:t>{{% endfor %}}</w:t></w:r>"
    body = of_body(f"<w:p {NS}>{loop}</w:p>")
    note = '<w:footnote w:id="2"><w:p><w:r><w:t>{{ x }}</w:t></w:r></w:p></w:footnote>'
    data = add_part(body, "word/footnotes.xml", f"<w:footnotes {NS}>{note}</w:footnotes>", FOOTNOTES, "footnotes")
    assert list_typed(data) == ["{% for x in y %}", "{{ x }}", "{% endfor %}"]


def test_the_tags_of_a_text_box_in_a_loop_along_a_line_come_inside_of_it() -> None:
    def make(document: Document) -> None:
        paragraph = document.add_paragraph("{% for x in y %}")
        add_text_box(paragraph, "<w:p><w:r><w:t>{{ x }}</w:t></w:r></w:p>")
        paragraph.add_run("{% endfor %}")

    assert list_typed(build(make)) == ["{% for x in y %}", "{{ x }}", "{{ x }}", "{% endfor %}"]


@pytest.mark.parametrize(
    ("name", "content", "refused"),
    [
        ("word/chunk.html", b"<p>{{ x }}</p>", True),
        ("word/chunk.html", b"<style>a{b:c}</style>", False),
        ("word/chunk.docx", of_paragraphs("{{ x }}"), True),
        ("word/chunk.docx", b"PK", False),
        ("word/embeddings/a.docx", of_paragraphs("{{ x }}"), False),
    ],
)
def test_tags_in_what_is_shown_inside_of_the_document(name: str, content: bytes, refused: bool) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(of_paragraphs("{{ x }}"))) as archive, zipfile.ZipFile(out, "w") as changed:
        for entry in archive.infolist():
            changed.writestr(entry, archive.read(entry))
        changed.writestr(name, content)
    if refused:
        assert find_codes(out.getvalue()) == [("T420", name, None)]
    else:
        assert read_texts(render(out.getvalue(), x=1)) == ["1"]


def test_a_block_that_preparing_wrote_is_told_at_its_paragraph() -> None:
    def make(document: Document) -> None:
        table = add_table(document, ("{%tr for x in y %}",), ("甲",), ("{%tr endfor %}",))
        table.cell(1, 0).add_paragraph("{% vm %}{{ x }}")

    assert find_codes(build(make)) == [("T108", "word/document.xml", 3)]


def test_untouched_parts_stand_in_a_document_as_in_its_template(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = io.BytesIO()
    plain = replace_in(of_paragraphs("{{ x }}"), "word/webSettings.xml", str)
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        sizes = {name: len(archive.read(name)) for name in archive.namelist()}
        with zipfile.ZipFile(quick, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as changed:
            for name in archive.namelist():
                changed.writestr(name, archive.read(name))
    parsed: list[int] = []
    parse = package.parse_xml

    def note(data: bytes) -> object:
        parsed.append(len(data))
        return parse(data)

    monkeypatch.setattr(package, "parse_xml", note)
    rendered = render(quick.getvalue(), x=1).data
    with zipfile.ZipFile(io.BytesIO(rendered)) as made, zipfile.ZipFile(quick) as source:
        name = "word/theme/theme1.xml"
        kept, was = unpack_member(rendered, made.getinfo(name)), unpack_member(quick.getvalue(), source.getinfo(name))
    assert kept is not None
    assert was is not None
    assert kept == was
    assert kept[0].payload != pack_member(name, kept[1], SMALL).payload
    assert sizes[name] not in parsed
    assert sizes["word/styles.xml"] in parsed


def test_a_part_with_other_prefixes_gets_words_own() -> None:
    fonts = f'<f:fonts xmlns:f="{W[1:-1]}"><f:font f:name="宋体"/></f:fonts>'
    data = replace_in(of_paragraphs("{{ x }}"), "word/fontTable.xml", lambda _: fonts)
    assert '<w:font w:name="宋体"/>' in read_part(render(data, x=1).data, "word/fontTable.xml")


def test_characters_of_private_use_stay_as_they_are() -> None:
    strange = "\U00100000\U00100001"
    data = of_paragraphs(f"{strange}{{{{ x }}}}{strange}", "{{ x }}")
    assert read_texts(render(data, x="甲")) == [f"{strange}甲{strange}", "甲"]


def test_formats_are_as_they_were() -> None:
    def make(document: Document) -> None:
        run = document.add_paragraph(style="Heading 1").add_run("{{ x }}")
        run.bold = True
        add_table(document, ("{%tr for a in y %}", ""), ("{{ a }}", "{% colspan 1 %}乙"), ("{%tr endfor %}", ""))

    rendered = render(build(make), x="甲", y=["一", "二"])
    written = read_part(rendered.data)
    assert read_rows(rendered) == [["一", "乙"], ["二", "乙"]]
    assert '<w:pStyle w:val="Heading1"/>' in written
    assert '<w:rPr><w:rFonts w:hint="eastAsia"/><w:b/></w:rPr>' in written
    assert written.count("<w:tblGrid>") == 1
    assert written.count('<w:gridSpan w:val="1"/>') == 2
