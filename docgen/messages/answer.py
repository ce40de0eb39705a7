"""What came of a command, for programs: the same for the command line's JSON and the API."""

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
    """Something that was written: a document, a package, another file."""

    @property
    def kind(self) -> str: ...
    @property
    def path(self) -> Path: ...
    @property
    def title(self) -> str: ...


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file that is no document and no package; ``label`` is the text that tells people which it is."""

    path: Path
    title: str
    kind: Literal["file"] = "file"
    label: str = "output.file"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a command: what was found, what was written, and ``data``, which each command has of its own.

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
    """What was written, for JSON; a document with its content digest, which a signed scan of it may state."""
    said = {"kind": item.kind, "path": str(item.path), "title": item.title}
    digest = getattr(item, "content_digest", None)
    return said | ({"content_digest": digest} if digest is not None else {})
