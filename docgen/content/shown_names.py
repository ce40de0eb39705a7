"""Texts and names as a message shows them: the beginning of a long text, the first few of many names."""

from __future__ import annotations

from collections.abc import Iterable

_SHOWN = 5


def format_first_few(names: Iterable[str], most: int = _SHOWN) -> str:
    """The first ``most`` of the names, and a mark where there are more."""
    listed = list(names)
    return "、".join(listed[:most]) + ("…" if len(listed) > most else "")


def shorten(text: str, longest: int = 40) -> str:
    """The beginning of a text, at most so many characters."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
