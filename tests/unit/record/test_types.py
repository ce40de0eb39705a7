"""How a text that somebody typed becomes a value, and which code is reported when it can't."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import BeforeValidator, ValidationError, create_model

from docgen.record import types
from docgen.record.month import Month
from docgen.record.parts import Party, Period
from docgen.record.telephones import normalize_phones
from docgen.record.types import find_uscc_fault

VALID_USCC = "91320300MA1XKG0Y0A"


def convert(kind: Any, value: object) -> Any:
    return create_model("Holder", __base__=types.Part, value=(kind, ...)).model_validate({"value": value}).value  # type: ignore[attr-defined]


def code_of(kind: Any, value: object) -> str:
    with pytest.raises(ValidationError) as caught:
        convert(kind, value)
    return caught.value.errors()[0]["type"]


@pytest.mark.parametrize("typed", ["012", "10:30", "98.50", "no", "1e3", "0x10", "～", "yes", "True story"])
def test_text_stays_as_typed(typed: str) -> None:
    assert convert(types.Text, typed) == typed


@pytest.mark.parametrize(("typed", "text"), [("true", "是"), ("TRUE", "是"), (" False ", "否")])
def test_text_that_is_only_true_or_false_is_a_word_that_a_form_can_say(typed: str, text: str) -> None:
    assert convert(types.Text, typed) == text
    assert [block.text for block in convert(types.Prose, typed).blocks] == [text]


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        (types.Number, "98.50", Decimal("98.50")),
        (types.Whole, "012", 12),
        (types.Percent, "85%", Decimal(85)),
        (types.Percent, "95％", Decimal(95)),
        (types.Money, "2380.5", Decimal("2380.5")),
        (types.Date, "2024-09-06", dt.date(2024, 9, 6)),
        (types.Date, "2024年9月6日", dt.date(2024, 9, 6)),
        (types.Date, "2024/9/6", dt.date(2024, 9, 6)),
        (types.MonthValue, "2024年9月", Month(2024, 9)),
        (types.DateOrMonth, "2024-09", Month(2024, 9)),
        (types.DateOrMonth, "2024-09-06", dt.date(2024, 9, 6)),
        (types.Minute, "2024-09-06 10:30", dt.datetime(2024, 9, 6, 10, 30)),
        (types.YesNo, "no", False),
        (types.YesNo, "是", True),
        (types.Phone, "13900000000", "13900000000"),
        (types.Phone, "0516-83000000", "0516-83000000"),
        (types.Phone, "0516-83000000-12", "0516-83000000-12"),
        (types.Phone, "400-800-1234", "400-800-1234"),
        (types.Number, "８５", Decimal(85)),
        (types.Number, "−3.5", Decimal("-3.5")),
        (types.Number, "1,000", Decimal(1000)),
        (types.Number, "１，２３４．５０", Decimal("1234.50")),
        (types.Money, "12 345.60", Decimal("12345.60")),
        (types.Percent, "８５％", Decimal(85)),
        (types.Whole, "1,234", 1234),
        (types.Whole, "46.0", 46),
        (types.Date, "2015-06-07T00:00:00.000Z", dt.date(2015, 6, 7)),
        (types.Date, "2015-06-07 00:00:00", dt.date(2015, 6, 7)),
        (types.Date, "2015-06-07T00:00:00+08:00", dt.date(2015, 6, 7)),
        (types.DateOrMonth, "2015-06-07T00:00:00", dt.date(2015, 6, 7)),
        (types.Minute, "2024-09-06T10:30:00+08:00", dt.datetime(2024, 9, 6, 10, 30)),
    ],
)
def test_typed_text_becomes_a_value(kind: Any, typed: str, value: object) -> None:
    assert convert(kind, typed) == value


def test_a_decimal_keeps_the_digits_that_were_typed() -> None:
    assert str(convert(types.Number, "98.50")) == "98.50"


@pytest.mark.parametrize(
    ("kind", "typed", "meant"),
    [
        (types.Date, "2015-06-07T16:00:00.000Z", "2015-06-08"),
        (types.Date, "2015-06-07T15:00:00+07:00", "2015-06-07"),
        (types.DateOrMonth, "2015-06-30T16:00:00Z", "2015-07-01"),
        (types.MonthValue, "2015-06-30T16:00:00Z", "2015-07"),
        (types.Minute, "2015-06-07T02:30:00.000Z", "2015-06-07 10:30"),
    ],
)
def test_a_moment_of_the_world_is_told_with_what_it_is_in_china(kind: Any, typed: str, meant: str) -> None:
    with pytest.raises(ValidationError) as caught:
        convert(kind, typed)
    (details,) = caught.value.errors()
    assert (details["type"], details["ctx"]) == ("R146", {"value": typed, "meant": meant})


@pytest.mark.parametrize(
    ("kind", "typed", "code"),
    [
        (types.Number, "85%", "R104"),
        (types.Number, "1,00", "R104"),
        (types.Number, "85 90", "R104"),
        (types.Number, "5²", "R104"),
        (types.Number, "NaN", "R104"),
        (types.Number, "≤1.0", "R145"),
        (types.Percent, ">= 95%", "R145"),
        (types.Whole, "不超过3", "R145"),
        (types.Number, ["1"], "R103"),
        (types.Whole, "4.5", "R105"),
        (types.Money, "1.234", "R124"),
        (types.Date, "2024.9.6", "R106"),
        (types.Date, "2024-02-30", "R106"),
        (types.MonthValue, "2024-13", "R107"),
        (types.Minute, "2024-09-06", "R108"),
        (types.Minute, "2024-09-06 25:00", "R108"),
        (types.YesNo, "也许", "R110"),
        (types.Date, "2024-09-06T10:30:00", "R106"),
        (types.Date, "2024-09-05T16:00:00.000Z", "R146"),
        (types.Minute, "2024-09-06T10:30:00Z", "R146"),
        (types.MonthValue, "2024-08-31T16:00:00Z", "R146"),
        (types.DateOrMonth, "2024-08-31T16:00:00Z", "R146"),
        (types.Date, "0001-01-01T00:00:01+14:00", "R106"),
        (types.Date, "9999-12-31T23:00:00Z", "R106"),
        (types.Key, "明达", "R125"),
        (types.Text, {"a": "b"}, "R103"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_code(kind: Any, typed: object, code: str) -> None:
    assert code_of(kind, typed) == code


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("91320300MA1XKG0Y0", "length"),
        ("91320300MA1XKG0Y0a", "characters"),
        ("91320300MA1XKGOY0A", "characters"),
        ("９1320300MA1XKG0Y0A", "characters"),
    ],
)
def test_faults_of_a_credit_code(value: str, fault: str) -> None:
    assert find_uscc_fault(value) == fault


def test_the_check_digit_of_a_credit_code_is_computed() -> None:
    from stdnum.cn.uscc import calc_check_digit

    body = "91320322MA1WABCD1"
    right = body + calc_check_digit(body)
    assert find_uscc_fault(right) is None
    wrong = body + next(char for char in "0123456789" if char != right[-1])
    assert find_uscc_fault(wrong) == "check"


def test_a_letter_may_stand_first_in_a_credit_code() -> None:
    from stdnum.cn.uscc import calc_check_digit

    body = "N2320322MF0012345"
    assert find_uscc_fault(body + calc_check_digit(body)) is None


def test_a_waived_credit_code_is_accepted() -> None:
    party = {"key": "p", "role": "agency", "uscc": "123", "uscc_waiver": "早期代码"}
    assert Party.model_validate(party).uscc == "123"
    with pytest.raises(ValidationError) as caught:
        Party.model_validate({**party, "uscc_waiver": None})
    assert caught.value.errors()[0]["type"] == "R111"


def test_a_period_of_months_contains_its_last_day() -> None:
    period = Period.model_validate({"start": "2023-09", "end": "2024-02"})
    assert period.contains(dt.date(2024, 2, 29))
    assert not period.contains(dt.date(2024, 3, 1))
    assert not period.contains(dt.date(2023, 8, 31))


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValidationError) as caught:
        Period.model_validate({"start": "2024-09", "end": "2024-08-31"})
    assert caught.value.errors()[0]["type"] == "R113"


def test_what_was_left_empty_counts_as_absent() -> None:
    assert Period.model_validate({"start": "", "end": None}) == Period()


def test_a_custom_code_survives_an_annotated_type() -> None:
    def refuse_all(value: object) -> object:
        raise types.refuse("R104", value=str(value))

    assert code_of(Annotated[str, BeforeValidator(refuse_all)], "x") == "R104"


@pytest.mark.parametrize(
    ("typed", "spelled"),
    [
        ("02787654321", "027-87654321"),
        ("027 87654321", "027-87654321"),
        ("（027）8765 4321", "027-87654321"),
        ("电话：027—87654321", "027-87654321"),
        ("86-27-87654321", "027-87654321"),
        ("+86 139 0000 1234", "13900001234"),
        ("8613900001234", "13900001234"),
        ("１３９-００００-１２３４", "13900001234"),
        ("027-87654321转801", "027-87654321-801"),
        ("0717-6212345（分机12）", "0717-6212345-12"),
        ("400-8001234", "400-800-1234"),
        ("13900001234/13900005678", "13900001234、13900005678"),
        ("13900001234 027-87654321", "13900001234、027-87654321"),
        ("13900001234或13900001234", "13900001234"),
    ],
)
def test_telephone_numbers_have_one_spelling(typed: str, spelled: str) -> None:
    assert convert(types.Phone, typed) == spelled
    assert convert(types.Phone, spelled) == spelled


@pytest.mark.parametrize(
    "typed", ["12345", "23900000000", "87654321", "1390000123", "13900001234（张三）", "027-87654321/22"]
)
def test_what_is_no_telephone_number_stays_as_typed(typed: str) -> None:
    assert normalize_phones(typed) is None
    assert convert(types.Phone, typed) == typed
