"""LibreOffice and the schema check, as tests use them."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

OoxmlCheck = Callable[[Path], list[str]]

_TIMEOUT = 180


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
        folder.mkdir(parents=True, exist_ok=True)
        command = [self.program, f"-env:UserInstallation={self.profile.as_uri()}", "--headless"]
        command += ["--convert-to", target, "--outdir", str(folder), str(source)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT, check=False)
        made = folder / f"{source.stem}.{target.split(':', 1)[0]}"
        if done.returncode != 0 or not made.is_file():
            raise OfficeError(f"LibreOffice didn't make {made.name} of {source.name}: {done.stdout}{done.stderr}")
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
        subprocess.run(["pdftoppm", "-r", str(dpi), "-png", str(pdf), str(stem)], check=True, timeout=_TIMEOUT)
        return sorted(folder.glob(f"{pdf.stem}-*.png"))


def find_program() -> str | None:
    """The LibreOffice of this machine, or None."""
    return shutil.which("soffice") if shutil.which("pdftoppm") else None


def is_required() -> bool:
    """Whether a missing LibreOffice fails the tests rather than skips them (``DOCGEN_REQUIRE_OFFICE=1``)."""
    return os.environ.get("DOCGEN_REQUIRE_OFFICE", "") not in ("", "0")


def find_ooxml_tool() -> Path | None:
    """The schema check for Office files: ``DOCGEN_OOXML_CHECK``, or the one that lies beside the checkout."""
    named = os.environ.get("DOCGEN_OOXML_CHECK")
    beside = Path(__file__).resolve().parent.parent.parent / "shared" / "tools" / "ooxml_check.py"
    tool = Path(named) if named else beside
    return tool if tool.is_file() else None


@cache
def load_ooxml_check(tool: Path) -> OoxmlCheck:
    """The tool's ``check``: the faults of an Office file by the published schemas, one line each."""
    spec = importlib.util.spec_from_file_location("ooxml_check", tool)
    if spec is None or spec.loader is None:
        raise ImportError(f"{tool} is no Python module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return lambda path: list(module.check(str(path)))
