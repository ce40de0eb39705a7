"""The content digest: what an Office file or zip says, whatever zlib deflated it with."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping

OFFICE_SUFFIXES = (".docx", ".xlsx")


def content_digest(data: bytes) -> str:
    """sha256 over the sorted (part name, sha256 of the inflated part) of a zip; zipfile.BadZipFile when it is none.

    Equal on every machine for the same parts, while the file's own sha256 changes with the build of zlib. Each pair is
    the name in UTF-8, a zero byte, the part's digest in hexadecimal and a newline.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [entry for entry in archive.infolist() if not entry.is_dir()]
        return digest_parts({entry.filename: hashlib.sha256(archive.read(entry)).hexdigest() for entry in parts})


def digest_parts(parts: Mapping[str, str]) -> str:
    """The content digest of parts whose sha256 are known already, by name."""
    total = hashlib.sha256()
    for name in sorted(parts):
        total.update(f"{name}\0{parts[name]}\n".encode())
    return total.hexdigest()
