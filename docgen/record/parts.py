"""The parts that more than one standard uses: parties, people, periods, the project, activities, evidence.

Only keys are required here. The profile says which other fields a document needs; they are required when that document
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
    FilledText,
    Key,
    Meaning,
    Number,
    Part,
    Phone,
    Prose,
    Reference,
    RegionCode,
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
"""The enterprises that a project serves: one, or those of an industry, a region or a park."""


_USCC_CODES = {"length": "R111", "characters": "R128", "check": "R129"}


def check_uscc(value: str | None, info: ValidationInfo) -> str | None:
    """A valid 统一社会信用代码 (GB 32100), or one whose fault the record waives (``uscc_waiver``)."""
    fault = find_uscc_fault(value) if value is not None else None
    if fault is not None and not info.data.get("uscc_waiver"):
        raise refuse(_USCC_CODES[fault], value=value or "", length=len(value or ""))
    return value


class Person(Part):
    """A person who takes part: name, duty (职务), professional title (职称), qualification."""

    key: Key | None = None
    name: Text | None = None
    duty: Text | None = None
    title: Text | None = None
    qualification: Text | None = None
    task: Text | None = None
    phone: Phone | None = None


class Party(Part):
    """An organisation that takes part in the project, by its role; ``code`` is its abbreviation in document numbers."""

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
    """A period from a day or month to another, both included; R113 if it ends before it starts."""

    start: DateOrMonth | None = None
    end: DateOrMonth | None = None

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.start is not None and self.end is not None and last_day(self.end) < first_day(self.start):
            raise refuse("R113", start=str(self.start), end=str(self.end))
        return self

    def contains(self, day: dt.date) -> bool:
        """Whether a day lies in the period; a missing start or end sets no limit."""
        after_start = self.start is None or first_day(self.start) <= day
        return after_start and (self.end is None or day <= last_day(self.end))


class Project(Part):
    """The project: its number and name, whom it serves, its period, region (GB/T 2260) and date.

    ``last_numbers`` are the last document numbers of the preceding record, if the profile numbers documents; this
    record's numbers continue them.
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
    """An activity at a place on a day, for the named enterprises or, if none is named, for all; it counts once.

    An activity with a ``method`` is a service visit: ``person_days`` is its work, ``problems_solved`` lists the solved
    problems.
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
    """A training: who held it, for whom, and how many people of each enterprise came (``attendance`` by its key).

    ``person_days`` is the work of those who held it.
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
    """A piece of evidence: a photograph, a sign-in sheet, a certificate; ``item`` is its filing item.

    ``file`` is a file, a folder (ends in ``/``) or a pattern (``照片/*.jpg``), with each file a piece of its own.
    ``document`` is the document of which a scan is the signed copy: the scan is filed with it. ``signed_digest`` is the
    content digest of the printed document that was signed, or at least its first twelve digits.
    ``redacts`` names the evidence (its key) or the document (``<id>/<key>``) that this is a redacted copy of; such a
    copy is filed in the redacted package alone.
    ``number`` is its own (文件编号, 文号); ``pages`` is counted by a person, required where docgen can't count.
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
    """A filing item, a type of document or one document (``<id>/<key>``) that doesn't apply, and the reason."""

    item: Text
    reason: FilledText


class Confirmation(Part):
    """A confirmation of a doubted value: its path, the value, and the reason why it is right.

    ``path`` is spelled as in messages (``enterprises[0].region``). The confirmation lapses when the value changes.
    """

    path: Text
    value: Text
    reason: FilledText


class CheckLine(Part):
    """The answer to one line of a check list."""

    verdict: Text | None = None
    remark: Text | None = None
    evidence: Text | None = None


class MeasuredLine(CheckLine):
    """A line that was measured, too: its ``value`` as typed, and the key of its ``indicator``."""

    value: Text | None = None
    indicator: Text | None = None
