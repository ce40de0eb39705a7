"""Inspects a picture in one pass: whether it is intact, its size, when it was taken, and a copy for a page.

Pillow may raise any exception on damaged bytes, so each means "damaged"; its warnings are ignored. A copy depends on
the picture alone: the same picture and build of Pillow give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import warnings
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, BinaryIO, Literal

from docgen.content.heif import read_heif

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL.Image import Exif, Image

MAX_PIXELS = 250_000_000
"""The largest picture that is decoded; larger ones take more memory than an office computer has."""
PRINT_SIZE = (1110, 700)
"""The box in pixels that a copy for a page fits in: 141 x 89 mm at 200 dpi."""
PRINT_BYTES = 190_000
"""The size limit of a copy for a page: twenty of them stay under 4 MB."""

KEPT_SIZE = (1665, 1250)
"""The largest photograph that isn't scaled down; one of at most ``PRINT_BYTES`` is used unchanged."""

_START_OF_SCAN, _END = 0xDA, b"\xff\xd9"
_WITHOUT_LENGTH = frozenset((0x00, 0x01, 0xFF, *range(0xD0, 0xDA)))
_METADATA_SEGMENTS = frozenset((0xE1, 0xED, 0xFE))  # EXIF and XMP, IPTC, comments; JFIF, ICC and Adobe's stay
_EXIF_FOLDER, _EXIF_TAKEN, _EXIF_DIGITIZED, _ORIENTATION = 0x8769, 0x9003, 0x9004, 0x0112
_SIDEWAYS = (5, 6, 7, 8)
_GLANCE_SHRINK = 8
_QUALITIES = (86, 80, 74, 68)
_SHRINKS = (1.0, 0.85, 0.7, 0.5)


class PictureError(ValueError):
    """Error: a picture isn't decoded; ``key`` is ``damaged`` or ``huge``, ``facts`` come from its header."""

    def __init__(self, key: Literal["damaged", "huge"], facts: PictureFacts | None = None) -> None:
        super().__init__(key)
        self.key = key
        self.facts = facts or PictureFacts()


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """The facts of a picture, from its data and metadata.

    ``kind`` is Pillow's name of the format; ``width`` and ``height`` in pixels as people see it, ``turned`` when a
    viewer has to turn or mirror it for that; ``taken`` is the camera's time, without a zone; ``printed`` is the copy
    for a page, a JPEG, where it was asked for.
    """

    kind: str = ""
    pages: int | None = 1
    width: int | None = None
    height: int | None = None
    turned: bool = False
    taken: dt.datetime | None = None
    printed: bytes | None = None


def read_picture(stream: BinaryIO, *, printing: bool = False) -> PictureFacts:
    """Decode a whole picture once; with ``printing`` also make a copy for a page.

    Raises PictureError for one that is damaged or too large.
    """
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            data = _read_small(stream) if printing else None
            with Image.open(stream) as picture:
                return _read(picture, printing, data)
        except PictureError:
            raise
        except Image.DecompressionBombError as problem:
            raise PictureError("huge") from problem
        except Exception as problem:
            raise PictureError("damaged") from problem


def _read(picture: Image, printing: bool, data: bytes | None) -> PictureFacts:
    width, height = picture.size
    exif = picture.getexif()
    orientation = exif.get(_ORIENTATION, 1)
    across = orientation in _SIDEWAYS and picture.format != "TIFF"  # Pillow turns a TIFF by itself
    facts = PictureFacts(
        kind=picture.format or "",
        pages=getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1,
        width=height if across else width,
        height=width if across else height,
        turned=orientation in range(2, 9),
        taken=_find_capture_time(exif),
    )
    if width * height > MAX_PIXELS:
        raise PictureError("huge", facts)
    # Decoding a JPEG at a part of its size reads every byte and costs a part of the time.
    fitted = _fit(picture.size, PRINT_SIZE[::-1] if across else PRINT_SIZE)
    sizes = [(max(1, round(fitted[0] * part)), max(1, round(fitted[1] * part))) for part in _SHRINKS]
    if _is_small(picture.size):
        sizes.insert(0, picture.size)
    kept = strip_jpeg(data) if printing and data is not None and _fits_as_it_is(picture) else None
    encoding = printing and kept is None
    picture.draft(None, sizes[0] if encoding else (width // _GLANCE_SHRINK, height // _GLANCE_SHRINK))
    picture.load()
    if not printing:
        return facts
    copied = kept if kept is not None else _encode(picture, sizes)
    return PictureFacts(
        facts.kind, facts.pages, facts.width, facts.height, turned=facts.turned, taken=facts.taken, printed=copied
    )


def _read_small(stream: BinaryIO) -> bytes | None:
    """The bytes of a picture that can be used unchanged; None if it is too large."""
    data = stream.read(PRINT_BYTES + 1)
    stream.seek(0)
    return data if len(data) <= PRINT_BYTES else None


def _fits_as_it_is(picture: Image) -> bool:
    """Whether a photograph needs no copy: upright, small enough, in colours that Office shows.

    Photographs that went through a messenger are like that; decoding and encoding them again takes ten times as long
    and makes them worse.
    """
    plain = picture.format == "JPEG" and picture.mode in ("RGB", "L")
    upright = picture.getexif().get(_ORIENTATION, 1) == 1
    return plain and upright and _is_small(picture.size)


def _is_small(size: tuple[int, int]) -> bool:
    return max(size) <= max(KEPT_SIZE) and min(size) <= min(KEPT_SIZE)


def strip_jpeg(data: bytes) -> bytes | None:
    """A JPEG without metadata (EXIF, XMP, IPTC, comments); None if that can't be removed safely."""
    kept = [data[:2]]
    at = 2
    while data[at : at + 1] == b"\xff" and at + 4 <= len(data):
        marker, size = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == _START_OF_SCAN:
            # what stands behind the end may be anything: then the picture is copied dot by dot
            whole = data.find(_END, at) == len(data) - len(_END)
            return b"".join((*kept, data[at:])) if whole else None
        if size < 2 or marker in _WITHOUT_LENGTH:
            return None
        if marker not in _METADATA_SEGMENTS:
            kept.append(data[at : at + 2 + size])
        at += 2 + size
    return None


def _fit(size: tuple[int, int], box: tuple[int, int]) -> tuple[int, int]:
    """The size of a picture that fits in a box, never larger than it is."""
    scale = min(1.0, box[0] / size[0], box[1] / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _encode(picture: Image, sizes: Sequence[tuple[int, int]]) -> bytes:
    """A JPEG of one of these sizes, upright, without EXIF, as large and good as the bytes that it may take allow."""
    from PIL import Image as Pillow
    from PIL import ImageOps

    profile = picture.info.get("icc_profile") if picture.mode in ("RGB", "L") else None
    plain = _flatten(picture)
    for size in sizes:
        small = plain.resize(size, Pillow.Resampling.HAMMING) if size != plain.size else plain
        small.getexif()[_ORIENTATION] = picture.getexif().get(_ORIENTATION, 1)
        upright = ImageOps.exif_transpose(small)
        for quality in _QUALITIES:
            out = io.BytesIO()
            upright.save(out, "JPEG", quality=quality, optimize=True, icc_profile=profile, exif=b"")
            if out.tell() <= PRINT_BYTES:
                return out.getvalue()
    return out.getvalue()


def _flatten(picture: Image) -> Image:
    """The picture in colour or grey, on a white background where it is transparent."""
    from PIL import Image as Pillow

    if picture.mode in ("RGB", "L"):
        return picture
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        white = Pillow.new("RGBA", clear.size, "white")
        return Pillow.alpha_composite(white, clear).convert("RGB")
    if picture.mode.startswith("I"):  # sixteen bits a dot
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return picture.convert("RGB")


def read_heif_picture(stream: BinaryIO) -> PictureFacts:
    """The facts of a HEIC or AVIF picture without decoding it; PictureError if its boxes are truncated."""
    from PIL import Image

    try:
        facts = read_heif(stream)
    except ValueError as problem:
        raise PictureError("damaged") from problem
    exif = Image.Exif()
    if facts.exif is not None:
        try:
            exif.load(b"Exif\0\0" + facts.exif)
        except Exception:  # a broken block says nothing; the picture may be whole all the same
            exif = Image.Exif()
    return PictureFacts("HEIF", 1, facts.width, facts.height, turned=facts.turned, taken=_find_capture_time(exif))


@cache
def can_decode(name: str) -> bool:
    """Whether a HEIF picture can be decoded here: ``heic`` with pillow-heif, which docgen doesn't ask for, ``avif``."""
    if name == "avif":
        from PIL import features

        return bool(features.check("avif"))
    try:
        heif = import_module("pillow_heif")
    except ImportError:
        return False
    heif.register_heif_opener()
    return True


def _find_capture_time(exif: Exif) -> dt.datetime | None:
    """The time at which the picture was taken, else digitised; the editing time doesn't count."""
    try:
        inner = exif.get_ifd(_EXIF_FOLDER)
    except Exception:  # a broken folder says nothing; the picture may be whole all the same
        return None
    return _parse_exif_time(inner.get(_EXIF_TAKEN)) or _parse_exif_time(inner.get(_EXIF_DIGITIZED))


def _parse_exif_time(value: object) -> dt.datetime | None:
    """EXIF's ``2023:10:12 09:41:00``; cameras whose clock was never set write zeros."""
    try:
        return dt.datetime.strptime(str(value).strip("\0 "), "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None
