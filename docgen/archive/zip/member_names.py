"""The names of a received zip's members as text: many Chinese tools write GBK and don't say so."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from docgen.archive.zip.directory import FLAG_UTF8, RawEntry
from docgen.archive.zip.extra_fields import NAME_ENCODINGS, says_name


@dataclass(frozen=True, slots=True)
class DecodedNames:
    """A name for each member, in order; ``undecodable`` are the places of those whose bytes are no text.

    ``guessed`` is the encoding that was guessed for all the names that don't state theirs, None when none had to be.
    """

    names: tuple[str, ...]
    undecodable: frozenset[int]
    guessed: str | None


def decode_names(entries: Sequence[RawEntry], listed: Collection[str]) -> DecodedNames:
    """Read the names: the UTF-8 flag, then the Unicode extra field, then one guess for all the rest together.

    The guess is the encoding under which most names, without their top folder, stand in ``listed`` (the manifest).
    """
    names: list[str | None] = [_stated_name(entry) for entry in entries]
    silent = [index for index, entry in enumerate(entries) if names[index] is None and not entry.flags & FLAG_UTF8]
    guessed = _guess_encoding([entries[index].raw_name for index in silent], listed) if silent else None
    for index in silent:
        names[index] = entries[index].raw_name.decode(guessed or "utf-8")
    failed = frozenset(index for index, name in enumerate(names) if name is None)
    shown = (
        entry.raw_name.decode("utf-8", "backslashreplace") if name is None else name
        for name, entry in zip(names, entries, strict=True)
    )
    return DecodedNames(tuple(shown), failed, guessed)


def _stated_name(entry: RawEntry) -> str | None:
    try:
        if entry.flags & FLAG_UTF8 or entry.raw_name.isascii():
            return entry.raw_name.decode("utf-8")
        extra = entry.unicode_extra
        if extra is not None and says_name(extra, entry.raw_name, is_utf8=False):
            return extra[5:].decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None


def _guess_encoding(raw: Sequence[bytes], listed: Collection[str]) -> str:
    best, best_score = "cp437", -1
    for encoding in NAME_ENCODINGS:
        try:
            names = [name.decode(encoding) for name in raw]
        except UnicodeDecodeError:
            continue
        score = sum(name.partition("/")[2] in listed for name in names)
        if score > best_score:
            best, best_score = encoding, score
    return best
