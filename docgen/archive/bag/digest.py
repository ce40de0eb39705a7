"""The content digest: sha256 of the inflated parts of an Office file or zip, whatever zlib deflated them."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Mapping
from functools import lru_cache

from docgen.archive.zip.headers import LOCAL

OFFICE_SUFFIXES = (".docx", ".xlsx")
_MOST_REMEMBERED = 1 << 15


def content_digest(data: bytes) -> str:
    """sha256 over the sorted (part name, sha256 of the inflated part) of a zip; zipfile.BadZipFile when it is none.

    Equal on every machine for the same parts, while the file's own sha256 changes with the build of zlib. Each pair is
    the name in UTF-8, a zero byte, the part's digest in hexadecimal and a newline.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [entry for entry in archive.infolist() if not entry.is_dir()]
        return digest_parts({entry.filename: _digest_part(archive, data, entry) for entry in parts})


def digest_parts(parts: Mapping[str, str]) -> str:
    """The content digest of parts whose sha256 are known already, by name."""
    total = hashlib.sha256()
    for name in sorted(parts):
        total.update(f"{name}\0{parts[name]}\n".encode())
    return total.hexdigest()


def _digest_part(archive: zipfile.ZipFile, data: bytes, entry: zipfile.ZipInfo) -> str:
    """The sha256 of an inflated part; most come from their template unchanged, so that their digest is remembered."""
    is_deflated = entry.compress_type == zipfile.ZIP_DEFLATED and not entry.flag_bits & 0x1
    if is_deflated and entry.compress_size <= _MOST_REMEMBERED:
        # the extra field of the local header may be longer than that of the central directory
        header = data[entry.header_offset : entry.header_offset + LOCAL.size]
        name_length, extra_length = (int.from_bytes(header[at : at + 2], "little") for at in (26, 28))
        start = entry.header_offset + LOCAL.size + name_length + extra_length
        digest = _digest_deflated(data[start : start + entry.compress_size], entry.CRC, entry.file_size)
        if digest is not None:
            return digest
    return hashlib.sha256(archive.read(entry)).hexdigest()


@lru_cache(maxsize=256)
def _digest_deflated(packed: bytes, crc: int, size: int) -> str | None:
    """The sha256 of deflated bytes once inflated; None when size or CRC are others, whose error zipfile raises."""
    try:
        inflater = zlib.decompressobj(-15)
        part = inflater.decompress(packed, size + 1)
    except zlib.error:
        return None
    is_sound = inflater.eof and len(part) == size and zlib.crc32(part) == crc
    return hashlib.sha256(part).hexdigest() if is_sound else None
