"""Numbers and days as sheets show them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from docgen.batch.fill.look import format_by_code, format_moment_by_code
from docgen.batch.fill.names import Namer

MOMENT = dt.datetime(2024, 9, 6, 14, 5, 9)


@pytest.mark.parametrize(
    ("number", "code", "shown"),
    [
        ("1234.5", "", "1234.5"),
        ("0.333333333333333", "General", "0.333333333"),
        ("85.30", "0.00_ ", "85.30"),
        ("1234.5", "#,##0.00", "1,234.50"),
        ("-1234.5", "#,##0.00;[Red]-#,##0.00", "-1,234.50"),
        ("-1234.5", "0.0_);[Red]\\(0.0\\)", "(1234.5)"),
        ("-1234.5", "0.00_ ;[Red]\\-0.00\\ ", "-1234.50"),
        ("0", '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-"),
        ("1234.5", "[DBNum2][$-804]General", None),
        ("0.853", "0.0%", "85.3%"),
        ("7", "00000", "00007"),
        ("12.5", '0.00"万元"', "12.50万元"),
        ("2.5", "0", "3"),
        ("1.5", "0.0#", "1.5"),
        ("0.5", "# ?/?", None),
        ("12345678901234", "", "12345678901234"),
    ],
)
def test_numbers(number: str, code: str, shown: str | None) -> None:
    assert format_by_code(Decimal(number), code) == shown


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("yyyy/m/d", "2024/9/6"),
        ('[$-804]yyyy"年"m"月"d"日";@', "2024年9月6日"),
        ("yyyy-mm-dd hh:mm:ss", "2024-09-06 14:05:09"),
        ("yyyy年M月d日 H:mm", "2024年9月6日 14:05"),
        ("h:mm AM/PM", "2:05 PM"),
        ("yyyy/m/d aaaa", "2024/9/6 星期五"),
        ("mmm-yy", None),
    ],
)
def test_days(code: str, shown: str | None) -> None:
    assert format_moment_by_code(MOMENT, code) == shown


@pytest.mark.parametrize(
    ("inner", "name"),
    [
        ("1月产量", "列_1月产量"),
        ("1月产量（万吨）|money", "列_1月产量 |money"),
        ("企业名称 ", "企业名称"),
        ("1月产量 > 3 and 企业名称 != '1月产量'", "列_1月产量 > 3 and 企业名称 != '1月产量'"),
        ("行.1月产量(吨)", "行.列_1月产量"),
        ("11月产量", "列_11月产量"),
        ("loop.index", "loop.index"),
    ],
)
def test_names(inner: str, name: str) -> None:
    assert Namer(["1月产量(吨)", "企业名称（全称）", "11月产量"]).rewrite(inner, 0).strip() == name
