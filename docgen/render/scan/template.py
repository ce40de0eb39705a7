"""Looking through a template: everything that is wrong with it at once, and what it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docgen.diagnostics import Diagnostic, Location, Severity, warning
from docgen.errors import TemplateError
from docgen.render.context.types import Shape
from docgen.render.scan.coverage import find_unprinted
from docgen.render.scan.lookalikes import SaidText, find_lookalikes, name_labels
from docgen.render.scan.names import NameScan, NameUse, scan_names
from docgen.render.scan.tags import Tag, TagReading, read_tags

if TYPE_CHECKING:
    from docgen.profile.document import DocumentSpec
    from docgen.profile.model import Profile

_READING = frozenset({"T105", "T106", "T107", "T203", "T204"})
"""What compiling says of tags that reading them one by one says of each."""


@dataclass(frozen=True, slots=True)
class TemplateScan:
    """What was found in a template: what is wrong, the names that it uses, how many tags it has."""

    diagnostics: tuple[Diagnostic, ...]
    uses: tuple[NameUse, ...]
    tags: int


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a template is for: a document type of a profile."""

    profile: Profile
    document: DocumentSpec


def is_workbook(name: str) -> bool:
    """Whether a template is a workbook, by its name."""
    return name.lower().endswith(".xlsx")


def list_uses(
    data: bytes, name: str, labels: Iterable[str] | None = None, compiled: tuple[Diagnostic, ...] = ()
) -> TemplateScan:
    """What a template asks for, and which of its tags can't be read; TemplateError where it can't be opened.

    With ``labels``, by which values are known, what looks like a tag of one of them and is none is told, too.
    ``compiled`` is what compiling found wrong; what reading says better is told once.
    """
    reading, scan = _scan(data, name, None, compiled)
    found = _merge(reading, compiled, scan)
    if labels is not None:
        known = {label: Shape("text", label=label) for label in labels}
        texts = (replace(said, codes="") for said in _list_texts(data, name))  # fields were read before
        found += _find_tagless(texts, name, known, reading, compiled)
    return TemplateScan(tuple(found), tuple(scan.uses), len(reading.tags))


def follow_template(data: bytes, name: str, names: Mapping[str, Shape]) -> tuple[NameUse, ...] | None:
    """The names that a template reads; None where a tag of it can't be read or asks for what nobody gives."""
    reading, scan = _scan(data, name, names, ())
    if reading.faults or any(item.severity is Severity.ERROR for item in scan.faults):
        return None
    return tuple(scan.uses)


def check_template(data: bytes, name: str, names: Mapping[str, Shape], purpose: Purpose | None = None) -> TemplateScan:
    """Everything that is wrong with a template, at once; TemplateError where it can't be opened.

    ``names`` are those that it may use; ``purpose`` is the document type that it is for, where it is for one.
    """
    compiled = _compile(data, name)
    reading, scan = _scan(data, name, names, compiled)
    reading.faults[:] = name_labels(reading.faults, names)
    found = _merge(reading, compiled, scan)
    if purpose is not None:
        conditions = {use.name for use in scan.uses if use.use == "condition"}
        place = Location("xlsx" if is_workbook(name) else "docx", file=name)
        found += find_unprinted(purpose.profile, purpose.document, scan.printed, conditions, place)
    found += _find_tagless(_list_texts(data, name), name, names, reading, compiled)
    if not is_workbook(name):
        from docgen.render.scan.docx import find_tagged_sheets, read_docx_source
        from docgen.render.scan.layout import check_layout

        is_report = purpose is not None and purpose.document.shape == "report"
        source = read_docx_source(data, name)
        found += [*find_tagged_sheets(source), *check_layout(source, is_report)]
    return TemplateScan(tuple(_sort(found)), tuple(scan.uses), len(reading.tags))


def _find_tagless(
    texts: Iterable[SaidText],
    name: str,
    names: Mapping[str, Shape],
    reading: TagReading,
    compiled: tuple[Diagnostic, ...] = (),
) -> Iterator[Diagnostic]:
    """What looks like a tag and is none; T437 where there is no tag at all."""
    yield from find_lookalikes(texts, names, bool(reading.tags))
    if not reading.tags and not reading.faults and not compiled:
        yield warning("T437", Location("xlsx" if is_workbook(name) else "docx", file=name), template=name)


def _compile(data: bytes, name: str) -> tuple[Diagnostic, ...]:
    """What compiling finds wrong."""
    try:
        if is_workbook(name):
            from docgen.render.xlsx.template import XlsxTemplate

            XlsxTemplate.compile(data, name)
        else:
            from docgen.render.docx.template import DocxTemplate

            DocxTemplate.compile(data, name)
    except TemplateError as fault:
        return tuple(fault.diagnostics)
    return ()


def _scan(
    data: bytes, name: str, names: Mapping[str, Shape] | None, compiled: tuple[Diagnostic, ...]
) -> tuple[TagReading, NameScan]:
    tags, filters = _list_tags(data, name)
    reading = read_tags(tags, filters)
    broken: dict[str, str] = {}
    for item in (*reading.faults, *(item for item in compiled if item.code == "T104")):
        part = item.location.part or item.location.sheet or ""
        broken[part] = f"{broken.get(part, '')} {item.params.get('tag', item.location.excerpt or '')}"
    return reading, scan_names(reading.tags, names, broken)


def _list_tags(data: bytes, name: str) -> tuple[list[Tag], frozenset[str]]:
    if is_workbook(name):
        from docgen.render.scan.xlsx import list_xlsx_tags
        from docgen.render.xlsx.compile import xlsx_environment

        return list_xlsx_tags(data, name), frozenset(xlsx_environment().filters)
    from docgen.render.docx.environment import make_docx_environment
    from docgen.render.scan.docx import list_docx_tags, read_docx_source

    return list_docx_tags(read_docx_source(data, name)), frozenset(make_docx_environment().filters)


def _list_texts(data: bytes, name: str) -> Iterable[SaidText]:
    """The texts of a template, in order."""
    if is_workbook(name):
        from docgen.render.scan.xlsx import list_xlsx_texts

        return list_xlsx_texts(data, name)
    from docgen.render.scan.docx import list_docx_texts, read_docx_source

    return list_docx_texts(read_docx_source(data, name))


def _merge(reading: TagReading, compiled: tuple[Diagnostic, ...], scan: NameScan) -> list[Diagnostic]:
    """All faults, each once: compiling stops at a part's first unreadable tag, reading one by one finds them all."""
    structure = [item for item in scan.faults if item.code in ("T313", "T314", "T315")]
    known = reading.faults or structure
    kept = [item for item in compiled if not (known and item.code in _READING)]
    return [*kept, *reading.faults, *scan.faults]


def _sort(found: list[Diagnostic]) -> list[Diagnostic]:
    """Part by part, from top to bottom; what has no paragraph comes last."""
    parts = {item.location.part: number for number, item in reversed(list(enumerate(found)))}

    def rank(item: Diagnostic) -> tuple[int, int, float]:
        place = item.location
        nowhere = place.part is None and place.sheet is None
        return (nowhere, parts[place.part], place.paragraph or 0)

    return sorted(found, key=rank)
