"""Building a record with its public edition, and reading what stands in the packages."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

from docx import Document

from support.command_line import CommandLine

MARK = "〔不公开〕"
SHORT_MARK = "不公开"


def build(docgen: CommandLine, record: Path, out: Path, *options: object) -> dict[str, Any]:
    ran = docgen.json("build", record, "-o", out, "--redact", *options)
    return {**ran.document, "code": ran.code}


def find_packages(out: Path) -> tuple[Path, Path]:
    """The full package and the redacted one."""
    packages = {path.name.endswith("_公开版.zip"): path for path in out.glob("*.zip")}
    return packages[False], packages[True]


def read_package(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def read_everything(path: Path) -> str:
    """All that stands in a package: names, texts, and the text of each part of each Office file, however it is cut."""
    found = []
    for name, data in read_package(path).items():
        found.append(name)
        if name.endswith((".docx", ".xlsx")):
            with zipfile.ZipFile(io.BytesIO(data)) as parts:
                raw = [parts.read(part).decode("utf-8", "ignore") for part in parts.namelist()]
            found += [*raw, *(re.sub("<[^>]*>", "", text) for text in raw)]
        elif not name.endswith((".jpg", ".pdf", ".png")):
            found.append(data.decode("utf-8"))
    return "\n".join(found)


def read_docx(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
