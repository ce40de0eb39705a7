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
"""Told of a document before it is made: its title, its number from 0 on, how many there are."""


@dataclass(frozen=True, slots=True)
class BuildContext:
    """How a run goes, where it writes, who is told.

    ``out`` is the folder of the outputs, None where nothing is written; ``converter`` makes PDFs, None where
    none are wanted. ``progress`` is told of documents, ``watch`` of the bytes that are packed. ``staging`` is
    where packages wait to be moved into ``out``; with ``draft`` they say that something is wrong with them.
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
        """Where the package of a name goes."""
        assert self.out is not None
        return self.out / f"{name}.zip"
