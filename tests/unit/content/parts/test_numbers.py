from __future__ import annotations

import pytest

from docgen.content.parts.numbers import read_number, read_ordinal


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("一、企业简介", "chinese", 1),
        ("三，主要做法", "chinese", 3),
        ("二 存在问题", "chinese", 2),
        ("十二、其他", "chinese", 12),
        ("壹、企业简介", "chinese", 1),
        ("（四）成效", "bracket", 4),
        ("第五部分　启示", "chapter", 5),
        ("1.企业简介", "decimal", 1),
        ("2、存在问题", "decimal", 2),
        ("1.1 概况", "decimals", 1),
        ("（2）存在问题", "digits", 2),
        ("Ⅲ、主要做法", "roman", 3),
        ("iv) 成效", "roman", 4),
        ("e) 启示", "letter", 5),
        ("③主要做法", "circled", 3),
        ("㈡存在问题", "circled", 2),
        ("■ 一、企业简介", "chinese", 1),
    ],
)
def test_numbers(text: str, kind: str, value: int) -> None:
    number = read_number(text)
    assert number is not None
    assert (number.kind, number.value) == (kind, value)


@pytest.mark.parametrize("text", ["一是建立台账", "2023年", "3-6个月后", "98.5%", "5S管理", "一步一个脚印", "企业简介"])
def test_what_is_no_number(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("text", "value"), [("一", 1), ("3、", 3), ("Ⅳ", 4), ("（五）", 5), ("第二部分", 2), ("启示", None)]
)
def test_ordinals(text: str, value: int | None) -> None:
    assert read_ordinal(text) == value
