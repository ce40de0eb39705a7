"""Length and shares of a text in parts: what counts, what is out of bounds, how much to add or cut."""
# ruff: noqa: E501 - a text in one line reads like a file

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from docgen.checks.rules.texts.section_length import (
    SectionLength,
    SectionLengths,
    WantedPart,
    check_section_length,
    measure_sections,
)
from docgen.checks.shared.texts import place_fault
from docgen.content.count import Count
from docgen.content.markdown import parse_markdown
from docgen.content.model import DocumentContent, Narrative, Section
from docgen.content.outline import outline_document
from docgen.diagnostics import NOWHERE, Diagnostic, Location, Severity, Term
from docgen.messages import LANGUAGES, catalogue
from docgen.profile.model import RuleSpec

PARTS = [
    {"key": "first", "title": "概况", "share": "10", "low": "6", "high": "14", "clause": "D.2 a)"},
    {"key": "second", "title": "做法", "share": "70", "low": "60", "high": "80", "synonyms": ["措施"]},
    {"key": "third", "title": "成效", "share": "20", "low": "14", "high": "26"},
]
UNITS = {"key": "units", "title": "编写单位", "min": "1", "max": "3", "clause": "D.3"}


def make_params(**changes: Any) -> SectionLength:
    values = {
        "document": "story",
        "limit": "100",
        "parts": PARTS,
        "title_limit": "10",
        "generic_titles": ["案例", "优良"],
        "title_clause": "D.1",
        "units": UNITS,
    }
    return SectionLength.model_validate(values | changes)


def make_content(
    first: str = "文" * 10,
    second: str = "文" * 70,
    third: str = "文" * 20,
    title: str | None = "秤的故事",
    units: str = "甲公司",
) -> DocumentContent:
    named = {"first": first, "second": second, "third": third, "units": units}
    titles = {"first": "概况", "second": "做法", "third": "成效", "units": "编写单位"}
    made = tuple(Section(titles[key], 1, parse_markdown(text).blocks, key) for key, text in named.items())
    return DocumentContent(title, (), made)


def read(text: str) -> DocumentContent:
    place = Location("yaml", "a.md", 1, 1)
    narrative: Narrative = parse_markdown(text, place)
    return outline_document(narrative.blocks, place)


def run(
    content: DocumentContent,
    params: SectionLength | None = None,
    level: str = "应",
    location: Location = NOWHERE,
    lengths: SectionLengths | None = None,
) -> list[Diagnostic]:
    params = params or make_params()
    rule = RuleSpec.model_validate({"id": "r", "clause": "D.2", "level": level, "check": "section_length", "with": {}})
    measured = lengths or measure_sections(content, params)
    return [place_fault(fault, rule, location) for fault in check_section_length(measured, params)]


def codes(content: DocumentContent, params: SectionLength | None = None) -> list[str]:
    return [fault.code for fault in run(content, params)]


def test_a_text_in_order_has_no_findings() -> None:
    assert run(make_content()) == []


def test_measured_values() -> None:
    lengths = measure_sections(make_content(), make_params())
    assert lengths.total == Count(100, 100, 100)
    assert [part.count.high for part in lengths.parts] == [10, 70, 20]
    assert [part.share for part in lengths.parts] == [Decimal(10), Decimal(70), Decimal(20)]
    assert [part.verdict for part in lengths.parts] == ["inside"] * 3
    assert [(part.to_share, part.to_band) for part in lengths.parts] == [(0, 0)] * 3
    assert (lengths.title, lengths.title_count.high, lengths.units) == ("秤的故事", 4, ("甲公司",))
    assert lengths.inclusive.high == 100 + 4 + (2 + 2 + 2 + 4) + 3


def test_what_counts_is_prose_alone() -> None:
    second = "# 小标题\n\n文文\n\n- 项项\n  1. 子子\n\n表1 题注\n\n| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n\n![图注](a.jpg)\n\n> 引文"
    lengths = measure_sections(make_content(second=second), make_params())
    assert lengths.parts[1].count.high == 8
    assert lengths.inclusive.high == lengths.total.high + 4 + 10 + 3 + 3 + 2 + 4 + 2


@pytest.mark.parametrize(("size", "expected"), [(70, []), (71, ["C101"])])
def test_limit(size: int, expected: list[str]) -> None:
    assert codes(make_content(second="文" * size)) == expected


def test_over_the_limit_says_how_much() -> None:
    (diagnostic,) = run(make_content(second="文" * 75))
    assert (diagnostic.code, diagnostic.severity, diagnostic.clause) == ("C101", Severity.ERROR, "D.2")
    assert diagnostic.params == {"total": "105", "limit": 100, "over": 5}


def test_marks_make_a_range() -> None:
    content = make_content(second="文" * 69 + "——")
    lengths = measure_sections(content, make_params())
    assert lengths.total == Count(100, 101, 101)
    (diagnostic,) = run(content, lengths=lengths)
    assert (diagnostic.code, diagnostic.severity) == ("C102", Severity.WARNING)
    assert diagnostic.params == {"low": 100, "high": 101, "limit": 100}
    assert measure_sections(content, make_params(), east_asian_marks=True).total.low == 101
    assert measure_sections(content, make_params(), east_asian_marks=False).total.high == 100
    over = run(content, make_params(limit="99"))
    assert [(item.code, item.params["total"]) for item in over] == [("C101", "100–101")]


@pytest.mark.parametrize(
    ("sizes", "index", "verdict", "to_share", "to_band"),
    [
        ((5, 75, 20), 0, "below", 5, 1),
        ((6, 74, 20), 0, "inside", 4, 0),
        ((14, 66, 20), 0, "inside", -4, 0),
        ((15, 65, 20), 0, "above", -5, -1),
        ((10, 59, 31), 1, "below", 11, 1),
        ((5, 82, 13), 1, "above", -12, -2),
        ((10, 50, 6), 2, "below", 7, 4),  # 66 in all: 13.2 wanted, from 9.24 on inside
    ],
)
def test_shares(sizes: tuple[int, int, int], index: int, verdict: str, to_share: int, to_band: int) -> None:
    lengths = measure_sections(make_content(*("文" * size for size in sizes)), make_params())
    part = lengths.parts[index]
    assert (part.verdict, part.to_share, part.to_band) == (verdict, to_share, to_band)


def rebalance(lengths: SectionLengths, index: int, change: int) -> list[int]:
    sizes = [part.count.high for part in lengths.parts]
    sizes[index] += change
    sizes[index - 1] -= change
    return sizes


@pytest.mark.parametrize("sizes", [(3, 80, 14), (40, 40, 20), (1, 1, 97), (11, 30, 9)])
def test_following_the_advice_mends_it(sizes: tuple[int, int, int]) -> None:
    before = measure_sections(make_content(*("文" * size for size in sizes)), make_params())
    for index, part in enumerate(before.parts):
        for change in (part.to_share, part.to_band):
            after = rebalance(before, index, change)
            if min(after) >= 0:
                made = measure_sections(make_content(*("文" * size for size in after)), make_params())
                assert made.parts[index].verdict == "inside"
                assert made.total == before.total


def test_share_outside_says_what_to_do() -> None:
    diagnostics = run(make_content("文" * 5, "文" * 75))
    assert [item.code for item in diagnostics] == ["C103"]
    (item,) = diagnostics
    assert (item.severity, item.clause) == (Severity.WARNING, "D.2 a)")
    assert item.params == {
        "title": "概况",
        "count": 5,
        "share": "5.0",
        "wanted": "10",
        "low": "6",
        "high": "14",
        "change": Term("checks.length.add", {"count": 5}),
        "least": Term("checks.length.add", {"count": 1}),
    }


def test_a_share_just_outside_is_not_rounded_inside() -> None:
    diagnostics = run(make_content("文" * 599, "文" * 7401, "文" * 2000), make_params(limit="10000"))
    assert [item.params["share"] for item in diagnostics] == ["5.99"]


def test_absent_and_empty_parts() -> None:
    content = make_content(third="")
    assert codes(content) == ["C103", "C105"]  # the others' shares are off, too
    without = DocumentContent(content.title, (), (*content.sections[:2], content.sections[3]))
    diagnostics = run(without)
    assert [(item.code, item.params["title"]) for item in diagnostics if item.code != "C103"] == [("C104", "成效")]
    assert [item.severity for item in diagnostics if item.code == "C104"] == [Severity.ERROR]
    part = measure_sections(without, make_params()).parts[2]
    assert (part.verdict, part.share, part.to_share, part.to_band) == ("absent", Decimal(0), 16, 12)


def test_nothing_written_at_all() -> None:
    lengths = measure_sections(DocumentContent(None, (), ()), make_params())
    assert [part.share for part in lengths.parts] == [None] * 3
    assert [item.code for item in check_section_length(lengths, make_params())] == ["C104"] * 3 + ["C106", "C109"]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("秤的故事", []),
        (None, ["C106"]),
        ("  ", ["C106"]),
        ("优良案例", ["C107"]),
        ("甲公司优良案例", ["C107"]),
        ("十个字的标题不算太长", []),
        ("十一个字的标题就算太长", ["C108"]),
    ],
)
def test_title(title: str | None, expected: list[str]) -> None:
    diagnostics = run(make_content(title=title))
    assert [item.code for item in diagnostics] == expected
    assert all(item.clause == "D.1" for item in diagnostics)


@pytest.mark.parametrize(
    ("units", "count"),
    [
        ("", 0),
        ("甲公司", 1),
        ("甲公司\n\n乙公司\n\n丙局", 3),
        ("- 甲公司\n- 乙公司、丙局\n- 丁院", 4),
        ("| 甲公司 |\n|---|\n| 乙公司 |", 2),
    ],
)
def test_units(units: str, count: int) -> None:
    content = make_content(units=units)
    assert len(measure_sections(content, make_params()).units or ()) == count
    diagnostics = run(content)
    assert [item.code for item in diagnostics] == ([] if 1 <= count <= 3 else ["C109"])
    assert all((item.clause, item.params["count"]) == ("D.3", count) for item in diagnostics)


def test_units_in_a_line_of_the_last_part() -> None:
    content = make_content(third="文" * 20 + "\n\n编写单位：甲公司、乙公司")
    lengths = measure_sections(DocumentContent(content.title, (), content.sections[:3]), make_params())
    assert (lengths.units, lengths.parts[2].count.high) == (("甲公司", "乙公司"), 20)


def test_what_nobody_asks_for_is_not_checked() -> None:
    params = make_params(units=None, title_limit=None, generic_titles=[])
    content = make_content(title="优良案例" * 9)
    assert run(DocumentContent(content.title, (), content.sections[:3]), params) == []
    assert measure_sections(content, params).units is None


def test_parts_are_found_by_heading_in_a_file() -> None:
    text = f"# 秤的故事\n\n引子。\n\n## 一、概况（约10%）\n\n{'文' * 10}\n\n## 二、主要措施\n\n{'文' * 70}\n\n## 结语\n\n再见。\n\n## 三、成效\n\n{'文' * 20}\n\n编写单位：甲局\n"
    lengths = measure_sections(read(text), make_params())
    assert [part.heading for part in lengths.parts] == ["一、概况（约10%）", "二、主要措施", "三、成效"]
    assert [part.location.line for part in lengths.parts] == [5, 9, 17]
    assert [(heading, count.high, place.line) for heading, count, place in lengths.others] == [
        (None, 3, 3),
        ("结语", 3, 13),
    ]
    diagnostics = run(read(text))
    assert [(item.code, item.severity, item.location.line) for item in diagnostics] == [
        ("C110", Severity.WARNING, 3),
        ("C110", Severity.WARNING, 13),
    ]
    assert [item.params["where"] for item in diagnostics] == [Term("checks.length.before"), "结语"]


def test_other_order() -> None:
    content = make_content()
    swapped = DocumentContent(content.title, (), (content.sections[1], content.sections[0], *content.sections[2:]))
    (diagnostic,) = run(swapped)
    assert (diagnostic.code, diagnostic.params["title"]) == ("C111", "做法")


def test_severity_follows_the_verb_of_the_clause() -> None:
    content = make_content("", "文" * 150, title=None)
    for level, severity, mild in [
        ("应", Severity.ERROR, Severity.WARNING),
        ("宜", Severity.WARNING, Severity.WARNING),
        ("可", Severity.INFO, Severity.INFO),
    ]:
        severities = {item.code: item.severity for item in run(content, level=level)}
        assert (severities["C101"], severities["C105"], severities["C106"], severities["C103"]) == (
            severity,
            severity,
            severity,
            mild,
        )


def test_places() -> None:
    where = Location("yaml", "record.yaml", 7)
    diagnostics = run(make_content("文" * 5, "文" * 85, title=""), location=where)
    assert {item.location for item in diagnostics} == {where}
    params = make_params()
    named = check_section_length(measure_sections(make_content("文" * 5, "文" * 85, title=""), params), params)
    assert {item.code: item.key for item in named} == {"C101": None, "C103": "first", "C106": ""}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_messages_fill(lang: Any) -> None:
    words = catalogue(lang)
    content = make_content("文", "文" * 150 + "“——”", third="", title="优良案例", units="")
    for item in [*run(content), *run(read("前言"), make_params())]:
        assert "{" not in words.message(item) + words.mend(item)
        assert words.message(item)


@pytest.mark.parametrize(
    "changes",
    [
        {"limit": "many"},
        {"unknown": "1"},
        {"parts": [{**PARTS[0], "low": "11"}]},
        {"parts": [{**PARTS[0], "high": "9"}]},
        {"parts": [{**PARTS[0], "high": "101"}]},
        {"units": {"key": "units"}},
    ],
)
def test_wrong_parameters_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        make_params(**changes)


def test_parameters_are_frozen() -> None:
    with pytest.raises(ValidationError):
        make_params().parts[0].share = Decimal(1)  # type: ignore[misc]
    assert isinstance(make_params().parts[0], WantedPart)
