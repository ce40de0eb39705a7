"""The parts that more than one standard uses: parties, people, periods, the project, activities, evidence.

Only keys are required here: what a document needs of the rest is its profile's matter, asked only where that document
is made.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ValidationInfo, field_validator, model_validator

from docgen.record.archive_settings import ArchiveSettings
from docgen.record.month import Month
from docgen.record.types import (
    Date,
    DateOrMonth,
    DoneOn,
    EnterpriseReference,
    Key,
    Meaning,
    Number,
    Part,
    Phone,
    Prose,
    Reference,
    RegionCode,
    Said,
    Text,
    Whole,
    YesNo,
    find_uscc_fault,
    refuse,
)

PartyRole = Literal[
    "market_regulator",
    "certification_body",
    "agency",
    "commissioning_party",
    "association",
    "station",
    "service_centre",
    "other",
]
EvidenceKind = Literal[
    "photograph", "sign_in", "survey", "review", "training", "certificate", "contract", "scan", "drawing", "other"
]


ProjectScope = Literal["enterprise", "industry", "region", "park"]
"""Whom a project serves: one enterprise, or those of an industry, a region or a park."""


_USCC_CODES = {"length": "R111", "characters": "R128", "check": "R129"}


def check_uscc(value: str | None, info: ValidationInfo) -> str | None:
    """A 统一社会信用代码 that holds (GB 32100), or one whose fault the record waives (``uscc_waiver``)."""
    fault = find_uscc_fault(value) if value is not None else None
    if fault is not None and not info.data.get("uscc_waiver"):
        raise refuse(_USCC_CODES[fault], value=value or "", length=len(value or ""))
    return value


class Person(Part):
    """Somebody who takes part: name, duty (职务), professional title (职称), qualification."""

    key: Key | None = None
    name: Text | None = None
    duty: Text | None = None
    title: Text | None = None
    qualification: Text | None = None
    task: Text | None = None
    phone: Phone | None = None


class Party(Part):
    """An organisation that takes part in the project, by its role; ``code`` stands for it in numbers of documents."""

    key: Key
    role: PartyRole
    code: Text | None = None
    name: Text | None = None
    uscc_waiver: Text | None = None
    uscc: Text | None = None
    address: Text | None = None
    contact: Person | None = None
    people: tuple[Person, ...] = ()

    @field_validator("uscc")
    @classmethod
    def _check_uscc(cls, value: str | None, info: ValidationInfo) -> str | None:
        return check_uscc(value, info)


def first_day(value: dt.date | Month) -> dt.date:
    """The day itself, or the first of the month."""
    return value if isinstance(value, dt.date) else dt.date(value.year, value.month, 1)


def last_day(value: dt.date | Month) -> dt.date:
    """The day itself, or the last of the month."""
    if isinstance(value, dt.date):
        return value
    return dt.date(value.year, value.month, monthrange(value.year, value.month)[1])


class Period(Part):
    """From a day or month to a day or month, both inside; R113 when it ends before it starts."""

    start: DateOrMonth | None = None
    end: DateOrMonth | None = None

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.start is not None and self.end is not None and last_day(self.end) < first_day(self.start):
            raise refuse("R113", start=str(self.start), end=str(self.end))
        return self

    def contains(self, day: dt.date) -> bool:
        """Whether a day lies inside; an open end contains everything on its side."""
        after_start = self.start is None or first_day(self.start) <= day
        return after_start and (self.end is None or day <= last_day(self.end))


class Project(Part):
    """What the project is: its number and name, whom it serves, when it runs, where (GB/T 2260), when it is dated.

    ``last_numbers`` are the last that the record before gave its documents, where a profile numbers them: those of this
    one go on from there.
    """

    number: Text | None = None
    name: Text | None = None
    scope: ProjectScope | None = None
    period: Period | None = None
    region: RegionCode | None = None
    dated: DoneOn | None = None
    last_numbers: tuple[Text, ...] = ()
    archive: ArchiveSettings | None = None


def _refuse_negative(value: int) -> int:
    if value < 0:
        raise refuse("R116", value=value)
    return value


def _refuse_negative_number(value: Decimal) -> Decimal:
    if value < 0:
        raise refuse("R116", value=str(value))
    return value


PersonDays = Annotated[Number, AfterValidator(_refuse_negative_number)]
"""People × days (人·天)."""


class Activity(Part):
    """Something that was done at a place on a day, for some of the enterprises (none named: all); it counts once.

    One that says its ``method`` is a service visit: ``person_days`` is the work it took, ``problems_solved`` what it
    solved, a problem each.
    """

    key: Key
    kind: Text | None = None
    title: Text | None = None
    date: DoneOn | None = None
    place: Text | None = None
    enterprises: tuple[EnterpriseReference, ...] = ()
    people: tuple[Text, ...] = ()
    method: Text | None = None
    person_days: PersonDays | None = None
    problems_solved: tuple[Text, ...] = ()
    content: Prose | None = None


class Training(Part):
    """A training: who held it, for whom, and how many of each enterprise came (``attendance`` by enterprise key).

    ``person_days`` is the work that it took those who held it.
    """

    key: Key
    title: Text | None = None
    tier: Text | None = None
    date: DoneOn | None = None
    place: Text | None = None
    lecturer: Text | None = None
    person_days: PersonDays | None = None
    enterprises: tuple[EnterpriseReference, ...] = ()
    attendance: dict[str, Annotated[Whole, AfterValidator(_refuse_negative)]] = {}
    content: Prose | None = None


_DIGEST = re.compile("[0-9a-f]{12,64}")


def _check_digest(value: str) -> str:
    if not _DIGEST.fullmatch(value):
        raise refuse("E144", value=value)
    return value


def _refuse_no_pages(value: int) -> int:
    if value < 1:
        raise refuse("R157", value=value)
    return value


class Evidence(Part):
    """A file that proves something: a photograph, a sign-in sheet, a certificate; ``item`` is where it is filed.

    ``file`` is a file, a folder (ends in ``/``) or a pattern (``照片/*.jpg``), whose every file is a piece of its own.
    ``document`` is the document that a scan was signed on: the scan is filed with it. ``signed_digest`` is the content
    digest of what was printed and signed, or its first twelve digits or more.
    ``redacts`` names the evidence (its key) or the document (``<id>/<key>``) that this is a redacted copy of; such a
    copy is filed in the redacted package alone.
    ``number`` is its own (文件编号, 文号); ``pages`` is what somebody counted, asked where docgen can't count.
    """

    key: Key
    file: Text
    kind: EvidenceKind
    title: Text | None = None
    number: Text | None = None
    date: Annotated[Date, Meaning("issued")] | None = None
    pages: Annotated[Whole, AfterValidator(_refuse_no_pages)] | None = None
    item: Text | None = None
    activity: Annotated[Text, Reference("activities[]")] | None = None
    training: Annotated[Text, Reference("trainings[]")] | None = None
    place: Text | None = None
    document: Text | None = None
    signed_digest: Annotated[Text, AfterValidator(_check_digest)] | None = None
    enterprises: tuple[EnterpriseReference, ...] = ()
    responsible: Text | None = None
    confidential: YesNo = False
    redacts: Text | None = None
    remark: Text | None = None


class NotApplicable(Part):
    """What doesn't apply to this project, and why: a filing item, a type of document, one document (``<id>/<key>``)."""

    item: Text
    reason: Said


class Confirmation(Part):
    """A value that docgen doubted and somebody checked: where it stands, what it is, and why it is right.

    ``path`` is spelled as messages spell it (``enterprises[0].region``). It holds for that value alone.
    """

    path: Text
    value: Text
    reason: Said


class CheckLine(Part):
    """The answer to one line of a check list."""

    verdict: Text | None = None
    remark: Text | None = None
    evidence: Text | None = None


class MeasuredLine(CheckLine):
    """A line that was measured, too: ``value`` as somebody typed it, and the ``indicator`` (its key) that it is of."""

    value: Text | None = None
    indicator: Text | None = None
