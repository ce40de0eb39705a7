"""档号 by either rule: built, read, and every fault of a number as typed."""

from __future__ import annotations

import pytest

from docgen.record.dossier_number import (
    NUMBER_RULES,
    DossierNumber,
    NumberFault,
    NumberRule,
    compare_parts,
    format_number_example,
    read_number,
    read_retention,
)

OLD = DossierNumber("DA/T 22", "Z109", "WS", "2011", "Y", "BGS", 1)
NEW = DossierNumber("DA/T 13", "Z109", "WS", "2011", "Y", "办公室", 1)


def faults(text: str, rule: NumberRule) -> list[tuple[str, str, str]]:
    return [(fault.key, fault.value, fault.wanted) for fault in read_number(text, rule).faults]


def test_numbers_are_those_that_the_rules_print() -> None:
    assert str(OLD) == format_number_example("DA/T 22") == "Z109-WS\u00b72011-Y-BGS-0001"
    assert str(NEW) == format_number_example("DA/T 13") == "Z109-WS\u00b72011\u00b7Y\u00b7办公室-0001"
    assert str(OLD.of_item(None)) == "Z109-WS·2011-Y-BGS"
    assert str(NEW.of_item(9999)) == "Z109-WS·2011·Y·办公室-9999"


@pytest.mark.parametrize("rule", NUMBER_RULES)
@pytest.mark.parametrize("office", ["BGS", ""])
@pytest.mark.parametrize("item", [None, 1, 9999])
def test_what_is_built_is_read(rule: NumberRule, office: str, item: int | None) -> None:
    number = DossierNumber(rule, "Z109", "WS", "2024", "D30", office, item)
    reading = read_number(str(number), rule)
    assert (reading.number, reading.faults) == (number, ())


@pytest.mark.parametrize("dot", [".", "•", "・", "‧", "．", "⋅"])
def test_a_look_alike_of_the_dot_is_named(dot: str) -> None:
    reading = read_number(f"Z109-WS{dot}2011-Y-BGS-0001", "DA/T 22")
    assert reading.faults == (NumberFault("separator", dot, "·"),)
    assert reading.number == OLD


def test_look_alikes_are_named_once_each_and_all_together() -> None:
    assert faults("Z109—WS•2011•Y•办公室－0001", "DA/T 13") == [
        ("separator", "—", "-"),
        ("separator", "•", "·"),
        ("separator", "－", "-"),
    ]


def test_separators_are_mended_whatever_else_is_wrong() -> None:
    assert read_number(" Z109—WS•2011•Y•办公室", "DA/T 22").text == "Z109-WS·2011·Y·办公室"


@pytest.mark.parametrize(
    ("text", "rule", "wanted"),
    [
        ("Z109-WS·2011-30-BGS", "DA/T 22", ("retention", "30", "D30")),
        ("Z109-WS·2011-永久-BGS", "DA/T 22", ("retention", "永久", "Y")),
        ("Z109-WS·2011-长期-BGS", "DA/T 22", ("retention", "长期", "")),
        ("Z109-WS·2011-D0-BGS", "DA/T 22", ("retention", "D0", "")),
        ("Z109-WS·11-Y-BGS", "DA/T 22", ("year", "11", "")),
        ("Z109-WS·3011-Y-BGS", "DA/T 22", ("year", "3011", "")),
        ("Z109-ws·2011-Y-BGS", "DA/T 22", ("category", "ws", "WS")),
        ("全宗-WS·2011-Y-BGS", "DA/T 22", ("fonds", "全宗", "")),
        ("Z109-WS·2011-Y-办公室", "DA/T 22", ("office", "办公室", "")),
        ("Z109-WS·2011-Y-BGS-001", "DA/T 22", ("item", "001", "0001")),
        ("Z109-WS·2011-Y-BGS-0000", "DA/T 22", ("item", "0000", "")),
        ("Z109-WS·2011·Y·办公室-12", "DA/T 13", ("item", "12", "0012")),
        ("Z109-WS·2011·10·办公室", "DA/T 13", ("retention", "10", "D10")),
        ("Z109-WS·2011 ·Y·办公室", "DA/T 13", ("space", "", "")),
    ],
)
def test_a_wrong_part_is_named_with_what_was_meant(text: str, rule: NumberRule, wanted: tuple[str, str, str]) -> None:
    assert faults(text, rule) == [wanted]


@pytest.mark.parametrize(
    ("text", "rule", "key"),
    [
        (str(NEW), "DA/T 22", "other_rule"),
        (str(OLD), "DA/T 13", "other_rule"),
        ("Z109", "DA/T 22", "few"),
        ("", "DA/T 13", "few"),
        ("Z109-WS·2011", "DA/T 22", "few"),
        ("Z109-WS·2011-Y-BGS-0001-2", "DA/T 22", "many"),
        ("Z109-WS-2011-Y-BGS", "DA/T 22", "shape"),
    ],
)
def test_another_structure_is_told_as_such(text: str, rule: NumberRule, key: str) -> None:
    reading = read_number(text, rule)
    assert reading.number is None
    assert [fault.key for fault in reading.faults] == [key]
    assert reading.faults[0].wanted == format_number_example(rule)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *[("永久", "Y"), ("y", "Y"), ("30年", "D30"), ("定期30年", "D30"), ("d10", "D10"), ("10 年", "D10")],
        *[("D30年", "D30"), ("长期", None), ("30", None), ("D", None), ("0年", None), ("1000年", None), ("", None)],
    ],
)
def test_retention_is_read_as_people_write_it(text: str, code: str | None) -> None:
    assert read_retention(text) == code


def test_differences_from_the_settings_are_named() -> None:
    settings = {"fonds": "Z110", "category": None, "year": "2011", "retention": "D30", "office": "", "item": "0007"}
    differences = [(item.name, item.typed, item.setting) for item in compare_parts(OLD, settings)]
    assert differences == [
        ("fonds", "Z109", "Z110"),
        ("retention", "Y", "D30"),
        ("office", "BGS", ""),
        ("item", "0001", "0007"),
    ]
    assert [item.name for item in compare_parts(OLD.of_item(None), settings)] == ["fonds", "retention", "office"]
