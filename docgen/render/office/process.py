"""Runs a program and watches it: it is ended when it makes no progress, with every process that it started."""

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

_POLL_SECONDS = 0.5
_TAIL_SIZE = 4096
_MAX_WORDS = 200
# docgen's temporary folder, which is gone when somebody reads the message
_OWN_FOLDER = re.compile(r"(?:file://)?[^\s]*docgen-pdf-[^\s]*[/\\]")


@dataclass(frozen=True, slots=True)
class Ending:
    """How a process ended: its exit code and the last line that it wrote ("" for none).

    A negative code is the signal that killed it; None means that it was killed (``hung``) or couldn't be started.
    """

    code: int | None
    words: str = ""
    hung: bool = False

    def describe(self) -> Term:
        """Describe the ending to the user."""
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
    """When to kill a process: after ``patience`` seconds without a new file, or at once when ``stop`` is set."""

    patience: float
    stop: Event


def run_watched(command: Sequence[str], folder: Path, out: Path, watch: Watch) -> Ending:
    """Run a program in ``folder`` that makes files in ``out``; the processes that it started end with it.

    Raises nothing: a program that can't be started is an ending, too.
    """
    with tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(
                command,
                cwd=folder,
                # a PDF states times with their zone, whose text has no fixed length
                env=os.environ | {"TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as fault:
            return Ending(None, fault.strerror or str(fault))
        try:
            hung = not _wait(process, out, watch)
        finally:
            _kill_group(process)
        return Ending(None if hung else process.returncode, _OWN_FOLDER.sub("", _read_last_line(output)), hung)


def _wait(process: subprocess.Popen[bytes], out: Path, watch: Watch) -> bool:
    """Wait for a process; whether it ended by itself."""
    known_files, files, deadline = 0, 0, time.monotonic() + watch.patience
    while not watch.stop.is_set():
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_POLL_SECONDS)
            return True
        with contextlib.suppress(OSError):  # the program may have removed the folder
            files = len(list(out.iterdir()))
        if files != known_files:
            known_files, deadline = files, time.monotonic() + watch.patience
        if time.monotonic() > deadline:
            return False
    return False


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a program and the processes that it started: on POSIX its session, which it has to itself."""
    if sys.platform == "win32":
        if process.poll() is None:
            subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # all have ended
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _read_last_line(output: BinaryIO) -> str:
    output.seek(0, os.SEEK_END)
    output.seek(max(output.tell() - _TAIL_SIZE, 0))
    lines = [line.strip() for line in output.read().decode("utf-8", "replace").splitlines()]
    return next((line[-_MAX_WORDS:] for line in reversed(lines) if line), "")


def _format_code(code: int) -> str:
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return str(code)
