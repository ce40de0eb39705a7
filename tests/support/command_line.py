"""The real command: as a function inside the test's process, or as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from docgen.cli.run import run
from support import processes

ROOT = Path(__file__).resolve().parents[2]
PROFILE = "db3203-t1023-2023"
COMPLETE = ROOT / "samples" / PROFILE / "complete" / "record.yaml"


@dataclass(frozen=True)
class Ran:
    """What a run gave."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self.out)
        return loaded

    @property
    def codes(self) -> list[str]:
        return [item["code"] for item in self.document["diagnostics"]]

    def find(self, code: str) -> dict[str, Any]:
        """The only diagnostic of that code."""
        found: list[dict[str, Any]] = [item for item in self.document["diagnostics"] if item["code"] == code]
        assert len(found) == 1, (code, self.document["diagnostics"])
        return found[0]


class CommandLine:
    """``docgen`` as a function; no run may show a traceback or call itself a bug, whatever it is given."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: object) -> Ran:
        words: Sequence[str] = [str(item) for item in arguments]
        self._capsys.readouterr()
        code = run(words)
        captured = self._capsys.readouterr()
        assert code in (0, 1, 2, 130), captured
        assert "Traceback" not in captured.out + captured.err
        return Ran(code, captured.out, captured.err)

    def json(self, *arguments: object) -> Ran:
        return self(*arguments, "--format", "json")


def make_environment(**changes: str) -> Mapping[str, str]:
    """An environment without what would change the answers."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DOCGEN_", "SOURCE_DATE"))}
    return {**kept, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT), **changes}


def run_docgen(*arguments: object, cwd: Path | None = None, **environment: str) -> Ran:
    """``python -m docgen`` as a process."""
    done = processes.run(name_command(*arguments), cwd=cwd, env=make_environment(**environment))
    ran = Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))
    assert ran.code in (0, 1, 2, 130), ran
    assert "Traceback" not in ran.out + ran.err
    return ran


@contextmanager
def start_docgen(*arguments: object, **details: Any) -> Iterator[subprocess.Popen[bytes]]:
    """``python -m docgen`` as a process that goes on while the test does something to it; ``details`` as Popen's."""
    with processes.start(name_command(*arguments), **{"env": make_environment(), **details}) as process:
        yield process


def name_command(*arguments: object) -> list[str]:
    """The words that start ``docgen`` with these arguments."""
    return [sys.executable, "-m", "docgen", *map(str, arguments)]


def list_tree(folder: Path) -> dict[str, bytes | None]:
    """Everything below a folder, with the bytes of its files."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}
