"""The kind of value that a field wants, by its type: text, list, number, date, choice, name of something."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from docgen.profile.paths import item_type
from docgen.record import types
from docgen.record.types import Reference

FieldKind = Literal[
    "text",
    "code",
    "phone",
    "prose",
    "date",
    "month",
    "date_or_month",
    "minute",
    "int",
    "decimal",
    "money",
    "percent",
    "figure",
    "choice",
    "choices",
    "texts",
    "yes_no",
    "reference",
    "references",
]
_KIND_OF_TYPE: tuple[tuple[Any, FieldKind], ...] = (
    (types.Phone, "phone"),
    (types.Number, "decimal"),
    (types.Whole, "int"),
    (types.Money, "money"),
    (types.Percent, "percent"),
    (types.Date, "date"),
    (types.MonthValue, "month"),
    (types.DateOrMonth, "date_or_month"),
    (types.Minute, "minute"),
    (types.YesNo, "yes_no"),
    (types.Prose, "prose"),
)
# codes: their digits matter, zeros in front included; how many digits they usually have
CODES: Mapping[str, tuple[int, ...]] = {
    "uscc": (18,),
    "region": (6, 9, 12),
    "industry_code": (4,),
    "data_year": (4,),
    "year": (4,),
    "fonds": (),
    "dossier_number": (),
    "cross_reference": (),
}


def _iterate_metadata(info: FieldInfo) -> Iterator[Any]:
    yield from info.metadata
    stack = [info.annotation]
    while stack:
        annotation = stack.pop()
        yield from getattr(annotation, "__metadata__", ())
        stack += [argument for argument in get_args(annotation) if not isinstance(argument, str)]


def judge_kind(info: FieldInfo, attribute: str) -> tuple[FieldKind, str | None]:
    """The kind of a field, by its validators, and the list that it names."""
    kind, is_list = item_type(info.annotation)
    metadata = list(_iterate_metadata(info))
    target = next((item.target for item in metadata if isinstance(item, Reference)), None)
    if target is not None:
        return ("references" if is_list else "reference"), target
    if get_origin(kind) is typing.Literal:
        return ("choices" if is_list else "choice"), None
    if is_list:
        return "texts", None
    functions = {getattr(item, "func", None) for item in metadata}
    for field_type, name in _KIND_OF_TYPE:
        if field_type.__metadata__[1 if name == "phone" else 0].func in functions:
            return name, None
    if kind is not str:
        return "figure", None  # a number or words: only the shared vocabulary has such a field
    return ("code" if attribute in CODES else "text"), None
