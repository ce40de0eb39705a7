"""How far the writing of a package, or of what is made from one, has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PackingProgress:
    """How far a package is: files and bytes of the payload that are written, and all of them."""

    package: str
    files: int
    all_files: int
    bytes: int
    all_bytes: int


WatchPacking = Callable[[PackingProgress], None]
"""Told of every piece that is written; it shouldn't take long."""
