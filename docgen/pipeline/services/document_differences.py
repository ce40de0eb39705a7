"""What differs between a document in a package and the same one made again: texts by their place, pictures."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from docgen.archive.verify.texts import PlacedText, measure_texts, read_placed
from docgen.archive.zip.names import show_name
from docgen.diagnostics import Term
from docgen.ooxml.package import read_relations
from docgen.ooxml.xml import PackageError

_MOST_TEXTS, _MOST_ALIGNED = 20, 2000
_SHOWN, _BEFORE = 60, 12
_ROOM = 1 << 20
_MEDIA = "word/media/"
_RELATIONS = "word/_rels/document.xml.rels"
_SAMPLE, _LIKE = 32, 8.0
"""Pictures are alike when, at so many pixels a side, their grey values differ by less than this on average."""


@dataclass(frozen=True, slots=True)
class TextChange:
    """A text that stands otherwise in the package (``found``) than the record gives it; "—" where there is none."""

    place: Term
    found: str
    expected: str


@dataclass(frozen=True, slots=True)
class Differing:
    """How two documents differ: ``pictures`` by their number from 1, ``parts`` by their names in the file.

    ``more`` counts further texts that differ. ``is_left``: nothing does but pictures that show the same and were
    encoded by another library.
    """

    texts: tuple[TextChange, ...] = ()
    more: int = 0
    pictures: tuple[int, ...] = ()
    parts: tuple[str, ...] = ()
    is_left: bool = False

    @property
    def is_equal(self) -> bool:
        """Whether all parts are the same."""
        return not self.parts


def compare_documents(data: bytes, expected: bytes, name: str) -> Differing:
    """Compare a received Word or Excel file with the one that was made again."""
    try:
        found, wanted = _read_parts(data, _sum_parts(expected)), _read_parts(expected, None)
    except (zipfile.BadZipFile, PackageError, ValueError, RuntimeError, NotImplementedError):
        return Differing(parts=(name.rpartition("/")[2],))
    parts = tuple(part for part in dict.fromkeys([*wanted, *found]) if found.get(part) != wanted.get(part))
    if not parts:
        return Differing()
    texts = list(_compare_texts(data, expected, name))
    pictures = tuple(_compare_pictures(found, wanted))
    unlike = tuple(number for number, is_alike in pictures if not is_alike)
    is_left = not texts and bool(pictures) and not unlike and all(_is_of_pictures(part) for part in parts)
    shown = texts[:_MOST_TEXTS]
    return Differing(tuple(shown), len(texts) - len(shown), unlike, parts, is_left)


def _sum_parts(data: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return sum(entry.file_size for entry in archive.infolist())


def _read_parts(data: bytes, expected: int | None) -> dict[str, bytes]:
    """The parts of a file; one that somebody saved anew may be larger than ours, not without measure."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if expected is not None and sum(entry.file_size for entry in entries) > 8 * expected + 64 * _ROOM:
            raise PackageError("large")
        return {entry.filename: archive.read(entry) for entry in entries if not entry.is_dir()}


def _compare_texts(data: bytes, expected: bytes, name: str) -> Iterator[TextChange]:
    most = 8 * measure_texts(expected) + 16 * _ROOM
    try:
        found, wanted = read_placed(data, name, most), read_placed(expected, name, most)
    except PackageError:
        return
    start = 0
    while start < min(len(found), len(wanted)) and found[start].text == wanted[start].text:
        start += 1
    end = 0
    while end < min(len(found), len(wanted)) - start and found[-1 - end].text == wanted[-1 - end].text:
        end += 1
    yield from _align(found[start : len(found) - end], wanted[start : len(wanted) - end])


def _align(found: Sequence[PlacedText], wanted: Sequence[PlacedText]) -> Iterator[TextChange]:
    if not found and not wanted:
        return
    if max(len(found), len(wanted)) > _MOST_ALIGNED:  # too much to align: what stands at the same place is compared
        yield from (_pair(*pair) for pair in zip_longest(found, wanted) if pair[0] != pair[1])
        return
    old, new = ([item.text for item in side] for side in (wanted, found))
    for operation, start, stop, new_start, new_stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if operation == "equal":
            continue
        yield from (_pair(*pair) for pair in zip_longest(found[new_start:new_stop], wanted[start:stop]))


def _pair(theirs: PlacedText | None, ours: PlacedText | None) -> TextChange:
    named = ours or theirs
    assert named is not None
    return TextChange(named.place, *_show_pair(theirs.text if theirs else "", ours.text if ours else ""))


def _show_pair(found: str, expected: str) -> tuple[str, str]:
    """Both texts from a little before where they begin to differ."""
    same = next((place for place, pair in enumerate(zip(found, expected, strict=False)) if pair[0] != pair[1]), 0)
    if same == 0 and found and expected and found[0] == expected[0]:
        same = min(len(found), len(expected))  # one goes on where the other ends
    start = max(0, same - _BEFORE)
    return _show(found, start), _show(expected, start)


def _show(text: str, start: int) -> str:
    piece = show_name(text[start : start + _SHOWN])
    return f"{'…' if start else ''}{piece}{'…' if len(text) > start + _SHOWN else ''}" if text else "—"


def _is_of_pictures(part: str) -> bool:
    return part.startswith(_MEDIA) or part == _RELATIONS


def _compare_pictures(found: Mapping[str, bytes], wanted: Mapping[str, bytes]) -> Iterator[tuple[int, bool]]:
    """The pictures whose bytes differ, by their number, and whether they show the same all the same."""
    sides = [_list_pictures(side) for side in (found, wanted)]
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
    """Whether two pictures are of one size and look the same; nothing larger than our own is decoded."""
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
