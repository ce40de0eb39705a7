"""The text of a template rewritten: tags with headers in them, and other people's marks, become tags with names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.batch.fill.names import Namer, number_name, split_name
from docgen.diagnostics import Diagnostic, Location, Term, error
from docgen.ooxml.names import name_tag
from docgen.ooxml.package import OfficePackage
from docgen.render.docx.tree.joining import SPACE
from docgen.render.values.typed import TAG

if TYPE_CHECKING:
    from lxml.etree import _Element

DAY = "\0day"
_MARK = re.compile(r"[$＄]\{\s*([^{}]{1,60}?)\s*\}|«\s*([^«»]{1,60}?)\s*»|【\s*([^【】]{1,60}?)\s*】")
_PIECE = re.compile(f"{TAG.pattern}|{_MARK.pattern}", re.DOTALL)
_FOREIGN = re.compile(r"\{\{\s*([@#*+?/])\s*([^{}]*?)\s*\}\}")
_HEAD = re.compile(r"(\{[{%]-?(?:(?:tr|tc|p|r)(?=\s))?)(.*?)(-?[}%]\})", re.DOTALL)
_ASKED = re.compile(r"(\w+)\s*\|\s*(?:box\(\s*[\"'“‘]([^\"'”’]*)|(date8?|month)\b)")
_WORD = re.compile(r"\w+")
_COMPARED = re.compile(r"(\w+)\s*(?:[=!<>]=|[<>])")
_DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


@dataclass(slots=True)
class Rewriting:
    """Rewrites a template's texts; ``record`` is the number of the row that comes next, ``next_mark`` goes on to it.

    ``asked`` has the options that check boxes offer for a value, by its name; ``DAY`` among them asks for a day. What
    is compared is in it, too: without the value nobody knows how to go on. ``words`` are all that stand in tags.
    """

    file: str
    namer: Namer
    next_mark: str = ""
    record: int = 0
    records: int = 1
    faults: list[Diagnostic] = field(default_factory=list)
    asked: dict[str, set[str]] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)

    def rewrite_tag(self, inner: str) -> str:
        """What stands inside a tag, with names."""
        tag = self.namer.rewrite(inner.strip(), self.record)
        self.words.update(_WORD.findall(tag))
        for name, option, day in _ASKED.findall(tag):
            options = {DAY} if day else {"是", "否"} if option == "是" else {option}
            self.asked.setdefault(split_name(name)[0], set()).update(options)
        for name in _COMPARED.findall(tag):
            self.asked.setdefault(split_name(name)[0], set())
        return f" {tag} "

    def take_texts(self, texts: Sequence[_Element], place: Location) -> None:
        """Rewrite what the texts say together; a mark that is spread over several comes to stand in its first."""
        typed = [text.text or "" for text in texts]
        joined, pieces = "".join(typed), [""] * len(typed)
        characters = list(joined)
        for match in _PIECE.finditer(joined):
            begin, end = match.span()
            if (instead := self._rewrite(match, place)) != match[0]:
                characters[begin:end] = [instead, *[""] * (end - begin - 1)]
        owners = (at for at, text in enumerate(typed) for _ in text)
        for at, character in zip(owners, characters, strict=True):
            pieces[at] += character
        for text, before, after in zip(texts, typed, pieces, strict=True):
            if before != after:
                set_text(text, after)

    def _rewrite(self, match: re.Match[str], place: Location) -> str:
        """What stands in the place of a tag or a mark."""
        typed = match[0]
        if typed == self.next_mark:
            self.record += 1
            self.records = max(self.records, self.record + 1)
            return ""
        marked = match[1] or match[2] or match[3]
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
        return typed if head is None else head[1] + self.rewrite_tag(head[2]) + head[3]


def set_text(text: _Element, content: str) -> None:
    """Give a text element another content, of which every space counts."""
    text.text = content
    text.set(SPACE, "preserve")


def rewrite_workbook(data: bytes, file: str, namer: Namer) -> tuple[bytes, Rewriting]:
    """An Excel template with tags alone; PackageError where it can't be opened."""
    package, rewriting = OfficePackage(data), Rewriting(file, namer)
    workbook = package.find_related("", "officeDocument") or ""
    related = (*package.list_relations(workbook, "sharedStrings"), *package.list_relations(workbook, "worksheet"))
    cells = [item.target for item in related if item.target in package]
    # What stands in notes, text boxes and headers can't be filled: as a tag, it is refused with its place.
    drawn = [name for name in package.parts if re.search(r"comment|/drawings/drawing", name, re.IGNORECASE)]
    for part in dict.fromkeys(cells + [name for name in drawn if name.endswith(".xml")]):
        for item in package.parse(part).iter(*map(name_tag, ("si", "is", "comment")), f"{_DRAWN}p"):
            texts = [text for text in item.iter(name_tag("t"), f"{_DRAWN}t")]
            rewriting.take_texts(texts, Location("xlsx", file=file))
        for heads in package.parse(part).iter(name_tag("headerFooter")):
            for head in heads:
                rewriting.take_texts([head], Location("xlsx", file=file))
    return package.save(), rewriting
