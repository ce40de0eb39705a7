"""A template of anybody's, ready to be filled: what it asks for, and a compiled document of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.batch.fill.names import Namer, split_name
from docgen.batch.fill.rewriting import Rewriting, rewrite_workbook
from docgen.batch.fill.word import FIELD, MERGED, RECORD_NUMBER, MergeField, WordRewriting, rewrite_word
from docgen.diagnostics import Diagnostic, Location, error
from docgen.errors import TemplateError
from docgen.ooxml.xml import PackageError
from docgen.render.scan.names import NameUse
from docgen.render.scan.template import is_workbook, list_uses

if TYPE_CHECKING:
    from docgen.render.docx.template import DocxTemplate
    from docgen.render.xlsx.template import XlsxTemplate

_BLANK = re.compile(r"([\w（）()]{2,16})\s*[：:]\s*[_＿]{2,}")
_PART = re.compile(r"[^.\[\]]+")
_MADE = re.compile(rf"列_\w+|{FIELD}\d+")
_LISTED = re.compile(r"\[\]\.?")
OWN_NAMES = frozenset({RECORD_NUMBER, "loop"})


@dataclass(frozen=True, slots=True)
class FillTemplate:
    """A template whose tags are names; ``fields`` are those of mail merge, ``records`` the rows that one copy takes."""

    file: str
    data: bytes
    namer: Namer
    fields: Mapping[str, MergeField]
    records: int
    uses: tuple[NameUse, ...]
    faults: tuple[Diagnostic, ...]
    tags: int = 0
    asked: Mapping[str, set[str]] = field(default_factory=dict)
    blanks: tuple[str, ...] = field(default=())

    def list_names(self) -> dict[str, NameUse]:
        """The values of a row that it asks for, each with the tag that does so first."""
        names: dict[str, NameUse] = {}
        for use in self.uses:
            if "[]" not in use.name:
                names.setdefault(self.find_name(use.name), use)
        return names

    def list_lists(self) -> dict[str, dict[str, NameUse]]:
        """The lists that it goes through, and what it asks of their rows."""
        lists: dict[str, dict[str, NameUse]] = {}
        for use in self.uses:
            name, *inner = _LISTED.split(use.name)
            if use.use == "looped" or inner:
                lists.setdefault(name, {}).update({item: use for item in inner if item})
        return lists

    def find_name(self, name: str) -> str:
        """The name of the value behind a name of the template: without its field and its record."""
        value = self.fields[name].name if name in self.fields else name
        return split_name(value.partition(".")[0])[0]

    def show(self, name: str) -> str:
        """A name as its header stands."""
        return self.namer.shown.get(name, name)

    def list_uses(self) -> tuple[NameUse, ...]:
        """What it asks for, by the headers as they stand in it."""
        return tuple(replace(use, name=self._format(use.name)) for use in self.uses)

    def restore(self, place: Location) -> Location:
        """A place with the template's words as they stand, not as they were rewritten."""
        return replace(place, excerpt=self._restore(place.excerpt)) if place.excerpt else place

    def restore_fault(self, item: Diagnostic) -> Diagnostic:
        """A diagnostic in the template's own words."""
        params = {
            name: self._restore(value) if isinstance(value, str) else value for name, value in item.params.items()
        }
        return replace(item, params=params, location=self.restore(item.location))

    def _restore(self, text: str) -> str:
        return _MADE.sub(lambda name: self.show(self.find_name(name[0])), text.replace(MERGED, FIELD))

    def _format(self, name: str) -> str:
        return _PART.sub(lambda part: self.show(self.find_name(part[0])), name)

    def check_names(self, names: Iterable[str], lists: Mapping[str, Iterable[str]]) -> Iterator[Diagnostic]:
        """T495 for each name that nobody gives, at its first tag; in a list, those that its rows haven't.

        T490 for a loop over a column: it would go through the letters of a text.
        """
        looped = self.list_lists()
        for name, use in self.list_names().items():
            if name not in names and name not in OWN_NAMES and not (name in looped and name in lists):
                yield self._report(name, use)
        columns = set(names) - set(lists)
        for use in self.uses:
            if use.use == "looped" and use.name in columns:
                yield error("T490", use.location, template=self.file, name=self.show(use.name))
        for name, asked in looped.items():
            for inner, use in asked.items():
                if name in lists and inner.partition(".")[0] not in lists[name]:
                    yield self._report(inner, use)

    def _report(self, name: str, use: NameUse) -> Diagnostic:
        shown = self.show(name)
        return error(
            "T495", use.location, template=self.file, name=shown, nearest=self.namer.find_nearest(shown) or "—"
        )


def read_words(path: Path) -> set[str]:
    """The names in a template's tags, whatever they stand for; TemplateError where it can't be read."""
    namer = Namer(None)
    _, rewriting = _rewrite(path, namer)
    return rewriting.words | namer.shown.keys()


def _rewrite(path: Path, namer: Namer) -> tuple[bytes, Rewriting]:
    data, file = _read(path), str(path)
    if not is_workbook(file):
        return rewrite_word(data, file, namer)
    try:
        return rewrite_workbook(data, file, namer)
    except PackageError as fault:
        raise TemplateError(error("T201", Location(file=file), template=file)) from fault


def read_template(path: Path, headers: Iterable[str] | None, match: Mapping[str, str] | None = None) -> FillTemplate:
    """The template in a file, its tags led to ``headers`` as in ``Namer``; TemplateError where it can't be read."""
    file, namer = str(path), Namer(headers, match)
    data, rewriting = _rewrite(path, namer)
    fields = rewriting.fields if isinstance(rewriting, WordRewriting) else {}
    fields = {name: item for name, item in fields.items() if not name.isdigit()}
    labels = [*namer.shown.values()] if namer.knows else [word for word in rewriting.words if not word.isascii()]
    scan = list_uses(data, file, labels, _find_compile_faults(data, file))
    faults = (*rewriting.faults, *scan.diagnostics)
    made = FillTemplate(file, data, namer, fields, rewriting.records, scan.uses, faults, scan.tags, rewriting.asked)
    uses = tuple(replace(use, location=made.restore(use.location)) for use in made.uses)
    return replace(made, uses=uses, faults=tuple(map(made.restore_fault, made.faults)))


def _read(path: Path) -> bytes:
    place = Location(file=str(path))
    if path.suffix.lower() not in (".docx", ".xlsx"):
        raise TemplateError(error("T331", place, path=str(path)))
    try:
        return path.read_bytes()
    except OSError as fault:
        raise TemplateError(error("T152", place, reason=fault.strerror or str(fault))) from None


def open_template(path: Path) -> FillTemplate:
    """A template before there is data; what makes it unreadable is among its faults. TemplateError T331, T152."""
    _read(path)
    try:
        read = read_template(path, None)
        return replace(read, blanks=() if is_workbook(read.file) else _find_blanks(read.data, read.file))
    except TemplateError as fault:
        return FillTemplate(str(path), b"", Namer(None), {}, 1, (), tuple(fault.diagnostics))


def _find_blanks(data: bytes, file: str) -> tuple[str, ...]:
    """The labels beside blanks (____) of a Word template: perhaps somebody meant them to be filled."""
    from docgen.render.docx.tree.joining import read_own_text
    from docgen.render.scan.docx import iterate_paragraphs, read_docx_source

    source = read_docx_source(data, file)
    texts = (read_own_text(paragraph) for part in source.parts for _, paragraph in iterate_paragraphs(part))
    return tuple(dict.fromkeys(match[1] for text in texts for match in _BLANK.finditer(text)))


def _find_compile_faults(data: bytes, file: str) -> tuple[Diagnostic, ...]:
    try:
        compile_template(data, file)
    except TemplateError as fault:
        return tuple(fault.diagnostics)
    return ()


@lru_cache(maxsize=4)
def compile_template(data: bytes, file: str) -> Any:
    """The engine's template; TemplateError with every fault of it."""
    if is_workbook(file):
        from docgen.render.xlsx.template import XlsxTemplate

        workbook: XlsxTemplate = XlsxTemplate.compile(data, file, needs_facts=False)
        return workbook
    from docgen.render.docx.template import DocxTemplate

    document: DocxTemplate = DocxTemplate.compile(data, file)
    return document
