"""The archive's numbers of one project: of the package and each filed document, and how catalogues spell them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docgen.archive.plan.model import PackageIndex
from docgen.diagnostics import Diagnostic, Location, Term, error, info, warning
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.record.archive_settings import ArchiveSettings
from docgen.record.dossier_number import (
    DEFAULT_CATEGORY,
    LAST_ITEM,
    NUMBER_RULES,
    PART_NAMES,
    DossierNumber,
    NumberFault,
    NumberRule,
    compare_parts,
    format_item,
    format_number_example,
    read_number,
)
from docgen.record.month import Month

if TYPE_CHECKING:
    from docgen.archive.plan.plan import PlannedDocument
    from docgen.profile.faults import Locate

_PLACE = ("project", "archive")
_TYPED = (*_PLACE, "dossier_number")
_NUMBERS = (*_PLACE, "document_numbers")
_ASKED = ("fonds", "year", "retention", "office")


@dataclass(frozen=True, slots=True)
class DocumentNumbering:
    """How a project's documents are numbered: the package's number, and 件号 of its first document."""

    dossier: DossierNumber
    first_item: int = 1

    def number_documents(self, planned: Iterable[PlannedDocument]) -> tuple[PlannedDocument, ...]:
        """The documents with their own 档号, numbered in sequence; notes get none."""
        numbered, item = [], self.first_item
        for entry in planned:
            document = entry.document
            if document.number:
                number = str(self.dossier.of_item(item))
                document, item = document.model_copy(update={"archive_number": number}), item + 1
            numbered.append(replace(entry, document=document))
        return tuple(numbered)

    def skip(self, count: int) -> DocumentNumbering:
        """The numbering of the project's next package, after so many documents."""
        return replace(self, first_item=self.first_item + count)


def plan_numbering(settings: ArchiveSettings | None) -> DocumentNumbering | None:
    """The numbering from the settings and the typed number, if that follows the rule; None while a part is unknown."""
    if settings is None or settings.rule is None:
        return None
    parts = settings.number_parts
    typed = read_number(settings.dossier_number, settings.rule) if settings.dossier_number else None
    typed_number = typed.number if typed is not None and not typed.faults else None
    if typed_number is not None:
        parts = {name: getattr(typed_number, name) if value is None else value for name, value in parts.items()}
    if any(parts[name] is None for name in _ASKED):
        return None
    fonds, category, year, retention, office = (parts[name] or "" for name in PART_NAMES[:-1])
    dossier = DossierNumber(settings.rule, fonds, category or DEFAULT_CATEGORY, year, retention, office)
    return DocumentNumbering(
        dossier, settings.first_item or (typed_number.item if typed_number is not None else None) or 1
    )


def check_numbering(
    settings: ArchiveSettings | None, count: int, locate: Locate, failed: Collection[str] = ()
) -> Iterator[Diagnostic]:
    """A200–A207: faults of a typed number, parts that the settings lack, more documents (``count``) than 件号 allows.

    ``failed`` are settings that failed validation, which was reported.
    """
    if settings is None:
        return
    if settings.dossier_number is not None:
        yield from _check_typed(settings, settings.dossier_number, locate(_TYPED, False))
    if settings.rule is None or failed:
        return
    numbering = plan_numbering(settings)
    if numbering is None:
        # a faulty typed number has to be corrected first: it may hold the parts that the settings lack
        if settings.dossier_number is None or not read_number(settings.dossier_number, settings.rule).faults:
            lacking = [name for name in _ASKED if settings.number_parts[name] is None]
            yield warning("A204", locate(_PLACE, False), rule=settings.rule, lacking="、".join(lacking))
    elif numbering.first_item + count - 1 > LAST_ITEM:
        last = numbering.first_item + count - 1
        where = locate((*_PLACE, "first_item"), False)
        yield error("A206", where, first=format_item(numbering.first_item), count=count, last=last, limit=LAST_ITEM)


def check_sharing(settings: ArchiveSettings | None, label: str, locate: Locate) -> Iterator[Diagnostic]:
    """A209 if all records of a batch would get the same number; ``label`` is the record's name in the batch."""
    if label and plan_numbering(settings) is not None:
        yield warning("A209", locate((*_PLACE, "rule"), False))


def check_document_numbers(
    settings: ArchiveSettings | None, document_ids: Sequence[str], locate: Locate
) -> Iterator[Diagnostic]:
    """R158 for each number (文件编号) whose document doesn't exist, or has several copies."""
    for name in settings.document_numbers if settings is not None else ():
        if resolve_document(name, document_ids) is None:
            yield error("R158", locate((*_NUMBERS, name), True), value=name, known=_suggest(name, document_ids))


def resolve_document(name: str, document_ids: Sequence[str]) -> str | None:
    """The id of the document that a name means: the id itself, or its part before the slash if there is one copy."""
    if name in document_ids:
        return name
    copies = _list_copies(name, document_ids)
    return copies[0] if len(copies) == 1 else None


def _list_copies(name: str, document_ids: Sequence[str]) -> list[str]:
    return [document for document in document_ids if document.partition("/")[0] == name]


def _suggest(name: str, document_ids: Sequence[str]) -> str:
    from docgen.profile.faults import find_nearest

    return (
        "、".join(_list_copies(name, document_ids)[:4])
        or find_nearest(name, document_ids)
        or "、".join(document_ids[:4])
    )


def _check_typed(settings: ArchiveSettings, typed: str, where: Location) -> Iterator[Diagnostic]:
    if settings.rule is None:
        if not any(reading.number and not reading.faults for reading in (read_number(typed, r) for r in NUMBER_RULES)):
            yield info("A205", where, value=typed, rules="、".join(NUMBER_RULES))
        return
    reading = read_number(typed, settings.rule)
    for fault in reading.faults:
        yield _explain(fault, typed, settings.rule, str(reading.number or reading.text), where)
    if reading.number is None:
        return
    parts = settings.number_parts
    if settings.first_item is not None:
        parts["item"] = format_item(settings.first_item)
    wrong = {fault.key for fault in reading.faults}
    for other in compare_parts(reading.number, parts):
        if other.name not in wrong:
            part, mark = Term(f"archive.number.part.{other.name}"), Term("archive.number.nothing")
            yield error("A203", where, part=part, value=other.typed or mark, setting=other.setting or mark)
    if not reading.number.office and parts["office"] is None:
        lacks = Term("archive.number.lacks", {"part": Term("archive.number.part.office")})
        yield error("A201", where, value=typed, wrong=lacks, shape=format_number_example(settings.rule))


def _explain(fault: NumberFault, typed: str, rule: NumberRule, mended: str, where: Location) -> Diagnostic:
    shape = format_number_example(rule)
    if fault.key == "separator":
        wrong, right = (f"{char}（U+{ord(char):04X}）" for char in (fault.value, fault.wanted))
        return error("A200", where, value=typed, wrong=wrong, right=right, number=mended)
    if fault.key == "space":
        return error("A207", where, value=typed, number=mended)
    if fault.key not in PART_NAMES:
        return error("A201", where, value=typed, wrong=Term(f"archive.number.{fault.key}"), shape=shape)
    asked = f"{fault.key}.{rule.rpartition(' ')[2]}" if fault.key == "office" else fault.key
    return error(
        "A202",
        where,
        value=typed,
        part=Term(f"archive.number.part.{fault.key}"),
        wrong=fault.value or Term("archive.number.nothing"),
        asked=Term(f"archive.number.asked.{asked}"),
        hint=Term("archive.number.guess", {"wanted": fault.wanted}) if fault.wanted else "",
    )


def format_date8(value: dt.date | Month) -> str:
    """A date in eight digits, as archive catalogues write it; the day of a month alone is 00."""
    return f"{value.year:04d}{value.month:02d}{value.day if isinstance(value, dt.date) else 0:02d}"


def format_retention(code: str) -> str:
    """保管期限 as covers print it: 永久, 30年; a text that is no code is returned unchanged."""
    texts = catalogue(DOCUMENT_LANGUAGE)
    if code == "Y":
        return texts.text("package.retention.permanent")
    years = code.removeprefix("D")
    return texts.text("package.retention.years", years=years) if years != code and years.isdecimal() else code


def format_item_range(index: PackageIndex) -> str:
    """The first and last 件号 of a package whose documents are numbered, else ""."""
    count = sum(bool(document.archive_number) for document in index.documents)
    first = index.archive.first_item
    if not count or first is None:
        return ""
    return "—".join(dict.fromkeys((format_item(first), format_item(first + count - 1))))
