"""Serves a job's files for download, and no other file, under the names that people read."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from starlette.responses import FileResponse, Response

from docgen.archive.zip.names import clean_component
from docgen.diagnostics import error
from docgen.web.faults import PageError
from docgen.web.jobs.folder import PACKED
from docgen.web.jobs.model import ResultFile

_TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
    ".pdf": "application/pdf",
    ".json": "application/json",
}


def send_file(folder: Path, path: Path, name: str) -> Response:
    """A response that downloads a file below ``folder`` as ``name``; PageError N172 for any other, links included."""
    real = find_file(folder, path)
    media = _TYPES.get(real.suffix.lower(), "application/octet-stream")
    return FileResponse(real, media_type=media, headers={"Content-Disposition": format_disposition(name)})


def find_file(folder: Path, path: Path) -> Path:
    """The resolved path of a file below a folder; PageError N172 where it is absent or outside."""
    try:
        real = path.resolve(strict=True)
    except (OSError, ValueError):
        raise PageError(404, error("N172")) from None
    if not real.is_file() or folder.resolve() not in real.parents:
        raise PageError(404, error("N172"))
    return real


def format_disposition(name: str) -> str:
    """``Content-Disposition`` for a download: an ASCII name for old programs, the whole one by RFC 5987."""
    cleaned = clean_component(name, 200)
    plain = "".join(char if char.isascii() and char not in '"\\%' else "_" for char in cleaned)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(cleaned, safe='')}"


def pack_all(folder: Path, outputs: Sequence[ResultFile]) -> Path:
    """Pack all outputs into one zip beside their folder, unless it is there. Raises as ``find_file``."""
    target = folder.parent / PACKED
    if not target.is_file():
        part = target.with_suffix(".part")
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as packed:
            for item in outputs:
                packed.write(find_file(folder, folder / item.path), item.path)
        part.replace(target)
    return target
