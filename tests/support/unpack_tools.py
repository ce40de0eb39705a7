"""The programs with which a receiver may unpack a package, as tests use them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from support import processes

COMMANDS = {
    "7z": ["7z", "x", "-y", "-bso0", "-bsp0", "-o{folder}", "{archive}"],
    "bsdtar": ["bsdtar", "-x", "-f", "{archive}", "-C", "{folder}"],
    "busybox": ["busybox", "unzip", "-q", "{archive}", "-d", "{folder}"],
    "unzip": ["unzip", "-q", "{archive}", "-d", "{folder}"],
}
ABSENT = "{program} is absent: run scripts/install-tools"


def is_required() -> bool:
    """Whether a missing program fails the tests rather than skips them (``DOCGEN_REQUIRE_TOOLS=1``)."""
    return os.environ.get("DOCGEN_REQUIRE_TOOLS", "") not in ("", "0")


def list_absent() -> list[str]:
    """The programs that are not on this machine."""
    return [program for program in COMMANDS if shutil.which(program) is None]


def unpack(program: str, archive: Path, folder: Path) -> str:
    """Unpack with a program in a UTF-8 locale; what it said. AssertionError when it complains by its exit code."""
    folder.mkdir(parents=True)
    words = [word.format(archive=archive, folder=folder) for word in COMMANDS[program]]
    env = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = processes.run(words, env=env)
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    assert done.returncode == 0, f"{program}: {said}"
    return said
