"""The bytes of a document that a person wrote, or every reason why there are none, in the user's words.

Small on purpose: the readers of Word, Excel and Markdown files all ask here, and it asks none of them.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from docgen.diagnostics import Location, error
from docgen.errors import SourceError

MAX_BYTES = 256 * 1024 * 1024
"""A manuscript beyond this size is none; reading it would only use up the memory."""

_MEGABYTE = 1024 * 1024


def read_bytes(path: Path) -> bytes:
    """The bytes of a file; SourceError: C121 there is none, C122 it can't be read, C123 it is too large."""
    name = str(path)
    place = Location(file=name)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            limit = MAX_BYTES // _MEGABYTE
            raise SourceError(error("C123", place, path=name, size=size // _MEGABYTE, limit=limit))
        return path.read_bytes()
    except FileNotFoundError:
        raise SourceError(error("C121", place, path=name)) from None
    except OSError as fault:
        raise SourceError(error("C122", place, path=name, reason=fault.strerror or type(fault).__name__)) from None


def hash_file(path: Path) -> str:
    """The sha256 of a file, read piece by piece."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def decode_markup(data: bytes) -> str:
    """The text of an XML part or a web page: UTF-16 where its mark says so, else UTF-8; never refused."""
    return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
