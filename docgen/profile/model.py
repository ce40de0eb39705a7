"""The closed vocabulary of a profile: ``profile.yaml``, ``filing.yaml`` and ``rules.yaml``.

What it may say of its documents stands in ``docgen.profile.document``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field as PydanticField
from pydantic import model_validator

from docgen.profile.condition import Condition
from docgen.profile.document import DocumentSpec, FieldKey, Identifier, Level, NumberingSpec
from docgen.record.parts import EvidenceKind, PartyRole
from docgen.record.ratings import RatingRules
from docgen.record.scoring import ScoringRules
from docgen.record.types import Date, Part, Text, refuse


class Standard(Part):
    """The standard itself: number, title, edition, since when it is in force, what it replaces.

    ``stage`` is how far a draft is (征求意见稿, 报批稿); every document made after it says so.
    """

    number: Text
    title: Text
    edition: Text | None = None
    status: Literal["in_force", "draft", "superseded"] = "in_force"
    stage: Text | None = None
    in_force: Date | None = None
    replaces: Text | None = None
    issuer: Text | None = None


class AskedPart(Part):
    """A field of the shared vocabulary that the standard asks for; ``when`` says in which records.

    ``answers`` are texts that look like nothing (无, /) and answer what is asked.
    """

    path: Text
    level: Level = "应"
    when: Condition | None = None
    clause: Text | None = None
    label: Text | None = None
    help: Text | None = None
    answers: tuple[Text, ...] = ()


class Setting(Part):
    """What the standard leaves open, the default that is used, and the key that changes it; listed in the package."""

    id: Text
    key: Text
    clause: Text
    text: Text


class FilingItemSpec(Part):
    """An item of the filing list: which documents and which kinds of evidence are filed there.

    ``when`` says in which records it is asked for; in the others it doesn't apply, for the reason in ``otherwise``.
    ``words`` are the clause's own, of which ``level`` was taken.
    """

    key: FieldKey
    label: Text
    clause: Text | None = None
    level: Level = "应"
    words: Text | None = None
    takes: tuple[Identifier, ...] = ()
    evidence: tuple[EvidenceKind, ...] = ()
    when: Condition | None = None
    otherwise: Text | None = None

    @model_validator(mode="after")
    def _check_otherwise(self) -> Self:
        if (self.when is None) != (self.otherwise is None):
            raise refuse("P121", key=self.key)
        return self


class FilingSpec(Part):
    """The filing list, in the standard's order; ``basis`` says where it comes from.

    ``course`` is the order in time in which the items come to be, where that isn't the list's: items that come
    together stand together, and one that isn't named runs along with the whole project (changes, complaints).
    """

    basis: Text
    items: tuple[FilingItemSpec, ...]
    course: tuple[tuple[FieldKey, ...], ...] = ()

    @model_validator(mode="after")
    def _check_course(self) -> Self:
        keys, named = {item.key for item in self.items}, [key for step in self.course for key in step]
        for key in named:
            if key not in keys or named.count(key) > 1:
                raise refuse("P152", key=key, known="、".join(item.key for item in self.items))
        return self

    @property
    def steps(self) -> tuple[tuple[str, ...], ...]:
        """The keys of the items in the order in which they come to be; those that run along are in none."""
        return self.course or tuple((item.key,) for item in self.items)


class RuleSpec(Part):
    """A rule over the record or the documents: ``check`` names the property, ``with`` its parameters.

    Once it has reported something, docgen doesn't call the filing items in ``doubts`` not applicable.
    """

    id: Identifier
    clause: Text
    level: Level
    check: Annotated[str, PydanticField(pattern=r"^[a-z][a-z0-9_]*$")]
    doubts: tuple[FieldKey, ...] = ()
    with_: dict[str, Any] = PydanticField(alias="with")


class PackageSpec(Part):
    """A package that a record makes: one for the project, or one for each item of a list (``per``).

    ``items`` are the filing items it holds (none named: all); ``title`` is added to the project's name. A supplement
    names the package that it supplements (``of``), and is made only when there is something to put into it.
    ``documents`` are what it holds alone: no other package takes them, and it takes nothing else.
    """

    key: Identifier
    per: Text = "project"
    kind: Literal["main", "supplement"] = "main"
    of: Identifier | None = None
    title: Text | None = None
    items: tuple[FieldKey, ...] = ()
    documents: tuple[Identifier, ...] = ()

    @model_validator(mode="after")
    def _check_kind(self) -> Self:
        if (self.kind == "supplement") != (self.of is not None):
            raise refuse("P122", key=self.key)
        return self


class Profile(Part):
    """A standard as data.

    ``confidential`` are the paths of what a redacted package leaves out, with everything below them, unless the record
    opens it; own fields and documents say so themselves. ``numbering`` is how documents with a code are numbered,
    ``compiler`` the role of who makes up the file (立卷单位).
    """

    id: Identifier
    version: Text
    extends: Identifier | None = None
    standard: Standard
    parts: tuple[AskedPart, ...] = ()
    settings: tuple[Setting, ...] = ()
    confidential: tuple[Text, ...] = ()
    scoring: ScoringRules | None = None
    ratings: RatingRules | None = None
    numbering: NumberingSpec | None = None
    compiler: PartyRole | None = None
    documents: tuple[DocumentSpec, ...]
    packages: tuple[PackageSpec, ...] = (PackageSpec(key="main"),)
    filing: FilingSpec
    rules: tuple[RuleSpec, ...] = ()

    def find_document(self, document_id: str) -> DocumentSpec | None:
        """The document type of that id, or None."""
        return next((item for item in self.documents if item.id == document_id), None)

    def find_filing_item(self, document_id: str) -> FilingItemSpec | None:
        """The filing item that takes a document type, or None."""
        return next((item for item in self.filing.items if document_id in item.takes), None)
