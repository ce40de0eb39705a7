"""A picture of the template whose name or alternative text is a tag gives way to the one that the tag gives."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest
from docx.shared import Mm
from support.render_docx_support import add_table, build, check_schema, make_picture, read_part, render

from docgen.render.guard import check_rendered
from docgen.render.values.values import ImageValue, Missing

BOX = (int(Mm(40)), int(Mm(30)))


def with_picture(attribute: str, tag: str, *, loop: bool = False, header: bool = False) -> bytes:
    def make(document: Any) -> None:
        paragraph = document.sections[0].header.paragraphs[0] if header else document.add_paragraph()
        if loop:
            table = add_table(document, ("{%tr for x in items %}",), ("",), ("{%tr endfor %}",))
            paragraph = table.cell(1, 0).paragraphs[0]
        inline = paragraph.add_run().add_picture(io.BytesIO(make_picture(80, 60)), *BOX)._inline
        for properties in (found for found in inline.iter() if found.tag.endswith(("docPr", "cNvPr"))):
            properties.set(attribute, tag)

    return build(make)


def read_extents(data: bytes, part: str = "word/document.xml") -> list[tuple[int, int]]:
    return [(int(x), int(y)) for x, y in re.findall(r'<wp:extent cx="(\d+)" cy="(\d+)"/>', read_part(data, part))]


@pytest.mark.parametrize("attribute", ["name", "descr", "title"])
@pytest.mark.parametrize("header", [False, True])
def test_the_picture_gives_way_and_keeps_its_place(attribute: str, header: bool) -> None:
    part = "word/header1.xml" if header else "word/document.xml"
    picture = make_picture(100, 100)
    made = render(with_picture(attribute, "{{ x }}", header=header), x=ImageValue(picture, description="章"))
    assert made.diagnostics == ()
    assert read_extents(made.data, part) == [(BOX[1], BOX[1])]  # a square in a box of 4 : 3
    (rid,) = re.findall(r'r:embed="([^"]+)"', read_part(made.data, part))
    rels = read_part(made.data, part.replace("word/", "word/_rels/") + ".rels")
    (target,) = re.findall(rf'Id="{rid}"[^>]*Target="([^"]+)"', rels)
    with zipfile.ZipFile(io.BytesIO(made.data)) as archive:
        assert archive.read(f"word/{target}") == picture
    assert f'{attribute}="章"' in read_part(made.data, part)
    check_schema(made.data)
    assert check_rendered(made.data) == ()


def test_each_turn_of_a_loop_shows_its_own() -> None:
    pictures = [ImageValue(make_picture(40 + at, 30)) for at in range(3)]
    made = render(with_picture("descr", "{{ x }}", loop=True), items=pictures).data
    assert len(set(re.findall(r'r:embed="([^"]+)"', read_part(made)))) == 3
    assert len(set(re.findall(r'<wp:docPr id="(\d+)"', read_part(made)))) == 3
    check_schema(made)


@pytest.mark.parametrize("value", ["文字", Missing("x", "照片", "blank")])
def test_a_value_that_is_no_picture_leaves_the_templates_own(value: object) -> None:
    data = with_picture("descr", "{{ x }}")
    made = render(data, x=value)
    assert made.diagnostics == ()
    assert read_extents(made.data) == [BOX]
    assert f'descr="{value if isinstance(value, str) else ""}"' in read_part(made.data)


def test_a_broken_picture_is_told() -> None:
    made = render(with_picture("name", "{{ x }}"), x=ImageValue(b"nonsense", description="坏图"))
    assert {found.code for found in made.diagnostics} == {"T125"}


def test_a_name_with_other_words_is_text() -> None:
    made = render(with_picture("descr", "照片：{{ x }}"), x=ImageValue(make_picture(10, 10), description="甲"))
    assert read_extents(made.data) == [BOX]
    assert 'descr="照片：甲"' in read_part(made.data)
