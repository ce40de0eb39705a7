"""The model of a receipt: its JSON file is chained, signed and checked; the Word file beside it prints the same."""

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
"""The most bytes of a receipt's file."""
_PREFIX = "HZ"
_NUMBER = rf"^({_PREFIX}-[0-9]{{4}}-[0-9]{{4,9}})?$"


class _ReceiptPart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReceiptPackage(_ReceiptPart):
    """The package that was verified; facts it doesn't state are "". ``digests`` are the zip's; a folder has none."""

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
        """The sha256 of the zip, by which the register knows the package again; "" for a folder."""
        return self.digests.get("sha256", "")


class StatedVerdict(_ReceiptPart):
    """The verdict on an item of 四性检测; ``code`` is docgen's own numbering, ``reason`` why the item wasn't run."""

    code: str
    title: str
    verdict: str
    reason: str = ""


class Correction(_ReceiptPart):
    """What the sender corrects before sending the package again.

    ``code`` and ``message`` name the fault, ``mend`` its remedy; so many ``more`` faults are of the same kind.
    """

    code: str
    message: str
    mend: str
    more: int = 0


class ReceiptFindings(_ReceiptPart):
    """The result of verifying the package, in the language of documents, and the decision that it proposes.

    ``signature`` is the verdict on the signature beside the package; so many corrections are ``unlisted``.
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


class Previous(_ReceiptPart):
    """The receipt before this one in the chain: its number, and the sha256 of its file."""

    number: str
    sha256: str


class WordFile(_ReceiptPart):
    """The Word file beside a receipt: its name and sha256."""

    file: str
    sha256: str


class Receipt(_ReceiptPart):
    """A receipt; a draft has neither number, place in the chain (``sequence``, from 1) nor decision.

    ``earlier`` is the number of the last receipt for the same package, "" for the first. ``check`` is ``digest()``;
    the Word file prints it.
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
        """Whether nobody has decided yet."""
        return self.decision is None

    def digest(self) -> str:
        """The sha256 of the receipt as compact JSON with sorted keys, without ``check`` and ``document``."""
        content = self.model_dump(mode="json", exclude={"check", "document"})
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()

    def seal(self) -> Receipt:
        """Return the receipt with its check value."""
        return self.model_copy(update={"check": self.digest()})

    def dump(self) -> bytes:
        """The JSON of the receipt's file, in UTF-8."""
        text = json.dumps(self.model_dump(mode="json"), ensure_ascii=False, indent=1)
        return f"{text}\n".encode("utf-8", "replace")


def parse_receipt(data: bytes) -> Receipt | None:
    """Parse the JSON of a receipt's file; None when it isn't a receipt."""
    try:
        return Receipt.model_validate_json(data)
    except (ValidationError, ValueError, RecursionError):
        return None


def format_number(year: int, serial: int) -> str:
    """The number of a receipt, such as ``HZ-2026-0001``; its files have it as their name."""
    return f"{_PREFIX}-{year:04d}-{serial:04d}"


def is_receipt_name(name: str) -> bool:
    """Whether a file's name is one of a receipt."""
    return name.startswith(f"{_PREFIX}-") and name.endswith(".json")


def format_moment(moment: dt.datetime) -> str:
    """A moment to the second, with its time zone."""
    return moment.isoformat(" ", "seconds")


def make_receipt_package(description: Mapping[str, Any], file: str) -> ReceiptPackage:
    """Take a package's facts from its description (of ``complete_description``)."""
    facts, project = description.get("facts") or {}, description.get("project") or {}
    profile = facts.get("profile") or {}
    return ReceiptPackage(
        file=file,
        title=description.get("title") or description.get("name") or "",
        sender=facts.get("agency") or "",
        archive_number=facts.get("archive_number") or "",
        project_number=project.get("number") or "",
        standard=description.get("standard") or "",
        profile=" ".join(filter(None, (profile.get("id"), profile.get("version"), profile.get("digest")))),
        made_by=facts.get("generator") or "",
        identity=description.get("identity") or "",
        size=description["bytes"],
        files=description["files"],
        digests=description.get("digests") or {},
    )
