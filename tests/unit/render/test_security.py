"""A template can run no code and read no file; data can become no tag, no formula and no relationship."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from docx.oxml import parse_xml
from lxml import etree
from support.render_docx_support import W, build, of_paragraphs, open_rendered, read_part, render

from docgen.content.blocks import Paragraph, Picture, Run
from docgen.content.model import Narrative
from docgen.diagnostics import Diagnostic
from docgen.errors import TemplateError
from docgen.render.docx.template import DocxTemplate
from docgen.render.guard import check_rendered
from docgen.render.values.values import Rendered
from docgen.render.xlsx.template import XlsxTemplate

SECRET = "机密"


class Model:
    """What a context may hold by mistake: methods, class attributes, a way to everything."""

    secret = SECRET

    def __init__(self) -> None:
        self.name = "某某公司"
        self.handler = open

    def destroy(self) -> str:
        raise AssertionError("called")

    @staticmethod
    def leak() -> str:
        raise AssertionError("called")


def turns() -> Any:
    yield 1


CONTEXT: dict[str, Any] = {
    "x": "甲",
    "n": 3,
    "items": ["一", "二"],
    "pairs": {"a": 1},
    "model": Model(),
    "space": SimpleNamespace(name="某某公司"),
    "kind": Model,
    "function": turns,
    "generator": turns(),
    "module": io,
    "path": Path("/etc/passwd"),
}
EXPRESSIONS = (
    "x.__class__",
    "x.__class__.__mro__[1].__subclasses__()",
    "''.__class__.__base__.__subclasses__()",
    "().__class__.__bases__[0]",
    "x['__class__']",
    "x['__cl' ~ 'ass__']",
    "model.__init__.__globals__",
    "model['__init__']['__globals__']",
    "model.__dict__",
    "model.destroy()",
    "model.destroy",
    "model.leak()",
    "model.handler('/etc/passwd').read()",
    "kind()",
    "kind.leak()",
    "function()",
    "function.__globals__",
    "function.__code__.co_consts",
    "generator.gi_frame.f_globals",
    "generator.gi_code",
    "module.open('/etc/passwd').read()",
    "path.read_text()",
    "self",
    "self.__init__.__globals__",
    "self._TemplateReference__context",
    "loop.__class__",
    "cycler('a').__init__.__globals__",
    "joiner.__init__.__globals__",
    "namespace(a=1)",
    "lipsum.__globals__['os'].popen('id').read()",
    "lipsum()",
    "dict(a=1)",
    "get_flashed_messages.__globals__",
    "config",
    "request",
    "g.pop.__globals__",
    "url_for",
    "x.format(x)",
    "'{0.__class__}'.format(x)",
    "'{0.__class__}'.format_map(pairs)",
    "'%s' % x",
    "'%(a)1000000000s' % pairs",
    "x.encode()",
    "x.upper()",
    "items.append('x')",
    "items.__setitem__(0, 'x')",
    "pairs.update(a=2)",
    "pairs.items()",
    "x|attr('__class__')",
    "items|map(attribute='__class__')|list",
    "items|map('upper')|list",
    "items|selectattr('__class__')|list",
    "items|groupby('__class__')",
    "items|sum(attribute='x')",
    "x|format(x)",
    "'<b>'|safe",
    "x|xmlattr",
    "x|pprint",
    "x|tojson",
    "pairs|dictsort",
    "items|random",
    "n ** 99999999",
    "2 ** 2 ** 2 ** 2 ** 2 ** 2",
    "'甲' * 1000000000",
    "1000000000 * '甲'",
    "items * 1000000",
    "[0] * 10000000",
    "(1, 2) * 10000000",
    "range(1000000000)",
    "range(0, 1000000000)|join",
    "range(10 ** 9)",
    "n << 99999999",
    "__builtins__",
    "__import__('os')",
    "_environment",
    "environment",
    "context.environment",
    "caller()",
    "varargs",
    "super()",
    "undefined_name.__class__",
    "(undefined_name).__init__.__globals__",
    "loop",
)
STATEMENTS = (
    "{% include '/etc/passwd' %}",
    "{% include x %}",
    "{% import 'os' as os %}",
    "{% from 'os' import popen %}",
    "{% extends '/etc/passwd' %}",
    "{% block a %}{% endblock %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% call model.destroy() %}{% endcall %}",
    "{% filter safe %}甲{% endfilter %}",
    "{% set a %}<w:br/>{% endset %}{{ a }}",
    "{% autoescape false %}{{ x }}{% endautoescape %}",
    "{% do items.append(1) %}",
    "{% debug %}",
    "{% trans %}甲{% endtrans %}",
    "{% set x.y = 1 %}",
    "{% set space.name = '改' %}",
    "{% for a in range(1000000000) %}{{ a }}{% endfor %}",
    "{% for a in items recursive %}{{ loop(items) }}{% endfor %}",
    "{% for a in generator.gi_frame.f_back %}{{ a }}{% endfor %}",
    "{% with a = x.__class__ %}{{ a }}{% endwith %}",
    "{% if x.__class__ %}甲{% endif %}",
    "{% set a = '甲' * 9999 %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}",
    "{% set a = '甲' * 9999 %}" + "{% set a = a + a %}" * 40 + "{{ a }}",
    "{% set a = [x, x] %}" + "{% set a = a + a %}" * 40 + "{{ a|length }}",
    "{% set a = '甲' * 9999 %}" + "{% set a = [a, a]|join %}" * 40 + "{{ a }}",
    "{% set a = '甲' * 9999 %}" + "{% set a = [a, a]|lines %}" * 40 + "{{ a }}",
    "{% set a = 99999 %}" + "{% set a = a * a %}" * 40 + "{{ a }}",
)


def render_docx(text: str, context: dict[str, Any]) -> Rendered:
    return DocxTemplate.compile(of_paragraphs(text), "a.docx").render(context)


def render_xlsx(text: str, context: dict[str, Any]) -> Rendered:
    return XlsxTemplate.compile(make_book(text), "a.xlsx").render(context)


def make_book(*values: object) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row, value in enumerate(values, 1):
        book.active.cell(row, 1, value).data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_everything(data: bytes) -> str:
    if not data:
        return ""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "ignore") for name in archive.namelist())


def look(make: Callable[[], Rendered]) -> tuple[tuple[Diagnostic, ...], str]:
    """What compiling or rendering reports, and everything that the file says."""
    try:
        rendered = make()
    except TemplateError as refused:
        return refused.diagnostics, ""
    return rendered.diagnostics, read_everything(rendered.data)


@pytest.mark.parametrize("engine", [render_docx, render_xlsx])
@pytest.mark.parametrize("text", [*(f"{{{{ {it} }}}}" for it in EXPRESSIONS), *STATEMENTS])
def test_a_template_gets_at_nothing(engine: Any, text: str) -> None:
    context = dict(CONTEXT, items=["一", "二"], pairs={"a": 1}, generator=turns())
    before = time.perf_counter()
    found, shown = look(lambda: engine(text, context))
    assert found, shown[:2000]
    assert all(word not in shown for word in (SECRET, "root:", "<class", "built-in", "object at 0x"))
    assert time.perf_counter() - before < 2
    assert (context["items"], context["pairs"], CONTEXT["space"].name) == (["一", "二"], {"a": 1}, "某某公司")


@pytest.mark.parametrize("engine", [render_docx, render_xlsx])
def test_loops_in_loops_cannot_run_forever(engine: Any) -> None:
    text = "".join(f"{{% for {name} in range(1000) %}}" for name in "abc") + "{% endfor %}" * 3
    before = time.perf_counter()
    found, _ = look(lambda: engine(text, {}))
    assert found
    assert time.perf_counter() - before < 5


@pytest.mark.parametrize("value", ["{{ 7*7 }}", "{% include 'a' %}", "{{ model.destroy() }}", "{%p for x in items %}"])
def test_data_is_never_a_tag(value: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx("{{ x }}", {"x": value}).data))
    assert book.active["A1"].value == value  # type: ignore[index]
    assert render(of_paragraphs("{{ x }}"), x=value).diagnostics == ()
    assert open_rendered(render(of_paragraphs("{{ x }}"), x=value)).paragraphs[0].text == value


FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "=cmd|'/c calc'!A0",
    '=HYPERLINK("http://a","b")',
    "=WEBSERVICE(A1)",
    "\t=1",
)


@pytest.mark.parametrize("value", FORMULAS)
def test_data_is_never_a_formula(value: str) -> None:
    rendered = render_xlsx("{{ x }}", {"x": value})
    book = openpyxl.load_workbook(io.BytesIO(rendered.data))
    cell = book.active["A1"]  # type: ignore[index]
    assert (cell.data_type, cell.value) == ("s", value)
    assert "<f" not in read_part(rendered.data, "xl/worksheets/sheet1.xml").replace("<formatting", "")


def field(document: Any) -> None:
    simple = f'<w:fldSimple xmlns:w="{W[1:-1]}" w:instr=" HYPERLINK &quot;{{{{ x }}}}&quot; "><w:r/></w:fldSimple>'
    document.add_paragraph()._p.append(parse_xml(simple))


HOSTILE = (
    'a" \\l "b',
    "DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe",
    'http://a"><w:p/>',
    "INCLUDETEXT \\\\server\\a.docx",
)


@pytest.mark.parametrize("value", HOSTILE)
def test_data_makes_no_field(value: str) -> None:
    """Text in a line is text alone; a field code is only where the template drew one."""
    rendered = render(of_paragraphs("{{ x }}", "{{p x }}"), x=value)
    root = etree.fromstring(read_part(rendered.data).encode())
    assert not [it for name in ("fldSimple", "instrText", "fldChar", "hyperlink") for it in root.iter(W + name)]
    assert check_rendered(rendered.data, [value]) == ()


PATHS = (
    "http://a.example/b.png",
    "https://a.example/b.png",
    "file:///etc/passwd",
    "ftp://a/b.png",
    "//server/share/a.png",
    "\\\\server\\share\\a.png",
    "/etc/passwd",
    "C:\\a.png",
    "c:/a.png",
    "../a.png",
    "b/../../a.png",
    "..\\a.png",
    "b\\..\\..\\a.png",
    "data:image/png;base64,AAAA",
    "..",
)


@pytest.mark.parametrize("path", PATHS)
def test_a_narrative_names_no_picture_outside(path: str) -> None:
    asked: list[Picture] = []

    def load(picture: Picture) -> bytes | None:
        asked.append(picture)
        return None

    body = Narrative((Picture(PurePosixPath(path), "图"),))
    rendered = render(of_paragraphs("{{p body }}"), body=body, pictures=load)
    assert asked == []
    assert [it.code for it in rendered.diagnostics] == ["T131"]
    assert "External" not in read_part(rendered.data, "word/_rels/document.xml.rels")
    assert check_rendered(rendered.data) == ()


def test_a_picture_below_the_record_is_asked_for() -> None:
    for path in ("a.png", "b/a.png", "b/../a.png", "./a.png", "照片/1..2.png", "..a.png/b.png"):
        body = Narrative((Picture(PurePosixPath(path)),))
        rendered = render(of_paragraphs("{{p body }}"), body=body, pictures=lambda _: None)
        assert [it.code for it in rendered.diagnostics] == ["T126"]


def test_links_in_prose_are_text() -> None:
    body = Narrative((Paragraph((Run("[链](http://a) http://a.example \\\\server\\share"),)),))
    rendered = render(of_paragraphs("{{p body }}", "{{ body }}"), body=body)
    assert "External" not in read_everything(rendered.data)
    assert "<w:hyperlink" not in read_part(rendered.data)


def test_entities_in_a_template_are_not_read() -> None:
    from support.render_docx_support import replace_in

    bomb = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    data = replace_in(
        build(lambda it: it.add_paragraph("{{ a }}")),
        "word/document.xml",
        lambda xml: (
            bomb + xml.partition("?>")[2].replace("<w:sectPr", "<w:p><w:r><w:t>&x;</w:t></w:r></w:p><w:sectPr", 1)
        ),
    )
    _, shown = look(lambda: render(data, a="甲"))
    assert "root:" not in shown
