"""Headers as they stand → names that a template may use: ``{{ 1月产量 }}``, ``{{ 企业名称（全称） }}``.

Brackets, units and remarks beside a header don't matter. Jinja takes identifiers only, so other headers get one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from docgen.content.folding import keep_letters
from docgen.sources.intake.reading.heading import flatten, strip_remarks

_RESERVED = frozenset(
    ("and", "or", "not", "if", "else", "elif", "for", "in", "is", "true", "false", "none", "loop", "set")
)
_QUOTED = re.compile(r"(\"[^\"]*\"|'[^']*'|“[^”]*”|‘[^’]*’)")
_BARE_BOX = re.compile(r"(\|\s*box)(?!\s*\()\b")
_EXPRESSION = re.compile(r"[-.\[\"'~+*/<>=!]|\s")
_BRACKETED = re.compile(r"（[^（）]*）")
RECORD = "__"
"""What parts a name from the number of the record that it is of, where a document takes several (labels)."""


def fold(header: str) -> str:
    """A header as it is compared."""
    return strip_remarks(header).casefold()


def format_name(header: str) -> str:
    """The name of a header in a template: itself where it can be, else an identifier of its own."""
    folded = fold(header)
    if folded.isidentifier() and folded not in _RESERVED and not folded.startswith("_"):
        return folded
    return "列_" + "".join(char if char.isalnum() else f"_{ord(char):x}_" for char in folded)


def number_name(name: str, record: int) -> str:
    """The name of a value of a document's further records, counted from 0."""
    return f"{name}{RECORD}{record}" if record else name


def split_name(name: str) -> tuple[str, int]:
    """A name without its record, and the record."""
    plain, _, record = name.partition(RECORD)
    return (plain, int(record)) if record.isdigit() else (name, 0)


class Namer:
    """Finds the names that a tag means; ``shown`` has each name's header as it stands.

    ``headers`` are those of the data with the names of its sheets; without them every tag is taken at its word.
    ``match`` has the header that a tag means where its words differ from it.
    """

    def __init__(self, headers: Iterable[str] | None, match: Mapping[str, str] | None = None) -> None:
        self.knows = headers is not None
        self.shown: dict[str, str] = {}
        self._folded: dict[str, str] = {}
        variants: dict[str, str] = {}
        for header in headers or ():
            self.shown.setdefault(format_name(header), flatten(header))
            self._folded.setdefault(fold(header), flatten(header))
            variants |= dict.fromkeys(_vary(header), format_name(header))
        for tag, header in (match or {}).items():
            variants |= dict.fromkeys(_vary(tag), format_name(header))
        self._names = variants
        self._merged = {keep_letters(variant): name for variant, name in variants.items()}
        ordered = sorted(variants, key=len, reverse=True)
        spelled = "|".join(_bound(text) for text in ordered if not text.isdigit() and text not in _RESERVED)
        self._pattern = re.compile(spelled) if spelled else None

    def rewrite(self, inner: str, record: int) -> str:
        """What stands inside a tag with names in place of headers; ``record`` as in ``number_name``."""
        head, bar, rest = inner.partition("|")
        parts = _QUOTED.split(inner)
        changed = "".join(part if at % 2 else self._replace(part, record) for at, part in enumerate(parts))
        name = self.find(head.strip()) or self._find_inside(head.strip())
        if name is None and changed == inner:
            name = self._guess(head.strip())
        if name is not None:
            changed = number_name(name, record) + (f" {bar}{rest}" if bar else "")
        return _BARE_BOX.sub(r'\1("是")', changed)

    def find(self, text: str) -> str | None:
        """The name of the header that a text is; None where it is none."""
        name = format_name(text)
        return self._names.get(text) or self._names.get(name) or (name if name in self.shown else None)

    def find_merged(self, field: str) -> str | None:
        """The name of a field of Word's mail merge, with ``_`` for what it can't hold and ``M_`` before digits."""
        if not self.knows:
            return self.learn(field)
        squeezed = keep_letters(field)
        ways = (squeezed, squeezed.removeprefix("m") if field.lower().startswith("m_") else squeezed)
        return self.find(field) or next((self._merged[way] for way in ways if way in self._merged), None)

    def find_nearest(self, text: str) -> str:
        """The header most like a text; '' where none is."""
        near = get_close_matches(fold(text), self._folded, n=1, cutoff=0.4)
        return self._folded[near[0]] if near else ""

    def learn(self, text: str) -> str:
        """Take a text for a header that nobody knows; its name."""
        self.shown.setdefault(format_name(text), text)
        return format_name(text)

    def _find_inside(self, text: str) -> str | None:
        """What stands in a tag for a row's value in a list (``明细.数值（吨）``), with its name."""
        row, dot, header = text.partition(".")
        if not (dot and row.isidentifier()) or header.isascii():
            return None
        name = self.find(header) or (None if self.knows else self._guess(header))
        return f"{row}.{name}" if name is not None else None

    def _guess(self, text: str) -> str | None:
        """The name of a text that can be nothing but a header: Jinja can't read it as an expression."""
        is_expression = _EXPRESSION.search(_BRACKETED.sub("", text)) is not None
        return self.learn(text) if text and not text.isascii() and not is_expression else None

    def _replace(self, text: str, record: int) -> str:
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda match: number_name(self.find(match[0]) or match[0], record), text)


def _vary(header: str) -> Iterator[str]:
    """The ways in which a header may be written in a tag."""
    flat = flatten(header)
    yield from dict.fromkeys((flat, unicodedata.normalize("NFKC", flat), fold(header), format_name(header)))


def _bound(text: str) -> str:
    """A pattern that finds a text as a whole word only."""
    before = r"(?<!\w)" if text[0].isalnum() else ""
    return before + re.escape(text) + (r"(?!\w)" if text[-1].isalnum() else "") + "(?:（[^（）]*）)?"
