"""Scans as pages: each picture, or each page of a TIFF, upright in the middle of A4, with a margin for the number."""

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
_LEAST_DPI, _MOST_DPI = 96, 300
_QUALITY = 88
_ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A picture as a PDF holds it; ``space`` and ``bits`` say its colours, ``packed`` how its bytes are packed."""

    width: int
    height: int
    data: bytes
    space: str
    bits: int
    packed: str


def draw_pictures(path: Path) -> bytes | None:
    """A PDF of the pages of a picture; None where it can't be decoded."""
    import pikepdf
    from PIL import Image

    can_decode("heic")  # where the library for it is installed, Pillow knows it then
    with warnings.catch_warnings(), pikepdf.new() as pdf:
        warnings.simplefilter("ignore")
        try:
            data = path.read_bytes()
            with Image.open(io.BytesIO(data)) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    return None
                for drawn in _draw(picture, data):
                    _add_page(pdf, drawn)
        except Exception:  # what Pillow raises on damaged bytes is no closed set
            return None
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _draw(picture: Image, data: bytes) -> Iterator[_Drawn]:
    from PIL import ImageOps

    frames = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
    for number in range(frames):
        picture.seek(number) if frames > 1 else None
        upright = picture.getexif().get(_ORIENTATION, 1) == 1 or picture.format == "TIFF"
        if picture.format == "JPEG" and picture.mode in ("RGB", "L") and upright and _fits(picture.size):
            kept = strip_jpeg(data)
            if kept is not None:
                picture.load()
                yield _Drawn(*picture.size, kept, _name_space(picture.mode), 8, "/DCTDecode")
                continue
        picture.load()
        yield _encode(picture if upright else ImageOps.exif_transpose(picture))


def _fits(size: tuple[int, int]) -> bool:
    """Whether a picture is no finer than a page needs."""
    return _count_dpi(size) <= _MOST_DPI


def _count_dpi(size: tuple[int, int]) -> float:
    room = _find_room(size)
    return 72 * max(size[0] / room[0], size[1] / room[1])


def _find_room(size: tuple[int, int]) -> tuple[float, float]:
    """The room of a page that lies as the picture does."""
    narrow, wide = (length - 2 * _MARGIN for length in _A4)
    return (wide, narrow) if size[0] > size[1] else (narrow, wide)


def _encode(picture: Image) -> _Drawn:
    from PIL import Image as Pillow

    if picture.mode == "1":
        return _Drawn(*picture.size, zlib.compress(picture.tobytes()), "/DeviceGray", 1, "/FlateDecode")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        picture = Pillow.alpha_composite(Pillow.new("RGBA", clear.size, "white"), clear)
    plain = picture if picture.mode in ("RGB", "L") else picture.convert("L" if picture.mode[0] == "I" else "RGB")
    dpi = _count_dpi(plain.size)
    if dpi > _MOST_DPI:
        part = _MOST_DPI / dpi
        size = max(1, round(plain.width * part)), max(1, round(plain.height * part))
        plain = plain.resize(size, Pillow.Resampling.LANCZOS)
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=_QUALITY, optimize=True, exif=b"")
    return _Drawn(*plain.size, out.getvalue(), _name_space(plain.mode), 8, "/DCTDecode")


def _name_space(mode: str) -> str:
    return "/DeviceGray" if mode == "L" else "/DeviceRGB"


def _add_page(pdf: Pdf, drawn: _Drawn) -> None:
    from pikepdf import Dictionary, Name, Stream

    size = (drawn.width, drawn.height)
    page = _A4[::-1] if drawn.width > drawn.height else _A4
    room = _find_room(size)
    scale = min(room[0] / size[0], room[1] / size[1], 72 / _LEAST_DPI)
    width, height = size[0] * scale, size[1] * scale
    x, y = (page[0] - width) / 2, (page[1] - height) / 2
    picture = Stream(
        pdf,
        drawn.data,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=drawn.width,
        Height=drawn.height,
        ColorSpace=Name(drawn.space),
        BitsPerComponent=drawn.bits,
        Filter=Name(drawn.packed),
    )
    added = pdf.add_blank_page(page_size=page)
    added.obj["/Resources"] = Dictionary(XObject=Dictionary(Scan=pdf.make_indirect(picture)))
    added.obj["/Contents"] = pdf.make_stream(f"q {width:.3f} 0 0 {height:.3f} {x:.3f} {y:.3f} cm /Scan Do Q".encode())
