"""Every text that a user reads, by key and language; Chinese first, English complete.

``messages/<lang>/*.yaml`` hold four top-level sections: ``diagnostics`` (code → title, message, why, mend), ``text``
(key → text of the command line and of what docgen itself writes), ``labels`` (``Model.field`` → the field's name) and
``help`` (command and option help). A file may hold any of them; the files of a language are merged. Imports
``diagnostics`` alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from docgen.diagnostics import Diagnostic, Param, Term
from docgen.languages import LANGUAGES as LANGUAGES
from docgen.languages import Language as Language

DOCUMENT_LANGUAGE: Language = "zh"
"""The language of filed documents, which are Chinese also where messages are read in English."""
SECTIONS = ("diagnostics", "text", "labels", "help")

_LABEL = "label."
_FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Entry:
    """The texts of a code: its title, the message with named parameters, why it matters, how to mend it.

    ``mend_workbook`` is how to mend it in a workbook, where that differs from mending a record in a text file.
    """

    title: str
    message: str
    why: str
    mend: str
    mend_workbook: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The texts of one language."""

    lang: Language
    diagnostics: Mapping[str, Entry]
    texts: Mapping[str, str]
    labels: Mapping[str, str]
    helps: Mapping[str, str]

    def text(self, key: str, **params: object) -> str:
        """A text by key, its parameters filled in; ``label.<Model.field>`` gives that field's name, else its key."""
        if key.startswith(_LABEL):
            label = key.removeprefix(_LABEL)
            return self.labels.get(label, label.rpartition(".")[2])
        template = self.texts[key]
        return template.format_map(self._format_params(params)) if params else template

    def message(self, diagnostic: Diagnostic) -> str:
        """The message of a diagnostic, one line."""
        return self.diagnostics[diagnostic.code].message.format_map(self._format_params(diagnostic.params))

    def mend(self, diagnostic: Diagnostic) -> str:
        """How to mend it, one line."""
        entry = self.diagnostics[diagnostic.code]
        in_workbook = diagnostic.location.kind == "xlsx"
        template = entry.mend_workbook if in_workbook and entry.mend_workbook else entry.mend
        return template.format_map(self._format_params(diagnostic.params))

    def label(self, key: str) -> str | None:
        """The name of a field of the shared vocabulary (``Enterprise.name``), or None."""
        return self.labels.get(key)

    def format_param(self, value: Param) -> str:
        """A parameter of a diagnostic as text: a term in this language, any other value unchanged."""
        return self.text(value.key, **value.params) if isinstance(value, Term) else str(value)

    def _format_params(self, params: Mapping[str, object]) -> dict[str, object]:
        return {name: self.format_param(value) if isinstance(value, Term) else value for name, value in params.items()}


def read_sections(lang: Language) -> dict[str, dict[str, Any]]:
    """The merged sections of a language's files; ValueError for a duplicate key."""
    import yaml

    merged: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
    for path in sorted((_FOLDER / lang).glob("*.yaml")):
        loaded = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader) or {}
        for section, entries in loaded.items():
            if section not in merged:
                raise ValueError(f"{path.name}: unknown section {section}")
            for key, value in (entries or {}).items():
                if key in merged[section]:
                    raise ValueError(f"{path.name}: {section}.{key} stands twice")
                merged[section][key] = value
    return merged


@cache
def catalogue(lang: Language = "zh") -> Catalogue:
    """The catalogue of a language, read once per process."""
    sections = read_sections(lang)
    return Catalogue(
        lang,
        {code: Entry(**entry) for code, entry in sections["diagnostics"].items()},
        sections["text"],
        sections["labels"],
        sections["help"],
    )
