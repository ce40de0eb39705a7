"""Reads a UTF-8 text file; a SourceError gives the reason why it can't be read."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from docgen.diagnostics import Diagnostic, Location, Term, error
from docgen.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 64 * 1024 * 1024
"""The largest text file that is read; a larger one is no record."""

_MEGABYTE = 1024 * 1024


def read_text_file(path: Path) -> str:
    """The text of a UTF-8 file without its byte order mark; SourceError when there is none."""
    raw = _read_bytes(path)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise SourceError(_describe_bytes(path, raw, fault)) from None
    if not text.strip():
        raise SourceError(error("S105", Location(file=str(path)), path=str(path)))
    return text


def _read_bytes(path: Path) -> bytes:
    place = Location(file=str(path))
    try:
        if path.is_dir():
            raise SourceError(error("S103", place, path=str(path)))
        size = path.stat().st_size  # 0 for a pipe, which is why no more than that is read below
        if size > MAX_BYTES:
            raise SourceError(
                error("S106", place, path=str(path), size=size // _MEGABYTE, limit=MAX_BYTES // _MEGABYTE)
            )
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES)
    except FileNotFoundError:
        raise SourceError(report_missing_file(path)) from None
    except PermissionError:
        raise SourceError(error("S104", place, path=str(path))) from None
    except OSError as fault:
        raise SourceError(error("S102", place, path=str(path), reason=fault.strerror or str(fault))) from None


def report_missing_file(path: Path) -> Diagnostic:
    """S101 for a missing file, with the name that may be meant."""
    near = _find_near_name(path)
    hint = Term("sources.near", {"name": near}) if near else Term("sources.check_name")
    return error("S101", Location(file=str(path)), path=str(path), hint=hint)


def _find_near_name(path: Path) -> str | None:
    """The name in the same folder that is most like a missing name."""
    from difflib import get_close_matches

    try:
        names = [entry.name for entry in path.parent.iterdir() if entry.is_file()]
    except OSError:
        return None
    near = get_close_matches(path.name, names, n=1, cutoff=0.6)
    return near[0] if near else None


def _describe_bytes(path: Path, raw: bytes, fault: UnicodeDecodeError) -> Diagnostic:
    line = raw.count(b"\n", 0, fault.start) + 1
    place = Location("yaml", str(path), line, 1)
    encoding = _guess_encoding(raw)
    if encoding is None:
        return error("S108", place, path=str(path), line=line)
    return error("S107", place, path=str(path), line=line, encoding=encoding)


def _guess_encoding(raw: bytes) -> str | None:
    """The likely encoding of a Chinese text that isn't UTF-8."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16"
    if b"\0" in raw:
        return None
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return None
    return "GB18030"
