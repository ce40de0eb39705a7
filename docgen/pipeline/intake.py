"""Writing a returned workbook: the clerk's file with everything that was found in it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.archive.target import open_target
from docgen.diagnostics import Diagnostic
from docgen.sources.intake.return_copy import return_workbook

if TYPE_CHECKING:
    from docgen.messages import Catalogue


def write_returned(
    path: Path, diagnostics: Iterable[Diagnostic], words: Catalogue, target: Path, *, force: bool
) -> None:
    """Write the marked copy of a workbook; OutputError when it can't be written or stands there without ``force``."""
    data = return_workbook(path, diagnostics, words)
    with open_target(target, force=force) as file:
        file.write(data)
