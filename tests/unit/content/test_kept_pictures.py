"""Photographs that go onto a page as they are: small upright ones, and nothing of what stands beside the picture."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from docgen.content.pictures import PRINT_BYTES, read_picture, strip_jpeg


def draw(size: tuple[int, int] = (1280, 960), *, orientation: int = 1, **options: Any) -> bytes:
    picture = Image.linear_gradient("L").resize(size).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "Camera of somebody"
    exif[0x0112] = orientation
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85, exif=exif, comment=b"said beside", **options)
    return out.getvalue()


def read_printed(data: bytes) -> bytes:
    printed = read_picture(io.BytesIO(data), printing=True).printed
    assert printed is not None
    return printed


@pytest.mark.parametrize("progressive", [False, True])
def test_small_photograph_stays_dot_for_dot_without_what_stands_beside(progressive: bool) -> None:
    data = draw(progressive=progressive)
    printed = read_printed(data)
    before, after = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(printed))
    assert before.tobytes() == after.tobytes()
    assert not dict(after.getexif())
    assert b"somebody" not in printed
    assert b"beside" not in printed
    assert len(printed) < len(data)


def test_camera_is_still_told() -> None:
    facts = read_picture(io.BytesIO(draw()), printing=True)
    assert (facts.width, facts.height, facts.turned) == (1280, 960, False)


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (draw(orientation=6), (960, 1280)),
        (draw((1800, 600)), (1110, 370)),
        (draw() + b"what nobody sees", (1280, 960)),
        (draw() + draw(), (1280, 960)),
    ],
    ids=["turned", "large", "more behind the end", "another picture behind"],
)
def test_others_are_copied_dot_by_dot_and_only_large_ones_made_smaller(data: bytes, size: tuple[int, int]) -> None:
    printed = read_printed(data)
    with Image.open(io.BytesIO(printed)) as picture:
        assert picture.size == size
    assert b"what nobody sees" not in printed
    assert len(printed) <= PRINT_BYTES


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8", draw()[:300], b"\xff\xd8\xff\xd0" + draw()[2:], b"\xff\xd8\xff\xe1\x00\x00"]
)
def test_what_is_no_whole_jpeg_is_not_kept(data: bytes) -> None:
    assert strip_jpeg(data) is None


def test_a_small_photograph_that_weighs_too_much_becomes_no_smaller_than_a_large_one() -> None:
    noise = Image.effect_noise((1665, 1250), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=95)
    printed = read_printed(out.getvalue())
    assert len(printed) <= PRINT_BYTES
    with Image.open(io.BytesIO(printed)) as picture:
        assert picture.size in {(932, 700), (792, 595), (652, 490), (466, 350)}
