"""Writes the JSON answer of a verification piece by piece, as of ``docgen verify``; the server streams the file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from docgen.batch.ledger.result import parse_diagnostics
from docgen.diagnostics import Diagnostic, Severity
from docgen.messages.description import describe_diagnostic
from docgen.web.jobs.folder import ANSWER

if TYPE_CHECKING:
    from docgen.batch.inbox import ReceptionOutcome
    from docgen.messages import Catalogue
    from docgen.web.jobs.model import JobTask, ResultFile


class AnswerWriter:
    """Writes packages to a temporary file, since the diagnostics of all come before them in the answer."""

    def __init__(self, task: JobTask, words: Catalogue) -> None:
        self._task = task
        self._words = words
        self._stack = ExitStack()
        self._packages: IO[str]
        self._comma = ""

    def __enter__(self) -> AnswerWriter:
        self._packages = self._stack.enter_context(self._find_part("packages").open("w+", encoding="utf-8"))
        self._stack.callback(self._find_part("packages").unlink, missing_ok=True)
        return self

    def __exit__(self, *_fault: object) -> None:
        self._packages.close()  # before it is removed: Windows can't remove an open file
        self._stack.close()

    def add(self, package: Mapping[str, Any]) -> None:
        """Add the next package."""
        self._packages.write(self._comma + json.dumps(package))
        self._comma = ",\n"

    def finish(
        self, outcome: ReceptionOutcome, findings: Iterable[str], outputs: Iterable[ResultFile], code: int
    ) -> None:
        """Write the answer: the diagnostics first, then the rest."""
        counts: Counter[str] = Counter()
        target, part = self._task.folder / ANSWER, self._find_part("answer")
        with part.open("w", encoding="utf-8") as file:
            file.write('{"schema_version": 1, "command": "verify", "diagnostics": [')
            of_packages = (item for text in findings for item in parse_diagnostics(text))
            comma = ""
            for item in chain(outcome.diagnostics, of_packages):
                file.write(comma + self._dump(item, counts))
                comma = ",\n"
            hrefs = [
                {"kind": item.kind, "title": item.name, "href": f"/jobs/{self._task.id}/files/{number}"}
                for number, item in enumerate(outputs, 1)
            ]
            rest = {
                "ok": code == 0,
                "exit_code": code,
                "counts": {severity.value: counts[severity.value] for severity in Severity},
                "outputs": hrefs,
                "verify": dict(outcome.counts),
            }
            file.write("],\n" + json.dumps(rest)[1:-1] + ',\n"packages": [')
            self._packages.seek(0)
            while chunk := self._packages.read(1 << 16):
                file.write(chunk)
            file.write("]}\n")
        part.replace(target)

    def _dump(self, item: Diagnostic, counts: Counter[str]) -> str:
        counts[item.severity.value] += 1
        return json.dumps(describe_diagnostic(item, self._words))

    def _find_part(self, name: str) -> Path:
        return self._task.folder / f"{name}.part"
