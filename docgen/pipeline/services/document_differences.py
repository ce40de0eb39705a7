"""Compare a document of a package with the same document made again: its texts by place, its pictures, its parts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from docgen.archive.verify.texts import PlacedText, format_excerpt, measure_texts, read_placed
from docgen.diagnostics import Term
from docgen.ooxml.package import read_relations
from docgen.ooxml.xml import PackageError

_MOST_TEXTS, _MOST_ALIGNED = 20, 2000
_BEFORE = 12
_ROOM = 1 << 20
_MEDIA = "word/media/"
_RELATIONS = "word/_rels/document.xml.rels"
_SAMPLE, _LIKE = 32, 8.0
"""Pictures are alike when, at so many pixels a side, their grey values differ by less than this on average."""


@dataclass(frozen=True, slots=True)
class TextChange:
    """A text that differs: ``received`` in the package, ``expected`` from the record; "—" where there is none."""

    place: Term
    received: str
    expected: str


@dataclass(frozen=True, slots=True)
class DocumentDifferences:
    """How two documents differ: ``pictures`` by their number from 1, ``parts`` by their names in the file.

    ``more`` counts further texts that differ. ``is_undecided``: only pictures differ, and they look the same, so
    another library may have encoded them.
    """

    texts: tuple[TextChange, ...] = ()
    more: int = 0
    pictures: tuple[int, ...] = ()
    parts: tuple[str, ...] = ()
    is_undecided: bool = False

    @property
    def is_equal(self) -> bool:
        """Whether all parts are the same."""
        return not self.parts


def compare_documents(data: bytes, expected: bytes, name: str) -> DocumentDifferences:
    """Compare a received Word or Excel file with the one that was made again."""
    try:
        received, rebuilt = _read_parts(data, _measure_parts(expected)), _read_parts(expected, None)
    except (zipfile.BadZipFile, PackageError, ValueError, RuntimeError, NotImplementedError):
        return DocumentDifferences(parts=(name.rpartition("/")[2],))
    parts = tuple(part for part in dict.fromkeys([*rebuilt, *received]) if received.get(part) != rebuilt.get(part))
    if not parts:
        return DocumentDifferences()
    texts = list(_compare_texts(data, expected, name))
    pictures = tuple(_compare_pictures(received, rebuilt))
    unlike = tuple(number for number, is_alike in pictures if not is_alike)
    is_undecided = not texts and bool(pictures) and not unlike and all(_is_of_pictures(part) for part in parts)
    shown = texts[:_MOST_TEXTS]
    return DocumentDifferences(tuple(shown), len(texts) - len(shown), unlike, parts, is_undecided)


def _measure_parts(data: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return sum(entry.file_size for entry in archive.infolist())


def _read_parts(data: bytes, expected: int | None) -> dict[str, bytes]:
    """Read the parts of a file; one that somebody saved anew may be larger than ours, up to a limit."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if expected is not None and sum(entry.file_size for entry in entries) > 8 * expected + 64 * _ROOM:
            raise PackageError("large")
        return {entry.filename: archive.read(entry) for entry in entries if not entry.is_dir()}


def _compare_texts(data: bytes, expected: bytes, name: str) -> Iterator[TextChange]:
    most = 8 * measure_texts(expected) + 16 * _ROOM
    try:
        received, rebuilt = read_placed(data, name, most), read_placed(expected, name, most)
    except PackageError:
        return
    start = 0
    while start < min(len(received), len(rebuilt)) and received[start].text == rebuilt[start].text:
        start += 1
    end = 0
    while end < min(len(received), len(rebuilt)) - start and received[-1 - end].text == rebuilt[-1 - end].text:
        end += 1
    yield from _align(received[start : len(received) - end], rebuilt[start : len(rebuilt) - end])


def _align(received: Sequence[PlacedText], rebuilt: Sequence[PlacedText]) -> Iterator[TextChange]:
    if not received and not rebuilt:
        return
    if max(len(received), len(rebuilt)) > _MOST_ALIGNED:  # too much to align: compare by position
        yield from (_pair(*pair) for pair in zip_longest(received, rebuilt) if pair[0] != pair[1])
        return
    old, new = ([item.text for item in side] for side in (rebuilt, received))
    for operation, start, stop, new_start, new_stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if operation == "equal":
            continue
        yield from (_pair(*pair) for pair in zip_longest(received[new_start:new_stop], rebuilt[start:stop]))


def _pair(theirs: PlacedText | None, ours: PlacedText | None) -> TextChange:
    named = ours or theirs
    assert named is not None
    return TextChange(named.place, *_format_difference(theirs.text if theirs else "", ours.text if ours else ""))


def _format_difference(received: str, expected: str) -> tuple[str, str]:
    """Both texts, cut to begin a little before they differ."""
    same = next((place for place, pair in enumerate(zip(received, expected, strict=False)) if pair[0] != pair[1]), 0)
    if same == 0 and received and expected and received[0] == expected[0]:
        same = min(len(received), len(expected))  # one goes on where the other ends
    start = max(0, same - _BEFORE)
    return format_excerpt(received, start), format_excerpt(expected, start)


def _is_of_pictures(part: str) -> bool:
    return part.startswith(_MEDIA) or part == _RELATIONS


def _compare_pictures(received: Mapping[str, bytes], rebuilt: Mapping[str, bytes]) -> Iterator[tuple[int, bool]]:
    """The pictures whose bytes differ, by their number, and whether they look the same."""
    sides = [_list_pictures(side) for side in (received, rebuilt)]
    for number in range(max(map(len, sides))):
        one, other = (side[number] if number < len(side) else b"" for side in sides)
        if one != other:
            yield number + 1, _are_alike(one, other)


def _list_pictures(parts: Mapping[str, bytes]) -> list[bytes]:
    """The pictures of a Word file, in the order of its relationships."""
    try:
        relations = read_relations(parts.get(_RELATIONS), "word/document.xml")
    except PackageError:
        return []
    targets = (relation.target.lstrip("/") for relation in relations if not relation.is_external)
    return [parts.get(target, b"") for target in targets if target.startswith(_MEDIA)]


def _are_alike(one: bytes, other: bytes) -> bool:
    """Whether two pictures have the same size and look the same; none larger than our own is decoded."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(one)) as first, Image.open(io.BytesIO(other)) as second:
            if first.size != second.size:
                return False
            samples = [picture.convert("L").resize((_SAMPLE, _SAMPLE)).tobytes() for picture in (first, second)]
    except (OSError, ValueError, Image.DecompressionBombError):
        return False
    differences = [abs(a - b) for a, b in zip(samples[0], samples[1], strict=True)]
    return sum(differences) < _LIKE * len(differences)
