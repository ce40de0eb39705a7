"""Checks a computer for ``docgen doctor``: Python, libraries, docgen's files, LibreOffice, fonts, console, disk."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import docgen
from docgen.cli.console import find_encoding, shows_chinese
from docgen.cli.session import Session
from docgen.diagnostics import Diagnostic, error, info, warning
from docgen.errors import DocgenError
from docgen.render.pdf import find_office
from docgen.resources import shipped_folder

_PYTHON = (3, 11)
_LIBRARIES = {
    "click": "click",
    "cn2an": "cn2an",
    "docxtpl": "docxtpl",
    "jinja2": "jinja2",
    "lxml": "lxml.etree",
    "markdown-it-py": "markdown_it",
    "openpyxl": "openpyxl",
    "pillow": "PIL.Image",
    "pydantic": "pydantic",
    "pypdf": "pypdf",
    "python-calamine": "python_calamine",
    "python-docx": "docx",
    "python-stdnum": "stdnum.cn.uscc",
    "pyyaml": "yaml",
    "watchfiles": "watchfiles",
    "xlsxwriter": "xlsxwriter",
}
_FONTS = {
    "fangsong": ("仿宋", "fangsong", "simfang"),
    "kaiti": ("楷体", "kaiti", "simkai", "kaishu", "wenkai", "ar pl kaitim"),
    "xiaobiaosong": ("小标宋", "xiaobiaosong", "fzxbsjw", "fzxbsk"),
}
_LONG_PATH = 300
"""Longer than Windows allows by default (260)."""


@dataclass(frozen=True, slots=True)
class ComputerCheck:
    """The result of one check: ``fine`` is True, False (a diagnostic says why) or None (only for information)."""

    name: str
    fine: bool | None
    detail: str
    diagnostics: tuple[Diagnostic, ...] = ()


def check_computer(session: Session) -> Iterator[ComputerCheck]:
    """Check everything, in the order in which it is shown."""
    yield check_python(sys.version_info[:2])
    yield ComputerCheck("docgen", True, f"{docgen.__version__}  {Path(docgen.__file__).parent}")
    yield check_libraries()
    for name in ("profiles", "templates", "schemas"):
        yield check_folder(name, shipped_folder(name))
    yield check_own_folders(session)
    yield check_office(find_office())
    yield check_extra("cluster", "distributed")
    names = list_font_names()
    for name, words in _FONTS.items():
        yield check_font(session, name, words, names)
    yield check_console()
    yield check_temporary(Path(tempfile.gettempdir()))


def check_python(version: tuple[int, ...]) -> ComputerCheck:
    """Check that Python is new enough."""
    needed = ".".join(map(str, _PYTHON))
    detail = f"{platform.python_version()}  {platform.system()} {platform.release()}"
    if version >= _PYTHON:
        return ComputerCheck("python", True, detail)
    return ComputerCheck("python", False, detail, (error("X121", version=platform.python_version(), needed=needed),))


def check_libraries() -> ComputerCheck:
    """Check that each library can be imported; list the versions."""
    versions, faults = [], []
    for name, module in _LIBRARIES.items():
        try:
            __import__(module)
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except (ImportError, OSError) as fault:
            faults.append(error("X122", name=name, reason=str(fault)))
    return ComputerCheck("libraries", not faults, ", ".join(versions), tuple(faults))


def check_folder(name: str, folder: Path) -> ComputerCheck:
    """Check that a folder that comes with docgen is there and not empty."""
    if folder.is_dir() and any(folder.iterdir()):
        return ComputerCheck(name, True, str(folder))
    return ComputerCheck(name, False, str(folder), (error("X123", path=str(folder)),))


def check_own_folders(session: Session) -> ComputerCheck:
    """Check the user's own folders, if any are set."""
    try:
        resources = session.find_resources()
    except DocgenError as fault:
        return ComputerCheck("own", False, "", tuple(fault.diagnostics))
    own = [str(path) for path in (*resources.own_profiles, *resources.own_templates)]
    return ComputerCheck("own", True, os.pathsep.join(own) or session.text("doctor.none"))


def check_office(place: str | None) -> ComputerCheck:
    """Check for LibreOffice, which is optional."""
    return ComputerCheck("office", True, place) if place else ComputerCheck("office", None, "", (info("X124"),))


def check_extra(name: str, library: str) -> ComputerCheck:
    """Check for an optional library."""
    try:
        return ComputerCheck(name, True, f"{library} {importlib.metadata.version(library)}")
    except importlib.metadata.PackageNotFoundError:
        return ComputerCheck(name, None, "")


def check_cluster(session: Session, scheduler: str) -> Iterator[ComputerCheck]:
    """Check the scheduler and each of its workers for a run in the current folder."""
    from docgen.batch.engines import EngineError
    from docgen.batch.engines.cluster import Cluster, WorkerPlace

    cluster = Cluster(WorkerPlace(scheduler, folder=Path(), with_office=find_office() is not None), lambda _: None)
    try:
        members = cluster.list_members()
    except EngineError as fault:
        yield ComputerCheck("scheduler", False, scheduler, (fault.diagnostic,))
        return
    finally:
        cluster.close()
    fit = sum(member.misfit is None for member in members)
    counts = {"number": len(members), "fit": fit, "folder": str(Path.cwd())}
    detail = session.text("doctor.scheduler.said", address=scheduler or "–", **counts)
    yield ComputerCheck("scheduler", fit > 0, detail)
    for member in members:
        memory = member.memory >> 20
        detail = session.text(
            "doctor.worker.said", address=member.address, threads=member.threads, memory=memory or "–"
        )
        diagnostics = () if member.misfit is None else (member.misfit,)
        yield ComputerCheck("worker", member.misfit is None or None, detail, diagnostics)


def list_font_names() -> list[str]:
    """The names of the installed fonts in lower case: from fontconfig, else from the systems' font folders."""
    lister = shutil.which("fc-list")
    if lister:
        listed = subprocess.run(  # the path comes from which(), the arguments are fixed
            [lister, ":", "family", "file"], capture_output=True, check=False, timeout=30
        )
        return listed.stdout.decode("utf-8", "replace").lower().splitlines()
    home = Path.home()
    folders = [
        Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts",
        home / "AppData/Local/Microsoft/Windows/Fonts",
        Path("/System/Library/Fonts"),
        Path("/Library/Fonts"),
        home / "Library/Fonts",
    ]
    return [path.name.lower() for folder in folders if folder.is_dir() for path in folder.rglob("*.[to]t[fc]")]


def check_font(session: Session, name: str, words: tuple[str, ...], names: list[str]) -> ComputerCheck:
    """Check for a font of official documents; without it Word shows another one."""
    match = next((line for line in names if any(word in line for word in words)), None)
    if match is not None:
        return ComputerCheck(name, True, match.rsplit("/", 1)[-1])
    return ComputerCheck(name, None, "", (info("X125", font=session.text(f"doctor.{name}")),))


def check_console() -> ComputerCheck:
    """Check that the console shows Chinese."""
    encodings = f"stdout {find_encoding(sys.stdout)}, stderr {find_encoding(sys.stderr)}"
    if shows_chinese(sys.stdout) and shows_chinese(sys.stderr):
        return ComputerCheck("console", True, encodings)
    return ComputerCheck("console", False, encodings, (warning("X126", encoding=find_encoding(sys.stderr)),))


def check_temporary(folder: Path, write: Callable[[Path], None] | None = None) -> ComputerCheck:
    """Check that the temporary folder takes files, and paths longer than Windows allows by default."""
    try:
        with tempfile.TemporaryDirectory(prefix="docgen-", dir=folder) as name:
            (write or _write_sample)(Path(name) / "中文 sample.txt")
            try:
                deep = Path(name)
                while len(str(deep)) < _LONG_PATH:
                    deep /= "long" * 10
                deep.mkdir(parents=True)
            except OSError:
                return ComputerCheck("temporary", None, str(folder), (warning("X128"),))
    except OSError as fault:
        reason = fault.strerror or str(fault)
        return ComputerCheck("temporary", False, str(folder), (error("X127", path=str(folder), reason=reason),))
    return ComputerCheck("temporary", True, str(folder))


def _write_sample(path: Path) -> None:
    path.write_text("中文", encoding="utf-8")
