"""The limits of reading a received zip, and the count of the work it has cost so far."""

from __future__ import annotations

from dataclasses import dataclass

from docgen.archive.zip.names import MAX_DEPTH

MIB = 1 << 20
_BYTES_OF_A_PART = 500
"""A document has a part for so many bytes at most."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is read of a received package at most; ``docgen.toml`` sets other figures under ``[verify]``.

    ``entries`` are the members of a zip, ``depth`` the folders that a name may hold, ``ratio`` how many times its own
    packed size a deflated member may state beyond its first MiB. ``inflated`` is in MiB, of everything that is inflated
    together, in the zip and in the documents within; a zip may ask for ``total_ratio`` times its own size more.
    ``elements`` are the XML elements of all documents; a zip may hold one more for each of its bytes. ``document`` and
    ``text`` are in MiB: the largest file that is opened, and the largest manifest or index. Where many packages are
    verified, one may take so many ``seconds``, and one more for each of its MiB.
    """

    entries: int = 100_000
    depth: int = MAX_DEPTH
    ratio: int = 200
    total_ratio: int = 20
    inflated: int = 512
    elements: int = 12_000_000
    document: int = 128
    text: int = 64
    seconds: int = 120


DEFAULT_LIMITS = Limits()


class OverLimitError(ValueError):
    """What is read would go beyond a limit: ``key`` is the name of the limit."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class Work:
    """What reading one package, ``size`` bytes large, has cost so far: members, bytes inflated, XML elements.

    The members and the bytes of the documents within count, too.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS, size: int = 0) -> None:
        self.limits = limits
        self.entries = 0
        self.inflated = 0
        self.elements = 0
        self.searched = 0
        """Of the elements those that were looked at one by one, for what they instruct."""
        self.most_entries = limits.entries + size // _BYTES_OF_A_PART
        self.most_inflated = limits.inflated * MIB + limits.total_ratio * size
        self.most_elements = limits.elements + size

    def list_entries(self, entries: int) -> None:
        """Count the members of a zip that was opened; OverLimitError when they are too many."""
        self.entries += entries
        if self.entries > self.most_entries:
            raise OverLimitError("entries")

    def inflate(self, size: int) -> None:
        """Count bytes that were inflated; OverLimitError when they are too many."""
        self.inflated += size
        if self.inflated > self.most_inflated:
            raise OverLimitError("inflated")

    def look_at(self, elements: int) -> None:
        """Count elements that were parsed; OverLimitError when they are too many."""
        self.elements += elements
        if self.elements > self.most_elements:
            raise OverLimitError("elements")
