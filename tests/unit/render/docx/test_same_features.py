"""Each feature of docxtpl that docs/templates.md calls the same, rendered by both engines.

Most are cases of test_oracle; what a program does with docxtpl's classes, and a value or tag does here, is held below.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import docx
import docxtpl
import pytest
from docx.shared import Mm
from lxml import etree
from support.render_docx_support import W, build, make_picture, of_paragraphs, read_part, render

from docgen.errors import TemplateError
from docgen.messages import catalogue
from docgen.render.docx.template import DocxTemplate
from docgen.render.values.values import ImageValue

pytestmark = pytest.mark.heavy

DOCS = Path(__file__).parents[4] / "docs"
HERE = {"rich text", "inline images", "pictures replaced", "listings", "escaping", "several renderings", "streams"}
SAME = {
    "`{{ x }}`, attributes, subscripts, arithmetic, comparisons, `and` / `or` / `not` / `in`, `~`, `x if y else z`": (
        *("plain", "loop variables", "remarks and variables"),
    ),
    "`{% if %}` / `{% elif %}` / `{% else %}`, inside a line": ("conditions", "a condition across runs"),
    "`{% for %}` / `{% else %}` with `loop`, unpacking and `if`": ("loop variables", "loop variables, empty"),
    "`{% set %}`, `{% with %}`": ("remarks and variables", "loop variables"),
    "`{%p %}`": ("conditions, the other way", "paragraph loop", "paragraph loop, empty"),
    "`{%tr %}`": ("row loop", "row loop, empty", "nested loop", "row condition", "spanned cells in a loop"),
    "`{%tc %}`": ("column loop", "column condition", "rows and columns"),
    "`{%r %}`": ("run tags",),
    "`{# #}`, `{#p #}`": ("comments",),
    "`{%-` and `-%}`": ("white space",),
    "`{_{ }_}`, `{_% %_}`, `{% raw %}`": ("delimiters", "raw"),
    "`{% vm %}`, `{% hm %}`, `{% colspan %}`, `{% cellbg %}`": (
        *("vertical merge", "horizontal merge", "column span", "cell background", "all cell tags"),
    ),
    "tags scattered over runs, curly quotes": ("a tag scattered over runs", "curly quotes"),
    "headers and footers of every section": ("header and footer", "several sections"),
    "footnotes": ("notes",),
    "text boxes, hyperlinks, content controls, nested tables": (
        *("text boxes", "hyperlinks", "content controls", "a table in a cell", "a table in a paragraph loop"),
    ),
    "`RichText` / `R()` with bold, italic, colour, size, highlight, `url_id`, page break": ("rich text",),
    "`InlineImage`": ("inline images",),
    "`replace_pic`": ("pictures replaced",),
    "`Listing`, `\\n` and `\\t` in a value beside other text": ("listings",),
    "`autoescape=True`, `x\\|e`": ("escaping",),
    "one template rendered several times": ("several renderings",),
    "reading from and writing to streams": ("streams",),
}


def theirs(data: bytes, values: dict[str, Any], prepare: Any = None) -> bytes:
    oracle = docxtpl.DocxTemplate(io.BytesIO(data))
    oracle.render(prepare(oracle) if prepare else values, autoescape=True)
    out = io.BytesIO()
    oracle.save(out)
    return out.getvalue()


def read_lines(data: bytes) -> list[str]:
    """The paragraphs, with line and page breaks and tabs as characters."""
    root = etree.fromstring(read_part(data).encode())
    marks = {f"{W}br": "\n", f"{W}tab": "\t"}
    lines = []
    for paragraph in root.iter(f"{W}p"):
        pieces = []
        for element in paragraph.iter(f"{W}t", f"{W}br", f"{W}tab"):
            if element.tag == f"{W}t":
                pieces.append(element.text or "")
            elif element.getparent().tag == f"{W}r":
                pieces.append("\f" if element.get(f"{W}type") == "page" else marks[element.tag])
        lines.append("".join(pieces))
    return lines


@pytest.mark.parametrize("page", ["templates.md", "templates.zh-CN.md"])
def test_the_docs_call_the_same_what_is_held_here(page: str) -> None:
    word = "same" if page == "templates.md" else "相同"
    rows = [line.split(" | ") for line in (DOCS / page).read_text("utf-8").splitlines() if line.startswith("| ")]
    told = [cells[0].removeprefix("| ") for cells in rows if len(cells) == 3 and cells[1] == word]
    assert len(told) == len(SAME)
    if page == "templates.md":
        assert told == list(SAME)
    cases = re.findall(r'^    "([^"]+)": Case\(', Path(__file__).with_name("test_oracle.py").read_text("utf-8"), re.M)
    assert {name for names in SAME.values() for name in names} <= set(cases) | HERE


def test_rich_text() -> None:
    typed = (
        "甲**粗***斜*[红]{颜色=C00000}[大]{字号=16}[绿]{底色=00FF00}[网](https://example.com/a?b=1)完\n\\newpage\n下页"
    )

    def make_theirs(oracle: Any) -> dict[str, Any]:
        rich = docxtpl.RichText("甲")
        rich.add("粗", bold=True)
        rich.add("斜", italic=True)
        rich.add("红", color="C00000")
        rich.add("大", size=32)
        rich.add("绿", highlight="#00ff00")
        rich.add("网", url_id=oracle.build_url_id("https://example.com/a?b=1"))
        rich.add("完\f下页")
        return {"x": rich}

    data = of_paragraphs("{{r x }}")
    rendered = (render(data, x=typed).data, theirs(data, {}, make_theirs))
    ours, other = (list_formats(made) for made in rendered)
    assert (
        [text for text, _ in ours]
        == [text for text, _ in other]
        == ["甲", "粗", "斜", "红", "大", "绿", "网", "完", "下页"]
    )
    for (text, mine), (_, its) in zip(ours, other, strict=True):
        assert mine.keys() >= its.keys(), text
        assert mine.get("color") == its.get("color") or text == "网"  # a link looks like one
        assert (mine.get("sz"), mine.get("b"), mine.get("i")) == (its.get("sz"), its.get("b"), its.get("i"))
    assert ["".join(read_lines(made)).partition("\f")[2] for made in rendered] == ["下页", "下页"]
    assert [link_targets(made) for made in rendered] == [["https://example.com/a?b=1"]] * 2


def list_formats(data: bytes) -> list[tuple[str, dict[str, str]]]:
    root = etree.fromstring(read_part(data).encode())
    found = []
    for run in root.iter(f"{W}r"):
        properties = run.find(f"{W}rPr")
        formats = {
            child.tag.removeprefix(W): child.get(f"{W}val", "")
            for child in (() if properties is None else properties)
            if child.tag != f"{W}rFonts"
        }
        formats.pop("bCs", None)
        found += [(text.text, formats) for text in run.iter(f"{W}t") if text.text]
    return found


def link_targets(data: bytes) -> list[str]:
    root = etree.fromstring(read_part(data).encode())
    rels = etree.fromstring(read_part(data, "word/_rels/document.xml.rels").encode())
    targets = {item.get("Id"): item.get("Target") for item in rels}
    return [targets[next(iter(link.attrib.values()))] for link in root.iter(f"{W}hyperlink")]


def test_inline_images() -> None:
    picture = make_picture(200, 100)

    def make_theirs(oracle: Any) -> dict[str, Any]:
        return {"x": docxtpl.InlineImage(oracle, io.BytesIO(picture), width=Mm(40))}

    data = of_paragraphs("图：{{ x }}")
    ours = render(data, x=ImageValue(picture, max_width_mm=40)).data
    for made in (ours, theirs(data, {}, make_theirs)):
        assert re.findall(r'<wp:extent cx="(\d+)" cy="(\d+)"', read_part(made)) == [(str(Mm(40)), str(Mm(20)))]
        assert read_shown(made) == picture


def read_shown(data: bytes) -> bytes:
    (rid,) = re.findall(r'r:embed="([^"]+)"', read_part(data))
    rels = etree.fromstring(read_part(data, "word/_rels/document.xml.rels").encode())
    (target,) = [item.get("Target") for item in rels if item.get("Id") == rid]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(f"word/{target}")


def test_pictures_replaced(tmp_path: Path) -> None:
    """The name there, the tag here: in both the drawing keeps its place and its size."""
    shown, other = make_picture(80, 60), make_picture(160, 120)

    def make(name: str) -> bytes:
        def add(document: Any) -> None:
            inline = document.add_paragraph().add_run().add_picture(io.BytesIO(shown), Mm(40))._inline
            for named in (found for found in inline.iter() if found.tag.endswith(("}docPr", "}cNvPr"))):
                named.set("descr", name)

        return build(add)

    (tmp_path / "new.png").write_bytes(other)
    oracle = docxtpl.DocxTemplate(io.BytesIO(make("章")))
    oracle.replace_pic("章", str(tmp_path / "new.png"))
    oracle.render({})
    out = io.BytesIO()
    oracle.save(out)
    ours = render(make("{{ x }}"), x=ImageValue(other, description="章")).data
    assert read_shown(ours) == read_shown(out.getvalue()) == other
    extents = [re.findall(r'<wp:extent cx="\d+" cy="\d+"', read_part(made)) for made in (ours, out.getvalue())]
    assert extents[0] == extents[1]


def test_listings() -> None:
    data = of_paragraphs("项目：{{ x }}。")
    ours = render(data, x="一 <A&B>\n二\t三").data
    other = theirs(data, {"x": docxtpl.Listing("一 <A&B>\n二\t三")})
    assert read_lines(ours) == read_lines(other) == ["项目：一 <A&B>\n二\t三。"]


def test_escaping() -> None:
    data = of_paragraphs("{{ x }}{{ x|e }}完")
    assert read_lines(render(data, x="A&B <甲>").data) == read_lines(theirs(data, {"x": "A&B <甲>"}))


def test_several_renderings() -> None:
    data = of_paragraphs("{% for x in items %}{{ x }}{% endfor %}完")
    template, oracle = DocxTemplate.compile(data, "甲.docx"), docxtpl.DocxTemplate(io.BytesIO(data))
    for items in (["甲"], ["乙", "丙"], []):
        out = io.BytesIO()
        oracle.render({"items": items}, autoescape=True)
        oracle.save(out)
        assert read_lines(template.render({"items": items}).data) == read_lines(out.getvalue())


def test_streams() -> None:
    """Bytes in and bytes out: python-docx opens what either makes without a file."""
    data = of_paragraphs("{{ x }}完")
    texts = [
        docx.Document(io.BytesIO(made)).paragraphs[0].text
        for made in (render(data, x="甲").data, theirs(data, {"x": "甲"}))
    ]
    assert texts == ["甲完", "甲完"]


@pytest.mark.parametrize(
    ("text", "name", "instead"),
    [
        ("{{p tpl.new_subdoc('a.docx') }}", "new_subdoc", "{{p 名称 }}"),
        ("{{r RichText(x) }}", "RichText", "{{r 名称 }}"),
        ("{{ InlineImage(tpl, x) }}", "InlineImage", "photograph.picture"),
        ("{{ Listing(x) }}", "Listing", "换行"),
    ],
)
def test_what_is_refused_is_told_with_what_stands_for_it(text: str, name: str, instead: str) -> None:
    with pytest.raises(TemplateError) as refused:
        render(of_paragraphs(text), x="甲")
    (fault,) = refused.value.diagnostics
    told = catalogue("zh")
    assert (fault.code, fault.params["name"]) == ("T452", name)
    assert instead in told.mend(fault)


def test_a_filter_of_ones_own_is_refused() -> None:
    with pytest.raises(TemplateError) as refused:
        render(of_paragraphs("{{ x|my_filter }}"), x="甲")
    assert [fault.code for fault in refused.value.diagnostics] == ["T106"]
