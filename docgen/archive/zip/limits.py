"""The limits of reading a received zip, and the count of the work done so far."""

from __future__ import annotations

from dataclasses import dataclass

from docgen.archive.zip.names import MAX_DEPTH

MIB = 1 << 20
_BYTES_OF_A_PART = 500
"""A document may have one part for each so many bytes."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of reading a received package; ``docgen.toml`` may change them under ``[verify]``.

    ``entries``: members of a zip. ``depth``: folders in a name. ``ratio``: stated size of a deflated member, beyond its
    first MiB, as a multiple of its packed size. ``inflated``: total of inflated data in MiB, in the zip and in the
    documents within, plus ``total_ratio`` times the zip's size. ``elements``: XML elements of all documents, plus one
    for each byte of the zip. ``document``, ``text``: size in MiB of the largest file that is opened, and of the largest
    manifest or index. ``seconds``: time for one of many packages, plus one second for each of its MiB.
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
    """Error: reading would exceed a limit; ``key`` is the name of the limit."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class ReadingCost:
    """Counts the work of reading one package of ``size`` bytes: members, inflated bytes, XML elements.

    The members and bytes of the documents within count, too.
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
        """Count the members of an opened zip; OverLimitError if there are too many."""
        self.entries += entries
        if self.entries > self.most_entries:
            raise OverLimitError("entries")

    def inflate(self, size: int) -> None:
        """Count inflated bytes; OverLimitError if there are too many."""
        self.inflated += size
        if self.inflated > self.most_inflated:
            raise OverLimitError("inflated")

    def look_at(self, elements: int) -> None:
        """Count parsed elements; OverLimitError if there are too many."""
        self.elements += elements
        if self.elements > self.most_elements:
            raise OverLimitError("elements")
