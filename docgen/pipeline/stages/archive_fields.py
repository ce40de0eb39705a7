"""Describe a package as a whole for its index: archive fields, who compiled it, the settings that were used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator

from docgen.archive.plan.model import CONFIRMED_MARK, ArchiveFields, SettingUsed
from docgen.archive.plan.numbering import DocumentNumbering, plan_numbering
from docgen.diagnostics import Term
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.pipeline.stages.index_columns import choose_columns, list_index_columns
from docgen.pipeline.stages.prepare import PreparedRecord
from docgen.profile.faults import name_field
from docgen.profile.paths import Place
from docgen.profile.plan import find_responsible
from docgen.record.archive_settings import ArchiveSettings
from docgen.record.dossier_number import format_item
from docgen.record.month import Month
from docgen.record.parts import first_day, last_day
from docgen.trees import parse_path

_AGENCY_ROLES = ("certification_body", "agency", "commissioning_party", "market_regulator")
_SETTINGS = "project.archive."


def describe_archive(
    prepared: PreparedRecord,
    numbering: DocumentNumbering | None,
    dates: Iterable[dt.date | Month],
    *,
    bound: bool = False,
) -> ArchiveFields:
    """The archive fields of a package: its number, its agency, its retention, its first and last date.

    A package with a volume (``bound``) has page numbers in its index.
    """
    settings = prepared.subject.record.project.archive or ArchiveSettings()
    known_dates = list(dates)
    dossier = numbering.dossier if numbering is not None else None
    return ArchiveFields(
        index_form=settings.index_form,
        index_columns=choose_columns(settings, bound=bound),
        rule=dossier.rule if dossier is not None else None,
        fonds=(dossier.fonds if dossier is not None else settings.fonds) or "",
        category=dossier.category if dossier is not None else "",
        office=dossier.office if dossier is not None else "",
        first_item=numbering.first_item if numbering is not None else None,
        archive_number=str(dossier) if dossier is not None else settings.dossier_number or "",
        retention=(dossier.retention if dossier is not None else settings.retention) or "",
        confidentiality=settings.confidentiality or "",
        year=(dossier.year if dossier is not None else settings.year) or "",
        agency=find_agency(prepared),
        date_from=min(known_dates, default=None, key=first_day),
        date_to=max(known_dates, default=None, key=last_day),
    )


def find_numbering(prepared: PreparedRecord) -> DocumentNumbering | None:
    """How the record's documents are numbered; None where many records share the same settings (A209)."""
    return None if prepared.label else plan_numbering(prepared.subject.record.project.archive)


def find_agency(prepared: PreparedRecord) -> str:
    """Who makes up the file: whom the profile names, else the certification body or the agency of the project."""
    parties = prepared.subject.record.parties
    for role in (prepared.loaded.profile.compiler, *_AGENCY_ROLES):
        for party in parties:
            if party.role == role and party.name:
                return party.name
    return ""


def find_answerable(prepared: PreparedRecord, item: str) -> str:
    """Who would have issued the documents of an item, else who makes up the file."""
    spec = next(entry for entry in prepared.loaded.profile.filing.items if entry.key == item)
    documents = (prepared.loaded.profile.find_document(name) for name in spec.takes)
    names = (find_responsible(prepared.subject, document, None) for document in documents if document is not None)
    return next((name for name in names if name), find_agency(prepared))


def list_settings(
    prepared: PreparedRecord, archive: ArchiveFields, is_part: Callable[[Place], bool], *, bound: bool = False
) -> Iterator[SettingUsed]:
    """The settings of a package: the profile's, how the package was indexed and numbered, and confirmed values.

    ``is_part`` tells whether a place of the record belongs into the package, ``bound`` whether it has a volume.
    """
    yield from _list_profile_settings(prepared)
    values = {"index": archive.index_form}
    if archive.rule is not None and archive.first_item is not None:
        values |= {"category": archive.category, "first_item": format_item(archive.first_item)}
    if archive.index_columns:
        values["index_columns"] = "、".join(column.label for column in list_index_columns(archive))
    if bound:
        values["page_numbers"] = (prepared.subject.record.project.archive or ArchiveSettings()).numbering
    texts = catalogue(DOCUMENT_LANGUAGE)
    for number, (name, value) in enumerate(values.items(), 1):
        text, clause = texts.text(f"package.setting.{name}"), texts.text(f"package.setting.{name}.clause")
        yield SettingUsed(id=f"DA{number}", clause=clause, setting=_SETTINGS + name, value=value, text=text)
    confirmed = [item for item in prepared.confirmed if is_part(parse_path(item.path))]
    for number, item in enumerate(confirmed, 1):
        label = name_field(type(prepared.subject.record), parse_path(item.path))
        shown_label = texts.text(label.key) if isinstance(label, Term) else str(label)
        text = texts.text("package.confirmed", label=shown_label, reason=item.reason)
        yield SettingUsed(id=f"{CONFIRMED_MARK}{number}", setting=item.path, value=item.value, text=text)


def _list_profile_settings(prepared: PreparedRecord) -> Iterator[SettingUsed]:
    chosen = prepared.subject.record.scoring
    rules = prepared.loaded.profile.scoring
    values: dict[str, str] = {}
    if rules is not None:
        active = rules.choose(chosen)
        values["scoring.rule"] = active.rule
        values["scoring.bands"] = "；".join(f"{band.from_}→{band.grade}" for band in active.bands)
        values["scoring.maximum"] = str(active.maximum)
    for item in prepared.loaded.profile.settings:
        value = values.get(item.key, "")
        yield SettingUsed(id=item.id, clause=item.clause, setting=item.key, value=value, text=item.text)
