"""The guard sees what is wrong with a file that was made, and nothing in one that is sound."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx.oxml import parse_xml
from support.render_docx_support import W, build, make_image, of_paragraphs, read_part, render, replace_in

from docgen.diagnostics import Diagnostic
from docgen.messages import LANGUAGES, catalogue
from docgen.pipeline import Options, build_record
from docgen.pipeline.stages.documents import PictureFolder
from docgen.pipeline.stages.prepare import PreparedRecord, prepare_record
from docgen.render.context.build import build_context
from docgen.render.docx.template import DocxTemplate
from docgen.render.guard import check_rendered
from docgen.render.store import TemplateStore
from docgen.render.values.values import ImageValue

ROOT = Path(__file__).resolve().parents[3]
COMPLETE = ROOT / "samples" / "db3203-t1023-2023" / "complete" / "record.yaml"


def codes(found: tuple[Diagnostic, ...]) -> list[str]:
    for item in found:
        for lang in LANGUAGES:
            assert "{" not in catalogue(lang).message(item).replace("{{", "").replace("{%", "").replace("{#", "")
            assert catalogue(lang).mend(item)
    return [item.code for item in found]


def test_a_sound_document_passes() -> None:
    values = ("甲<1>&", "{{ 7*7 }}", "一\n二\t三", "{% if %}")
    data = of_paragraphs("{{ a }}；{{ b }}", "{{ c }}", "{{p d }}", "{{ photo }}{{ photo }}")
    context = dict(zip("abcd", values, strict=True)) | {"photo": ImageValue(make_image((30, 20)))}
    rendered = DocxTemplate.compile(data, "a").render(context, note_values=True)
    assert set(values) <= set(rendered.values)
    assert check_rendered(rendered.data, rendered.values) == ()


def test_values_are_noted_on_request_only() -> None:
    template = DocxTemplate.compile(of_paragraphs("{{ a }}"), "a")
    assert template.render({"a": "甲"}).values == ()
    assert template.render({"a": "甲"}, note_values=True).values == ("甲",)


@pytest.mark.parametrize("text", ["甲{{ a }}乙", "{% if a %}", "完 }}", "{# 注 #}"])
def test_a_tag_that_was_left_is_seen_unless_somebody_typed_it(text: str) -> None:
    data = of_paragraphs("前", text, "后")
    assert set(codes(check_rendered(data))) == {"T162"}
    assert check_rendered(data, [text]) == ()


@pytest.mark.parametrize(
    "text", ["{_{ a }_}", "{_{{_{ a", "{_% if %_}", "{% raw %}{{ a }}{% endraw %}", "{{ a }}{{ b }}%{{ b }}}"]
)
def test_braces_that_the_template_shows_are_no_tags(text: str) -> None:
    rendered = DocxTemplate.compile(of_paragraphs(text), "a").render({"a": "甲{", "b": "{乙%"}, note_values=True)
    assert check_rendered(rendered.data, rendered.values) == ()


def test_a_tag_scattered_over_runs_is_seen() -> None:
    def make(document: Any) -> None:
        paragraph = document.add_paragraph("{")
        for piece in ("{ a", " }", "}"):
            paragraph.add_run(piece)

    assert codes(check_rendered(build(make))) == ["T162", "T162"]


def test_a_value_that_is_not_there_is_seen() -> None:
    data = of_paragraphs("甲乙 丙")
    assert check_rendered(data, ["甲乙", "乙\n丙", "", " "]) == ()
    assert [item.params["value"] for item in check_rendered(data, ["丁", "甲丙"])] == ["丁", "甲丙"]


def body(xml: str) -> Callable[[bytes], bytes]:
    added = f'<w:p xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">{xml}</w:p>'
    return lambda data: replace_in(
        data, "word/document.xml", lambda text: text.replace("<w:sectPr", added + "<w:sectPr")
    )


def rels(xml: str) -> Callable[[bytes], bytes]:
    return lambda data: replace_in(
        data, "word/_rels/document.xml.rels", lambda text: text.replace("</Relationships>", xml + "</Relationships>")
    )


def types(old: str, new: str) -> Callable[[bytes], bytes]:
    return lambda data: replace_in(data, "[Content_Types].xml", lambda text: text.replace(old, new))


def relation(kind: str, target: str, mode: str = "", rid: str = "rId99") -> str:
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return f'<Relationship Id="{rid}" Type="{base}/{kind}" Target="{target}"{mode}/>'


EXTERNAL = ' TargetMode="External"'
MARK = '<w:bookmarkStart w:id="{}" w:name="{}"/><w:bookmarkEnd w:id="{}"/>'
DRAWING = (
    '<w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
    '<wp:docPr id="4" name="a"/></wp:inline></w:drawing></w:r>'
)
BROKEN = {
    "not well-formed": (lambda data: replace_in(data, "word/styles.xml", lambda text: text[:-5]), ["T161"]),
    "a relationship to nothing": (rels(relation("image", "media/none.png")), ["T164"]),
    "a reference to no relationship": (body('<w:hyperlink r:id="rId77"/>'), ["T164"]),
    "an id of a relationship twice": (rels(relation("hyperlink", "http://a", EXTERNAL) * 2), ["T166", "T166"]),
    "a picture from outside": (rels(relation("image", "http://a/b.png", EXTERNAL)), ["T167"]),
    "a template from outside": (rels(relation("attachedTemplate", "\\\\server\\a.dotm", EXTERNAL)), ["T167"]),
    "a link": (rels(relation("hyperlink", "http://a", EXTERNAL)), []),
    "a bookmark's id twice": (body(MARK.format(1, "a", 1) + MARK.format(1, "b", 1)), ["T166"]),
    "a bookmark's name twice": (body(MARK.format(1, "a", 1) + MARK.format(2, "a", 2)), ["T166"]),
    "a drawing's id twice": (body(DRAWING * 2), ["T166"]),
    "a part without a type": (types('"xml"', '"xmx"'), None),
    "a type without a part": (types("</Types>", '<Override PartName="/a.x" ContentType="a/b"/></Types>'), ["T165"]),
}


@pytest.mark.parametrize(("change", "expected"), BROKEN.values(), ids=BROKEN.keys())
def test_what_is_broken_is_seen(change: Callable[[bytes], bytes], expected: list[str] | None) -> None:
    found = codes(check_rendered(change(of_paragraphs("甲"))))
    assert found == expected if expected is not None else set(found) == {"T165"}


def test_what_is_no_zip_is_seen() -> None:
    assert codes(check_rendered(b"PK")) == ["T161"]


def make_book(*values: object) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(list(values))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_workbooks() -> None:
    data = make_book("甲", 12.5, "=1+1", "{{ 注 }}")
    assert check_rendered(data, ["甲", "12.50", "{{ 注 }}"]) == ()
    assert codes(check_rendered(data, ["乙", "98765"])) == ["T162", "T162", "T163", "T163"]


def test_bookmarks_of_a_loop_have_names_of_their_own() -> None:
    def make(document: Any) -> None:
        mark = f'<w:bookmarkStart xmlns:w="{W[1:-1]}" w:id="{{0}}" w:name="b{{0}}"/>'
        end = f'<w:bookmarkEnd xmlns:w="{W[1:-1]}" w:id="{{0}}"/>'
        for text, number in (("{%p for x in items %}", 0), ("{{ x }}", 3), ("{%p endfor %}", 0), ("后", 4)):
            paragraph = document.add_paragraph(text)._p
            if number:
                paragraph.append(parse_xml(mark.format(number)))
                paragraph.append(parse_xml(end.format(number)))

    rendered = render(build(make), items=["甲", "乙"])
    assert check_rendered(rendered.data) == ()
    names = re.findall(r'<w:bookmarkStart\b[^>]*w:name="(\w+)"', read_part(rendered.data))
    assert (len(names), len(set(names))) == (3, 3)


def iterate_documents() -> Iterator[tuple[str, bytes, tuple[str, ...]]]:
    """Every document of the sample in every template of its own, with what was printed into it."""
    options = Options()
    prepared = prepare_record(COMPLETE, options)
    assert isinstance(prepared, PreparedRecord)
    store = TemplateStore(options.resources)
    for mode in ("error", "draft", "blank"):
        for job in prepared.jobs:
            context = build_context(prepared.subject, job, mode)  # type: ignore[arg-type]
            for name in job.document.template_names:
                if name.endswith(".docx"):
                    asked = {"pictures": PictureFolder(prepared.folder), "note_values": True}
                    rendered = store.render(name, context, **asked)
                else:
                    rendered = store.render(name, context)
                yield f"{name} {job.id} {mode}", rendered.data, rendered.values


@pytest.mark.heavy
def test_every_document_of_the_sample_passes() -> None:
    made = list(iterate_documents())
    assert len({name.split()[0] for name, _, _ in made}) >= 6
    assert sum(len(values) for _, _, values in made) > 1000
    assert {name: found for name, data, values in made if (found := check_rendered(data, values))} == {}


@pytest.mark.heavy
def test_every_file_of_the_sample_package_passes(tmp_path: Path) -> None:
    outcome = build_record(COMPLETE, tmp_path, Options())
    package = next(output.path for output in outcome.outputs if output.kind == "package")
    with zipfile.ZipFile(package) as archive:
        office = [name for name in archive.namelist() if name.endswith((".docx", ".xlsx"))]
        assert len(office) > 15
        assert {name: found for name in office if (found := check_rendered(archive.read(name)))} == {}


def test_addresses_and_alternative_text_are_looked_through() -> None:
    link = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
    relation = f'<Relationship Id="rId99" Type="{link}" Target="https://x.example/a%20b" TargetMode="External"/>'
    data = replace_in(
        of_paragraphs("正文"),
        "word/_rels/document.xml.rels",
        lambda xml: xml.replace("</Relationships>", relation + "</Relationships>"),
    )
    assert [item.code for item in check_rendered(data, ["a b", "gone"])] == ["T163"]
    left = replace_in(data, "word/_rels/document.xml.rels", lambda xml: xml.replace("a%20b", "%7b%7b%20a%20%7d%7d"))
    assert {item.code for item in check_rendered(left)} == {"T162"}
