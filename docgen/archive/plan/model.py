"""The package index as data: the model of ``package.json``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, FailFast, Field, PlainSerializer, PlainValidator

from docgen.record.archive_settings import IndexColumn, IndexForm
from docgen.record.dossier_number import NumberRule
from docgen.record.month import Month

REQUIRED_LEVEL = "应"
"""The requirement word 应 (GB/T 1.1: shall): a gap is an error. With 宜 it is a warning, with 可 nothing."""
RECOMMENDED_LEVEL = "宜"

INDEX_PAGE = "00_打开我_目录.html"
MACHINE_INDEX = "package.json"
RECORD_COPY = "record/record.json"
PAYLOAD_FOLDER = "data"
VOLUME = "04_整卷.pdf"
"""The one PDF of everything, where the package has one."""

Role = Literal["original", "pdf", "signed", "redacted"]
PackageKind = Literal["main", "supplement", "redacted"]
Material = Literal["text", "drawing", "photograph"]
"""The kinds of material that the remarks sheet counts separately: 文字材料, 图样材料, 照片."""


_Item = TypeVar("_Item")
Listed = Annotated[tuple[_Item, ...], FailFast()]
"""A list that fails at its first wrong entry: a hostile index may hold a million of them."""


def _read_date(value: object) -> dt.date | Month:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date | Month):
        return value
    text = str(value)
    return dt.date.fromisoformat(text) if text.count("-") == 2 else Month.parse(text)


FiledDate = Annotated[dt.date | Month, PlainValidator(_read_date), PlainSerializer(str, when_used="json")]
"""A day, or a month where no day is known: ``2024-09-06``, ``2024-09``."""


class _IndexPart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class PageCount(_IndexPart):
    """The number of pages of a rendition and its source; ``value`` is None exactly when ``source`` is ``none``."""

    value: int | None = Field(default=None, ge=0)
    source: Literal["counted", "stated", "none"] = "none"


UNPAGED = PageCount()


class Rendition(_IndexPart):
    """One file of a filed document: ``path`` is its place in the bag, ``size`` is in bytes.

    ``signed_digest`` of a signed scan is the content digest of the signed document, or its first digits, if known.
    """

    role: Role
    path: str
    media_type: str
    size: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    content_digest: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    signed_digest: str | None = Field(default=None, pattern="^[0-9a-f]{12,64}$")
    pages: PageCount = UNPAGED


class FiledDocument(_IndexPart):
    """A filed document, a line of the package's index (卷内目录: 件号, 文件编号, 责任者, 题名, 日期, 页数, 备注).

    ``id`` is stable: ``<document id>/<key>``, or ``evidence/<key>``. ``number`` runs through the whole package from 1;
    a note (why an item is not applicable) has 0. ``original_name`` is the file's name before it was made safe.
    ``confidentiality`` (密级) says whether the document is confidential in whole or in part, else it is the dossier's
    class. ``origin`` marks a document that a person wrote and docgen only filed. ``archive_number`` is the document's
    own 档号, "" where the package has none. ``first_page`` and ``last_page`` are its pages in the whole package, None
    after the first document with unknown pages. ``material`` is None in a package of an older docgen. ``bound_pages``
    is the number of its pages in the volume, if there is one, and goes before other counts.
    """

    id: str
    item: str
    number: int = Field(ge=0)
    title: str
    responsible: str = ""
    date: FiledDate | None = None
    document_number: str = ""
    archive_number: str = ""
    material: Material | None = None
    first_page: int | None = Field(default=None, ge=1)
    last_page: int | None = Field(default=None, ge=1)
    bound_pages: int | None = Field(default=None, ge=1)
    kind: Literal["document", "evidence", "note"] = "document"
    origin: Literal["", "handwritten"] = ""
    clause: str = ""
    level: str = ""
    original_name: str = ""
    renditions: Listed[Rendition] = ()
    remark: str = ""
    confidentiality: str = ""

    @property
    def pages(self) -> PageCount:
        """The pages in the volume; without one those of the first rendition with counted, else with stated pages."""
        if self.bound_pages is not None:
            return PageCount(value=self.bound_pages, source="counted")
        page_counts = [item.pages for item in self.renditions if item.pages.value is not None]
        return next(
            (pages for pages in page_counts if pages.source == "counted"), page_counts[0] if page_counts else UNPAGED
        )

    @property
    def is_paged(self) -> bool:
        """Whether the document's pages count; those of a note count only in a volume."""
        return self.kind != "note" or self.bound_pages is not None

    @property
    def is_photograph(self) -> bool:
        """Whether it counts as a photograph (备考表: 照片 张)."""
        if self.material is not None:
            return self.material == "photograph"
        pictures = any(item.media_type.startswith("image/") for item in self.renditions)
        return self.kind == "evidence" and pictures


class FilingItem(_IndexPart):
    """A line of the filing list (归档类目); ``reason`` says why it is missing, not applicable or withheld.

    ``later``: the project hadn't reached the item when the package was made (see ``Until``).
    ``present``: documents are filed; ``reason`` says which part of the item doesn't apply.
    ``unstated``: nothing is filed, and the record shows that the item applies.
    ``withheld``: its documents are in the full package and were all left out of this redacted one.
    """

    key: str
    label: str
    clause: str = ""
    level: str = ""
    status: Literal["present", "missing", "not_applicable", "unstated", "withheld", "later"]
    reason: str = ""


class Absence(_IndexPart):
    """A filing item or document that the package should contain and doesn't, and the reason."""

    id: str
    title: str
    clause: str = ""
    level: str = ""
    reason: str = ""


class Unsigned(_IndexPart):
    """A document that a clause requires to be signed or sealed, without a signed copy in the package."""

    id: str
    title: str
    clause: str = ""


CONFIRMED_MARK = "HS"
"""The prefix of the number of a confirmed value (核实)."""


class SettingUsed(_IndexPart):
    """A default that the standard leaves open and this package used."""

    id: str
    clause: str = ""
    setting: str
    value: str
    text: str


class ProjectIdentity(_IndexPart):
    """The project the package belongs to."""

    number: str
    name: str


class ArchiveFields(_IndexPart):
    """The fields of the archive's cover: 全宗号 档号 保管期限 密级 年度 立卷单位 起止日期; "" for a field not given.

    ``archive_number`` is the whole package's 档号. With ``rule`` the package's and the documents' 档号 are composed of
    ``fonds``, ``category``, ``year``, ``retention``, ``office`` and 件号 from ``first_item`` on. ``index_form`` is the
    form that gives the index its columns, unless ``index_columns`` lists them.
    """

    index_form: str = ""
    index_columns: Listed[IndexColumn] = ()
    rule: NumberRule | None = None
    fonds: str = ""
    category: str = ""
    office: str = ""
    first_item: int | None = None
    archive_number: str = ""
    retention: str = ""
    confidentiality: str = ""
    year: str = ""
    agency: str = ""
    date_from: FiledDate | None = None
    date_to: FiledDate | None = None


class Until(_IndexPart):
    """The last filing item of a package made while the project goes on; the items after it are ``later``."""

    item: str
    label: str
    clause: str = ""


class Supplemented(_IndexPart):
    """The package that a supplement belongs to: its name, and its identity (sha256 of its tag manifest).

    ``last_number`` is the last number of a document that was filed before the supplement was made.
    """

    name: str
    identity: str
    last_number: int = Field(default=0, ge=0)


class Redaction(_IndexPart):
    """Which package a redacted one is made from, and what it lacks.

    ``identity`` is the full package's: the sha256 of its tag manifest, which reveals nothing.
    ``fields`` are the confidential values of the record, ``masked`` the documents in which something is masked;
    ``documents``, ``evidence`` and ``files`` were left out; ``unsearched`` files, mostly pictures, hold no
    text to search for confidential values.
    """

    identity: str
    fields: int = Field(default=0, ge=0)
    masked: int = Field(default=0, ge=0)
    documents: int = Field(default=0, ge=0)
    evidence: int = Field(default=0, ge=0)
    files: int = Field(default=0, ge=0)
    unsearched: int = Field(default=0, ge=0)


class ProfileUsed(_IndexPart):
    """The profile that made the package; ``digest`` covers its content, "" in a package of an older docgen."""

    id: str
    version: str
    digest: str = ""


class RuleInForce(_IndexPart):
    """An archive rule in force when the package was made; ``asks`` is its requirement, ``read`` how far it was read.

    ``since`` is the day on which it came into force, "" if unknown.
    """

    number: str
    title: str
    since: str = ""
    asks: str
    read: str


class StandardUsed(_IndexPart):
    """The standard that the profile states; ``status`` is the profile's word (``in_force``, ``draft`` …).

    ``stage`` is how far a draft is (征求意见稿, 报批稿), "" for a standard in force.
    """

    number: str
    title: str
    status: str = ""
    stage: str = ""

    @property
    def remark(self) -> str:
        """The stage in brackets, to stand behind the name; "" when there is none or the name says it already."""
        return f"（{self.stage}）" if self.stage and self.stage not in self.number + self.title else ""


class Conversion(_IndexPart):
    """The converter of a package's PDFs: program, version, and a digest of the fonts it could use.

    With the same converter and fonts the same documents give the same bytes.
    """

    converter: str
    fonts: str = Field(pattern="^[0-9a-f]{64}$")


class Volume(_IndexPart):
    """One PDF of everything: ``file`` lies at the top of the package, ``numbered`` is the last page number in it.

    ``numbering`` is whose corner the numbers stand in. ``pdfa`` is what it claims, "" where ``unclaimed`` documents or
    papers don't.
    """

    file: Rendition
    numbered: int = Field(ge=0)
    numbering: IndexForm
    pdfa: str = ""
    unclaimed: Listed[str] = ()


class Counts(_IndexPart):
    """Sums over the filed documents: notes count as files, not as documents.

    ``pages`` sums the known pages; ``unpaged`` counts the documents whose pages nobody knows; ``bytes`` is the size of
    the payload.
    """

    documents: int = 0
    pages: int = 0
    unpaged: int = 0
    photos: int = 0
    files: int = 0
    bytes: int = 0


class PackageIndex(_IndexPart):
    """The whole machine index of a package, written into it as ``package.json``."""

    schema_version: Literal[1] = 1
    package_name: str
    title: str
    kind: PackageKind = "main"
    project: ProjectIdentity
    archive: ArchiveFields = ArchiveFields()
    profile: ProfileUsed
    standard: StandardUsed
    filing_basis: str = ""
    rules: Listed[RuleInForce] = ()
    supplements: Supplemented | None = None
    redaction: Redaction | None = None
    until: Until | None = None
    draft: bool = False
    generator: str
    created: dt.date
    items: Listed[FilingItem] = ()
    documents: Listed[FiledDocument] = ()
    missing: Listed[Absence] = ()
    unsigned: Listed[Unsigned] = ()
    settings: Listed[SettingUsed] = ()
    template_digests: dict[str, str] = {}
    conversion: Conversion | None = None
    volume: Volume | None = None
    counts: Counts = Counts()

    @property
    def later(self) -> tuple[FilingItem, ...]:
        """The filing items that the project hadn't reached."""
        return tuple(item for item in self.items if item.status == "later")

    def complete(self, documents: Iterable[FiledDocument]) -> PackageIndex:
        """The same index with these documents, their page ranges in the whole package, and their counts."""
        filed = number_pages(documents)
        return self.model_copy(update={"documents": filed, "counts": count_documents(filed)})


def describe_until(index: PackageIndex) -> dict[str, str | int]:
    """The last filing item of a stage package and those after it, as message parameters; {} for any other package."""
    if index.until is None:
        return {}
    later = "、".join(f"{item.key} {item.label}" for item in index.later)
    return {"item": index.until.item, "label": index.until.label, "count": len(index.later), "later": later}


def number_pages(documents: Iterable[FiledDocument]) -> tuple[FiledDocument, ...]:
    """The documents with their first and last page in the whole package, until one has unknown pages.

    Pages of notes (why an item is not applicable) count only in a volume.
    """
    filed: list[FiledDocument] = []
    done: int | None = 0
    for document in documents:
        pages = document.pages.value
        first = last = None
        if document.is_paged:
            if done is not None and pages:
                first, last = done + 1, done + pages
            done = None if done is None or pages is None else done + pages
        filed.append(document.model_copy(update={"first_page": first, "last_page": last}))
    return tuple(filed)


def count_documents(documents: Iterable[FiledDocument]) -> Counts:
    """The counts of the remarks sheet (共 件 页, 照片 张) and the payload's size."""
    filed = tuple(documents)
    real = [item for item in filed if item.kind != "note"]
    files = [rendition for item in filed for rendition in item.renditions]
    return Counts(
        documents=len(real),
        pages=sum(item.pages.value or 0 for item in filed if item.is_paged),
        unpaged=sum(item.pages.value is None for item in filed if item.is_paged),
        photos=sum(item.is_photograph for item in real),
        files=len(files),
        bytes=sum(item.size for item in files),
    )
