"""A receipt as data: the JSON file that is chained, signed and checked; the Word file beside it says the same."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from docgen.archive.plan.model import RuleInForce

Decision = Literal["accepted", "returned"]
"""接收 or 退回补正; the text is ``receipt.decision.<value>``."""
MAX_RECEIPT = 16 << 20
"""So many bytes a receipt has at most."""
_PREFIX = "HZ"
_NUMBER = rf"^({_PREFIX}-[0-9]{{4}}-[0-9]{{4,9}})?$"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReceiptPackage(_Part):
    """The package that was verified; "" where nothing tells. ``digests`` are those of the zip, none of a folder."""

    file: str
    title: str = ""
    sender: str = ""
    archive_number: str = ""
    project_number: str = ""
    standard: str = ""
    profile: str = ""
    made_by: str = ""
    identity: str = ""
    size: int = 0
    files: int = 0
    digests: Mapping[str, str] = Field(default_factory=dict)

    @property
    def key(self) -> str:
        """What tells it from every other package: the zip's digest; "" of a folder, which nothing tells for sure."""
        return self.digests.get("sha256", "")


class StatedVerdict(_Part):
    """An item of 四性检测 and its verdict; ``code`` is docgen's own numbering, ``reason`` why it wasn't run."""

    code: str
    title: str
    verdict: str
    reason: str = ""


class Correction(_Part):
    """Something to correct before the package comes again: what is wrong, and what the sender does; ``more`` alike."""

    code: str
    message: str
    mend: str
    more: int = 0


class ReceiptFindings(_Part):
    """What verifying found, in the words of documents; ``proposed`` is the decision that it speaks for.

    ``signature`` is the verdict on the one beside the package, ``unlisted`` how many corrections aren't listed.
    """

    package: ReceiptPackage
    verified_by: str
    state: str
    proposed: Decision
    steps: Mapping[str, str]
    items: tuple[StatedVerdict, ...]
    signature: str = "not_applicable"
    corrections: tuple[Correction, ...] = ()
    unlisted: int = 0
    limits: Mapping[str, int] = Field(default_factory=dict)
    work: Mapping[str, int] = Field(default_factory=dict)
    rules: tuple[RuleInForce, ...] = ()


class Previous(_Part):
    """The receipt before: its number, the sha256 of its file."""

    number: str
    sha256: str


class WordFile(_Part):
    """The Word file beside a receipt."""

    file: str
    sha256: str


class Receipt(_Part):
    """A receipt; a draft has neither number, place in the chain nor decision.

    ``earlier`` is the number of the last receipt for the same package, "" for the first. ``check`` is the digest of
    what the Word file prints, which prints it, too.
    """

    schema_version: Literal[1] = 1
    number: str = Field(default="", pattern=_NUMBER)
    sequence: int = Field(default=0, ge=0)
    issued: AwareDatetime
    decision: Decision | None = None
    previous: Previous | None = None
    earlier: str = ""
    findings: ReceiptFindings
    check: str = ""
    document: WordFile | None = None

    @model_validator(mode="after")
    def _check_number(self) -> Self:
        """Refuse a number, a place in the chain or a decision without the others."""
        if len({bool(self.number), bool(self.sequence), self.decision is not None}) > 1:
            raise ValueError("number, sequence and decision come together")
        return self

    @property
    def is_draft(self) -> bool:
        """Whether nobody decided yet."""
        return self.decision is None

    def digest(self) -> str:
        """The sha256 that ``check`` has to be: of everything but itself and the Word file, keys in order."""
        told = self.model_dump(mode="json", exclude={"check", "document"})
        text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()

    def seal(self) -> Receipt:
        """The receipt with its check value."""
        return self.model_copy(update={"check": self.digest()})

    def dump(self) -> bytes:
        """The bytes of its file."""
        text = json.dumps(self.model_dump(mode="json"), ensure_ascii=False, indent=1)
        return f"{text}\n".encode("utf-8", "replace")


def parse_receipt(data: bytes) -> Receipt | None:
    """Read a receipt; None for what is none."""
    try:
        return Receipt.model_validate_json(data)
    except (ValidationError, ValueError, RecursionError):
        return None


def format_number(year: int, serial: int) -> str:
    """``HZ-2026-0001``: the receipt of this serial number in a year, which is its files' name, too."""
    return f"{_PREFIX}-{year:04d}-{serial:04d}"


def is_receipt_name(name: str) -> bool:
    """Whether a file is called as receipts are."""
    return name.startswith(f"{_PREFIX}-") and name.endswith(".json")


def describe_moment(moment: dt.datetime) -> str:
    """A moment to the second, with its zone."""
    return moment.isoformat(" ", "seconds")


def describe_package(told: Mapping[str, Any], file: str) -> ReceiptPackage:
    """The package of a description that ``complete_description`` gave."""
    facts, project = told.get("facts") or {}, told.get("project") or {}
    profile = facts.get("profile") or {}
    return ReceiptPackage(
        file=file,
        title=told.get("title") or told.get("name") or "",
        sender=facts.get("agency") or "",
        archive_number=facts.get("archive_number") or "",
        project_number=project.get("number") or "",
        standard=told.get("standard") or "",
        profile=" ".join(filter(None, (profile.get("id"), profile.get("version"), profile.get("digest")))),
        made_by=facts.get("generator") or "",
        identity=told.get("identity") or "",
        size=told["bytes"],
        files=told["files"],
        digests=told.get("digests") or {},
    )
