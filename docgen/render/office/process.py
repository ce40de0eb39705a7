"""A run of LibreOffice: watched for as long as it makes something, ended with every process that it started."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import BinaryIO

from docgen.diagnostics import Term

_STEP = 0.5
_TAIL = 4096
_WORDS = 200
# our own folder, which nobody finds any more
_FOLDERS = re.compile(r"(?:file://)?[^\s]*docgen-pdf-[^\s]*[/\\]")


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: its exit code, the last line that it wrote, "" for none.

    A negative code is the signal that ended it; None where it had to be ended (``hung``) or couldn't be begun.
    """

    code: int | None
    words: str = ""
    hung: bool = False

    def describe(self) -> Term:
        """The ending in the user's words."""
        if self.hung:
            ended = Term("pdf.ending.hung")
        elif self.code == 0:
            ended = Term("pdf.ending.junk")
        elif self.code is None:
            ended = Term("pdf.ending.unbegun")
        else:
            ended = Term("pdf.ending.code", {"code": _format_code(self.code)})
        return Term("pdf.ending.words", {"ended": ended, "words": self.words}) if self.words else ended


@dataclass(frozen=True, slots=True)
class Watch:
    """How long a run may take: it is ended when no new file came for ``patience`` seconds, and by ``stop`` at once."""

    patience: float
    stop: Event


def run_watched(command: Sequence[str], folder: Path, out: Path, watch: Watch) -> Ending:
    """Run a program in ``folder`` that makes files in ``out``; whatever it started ends with it.

    Nothing is raised: a program that can't be begun is an ending, too.
    """
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(
                command,
                cwd=folder,
                # the time in a PDF is written with its zone, whose length differs
                env=os.environ | {"TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as fault:
            return Ending(None, fault.strerror or str(fault))
        try:
            hung = not _wait(process, out, watch)
        finally:
            _end_all(process)
        return Ending(None if hung else process.returncode, _FOLDERS.sub("", _read_last_line(said)), hung)


def _wait(process: subprocess.Popen[bytes], out: Path, watch: Watch) -> bool:
    """Whether it ended by itself."""
    made, now, until = 0, 0, time.monotonic() + watch.patience
    while not watch.stop.is_set():
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_STEP)
            return True
        with contextlib.suppress(OSError):  # it may do anything to the folder
            now = len(list(out.iterdir()))
        if now != made:
            made, until = now, time.monotonic() + watch.patience
        if time.monotonic() > until:
            return False
    return False


def _end_all(process: subprocess.Popen[bytes]) -> None:
    """End a program and what it started: on POSIX all of its session, which is its own."""
    if sys.platform == "win32":
        if process.poll() is None:
            subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # none is left
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _read_last_line(said: BinaryIO) -> str:
    said.seek(0, os.SEEK_END)
    said.seek(max(said.tell() - _TAIL, 0))
    lines = [line.strip() for line in said.read().decode("utf-8", "replace").splitlines()]
    return next((line[-_WORDS:] for line in reversed(lines) if line), "")


def _format_code(code: int) -> str:
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return str(code)
