"""How archives spell what the index knows: dates, retention, item numbers; pure."""

from __future__ import annotations

import datetime as dt

from docgen.archive.plan.model import PackageIndex
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.record.dossier_number import spell_item
from docgen.record.month import Month


def spell_date8(value: dt.date | Month) -> str:
    """Eight digits, as archive catalogues write dates; 00 for a day that nobody knows."""
    return f"{value.year:04d}{value.month:02d}{value.day if isinstance(value, dt.date) else 0:02d}"


def spell_retention(code: str) -> str:
    """保管期限 as covers print it: 永久, 30年; what is no code as it stands."""
    texts = catalogue(DOCUMENT_LANGUAGE)
    if code == "Y":
        return texts.text("package.retention.permanent")
    years = code.removeprefix("D")
    return texts.text("package.retention.years", years=years) if years != code and years.isdecimal() else code


def spell_item_range(index: PackageIndex) -> str:
    """The first and last 件号 of a package whose documents are numbered, else ""."""
    count = sum(bool(document.archive_number) for document in index.documents)
    first = index.archive.first_item
    if not count or first is None:
        return ""
    return "—".join(dict.fromkeys((spell_item(first), spell_item(first + count - 1))))
