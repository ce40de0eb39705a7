"""The text of a template rewritten: tags with headers in them, and other people's marks, become tags with names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

from docgen.batch.fill.names import Namer, number_name
from docgen.diagnostics import Diagnostic, Location, Term, error
from docgen.ooxml.names import name_tag
from docgen.ooxml.package import Package
from docgen.render.values.sandbox import TAG

if TYPE_CHECKING:
    from lxml.etree import _Element

_MARK = re.compile(r"[$＄]\{\s*([^{}]{1,60}?)\s*\}|«\s*([^«»]{1,60}?)\s*»|【\s*([^【】]{1,60}?)\s*】")
_PIECE = re.compile(f"{TAG.pattern}|{_MARK.pattern}", re.DOTALL)
_FOREIGN = re.compile(r"\{\{\s*([@#*+?/])\s*([^{}]*?)\s*\}\}")
_HEAD = re.compile(r"(\{[{%]-?(?:(?:tr|tc|p|r)(?=\s))?)(.*?)(-?[}%]\})", re.DOTALL)
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


@dataclass(slots=True)
class Rewriting:
    """Rewrites a template's texts; ``record`` is the number of the row that comes next, ``next_mark`` goes on to it."""

    file: str
    namer: Namer
    next_mark: str = ""
    record: int = 0
    records: int = 1
    faults: list[Diagnostic] = field(default_factory=list)

    def rewrite_tag(self, inner: str, place: Location) -> str:
        """What stands inside a tag, with names."""
        del place
        return f" {self.namer.rewrite(inner.strip(), self.record)} "

    def take_texts(self, texts: Sequence[_Element], place: Location) -> None:
        """Rewrite what the texts say together; a mark that is spread over several comes to stand in its first."""
        typed = [text.text or "" for text in texts]
        joined, ends = "".join(typed), list(accumulate(map(len, typed)))
        pieces = list(typed)
        changes = [(found.span(), self._rewrite(found, place)) for found in _PIECE.finditer(joined)]
        for (begin, end), instead in reversed(changes):
            if instead == joined[begin:end]:
                continue
            for at, length in reversed(list(enumerate(map(len, typed)))):
                start = ends[at] - length
                low, high = max(begin, start) - start, min(end, ends[at]) - start
                if low < high:
                    mine = instead if start <= begin else ""
                    pieces[at] = pieces[at][:low] + mine + pieces[at][high:]
        for text, before, after in zip(texts, typed, pieces, strict=True):
            if before != after:
                text.text = after
                text.set(_SPACE, "preserve")

    def _rewrite(self, found: re.Match[str], place: Location) -> str:
        typed = found[0]
        if typed == self.next_mark:
            self.record += 1
            self.records = max(self.records, self.record + 1)
            return ""
        marked = found[1] or found[2] or found[3]
        if marked:
            name = self.namer.find(marked) or (self.namer.find_merged(marked) if self.namer.knows else None)
            if name is None and typed.startswith("【") and self.namer.knows:
                return typed  # brackets are text, unless what stands in them is a header
            return f"{{{{ {number_name(name or self.namer.learn(marked), self.record)} }}}}"
        foreign = _FOREIGN.fullmatch(typed)
        if foreign is not None:
            self.faults.append(
                error("T498", place, text=typed, instead=Term(f"fill.instead.{ord(foreign[1])}", {"name": foreign[2]}))
            )
            return ""
        head = _HEAD.fullmatch(typed)
        return typed if head is None else head[1] + self.rewrite_tag(head[2], place) + head[3]


def rewrite_workbook(data: bytes, file: str, namer: Namer) -> tuple[bytes, Rewriting]:
    """An Excel template with tags alone; PackageError where it can't be opened."""
    package, rewriting = Package(data), Rewriting(file, namer)
    workbook = package.find_related("", "officeDocument") or ""
    related = (*package.list_relations(workbook, "sharedStrings"), *package.list_relations(workbook, "worksheet"))
    for part in dict.fromkeys(item.target for item in related if item.target in package):
        for item in package.parse(part).iter(name_tag("si"), name_tag("is")):
            rewriting.take_texts([text for text in item.iter(name_tag("t"))], Location("xlsx", file=file))
    return package.save(), rewriting
