"""The national rule of size classes, row by row, and what a standard asks of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from support.checks_support import make_record, run, show

from docgen.diagnostics import Severity
from docgen.record.size_class import MEASURES, SizeRow, classify_size, find_size_row, read_table

# industry, a code of GB/T 4754, lower limits of 大 / 中 / 小 for staff, revenue, assets (domain.md, chapter 5)
ROWS: list[tuple[str, str, Any, Any, Any]] = [
    ("农林牧渔业", "0111", None, (20000, 500, 50), None),
    ("工业", "0610", (1000, 300, 20), (40000, 2000, 300), None),
    ("工业", "2669", (1000, 300, 20), (40000, 2000, 300), None),
    ("工业", "4430", (1000, 300, 20), (40000, 2000, 300), None),
    ("建筑业", "4710", None, (80000, 6000, 300), (80000, 5000, 300)),
    ("批发业", "5126", (200, 20, 5), (40000, 5000, 1000), None),
    ("零售业", "5211", (300, 50, 10), (20000, 500, 100), None),
    ("交通运输业", "5432", (1000, 300, 20), (30000, 3000, 200), None),
    ("交通运输业", "5810", (1000, 300, 20), (30000, 3000, 200), None),
    ("交通运输业", "5910", (1000, 300, 20), (30000, 3000, 200), None),
    ("仓储业", "5930", (200, 100, 20), (30000, 1000, 100), None),
    ("仓储业", "599", (200, 100, 20), (30000, 1000, 100), None),
    ("邮政业", "6010", (1000, 300, 20), (30000, 2000, 100), None),
    ("住宿业", "6110", (300, 100, 10), (10000, 2000, 100), None),
    ("餐饮业", "6210", (300, 100, 10), (10000, 2000, 100), None),
    ("信息传输业", "6311", (2000, 100, 10), (100000, 1000, 100), None),
    ("信息传输业", "6420", (2000, 100, 10), (100000, 1000, 100), None),
    ("软件和信息技术服务业", "6510", (300, 100, 10), (10000, 1000, 50), None),
    ("房地产开发经营", "7010", None, (200000, 1000, 100), (10000, 5000, 2000)),
    ("物业管理", "7020", (1000, 300, 100), (5000, 1000, 500), None),
    ("租赁和商务服务业", "7110", (300, 100, 10), None, (120000, 8000, 100)),
    ("租赁和商务服务业", "7211", (300, 100, 10), None, (120000, 8000, 100)),
    ("其他未列明行业", "7310", (300, 100, 10), None, None),
    ("其他未列明行业", "7721", (300, 100, 10), None, None),
    ("其他未列明行业", "8111", (300, 100, 10), None, None),
    ("其他未列明行业", "8510", (300, 100, 10), None, None),
    ("其他未列明行业", "8810", (300, 100, 10), None, None),
    ("其他未列明行业", "7030", (300, 100, 10), None, None),
    ("其他未列明行业", "7090", (300, 100, 10), None, None),
]
CLASSES = ("大型", "中型", "小型", "微型")


def classify(code: str, values: dict[str, Any]) -> str | None:
    return classify_size(code, values.get("staff"), values.get("revenue"), values.get("assets")).size_class


@pytest.mark.parametrize(("industry", "code", "staff", "revenue", "assets"), ROWS, ids=[f"{r[1]}-{r[0]}" for r in ROWS])
def test_each_row(industry: str, code: str, staff: Any, revenue: Any, assets: Any) -> None:
    row = find_size_row(code)
    assert isinstance(row, SizeRow)
    assert row.industry == industry
    limits = {name: value for name, value in zip(MEASURES, (staff, revenue, assets), strict=True) if value is not None}
    assert {name: tuple(map(int, value)) for name, value in row.limits.items()} == limits
    for at, wanted in enumerate(CLASSES[:3]):
        values = {name: value[at] for name, value in limits.items()}
        assert classify(code, values) == wanted, "all limits just met"
        for name in limits:
            # all named limits must be met: one just below, however large the others are, and it is one class down
            lower = {other: value * (1000 if other != name else 1) for other, value in values.items()}
            lower[name] = values[name] - 1
            assert classify(code, lower) == CLASSES[at + 1], name
    assert classify(code, dict.fromkeys(limits, 0)) == "微型"


def test_the_lowest_measure_decides_over_several_classes() -> None:
    assert classify("2669", {"staff": 5, "revenue": Decimal(50000)}) == "微型"
    assert classify("2669", {"staff": 1200, "revenue": Decimal("299.99")}) == "微型"
    assert classify("2669", {"staff": 1200, "revenue": Decimal("2000.00")}) == "中型"


@pytest.mark.parametrize(
    ("code", "industry"),
    [
        ("C2669", "工业"),
        ("C", "工业"),
        ("26", "工业"),
        ("c26 ", "工业"),
        ("A", "农林牧渔业"),
        ("R88", "其他未列明行业"),
        ("F51", "批发业"),
        ("85", "其他未列明行业"),
    ],
)
def test_codes_in_other_spelling(code: str, industry: str) -> None:
    row = find_size_row(code)
    assert isinstance(row, SizeRow)
    assert row.industry == industry


@pytest.mark.parametrize(
    ("code", "doubt"),
    [
        (None, "no_industry"),
        (" ", "no_industry"),
        ("5310", "by_hand"),
        ("J", "by_hand"),
        ("6621", "by_hand"),
        ("8310", "by_hand"),
        ("8411", "by_hand"),
        ("S", "by_hand"),
        ("9700", "by_hand"),
        ("F", "unclear_industry"),
        ("59", "unclear_industry"),
        ("70", "unclear_industry"),
        ("K", "unclear_industry"),
        ("Q", "unclear_industry"),
        ("D2669", "unknown_industry"),
        ("9910", "unknown_industry"),
        ("食品", "unknown_industry"),
        ("2", "unknown_industry"),
    ],
)
def test_what_the_rule_does_not_decide(code: str | None, doubt: str) -> None:
    assert find_size_row(code) == doubt
    assert classify_size(code, 1, Decimal(1), Decimal(1)).doubt == doubt


def test_only_the_named_measures_are_asked_for() -> None:
    assert classify_size("2669", None, Decimal(1), None).missing == ("staff",)
    assert classify_size("4710", 3, None, None).missing == ("revenue", "assets")
    assert classify_size("7310", 3, None, None).size_class == "微型"


def test_every_section_and_row_is_there() -> None:
    table = read_table()
    assert "".join(table.sections) == "ABCDEFGHIJKLMNOPQRST"
    ends = [int(value) for pair in table.sections.values() for value in pair]
    assert ends == sorted(ends)
    assert len(table.rows) == 16
    assert {row.industry for row in table.rows} == {row[0] for row in ROWS}


SERVED = {"enterprises": "enterprises[]", "classes": ["小型", "微型", "家庭作坊"], "declared": ["家庭作坊"]}
SMALL = {
    "key": "clock",
    "name": "钟厂",
    "industry_code": "3861",
    "staff": "46",
    "revenue": "2386.40",
    "data_year": "2029",
}


def judge(level: str = "应", silenced: bool = False, **changes: Any) -> list[Any]:
    values = {name: value for name, value in (SMALL | changes).items() if value is not None}
    return run("size_class", SERVED, make_record(enterprises=[values]), level, lambda place: silenced)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"size_class": "小型"}, []),
        ({}, []),
        ({"size_class": "微型"}, ["C218"]),
        ({"size_class": "中型"}, ["C218"]),
        ({"size_class": "小型", "staff": "400"}, ["C218", "C219"]),
        ({"size_class": "中型", "staff": "400"}, ["C219"]),
        ({"size_class": "家庭作坊"}, []),
        ({"size_class": "家庭作坊", "staff": "1200", "revenue": "50000"}, ["C218"]),
        ({"size_class": "小型", "staff": None}, ["C220"]),
        ({"size_class": "中型", "staff": None}, ["C220", "C219"]),
        ({"size_class": "小型", "industry_code": None}, ["C220"]),
        ({"size_class": "小型", "industry_code": "6621"}, ["C220"]),
        ({"size_class": "家庭作坊", "industry_code": None}, []),
    ],
)
def test_size_class_of_an_enterprise(changes: dict[str, Any], codes: list[str]) -> None:
    diagnostics = judge(**changes)
    assert [item.code for item in diagnostics] == codes
    assert all(item.severity is (Severity.WARNING if item.code == "C220" else Severity.ERROR) for item in diagnostics)


def test_the_place_is_the_stated_class_or_the_enterprise() -> None:
    assert show(judge(size_class="微型")) == [("C218", "enterprises[0].size_class")]
    assert show(judge(staff="400")) == [("C219", "enterprises[0]")]


def test_what_failed_validation_is_not_asked_for() -> None:
    assert judge(staff=None, silenced=True) == []
