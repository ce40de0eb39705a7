"""A whole Markdown file → DocumentContent."""

from __future__ import annotations

from pathlib import Path

from docgen.content.files import read_bytes
from docgen.content.markdown import parse_markdown
from docgen.content.model import DocumentContent
from docgen.content.outline import outline_document
from docgen.diagnostics import Location, error
from docgen.errors import SourceError


def read_markdown(path: Path) -> DocumentContent:
    """Read a ``.md`` file, UTF-8 with or without a byte order mark; every block has its line.

    The first heading is the title when it stands above all others. SourceError (C121–C124) when it can't be read.
    """
    place = Location("yaml", str(path), 1, 1)
    raw = read_bytes(path)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        raise SourceError(error("C124", Location("yaml", str(path), line, 1), path=str(path), line=line)) from None
    return outline_document(parse_markdown(text, place).blocks, place)
