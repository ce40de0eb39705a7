"""Reads the properties of a Word or Excel file: its title, and the pages that its program counted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from docgen.ooxml.names import CORE_PROPERTIES, PROGRAM_PROPERTIES
from docgen.ooxml.package import open_zip, read_part
from docgen.ooxml.xml import PackageError, local_name, parse_xml

_MAX_PART = 1 << 20


@dataclass(frozen=True, slots=True)
class OfficeProperties:
    """``title`` of the core properties; ``pages`` as the program counted them when it had ``characters`` characters."""

    title: str = ""
    pages: int | None = None
    characters: int = 0


def read_properties(path: Path) -> OfficeProperties:
    """The properties of a ``.docx`` or ``.xlsx``; empty if it has none or can't be read."""
    try:
        with open_zip(path) as archive:
            core, app = (read_part(archive, name, _MAX_PART) for name in (CORE_PROPERTIES, PROGRAM_PROPERTIES))
    except (OSError, PackageError):
        return OfficeProperties()
    pages, characters = _find_number(app, "Pages"), _find_number(app, "Characters")
    return OfficeProperties(_find_text(core, "title"), pages or None, characters or 0)


def _find_text(part: bytes | None, name: str) -> str:
    try:
        root = parse_xml(part or b"")
    except PackageError:
        return ""
    element = next((item for item in root.iter() if local_name(item) == name), None)
    return (element.text or "").strip() if element is not None else ""


def _find_number(part: bytes | None, name: str) -> int | None:
    text = _find_text(part, name)
    return int(text) if re.fullmatch(r"\d{1,6}", text) else None
