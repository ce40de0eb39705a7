"""Running the command line inside the test's own process."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from docgen.cli.run import run


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


class CommandLine:
    """``docgen`` as a function."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: object) -> Ran:
        words: Sequence[str] = [str(item) for item in arguments]
        self._capsys.readouterr()
        code = run(words)
        captured = self._capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    def json(self, *arguments: object) -> Ran:
        return self(*arguments, "--format", "json")
