"""A picture in a cell is drawn over the cell, or over the merged area that begins there."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook
from PIL import Image
from support.render_xlsx_support import make_book, read, read_part, render

from docgen.render.values.values import ImageValue


def make_picture(width: int, height: int) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize("merged", [None, "B1:C4"])
def test_a_picture_is_drawn_inside_its_cell(merged: str | None) -> None:
    book = make_book(["照片", "{{ photo }}"])
    assert book.active is not None
    if merged is not None:
        book.active.merge_cells(merged)
    photo = ImageValue(make_picture(400, 300), description="现场 & 设备")
    data = render(book, {"photo": photo}).data
    assert read(data)[0][:2] == ["照片", None]
    (drawn,) = load_workbook(io.BytesIO(data))["表"]._images
    assert drawn.anchor._from.col in ((1,) if merged is None else (1, 2))
    assert 0 < drawn.anchor.ext.height <= (4 if merged else 1) * 15 * 12_700
    drawing = read_part(data, "xl/drawings/drawing1.xml")
    assert 'descr="现场 &amp; 设备"' in drawing
    assert "<a:stretch><a:fillRect/></a:stretch>" in drawing


def test_a_file_that_is_no_picture_is_reported_at_its_cell() -> None:
    rendered = render(make_book(["{{ photo }}"]), {"photo": ImageValue(b"text", description="说明.txt")}, clean=False)
    assert [(item.code, item.location.cell) for item in rendered.diagnostics] == [("T125", "A1")]
