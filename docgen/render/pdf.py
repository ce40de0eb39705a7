"""Word and Excel files as PDF/A-2b: LibreOffice converts them, all in one process, and the bytes are always the same.

LibreOffice is no dependency: whoever asks for PDF has it installed. Each run has a profile of its own, so that it
doesn't meet a window that is open, and so that nobody's settings change the pages: no macro runs, no link is followed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pypdf import PdfWriter

CONVERTIBLE = (".docx", ".xlsx")
"""The suffixes of what can be converted."""

_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.com",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.com",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
)
_PATIENCE, _PATIENCE_EACH = 120, 10
_LONGEST_RUN = 1000  # Windows takes 32,767 characters of arguments
_SETTING = (
    '<item oor:path="/org.openoffice.Office.{0}"><prop oor:name="{1}" oor:op="fuse"><value>{2}</value></prop></item>'
)
_SETTINGS = (
    ("Common/Filter/PDF/Export", "SelectPdfVersion", "2"),
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Writer/Content/Update", "Link", "0"),
    ("Calc/Content/Update", "Link", "2"),
)
_NAMESPACES = (
    'xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
_XMP_DATE = re.compile(rb"(<xmp:(?:Create|Modify|Metadata)Date>)[^<]*")
_PROFILE_TIME = slice(24, 36)  # of an ICC profile's head: twelve bytes, year to second


@dataclass(frozen=True, slots=True)
class OfficeFile:
    """A file to convert: ``.docx`` or ``.xlsx``, and its bytes or its path."""

    suffix: str
    source: bytes | Path

    def read(self) -> bytes:
        """Its bytes."""
        return self.source if isinstance(self.source, bytes) else self.source.read_bytes()


def find_office() -> str | None:
    """LibreOffice, on the path or where it is usually installed."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return found or next((place for place in _PLACES if Path(place).is_file()), None)


def convert_files(files: Sequence[OfficeFile], program: str, moment: dt.date) -> list[bytes | None]:
    """Each file as PDF, in order; None where LibreOffice made none. ``moment`` is the day that the PDFs carry.

    A file that brings LibreOffice down takes nobody with it: those behind it are converted in another run.
    """
    made: list[bytes | None] = [None] * len(files)
    with tempfile.TemporaryDirectory(prefix="docgen-pdf-") as name:
        office = _Office(program, Path(name))
        for start in range(0, len(files), _LONGEST_RUN):
            office.add(start, files[start : start + _LONGEST_RUN])
            for number, data in office.convert():
                made[number] = fix_moment(data, moment, files[number].read())
    return made


class _Office:
    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._inside, self._outside, self._profile = folder / "in", folder / "out", folder / "profile"
        self._waiting: list[tuple[int, str]] = []
        for made in (self._inside, self._outside, self._profile / "user"):
            made.mkdir(parents=True)
        items = "".join(_SETTING.format(*setting) for setting in _SETTINGS)
        settings = f'<?xml version="1.0" encoding="UTF-8"?><oor:items {_NAMESPACES}>{items}</oor:items>'
        (self._profile / "user" / "registrymodifications.xcu").write_text(settings, "utf-8")

    def add(self, start: int, files: Sequence[OfficeFile]) -> None:
        for number, file in enumerate(files, start):
            name = f"{number:06d}{file.suffix}"
            (self._inside / name).write_bytes(file.read())
            self._waiting.append((number, name))

    def convert(self) -> Iterator[tuple[int, bytes]]:
        """Convert what waits; a run that ends early is begun anew behind the first file that it didn't make."""
        while self._waiting:
            self._run([name for _, name in self._waiting])
            made = {number: self._outside / f"{number:06d}.pdf" for number, _ in self._waiting}
            there = [number for number, path in made.items() if path.is_file() and path.stat().st_size]
            for number in there:
                yield number, made[number].read_bytes()
                made[number].unlink()
            absent = [entry for entry in self._waiting if entry[0] not in there]
            self._waiting = absent[1:] if there else []

    def _run(self, names: Sequence[str]) -> None:
        command = [self._program, f"-env:UserInstallation={self._profile.as_uri()}", "--headless", "--norestore"]
        command += ["--convert-to", "pdf", "--outdir", str(self._outside), *names]
        patience = _PATIENCE + _PATIENCE_EACH * len(names)
        try:
            # the program is LibreOffice as it was found, the names are our own
            subprocess.run(command, cwd=self._inside, capture_output=True, timeout=patience, check=False)
        except subprocess.TimeoutExpired:
            return  # what was made until then counts


def fix_moment(data: bytes, moment: dt.date, seed: bytes) -> bytes:
    """The PDF with this day wherever LibreOffice wrote the clock's, and an identifier that comes of ``seed``."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import ArrayObject, ByteStringObject

    reader = PdfReader(io.BytesIO(data))
    writer = PdfWriter(clone_from=reader)
    writer.pdf_header = reader.pdf_header
    writer.add_metadata({"/CreationDate": f"D:{moment:%Y%m%d}000000Z"})
    _fix_streams(writer, moment)
    identifier = ByteStringObject(hashlib.sha256(seed).digest()[:16])
    writer._ID = ArrayObject([identifier, identifier])  # pypdf itself makes only random ones
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _fix_streams(writer: PdfWriter, moment: dt.date) -> None:
    root: Any = writer.root_object
    if "/Metadata" in root:
        stream = root["/Metadata"].get_object()
        stream.set_data(_XMP_DATE.sub(_xmp_date(moment), stream.get_data()))
    for intent in root.get("/OutputIntents", ()):
        profile = intent.get_object().get("/DestOutputProfile")
        if profile is not None:
            stream = profile.get_object()
            head = bytearray(stream.get_data())
            numbers = (moment.year, moment.month, moment.day, 0, 0, 0)
            head[_PROFILE_TIME] = b"".join(number.to_bytes(2, "big") for number in numbers)
            stream.set_data(bytes(head))


def _xmp_date(moment: dt.date) -> bytes:
    return rb"\g<1>" + f"{moment:%Y-%m-%d}T00:00:00Z".encode()
