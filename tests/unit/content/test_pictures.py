"""docgen.content.pictures and heif: looked at once, with a copy fit for a page."""

from __future__ import annotations

import datetime as dt
import io
import random

import pytest
from PIL import Image, ImageFile

from docgen.content.heif import read_heif
from docgen.content.pictures import (
    PRINT_BYTES,
    PRINT_SIZE,
    PictureError,
    read_heif_picture,
    read_picture,
)


def exif(orientation: int = 1, taken: str = "2023:10:12 09:41:00", tag: int = 0x9003) -> Image.Exif:
    made = Image.Exif()
    made[0x0112], made[0x010F] = orientation, "SampleCam"
    made.get_ifd(0x8769)[tag] = taken
    return made


def save(picture: Image.Image, form: str = "JPEG", **options: object) -> io.BytesIO:
    stream = io.BytesIO()
    picture.save(stream, form, **options)
    stream.seek(0)
    return stream


def halves(size: tuple[int, int]) -> Image.Image:
    """Red above, blue below."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (0, size[1] // 2, *size))
    return picture


def open_copy(data: bytes | None) -> Image.Image:
    assert data is not None
    return Image.open(io.BytesIO(data)).convert("RGB")


def test_a_copy_is_made_only_where_it_is_asked_for() -> None:
    stream = save(halves((3000, 2000)), exif=exif())
    assert read_picture(stream).printed is None
    stream.seek(0)
    facts = read_picture(stream, printing=True)
    copy = open_copy(facts.printed)
    assert copy.size == (1050, 700)
    assert (facts.width, facts.height) == (3000, 2000)
    assert not copy.getexif()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_copy_is_upright_whatever_the_camera_says(form: str) -> None:
    lying = halves((400, 200)).rotate(90, expand=True)  # the camera was held on its side
    facts = read_picture(save(lying, form, exif=exif(6)), printing=True)
    copy = open_copy(facts.printed)
    assert facts.turned
    assert (facts.width, facts.height) == copy.size == (400, 200)
    assert copy.getpixel((200, 20))[0] > 200, "red is above"  # type: ignore[index]
    assert copy.getpixel((200, 180))[2] > 200, "blue is below"  # type: ignore[index]


@pytest.mark.parametrize(
    ("size", "expected"), [((3000, 4000), (525, 700)), ((6000, 1500), (1110, 278)), ((90, 60), (90, 60))]
)
def test_a_copy_fits_its_box_and_is_never_larger(size: tuple[int, int], expected: tuple[int, int]) -> None:
    facts = read_picture(save(Image.new("RGB", size, "grey")), printing=True)
    assert open_copy(facts.printed).size == expected


def test_the_worst_picture_stays_within_its_bytes() -> None:
    noise = Image.frombytes("RGB", (1600, 1200), random.Random(3).randbytes(1600 * 1200 * 3))
    facts = read_picture(save(noise, quality=95), printing=True)
    assert facts.printed is not None
    assert len(facts.printed) <= PRINT_BYTES
    assert open_copy(facts.printed).width >= 400


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "I;16"])
def test_every_mode_can_be_printed(mode: str) -> None:
    form = "TIFF" if mode == "CMYK" else "PNG"
    made = Image.new("I;16", (60, 40), 0xFFFF) if mode == "I;16" else Image.new("RGB", (60, 40), "white").convert(mode)
    copy = open_copy(read_picture(save(made, form), printing=True).printed)
    assert min(copy.getpixel((30, 20))) > 245  # type: ignore[type-var]


def test_what_is_clear_is_white_on_paper() -> None:
    clear = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    assert open_copy(read_picture(save(clear, "PNG"), printing=True).printed).getpixel((5, 5)) == (255, 255, 255)


def test_the_same_picture_gives_the_same_copy() -> None:
    stream = save(halves((3000, 2000)))
    first = read_picture(stream, printing=True).printed
    stream.seek(0)
    assert read_picture(stream, printing=True).printed == first


def test_a_picture_is_decoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[tuple[int, int]] = []
    load = ImageFile.ImageFile.load

    def count(self: ImageFile.ImageFile) -> object:
        if getattr(self, "tile", None):
            decoded.append(self.size)
        return load(self)

    stream = save(halves((4000, 3000)))
    monkeypatch.setattr(ImageFile.ImageFile, "load", count)
    read_picture(stream, printing=True)
    assert decoded == [(1000, 750)], "once, at a quarter of its size"


@pytest.mark.parametrize(("tag", "expected"), [(0x9003, True), (0x9004, True), (0x0132, False)])
def test_which_date_counts(tag: int, expected: bool) -> None:
    facts = read_picture(save(halves((40, 20)), exif=exif(tag=tag)))
    assert facts.taken == (dt.datetime(2023, 10, 12, 9, 41) if expected else None)


def test_a_damaged_picture() -> None:
    data = save(halves((800, 600))).getvalue()
    with pytest.raises(PictureError, match="damaged"):
        read_picture(io.BytesIO(data[: len(data) // 2]), printing=True)


def test_a_heif_tells_of_itself_without_its_codec() -> None:
    stream = save(halves((64, 32)), "AVIF", exif=exif(6))
    facts = read_heif_picture(stream)
    assert (facts.width, facts.height, facts.turned) == (32, 64, True)
    assert facts.taken == dt.datetime(2023, 10, 12, 9, 41)
    plain = read_heif_picture(save(halves((64, 32)), "AVIF"))
    assert (plain.width, plain.height, plain.turned, plain.taken) == (64, 32, False, None)


def test_a_heif_that_was_cut_off() -> None:
    data = save(halves((64, 32)), "AVIF").getvalue()
    with pytest.raises(PictureError, match="damaged"):
        read_heif_picture(io.BytesIO(data[:-5]))


def test_spoiled_heif_boxes_never_raise_anything_else() -> None:
    sound = save(halves((64, 32)), "AVIF", exif=exif()).getvalue()
    chance = random.Random(11)
    for _ in range(400):
        spoiled = bytearray(sound)
        for _ in range(chance.randrange(1, 6)):
            spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
        try:
            read_heif(io.BytesIO(bytes(spoiled)))
            read_heif_picture(io.BytesIO(bytes(spoiled)))
        except ValueError:
            continue


def test_the_copys_box_is_what_a_page_needs() -> None:
    assert PRINT_SIZE == (1110, 700)
    assert 20 * PRINT_BYTES < 4_000_000
