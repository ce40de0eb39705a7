"""The identity of the converter: its program and version, and the fonts it could use, which decide a PDF's bytes."""

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

_PATIENCE = 30
_NAMED = re.compile(r"[A-Za-z][\w .-]* \d+(?:\.\d+)+[^\n]*")
_FONTS = frozenset((".ttf", ".otf", ".ttc", ".otc", ".pfb", ".pfa", ".fon", ".pcf", ".bdf"))
_HEAD = 8192
"""A font file begins with the list of its tables, each with a checksum."""


@dataclass(frozen=True, slots=True)
class ConverterIdentity:
    """``converter`` is the program as it names itself, with its version; ``fonts`` a digest of the fonts and of what
    stands in for a missing one, the same wherever they lie; ``program`` one of the program's file.
    """

    converter: str
    fonts: str
    program: str


def identify(program: str) -> ConverterIdentity:
    """Ask the program who it is, and the system which fonts there are."""
    file = Path(program).resolve()
    try:
        found = file.stat()
        digest = _hash_program(str(file), found.st_size, found.st_mtime_ns)
        converter = _ask_version(program, digest)
    except OSError:  # running it will say what is wrong
        digest = converter = ""
    return ConverterIdentity(converter or f"{file.name} sha256:{digest[:16]}", digest_fonts(), digest)


@lru_cache(maxsize=8)
def _hash_program(file: str, _size: int, _changed: int) -> str:
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()


@lru_cache(maxsize=8)
def _ask_version(program: str, _digest: str) -> str:
    """What ``--version`` says, "" where that is no version."""
    with tempfile.TemporaryDirectory(prefix="docgen-pdf-", ignore_cleanup_errors=True) as name:
        ending = run_watched([program, "--version"], Path(name), Path(name), Watch(_PATIENCE, Event()))
    return ending.words if ending.code == 0 and _NAMED.fullmatch(ending.words) else ""


def digest_fonts() -> str:
    """The sha256 over the fonts by name, size and beginning, and over what the system says of replacing them.

    Where fonts lie and when they were installed doesn't count.
    """
    fonts = sorted({(path.name, *_sum_up(path)) for path in _list_fonts()})
    rules = sorted({_hash(path) for path in _list_rules()})
    return hashlib.sha256(repr((fonts, rules)).encode("utf-8", "surrogatepass")).hexdigest()


def _list_fonts() -> Iterator[Path]:
    listed = [Path(line) for line in _run(["fc-list", "--format", "%{file}\n"]) if line]
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


def _list_rules() -> Iterator[Path]:
    """The files in which fontconfig is told what stands in for what."""
    for line in _run(["fc-conflist"]):
        path = line.removeprefix("+ ").partition(": ")[0]
        if line.startswith("+ ") and Path(path).is_file():
            yield Path(path)


def _sum_up(path: Path) -> tuple[int, str]:
    try:
        found = path.stat()
        return found.st_size, _hash_head(str(path), found.st_size, found.st_mtime_ns)
    except OSError:
        return 0, ""


@lru_cache(maxsize=8192)
def _hash_head(path: str, _size: int, _changed: int) -> str:
    with Path(path).open("rb") as file:
        return hashlib.sha256(file.read(_HEAD)).hexdigest()


def _hash(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _run(command: Sequence[str]) -> list[str]:
    """The lines that a short program writes; none where there is no such program, or it fails."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return os.fsdecode(done.stdout).splitlines() if done.returncode == 0 else []
