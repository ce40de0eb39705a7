"""Pictures: upright, no larger and no finer than needed, each stored once."""

from __future__ import annotations

import io
import zipfile
from importlib.util import find_spec
from typing import Any

import docxtpl
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Twips
from lxml import etree
from PIL import Image
from support.render_docx_support import add_table, build, check_schema, make_image, of_paragraphs, read_part, render

from docgen.messages import catalogue
from docgen.render.values.images import EMU_PER_INCH, EMU_PER_MM, HeicError, ImageError, prepare_image
from docgen.render.values.values import ImageValue

pytestmark = pytest.mark.heavy

BOX = (150 * EMU_PER_MM, 200 * EMU_PER_MM)


def turned(orientation: int, size: tuple[int, int] = (400, 200)) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return make_image(size, exif=exif.tobytes())


def open_image(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(("kind", "extension"), [("JPEG", "jpeg"), ("PNG", "png")])
def test_a_picture_that_fits_stays_byte_for_byte(kind: str, extension: str) -> None:
    data = make_image((96, 192), kind)
    prepared = prepare_image(data, *BOX)
    assert (prepared.data, prepared.extension) == (data, extension)
    assert (prepared.width, prepared.height) == (EMU_PER_INCH, 2 * EMU_PER_INCH)


def test_a_large_picture_is_scaled_and_thinned_out() -> None:
    data = make_image((4000, 3000))
    prepared = prepare_image(data, *BOX)
    assert prepared.width == BOX[0]
    assert prepared.height == pytest.approx(BOX[0] * 3 / 4, abs=1)
    assert open_image(prepared.data).size == (1181, 886)
    assert len(prepared.data) < len(data)


def test_height_limits_too() -> None:
    prepared = prepare_image(make_image((1000, 4000)), *BOX)
    assert (prepared.width, prepared.height) == (BOX[1] // 4, BOX[1])


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_turned_picture_is_set_upright(orientation: int) -> None:
    prepared = prepare_image(turned(orientation), *BOX)
    image = open_image(prepared.data)
    assert image.size == ((200, 400) if orientation >= 5 else (400, 200))
    assert prepared.width * image.height == prepared.height * image.width
    assert not image.getexif()


def test_a_turned_and_large_picture() -> None:
    prepared = prepare_image(turned(6, (4000, 3000)), *BOX)
    image = open_image(prepared.data)
    assert image.size == (1181, 1575)
    # The bright quarter was at the top left; a turn by 90 degrees brings it to the top right.
    assert image.getpixel((1100, 100))[0] > 200
    assert image.getpixel((100, 100))[0] < 60


@pytest.mark.parametrize(
    ("kind", "mode", "extension"),
    [
        ("WEBP", "RGB", "jpeg"),
        ("WEBP", "RGBA", "png"),
        ("TIFF", "RGB", "png"),
        ("TIFF", "CMYK", "png"),
        ("TIFF", "1", "png"),
        ("GIF", "P", "png"),
        ("BMP", "RGB", "png"),
    ],
)
def test_other_formats_are_converted(kind: str, mode: str, extension: str) -> None:
    prepared = prepare_image(make_image((60, 40), kind, mode), *BOX)
    assert prepared.extension == extension
    assert open_image(prepared.data).size == (60, 40)


def test_large_pictures_of_every_mode_can_be_thinned_out() -> None:
    for mode in ("1", "L", "P", "RGB", "RGBA", "LA", "I;16"):
        assert prepare_image(make_image((3000, 100), "PNG", mode), *BOX).width == BOX[0]


def test_encoding_is_deterministic() -> None:
    data = turned(3)
    one = prepare_image(data, *BOX)
    prepare_image.cache_clear()
    assert prepare_image(data, *BOX) == one


@pytest.mark.parametrize("data", [b"", b"no picture", make_image((400, 300))[:600], make_image((40, 30), "PNG")[:60]])
def test_broken_pictures_are_refused(data: bytes) -> None:
    with pytest.raises(ImageError):
        prepare_image(data, *BOX)


HEIC = b"\0\0\0\x24ftypheic\0\0\0\0mif1heic" + bytes(64)


def test_heic_is_read_or_says_what_to_do() -> None:
    """The library is no dependency: where somebody installed it, what is no picture is refused as any other."""
    without = find_spec("pillow_heif") is None
    with pytest.raises(HeicError if without else ImageError):
        prepare_image(HEIC, *BOX)
    rendered = render(of_paragraphs("{{ photo }}"), photo=ImageValue(HEIC, description="手机照片"))
    assert [it.code for it in rendered.diagnostics] == ["T130" if without else "T125"]
    assert "手机照片" in catalogue("zh").message(rendered.diagnostics[0])
    assert read_part(rendered.data).count("【缺：手机照片】") == 1
    check_schema(rendered.data)


def test_heic_pictures_are_converted() -> None:
    pytest.importorskip("pillow_heif").register_heif_opener()
    prepared = prepare_image(make_image((60, 40), "HEIF"), *BOX)
    assert open_image(prepared.data).size == (60, 40)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF"])
@pytest.mark.parametrize("size", [(30, 20), (3000, 2000)])
def test_every_kind_comes_out_as_word_reads_it(kind: str, size: tuple[int, int]) -> None:
    rendered = render(of_paragraphs("{{ photo }}"), photo=ImageValue(make_image(size, kind)))
    assert rendered.diagnostics == ()
    (name,) = list_media(rendered.data)
    with zipfile.ZipFile(io.BytesIO(rendered.data)) as archive:
        image = open_image(archive.read(name))
    assert image.format == {"jpeg": "JPEG", "png": "PNG"}[name.rpartition(".")[2]]
    # 200 dots an inch at most, in a text area six inches wide.
    assert image.width <= max(size[0] if size[0] < 100 else 0, 1200)
    assert image.getpixel((2, 2)) != image.getpixel((image.width - 2, image.height - 2))
    check_schema(rendered.data)


def test_agrees_with_docxtpl_in_body_header_and_cell() -> None:
    def make(document: Any) -> None:
        document.add_paragraph("前 {{ photo }} 后")
        add_table(document, ("{%tr for x in items %}", ""), ("{{ x }}", "{{ photo }}"), ("{%tr endfor %}", ""))
        document.sections[0].header.paragraphs[0].text = "{{ photo }}"

    data, photo = build(make), make_image((40, 30), "PNG")
    oracle = docxtpl.DocxTemplate(io.BytesIO(data))
    inline = docxtpl.InlineImage(oracle, io.BytesIO(photo), width=Mm(10))
    oracle.render({"photo": inline, "items": ["甲", "乙"]}, autoescape=True)
    out = io.BytesIO()
    oracle.save(out)
    rendered = render(data, photo=ImageValue(photo, max_width_mm=10), items=["甲", "乙"])
    assert rendered.diagnostics == ()
    for part in ("word/document.xml", "word/header1.xml"):
        ours, theirs = list_drawings(rendered.data, part), list_drawings(out.getvalue(), part)
        assert [it[1:] for it in ours] == [it[1:] for it in theirs]
        assert [resolve(rendered.data, part, it) for it in list_embeds(rendered.data, part)] == [photo] * len(ours)
        assert [resolve(out.getvalue(), part, it) for it in list_embeds(out.getvalue(), part)] == [photo] * len(ours)


def list_embeds(data: bytes, part: str) -> list[str]:
    root = etree.fromstring(read_part(data, part).encode())
    return [str(it.get(qn("r:embed"))) for it in root.iter(qn("a:blip"))]


def resolve(data: bytes, part: str, rid: str) -> bytes:
    folder, leaf = part.split("/")
    rels = etree.fromstring(read_part(data, f"{folder}/_rels/{leaf}.rels").encode())
    target = next(str(it.get("Target")) for it in rels if it.get("Id") == rid)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(target.lstrip("/") if target.startswith("/") else f"{folder}/{target}")


def list_media(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [name for name in archive.namelist() if name.startswith("word/media/")]


def list_drawings(data: bytes, part: str = "word/document.xml") -> list[tuple[str, int, int]]:
    root = etree.fromstring(read_part(data, part).encode())
    return [
        (it.find(qn("wp:docPr")).get("id"), *(int(it.find(qn("wp:extent")).get(side)) for side in ("cx", "cy")))
        for it in root.iter(qn("wp:inline"))
    ]


def test_the_same_picture_is_stored_once_and_every_drawing_has_its_own_id() -> None:
    one, other = (ImageValue(make_image(size, "PNG"), description="照片 <1>") for size in ((40, 30), (50, 30)))
    data = of_paragraphs("{{ a }}文字{{ b }}", "{% for x in many %}{{ x }}{% endfor %}")
    rendered = render(data, a=one, b=other, many=[one, one])
    assert rendered.diagnostics == ()
    assert len(list_media(rendered.data)) == 2
    assert [it[0] for it in list_drawings(rendered.data)] == ["1", "2", "3", "4"]
    check_schema(rendered.data)


def test_a_picture_is_scaled_to_its_cell() -> None:
    def make(document: Any) -> None:
        table = add_table(document, ("{{ photo }}", "{{ small }}"))
        table.cell(0, 0).width, table.cell(0, 1).width = Twips(2216), Twips(5000)

    photo = make_image((2000, 1000))
    rendered = render(build(make), photo=ImageValue(photo), small=ImageValue(photo, max_width_mm=20, max_height_mm=5))
    (_, wide, high), (_, _, small) = list_drawings(rendered.data)
    assert (wide, high) == (2000 * 635, 1000 * 635)
    assert small == 5 * EMU_PER_MM
    check_schema(rendered.data)


@pytest.mark.parametrize(("rule", "high"), [("exact", 1000 * 635), ("atLeast", 2000 * 635)])
def test_a_picture_is_scaled_to_a_row_that_does_not_grow(rule: str, high: int) -> None:
    def make(document: Any) -> None:
        table = add_table(document, ("{{ photo }}",))
        table.cell(0, 0).width = Twips(2216)
        height = OxmlElement("w:trHeight")
        height.set(qn("w:val"), "1000")
        height.set(qn("w:hRule"), rule)
        table.rows[0]._tr.get_or_add_trPr().append(height)

    rendered = render(build(make), photo=ImageValue(make_image((2000, 2000))))
    assert list_drawings(rendered.data)[0][1:] == (high, high)


def test_a_picture_is_scaled_to_the_text_area() -> None:
    def make(document: Any) -> None:
        section = document.sections[0]
        section.page_width, section.left_margin, section.right_margin = Mm(210), Mm(28), Mm(26)
        document.add_paragraph("{{ photo }}")

    rendered = render(build(make), photo=ImageValue(make_image((2000, 1000))))
    assert list_drawings(rendered.data)[0][1] == pytest.approx(156 * EMU_PER_MM, abs=1000)


def test_a_picture_in_a_header_has_its_own_relationship() -> None:
    def make(document: Any) -> None:
        document.add_paragraph("{{ photo }}")
        document.sections[0].header.paragraphs[0].text = "{{ photo }}"

    rendered = render(build(make), photo=ImageValue(make_image((40, 30))))
    check_schema(rendered.data)
    assert len(list_media(rendered.data)) == 1
    assert "media/docgen_" in read_part(rendered.data, "word/_rels/header1.xml.rels")
    assert {it[0] for name in ("document", "header1") for it in list_drawings(rendered.data, f"word/{name}.xml")} == {
        "1",
        "2",
    }


def test_a_drawing_of_the_template_inside_a_loop_gets_a_new_id_each_time() -> None:
    def make(document: Any) -> None:
        document.add_paragraph("{%p for x in items %}")
        document.add_paragraph("{{ x }}").add_run().add_picture(io.BytesIO(make_image((40, 30), "PNG")))
        document.add_paragraph("{%p endfor %}")

    rendered = render(build(make), items=["一", "二", "三"])
    assert [it[0] for it in list_drawings(rendered.data)] == ["1", "2", "3"]
    check_schema(rendered.data)


def test_a_broken_picture_is_reported_and_leaves_a_mark() -> None:
    rendered = render(of_paragraphs("甲{{ photo }}"), photo=ImageValue(b"broken", description="现场照片"))
    assert [(it.code, it.params["path"], it.params["tag"]) for it in rendered.diagnostics] == [
        ("T125", "现场照片", "{{ photo }}")
    ]
    check_schema(rendered.data)


def test_a_picture_in_place_of_a_paragraph() -> None:
    rendered = render(of_paragraphs("{{p photo }}"), photo=ImageValue(make_image((40, 30))))
    assert len(list_drawings(rendered.data)) == 1
    check_schema(rendered.data)
