"""The encoding of a text that somebody's program wrote: by its mark, as its user stated it, or a usual one."""

from __future__ import annotations

import codecs
from collections.abc import Iterable

USUAL = ("utf-8", "gb18030")
"""UTF-8, and GB 18030 as Excel in China saves it."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def find_mark(raw: bytes) -> str | None:
    """The encoding that a text's byte order mark says; None where it has none."""
    return next((name for mark, name in _MARKS if raw.startswith(mark)), None)


def find_encoding(raw: bytes, names: Iterable[str | None]) -> str | None:
    """The first of these encodings that the whole text is in; None is no encoding."""
    for name in filter(None, names):
        try:
            raw.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        return name
    return None
