"""Figures: percentages typed as fractions, below 0 or above 100, and amounts in 元 where 万元 is the unit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from statistics import median
from typing import Any

from docgen.checks.doubts.recorded_values import Doubt, RecordedValue, RecordedValues
from docgen.content.figures import find_figures
from docgen.diagnostics import Term
from docgen.record.enterprise import Enterprise
from docgen.record.size_class import find_size_row, read_table

_PERCENT = frozenset(("%", "％", "百分比", "百分率"))
_FRACTION = Decimal(1)
_WHOLE = Decimal(100)
_FAR = 10
"""Percentages beside a suspected fraction are at least this many times as large."""
_LIKE = 3
"""The fraction times 100 differs from its neighbours by at most this factor."""
_COMMON = Decimal(50)
"""Percentages that should rise (合格率, 满意度) are usually above it."""
_CHANGE = re.compile(
    "增长|增幅|增速|涨幅|降幅|升幅|幅度|同比|环比|变化|变动|差异|偏差|误差|超额|收益|回报|利润|毛利|"
    "(?:提升|提高|下降|降低|减少|增加|改善|节约|节省|缩短|上升|增值)(?:率|比例|比率|百分比|程度)?(?:[（(].*)?$"
)
"""Labels of changes and returns, which may be below 0 or above 100."""
_BEYOND = re.compile("完成|达成|实现率|利用率|负荷|负债|产销|周转|保值|覆盖倍|比率|倍|投入产出|杠杆|拨备|充足率|兑现")
"""Labels of ratios to something other than the whole, which may be above 100."""
_PART = re.compile("占|比重|比例|强度|投入|研发|流失|损失|投诉|不良|不合格|废品|返工|返修|退货|缺陷|故障|差错|事故")
"""Labels of small shares, which may be below 1 %."""

_TEN_THOUSAND = Decimal(10_000)
_MOST_PER_HEAD = {"revenue": Decimal(20_000), "assets": Decimal(100_000)}
_USUAL_PER_HEAD = Decimal(2_000)
_APART = Decimal(1_000)
"""An amount in 元 is at least this many times larger than its neighbours in 万元."""
_NEAR = Decimal(100)
_FAR_ABOVE_CLASS = 10
_MOST = Decimal(10_000_000)
"""1000 亿元, in 万元: more than any enterprise that such a project serves has."""
_BENEFIT = 20


def doubt_shares(values: RecordedValues) -> Iterator[Doubt]:
    """C402: a fraction where a percentage is asked for; C403, C404: a share above 100 or below 0."""
    rising = _list_rising(values)
    in_percent = bool(rising) and median(rising) >= _COMMON
    for recorded in values.find("share", "figure"):
        value, owner = recorded.value, recorded.owner
        if isinstance(value, str):
            yield from _doubt_worded(values, recorded, value)
        if not isinstance(value, Decimal | int) or not _is_share(recorded):
            continue
        label = _name_share(values, recorded)
        if _CHANGE.search(label):
            continue
        params = {"name": label}
        if value < 0:
            yield Doubt("C404", recorded.place, str(value), params)
        elif value > _WHOLE and not _BEYOND.search(label):
            yield Doubt("C403", recorded.place, str(value), params)
        elif 0 < value <= _FRACTION and _looks_like_fraction(
            Decimal(value), _list_beside(recorded), owner, label, in_percent
        ):
            percent = f"{(Decimal(value) * 100).normalize():f}"
            yield Doubt("C402", recorded.place, str(value), {**params, "percent": percent})


def doubt_staff(values: RecordedValues) -> Iterator[Doubt]:
    """C417: an enterprise in which nobody works."""
    for at, enterprise in enumerate(values.subject.record.enterprises):
        if enterprise.staff == 0:
            yield Doubt("C417", ("enterprises", at, "staff"), "0")


def _doubt_worded(values: RecordedValues, recorded: RecordedValue, text: str) -> Iterator[Doubt]:
    """C403 for a percentage above 100 in a text value, unless the words name a change or a ratio to something else."""
    label = _name_share(values, recorded)
    if _CHANGE.search(f"{label}{text}") or _BEYOND.search(f"{label}{text}"):
        return
    for figure in find_figures(text):
        if figure.is_percent and figure.value > _WHOLE:
            yield Doubt("C403", recorded.place, figure.text, {"name": label})


def _is_share(recorded: RecordedValue) -> bool:
    if recorded.meaning.name == "share":
        return True
    unit = getattr(recorded.owner, "unit", None)
    return isinstance(unit, str) and unit.strip() in _PERCENT


def _name_share(values: RecordedValues, recorded: RecordedValue) -> str:
    """What is measured: the name of the indicator or of the field."""
    if recorded.meaning.name == "figure":
        return str(getattr(recorded.owner, "name", None) or "")
    label = values.name(recorded.place)
    return label if isinstance(label, str) else str(recorded.place[-1])


def _list_beside(recorded: RecordedValue) -> list[Decimal]:
    """The other percentages of the same row."""
    names = [name for name in ("before", "target", "after") if name != recorded.place[-1]]
    row_values = [getattr(recorded.owner, name, None) for name in names] if recorded.meaning.name == "figure" else []
    return [value for value in row_values if isinstance(value, Decimal)]


def _looks_like_fraction(value: Decimal, beside: Sequence[Decimal], owner: Any, label: str, in_percent: bool) -> bool:
    """Whether a value of at most 1 is a fraction: its row or the rest of the record holds percentages like it."""
    larger = [other for other in beside if other >= value * _FAR]
    if larger:
        middle, percent = Decimal(median(larger)), value * 100
        return middle / _LIKE <= percent <= middle * _LIKE and not _is_small_remainder(owner, value, beside)
    if _PART.search(label) or getattr(owner, "direction", "up") != "up" or not in_percent:
        return False
    # the whole row holds fractions, and the other rising indicators of the record are percentages
    return value * 100 >= _COMMON / _LIKE and all(other <= _FRACTION for other in beside)


def _is_small_remainder(owner: Any, value: Decimal, beside: Sequence[Decimal]) -> bool:
    """Whether it is the small remainder of an indicator that should fall (逾期率 8 → 0.5)."""
    return getattr(owner, "direction", "up") == "down" and owner.before != value and max(beside) < _COMMON


def _list_rising(values: RecordedValues) -> list[Decimal]:
    """The percentages above 1 of the record whose indicators should rise."""
    return [
        recorded.value
        for recorded in values.find("figure", "share")
        if isinstance(recorded.value, Decimal)
        and recorded.value > _FRACTION
        and _is_share(recorded)
        and getattr(recorded.owner, "direction", "up") == "up"
    ]


def doubt_money(values: RecordedValues) -> Iterator[Doubt]:
    """C405: an amount in 万元 that is plausible only in 元, judged by staff, size class and comparable amounts."""
    columns: dict[tuple[str, ...], list[RecordedValue]] = {}
    for recorded in values.find("money"):
        if isinstance(recorded.value, Decimal | int):
            columns.setdefault(tuple(step for step in recorded.place if isinstance(step, str)), []).append(recorded)
    for column in columns.values():
        amounts = [abs(Decimal(item.value)) for item in column]
        for at, recorded in enumerate(column):
            reason = _judge_amount(values, recorded, amounts[at], [*amounts[:at], *amounts[at + 1 :]])
            if reason is not None:
                real = f"{(Decimal(recorded.value) / _TEN_THOUSAND).quantize(Decimal('0.01')).normalize():f}"
                yield Doubt("C405", recorded.place, str(recorded.value), {"reason": reason, "real": real})


def _judge_amount(
    values: RecordedValues, recorded: RecordedValue, amount: Decimal, others: Sequence[Decimal]
) -> Term | None:
    """The reason why an amount is implausible, or None."""
    if amount < _APART:
        return None
    enterprise = values.find_enterprise(recorded.place)
    staff = enterprise.staff if enterprise is not None and recorded.owner is enterprise else None
    if staff and amount / staff <= _USUAL_PER_HEAD:
        return None
    reasons = _list_reasons(enterprise, recorded, amount)
    middle = Decimal(median(others)) if len(others) > 1 else Decimal(0)
    by_column = Term("checks.money.column", {"middle": f"{middle:f}"}) if _is_apart(amount, middle) else None
    return next(reasons, by_column)


def _list_reasons(enterprise: Enterprise | None, recorded: RecordedValue, amount: Decimal) -> Iterator[Term]:
    """Reasons why an amount is implausible for its enterprise, the strongest first."""
    name = str(recorded.place[-1])
    beside = max(_list_amounts(enterprise, recorded), default=Decimal(0)) if enterprise is not None else Decimal(0)
    by_others = Term("checks.money.beside", {"other": str(beside)})
    if enterprise is not None and recorded.owner is enterprise:
        if enterprise.staff:
            each = amount / enterprise.staff
            if each > _MOST_PER_HEAD.get(name, _MOST_PER_HEAD["assets"]):
                yield Term("checks.money.staff", {"staff": enterprise.staff, "each": f"{each:.0f}"})
        if _is_above_class(enterprise, name, amount):
            yield Term("checks.money.class", {"size": enterprise.size_class or ""})
        if _is_apart(amount, beside):
            yield by_others
    elif beside and amount > beside * _BENEFIT and amount / _TEN_THOUSAND <= beside:
        yield by_others
    if amount > _MOST:
        yield Term("checks.money.most")


def _is_above_class(enterprise: Enterprise, name: str, amount: Decimal) -> bool:
    """Whether an amount is far above its industry's limit for large enterprises, and the enterprise isn't large."""
    classes = read_table().classes
    row = find_size_row(enterprise.industry_code)
    if enterprise.size_class in (None, classes[0]) or isinstance(row, str):
        return False
    limits = row.limits.get("revenue" if name == "revenue" else "assets") or row.limits.get("revenue")
    return limits is not None and amount > limits[0] * _FAR_ABOVE_CLASS


def _list_amounts(enterprise: Enterprise, recorded: RecordedValue) -> list[Decimal]:
    """The enterprise's other amounts that show its size: revenue and assets."""
    named = {"revenue": enterprise.revenue, "assets": enterprise.assets}
    own = recorded.owner is enterprise
    return [
        value
        for name, value in named.items()
        if isinstance(value, Decimal) and value > 0 and not (own and name == recorded.place[-1])
    ]


def _is_apart(amount: Decimal, other: Decimal) -> bool:
    """Whether an amount is at least 1000 times another, but comparable to it after division by 10,000."""
    return other > 0 and amount >= other * _APART and amount / _TEN_THOUSAND <= other * _NEAR
