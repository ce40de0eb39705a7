"""Scans as pages: whole, upright, in the middle of A4 as they lie, with a margin for the number."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from docgen.render.volume.pictures import draw_pictures

MARGIN = 42.5


def draw(path: Path, picture: Image.Image, kind: str, **how: object) -> pikepdf.Pdf:
    picture.save(path, kind, **how)
    made = draw_pictures(path)
    assert made is not None
    assert made == draw_pictures(path)
    return pikepdf.open(io.BytesIO(made))


def read_place(pdf: pikepdf.Pdf, number: int = 0) -> list[float]:
    words = pdf.pages[number].obj["/Contents"].read_bytes().split()
    return [float(words[at]) for at in (1, 4, 5, 6)]


@pytest.mark.parametrize(
    ("size", "page"), [((1240, 1754), (595, 842)), ((1754, 1240), (842, 595)), ((4000, 40), (842, 595))]
)
def test_a_page_lies_as_its_picture_does(tmp_path: Path, size: tuple[int, int], page: tuple[int, int]) -> None:
    pdf = draw(tmp_path / "a.jpg", Image.new("RGB", size, "red"), "JPEG")
    assert [round(float(value)) for value in pdf.pages[0].mediabox[2:]] == list(page)
    width, height, x, y = read_place(pdf)
    assert width / height == pytest.approx(size[0] / size[1], rel=0.02)
    assert min(x, y) >= MARGIN - 0.01
    assert x * 2 + width == pytest.approx(float(pdf.pages[0].mediabox[2]), abs=0.1)


def test_a_jpeg_that_fits_goes_as_it_is_without_what_the_camera_said(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "camera"
    pdf = draw(tmp_path / "a.jpg", Image.new("RGB", (800, 600), "red"), "JPEG", exif=exif)
    image = pdf.pages[0].obj["/Resources"]["/XObject"]["/Scan"]
    assert image.Filter == "/DCTDecode"
    assert b"camera" not in image.read_raw_bytes()


def test_a_picture_is_turned_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    pdf = draw(tmp_path / "a.jpg", Image.new("RGB", (800, 600), "red"), "JPEG", exif=exif)
    image = pdf.pages[0].obj["/Resources"]["/XObject"]["/Scan"]
    assert (image.Width, image.Height) == (600, 800)


def test_every_page_of_a_tiff_is_a_page(tmp_path: Path) -> None:
    frames = [Image.new("1", (1000, 1400), value) for value in (0, 1, 0)]
    pdf = draw(tmp_path / "a.tif", frames[0], "TIFF", save_all=True, append_images=frames[1:])
    assert len(pdf.pages) == 3
    image = pdf.pages[1].obj["/Resources"]["/XObject"]["/Scan"]
    assert (image.BitsPerComponent, set(image.read_bytes())) == (1, {255})


@pytest.mark.parametrize(
    ("mode", "kind"), [("RGBA", "PNG"), ("P", "PNG"), ("LA", "PNG"), ("CMYK", "JPEG"), ("I;16", "PNG")]
)
def test_colours_are_those_that_pdf_a_allows(tmp_path: Path, mode: str, kind: str) -> None:
    pdf = draw(tmp_path / "a", Image.new(mode, (300, 200)), kind)
    image = pdf.pages[0].obj["/Resources"]["/XObject"]["/Scan"]
    assert image.ColorSpace in ("/DeviceRGB", "/DeviceGray")
    assert "/SMask" not in image


def test_a_fine_scan_is_no_finer_than_a_page_needs(tmp_path: Path) -> None:
    pdf = draw(tmp_path / "a.png", Image.new("RGB", (6000, 8000), "red"), "PNG")
    image = pdf.pages[0].obj["/Resources"]["/XObject"]["/Scan"]
    assert int(image.Width) < 2500


def test_what_is_no_picture_has_no_page(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"\xff\xd8\xff no")
    assert draw_pictures(path) is None
