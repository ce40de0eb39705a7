"""Enterprises and the indicators by which their improvement is measured."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from docgen.record.parts import Person, check_uscc
from docgen.record.types import (
    DateOrMonth,
    DoneOn,
    FilledText,
    Key,
    Meaning,
    Money,
    Part,
    RegionCode,
    Text,
    Whole,
    YesNo,
    parse_decimal,
    refuse,
    translate_answer,
)

Direction = Literal["up", "down", "yes_no", "text"]
_Figure = Annotated[Decimal | str | None, Meaning("figure")]


class Indicator(Part):
    """An indicator: its value before the improvement, the target, and the value after.

    ``direction`` is the better direction; ``yes_no`` and ``text`` indicators have values in words and need ``reached``.
    ``maintain`` marks an indicator whose target is to keep the value.
    """

    key: Key
    family: Text
    name: FilledText
    unit: Text | None = None
    direction: Direction = "up"
    maintain: YesNo = False
    before: _Figure = Field(default=None, json_schema_extra={"examples": [85]})
    target: _Figure = Field(default=None, json_schema_extra={"examples": [90]})
    after: _Figure = Field(default=None, json_schema_extra={"examples": [92]})
    reached: YesNo | None = None
    evidence: Text | None = None
    note: Text | None = None

    @field_validator("before", "target", "after", mode="before")
    @classmethod
    def _read_figure(cls, value: object, info: ValidationInfo) -> object:
        if value is None or info.data.get("direction") in ("yes_no", "text"):
            return translate_answer(value) if isinstance(value, str) else value
        return parse_decimal(value)


class BenefitLine(Part):
    """A benefit in 万元 that the improvement brought, and how it was calculated (测算依据)."""

    key: Key
    name: FilledText
    amount: Money | None = None
    basis: Text | None = None


class Enterprise(Part):
    """An enterprise that the project serves. Money in 万元; ``data_year`` is the year of staff, revenue and assets."""

    key: Key
    name: Text | None = None
    short_name: Text | None = None
    uscc_waiver: Text | None = None
    uscc: Annotated[Text, Meaning("uscc")] | None = None
    address: Text | None = None
    region: RegionCode | None = None
    legal_representative: Text | None = None
    contact: Person | None = None
    industry_code: Text | None = None
    industry: Text | None = None
    founded: Annotated[DateOrMonth, Meaning("founded")] | None = None
    staff: Whole | None = None
    revenue: Money | None = None
    assets: Money | None = None
    data_year: Annotated[Text, Meaning("year")] | None = None
    size_class: Literal["大型", "中型", "小型", "微型", "家庭作坊"] | None = None
    products: Text | None = None
    brands: Text | None = None
    certifications: Text | None = None
    applied_on: DoneOn | None = None
    indicators: tuple[Indicator, ...] = ()
    benefits: tuple[BenefitLine, ...] = ()

    @field_validator("staff")
    @classmethod
    def _check_staff(cls, value: int | None) -> int | None:
        if value is not None and value < 0:
            raise refuse("R116", value=value)
        return value

    @field_validator("uscc")
    @classmethod
    def _check_uscc(cls, value: str | None, info: ValidationInfo) -> str | None:
        return check_uscc(value, info)
