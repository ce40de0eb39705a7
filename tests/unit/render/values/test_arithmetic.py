"""Arithmetic in templates is exact in decimals; a number that can't be printed is told as that, not as missing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from support.render_docx_support import of_paragraphs, read_texts, render

from docgen.render.values.values import Missing, UnprintableNumberError, format_plain

VALUES: dict[str, Any] = {"n": 7, "d": Decimal("2.50"), "tenth": Decimal("0.1"), "big": Decimal("1E500")}


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        ("n / 2", "3.5"),
        ("6 / 2", "3"),
        ("d * 1.5", "3.750"),
        ("1.5 * n", "10.5"),
        ("d - 0.1", "2.40"),
        ("0.1 + 0.2", "0.3"),
        ("-n / 2", "-3.5"),
        ("n // 2", "3"),
        ("n % 4", "3"),
        ("d / 2", "1.25"),
        ("(n / 3)|money", "2.33"),
        ("(n / 2)|unit('%')", "3.5%"),
        ("tenth == 0.1", "是"),
        ("d > 1.5", "是"),
        ("[1.5, 2]|join('、')", "1.5、2"),
        ("1.5", "1.5"),
        ("(d * 1.5) ~ '元'", "3.750元"),
    ],
)
def test_arithmetic_is_exact(expression: str, printed: str) -> None:
    rendered = render(of_paragraphs("{{ " + expression + " }}"), **VALUES)
    assert rendered.diagnostics == ()
    assert read_texts(rendered) == [printed]


@pytest.mark.parametrize("expression", ["n / 3", "big", "big * 2", "nan"])
def test_a_number_that_cannot_be_printed_is_no_missing_value(expression: str) -> None:
    rendered = render(of_paragraphs("{{ " + expression + " }}"), **VALUES, nan=Decimal("NaN"))
    assert [item.code for item in rendered.diagnostics] == ["T422"]
    assert rendered.missing == ()
    assert read_texts(rendered) == ["�"]


@pytest.mark.parametrize("expression", ["n / 0", "0 / 0", "d / 0"])
def test_a_division_by_zero_has_no_result(expression: str) -> None:
    (found,) = render(of_paragraphs("{{ " + expression + " }}"), **VALUES).diagnostics
    assert found.code == "T122"


@pytest.mark.parametrize("expression", ["m * 2", "2 - m", "m / n", "(m + n) * 1.5"])
def test_what_is_computed_from_a_missing_value_is_missing(expression: str) -> None:
    missing = Missing("p.m", "销售额")
    rendered = render(of_paragraphs("{{ " + expression + " }}"), **VALUES, m=missing)
    assert (rendered.diagnostics, rendered.missing) == ((), (missing,))


def test_a_float_has_its_shortest_digits() -> None:
    assert format_plain(0.1) == "0.1"
    with pytest.raises(UnprintableNumberError):
        format_plain(float("inf"))
