"""A Word template made ready for the engine: fields of mail merge and other people's marks become tags.

All on the tree, before anything is compiled. ``NEXT`` goes on to the data's next row: what stands behind it has names
of its own (``number_name``). The data source that a main document of mail merge remembers is left out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from docgen.batch.fill.look import format_by_code, format_moment_by_code
from docgen.batch.fill.names import Namer, number_name
from docgen.batch.fill.rewriting import Rewriting, set_text
from docgen.diagnostics import Location, error
from docgen.ooxml.members import SMALL, pack_member, write_parts
from docgen.ooxml.package import OfficePackage
from docgen.ooxml.xml import write_xml
from docgen.render.docx.elements.controls import W14
from docgen.render.docx.tree.joining import iterate_own_texts
from docgen.render.docx.wordml.measure import W
from docgen.render.docx.wordml.package import open_package, parse_template_part

if TYPE_CHECKING:
    from lxml.etree import _Element

RECORD_NUMBER = "记录序号"
_ANY_DAY = dt.datetime(2024, 9, 6)
_NEXT = "{#docgen:next#}"
MERGED, FIELD = "docgen:merge:", "合并域_"
"""What a field becomes until its row is known, and after; its number follows."""
_REFUSED = frozenset(
    ("IF", "NEXTIF", "SKIPIF", "SET", "ASK", "FILLIN", "ADDRESSBLOCK", "GREETINGLINE", "DATABASE", "INCLUDEPICTURE")
)
_WORDS = re.compile(r'"([^"]*)"|“([^”]*)”|(\\[@#*bfmv])|([^\s"“”\\]+)')
_PLAIN_FORMATS = frozenset({"mergeformat", "charformat", "upper", "lower", "caps", "firstcap", "arabic"})
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MERGE_RELATIONS = ("mailMergeSource", "mailMergeHeaderSource", "mailMergeRecipientData", "recipientData")


@dataclass(frozen=True, slots=True)
class MergeField:
    """A field of mail merge: the name of its value, and its switches, those that change what is printed."""

    name: str
    day: str = ""
    number: str = ""
    letters: str = ""
    before: str = ""
    after: str = ""


@dataclass(slots=True)
class _Open:
    """A field that has begun: what it is made of, its code, and whether another one stands in its code."""

    members: list[_Element]
    code: str = ""
    is_shown: bool = False
    holds_field: bool = False
    shown: _Element | None = None


@dataclass(slots=True)
class WordRewriting(Rewriting):
    """Rewrites the parts of a Word template; ``fields`` are its fields by the names of their values."""

    fields: dict[str, MergeField] = field(default_factory=dict)
    part: str = ""
    count: int = 0
    _paragraphs: dict[_Element, int] = field(default_factory=dict)

    def rewrite(self, data: bytes) -> bytes:
        """The template with tags alone; TemplateError where it can't be opened."""
        package = open_package(data, self.file)
        parts = dict(package.parts)
        for name in package.texts:
            root = parse_template_part(parts[name], name, self.file)
            self.part, self.record = name, 0
            self._paragraphs = {item: number for number, item in enumerate(root.iter(f"{W}p"), 1)}
            self._take_fields(root)
            self._take_boxes(root)
            for paragraph in self._paragraphs:
                self.take_texts(list(iterate_own_texts(paragraph)), self._locate(paragraph))
            if root.find(f".//{W}p") is not None:
                parts[name] = write_xml(root)
        settings = package.find_related("settings.xml")
        written = write_parts(pack_member(name, content, SMALL) for name, content in parts.items())
        return (
            _forget_source(written, settings) if settings is not None and b"mailMerge" in parts[settings] else written
        )

    def _locate(self, element: _Element) -> Location:
        above = (element, *element.iterancestors(f"{W}p"))
        paragraph = next((item for item in above if item in self._paragraphs), None)
        texts = iterate_own_texts(paragraph) if paragraph is not None else ()
        excerpt = "".join(text.text or "" for text in texts)[:80] or None
        number = self._paragraphs.get(paragraph) if paragraph is not None else None
        return Location("docx", file=self.file, part=self.part, paragraph=number, excerpt=excerpt)

    def _take_fields(self, root: _Element) -> None:
        for simple in list(root.iter(f"{W}fldSimple")):
            tag = self._read_field(simple.get(f"{W}instr", ""), simple)
            if tag is not None:
                _open_simple(simple, tag)
        around: list[_Open] = []
        for element in list(root.iter(f"{W}fldChar", f"{W}instrText", f"{W}t")):
            kind = element.get(f"{W}fldCharType")
            if kind == "begin":
                around.append(_Open([element]))
            elif around:
                self._take_member(around, element, kind)
        for fallback in list(root.iter(_FALLBACK)):
            above = fallback.getparent()
            if above is not None and _NEXT in "".join(map(str, fallback.itertext())):
                above.remove(fallback)  # the same labels once more, for programs of before 2010

    def _take_boxes(self, root: _Element) -> None:
        """Put tags into the check boxes whose tag or title is a header: 达标, 等级=优, {{ 等级|box("优") }}."""
        for control in root.iter(f"{W}sdt"):
            properties = control.find(f"{W}sdtPr")
            if properties is None or properties.find(f"{W14}checkbox") is None:
                continue
            named = {item: item.get(f"{W}val", "") for item in properties if item.tag in (f"{W}tag", f"{W}alias")}
            tag = next(filter(None, map(self._read_box, named.values())), "")
            texts = [*control.iter(f"{W}t", f"{W}sym")]
            if not tag or not texts:
                continue
            first, *others = texts
            first.tag = f"{W}t"
            first.attrib.clear()
            set_text(first, tag)
            for item in (*others, *(item for item, title in named.items() if "{" in title)):
                parent = item.getparent()
                if parent is not None:
                    parent.remove(item)

    def _read_box(self, title: str) -> str:
        """The tag of a check box with this title; '' where no header is meant."""
        name = title.strip("{} ")
        if "|" in name:
            return f"{{{{ {name} }}}}"
        header, _, option = (part.strip() for part in re.sub("[=＝:：]", "=", name).partition("="))
        is_known = self.namer.find(header) is not None or (title != name and bool(header)) or not self.namer.knows
        return f'{{{{ {header}|box("{option or "是"}") }}}}' if header and is_known else ""

    def _take_member(self, around: list[_Open], element: _Element, kind: str | None) -> None:
        here = around[-1]
        here.members.append(element)
        if element.tag == f"{W}instrText":
            here.code += element.text or ""
        elif kind == "separate":
            here.is_shown = True
        elif element.tag == f"{W}t" and here.is_shown and here.shown is None:
            here.shown = element
        elif kind == "end":
            around.pop()
            above = around[-1] if around and not around[-1].is_shown else None
            tag = self._read_field(here.code, element, inner=above is not None, outer=here.holds_field)
            if above is not None:
                above.holds_field = above.holds_field or tag is not None
            elif tag is not None:
                _replace_field(here, tag)

    def _read_field(self, code: str, at: _Element, *, inner: bool = False, outer: bool = False) -> str | None:
        """The tag of a field; None where the field stays as it is, or is refused."""
        words = [(switch, quoted or curled or plain) for quoted, curled, switch, plain in _WORDS.findall(code)]
        kind = words[0][1].upper() if words else ""
        if (kind in _REFUSED and (kind != "INCLUDEPICTURE" or outer)) or (outer and kind != "MERGEFIELD"):
            self.faults.append(error("T496", self._locate(at), field=kind, typed=code.strip()[:60]))
        if kind == "NEXT":
            return _NEXT
        if kind in ("MERGEREC", "MERGESEQ"):
            return self._keep(MergeField(RECORD_NUMBER))
        if kind != "MERGEFIELD" or len(words) < 2:
            return None
        if inner:
            return ""
        name = self.namer.find_merged(words[1][1]) or self.namer.learn(words[1][1])
        return self._keep(self._read_switches(name, words[2:], at))

    def _read_switches(self, name: str, words: Sequence[tuple[str, str]], at: _Element) -> MergeField:
        settings: dict[str, str] = {}
        for (switch, _), (_, value) in zip(words, [*words[1:], ("", "")], strict=False):
            setting = {"\\@": "day", "\\#": "number", "\\b": "before", "\\f": "after"}.get(switch)
            if setting is not None:
                settings[setting] = value
                shown = {
                    "day": format_moment_by_code(_ANY_DAY, value),
                    "number": format_by_code(Decimal(1), value),
                }.get(setting, value)
                if shown is None:
                    self.faults.append(error("T497", self._locate(at), switch=f"{switch} {value}", field=name))
            elif switch == "\\*" and value.lower() not in _PLAIN_FORMATS:
                self.faults.append(error("T497", self._locate(at), switch=f"{switch} {value}", field=name))
            elif switch == "\\*" and value.lower() in ("upper", "lower"):
                settings["letters"] = value.lower()
        return MergeField(name, **settings)

    def _keep(self, merged: MergeField) -> str:
        """The tag that stands for a field until its row is known."""
        self.count += 1
        self.fields[str(self.count)] = merged
        return f"{{{{ {MERGED}{self.count} }}}}"

    def rewrite_tag(self, inner: str) -> str:
        """As ``Rewriting``; what ``_take_fields`` made of a field gets the name of its value."""
        match = re.fullmatch(rf"\s*{MERGED}(\d+)\s*", inner)
        if match is None:
            return Rewriting.rewrite_tag(self, inner)
        merged = self.fields.pop(match[1], None)
        name = FIELD + match[1]
        if merged is not None:  # its row is known only here, behind the marks for the next one
            self.fields[name] = replace(merged, name=number_name(merged.name, self.record))
        return f" {name} "


def _forget_source(data: bytes, settings: str) -> bytes:
    """A template without the data source that it remembers, and without what leads to it."""
    package = OfficePackage(data)
    for kind in _MERGE_RELATIONS:
        package.unrelate(settings, kind)
    root = package.parse(settings)
    for source in root.findall(f"{W}mailMerge"):
        root.remove(source)
    return package.save()


def _open_simple(simple: _Element, tag: str) -> None:
    """Put a tag in the place of a simple field, in the format of its result."""
    texts = list(simple.iter(f"{W}t"))
    if not texts:
        run = simple.makeelement(f"{W}r")
        simple.append(run)
        texts = [run.makeelement(f"{W}t")]
        run.append(texts[0])
    set_text(texts[0], tag)
    for text in texts[1:]:
        text.text = ""
    parent = simple.getparent()
    if parent is not None:
        at = parent.index(simple)
        parent[at : at + 1] = [child for child in simple if child.tag != f"{W}fldData"]


def _replace_field(complex_field: _Open, tag: str) -> None:
    """Put a tag in the place of a complex field: where its result stands, else where its code does."""
    code = next((item for item in complex_field.members if item.tag == f"{W}instrText"), complex_field.members[0])
    kept = complex_field.shown if complex_field.shown is not None else code
    text = kept.makeelement(f"{W}t")
    set_text(text, tag)
    run = kept.getparent()
    if run is not None:
        run.replace(kept, text)
    for item in complex_field.members:
        parent = item.getparent()
        if item is not kept and parent is not None:
            parent.remove(item)


def rewrite_word(data: bytes, file: str, namer: Namer) -> tuple[bytes, WordRewriting]:
    """A Word template with tags alone, and the rewriting with its fields and faults."""
    rewriting = WordRewriting(file, namer, next_mark=_NEXT)
    return rewriting.rewrite(data), rewriting
