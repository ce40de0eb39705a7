"""Masking: what stands in place of a confidential value, and finding such values in any text.

Texts are compared in one normal form (NFKC, case folded, white space only between Latin words and figures), so that a
value is found however it is spaced, and masked exactly where it would be found. What a value must have to be looked for
at all is ``is_telling``.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from docgen.content.model import Run

SEPARATOR = "\0"
"""Parts one piece of text from the next: no value is found across it."""

_SPACE = "[\\s\u00ad\u200b-\u200f\u2060\ufeff]+"
_WORD_SPACE = re.compile(f"(?<=[0-9a-z]){_SPACE}(?=[0-9a-z])")
_SPACES = re.compile(_SPACE)
_KEPT = "\x01"
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_CODE = re.compile("[0-9a-z]{7,}")
_YEAR = re.compile(r"(19|20)\d\d")
_LEAST_NUMBER = 4
_LEAST_ASCII = 4
_LEAST_TEXT = 2
_LEAST_CODE = 7


class Masked(str):
    """The mark that stands for a confidential value, whatever that was: a template may print it, ask it, count it.

    Anything asked of it, and anything computed with it, is the mark again; it is neither more nor less than a number.
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


@dataclass(frozen=True, slots=True)
class Secret:
    """A confidential value as text: where the record holds it, and what is put in its place.

    ``is_number`` tells a figure: it is found with any zeros behind its decimals and with thousands separators.
    """

    text: str
    place: tuple[str | int, ...]
    replacement: str
    is_number: bool = False

    @property
    def is_layout_like(self) -> bool:
        """Whether it looks like the sizes and numbers that layout is full of."""
        return self.is_number or (self.text.isascii() and len(self.text) < _LEAST_CODE)


def normalize(text: str) -> str:
    """The form in which texts are compared."""
    return _SPACES.sub("", _WORD_SPACE.sub(_KEPT, _fold(text))).replace(_KEPT, " ")


def _fold(text: str) -> str:
    return _DASHES.sub("-", unicodedata.normalize("NFKC", text)).casefold()


def is_telling(secret: Secret) -> bool:
    """Whether a value says enough to be looked for in texts.

    At least two Chinese characters; or four characters of letters and digits; or a figure of four digits, zeros behind
    the decimals aside. A year never does.
    """
    text = normalize(secret.text)
    if secret.is_number:
        return len(_trim_number(text).replace(".", "").strip("-").lstrip("0")) >= _LEAST_NUMBER
    if text.isascii():
        return len(text) >= _LEAST_ASCII and _YEAR.fullmatch(text) is None
    return len(text) >= _LEAST_TEXT


class Masker:
    """Finds confidential values in texts, and masks them.

    ``public`` is everything that is printed anyway, whatever a record holds (the words of forms and templates): a word
    that stands in it tells nothing, and is not looked for; no more are ``opened`` texts. ``skipped`` are those values.
    """

    def __init__(self, secrets: Iterable[Secret], public: str = "", opened: Iterable[str] = ()) -> None:
        printed = normalize(public)
        allowed = {normalize(text) for text in opened}
        self._known: dict[str, Secret] = {}
        skipped: list[Secret] = []
        for secret in secrets:
            text = normalize(secret.text)
            if text in allowed:
                continue
            if not is_telling(secret) or (not text.isascii() and text in printed):
                skipped.append(secret)
            else:
                self._known.setdefault(_canonize(text, secret.is_number), secret)
        self.skipped = tuple(skipped)

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        """One expression for all values, grouped by their first character."""
        groups: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for secret in self._known.values():
            text = normalize(secret.text)
            groups[text[0]].append((-len(text), _spell_pattern(text, secret.is_number)))
        found = []
        for first in sorted(groups):
            before = "(?<![0-9a-z])(?<![0-9][.])" if re.match("[0-9a-z]", first) else ""
            rests = "|".join(rest for _, rest in sorted(groups[first]))
            found.append(f"{before}{re.escape(first)}(?:{rests})")
        return re.compile("|".join(found)) if found else None

    def find(self, text: str) -> Iterator[Secret]:
        """The values that stand in a text, each as often as it does."""
        if self._pattern is None:
            return
        for match in self._pattern.finditer(normalize(text)):
            yield self._look_up(match[0])

    def mask(self, text: str) -> str:
        """The text with each confidential value replaced."""
        return "".join(part for part, _ in self._split(text))

    def mask_runs(self, runs: tuple[Run, ...]) -> tuple[Run, ...]:
        """The runs of one line; a value that goes over several is replaced in the first."""
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

    def _look_up(self, found: str) -> Secret:
        return self._known.get(_canonize(found, False)) or self._known[_canonize(found, True)]

    def _split(self, text: str) -> Iterator[tuple[str, tuple[int, int]]]:
        """The text in pieces, as they are or replaced, each with the stretch of the text that it stands for."""
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


def _map_normal(text: str) -> tuple[str, list[int]]:
    """The normal form, and for each of its characters the place in the text that it came from."""
    pieces: list[str] = []
    places: list[int] = []
    for at, char in enumerate(text):
        piece = _fold(char)
        pieces.append(piece)
        places += [at] * len(piece)
    folded = "".join(pieces)
    kept = {match.start() for match in _WORD_SPACE.finditer(folded)}
    normal: list[str] = []
    found: list[int] = []
    for at, char in enumerate(folded):
        if at in kept or not _SPACES.fullmatch(char):
            normal.append(" " if at in kept else char)
            found.append(places[at])
    return "".join(normal), found


def _trim_number(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _canonize(text: str, is_number: bool) -> str:
    if is_number:
        return f"#{_trim_number(text.replace(',', ''))}"
    code = text.replace("-", "").replace(" ", "")
    return code if _CODE.fullmatch(code) else text


def _spell_pattern(text: str, is_number: bool) -> str:
    """What follows the first character of a value."""
    if is_number:
        whole, _, decimals = _trim_number(text).partition(".")
        rest = "".join(
            f"{',?' if (len(whole) - at) % 3 == 0 else ''}{re.escape(digit)}" for at, digit in enumerate(whole) if at
        )
        tail = rf"\.{decimals}0*" if decimals else r"(?:\.0+)?"
        return rf"{rest}{tail}(?![0-9a-z])(?!\.[0-9])"
    code = text.replace("-", "").replace(" ", "")
    if _CODE.fullmatch(code):
        return "[ -]?" + "[ -]?".join(code[1:]) + r"(?![0-9a-z])"
    rest = re.escape(text[1:])
    return rest + (r"(?![0-9a-z])" if re.search(r"[0-9a-z]\Z", text) else "")


def spell_figure(value: Decimal | int) -> str:
    """A figure as digits, never in exponent form."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
