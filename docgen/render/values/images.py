"""Prepares pictures for a document: upright, no larger and no finer than needed, as JPEG or PNG.

The result depends on the bytes and the box alone. An upright JPEG or PNG that is small enough is used unchanged, with
all its metadata; any other picture is encoded again, without EXIF.
"""

from __future__ import annotations

import hashlib
import io
import re
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from docgen.content.pictures import can_decode

if TYPE_CHECKING:
    from PIL.Image import Image

EMU_PER_INCH = 914_400
EMU_PER_MM = 36_000
NATURAL_DPI = 96
DEFAULT_DPI = 200
JPEG_QUALITY = 88
MAX_PIXELS = 170_000_000
_SLACK = 1.15  # a picture that is only a little too fine stays as it is: encoding it again costs quality
_ORIENTATION = 0x0112
_HEIC = re.compile(rb"....ftyp(?:hei[cfmsx]|hev[cmsx]|mif1|msf1)", re.DOTALL)
_UNCHANGED = {"JPEG": "jpeg", "MPO": "jpeg", "PNG": "png"}
"""The formats that a document holds as they are, by Pillow's name, with their extension."""


class ImageError(ValueError):
    """Bytes that are no picture, a broken picture or one that is much too large; the text says which."""


class HeicError(ImageError):
    """A HEIC picture (the format of telephones), where the library that decodes it isn't installed."""


@dataclass(frozen=True, slots=True)
class PreparedImage:
    """A picture as it goes into the package: its bytes, ``jpeg`` or ``png``, and its size on the page in EMU."""

    data: bytes
    extension: str
    width: int
    height: int

    @property
    def digest(self) -> str:
        """The sha256 of the bytes, in hex."""
        return hashlib.sha256(self.data).hexdigest()


@lru_cache(maxsize=16)
def prepare_image(data: bytes, max_width: int, max_height: int, dpi: int = DEFAULT_DPI) -> PreparedImage:
    """Fit a picture into a box (EMU), never larger than its pixels at 96 dpi.

    Raises ImageError, and HeicError where the decoder of HEIC isn't installed.
    """
    from PIL import Image as Pillow

    if _HEIC.match(data) and not can_decode("heic"):
        raise HeicError("HEIC")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Pillow.open(io.BytesIO(data)) as image:
                return _fit_picture(image, data, (max_width, max_height), dpi)
        except (OSError, SyntaxError, ValueError, EOFError, Pillow.DecompressionBombError) as problem:
            raise ImageError(str(problem)) from problem


def _fit_picture(image: Image, data: bytes, box: tuple[int, int], dpi: int) -> PreparedImage:
    from PIL import Image as Pillow
    from PIL import ImageOps

    if image.width * image.height > MAX_PIXELS:
        raise ImageError(f"{image.width}x{image.height}")
    is_turned = image.getexif().get(_ORIENTATION, 1) in range(2, 9)
    is_sideways = (
        image.getexif().get(_ORIENTATION, 1) in range(5, 9) and image.format != "TIFF"
    )  # Pillow turns it by itself
    wide, high = (image.height, image.width) if is_sideways else (image.width, image.height)
    scale = min(EMU_PER_INCH / NATURAL_DPI, box[0] / wide, box[1] / high)
    width, height = max(1, round(wide * scale)), max(1, round(high * scale))
    pixels = (max(1, round(width / EMU_PER_INCH * dpi)), max(1, round(height / EMU_PER_INCH * dpi)))
    is_shrunk = wide > pixels[0] * _SLACK
    if is_shrunk and image.format == "JPEG":
        # Decoding a JPEG at a half or a quarter is much faster, and fine enough with twice the pixels wanted.
        least = (pixels[1] * 2, pixels[0] * 2) if is_sideways else (pixels[0] * 2, pixels[1] * 2)
        image.draft(None, least)
    kind = image.format or ""
    image.load()
    if not is_turned and not is_shrunk and kind in _UNCHANGED:
        return PreparedImage(data, _UNCHANGED[kind], width, height)
    picture = ImageOps.exif_transpose(image) if is_turned else image
    if is_shrunk:
        if picture.mode in ("P", "1"):
            picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
        picture = picture.resize(pixels, Pillow.Resampling.LANCZOS)
    extension, encoded = _encode_picture(picture, kind)
    return PreparedImage(encoded, extension, width, height)


def _encode_picture(picture: Image, kind: str) -> tuple[str, bytes]:
    out = io.BytesIO()
    has_alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    if kind in ("JPEG", "MPO") or (kind == "WEBP" and not has_alpha):
        profile = picture.info.get("icc_profile")
        kept = picture if picture.mode in ("RGB", "L", "CMYK") else picture.convert("RGB")
        kept.save(out, "JPEG", quality=JPEG_QUALITY, optimize=True, icc_profile=profile, exif=b"")
        return "jpeg", out.getvalue()
    kept = picture if picture.mode in ("1", "L", "LA", "P", "RGB", "RGBA") else picture.convert("RGB")
    plain = kept.copy()
    plain.info = {key: value for key, value in kept.info.items() if key == "transparency"}
    plain.save(out, "PNG", compress_level=6)
    return "png", out.getvalue()
