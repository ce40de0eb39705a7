"""Confidential values are found however they are spaced and spelled, and nothing else is."""

from __future__ import annotations

from decimal import Decimal

import pytest

from docgen.content.blocks import Run
from docgen.record.masking import SEPARATOR, Masked, Masker
from docgen.record.secret import (
    Secret,
    SecretKind,
    SecretSpelling,
    find_amounts,
    is_common,
    is_telling,
    list_amount_spellings,
    normalize,
)

MARK = "〔不公开〕"
AMOUNTS = [
    "￥98,000",
    "¥ 98000.00",
    "$98000",
    "RMB98000",
    "RMB 98,000",
    "98000 RMB",
    "98000元左右",
    "约98000元以内",
    "98000元/年",
    "98000元（含税）",
    "98000元（大写：玖万捌仟元整）",
    "9.8万",
    "9.8 万元/年",
    "玖万捌仟元整",
    "人民币玖萬捌仟圆整（含税）",
    "大写：九万八千元",
]
COMMON = [
    "2份",
    "第 3 批",
    "约30人",
    "12～15家",
    "10起以内",
    "100%",
    "99.5％",
    "30分钟",
    "3.5人·天",
    "100 kg",
    "3月5日",
    "2025年12月26日",
    "2025-12-26",
    "2025.3.10—2025.3.12",
    "2025年度",
    "9:30",
    "上午9时30分至11时",
    "3月5日14:00",
    "10-20mm",
    "30~50m",
    "3天至5天",
    "2025/3/31",
]
TELLING = [
    "王份",
    "7哥",
    "1300家",
    "2,386吨",
    "85元",
    "85万元",
    "3000万",
    "12-15",
    "3-201",
    "2024-001",
    "20251226",
    "第二批",
    "BA-2025-011",
    "2份合同",
    "9:30到会",
    "360度",
    "13900000211",
    "0516-83351234",
    "两份",
    "三元",
    "2019-12-34",
    "2019-13-04",
    "2024/45/67",
    "2024-05/06",
    "12-34m",
    "12-315号",
    "3月45日",
    "25:30",
    "12号-34m",
]


def make_masker(*texts: str, figures: tuple[str, ...] = (), public: str = "", opened: tuple[str, ...] = ()) -> Masker:
    secrets = [Secret(text, ("texts", at), MARK) for at, text in enumerate(texts)]
    secrets += [Secret(text, ("figures", at), MARK, True) for at, text in enumerate(figures)]
    return Masker(secrets, public, opened)


@pytest.mark.parametrize(
    ("secret", "text", "masked"),
    [
        ("13900000211", "电话 139-0000-0211，夜间", f"电话 {MARK}，夜间"),
        ("13900000211", "电话13900000211转1", f"电话{MARK}转1"),
        ("13900000211", "Tel 139 0000 0211", f"Tel {MARK}"),
        ("13900000211", "编号139000002112", "编号139000002112"),
        ("0516-83351234", "051683351234", MARK),
        ("0516 83351234", "0516-8335-1234", MARK),
        ("91320312MAYC2L059Q", "代码９１３２０３１２ＭＡＹＣ2L059q。", f"代码{MARK}。"),
        ("徐州澄砺消防器材有限公司", "徐州 澄砺消防\n器材有限公司到会", f"{MARK}到会"),
        ("甲（徐州）公司", "甲(徐州)公司", MARK),
        ("Li Wei", "Mr li  wei said", f"Mr {MARK} said"),
        ("Li Wei", "liwei", "liwei"),
        ("王伟", "王伟峰、王 伟", f"{MARK}峰、{MARK}"),
    ],
)
def test_a_text_is_found_however_it_is_written(secret: str, text: str, masked: str) -> None:
    masker = make_masker(secret)
    assert masker.mask(text) == masked
    assert bool(list(masker.find(text))) == (masked != text)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("营业收入2386.40万元", f"营业收入{MARK}万元"),
        ("2023，2,386.4万元", f"2023，{MARK}万元"),
        ("2386.400", MARK),
        ("12386.40", "12386.40"),
        ("2386.401", "2386.401"),
        ("1.2386.40", "1.2386.40"),
        ("2386", "2386"),
    ],
)
def test_a_figure_is_found_with_any_zeros_and_separators(text: str, masked: str) -> None:
    assert make_masker(figures=("2386.40",)).mask(text) == masked


@pytest.mark.parametrize(
    ("text", "figure", "telling"),
    [
        ("王伟", False, True),
        ("王", False, False),
        ("2022", False, False),
        ("ab1", False, False),
        ("ab12", False, True),
        ("46", True, False),
        ("85.0", True, False),
        ("38.20", True, False),
        ("268.50", True, True),
        ("1200", True, True),
        ("0.0012", True, False),
    ],
)
def test_what_tells_nothing_is_not_looked_for(text: str, figure: bool, telling: bool) -> None:
    secret = Secret(text, ("x",), MARK, figure)
    assert is_telling(secret) is telling
    assert (Masker([secret]).skipped == ()) is telling


@pytest.mark.parametrize("text", COMMON)
def test_what_is_common_is_masked_where_it_was_typed_and_proves_no_leak(text: str) -> None:
    secret = Secret(text, ("x",), MARK)
    assert is_common(secret)
    masker = Masker([secret])
    assert masker.mask(f"交来{text}，") == f"交来{MARK}，"
    assert (list(masker.find(text)), masker.skipped) == ([], (secret,))


@pytest.mark.parametrize("text", TELLING)
def test_names_numbers_codes_and_amounts_are_not_common(text: str) -> None:
    secret = Secret(text, ("x",), MARK)
    assert not is_common(secret)
    assert list(Masker([secret]).find(f"交{text}，")) == [secret]


@pytest.mark.parametrize("kind", ["name", "word"])
def test_a_name_or_a_listed_word_is_looked_for_whatever_it_looks_like(kind: SecretKind) -> None:
    listed, typed = Secret("7天", ("name",), "企业甲", kind=kind), Secret("7天", ("field",), MARK)
    masker = Masker([listed, typed])
    assert (list(masker.find("住7天")), masker.skipped) == ([listed], ())


@pytest.mark.parametrize(
    ("text", "prose", "masked"),
    [
        ("98000元", "98,000元、98000.00、9.8万元、9.80万元", f"{MARK}元、{MARK}、{MARK}万元、{MARK}万元"),
        ("人民币98,000.00元整", "98000元", f"{MARK}元"),
        ("9.8万元", "98000元、9.80万元", f"{MARK}元、{MARK}万元"),
        ("85元", "85元、85.00元、185元", f"{MARK}、{MARK}元、185元"),
        ("约1300余家", "1,300家", f"{MARK}家"),
        ("2386.40万元", "23864000元", f"{MARK}元"),
        ("46人", "46", "46"),
        ("2024年", "2024", "2024"),
        ("合同98000元", "98000元", "98000元"),
        *((text, "98000元，即9.8万元", f"{MARK}元，即{MARK}万元") for text in AMOUNTS),
        ("98000", "98,000元，即98000.00", f"{MARK}元，即{MARK}"),
        ("2.5亿", "25000万元、250,000,000元", f"{MARK}万元、{MARK}元"),
        ("3万", "3万元、30000元、30000瓶", f"{MARK}万元、{MARK}元、30000瓶"),
        ("85元/月", "85元、85.00元", f"{MARK}元、{MARK}元"),
        ("壹佰贰拾叁元肆角伍分", "123.45元、123.4元", f"{MARK}元、123.4元"),
        ("贰佰元零伍分", "200.05元", f"{MARK}元"),
        ("零亿万元", "0元、98000元", "0元、98000元"),
        ("仟拾捌元整", "18元、8元", "18元、8元"),
        (f"98000元{'/余多' * 50}！", "98000元", "98000元"),
        ("2024", "2024年，2,024", "2024年，2,024"),
        ("2024年以上", "2024", "2024"),
        ("09800", "9800、09800", f"9800、{MARK}"),
        ("9.8千克", "9800、9.8", "9800、9.8"),
    ],
)
def test_an_amount_that_was_typed_is_masked_however_it_is_written(text: str, prose: str, masked: str) -> None:
    spelled = [SecretSpelling(text), *find_amounts(text)]
    masker = Masker([Secret(item.text, ("x",), MARK + item.unit, item.is_number) for item in spelled])
    assert masker.mask(prose) == masked


@pytest.mark.parametrize(
    ("value", "unit", "prose", "masked"),
    [
        ("98000.00", "元", "共98,000元，即9.8万元", f"共{MARK}元，即{MARK}万元"),
        ("98000", "", "共98,000元，即9.8万元", f"共{MARK}元，即9.8万元"),
        ("2386.40", "万元", "收入2386.4万元，23864000元", f"收入{MARK}万元，{MARK}元"),
        ("12500", "万元", "收入1.25亿元", f"收入{MARK}亿元"),
        (
            "2.5",
            "亿元",
            "2.50亿元，即25000万元、25,000.0万元、250000000元",
            f"{MARK}亿元，即{MARK}万元、{MARK}万元、{MARK}元",
        ),
        ("98", "千元", "98千元、9.8万元、98,000元", f"{MARK}千元、{MARK}万元、{MARK}元"),
        ("3.2", "百万元", "3.2百万元、320万元、3200000元", f"{MARK}百万元、{MARK}万元、{MARK}元"),
        ("85", "元", "85元、0.0085万元、0.85万元", f"{MARK}元、0.0085万元、0.85万元"),
        ("11.20", "万元", "11.20万元、11.2 万元、112,000元、11.2吨", f"{MARK}万元、{MARK}万元、{MARK}元、11.2吨"),
        ("3", "万元", "3万元、3.0万元、30000元、13万元、30000瓶", f"{MARK}万元、{MARK}万元、{MARK}元、13万元、30000瓶"),
        ("3", "", "3万元", "3万元"),
        ("0.384", "MPa", "0.384 MPa、0.384", f"{MARK}MPa、0.384"),
        ("9.1", "MPa", "9.1MPa", "9.1MPa"),
    ],
)
def test_an_amount_of_money_is_masked_in_any_unit(value: str, unit: str, prose: str, masked: str) -> None:
    spelled = list_amount_spellings(Decimal(value), unit)
    masker = Masker([Secret(item.text, ("x",), MARK + item.unit, item.is_number) for item in spelled])
    assert masker.mask(prose) == masked
    assert bool([*masker.find(prose)]) == (prose != masked)


def test_a_share_of_three_digits_is_masked_where_it_was_typed_and_proves_no_leak() -> None:
    masker = Masker(
        [Secret(item.text, ("x",), MARK, item.is_number) for item in list_amount_spellings(Decimal("88.40"), "%")]
    )
    assert masker.mask("由88.4%、88.40％升到97%") == f"由{MARK}、{MARK}升到97%"
    assert list(masker.find("88.4%")) == []


def test_the_name_of_somebody_is_masked_though_forms_print_the_word() -> None:
    name, value = Secret("文明", ("contact", "name"), MARK, kind="name"), Secret("环境", ("text",), MARK)
    masker = Masker([name, value], public="文明生产{项目}\n整洁的环境")
    assert masker.mask("文明和环境") == f"{MARK}和环境"
    assert masker.skipped == (value,)
    assert list(masker.find("一、文明生产现场")) == []
    assert list(masker.find("文明 生产线，文明到场")) == [name]
    assert list(masker.find("联系人文明")) == [name]


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("该企业的品牌是优选，销量第一", 1),
        ("品牌：优选", 1),
        ("优选销量第一", 1),
        ("优选", 0),
        ("评价\n 优选 \r\n良好", 0),
        (f"评价{SEPARATOR}优选{SEPARATOR}该厂优选", 1),
        ("☑优选 □良好", 0),
        ("□优 选■", 0),
        ("是否优选品牌", 0),
    ],
)
def test_a_name_that_a_form_prints_alone_is_let_through_alone(text: str, reported: int) -> None:
    name = Secret("优选", ("enterprises", 0, "brands"), MARK, kind="name")
    masker = Masker([name], public="{{ x }}优选\n良好\n是否优选品牌")
    assert list(masker.find(text)) == [name] * reported
    assert masker.skipped == (name,)


def test_a_word_in_the_layout_alone_is_looked_for_but_there() -> None:
    masker = Masker([Secret("方正", ("text",), MARK)], public="表", layout="方正小标宋简体\0宋体")
    assert (masker.mask("方正到会"), masker.skipped) == (f"{MARK}到会", ())
    assert [len(list(masker.find(text))) for text in ("方正小标宋简体", "方正到会")] == [0, 1]


def test_words_that_are_printed_anyway_are_skipped_and_told() -> None:
    masker = make_masker("负责人", "魏承屿", public="企业 负责人（签字）")
    assert [secret.text for secret in masker.skipped] == ["负责人"]
    assert masker.mask("负责人魏承屿") == f"负责人{MARK}"


def test_a_number_is_looked_for_wherever_else_it_is_printed() -> None:
    masker = make_masker("13900000211", figures=("2386.40",), public="13900000211 2386.40")
    assert masker.skipped == ()
    assert masker.mask("13900000211") == MARK


def test_an_opened_word_stays_without_a_word() -> None:
    masker = make_masker("高级工程师", opened=("高级 工程师",))
    assert masker.skipped == ()
    assert masker.mask("高级工程师") == "高级工程师"


def test_the_longer_of_two_names_is_replaced() -> None:
    secrets = [Secret("澄砺消防", ("a",), "企业甲"), Secret("澄砺消防器材公司", ("b",), "企业乙")]
    assert Masker(secrets).mask("澄砺消防器材公司的澄砺消防") == "企业乙的企业甲"


def test_nothing_is_found_across_a_separator() -> None:
    masker = make_masker("魏承屿")
    assert list(masker.find(f"魏{SEPARATOR}承屿")) == []
    assert list(masker.find("魏\n承屿")) != []


def test_a_value_in_several_runs_is_replaced_in_the_first() -> None:
    runs = (Run("经理魏"), Run("承", bold=True), Run("屿到会，", italic=True), Run("很好"))
    masked = make_masker("魏承屿").mask_runs(runs)
    assert masked == (Run(f"经理{MARK}"), Run("到会，", italic=True), Run("很好"))
    untouched = (Run("经理"), Run("到会", bold=True))
    assert make_masker("魏承屿").mask_runs(untouched) is untouched


def test_normalizing_keeps_words_apart() -> None:
    assert normalize("Ａ b　中 文 12 34") == "a b中文12 34"


def test_a_mark_can_be_used_like_what_it_stands_for() -> None:
    mark = Masked(MARK)
    assert bool(mark)
    assert f"{mark}" == MARK
    assert Decimal(3) + mark is mark  # type: ignore[operator]
    assert sum([1, mark, 2]) is mark  # type: ignore[list-item]
    assert mark * 3 is mark
    assert -mark is mark
    assert "第" + mark == f"第{MARK}"
    assert mark + "元" == f"{MARK}元"
    assert not mark > Decimal(60)  # type: ignore[operator]
    assert not mark <= Decimal(60)  # type: ignore[operator]
    assert sorted([mark, Masked("a")]) == ["a", mark]
