"""What of a document is bound: its print in place of its originals, what was signed behind it; nothing is left out."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from docgen.archive.plan.filing import DOCX, PDF, XLSX
from docgen.archive.plan.model import FiledDocument, Role
from docgen.archive.plan.plan import PlannedDocument, PlannedRendition
from docgen.pipeline.stages.volume import choose_files

TYPES = {".docx": DOCX, ".xlsx": XLSX, ".pdf": PDF, ".jpg": "image/jpeg", ".wps": "application/octet-stream"}


def plan(*files: tuple[Role, str], origin: Literal["", "handwritten"] = "") -> PlannedDocument:
    filed = FiledDocument(id="plan/project", item="a", number=1, title="计划", origin=origin)
    planned = (PlannedRendition(role, name, TYPES[Path(name).suffix], b"") for role, name in files)
    return PlannedDocument(filed, tuple(planned))


@pytest.mark.parametrize(
    ("planned", "bound"),
    [
        (plan(("original", "a.docx"), ("pdf", "a.pdf")), ["a.pdf"]),
        (plan(("original", "a.docx"), ("original", "a.xlsx"), ("pdf", "a.pdf")), ["a.pdf"]),
        (
            plan(("original", "a.docx"), ("pdf", "a.pdf"), ("signed", "b.pdf"), ("signed", "c.jpg")),
            ["a.pdf", "b.pdf", "c.jpg"],
        ),
        (plan(("signed", "b.docx"), ("pdf", "b.pdf")), ["b.pdf"]),
        (plan(("original", "a.jpg"), ("original", "b.jpg")), ["a.jpg", "b.jpg"]),
        (plan(("original", "a.wps"), ("signed", "b.pdf"), origin="handwritten"), ["a.wps", "b.pdf"]),
        (plan(("original", "a.docx"), ("pdf", "a.pdf"), origin="handwritten"), ["a.pdf"]),
        (
            plan(("original", "a.docx"), ("original", "b.xlsx"), ("pdf", "a.pdf"), origin="handwritten"),
            ["a.pdf", "b.xlsx"],
        ),
    ],
)
def test_what_is_bound(planned: PlannedDocument, bound: list[str]) -> None:
    assert [file.path for file in choose_files(planned)] == bound
