"""Formats diagnostics for a page: the place in words, what is wrong, how to mend it, the code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docgen.diagnostics import Diagnostic, Location
from docgen.messages import Catalogue


@dataclass(frozen=True, slots=True)
class DiagnosticView:
    """A diagnostic as texts in the reader's language. ``severity`` is ``error``, ``warning`` or ``info``."""

    code: str
    severity: str
    title: str
    place: str
    message: str
    mend: str
    why: str
    clause: str


def format_diagnostics(
    diagnostics: Iterable[Diagnostic], words: Catalogue, names: Mapping[str, str] | None = None
) -> list[DiagnosticView]:
    """The texts of each diagnostic; ``names`` gives the name to show for the path of a file, by default its own."""
    return [
        DiagnosticView(
            item.code,
            item.severity.value,
            words.diagnostics[item.code].title,
            format_place(item.location, words, names or {}),
            _replace_paths(words.message(item), names or {}),
            _replace_paths(_format_remedy(item, words), names or {}),
            words.diagnostics[item.code].why.replace("{{", "{").replace("}}", "}"),  # as messages are written
            item.clause or "",
        )
        for item in diagnostics
    ]


def _format_remedy(item: Diagnostic, words: Catalogue) -> str:
    """How to mend it; the page's own text (``web.mend.CODE``) where the catalogue's names a command's options."""
    own = f"web.mend.{item.code}"
    return words.text(own, **item.params) if own in words.texts else words.mend(item)


def _replace_paths(text: str, names: Mapping[str, str]) -> str:
    """A text with our paths replaced by the senders' names of files."""
    for path, name in names.items():
        if path in text:
            text = text.replace(path, name)
    return text


def replace_paths(value: Any, names: Mapping[str, str]) -> Any:
    """JSON data with our paths replaced by the senders' names of files."""
    paths = re.compile("|".join(map(re.escape, names)) or "(?!)")

    def replace(inner: Any) -> Any:
        if isinstance(inner, str):
            return paths.sub(lambda match: names[match[0]], inner)
        if isinstance(inner, Mapping):
            return {name: replace(item) for name, item in inner.items()}
        return [replace(item) for item in inner] if isinstance(inner, list | tuple) else inner

    return replace(value)


def format_place(at: Location, words: Catalogue, names: Mapping[str, str]) -> str:
    """A place in the user's files in words, without folders, which are ours; empty where no file is named."""
    if at.file is None:
        return ""
    file = names.get(at.file) or Path(at.file).name
    if at.sheet is not None:
        return " ".join(part for part in (file, at.sheet, at.cell) if part)
    if at.paragraph is not None:
        return f"{file} {words.text('web.place.paragraph', number=at.paragraph)}"
    if at.member is not None:
        return f"{file} › {at.member}"
    if at.line is not None:
        return f"{file} {words.text('web.place.line', number=at.line)}"
    return file
