"""The context that each stage of a run is given beside the record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.pipeline.stages.outcome import Options

if TYPE_CHECKING:
    from docgen.archive.writing.package import WatchPacking
    from docgen.render.pdf import Converter
    from docgen.render.store import TemplateStore

Progress = Callable[[str, int, int], None]
"""Called before a document is made: its title, its number from 0 on, how many there are."""


@dataclass(frozen=True, slots=True)
class BuildContext:
    """The context of a run: its options, where it writes, who is notified of progress.

    ``out`` is the folder of the outputs, None where nothing is written; ``converter`` makes PDFs, None where
    none are wanted. ``progress`` is called for documents, ``watch`` for the bytes that are packed. ``staging`` is
    where packages wait to be moved into ``out``; with ``draft`` they are marked as drafts.
    """

    options: Options
    store: TemplateStore
    out: Path | None = None
    converter: Converter | None = None
    progress: Progress | None = None
    watch: WatchPacking | None = None
    staging: Path | None = None
    draft: bool = False

    def place_package(self, name: str) -> Path:
        """The path of the package of a name."""
        assert self.out is not None
        return self.out / f"{name}.zip"
