"""Opening evidence: whether a picture, a PDF or an Office file is whole, and what it says of itself.

What Pillow and pypdf raise on damaged bytes is no closed set, so any exception of theirs means "damaged"; what they
log or warn about is for programmers and goes nowhere.
"""

from __future__ import annotations

import datetime as dt
import logging
import warnings
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docgen.sources.formats import Format

_OPENABLE = ("jpg", "png", "gif", "bmp", "webp", "tiff")
_EXIF_FOLDER, _EXIF_TAKEN, _EXIF_ORIENTATION = 0x8769, 0x9003, 0x0112
_SIDEWAYS = (5, 6, 7, 8)
_MAX_PIXELS = 250_000_000
_PICTURE_SHRINK = 8


@dataclass(frozen=True, slots=True)
class Contents:
    """What opening a file told; ``fault`` is the code of what is wrong with it."""

    fault: str | None = None
    pages: int | None = None
    taken: dt.datetime | None = None
    turned: bool = False
    width: int | None = None
    height: int | None = None


def open_contents(path: Path, found: Format) -> Contents:
    """What a file says of itself when it is opened; OSError only when it can't be read at all."""
    if found.name in _OPENABLE:
        return _open_picture(path)
    if found.name == "encrypted":
        return Contents("E115")
    opener = _OPENERS.get(found.name)
    return opener(path) if opener is not None else Contents()


def _open_picture(path: Path) -> Contents:
    from PIL import Image

    with path.open("rb") as stream, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(stream) as picture:
                width, height = picture.size
                pages = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
                exif = picture.getexif()
                orientation, taken = exif.get(_EXIF_ORIENTATION, 1), exif.get_ifd(_EXIF_FOLDER).get(_EXIF_TAKEN)
                if width * height > _MAX_PIXELS:
                    return Contents("E117", pages, width=width, height=height)
                # decoding a JPEG at an eighth of its size reads every byte and costs a tenth of the time
                picture.draft(picture.mode, (width // _PICTURE_SHRINK, height // _PICTURE_SHRINK))
                picture.load()
        except Image.DecompressionBombError:
            return Contents("E117", 1)
        except Exception:
            return Contents("E110")
    if orientation in _SIDEWAYS:
        width, height = height, width
    return Contents(None, pages, _parse_taken(taken), orientation in range(2, 9), width, height)


def _parse_taken(value: object) -> dt.datetime | None:
    """EXIF's ``2023:10:12 09:41:00``; cameras whose clock was never set write zeros."""
    try:
        return dt.datetime.strptime(str(value).strip("\0 "), "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None


def _open_pdf(path: Path) -> Contents:
    from pypdf import PasswordType, PdfReader
    from pypdf.errors import DependencyError

    logger = logging.getLogger("pypdf")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())  # without one Python prints its warnings
    with path.open("rb") as stream, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            reader = PdfReader(stream)
            if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
                return Contents("E114")
            pages = len(reader.pages)
        except DependencyError:
            # a cipher that needs another library: opens without a password or not, nobody knows
            return Contents("E116")
        except Exception:
            return Contents("E111")
    return Contents(None, pages) if pages else Contents("E111")


def _open_zip(path: Path) -> Contents:
    try:
        with zipfile.ZipFile(path) as archive:
            return Contents("E118") if archive.testzip() else Contents()
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, NotImplementedError):
        return Contents("E118")


_OPENERS: dict[str, Callable[[Path], Contents]] = {
    "pdf": _open_pdf,
    "docx": _open_zip,
    "xlsx": _open_zip,
    "pptx": _open_zip,
    "ofd": _open_zip,
}
