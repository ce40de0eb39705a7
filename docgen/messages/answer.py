"""The answer of a command, for programs: the same for the command line's JSON and the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from docgen.diagnostics import Diagnostic, count_by_severity
from docgen.languages import Language
from docgen.messages import catalogue
from docgen.messages.description import describe_diagnostic

SCHEMA_VERSION = 1


class Written(Protocol):
    """A written document, package or other file."""

    @property
    def kind(self) -> str: ...
    @property
    def path(self) -> Path: ...
    @property
    def title(self) -> str: ...


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A written file that is no document and no package; ``label`` is the key of the text that names it."""

    path: Path
    title: str
    kind: Literal["file"] = "file"
    label: str = "output.file"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a command: its diagnostics, the files written, and ``data``, which each command has of its own.

    ``exit_code`` is the command line's: 0 all is well, 1 something is wrong, 2 something couldn't be read or written.
    ``language`` is that of the texts in ``describe()``.
    """

    command: str
    exit_code: int = 0
    diagnostics: tuple[Diagnostic, ...] = ()
    outputs: tuple[Written, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    language: Language = "zh"

    @property
    def ok(self) -> bool:
        """Whether all is well."""
        return self.exit_code == 0

    def describe(self) -> dict[str, Any]:
        """The JSON document that the command prints with ``--format json``."""
        words = catalogue(self.language)
        counts = count_by_severity(self.diagnostics)
        return {
            "schema_version": SCHEMA_VERSION,
            "command": self.command,
            "ok": self.ok,
            "exit_code": self.exit_code,
            "counts": {severity.value: number for severity, number in counts.items()},
            "diagnostics": [describe_diagnostic(item, words) for item in self.diagnostics],
            "outputs": [describe_output(item) for item in self.outputs],
            **self.data,
        }


def describe_output(item: Written) -> dict[str, Any]:
    """A written file for JSON; a document with its content digest, which a signed scan of it may state."""
    described = {"kind": item.kind, "path": str(item.path), "title": item.title}
    digest = getattr(item, "content_digest", None)
    return described | ({"content_digest": digest} if digest is not None else {})
