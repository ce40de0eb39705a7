"""Other programs, as tests run them: they hear Ctrl-C as from a terminal, and none outlives its test."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


@contextmanager
def start(
    words: Sequence[object],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: int | IO[bytes] | None = None,
    stdout: int | IO[bytes] | None = subprocess.PIPE,
    stderr: int | IO[bytes] | None = subprocess.PIPE,
) -> Iterator[subprocess.Popen[bytes]]:
    """A program in a process group of its own, which is killed when the block ends, however that comes about.

    So it needs no limit of its own: the test's limit ends the block.
    """
    hear_interrupts()
    process = subprocess.Popen(
        [str(word) for word in words],
        cwd=cwd,
        env=env,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        send(process, getattr(signal, "SIGKILL", signal.SIGTERM))
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def run(
    words: Sequence[object], *, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """A program until its end, with what it said."""
    with start(words, cwd=cwd, env=env) as process:
        out, err = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def send(process: subprocess.Popen[bytes], number: int) -> None:
    """Send a signal to a program that ``start`` started and to the processes that it started, as a terminal does."""
    if not hasattr(os, "killpg"):
        process.send_signal(number)
        return
    with suppress(ProcessLookupError, PermissionError):  # they are gone; macOS says EPERM of a group of zombies
        os.killpg(process.pid, number)


def hear_interrupts() -> None:
    """Undo that SIGINT is ignored, as it is in what a shell runs in the background: children would inherit it."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
