"""What a Word or Excel file says of itself beside its content: its title, and how many pages its program counted."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

_MAX_PART = 1 << 20


@dataclass(frozen=True, slots=True)
class OfficeProperties:
    """``title`` of the core properties; ``pages`` as the program counted them when it had ``characters`` characters."""

    title: str = ""
    pages: int | None = None
    characters: int = 0


def read_properties(path: Path) -> OfficeProperties:
    """The properties of a ``.docx`` or ``.xlsx``; nothing where it says nothing or can't be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            core, app = _read_part(archive, "docProps/core.xml"), _read_part(archive, "docProps/app.xml")
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError):
        return OfficeProperties()
    pages, characters = _find_number(app, "Pages"), _find_number(app, "Characters")
    return OfficeProperties(_find_text(core, "title"), pages or None, characters or 0)


def _read_part(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as stream:
            return stream.read(_MAX_PART)
    except KeyError:
        return b""


def _find_text(part: bytes, name: str) -> str:
    from lxml import etree

    try:
        root = etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError:
        return ""
    found = next((item for item in root.iter() if str(item.tag).rpartition("}")[2] == name), None)
    return (found.text or "").strip() if found is not None else ""


def _find_number(part: bytes, name: str) -> int | None:
    text = _find_text(part, name)
    return int(text) if re.fullmatch(r"\d{1,6}", text) else None
