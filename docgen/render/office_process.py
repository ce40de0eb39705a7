"""A run of LibreOffice: watched for as long as it makes something, ended with every process that it started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from docgen.diagnostics import Term

_STEP = 0.5
_TAIL = 4096
_WORDS = 200


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
        elif self.code is None:
            ended = Term("pdf.ending.unbegun")
        else:
            ended = Term("pdf.ending.code", {"code": _spell_code(self.code)})
        return Term("pdf.ending.words", {"ended": ended, "words": self.words}) if self.words else ended


def run_watched(command: Sequence[str], folder: Path, out: Path, patience: float) -> Ending:
    """Run a program in ``folder``; it is ended when there was no new file in ``out`` for ``patience`` seconds.

    Whatever it started ends with it. Nothing is raised: a program that can't be begun is an ending, too.
    """
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as fault:
            return Ending(None, fault.strerror or str(fault))
        try:
            hung = not _wait(process, out, patience)
        finally:
            _end_all(process)
        return Ending(None if hung else process.returncode, _read_last_line(said), hung)


def _wait(process: subprocess.Popen[bytes], out: Path, patience: float) -> bool:
    """Whether it ended by itself."""
    made, until = 0, time.monotonic() + patience
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_STEP)
            return True
        now = len(list(out.iterdir()))
        if now != made:
            made, until = now, time.monotonic() + patience
        if time.monotonic() > until:
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


def _spell_code(code: int) -> str:
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return str(code)
