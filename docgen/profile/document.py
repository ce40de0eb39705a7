"""The vocabulary of documents in a profile: fields, headings, lines, columns, and for whom each is made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self, get_args

from pydantic import Field as PydanticField
from pydantic import model_validator

from docgen.profile.condition import Condition
from docgen.record.parts import EvidenceKind, PartyRole
from docgen.record.types import Part, Text, Whole, YesNo, refuse

Level = Literal["应", "宜", "可", "自拟"]
"""How strongly the clause asks (GB/T 1.1); 自拟: the clause asks for the activity and the document is ours."""
FieldType = Literal[
    "text",
    "prose",
    "date",
    "month",
    "minute",
    "int",
    "decimal",
    "money",
    "percent",
    "choice",
    "choices",
    "yes_no",
    "score",
    "reference",
    "rows",
]
Shape = Literal["report", "checklist", "register", "form", "photo-sheet"]
Identifier = Annotated[str, PydanticField(pattern=r"^[a-z0-9][a-z0-9-]*$")]
FieldKey = Annotated[str, PydanticField(pattern=r"^[a-z][a-z0-9_]*$")]


class FieldSpec(Part):
    """An own field of a form. ``answers`` are texts that look like nothing (无, /) and answer what is asked here.

    ``role`` says which parties a reference to one means. ``synonyms`` are what other people's tables call it.
    ``room`` is how many lines of 8 mm a form that is filled in by hand leaves for it.
    """

    key: FieldKey
    label: Text
    synonyms: tuple[Text, ...] = ()
    type: FieldType = "text"
    unit: Text | None = None
    level: Level = "可"
    clause: Text | None = None
    by_hand: YesNo = False
    confidential: YesNo = False
    help: Text | None = None
    options: tuple[Text, ...] = ()
    answers: tuple[Text, ...] = ()
    to: Text | None = None
    role: PartyRole | None = None
    room: Whole = 1
    fields: tuple[FieldSpec, ...] = ()

    @model_validator(mode="after")
    def _check_type(self) -> Self:
        if (self.type in ("choice", "choices")) != bool(self.options):
            raise refuse("P111", key=self.key)
        if (self.type == "rows") != bool(self.fields):
            raise refuse("P112", key=self.key)
        if (self.type == "reference") != (self.to is not None):
            raise refuse("P113", key=self.key)
        return self

    @property
    def is_summed(self) -> bool:
        """Whether a column of such fields has a sum."""
        return self.type in ("int", "decimal", "money", "score")


class LineSpec(Part):
    """A numbered line of a check list."""

    key: FieldKey
    label: Text
    clause: Text | None = None
    level: Level = "应"


class LineGroupKey(Part):
    """A group of lines: a scoring family by its key, or a key with a label of its own."""

    key: FieldKey
    label: Text | None = None


class LineGroup(Part):
    """Lines under one subject."""

    group: LineGroupKey
    lines: tuple[LineSpec, ...]


class ChecklistSpec(Part):
    """The words of a check list's header and the verdicts that a line may get.

    ``content``: the verdicts of a survey's answer that is content; summaries of many packages count them. ``measures``
    is the path of the indicators whose values before the work a line may hold.
    """

    verdicts: tuple[Text, ...]
    content: tuple[Text, ...] = ()
    label: Text
    group_label: Text
    verdict_label: Text
    remark_label: Text
    evidence_label: Text | None = None
    measures: Text | None = None

    @model_validator(mode="after")
    def _check_content(self) -> Self:
        unknown = [item for item in self.content if item not in self.verdicts]
        if unknown:
            raise refuse("B130", value="、".join(unknown), known="、".join(self.verdicts))
        return self


class ColumnSpec(Part):
    """A column of a register; ``width`` is its share of the table, ``format`` how its value is spelled."""

    key: FieldKey
    label: Text
    source: Text
    unit: Text | None = None
    width: Whole = 10
    align: Literal["left", "center", "right"] = "center"
    format: Literal["plain", "date", "date8", "month", "money", "percent"] = "plain"


class HeadingSpec(Part):
    """A heading of a report; without ``source`` its prose is an own field of the document under the same key.

    ``rows`` is the path of items that stand below the prose as a table of ``columns``, ``caption`` its title; the prose
    is then optional. A heading may have ``sections`` below it; then it needs no prose of its own. ``answers`` as in a
    field. ``room`` is how many lines a blank report leaves below it; without it as many as the document has
    ``blank_rows``.
    """

    key: FieldKey
    title: Text
    clause: Text | None = None
    level: Level = "应"
    source: Text | None = None
    rows: Text | None = None
    columns: tuple[ColumnSpec, ...] = ()
    caption: Text | None = None
    help: Text | None = None
    answers: tuple[Text, ...] = ()
    room: Whole | None = None
    sections: tuple[HeadingSpec, ...] = ()

    @model_validator(mode="after")
    def _check_table(self) -> Self:
        if (self.rows is None) == bool(self.columns) or (self.caption is not None and self.rows is None):
            raise refuse("P124", key=self.key)
        if any(section.sections for section in self.sections):
            raise refuse("P145", key=self.key)
        return self

    @property
    def has_own_prose(self) -> bool:
        """Whether prose is asked for below it: nothing else stands there."""
        return self.source is None and self.rows is None and not self.sections


class PhotosSpec(Part):
    """The photographs that a document shows: the pictures among the evidence of these kinds."""

    kinds: tuple[EvidenceKind, ...] = ("photograph",)


class SignerSpec(Part):
    """A line to sign or seal on paper; with ``role`` the party of that role is named in it."""

    label: Text
    role: PartyRole | None = None


class SigningSpec(Part):
    """That a ``clause`` asks for a signature or a seal; ``evidence`` of one of these kinds is the signed paper, too."""

    clause: Text
    evidence: tuple[EvidenceKind, ...] = ()


class NumberingSpec(Part):
    """How documents are numbered: ``pattern`` with words in braces, see ``docgen.profile.numbering``."""

    pattern: Text
    clause: Text | None = None


class DocumentSpec(Part):
    """A document type: its shape or templates, for whom a copy is made (``per``), what it asks and prints.

    ``per`` is the project, a list of the record, or the document's own entries (``forms.<id>[]``), each with a key.
    ``among`` says which items of the list a copy is made for, filled or blank; ``when`` in which records it is made.
    ``addressee`` is to whom it goes: a party's role, or an own field.
    ``dated`` is an own field, or the path of a date that the record holds elsewhere. With ``photos`` it is made where
    there are photographs to show. ``marking`` names the record's rubric by which experts mark the lines.
    ``confidential`` keeps the whole document out of a redacted package. ``synonyms`` are other names by which people
    call it, so that a file that somebody wrote is known by them.
    ``signed`` says which clause asks that it be signed or sealed: the package lists those without a signed scan.
    ``words`` are the clause's own, of which ``level`` was taken.
    ``code`` stands for the document type in numbers; a document with a code is numbered, and its entries may hold a
    ``number`` typed.
    """

    id: Identifier
    title: Text
    synonyms: tuple[Text, ...] = ()
    subtitle: Text | None = None
    caption: Text | None = None
    shape: Shape
    templates: tuple[Text, ...] = ()
    orientation: Literal["portrait", "landscape"] = "portrait"
    clause: Text | None = None
    level: Level = "应"
    words: Text | None = None
    per: Text = "project"
    among: Condition | None = None
    when: Condition | None = None
    responsible: Text | None = None
    addressee: Text | None = None
    dated: Text | None = None
    titled: FieldKey | None = None
    blank_rows: Whole = 5
    confidential: YesNo = False
    code: Text | None = None
    rows: Text | None = None
    fields: tuple[FieldSpec, ...] = ()
    headings: tuple[HeadingSpec, ...] = ()
    lines: tuple[LineGroup, ...] = ()
    checklist: ChecklistSpec | None = None
    marking: Identifier | None = None
    columns: tuple[ColumnSpec, ...] = ()
    photos: PhotosSpec | None = None
    signers: tuple[SignerSpec, ...] = ()
    signed: SigningSpec | None = None
    notes: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _check_shape(self) -> Self:
        is_complete = {
            "report": bool(self.headings),
            "checklist": bool(self.lines) and self.checklist is not None,
            "register": bool(self.columns),
            "photo-sheet": self.photos is not None,
        }
        if not is_complete.get(self.shape, True):
            raise refuse("P116", id=self.id)
        keys = [*(item.key for item in self.fields), *(item.key for item in self.iterate_headings())]
        if len(set(keys)) != len(keys) or set(keys) & {"of", "lines", "marks", *self._list_reserved()}:
            raise refuse("P117", id=self.id)
        for name in (self.dated, self.titled):
            if name is not None and "." not in name and name not in {item.key for item in self.fields}:
                raise refuse("P118", id=self.id, key=name)
        addressees = (*get_args(PartyRole), *(item.key for item in self.fields))
        if self.addressee is not None and self.addressee not in addressees:
            raise refuse("P118", id=self.id, key=self.addressee)
        return self

    def _list_reserved(self) -> Iterator[str]:
        if self.per_entry:
            yield "key"
        if self.code is not None:
            yield "number"

    @property
    def template_names(self) -> tuple[str, ...]:
        """The templates below ``templates/`` that it is rendered with: its own, or the one of its shape."""
        if self.templates:
            return self.templates
        variant = ".landscape" if self.orientation == "landscape" else ""
        return (f"docx/{self.shape}{variant}.docx",)

    @property
    def own_form(self) -> bool:
        """Whether the record holds fields of its own for it."""
        return bool(
            self.fields or self.lines or self.marking or any(item.source is None for item in self.iterate_headings())
        )

    @property
    def own_entries(self) -> str:
        """The path of what the record holds for it."""
        return f"forms.{self.id}[]"

    @property
    def per_entry(self) -> bool:
        """Whether a copy is made for each of its own entries: as many changes, complaints or reviews as there were."""
        return self.per == self.own_entries

    def iterate_headings(self) -> Iterator[HeadingSpec]:
        """The headings of a report, each followed by its sections."""
        for heading in self.headings:
            yield heading
            yield from heading.sections

    def iterate_lines(self) -> Iterator[LineSpec]:
        """The lines of all groups, in order."""
        for group in self.lines:
            yield from group.lines


FieldSpec.model_rebuild()
HeadingSpec.model_rebuild()
