"""The archive's number (档号): built, read and compared by either rule; pure.

``DA/T 22`` (2015): 全宗号-门类·年度-保管期限-机构-件号, ``Z109-WS·2011-Y-BGS-0001``.
``DA/T 13`` (2022): 全宗号-门类·年度·保管期限·机构-件号, ``Z109-WS·2011·Y·办公室-0001``.
Without 件号 it is the number of the whole package. 机构 is omitted where files aren't arranged by office.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

NumberRule = Literal["DA/T 22", "DA/T 13"]
NUMBER_RULES: tuple[NumberRule, ...] = get_args(NumberRule)
DOT, DASH = "·", "-"
NO_OFFICE = "无"
"""The value of 机构 in a record whose files aren't arranged by office."""
DEFAULT_CATEGORY = "WS"
"""文书, the category of administrative documents."""
LAST_ITEM = 9999
_EXAMPLES: Mapping[NumberRule, str] = {
    "DA/T 22": "Z109-WS·2011-Y-BGS-0001",
    "DA/T 13": "Z109-WS·2011·Y·办公室-0001",
}
PART_NAMES = ("fonds", "category", "year", "retention", "office", "item")

_FEWEST, _MOST = 4, 6
_DOTS = "•‧∙⋅・･．.｡。﹒●◦᛫"
_DASHES = "‐‑‒–—―−－﹣_＿~～"
_SEPARATORS = {ord(char): DOT for char in _DOTS} | {ord(char): DASH for char in _DASHES}
_CODE = re.compile(r"[A-Za-z0-9]+", re.ASCII)
_NAME = re.compile(r"[^\s·\-]+")
_CATEGORY = re.compile(r"[A-Z]{2,4}", re.ASCII)
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
_RETENTION = re.compile(r"Y|D[1-9]\d{0,2}", re.ASCII)
_ITEM = re.compile(r"\d{4}", re.ASCII)
_YEARS = re.compile(r"(?:D|定期)?([1-9]\d{0,2})年?", re.ASCII)


@dataclass(frozen=True, slots=True)
class DossierNumber:
    """A 档号 by its parts; ``office`` is "" if omitted, ``item`` is None for the whole package."""

    rule: NumberRule
    fonds: str
    category: str
    year: str
    retention: str
    office: str = ""
    item: int | None = None

    def __str__(self) -> str:
        item = [] if self.item is None else [format_item(self.item)]
        if self.rule == "DA/T 22":
            offices = [self.office] if self.office else []
            return DASH.join([self.fonds, f"{self.category}{DOT}{self.year}", self.retention, *offices, *item])
        series = DOT.join(filter(None, (self.category, self.year, self.retention, self.office)))
        return DASH.join([self.fonds, series, *item])

    def of_item(self, item: int | None) -> DossierNumber:
        """The number of the package's document ``item``, or with None that of the package."""
        return replace(self, item=item)


@dataclass(frozen=True, slots=True)
class NumberFault:
    """A fault of a typed number.

    ``key``: ``separator``, ``space``, ``other_rule``, ``few``, ``many``, ``shape`` (misplaced separators), or the name
    of a wrong part; ``wanted`` is the right value, "" if unknown.
    """

    key: str
    value: str = ""
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class NumberReading:
    """A parsed number: its parts, if they can be separated, and every fault.

    ``text`` is the typed number with correct separators and without spaces; other faults remain.
    """

    number: DossierNumber | None
    faults: tuple[NumberFault, ...]
    text: str


def format_item(item: int) -> str:
    """件号, four digits."""
    return f"{item:04d}"


USUAL_RETENTION = ("Y", "D30", "D10")
"""永久, 30年, 10年: the periods of DA/T 22—2015 and of the rules for enterprises (国家档案局令第10号)."""


def read_retention(text: str) -> str | None:
    """``Y`` or ``D`` and the years, from 永久, 30年, 定期10年, ``D30``, ``y``; None for any other text."""
    typed = "".join(text.split()).upper()
    if typed in ("Y", "永久"):
        return "Y"
    years = _YEARS.fullmatch(typed)
    # a number without 年 may mean anything
    return f"D{years[1]}" if years is not None and not typed.isdigit() else None


def is_year(text: str) -> bool:
    """Whether a year is written with four digits, in the twentieth century or this."""
    return _YEAR.fullmatch(text) is not None


def is_fonds(text: str) -> bool:
    """Whether a text is a possible 全宗号: letters and digits."""
    return _CODE.fullmatch(text) is not None


def is_category(text: str) -> bool:
    """Whether a text is a possible 门类: two to four capitals."""
    return _CATEGORY.fullmatch(text) is not None


def is_office(text: str, rule: NumberRule | None) -> bool:
    """Whether a text is a possible 机构: letters and digits by DA/T 22, else a name without separators or spaces."""
    pattern = _CODE if rule == "DA/T 22" else _NAME
    return pattern.fullmatch(text) is not None


def read_number(text: str, rule: NumberRule) -> NumberReading:
    """Parse a typed number; list each fault once, and parse the parts in spite of faults where possible."""
    faults: list[NumberFault] = []
    joined = "".join(text.split())
    if joined != text:
        faults.append(NumberFault("space"))
    mended = joined.translate(_SEPARATORS)
    wrong = list(dict.fromkeys(char for char, right in zip(joined, mended, strict=True) if char != right))
    faults += [NumberFault("separator", char, _SEPARATORS[ord(char)]) for char in wrong]
    parts = _split(mended, rule)
    if isinstance(parts, str):
        return NumberReading(None, (*faults, NumberFault(parts, text, format_number_example(rule))), mended)
    faults += _judge_parts(parts, rule)
    item = parts["item"]
    number = DossierNumber(
        rule,
        parts["fonds"],
        parts["category"],
        parts["year"],
        read_retention(parts["retention"]) or parts["retention"],
        parts["office"],
        int(item) if item.isdecimal() else None,
    )
    return NumberReading(number, tuple(faults), mended)


def format_number_example(rule: NumberRule) -> str:
    """The example of a number that the rule prints."""
    return _EXAMPLES[rule]


_SERIES: Mapping[NumberRule, tuple[range, range]] = {
    "DA/T 22": (range(2, 3), range(3, 6)),
    "DA/T 13": (range(3, 5), range(2, 4)),
}
"""By rule: the number of parts that dots join in the second block, and the number of blocks joined by dashes."""


def _split(text: str, rule: NumberRule) -> Mapping[str, str] | str:
    """The parts by name, or the fault of their count: ``other_rule``, ``few``, ``many``, ``shape``."""
    blocks = [block.split(DOT) for block in text.split(DASH)]
    fitting = [other_rule for other_rule in NUMBER_RULES if _fits(blocks, other_rule)]
    if rule not in fitting:
        parts = sum(len(block) for block in blocks)
        return "other_rule" if fitting else "few" if parts < _FEWEST else "many" if parts > _MOST else "shape"
    tail = [block[0] for block in blocks[2:]]
    if rule == "DA/T 22":
        category, year = blocks[1]
        retention, (office, item) = tail[0], _split_tail(tail[1:])
    else:
        category, year, retention, *offices = blocks[1]
        office, item = "".join(offices), "".join(tail)
    return dict(zip(PART_NAMES, (blocks[0][0], category, year, retention, office, item), strict=True))


def _fits(blocks: list[list[str]], rule: NumberRule) -> bool:
    series, count = _SERIES[rule]
    single = all(len(block) == 1 for block in (blocks[0], *blocks[2:]))
    return single and len(blocks) in count and len(blocks[1]) in series


def _split_tail(rest: list[str]) -> tuple[str, str]:
    """机构 and 件号 from the blocks after 保管期限; four digits alone are 件号."""
    if len(rest) == 2:
        return rest[0], rest[1]
    if rest and _ITEM.fullmatch(rest[0]):
        return "", rest[0]
    return (rest[0] if rest else ""), ""


def _judge_parts(parts: Mapping[str, str], rule: NumberRule) -> Iterator[NumberFault]:
    sound = {
        "fonds": is_fonds(parts["fonds"]),
        "category": is_category(parts["category"]),
        "year": is_year(parts["year"]),
        "retention": _RETENTION.fullmatch(parts["retention"]) is not None,
        "office": not parts["office"] or is_office(parts["office"], rule),
        "item": not parts["item"] or (_ITEM.fullmatch(parts["item"]) is not None and int(parts["item"]) > 0),
    }
    for name in PART_NAMES:
        if not sound[name]:
            yield NumberFault(name, parts[name], _guess(name, parts[name]))


def _guess(name: str, value: str) -> str:
    """The likely correction of a wrong part, or ""."""
    if name == "retention":
        return read_retention(value) or (f"D{value}" if value in ("10", "30") else "")
    if name == "category" and is_category(value.upper()):
        return value.upper()
    if name == "item" and value.isdecimal() and 0 < int(value) <= LAST_ITEM:
        return format_item(int(value))
    return ""


@dataclass(frozen=True, slots=True)
class PartDifference:
    """A part whose value in the number differs from the settings."""

    name: str
    typed: str
    setting: str


def compare_parts(number: DossierNumber, settings: Mapping[str, str | None]) -> Iterator[PartDifference]:
    """The parts in which a number differs from the settings; a setting that isn't given agrees with any value."""
    typed: dict[str, str] = {name: str(getattr(number, name) or "") for name in PART_NAMES}
    typed["item"] = format_item(number.item) if number.item is not None else ""
    for name in PART_NAMES:
        setting = settings.get(name)
        if setting is None or (name == "item" and not typed[name]):
            continue
        if typed[name] != setting:
            yield PartDifference(name, typed[name], setting)
