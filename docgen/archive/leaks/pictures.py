"""Reads the texts in a picture's metadata: title, author, comments (EXIF, IPTC, XMP, PNG texts)."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

_DETAILS = 0x8769
_USER_COMMENT = 0x9286
_WINDOWS = range(0x9C9B, 0x9CA0)
"""EXIF tags of Windows, in UTF-16: title, comment, author, keywords and subject."""
_COMMENT_CODE = 8
_PHOTOSHOP_TEXTS = (0x03F0, 0x040B, 0x0424)
"""Ids of the Photoshop resources in a JPEG that hold texts: caption, URL and XMP."""


def read_picture_texts(data: bytes) -> list[str]:
    """All texts of a picture that Pillow opens; none of another, which the inspection of evidence reports."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data)) as picture:
                exif = picture.getexif()
                tags = {**exif, **exif.get_ifd(_DETAILS)}
                return [*_list_exif(tags), *_list_info(picture.info), *_list_iptc(picture)]
        except Exception:  # Pillow may raise any exception on broken bytes
            return []


def _list_exif(tags: Mapping[int, Any]) -> Iterator[str]:
    for tag, value in tags.items():
        if isinstance(value, str):
            # Pillow reads a text as Latin-1, Chinese programs write it in UTF-8 or GBK.
            yield from _decode(value.encode("latin-1", "replace"))
        elif isinstance(value, bytes) and tag in _WINDOWS:
            yield value.decode("utf-16-le", "replace")
        elif isinstance(value, bytes) and tag == _USER_COMMENT:
            yield from _decode(value[_COMMENT_CODE:])
            yield value[_COMMENT_CODE:].decode("utf-16-be", "replace")


def _list_info(info: Mapping[Any, Any]) -> Iterator[str]:
    for name, value in info.items():
        if isinstance(value, str):
            yield value
        elif isinstance(value, bytes) and name in ("comment", "xmp", "XML:com.adobe.xmp"):
            yield from _decode(value)
        elif isinstance(value, Mapping) and name == "photoshop":
            yield from (text for resource in _PHOTOSHOP_TEXTS for text in _decode(value.get(resource, b"")))


def _list_iptc(picture: ImageFile) -> Iterator[str]:
    """The IPTC texts that photo programs write: caption, by-line, keywords, place."""
    from PIL import IptcImagePlugin

    try:
        fields = IptcImagePlugin.getiptcinfo(picture) or {}
    except (SyntaxError, OSError, ValueError):  # broken IPTC data; the other texts are still read
        return
    for value in fields.values():
        for data in value if isinstance(value, list) else [value]:
            yield from _decode(data or b"")  # Pillow returns None for a truncated field


def _decode(data: bytes) -> Iterator[str]:
    for encoding in ("utf-8", "gb18030", "utf-16-le"):
        try:
            yield data.decode(encoding)
        except UnicodeDecodeError:
            continue
