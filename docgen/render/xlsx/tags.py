"""Tags in the text of a cell or a note."""

from __future__ import annotations

import re

_EXACT = re.compile(r"\{\{-?\s*((?:(?!\{\{|\}\}|\{%|%\}).)+?)\s*-?\}\}", re.S)
_TAGGY = re.compile(r"\{\{|\{%|\{#")


def is_taggy(text: str) -> bool:
    """Whether a text holds a tag."""
    return _TAGGY.search(text) is not None


def read_expression(text: str) -> str | None:
    """The expression of a text that is exactly ``{{ expr }}``, or None."""
    match = _EXACT.fullmatch(text.strip())
    return match[1] if match else None
