"""Looking at a computer: Python, the libraries, docgen's own files, what is there for viewing, console and disk."""

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
_LONG = 300


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: ``fine`` is True, False (an error or a warning tells why) or None (good to know)."""

    name: str
    fine: bool | None
    detail: str
    diagnostics: tuple[Diagnostic, ...] = ()


def examine_computer(session: Session) -> Iterator[Finding]:
    """Everything, in the order in which it is shown."""
    yield examine_python(sys.version_info[:2])
    yield Finding("docgen", True, f"{docgen.__version__}  {Path(docgen.__file__).parent}")
    yield examine_libraries()
    for name in ("profiles", "templates", "schemas"):
        yield examine_folder(name, shipped_folder(name))
    yield examine_own_folders(session)
    yield examine_office(find_office())
    yield examine_extra("cluster", "distributed")
    names = list_font_names()
    for name, words in _FONTS.items():
        yield examine_font(session, name, words, names)
    yield examine_console()
    yield examine_temporary(Path(tempfile.gettempdir()))


def examine_python(version: tuple[int, ...]) -> Finding:
    """At least the Python that docgen is written for."""
    needed = ".".join(map(str, _PYTHON))
    detail = f"{platform.python_version()}  {platform.system()} {platform.release()}"
    if version >= _PYTHON:
        return Finding("python", True, detail)
    return Finding("python", False, detail, (error("X121", version=platform.python_version(), needed=needed),))


def examine_libraries() -> Finding:
    """Whether each library can be imported, and its version."""
    versions, faults = [], []
    for name, module in _LIBRARIES.items():
        try:
            __import__(module)
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except (ImportError, OSError) as fault:
            faults.append(error("X122", name=name, reason=str(fault)))
    return Finding("libraries", not faults, ", ".join(versions), tuple(faults))


def examine_folder(name: str, folder: Path) -> Finding:
    """A folder that comes with docgen: there, and not empty."""
    if folder.is_dir() and any(folder.iterdir()):
        return Finding(name, True, str(folder))
    return Finding(name, False, str(folder), (error("X123", path=str(folder)),))


def examine_own_folders(session: Session) -> Finding:
    """The user's own folders, as far as they were named."""
    try:
        resources = session.find_resources()
    except DocgenError as fault:
        return Finding("own", False, "", tuple(fault.diagnostics))
    own = [str(path) for path in (*resources.own_profiles, *resources.own_templates)]
    return Finding("own", True, os.pathsep.join(own) or session.text("doctor.none"))


def examine_office(place: str | None) -> Finding:
    """LibreOffice is good to have, not needed."""
    return Finding("office", True, place) if place else Finding("office", None, "", (info("X124"),))


def examine_extra(name: str, library: str) -> Finding:
    """A library that few need: good to have."""
    try:
        return Finding(name, True, f"{library} {importlib.metadata.version(library)}")
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, None, "")


def examine_cluster(session: Session, scheduler: str) -> Iterator[Finding]:
    """The scheduler and each of its workers, as a run in the current folder would have them."""
    from docgen.batch.cluster import Cluster, WorkerPlace
    from docgen.batch.engine import EngineError

    cluster = Cluster(WorkerPlace(scheduler, folder=Path(), with_office=find_office() is not None), lambda _: None)
    try:
        members = cluster.list_members()
    except EngineError as fault:
        yield Finding("scheduler", False, scheduler, (fault.diagnostic,))
        return
    finally:
        cluster.close()
    fit = sum(member.misfit is None for member in members)
    said = {"number": len(members), "fit": fit, "folder": str(Path.cwd())}
    yield Finding("scheduler", fit > 0, session.text("doctor.scheduler.said", address=scheduler or "–", **said))
    for member in members:
        memory = member.memory >> 20
        detail = session.text(
            "doctor.worker.said", address=member.address, threads=member.threads, memory=memory or "–"
        )
        found = () if member.misfit is None else (member.misfit,)
        yield Finding("worker", member.misfit is None or None, detail, found)


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


def examine_font(session: Session, name: str, words: tuple[str, ...], names: list[str]) -> Finding:
    """A font of official documents; without it Word shows another one."""
    found = next((line for line in names if any(word in line for word in words)), None)
    if found is not None:
        return Finding(name, True, found.rsplit("/", 1)[-1])
    return Finding(name, None, "", (info("X125", font=session.text(f"doctor.{name}")),))


def examine_console() -> Finding:
    """Whether the console shows Chinese."""
    encodings = f"stdout {find_encoding(sys.stdout)}, stderr {find_encoding(sys.stderr)}"
    if shows_chinese(sys.stdout) and shows_chinese(sys.stderr):
        return Finding("console", True, encodings)
    return Finding("console", False, encodings, (warning("X126", encoding=find_encoding(sys.stderr)),))


def examine_temporary(folder: Path, write: Callable[[Path], None] | None = None) -> Finding:
    """Whether the temporary folder takes files, and paths longer than Windows used to allow."""
    try:
        with tempfile.TemporaryDirectory(prefix="docgen-", dir=folder) as name:
            (write or _write_sample)(Path(name) / "中文 sample.txt")
            try:
                deep = Path(name)
                while len(str(deep)) < _LONG:
                    deep /= "long" * 10
                deep.mkdir(parents=True)
            except OSError:
                return Finding("temporary", None, str(folder), (warning("X128"),))
    except OSError as fault:
        reason = fault.strerror or str(fault)
        return Finding("temporary", False, str(folder), (error("X127", path=str(folder), reason=reason),))
    return Finding("temporary", True, str(folder))


def _write_sample(path: Path) -> None:
    path.write_text("中文", encoding="utf-8")
