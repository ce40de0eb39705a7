"""Normal forms and spellings of a confidential value, and whether an occurrence of it reveals anything."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from docgen.record.numerals import INVISIBLE

_SPACE = f"[\\s{INVISIBLE}]+"
WORD_SPACE = re.compile(f"(?<=[0-9a-z]){_SPACE}(?=[0-9a-z])")
SPACES = re.compile(_SPACE)
_KEPT = "\x01"
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_CODE = re.compile("[0-9a-z]{7,}")
_LEAST_NUMBER = 4
_LEAST_WITH_UNIT = 3
_LEAST_ASCII = 4
_LEAST_TEXT = 2
_LEAST_CODE = 7
_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_UNIT = (
    "(?: ?(?:[%‰份人名位家户只台套个件项次场届期轮批支条张页本册种类处例起宗单笔组班级层栋间号遍倍]"
    "|[天日周月年时分秒克吨米升]|人次|人[·.]?[天日]|场次|小时|分钟|个月|工作日|周年|千克|公斤|毫米|厘米|千米|公里|毫升|平方米|立方米"
    "|mm|cm|km|kg|ml|g|m|h|min))"
)
_COUNT = re.compile(
    rf"(?:大?约|共计?|合计|累?计|近|第|超过|不足|不少于|不超过|[><≥≤±+-])?{_NUMBER}(?:(?P<unit>{_UNIT})"
    rf"(?:[-~至到/]{_NUMBER}(?P=unit))?|[~至到]{_NUMBER}{_UNIT}|[-/]{_NUMBER}(?! ?(?:号|m(?![a-z]))){_UNIT})"
    "(?:左右|以上|以下|以内|余|多)?"
)
_MANY = {"百": Decimal(100), "千": Decimal(1000), "万": Decimal(10_000), "亿": Decimal(100_000_000)}
_SIGN = "(?:人民币|rmb|cny|[¥$])"
_AMOUNT = re.compile(
    rf"(?:大?约|共计?|合计|累?计|近)?(?P<sign>{_SIGN})? ?(?P<figure>{_NUMBER})[余多]?"
    "(?P<many>(?:[百万亿]|千(?![克米]))*)"
    rf"(?:(?P<money>美?元整?| ?(?:rmb|cny))|(?P<unit>{_UNIT}))?"
    r"(?:左右|以上|以下|以内|余|多)?(?:[/每][^\W\d]{1,4})?(?:\([^()]*\))?"
)
_CAPITALS = re.compile(
    rf"(?:大写:?)?(?:{_SIGN})?(?P<whole>[零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟萬億]+)[元圆]"
    "(?:零?(?P<tenths>[壹贰叁肆伍陆柒捌玖一二三四五六七八九])角)?(?:零?(?P<cents>[壹贰叁肆伍陆柒捌玖一二三四五六七八九])分)?"
    r"[整正]?(?:\([^()]*\))*"
)
_MONEY = re.compile("([百千万亿]*)元")
_OTHER_UNITS = ("元", "万元", "亿元")
_LEAST_PART = Decimal("0.01")
_YEAR = r"(?:19|20)\d\d"
_MONTH = "(?:0?[1-9]|1[0-2])"
_MONTH_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
# Only a possible date is a day: 2019-12-34 is the number of a contract.
_DAY = (
    rf"(?:{_YEAR}(?:年度?|年{_MONTH}月|年{_MONTH}月{_MONTH_DAY}日?|\.{_MONTH}\.{_MONTH_DAY}|/{_MONTH}/{_MONTH_DAY}"
    rf"|-{_MONTH}-{_MONTH_DAY})|{_MONTH}月(?:{_MONTH_DAY}[日号])?)"
)
_TIME = r"(?:[上下]午)?(?:[01]?\d|2[0-4])(?::[0-5]\d|[时点](?:[0-5]?\d分)?)"
_MOMENT = re.compile(rf"(?:{_DAY})?(?:{_TIME})?(?:[-~至到](?:{_DAY})?(?:{_TIME})?)?")

SecretKind = Literal["value", "name", "word"]
"""The value of a field, a person's name, or a word that the record lists to be masked."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A confidential value as text, its path in the record, and its replacement.

    ``is_number`` marks a figure, which is also found with trailing zeros and thousands separators. ``kind`` is the
    origin of the value.
    """

    text: str
    place: tuple[str | int, ...]
    replacement: str
    is_number: bool = False
    kind: SecretKind = "value"

    @property
    def is_layout_like(self) -> bool:
        """Whether the value looks like the measures in a layout."""
        return self.is_number or (self.text.isascii() and len(self.text) < _LEAST_CODE)


def normalize(text: str) -> str:
    """The form in which texts are compared."""
    return SPACES.sub("", WORD_SPACE.sub(_KEPT, fold(text))).replace(_KEPT, " ")


def fold(text: str) -> str:
    """A text with variants of letters, digits and dashes replaced by one form each."""
    return _DASHES.sub("-", unicodedata.normalize("NFKC", text)).casefold()


def is_telling(secret: Secret) -> bool:
    """Whether a value is distinctive enough to be masked in texts.

    It needs two Chinese characters, four letters and digits, or a figure of four digits without trailing zeros of its
    decimals. A year isn't distinctive.
    """
    text = normalize(secret.text)
    if secret.is_number:
        return _is_long(text)
    if text.isascii():
        return len(text) >= _LEAST_ASCII and re.fullmatch(_YEAR, text) is None
    return len(text) >= _LEAST_TEXT


def is_common(secret: Secret) -> bool:
    """Whether a value is so common that finding it proves nothing: 2份, 95%, 3月5日, 9:30.

    Counts of four digits, amounts of money, names, and words that the record lists aren't common.
    """
    text = normalize(secret.text)
    if secret.is_number or secret.kind != "value":
        return False
    if _MOMENT.fullmatch(text) is not None:
        return True
    return _COUNT.fullmatch(text) is not None and not any(map(_is_long, re.findall(_NUMBER, text)))


@dataclass(frozen=True, slots=True)
class SecretSpelling:
    """A spelling of a value: a figure, or a text that ends in a ``unit``, which isn't distinctive itself."""

    text: str
    is_number: bool = False
    unit: str = ""


def list_amount_spellings(value: Decimal | int, unit: str = "") -> Iterator[SecretSpelling]:
    """The spellings of a figure.

    With its unit a short figure is distinctive, too: from three digits on (88.4%), or an amount of money of any size.
    Amounts are also spelled in other units: 98000 元 as 9.8万元, 11.20 万元 as 112000元, 2.5 亿元 as 25000万元.
    """
    figure = format_figure(value)
    yield SecretSpelling(figure, True)
    money = _MONEY.fullmatch(unit)
    if unit and not _is_long(figure) and (money or _is_long(figure, _LEAST_WITH_UNIT)):
        yield from _list_unit_spellings(value, unit)
    if money is None:
        return
    amount = _multiply(Decimal(value), money[1])
    for other_unit in _OTHER_UNITS:
        part = amount / _multiply(Decimal(1), other_unit[:-1])
        short = _trim_number(format_figure(part))
        if other_unit != unit and part >= _LEAST_PART:
            is_alone = _is_long(figure) and _is_long(short)
            yield from [SecretSpelling(short, True)] if is_alone else _list_unit_spellings(part, other_unit)


def _multiply(figure: Decimal, many: str) -> Decimal:
    for unit in many:
        figure *= _MANY[unit]
    return figure


def _list_unit_spellings(value: Decimal | int, unit: str) -> Iterator[SecretSpelling]:
    """The spellings of a figure with its unit: with shortened or two decimals, with and without separators."""
    short = _trim_number(format_figure(value))
    whole, _, decimals = short.partition(".")
    tails = (short[len(whole) :], *(f".{decimals:0<{places}}" for places in (1, 2)))
    written = [f"{digits}{tail}" for digits in (whole, f"{int(whole):,}") for tail in tails]
    gaps = ("", " ") if re.match("[A-Za-z]", unit) else ("",)
    yield from (SecretSpelling(f"{text}{gap}{unit}", unit=unit) for text in dict.fromkeys(written) for gap in gaps)


def find_amounts(text: str) -> Iterator[SecretSpelling]:
    """The spellings of the figure in a text that is only an amount or a count: 98000 for 98,000元.

    An amount may be in Chinese figures (玖万捌仟元整) if it ends in 元, 角 or 分. A figure without a unit counts from
    four digits on, unless it is a year or begins with a zero; followed by 万 or 亿 it is money.
    """
    normal = normalize(text)
    capitals = _CAPITALS.fullmatch(normal)
    if capitals is not None:
        read = _read_capitals(capitals)
        yield from _list_long_spellings(read, "元") if read else ()
        return
    amount = _AMOUNT.fullmatch(normal) if _MOMENT.fullmatch(normal) is None else None
    if amount is None:
        return
    digits, many, counted = amount["figure"].replace(",", ""), amount["many"], amount["unit"]
    is_money = bool(amount["sign"] or amount["money"] or (many.endswith(("万", "亿")) and not counted))
    if not is_money and counted in (None, "年") and (digits.startswith("0") or many or re.fullmatch(_YEAR, digits)):
        return
    if is_money:
        yield from _list_long_spellings(Decimal(digits), f"{many}元")
    else:
        yield from _list_long_spellings(Decimal(digits), "")
        yield from _list_long_spellings(_multiply(Decimal(digits), many), "")


def _list_long_spellings(value: Decimal, unit: str) -> Iterator[SecretSpelling]:
    yield from (item for item in list_amount_spellings(value, unit) if not item.is_number or _is_long(item.text))


def _read_capitals(capitals: re.Match[str]) -> Decimal:
    """A sum in Chinese figures, in 元; 0 if they can't be parsed."""
    import cn2an

    try:
        whole = Decimal(cn2an.cn2an(capitals["whole"], "normal"))
    except (ValueError, KeyError):  # the library raises either for figures it can't parse
        return Decimal(0)
    parts = (cn2an.cn2an(part, "normal") if part else 0 for part in (capitals["tenths"], capitals["cents"]))
    return whole + sum(Decimal(part).scaleb(-at) for at, part in enumerate(parts, 1))


def _is_long(figure: str, least: int = _LEAST_NUMBER) -> bool:
    return len(_trim_number(figure.replace(",", "")).replace(".", "").strip("-").lstrip("0")) >= least


def _trim_number(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def canonize(text: str, is_number: bool) -> str:
    """The key that all spellings of a value share."""
    if is_number:
        return f"#{_trim_number(text.replace(',', ''))}"
    code = text.replace("-", "").replace(" ", "")
    return code if _CODE.fullmatch(code) else text


def format_rest_pattern(text: str, is_number: bool) -> str:
    """A regular expression for a value without its first character."""
    if is_number:
        whole, _, decimals = _trim_number(text).partition(".")
        rest = "".join(
            f"{',?' if (len(whole) - at) % 3 == 0 else ''}{re.escape(digit)}" for at, digit in enumerate(whole) if at
        )
        tail = rf"\.{decimals}0*" if decimals else r"(?:\.0+)?"
        return rf"{rest}{tail}(?![0-9a-z])(?!\.[0-9])"
    code = text.replace("-", "").replace(" ", "")
    if _CODE.fullmatch(code):
        return "[ -]?" + "[ -]?".join(code[1:]) + r"(?![0-9a-z])"
    rest = re.escape(text[1:])
    return rest + (r"(?![0-9a-z])" if re.search(r"[0-9a-z]\Z", text) else "")


def format_figure(value: Decimal | int) -> str:
    """A figure as digits, never in exponent form."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
