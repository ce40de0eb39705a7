"""Names as a message lists them: the first few of many."""

from __future__ import annotations

from collections.abc import Iterable

_SHOWN = 5


def show_some(names: Iterable[str], most: int = _SHOWN) -> str:
    """The first ``most`` of the names, and a mark where there are more."""
    listed = list(names)
    return "、".join(listed[:most]) + ("…" if len(listed) > most else "")
