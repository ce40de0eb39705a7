"""Identifies the converter by what determines a PDF's bytes: the program, its version, the installed fonts."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Event

from docgen.render.office.process import Watch, run_watched

_TIMEOUT = 30
_VERSION = re.compile(r"[A-Za-z][\w .-]* \d+(?:\.\d+)+[^\n]*")
_FONTS = frozenset((".ttf", ".otf", ".ttc", ".otc", ".pfb", ".pfa", ".fon", ".pcf", ".bdf"))
_HEAD_SIZE = 8192
"""Bytes: a font file starts with the list of its tables, each with a checksum."""


@dataclass(frozen=True, slots=True)
class ConverterIdentity:
    """The program that converts, and the fonts that it uses.

    ``converter`` is the program's own name with its version, ``program`` a digest of its file. ``fonts`` is a digest of
    the fonts and of the rules that replace missing ones, whatever folder they lie in.
    """

    converter: str
    fonts: str
    program: str


def identify(program: str) -> ConverterIdentity:
    """Identify a converter: ask the program for its version and digest the system's fonts."""
    file = Path(program).resolve()
    try:
        status = file.stat()
        digest = _hash_program(str(file), status.st_size, status.st_mtime_ns)
        converter = _read_version(program, digest)
    except OSError:  # converting will report what is wrong
        digest = converter = ""
    return ConverterIdentity(converter or f"{file.name} sha256:{digest[:16]}", digest_fonts(), digest)


@lru_cache(maxsize=8)
def _hash_program(file: str, _size: int, _changed: int) -> str:
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()


@lru_cache(maxsize=8)
def _read_version(program: str, _digest: str) -> str:
    """Read the program's version from ``--version``; "" where it prints no version."""
    with tempfile.TemporaryDirectory(prefix="docgen-pdf-", ignore_cleanup_errors=True) as name:
        ending = run_watched([program, "--version"], Path(name), Path(name), Watch(_TIMEOUT, Event()))
    return ending.words if ending.code == 0 and _VERSION.fullmatch(ending.words) else ""


def digest_fonts() -> str:
    """Digest (sha256) the name, size and head of each font, and fontconfig's rules for replacing missing fonts.

    The folders of fonts and the dates of their installation don't count.
    """
    fonts = sorted({(path.name, *_describe_font(path)) for path in _list_fonts()})
    rules = sorted({_hash_file(path) for path in _list_font_rules()})
    return hashlib.sha256(repr((fonts, rules)).encode("utf-8", "surrogatepass")).hexdigest()


def _list_fonts() -> Iterator[Path]:
    listed = [Path(line) for line in _run_command(["fc-list", "--format", "%{file}\n"]) if line]
    if listed:
        yield from listed
        return
    for folder in _list_folders():
        for above, _, names in os.walk(folder):
            yield from (Path(above, name) for name in names if Path(name).suffix.lower() in _FONTS)


def _list_folders() -> Iterator[Path]:
    home = Path.home()
    if sys.platform == "win32":
        yield Path(os.environ.get("WINDIR", r"C:\Windows"), "Fonts")
        yield Path(os.environ.get("LOCALAPPDATA", str(home)), "Microsoft", "Windows", "Fonts")
    elif sys.platform == "darwin":
        yield from (Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library" / "Fonts")
    else:
        yield from (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".fonts")
        yield Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share", "fonts")


def _list_font_rules() -> Iterator[Path]:
    """List fontconfig's configuration files, which say how a missing font is replaced."""
    for line in _run_command(["fc-conflist"]):
        path = line.removeprefix("+ ").partition(": ")[0]
        if line.startswith("+ ") and Path(path).is_file():
            yield Path(path)


def _describe_font(path: Path) -> tuple[int, str]:
    try:
        status = path.stat()
        return status.st_size, _hash_head(str(path), status.st_size, status.st_mtime_ns)
    except OSError:
        return 0, ""


@lru_cache(maxsize=8192)
def _hash_head(path: str, _size: int, _changed: int) -> str:
    with Path(path).open("rb") as file:
        return hashlib.sha256(file.read(_HEAD_SIZE)).hexdigest()


def _hash_file(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _run_command(command: Sequence[str]) -> list[str]:
    """Run a short program and list the lines it writes; none where it is missing or fails."""
    try:
        completed = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_TIMEOUT, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return os.fsdecode(completed.stdout).splitlines() if completed.returncode == 0 else []
