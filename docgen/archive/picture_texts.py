"""What a picture says in words beside what is seen on it: title, author, comments (EXIF, XMP, PNG texts)."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

_DETAILS = 0x8769
_USER_COMMENT = 0x9286
_WINDOWS = range(0x9C9B, 0x9CA0)
"""The title, comment, author, keywords and subject that Windows writes, in UTF-16."""
_COMMENT_CODE = 8


def read_picture_texts(data: bytes) -> list[str]:
    """Every text of a picture that Pillow knows; none of what doesn't open, which is reported as evidence."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data)) as picture:
                exif = picture.getexif()
                tags = {**exif, **exif.get_ifd(_DETAILS)}
                return [*_list_exif(tags), *_list_info(picture.info)]
        except Exception:  # what Pillow raises on broken bytes is no closed set
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
        elif isinstance(value, bytes) and name in ("comment", "xmp", "XML:com.adobe.xmp", "photoshop"):
            yield from _decode(value)


def _decode(data: bytes) -> Iterator[str]:
    for encoding in ("utf-8", "gb18030", "utf-16-le"):
        try:
            yield data.decode(encoding)
        except UnicodeDecodeError:
            continue
