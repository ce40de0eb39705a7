"""Word and Excel files as PDF/A-2b: LibreOffice converts them, all in one run, and the bytes are always the same.

LibreOffice is no dependency: whoever asks for PDF has it installed. Each run has a profile of its own, so that it
doesn't meet a window that is open, and so that nobody's settings change the pages: no macro runs, no link is followed.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import io
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.content.pdf import PdfError, read_pdf
from docgen.render.office_process import Ending, run_watched

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
_PATIENCE = 90.0  # seconds without another file made
_MOST_HANGS = 6  # over three files, in common and alone
_END = 1024
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


def convert_files(files: Sequence[OfficeFile], program: str, moment: dt.date) -> list[bytes | Ending]:
    """Each file as PDF, in order; in place of one that wasn't made, how LibreOffice ended over it alone.

    ``moment`` is the day that the PDFs carry. A file that LibreOffice crashes or hangs over takes nobody with it.
    """
    made: dict[int, bytes | Ending] = {}
    with tempfile.TemporaryDirectory(prefix="docgen-pdf-", ignore_cleanup_errors=True) as name:
        office = _Office(program, Path(name))
        for start in range(0, len(files), _LONGEST_RUN):
            made |= office.convert(dict(enumerate(files[start : start + _LONGEST_RUN], start)))
    return [
        fix_moment(data, moment, files[number].read()) if isinstance(data, bytes) else data
        for number, data in sorted(made.items())
    ]


class _Office:
    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._inside, self._outside, self._profile = folder / "in", folder / "out", folder / "profile"
        self._has_made = False
        self._hangs = 0
        for made in (self._inside, self._outside):
            made.mkdir()
        self._prepare_profile()

    def convert(self, files: Mapping[int, OfficeFile]) -> dict[int, bytes | Ending]:
        """Convert all in one run, then each that it left undone once by itself.

        A run that breaks off does so over the first file that it didn't make: those behind it go together again.
        """
        done: dict[int, bytes | Ending] = {}
        waiting = {number: f"{number:06d}{file.suffix}" for number, file in files.items()}
        for number, name in waiting.items():
            (self._inside / name).write_bytes(files[number].read())
        while waiting:
            ending = self._run(waiting, done)
            left = [number for number in waiting if number not in done]
            for number in left if ending.code == 0 else left[:1]:
                alone = self._run({number: waiting[number]}, done)
                done.setdefault(number, alone)
            waiting = {number: name for number, name in waiting.items() if number not in done}
        return done

    def _run(self, names: Mapping[int, str], done: dict[int, bytes | Ending]) -> Ending:
        """Convert some files; what was made of them goes into ``done``."""
        if self._hangs >= _MOST_HANGS and not self._has_made:
            return Ending(None, hung=True)  # it hangs over everything
        command = [self._program, f"-env:UserInstallation={self._profile.as_uri()}", "--headless", "--norestore"]
        command += ["--convert-to", "pdf", "--outdir", str(self._outside), *names.values()]
        # the program is LibreOffice as it was found, the names are our own
        ending = run_watched(command, self._inside, self._outside, _PATIENCE)
        for number, name in names.items():
            path = (self._outside / name).with_suffix(".pdf")
            data = path.read_bytes() if path.is_file() else b""
            if _is_whole(data):
                done[number], self._has_made = data, True
        for path in self._outside.iterdir():
            with contextlib.suppress(OSError):  # Windows: still open in what a crash left running
                path.unlink()
        if ending.code != 0:
            self._hangs += ending.hung
            self._prepare_profile()  # it may have been left half written
        return ending

    def _prepare_profile(self) -> None:
        shutil.rmtree(self._profile, ignore_errors=True)
        (self._profile / "user").mkdir(parents=True, exist_ok=True)
        items = "".join(_SETTING.format(*setting) for setting in _SETTINGS)
        settings = f'<?xml version="1.0" encoding="UTF-8"?><oor:items {_NAMESPACES}>{items}</oor:items>'
        (self._profile / "user" / "registrymodifications.xcu").write_text(settings, "utf-8")


def _is_whole(data: bytes) -> bool:
    """Whether a PDF was written to its end: a run that is ended leaves one half written."""
    if b"%%EOF" not in data[-_END:]:
        return False
    try:
        return read_pdf(io.BytesIO(data)).pages > 0
    except PdfError:
        return False


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
