"""Lists the confidential values of a record in all spellings that its texts and evidence may hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from docgen.content.blocks import Block, Heading, ListBlock, Paragraph, Table
from docgen.content.model import Narrative
from docgen.profile.paths import Place, item_type
from docgen.profile.redaction.disclosure import STRUCTURAL, DisclosureRules
from docgen.profile.references import list_references
from docgen.profile.subject import Subject, is_present
from docgen.profile.validate import iterate_fields
from docgen.record.enterprise import Enterprise
from docgen.record.facts import Facts
from docgen.record.masking import Masked
from docgen.record.record import Record
from docgen.record.secret import (
    Secret,
    SecretKind,
    SecretSpelling,
    find_amounts,
    format_figure,
    is_telling,
    list_amount_spellings,
    normalize,
)

_COMPANY = re.compile(r"(股份有限公司|有限责任公司|有限公司)$")
_SENTENCE = re.compile(r"[。！？；\n]")
_LEAST_SENTENCE = 10
_LEAST_CORE = 4
_LISTED = re.compile("[、，,；;/ ]+")
_UNITS: Mapping[str | int, str] = {
    **dict.fromkeys(("revenue", "assets", "amount", "benefit"), "万元"),
    "staff": "人",
    "attendance_count": "人次",
}
_COMMON = ("project", "parties", "activities", "trainings")


def list_secrets(whole: Subject, rules: DisclosureRules, aliases: dict[str, str], mark: str) -> Iterator[Secret]:
    """The words that the record closes, the names behind the aliases, and every value at a closed place."""
    for text, place in rules.closed_texts:
        yield Secret(text, place, mark, kind="word")
    for at, enterprise in enumerate(whole.record.enterprises):
        alias = aliases.get(enterprise.key)
        if alias is not None:
            for attribute, text in _list_names(enterprise):
                yield Secret(text, ("enterprises", at, attribute), alias, kind="name")
    record = whole.record
    values = list(list_values(record, ()))
    opened, open_texts = _list_opened(values, rules, record)
    # No secret, either, is the name of an enterprise that is open, wherever a form repeats it.
    open_names = {
        normalize(text)
        for at, enterprise in enumerate(whole.record.enterprises)
        if not rules.closes(("enterprises", at, "name"))
        for _, text in _list_names(enterprise)
    }
    for place, (value, info) in values:
        if rules.closes(place) and (rules.is_named(place) or not _is_document_number(whole, place)):
            kind: SecretKind = "name" if _is_name(place) else "value"
            for spelling in _list_spellings(value, info, place, record):
                parts = [normalize(part) for part in _LISTED.split(spelling.text)]
                if normalize(spelling.text) in open_names:
                    continue
                if not all(part in opened for part in parts):
                    if (
                        rules.is_named(place)
                        or spelling.is_number
                        or (_drop_indexes(place), spelling.text) not in open_texts
                    ):
                        yield _make_secret(spelling, place, mark, kind)
                elif rules.is_named(place):
                    # A list of names stands nowhere else as such, but each of them.
                    yield from (Secret(part, place, mark, kind=kind) for part in parts)
    yield from _sum_columns(values, rules, mark, record)


def _list_opened(
    values: Sequence[tuple[Place, tuple[Any, FieldInfo]]], rules: DisclosureRules, record: Record
) -> tuple[set[str], set[tuple[Place, str]]]:
    """The texts that stay open although an enterprise is confidential.

    These are names of parties and the project's data; then, by field, open values of other entries and rows.
    """
    opened: set[str] = set()
    open_texts: set[tuple[Place, str]] = set()
    for place, (value, info) in values:
        if not rules.closes(place):
            texts = [item.text for item in _list_spellings(value, info, place, record) if not item.is_number]
            open_texts.update((_drop_indexes(place), text) for text in texts)
            if isinstance(value, str) and (place[0] in _COMMON or _is_name(place)):
                opened.update(normalize(text) for text in texts)
    return opened, open_texts


def _is_document_number(whole: Subject, place: Place) -> bool:
    """Whether a value is a document number, which doesn't reveal whom the document is for."""
    match place:
        case ("forms", str(name), int(), "number"):
            document = whole.profile.find_document(name)
            return document is not None and document.code is not None
    return False


def _drop_indexes(place: Place) -> Place:
    return tuple(step for step in place if isinstance(step, str))


def _make_secret(spelling: SecretSpelling, place: Place, mark: str, kind: SecretKind = "value") -> Secret:
    return Secret(spelling.text, place, f"{mark}{spelling.unit}", spelling.is_number, kind)


def _sum_columns(
    values: Sequence[tuple[Place, tuple[Any, FieldInfo]]], rules: DisclosureRules, mark: str, record: Record
) -> Iterator[Secret]:
    """The sums of the forms' columns in which a figure is closed."""
    columns: dict[tuple[Place, str], list[tuple[Place, Decimal | int, FieldInfo]]] = {}
    for place, (value, info) in values:
        match place:
            case ("forms", _, _, _, int(), str(column)) if isinstance(value, int | Decimal):
                columns.setdefault((place[:-2], column), []).append((place, value, info))
    for figures in columns.values():
        place, _, info = figures[0]
        if len(figures) > 1 and any(rules.closes(item[0]) for item in figures):
            unit = _find_unit(record, place, info.title or "")
            yield from _list_amount_secrets(sum(Decimal(item[1]) for item in figures), unit, place, mark)


def _list_amount_secrets(value: Decimal | int, unit: str, place: Place, mark: str) -> Iterator[Secret]:
    """The spellings of a computed figure that are distinctive."""
    secrets = (_make_secret(spelling, place, mark) for spelling in list_amount_spellings(value, unit))
    yield from (secret for secret in secrets if is_telling(secret))


def list_figures(whole: Facts, redacted: Facts, mark: Masked) -> Iterator[Secret]:
    """The hidden figures of the facts, which texts may repeat."""
    yield from _compare_figures(whole, redacted, ("facts",), mark)


def _compare_figures(whole: Any, redacted: Any, place: Place, mark: Masked) -> Iterator[Secret]:
    if whole is redacted:
        return
    if isinstance(whole, BaseModel):
        for attribute, info in type(whole).model_fields.items():
            here = (*place, info.alias or attribute)
            yield from _compare_figures(getattr(whole, attribute), getattr(redacted, attribute), here, mark)
    elif isinstance(whole, tuple):
        for at, (before, after) in enumerate(zip(whole, redacted, strict=False)):
            yield from _compare_figures(before, after, (*place, at), mark)
    elif isinstance(whole, dict):
        for key in whole:
            yield from _compare_figures(whole[key], redacted[key], place, mark)
    elif isinstance(redacted, Masked) and isinstance(whole, int | Decimal):
        yield from _list_amount_secrets(whole, _UNITS.get(place[-1], ""), place, mark)


def list_values(node: BaseModel, place: Place) -> Iterator[tuple[Place, tuple[Any, FieldInfo]]]:
    """The values below a model that could be masked."""
    for _owner, _attribute, info, value, here in iterate_fields(node, place):
        plain = not isinstance(value, BaseModel) and not holds_models(value)
        if plain and is_present(value) and not is_structural(here) and not list_references(info):
            yield here, (value, info)


def is_structural(place: Place) -> bool:
    """Whether the value at a path is structural (a key and the like)."""
    names = [step for step in place if isinstance(step, str)]
    if names[0] == "forms":
        return names[2:] in (["of"], ["key"])
    return names[-1] in STRUCTURAL or names[0] in STRUCTURAL - {"enterprises"}


def _is_name(place: Place) -> bool:
    """Whether a place of the shared vocabulary holds the name of a person, an organisation or a brand."""
    match place:
        case ("enterprises" | "parties", int(), "name" | "short_name" | "legal_representative" | "brands"):
            return True
        case ("enterprises" | "parties", int(), "contact" | "people", *_, "name"):
            return True
        case ("trainings", int(), "lecturer") | ("activities", int(), "people"):
            return True
    return False


def holds_models(value: Any) -> bool:
    """Whether a value is a list of models."""
    return isinstance(value, tuple) and any(isinstance(item, BaseModel) for item in value)


def _list_names(enterprise: Enterprise) -> Iterator[tuple[str, str]]:
    """The names that an enterprise goes by: the full one, the short one, the full one without its legal form."""
    if enterprise.name:
        yield "name", enterprise.name
        core = _COMPANY.sub("", enterprise.name)
        if len(core) >= _LEAST_CORE:
            yield "name", core
    if enterprise.short_name:
        yield "short_name", enterprise.short_name


def _list_spellings(value: Any, info: FieldInfo, place: Place, record: Record) -> Iterator[SecretSpelling]:
    """The spellings of a value in a text; none for dates and answers from a list, which reveal nothing."""
    if isinstance(value, Narrative):
        for line in _list_lines(value.blocks):
            yield from (SecretSpelling(part) for part in _SENTENCE.split(line) if len(part) >= _LEAST_SENTENCE)
    elif isinstance(value, bool) or get_origin(item_type(info.annotation)[0]) is Literal:
        return
    elif isinstance(value, int | Decimal):
        yield from list_amount_spellings(value, _find_unit(record, place, info.title or ""))
    elif isinstance(value, str):
        yield SecretSpelling(value, _is_figure(value))
        yield from find_amounts(value)
    elif isinstance(value, tuple):
        yield from (SecretSpelling(item) for item in value if isinstance(item, str))
    elif isinstance(value, dict):
        yield from (
            SecretSpelling(format_figure(item), True) for item in value.values() if isinstance(item, int | Decimal)
        )


def _find_unit(record: Record, place: Place, title: str = "") -> str:
    """The unit of a figure: what its title says; of the shared vocabulary its own."""
    match place:
        case ("enterprises", int(at), "indicators", int(index), *_):
            return record.enterprises[at].indicators[index].unit or ""
        case ("enterprises", *_):
            return _UNITS.get(place[-1], "")
    unit = re.search("（([^（）]+)）$", title)
    return unit[1] if unit is not None else ""


def _is_figure(text: str) -> bool:
    return re.fullmatch(r"\d+\.\d+", text.strip()) is not None


def _list_lines(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph | Heading):
            yield block.text
        elif isinstance(block, ListBlock):
            for item in block.items:
                yield from _list_lines(item)
        elif isinstance(block, Table):
            yield from ("".join(run.text for run in cell) for row in block.rows for cell in row)
