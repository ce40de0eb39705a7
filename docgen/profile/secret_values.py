"""The confidential values of a record, as somebody might have typed them in any text of it or of its evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Literal, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from docgen.content.model import Block, Heading, ListBlock, Narrative, Paragraph, Table
from docgen.profile.disclosure import STRUCTURAL, DisclosureRules
from docgen.profile.paths import item_type
from docgen.profile.references import list_references
from docgen.profile.subject import Subject, is_present
from docgen.profile.validate import iterate_fields
from docgen.record.enterprise import Enterprise
from docgen.record.facts import Facts
from docgen.record.masking import Masked, Secret, is_telling, normalize, spell_figure

Place = tuple[str | int, ...]
_COMPANY = re.compile(r"(股份有限公司|有限责任公司|有限公司)$")
_SENTENCE = re.compile(r"[。！？；\n]")
_LEAST_SENTENCE = 10
_LEAST_CORE = 4
_COMMON = ("project", "parties", "activities", "trainings")


def list_secrets(whole: Subject, rules: DisclosureRules, aliases: dict[str, str], mark: str) -> Iterator[Secret]:
    """The words that the record closes, the names behind the aliases, and every value at a closed place."""
    for text, place in rules.closed_texts:
        yield Secret(text, place, mark)
    for at, enterprise in enumerate(whole.record.enterprises):
        alias = aliases.get(enterprise.key)
        if alias is not None:
            for attribute, text in _list_names(enterprise):
                yield Secret(text, ("enterprises", at, attribute), alias)
    values = list(list_values(whole.record, ()))
    # Whoever takes part in the project, and what it did, is no secret of an enterprise whose papers name it.
    opened = {
        normalize(value)
        for place, (value, _) in values
        if place[0] in _COMMON and isinstance(value, str) and not rules.closes(place)
    }
    # No more is the name of an enterprise that is open, wherever a form repeats it.
    known = {
        normalize(text)
        for at, enterprise in enumerate(whole.record.enterprises)
        if not rules.closes(("enterprises", at, "name"))
        for _, text in _list_names(enterprise)
    }
    for place, (value, info) in values:
        if rules.closes(place):
            for text, figure in _spell_secret(value, info):
                if normalize(text) in known:
                    continue
                if rules.is_named(place) or normalize(text) not in opened:
                    yield Secret(text, place, mark, figure)


def list_figures(whole: Facts, redacted: Facts, mark: Masked) -> Iterator[Secret]:
    """The figures of the facts that are hidden: somebody may have typed one where it isn't computed."""
    yield from _compare_figures(whole, redacted, ("facts",), mark)


def _compare_figures(whole: Any, redacted: Any, place: Place, mark: Masked) -> Iterator[Secret]:
    if whole is redacted:
        return
    if isinstance(whole, BaseModel):
        for attribute, info in type(whole).model_fields.items():
            here = (*place, info.alias or attribute)
            yield from _compare_figures(getattr(whole, attribute), getattr(redacted, attribute), here, mark)
    elif isinstance(whole, tuple):
        for at, (one, two) in enumerate(zip(whole, redacted, strict=False)):
            yield from _compare_figures(one, two, (*place, at), mark)
    elif isinstance(whole, dict):
        for key in whole:
            yield from _compare_figures(whole[key], redacted[key], place, mark)
    elif isinstance(redacted, Masked) and isinstance(whole, int | Decimal):
        secret = Secret(spell_figure(whole), place, mark, True)
        if is_telling(secret):
            yield secret


def list_values(node: BaseModel, place: Place) -> Iterator[tuple[Place, tuple[Any, FieldInfo]]]:
    """The values below a model that could be masked."""
    for _owner, _attribute, info, value, here in iterate_fields(node, place):
        plain = not isinstance(value, BaseModel) and not holds_models(value)
        if plain and is_present(value) and not is_structural(here) and not list_references(info):
            yield here, (value, info)


def is_structural(place: Place) -> bool:
    """Whether what stands at a place only holds the record together."""
    names = [step for step in place if isinstance(step, str)]
    if names[0] == "forms":
        return names[2:] in (["of"], ["key"])
    return names[-1] in STRUCTURAL or names[0] in STRUCTURAL - {"enterprises"}


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


def _spell_secret(value: Any, info: FieldInfo) -> Iterator[tuple[str, bool]]:
    """How a value would stand in a text, and whether it is a figure. Dates and answers from a list tell nothing."""
    if isinstance(value, Narrative):
        for line in _list_lines(value.blocks):
            yield from ((part, False) for part in _SENTENCE.split(line) if len(part) >= _LEAST_SENTENCE)
    elif isinstance(value, bool) or get_origin(item_type(info.annotation)[0]) is Literal:
        return
    elif isinstance(value, int | Decimal):
        yield spell_figure(value), True
    elif isinstance(value, str):
        yield value, _is_figure(value)
    elif isinstance(value, tuple):
        yield from ((item, False) for item in value if isinstance(item, str))
    elif isinstance(value, dict):
        yield from ((spell_figure(item), True) for item in value.values() if isinstance(item, int | Decimal))


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
