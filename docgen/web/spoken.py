"""Spells diagnostics for a page: the place in words, what is wrong, how to mend it; the code for who asks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docgen.diagnostics import Diagnostic, Location
from docgen.messages import Catalogue


@dataclass(frozen=True, slots=True)
class SpokenFault:
    """A diagnostic in the reader's language. ``severity`` is ``error``, ``warning`` or ``info``."""

    code: str
    severity: str
    title: str
    place: str
    message: str
    mend: str
    why: str
    clause: str


def speak(
    diagnostics: Iterable[Diagnostic], words: Catalogue, names: Mapping[str, str] | None = None
) -> list[SpokenFault]:
    """Each diagnostic as it is shown; ``names`` says what a file is called by its path, else its own name is shown."""
    return [
        SpokenFault(
            item.code,
            item.severity.value,
            words.diagnostics[item.code].title,
            format_place(item.location, words, names or {}),
            _call(words.message(item), names or {}),
            _call(_mend(item, words), names or {}),
            words.diagnostics[item.code].why.replace("{{", "{").replace("}}", "}"),  # as messages are written
            item.clause or "",
        )
        for item in diagnostics
    ]


def _mend(item: Diagnostic, words: Catalogue) -> str:
    """How to mend it; where the catalogue's words are of a command's options, those of the page (``web.mend.CODE``)."""
    own = f"web.mend.{item.code}"
    return words.text(own, **item.params) if own in words.texts else words.mend(item)


def _call(text: str, names: Mapping[str, str]) -> str:
    """A text in which files are called what their sender calls them, not where they lie with us."""
    for path, name in names.items():
        if path in text:
            text = text.replace(path, name)
    return text


def call_files(value: Any, names: Mapping[str, str]) -> Any:
    """Plain data (JSON) in which files are called what their sender calls them."""
    known = re.compile("|".join(map(re.escape, names)) or "(?!)")

    def call(inner: Any) -> Any:
        if isinstance(inner, str):
            return known.sub(lambda found: names[found[0]], inner)
        if isinstance(inner, Mapping):
            return {name: call(item) for name, item in inner.items()}
        return [call(item) for item in inner] if isinstance(inner, list | tuple) else inner

    return call(value)


def format_place(at: Location, words: Catalogue, names: Mapping[str, str]) -> str:
    """A place in the user's files as words; no folders, which on a page are ours. Empty when there is none."""
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
