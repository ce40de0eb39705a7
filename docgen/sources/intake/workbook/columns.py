"""Makes the columns of an intake workbook from the shared vocabulary's models and a profile's own fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_origin

from pydantic import BaseModel

from docgen.messages import DOCUMENT_LANGUAGE, Catalogue, catalogue
from docgen.profile.document import DocumentSpec, FieldSpec, LineSpec
from docgen.profile.faults import name_label
from docgen.profile.kinds import CODES, FieldKind, judge_kind
from docgen.profile.labels import list_other_words, list_words
from docgen.profile.load import LoadedProfile
from docgen.profile.paths import item_type
from docgen.sources.intake.workbook.layout import Column, Need

_PHONE_DIGITS = (11,)
_LONGEST_LINE = 24
_UNIT = re.compile(r"(.+)（([^（）]+)）")


@dataclass(frozen=True)
class ColumnMaker:
    """Makes columns for one profile."""

    loaded: LoadedProfile

    @cached_property
    def texts(self) -> Catalogue:
        """The texts of the workbook, in Chinese as in all documents."""
        return catalogue(DOCUMENT_LANGUAGE)

    @cached_property
    def asked(self) -> Mapping[str, Any]:
        """The shared fields that the standard requires, by path."""
        return {part.path: part for part in self.loaded.profile.parts}

    def make_shared(
        self, model: type[BaseModel], place: str, path: tuple[str, ...] = (), label: str = ""
    ) -> Iterator[Column]:
        """A column for each value of a shared model, except lists of items; ``place`` is its path in the record."""
        for attribute in _order(model):
            info = model.model_fields[attribute]
            name = info.alias or attribute
            kind, is_list = item_type(info.annotation)
            if name == "key" or (isinstance(kind, type) and issubclass(kind, BaseModel) and is_list):
                continue
            here, own_label = (*path, name), self._label(model, attribute)
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from self.make_shared(kind, f"{place}.{name}", here, label + own_label)
            elif get_origin(info.annotation) is not dict:
                yield self._make_shared_value(
                    model, attribute, path=here, label=label + own_label, place=f"{place}.{name}"
                )

    def _make_shared_value(
        self, model: type[BaseModel], attribute: str, *, path: tuple[str, ...], label: str, place: str
    ) -> Column:
        info = model.model_fields[attribute]
        kind, target = judge_kind(info, attribute)
        part = self.asked.get(place) or self.asked.get(f"{place}[]")
        key = name_label(model, attribute)
        needed = info.is_required() or (part is not None and part.level == "应")
        remarks = [part.clause, part.help] if part is not None else []
        own = self.find_text(f"workbook.hint.{key}")
        label, unit = split_unit(label)
        unit = unit or (self.find_text("workbook.unit.money") if kind == "money" else None)
        words = list_words(self.loaded.profile, key, info)
        if words and kind not in ("choice", "choices"):
            kind = "choice"
        return Column(
            header=f"{label}（{unit}）" if unit else label,
            label=label,
            path=path,
            kind=kind,
            unit=unit,
            need="required" if needed else "advised" if part is not None and part.level == "宜" else "free",
            hint=_join(*remarks, own),
            words=words,
            also=list_other_words(self.loaded.profile, key, info) if words else {},
            target=target,
            example=self.find_text(f"workbook.example.{key}") or self.find_example(kind, words),
            former=self.find_text(f"workbook.former.{key}") or self.find_text(f"workbook.former.{kind}"),
            key=key,
            digits=_PHONE_DIGITS if kind == "phone" else CODES.get(attribute, ()),
        )

    def make_own(
        self, document: DocumentSpec, specs: Iterable[FieldSpec], *, with_title: bool = False
    ) -> Iterator[Column]:
        """A column for each own field that holds one value; ``with_title`` puts the form's title into the header."""
        for spec in specs:
            if spec.type == "rows":
                continue
            kind: FieldKind = {"score": "decimal"}.get(spec.type, spec.type)  # type: ignore[assignment]
            head = f"{spec.label}（{spec.unit}）" if spec.unit else spec.label
            words = {option: option for option in spec.options}
            by_hand = self.find_text("workbook.hint.by_hand") if spec.by_hand else None
            yield Column(
                header=f"{document.title}\n{head}" if with_title else head,
                label=spec.label,
                path=(spec.key,),
                kind=kind,
                unit=spec.unit,
                need=_find_need(spec.level) if not spec.by_hand else "free",
                hint=_join(spec.clause, spec.help, by_hand),
                words=words,
                target=spec.to,
                document=document.id,
                group=document.title,
                example=self.find_example(kind, words),
                former=self.find_text(f"workbook.former.{kind}"),
                synonyms=spec.synonyms,
            )

    def make_headings(self, document: DocumentSpec) -> Iterator[Column]:
        """A prose column for each heading without another source; length is counted if a rule requires one."""
        counted = find_counted(self.loaded, document.id)
        for heading in document.iterate_headings():
            if heading.source is None:
                yield Column(
                    header=heading.title,
                    label=heading.title,
                    path=(heading.key,),
                    kind="prose",
                    # prose is optional below a heading with a table or sections
                    need=_find_need(heading.level) if heading.has_own_prose else "free",
                    hint=_join(heading.clause, heading.help, self.texts.text("workbook.hint.prose")),
                    document=document.id,
                    group=document.title,
                    example=self.texts.text("workbook.example.prose"),
                    counted=heading.key in counted,
                )

    def make_spread_columns(self, document: DocumentSpec) -> Iterator[Column]:
        """The columns of a check list with a row for each item: all verdicts, then all remarks, then all proofs.

        Verdicts come together, since every line needs one, and few lines need a remark.
        """
        checklist = document.checklist
        assert checklist is not None
        verdicts = {option: option for option in checklist.verdicts}
        named = (("verdict", ""), ("remark", checklist.remark_label), ("evidence", checklist.evidence_label))
        for name, label in named:
            for line in document.iterate_lines() if label is not None else ():
                options = verdicts if name == "verdict" else {}
                yield Column(
                    header=make_line_header(line) + (f"\n{label}" if label else ""),
                    label=make_line_header(line),
                    path=("lines", line.key, name),
                    kind="choice" if options else "text",
                    need=_find_need(line.level) if options else "free",
                    hint=_join(label, line.clause, line.label),
                    words=options,
                    document=document.id,
                    group=document.title,
                    example=next(iter(options), "……"),
                )

    def make_line_columns(self, document: DocumentSpec) -> Iterator[Column]:
        """The columns of a check list with a row for each line: line, verdict, remark, proof."""
        checklist = document.checklist
        assert checklist is not None
        words = {f"{line.key} {line.label}": line.key for line in document.iterate_lines()}
        yield Column(
            header=checklist.label,
            label=checklist.label,
            path=("line",),
            kind="choice",
            need="required",
            words=words,
            document=document.id,
            example=next(iter(words)),
            hint=self.texts.text("workbook.hint.line"),
        )
        verdicts = {option: option for option in checklist.verdicts}
        named: list[tuple[str, str | None, Mapping[str, str]]] = [
            ("verdict", checklist.verdict_label, verdicts),
            ("remark", checklist.remark_label, {}),
            ("evidence", checklist.evidence_label, {}),
        ]
        for name, label, options in named:
            if label is not None:
                yield Column(
                    header=label,
                    label=label,
                    path=(name,),
                    kind="choice" if options else "text",
                    need="required" if options else "free",
                    words=options,
                    document=document.id,
                    example=next(iter(options), "……"),
                )

    def make_owner(self, target: str, *, needed: bool = True) -> Column:
        """The column that names the owner of a row, an item of a list."""
        name = target.removesuffix("[]").rpartition(".")[2]
        document = self.loaded.profile.find_document(name) if target.startswith("forms.") else None
        label = document.title if document is not None else self.texts.text(f"workbook.owner.{name}")
        hint = self.texts.text("workbook.hint.owner", label=label)
        need: Need = "required" if needed else "free"
        example = self.find_text(f"workbook.named.{name}") or "……"
        return Column(label, label, ("of",), "reference", need=need, hint=hint, target=target, example=example)

    def make_number(self, document: DocumentSpec, *, with_title: bool = False) -> Iterator[Column]:
        """A column for the document number, if the document type has numbers."""
        if document.code is not None:
            label = self.texts.text("workbook.number")
            yield Column(
                header=f"{document.title}\n{label}" if with_title else label,
                label=label,
                path=("number",),
                kind="text",
                hint=self.texts.text("workbook.hint.number"),
                document=document.id,
                group=document.title,
            )

    def find_example(self, kind: FieldKind, words: Mapping[str, str]) -> str:
        """The example row's value in a column of this kind."""
        return next(iter(words), None) or self.find_text(f"workbook.example.{kind}") or "……"

    def _label(self, model: type[BaseModel], attribute: str) -> str:
        return self.texts.label(name_label(model, attribute)) or attribute

    def find_text(self, key: str) -> str | None:
        """A text of the catalogue, or None."""
        return self.texts.texts.get(key)


def _order(model: type[BaseModel]) -> list[str]:
    """The fields in the order of filling in: the reason for waiving a value follows the value."""
    names = list(model.model_fields)
    for name in [name for name in names if name.endswith("_waiver")]:
        names.remove(name)
        names.insert(names.index(name.removesuffix("_waiver")) + 1, name)
    return names


def make_line_header(line: LineSpec) -> str:
    """The header of a check list line's column: its key and the beginning of its text."""
    return f"{line.key} {line.label.partition('：')[0][:_LONGEST_LINE]}"


def split_unit(label: str) -> tuple[str, str | None]:
    """A label, and the unit in brackets at its end, if any."""
    match = _UNIT.fullmatch(label)
    return (match[1], match[2]) if match is not None else (label, None)


def find_counted(loaded: LoadedProfile, document_id: str) -> frozenset[str]:
    """The headings of a document for which a rule requires a length."""
    return frozenset(
        str(part["key"])
        for rule in loaded.profile.rules
        if rule.with_.get("document") == document_id
        for part in rule.with_.get("parts", ())
        if isinstance(part, dict) and "share" in part and "key" in part
    )


def _find_need(level: str) -> Need:
    return "required" if level == "应" else "advised" if level == "宜" else "free"


def _join(*texts: str | None) -> str:
    return "；".join(text for text in texts if text)
