"""Puts scans onto PDF pages: each picture (or page of a TIFF) upright and centred on A4, with room for the number."""

from __future__ import annotations

import io
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.content.pictures import MAX_PIXELS, can_decode, strip_jpeg

if TYPE_CHECKING:
    from pikepdf import Pdf
    from PIL.Image import Image

_A4 = (595.28, 841.89)
_MARGIN = 42.5  # points: 15 mm
_MIN_DPI, _MAX_DPI = 96, 300
_QUALITY = 88
_ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True)
class _PdfImage:
    """A picture as a PDF stores it; ``space`` and ``bits`` are its colours, ``packed`` its compression filter."""

    width: int
    height: int
    data: bytes
    space: str
    bits: int
    packed: str


def draw_pictures(path: Path) -> bytes | None:
    """Write a PDF with the pages of a picture; None where it can't be decoded."""
    import pikepdf
    from PIL import Image

    can_decode("heic")  # registers the HEIC library with Pillow, where it is installed
    with warnings.catch_warnings(), pikepdf.new() as pdf:
        warnings.simplefilter("ignore")
        try:
            data = path.read_bytes()
            with Image.open(io.BytesIO(data)) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    return None
                for image in _read_images(picture, data):
                    _add_page(pdf, image)
        except Exception:  # Pillow raises many kinds of errors on damaged bytes
            return None
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _read_images(picture: Image, data: bytes) -> Iterator[_PdfImage]:
    from PIL import ImageOps

    frames = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
    for number in range(frames):
        picture.seek(number) if frames > 1 else None
        upright = picture.getexif().get(_ORIENTATION, 1) == 1 or picture.format == "TIFF"
        if picture.format == "JPEG" and picture.mode in ("RGB", "L") and upright and _is_coarse(picture.size):
            kept = strip_jpeg(data)
            if kept is not None:
                picture.load()
                yield _PdfImage(*picture.size, kept, _name_colour_space(picture.mode), 8, "/DCTDecode")
                continue
        picture.load()
        yield _encode(picture if upright else ImageOps.exif_transpose(picture))


def _is_coarse(size: tuple[int, int]) -> bool:
    """Whether a picture has no more pixels than a page needs."""
    return _count_dpi(size) <= _MAX_DPI


def _count_dpi(size: tuple[int, int]) -> float:
    area = _measure_area(size)
    return 72 * max(size[0] / area[0], size[1] / area[1])


def _measure_area(size: tuple[int, int]) -> tuple[float, float]:
    """Measure the area for a picture on an upright or a landscape page, whichever suits it."""
    narrow, wide = (length - 2 * _MARGIN for length in _A4)
    return (wide, narrow) if size[0] > size[1] else (narrow, wide)


def _encode(picture: Image) -> _PdfImage:
    from PIL import Image as Pillow

    if picture.mode == "1":
        return _PdfImage(*picture.size, zlib.compress(picture.tobytes()), "/DeviceGray", 1, "/FlateDecode")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        picture = Pillow.alpha_composite(Pillow.new("RGBA", clear.size, "white"), clear)
    plain = picture if picture.mode in ("RGB", "L") else picture.convert("L" if picture.mode[0] == "I" else "RGB")
    dpi = _count_dpi(plain.size)
    if dpi > _MAX_DPI:
        part = _MAX_DPI / dpi
        size = max(1, round(plain.width * part)), max(1, round(plain.height * part))
        plain = plain.resize(size, Pillow.Resampling.LANCZOS)
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=_QUALITY, optimize=True, exif=b"")
    return _PdfImage(*plain.size, out.getvalue(), _name_colour_space(plain.mode), 8, "/DCTDecode")


def _name_colour_space(mode: str) -> str:
    return "/DeviceGray" if mode == "L" else "/DeviceRGB"


def _add_page(pdf: Pdf, image: _PdfImage) -> None:
    from pikepdf import Dictionary, Name, Stream

    size = (image.width, image.height)
    page = _A4[::-1] if image.width > image.height else _A4
    area = _measure_area(size)
    scale = min(area[0] / size[0], area[1] / size[1], 72 / _MIN_DPI)
    width, height = size[0] * scale, size[1] * scale
    x, y = (page[0] - width) / 2, (page[1] - height) / 2
    picture = Stream(
        pdf,
        image.data,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=image.width,
        Height=image.height,
        ColorSpace=Name(image.space),
        BitsPerComponent=image.bits,
        Filter=Name(image.packed),
    )
    added = pdf.add_blank_page(page_size=page)
    added.obj["/Resources"] = Dictionary(XObject=Dictionary(Scan=pdf.make_indirect(picture)))
    added.obj["/Contents"] = pdf.make_stream(f"q {width:.3f} 0 0 {height:.3f} {x:.3f} {y:.3f} cm /Scan Do Q".encode())
