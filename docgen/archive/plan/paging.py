"""How many pages a file has: as docgen counted, or as the record states where it can't; pure."""

from __future__ import annotations

import io

from docgen.archive.plan.model import Pages
from docgen.content.pdf import read_pdf
from docgen.diagnostics import Diagnostic, Location, warning


def weigh_pages(stated: int | None, counted: int | None, name: str, where: Location) -> tuple[Pages, list[Diagnostic]]:
    """The pages that count; A208 at ``where`` when those stated aren't those counted."""
    if counted is None:
        return (Pages(value=stated, source="stated") if stated is not None else Pages()), []
    found = []
    if stated is not None and stated != counted:
        found.append(warning("A208", where, file=name, stated=stated, counted=counted))
    return Pages(value=counted, source="counted"), found


def count_pages(pdf: bytes) -> Pages:
    """The pages of a PDF that opens; PdfError of another."""
    return Pages(value=read_pdf(io.BytesIO(pdf)).pages, source="counted")
