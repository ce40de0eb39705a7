"""Converts Word and Excel files to PDF/A-2b with LibreOffice, one process per core; the bytes are always the same.

LibreOffice is no dependency: who wants PDF installs it. Each process has a profile of its own, so that an open window
of LibreOffice doesn't take the call, and the user's settings don't change the pages: no macro runs, no link is
followed.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from threading import Event, get_ident

from docgen.content.pdf import PdfError
from docgen.render.office.cache import PdfCache, find_cache_folder
from docgen.render.office.clock import fix_moment
from docgen.render.office.identity import ConverterIdentity, identify
from docgen.render.office.process import Ending, Watch, run_watched
from docgen.resources import Converting, count_cores

CONVERTIBLE = (".docx", ".xlsx")
"""The suffixes of what can be converted."""

_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.com",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.com",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
)
_PATIENCE = 45  # seconds without a new file, in a call with several; a file that needs longer gets a call of its own
_MOST_FILES = 40  # files per call: all that one crash can cost
_PROBE = "probe.txt"
_SETTING = '<item oor:path="/org.openoffice.{0}"><prop oor:name="{1}" oor:op="fuse"><value>{2}</value></prop></item>'
_SETTINGS = (
    ("Office.Common/Filter/PDF/Export", "SelectPdfVersion", "2"),
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Writer/Content/Update", "Link", "0"),
    ("Office.Calc/Content/Update", "Link", "2"),
    # skips what a version does at its first start, which takes two thirds of the time to start
    ("Setup/Product", "ooSetupLastVersion", "99.9"),
)
_NAMESPACES = (
    'xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


@dataclass(frozen=True, slots=True)
class OfficeFile:
    """A file to convert: ``.docx`` or ``.xlsx``, and its bytes or its path."""

    suffix: str
    source: bytes | Path

    def read(self) -> bytes:
        """Read its bytes."""
        return self.source if isinstance(self.source, bytes) else self.source.read_bytes()


def find_office() -> str | None:
    """Find LibreOffice, on the path or where it is usually installed."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    return program or next((place for place in _PLACES if Path(place).is_file()), None)


class Converter:
    """Converts files with one installation of LibreOffice, through the user's cache.

    ``instances`` processes run at a time, by default as many as there are cores.
    """

    def __init__(self, program: str, converting: Converting | None = None, instances: int = 0) -> None:
        self._program = program
        self._converting = converting or Converting()
        self._instances = instances or count_cores()
        thread = ThreadPoolExecutor(1)  # the program answers while the documents are being made
        self._identity = thread.submit(identify, program)
        thread.shutdown(wait=False)
        self._cache: PdfCache | None = None
        if self._converting.cache:
            with contextlib.suppress(RuntimeError):  # a user without a home
                self._cache = PdfCache(find_cache_folder(), self._converting.cache_megabytes)

    @property
    def identity(self) -> ConverterIdentity:
        """The program and the fonts: the same ones make the same bytes."""
        return self._identity.result()

    def convert(self, files: Sequence[OfficeFile], moment: dt.date) -> list[bytes | Ending]:
        """Convert each file, in order; a file that wasn't converted has the ending of its own call instead.

        ``moment`` is the date in the PDFs. A file that makes LibreOffice crash or hang doesn't cost the others theirs.
        """
        keys: list[str] = []
        made: dict[str, bytes | Ending] = {}
        try:
            with tempfile.TemporaryDirectory(prefix="docgen-pdf-", ignore_cleanup_errors=True) as name:
                folder = Path(name, "in")
                folder.mkdir()
                waiting: dict[str, str] = {}
                for number, file in enumerate(files):
                    try:
                        data = file.read()
                    except OSError as fault:
                        keys.append(f"{number}")
                        made[keys[-1]] = Ending(None, fault.strerror or str(fault))
                        continue
                    keys.append(self._make_key(file.suffix, data, moment))
                    cached = self._cache.read(keys[-1]) if self._cache is not None else None
                    if cached is not None:
                        made[keys[-1]] = cached
                    elif keys[-1] not in waiting:
                        waiting[keys[-1]] = f"{number:06d}{file.suffix}"
                        (folder / waiting[keys[-1]]).write_bytes(data)
                made |= _Conversion(self._program, Path(name), self._converting.seconds, moment).make(
                    waiting, self._instances
                )
        except OSError as fault:  # no room left
            ending = Ending(None, fault.strerror or str(fault))
            return [made.get(key, ending) for key in keys] + [ending] * (len(files) - len(keys))
        if self._cache is not None:
            for key in waiting:
                new = made[key]
                if isinstance(new, bytes):
                    self._cache.write(key, new)
            self._cache.tidy()
        return [made[key] for key in keys]

    def _make_key(self, suffix: str, data: bytes, moment: dt.date) -> str:
        """Make a key of everything that decides the bytes of a PDF."""
        parts = (suffix, hashlib.sha256(data).hexdigest(), self.identity, moment.isoformat(), _SETTINGS)
        return hashlib.sha256(repr(parts).encode()).hexdigest()


class _Conversion:
    """Converts some files in several calls of LibreOffice, each with a profile and a folder of its own."""

    def __init__(self, program: str, folder: Path, seconds: int, moment: dt.date) -> None:
        self._program = program
        self._folder = folder
        self._seconds = seconds
        self._moment = moment
        self._stop = Event()
        self._made: dict[str, bytes | Ending] = {}
        self._answers: bool | None = None

    def make(self, names: Mapping[str, str], instances: int) -> dict[str, bytes | Ending]:
        """Convert the files in ``in``, named by key; a file that a call didn't make gets a call of its own."""
        rounds = -(-len(names) // (instances * _MOST_FILES))
        count = min(rounds * instances, len(names))
        keys = list(names)
        with ThreadPoolExecutor(instances) as pool:
            try:
                running: dict[Future[_Call], list[str]] = {}
                # neighbours take about equally long: deal them out over the calls
                for share in (keys[start::count] for start in range(count)):
                    call = pool.submit(self._call, [names[key] for key in share], min(_PATIENCE, self._seconds))
                    running[call] = share
                alone: set[Future[_Call]] = set()
                while running:
                    for done in wait(running, return_when=FIRST_COMPLETED).done:
                        share = running.pop(done)
                        unmade = self._collect({key: names[key] for key in share}, done.result())
                        if done in alone or not self._is_worth_it(done.result().ending):
                            self._made |= dict.fromkeys(unmade, done.result().ending)
                            continue
                        for key in unmade:
                            call = pool.submit(self._call, [names[key]], self._seconds)
                            running[call] = [key]
                            alone.add(call)
            except BaseException:
                self._stop.set()
                raise
        return self._made

    def _collect(self, names: Mapping[str, str], call: _Call) -> list[str]:
        """Collect the files that a call made; returns the keys of those that it didn't."""
        unmade = []
        for key, name in names.items():
            try:
                data = (call.folder / name).with_suffix(".pdf").read_bytes()
                self._made[key] = fix_moment(data, self._moment, key.encode())
            except (OSError, PdfError):
                unmade.append(key)
        shutil.rmtree(call.folder, ignore_errors=True)
        return unmade

    def _is_worth_it(self, ending: Ending) -> bool:
        """Whether to go on after a call that ended so: not when LibreOffice hangs on every file."""
        if ending.hung and self._answers is None and not self._made:
            (self._folder / "in" / _PROBE).write_text("docgen", "utf-8")
            call = self._call([_PROBE], min(_PATIENCE, self._seconds))
            self._answers = not call.ending.hung
        return self._answers is not False

    def _call(self, names: Sequence[str], patience: float) -> _Call:
        """Run LibreOffice once over some files."""
        profile = self._folder / f"profile-{get_ident()}"
        try:
            folder = Path(tempfile.mkdtemp(prefix="call-", dir=self._folder))
            if not profile.is_dir():
                _prepare_profile(profile)
            ending = self._start(names, profile, folder, patience)
        except OSError as fault:  # no room left
            return _Call(Ending(None, fault.strerror or str(fault)), self._folder / "none")
        if ending.code != 0:
            shutil.rmtree(profile, ignore_errors=True)  # it may have been left half written
        return _Call(ending, folder)

    def _start(self, names: Sequence[str], profile: Path, folder: Path, patience: float) -> Ending:
        command = [self._program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
        command += ["--convert-to", "pdf", "--outdir", str(folder), *names]
        # the program is what find_office found; the names are made here
        return run_watched(command, self._folder / "in", folder, Watch(patience, self._stop))


@dataclass(frozen=True, slots=True)
class _Call:
    """The ending of a call, and the folder with the files that it made."""

    ending: Ending
    folder: Path


def _prepare_profile(profile: Path) -> None:
    (profile / "user").mkdir(parents=True, exist_ok=True)
    items = "".join(_SETTING.format(*setting) for setting in _SETTINGS)
    settings = f'<?xml version="1.0" encoding="UTF-8"?><oor:items {_NAMESPACES}>{items}</oor:items>'
    (profile / "user" / "registrymodifications.xcu").write_text(settings, "utf-8")
