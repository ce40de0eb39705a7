"""Checks a template: finds all its faults at once, and lists the names that it uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docgen.diagnostics import Diagnostic, Location, Severity, warning
from docgen.errors import TemplateError
from docgen.render.context.types import Shape
from docgen.render.scan.coverage import find_unprinted
from docgen.render.scan.lookalikes import TemplateText, find_lookalikes, name_labels
from docgen.render.scan.names import NameScan, NameUse, scan_names
from docgen.render.scan.tags import ParsedTags, Tag, parse_tags

if TYPE_CHECKING:
    from docgen.profile.document import DocumentSpec
    from docgen.profile.model import Profile

_PARSING_CODES = frozenset({"T105", "T106", "T107", "T203", "T204"})
"""Codes that compiling reports for the first such tag of a part, and parsing the tags one by one for each."""


@dataclass(frozen=True, slots=True)
class TemplateScan:
    """The result of checking a template: its faults, the names that it uses, the number of its tags."""

    diagnostics: tuple[Diagnostic, ...]
    uses: tuple[NameUse, ...]
    tags: int


@dataclass(frozen=True, slots=True)
class Purpose:
    """The document type of a profile that a template is for."""

    profile: Profile
    document: DocumentSpec


def is_workbook(name: str) -> bool:
    """Whether a template is a workbook, judged by its name."""
    return name.lower().endswith(".xlsx")


def list_uses(
    data: bytes, name: str, labels: Iterable[str] | None = None, compiled: tuple[Diagnostic, ...] = ()
) -> TemplateScan:
    """List the names that a template uses, and the faults of its tags; TemplateError where it can't be opened.

    With ``labels`` of the values, look-alikes of their tags are reported, too. ``compiled`` are the faults that
    compiling found; each fault is reported once.
    """
    parsed, scan = _scan(data, name, None, compiled)
    faults = _merge_faults(parsed, compiled, scan)
    if labels is not None:
        names = {label: Shape("text", label=label) for label in labels}
        texts = (replace(text, codes="") for text in _list_texts(data, name))  # the caller has read the fields
        faults += _find_lookalikes(texts, name, names, parsed, compiled)
    return TemplateScan(tuple(faults), tuple(scan.uses), len(parsed.tags))


def find_read_names(data: bytes, name: str, names: Mapping[str, Shape]) -> tuple[NameUse, ...] | None:
    """Find the names that a template reads; None where a tag can't be parsed or uses an unknown name."""
    parsed, scan = _scan(data, name, names, ())
    if parsed.faults or any(item.severity is Severity.ERROR for item in scan.faults):
        return None
    return tuple(scan.uses)


def check_template(data: bytes, name: str, names: Mapping[str, Shape], purpose: Purpose | None = None) -> TemplateScan:
    """Check a template and report all its faults; TemplateError where it can't be opened.

    ``names`` are those that it may use; ``purpose`` is the document type that it is for, if any.
    """
    compiled = _find_compile_faults(data, name)
    parsed, scan = _scan(data, name, names, compiled)
    parsed.faults[:] = name_labels(parsed.faults, names)
    faults = _merge_faults(parsed, compiled, scan)
    if purpose is not None:
        conditions = {use.name for use in scan.uses if use.use == "condition"}
        place = Location("xlsx" if is_workbook(name) else "docx", file=name)
        faults += find_unprinted(purpose.profile, purpose.document, scan.printed, conditions, place)
    faults += _find_lookalikes(_list_texts(data, name), name, names, parsed, compiled)
    if not is_workbook(name):
        from docgen.render.scan.docx import find_tagged_sheets, read_docx_source
        from docgen.render.scan.layout import check_layout

        is_report = purpose is not None and purpose.document.shape == "report"
        source = read_docx_source(data, name)
        faults += [*find_tagged_sheets(source), *check_layout(source, is_report)]
    return TemplateScan(tuple(_sort_by_location(faults)), tuple(scan.uses), len(parsed.tags))


def _find_lookalikes(
    texts: Iterable[TemplateText],
    name: str,
    names: Mapping[str, Shape],
    parsed: ParsedTags,
    compiled: tuple[Diagnostic, ...] = (),
) -> Iterator[Diagnostic]:
    """Find look-alikes of tags; T437 where there is no tag at all."""
    yield from find_lookalikes(texts, names, bool(parsed.tags))
    if not parsed.tags and not parsed.faults and not compiled:
        yield warning("T437", Location("xlsx" if is_workbook(name) else "docx", file=name), template=name)


def _find_compile_faults(data: bytes, name: str) -> tuple[Diagnostic, ...]:
    """Find the faults that compiling reports."""
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
) -> tuple[ParsedTags, NameScan]:
    tags, filters = _list_tags(data, name)
    parsed = parse_tags(tags, filters)
    broken: dict[str, str] = {}
    for item in (*parsed.faults, *(item for item in compiled if item.code == "T104")):
        part = item.location.part or item.location.sheet or ""
        broken[part] = f"{broken.get(part, '')} {item.params.get('tag', item.location.excerpt or '')}"
    return parsed, scan_names(parsed.tags, names, broken)


def _list_tags(data: bytes, name: str) -> tuple[list[Tag], frozenset[str]]:
    if is_workbook(name):
        from docgen.render.scan.xlsx import list_xlsx_tags
        from docgen.render.xlsx.compile import make_xlsx_environment

        return list_xlsx_tags(data, name), frozenset(make_xlsx_environment().filters)
    from docgen.render.docx.output.environment import make_docx_environment
    from docgen.render.scan.docx import list_docx_tags, read_docx_source

    return list_docx_tags(read_docx_source(data, name)), frozenset(make_docx_environment().filters)


def _list_texts(data: bytes, name: str) -> Iterable[TemplateText]:
    """List the texts of a template, in order."""
    if is_workbook(name):
        from docgen.render.scan.xlsx import list_xlsx_texts

        return list_xlsx_texts(data, name)
    from docgen.render.scan.docx import list_docx_texts, read_docx_source

    return list_docx_texts(read_docx_source(data, name))


def _merge_faults(parsed: ParsedTags, compiled: tuple[Diagnostic, ...], scan: NameScan) -> list[Diagnostic]:
    """Merge all faults, each once: compiling stops at a part's first bad tag, parsing one by one finds them all."""
    structure = [item for item in scan.faults if item.code in ("T313", "T314", "T315")]
    is_reported = bool(parsed.faults or structure)
    kept = [item for item in compiled if not (is_reported and item.code in _PARSING_CODES)]
    return [*kept, *parsed.faults, *scan.faults]


def _sort_by_location(faults: list[Diagnostic]) -> list[Diagnostic]:
    """Sort faults part by part from top to bottom; those without a part or sheet come last."""
    parts = {item.location.part: number for number, item in reversed(list(enumerate(faults)))}

    def rank(item: Diagnostic) -> tuple[int, int, float]:
        place = item.location
        nowhere = place.part is None and place.sheet is None
        return (nowhere, parts[place.part], place.paragraph or 0)

    return sorted(faults, key=rank)
