"""Masks confidential values: finds them in any text and replaces them with a mark.

Texts are compared in one normal form (NFKC, case folded, white space only between Latin words and figures), so that
spacing doesn't hide a value. A value is masked in texts only if it ``is_telling``. Finding it in a finished package is
a leak, unless the value ``is_common`` or a form prints it anyway.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from docgen.content.blocks import Run
from docgen.record.secret import (
    SPACES,
    WORD_SPACE,
    Secret,
    canonize,
    fold,
    format_rest_pattern,
    is_common,
    is_telling,
    normalize,
)

SEPARATOR = "\0"
"""Separates pieces of text: a value isn't found across it."""

_EDGES = "\n\r\0□☑■"
"""Characters that end a label: the end of its line or cell, and the boxes of options."""
_BREAK = re.compile(r"\n|\0|\{%.*?%\}|\{\{.*?\}\}|\{[^{}]*\}")


class Masked(str):
    """The mark in place of a confidential value of any type, so that templates can print it and compute with it.

    Arithmetic with the mark gives the mark; comparing it with a number is always false.
    """

    __slots__ = ()

    def _stay(self, *_: object) -> Masked:
        return self

    __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = _stay
    __neg__ = __pos__ = __abs__ = _stay

    def __add__(self, other: object) -> str:
        return str.__add__(self, other) if isinstance(other, str) and not isinstance(other, Masked) else self

    def __radd__(self, other: object) -> str:
        return other + str(self) if isinstance(other, str) else self

    def __lt__(self, other: object) -> bool:
        return isinstance(other, str) and str.__lt__(self, other)

    def __le__(self, other: object) -> bool:
        return isinstance(other, str) and str.__le__(self, other)

    def __gt__(self, other: object) -> bool:
        return isinstance(other, str) and str.__gt__(self, other)

    def __ge__(self, other: object) -> bool:
        return isinstance(other, str) and str.__ge__(self, other)


class Masker:
    """Finds confidential values in texts, and masks them.

    ``public`` holds the lines that forms and templates print with any record. A value in it reveals nothing, so it is
    neither masked nor searched for; neither are ``opened`` texts. A person's name in ``public``, and a word in
    ``layout`` (names of fonts and styles), is masked all the same, and searched for outside of those lines. If such a
    line consists of the name alone, only a whole line or cell of a text counts as the printed one. ``skipped`` are the
    values that aren't searched for at all, or not in such lines.
    """

    def __init__(
        self, secrets: Iterable[Secret], public: str = "", opened: Iterable[str] = (), layout: str = ""
    ) -> None:
        printed, drawn = normalize(public), normalize(layout)
        allowed = {normalize(text) for text in opened}
        self._secrets: dict[str, Secret] = {}
        self._lines: dict[str, tuple[str, ...]] = {}
        skipped: list[Secret] = []
        for secret in secrets:
            text = normalize(secret.text)
            if text in allowed:
                continue
            is_printed = not text.isascii() and text in printed
            if not is_telling(secret) or (is_printed and secret.kind != "name"):
                skipped.append(secret)
                continue
            # Listed words and names come before fields with the same value.
            secret_of_text = self._secrets.setdefault(canonize(text, secret.is_number), secret)
            if is_common(secret_of_text):
                skipped.append(secret)
            elif not text.isascii() and (is_printed or text in drawn) and text not in self._lines:
                self._lines[text] = _list_lines(f"{public}\n{layout}", text)
                if text in self._lines[text]:
                    skipped.append(secret)
        self.skipped = tuple(skipped)

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        """One expression for all values, grouped by their first character."""
        groups: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for secret in self._secrets.values():
            text = normalize(secret.text)
            groups[text[0]].append((-len(text), format_rest_pattern(text, secret.is_number)))
        alternatives = []
        for first in sorted(groups):
            before = "(?<![0-9a-z])(?<![0-9][.])" if re.match("[0-9a-z]", first) else ""
            rests = "|".join(rest for _, rest in sorted(groups[first]))
            alternatives.append(f"{before}{re.escape(first)}(?:{rests})")
        return re.compile("|".join(alternatives)) if alternatives else None

    def find(self, text: str) -> Iterator[Secret]:
        """The confidential values in a text, one for each occurrence that proves a leak."""
        if self._pattern is None:
            return
        normal = normalize(text)
        for match in self._pattern.finditer(normal):
            secret = self._look_up(match[0])
            if not is_common(secret) and not self._is_printed(text, normal, match):
                yield secret

    def _is_printed(self, text: str, normal: str, match: re.Match[str]) -> bool:
        """Whether a name found in a text is part of a line that forms print anyway."""
        for line in self._lines.get(match[0], ()):
            if line == match[0]:
                if _stands_alone(text, normal, match):
                    return True
                continue
            at = line.find(match[0])
            while at >= 0:
                if normal.startswith(line, match.start() - at) and match.start() >= at:
                    return True
                at = line.find(match[0], at + 1)
        return False

    def mask(self, text: str) -> str:
        """The text with each confidential value replaced."""
        return "".join(part for part, _ in self._split(text))

    def mask_runs(self, runs: tuple[Run, ...]) -> tuple[Run, ...]:
        """The runs of one line with values replaced; a value that spans several runs is replaced in the first."""
        whole = "".join(run.text for run in runs)
        parts = list(self._split(whole))
        if len(parts) <= 1 and "".join(part for part, _ in parts) == whole:
            return runs
        texts = [""] * len(runs)
        starts: list[int] = []
        at = 0
        for run in runs:
            starts.append(at)
            at += len(run.text)
        for part, (start, end) in parts:
            if part == whole[start:end]:
                for number, run in enumerate(runs):
                    low, high = max(start, starts[number]), min(end, starts[number] + len(run.text))
                    texts[number] += whole[low:high] if low < high else ""
            else:
                owner = max(number for number, begin in enumerate(starts) if begin <= start)
                texts[owner] += part
        return tuple(
            Run(text, run.bold, run.italic, run.east_asian) for run, text in zip(runs, texts, strict=True) if text
        )

    def _look_up(self, text: str) -> Secret:
        return self._secrets.get(canonize(text, False)) or self._secrets[canonize(text, True)]

    def _split(self, text: str) -> Iterator[tuple[str, tuple[int, int]]]:
        """The text in pieces, unchanged or replaced, each with the range of the text that it covers."""
        if self._pattern is None or self._pattern.search(normalize(text)) is None:
            if text:
                yield text, (0, len(text))
            return
        normal, places = _map_normal(text)
        done = 0
        for match in self._pattern.finditer(normal):
            start, end = places[match.start()], places[match.end() - 1] + 1
            if start < done:
                continue
            if start > done:
                yield text[done:start], (done, start)
            yield self._look_up(match[0]).replacement, (start, end)
            done = end
        if done < len(text):
            yield text[done:], (done, len(text))


def _list_lines(public: str, name: str) -> tuple[str, ...]:
    """The lines that hold a name, without the blanks to fill in."""
    lines = (normalize(line) for line in _BREAK.split(public))
    return tuple(dict.fromkeys(line for line in lines if name in line))


def _stands_alone(text: str, normal: str, match: re.Match[str]) -> bool:
    """Whether a match in the normal form of a text is a whole line or cell, or the label of a box."""
    mapped, places = _map_normal(text)
    if mapped != normal:
        return False
    start, end = places[match.start()] - 1, places[match.end() - 1] + 1
    while start >= 0 and text[start] not in _EDGES and SPACES.fullmatch(text[start]):
        start -= 1
    while end < len(text) and text[end] not in _EDGES and SPACES.fullmatch(text[end]):
        end += 1
    return (start < 0 or text[start] in _EDGES) and (end == len(text) or text[end] in _EDGES)


def _map_normal(text: str) -> tuple[str, list[int]]:
    """The normal form, and for each of its characters the index in the text that it comes from."""
    pieces: list[str] = []
    places: list[int] = []
    for at, char in enumerate(text):
        piece = fold(char)
        pieces.append(piece)
        places += [at] * len(piece)
    folded = "".join(pieces)
    word_spaces = {match.start() for match in WORD_SPACE.finditer(folded)}
    normal: list[str] = []
    normal_places: list[int] = []
    for at, char in enumerate(folded):
        if at in word_spaces or not SPACES.fullmatch(char):
            normal.append(" " if at in word_spaces else char)
            normal_places.append(places[at])
    return "".join(normal), normal_places
