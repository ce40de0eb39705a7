"""LibreOffice, as tests use it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from support import processes

_ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item>
</oor:items>
"""


class OfficeError(AssertionError):
    """LibreOffice didn't make what it was asked for."""


@dataclass(frozen=True)
class Office:
    """LibreOffice with a profile of its own, so that test runs beside each other don't meet."""

    program: str
    profile: Path

    def __post_init__(self) -> None:
        # Without this LibreOffice believes the values stored in a workbook that it didn't write.
        settings = self.profile / "user" / "registrymodifications.xcu"
        if not settings.exists():
            settings.parent.mkdir(parents=True, exist_ok=True)
            settings.write_text(_ALWAYS_RECALCULATE, "utf-8")

    def convert(self, source: Path, target: str, folder: Path) -> Path:
        """``source`` as ``target`` (``pdf``, ``xlsx``, ``csv:…``) in ``folder``; the new file's path."""
        (made,) = self.convert_all([source], target, folder)
        return made

    def convert_all(self, sources: Sequence[Path], target: str, folder: Path) -> list[Path]:
        """Several files in one run, which takes hardly longer than one file; the new files in the same order."""
        if not sources:
            return []
        folder.mkdir(parents=True, exist_ok=True)
        command = [self.program, f"-env:UserInstallation={self.profile.as_uri()}", "--headless"]
        done = processes.run([*command, "--convert-to", target, "--outdir", folder, *sources])
        made = [folder / f"{source.stem}.{target.split(':', 1)[0]}" for source in sources]
        absent = [path.name for path in made if not path.is_file()]
        if done.returncode != 0 or absent:
            said = (done.stdout + done.stderr).decode("utf-8", "replace")
            raise OfficeError(f"LibreOffice didn't make {', '.join(absent)} (exit {done.returncode}): {said}")
        return made

    def to_pdf(self, source: Path, folder: Path) -> Path:
        """The document as LibreOffice prints it."""
        return self.convert(source, "pdf", folder)

    def to_xlsx(self, source: Path, folder: Path) -> Path:
        """The workbook as LibreOffice saves it, every formula calculated again; ``folder`` isn't the source's own."""
        if folder.resolve() == source.parent.resolve():
            raise ValueError("LibreOffice would overwrite the workbook under test")
        return self.convert(source, "xlsx", folder)

    def draw_pages(self, source: Path, folder: Path, dpi: int = 70) -> list[Path]:
        """The document's pages as PNG, in order."""
        pdf = source if source.suffix.lower() == ".pdf" else self.to_pdf(source, folder)
        stem = folder / pdf.stem
        assert processes.run(["pdftoppm", "-r", dpi, "-png", pdf, stem]).returncode == 0
        return sorted(folder.glob(f"{pdf.stem}-*.png"))


def find_program() -> str | None:
    """The LibreOffice of this machine, or None."""
    return shutil.which("soffice") if shutil.which("pdftoppm") else None


def is_required() -> bool:
    """Whether a missing LibreOffice fails the tests rather than skips them (``DOCGEN_REQUIRE_OFFICE=1``)."""
    return os.environ.get("DOCGEN_REQUIRE_OFFICE", "") not in ("", "0")
