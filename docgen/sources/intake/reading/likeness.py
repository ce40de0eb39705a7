"""Measures how likely a foreign column is one of ours: by its header, checked against its values.

A guess from ``SURE`` on may be used; a less sure one is a choice for a person. Headers that are only similar, ambiguous
headers, and columns with values that don't fit are never sure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from pathlib import Path

from docgen.record.types import find_uscc_fault
from docgen.sources.intake.reading.heading import flatten, strip_remarks
from docgen.sources.intake.reading.tables import CODE, COMPANY, DAY, FIGURE, PERSON_ID, PHONE, FoundTable
from docgen.sources.intake.workbook.grid import GridValue, SheetCell, format_cell
from docgen.sources.intake.workbook.layout import DATE_KINDS, NUMBER_KINDS, Column, Layout

SURE = 0.7
POSSIBLE = 0.5
_WEAK = 0.65
_ALIKE = 0.8
_FITS, _FITS_NOT = 0.8, 0.3
_CODES = ("Enterprise.uscc", "Party.uscc")
_NAMES = ("Enterprise.name", "Party.name")
_SEVERAL = re.compile(r"\S{4,}[、,，;；\n]\S{4,}")
_USUAL, _MOST_WORDS = 0.85, 12
_ADDRESS = re.compile(r".*(?:路|街|道|巷|号|村|镇|乡|园|区|县|大厦|楼|室|组|社区).*")
_OWNERS = {"enterprises[]": "Enterprise.name", "trainings[]": "Training.title", "parties[]": "Party.name"}
_MONEY = ("元", "千元", "万元", "百万元", "亿元", "万")
_UNITS = frozenset(
    (
        *_MONEY,
        "人",
        "人次",
        "次",
        "个",
        "家",
        "天",
        "日",
        "周",
        "月",
        "季",
        "年",
        "小时",
        "学时",
        "%",
        "‰",
        "人·天",
        "人天",
    )
)
_BRACKETS = re.compile(r"[(\[【]([^()\[\]【】]*)[)\]】]")
_STATED_UNIT = re.compile(r"单位[:：]\s*([^\s,，;；)）]+)")
_PERIOD = re.compile(
    r"^(?:截至)?(?:(?:19|20)\d{2}(?:年度|年)?|[上本去当今]一?年度?|近一年|最近一年|全年|年度?)(?:末|底)?(?:的)?"
)
_ALTERNATIVES = re.compile(r"[/、或]")
_GENERAL_END = re.compile(
    r"(?:基本|主要|详细|生产|经营|经济|财务|登记|注册|联系)*(?:情况|信息|资料|方式|概况|状况|指标|数据|内容|统计)$"
)
_KINDS = re.compile(
    r"(?<!(?<![受被])服务)(?<!(?<![受被])帮扶)(?<!(?<![受被])辅导)(?:单位|机构)|公司|企业|市场主体|经营主体"
)
"""Words for any enterprise. 服务机构 and 帮扶单位 are excluded: they serve the enterprises."""
_FOREIGN = re.compile(r"[A-Za-z][A-Za-z.&'-]*")
_CHINESE = re.compile(r"[\u4e00-\u9fff]{2}")
_ASKING = re.compile(
    r"^(?:请问|请填写|请输入)?(?:贵|您的|您所在|您|本|我)?(?=[\u4e00-\u9fff]{2})|(?:是否满意|满意吗|满意度|如何)?\?*$"
)
_NAMED = re.compile(r"(?<=企业)名称$")
_FIGURE_END = re.compile(r"(?<=..)(?:数值|值)$")
_DAY_END = re.compile(r"(?<=[^生节假工])日$")
_FIELD = "企业"
_UNSURE = "？"
_SIGNED = "Attendee.enterprise"
_CONTACTS, _CONTACT = "Person.name", "联系人"


Synonyms = tuple[tuple[str, bool], ...]
"""Words, each with whether it is sure."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """A likelihood (0 to 1), and its reason: a key of the texts ``workbook.mapping.<reason>``."""

    score: float
    reason: str


@dataclass(frozen=True)
class Vocabulary:
    """The names that people use for the columns of a workbook: headers, sure words, and words to be checked."""

    words: frozenset[str]

    def knows(self, header: str) -> bool:
        """Whether a header is a known name of any column."""
        return any(word in self.words for word, _ in _iterate_readings(header))


def gather_vocabulary(layout: Layout) -> Vocabulary:
    """The words of all tables of a workbook."""
    words = {
        form
        for sheet in layout.sheets
        if sheet.is_table
        for column in sheet.iterate_columns()
        for word in (strip_remarks(column.label), *(word for word, _ in list_synonyms(column)))
        for form in (word, _make_general(word))
    }
    return Vocabulary(frozenset(words) | _MARK_WORDS)


_MARK_WORDS = frozenset(("序号", "编号", "企业编号", "项目编号", "No", "no", "NO", "No.", "行号", "序", "顺序号"))


def is_mark(header: str) -> bool:
    """Whether a header is that of row numbers."""
    plain = strip_remarks(header)
    return plain in _MARK_WORDS or _drop_foreign(plain) in _MARK_WORDS


@cache
def read_synonyms() -> Mapping[str, Synonyms]:
    """The names of shared fields in foreign tables, each with whether it is sure."""
    import yaml

    data = yaml.load(Path(__file__).with_name("synonyms.yaml").read_text("utf-8"), yaml.CSafeLoader)
    return {
        key: tuple((strip_remarks(word.removesuffix(_UNSURE)), not word.endswith(_UNSURE)) for word in words)
        for key, words in data.items()
    }


def list_synonyms(column: Column, *, signed: bool = True) -> Synonyms:
    """The names of a column in foreign tables, each with whether it is sure; ``signed`` for a sign-in sheet."""
    key = _OWNERS.get(column.target or "", "") if column.path == ("of",) else column.key
    return _gather_synonyms(key, column.synonyms, signed and key == "Enterprise.name")


@lru_cache(maxsize=2048)
def _gather_synonyms(key: str, own: tuple[str, ...], signed: bool) -> Synonyms:
    shared = read_synonyms()
    called = (*((strip_remarks(word), True) for word in own), *shared.get(key, ()))
    return (*called, *shared[_SIGNED]) if signed else called


def judge(parts: Sequence[str], values: Sequence[GridValue], column: Column, table: FoundTable) -> Likeness:
    """How likely headers (from top to bottom) and values mean a column."""
    if _differs_in_unit(parts, column, table.money):
        return Likeness(0, "unit")
    named = _judge_name(parts, strip_remarks(column.label), list_synonyms(column, signed=table.is_signed))
    shape = judge_shape(values, column)
    if shape is None or named.score < POSSIBLE:
        return named
    if shape < _FITS_NOT and _must_fit(values, column, named):
        return Likeness(max(0, named.score - 0.3), "doubt")
    if named.score >= SURE:
        return Likeness(min(1.0, named.score + 0.05 * (shape > _FITS)), named.reason)
    if named.reason == "weak" and shape >= _FITS and _is_telling(column):
        return Likeness(0.8, "shape")
    return named


def _must_fit(values: Sequence[GridValue], column: Column, named: Likeness) -> bool:
    """Whether unfit values count against a header.

    They don't if they are names, one in each cell, nor if a usual header stands above a few words of the user's own,
    whose meaning a mapping can give.
    """
    texts = [value for value in values if isinstance(value, str)]
    if is_name(column):
        return sum(_SEVERAL.search(text) is not None for text in texts) * 2 > len(texts)
    return column.kind != "choice" or named.score < _USUAL or len(set(texts)) > _MOST_WORDS


def judge_values(values: Sequence[GridValue], column: Column) -> Likeness:
    """How likely values without a header mean a column."""
    shape = judge_shape(values, column) if _is_telling(column) or column.key == "Enterprise.address" else None
    return Likeness(0.75 if shape is not None and shape >= _FITS else 0, "shape")


def is_name(column: Column) -> bool:
    """Whether a column names the organisation that a row is about."""
    return column.key in _NAMES or (column.path == ("of",) and _OWNERS.get(column.target or "") in _NAMES)


def _is_telling(column: Column) -> bool:
    """Whether a column's values have a form that few other values share."""
    return column.key in _CODES or column.kind in ("phone", "choice") or is_name(column)


def _differs_in_unit(parts: Sequence[str], column: Column, money: str | None) -> bool:
    """Whether the unit in a header, or above the table, differs from the column's."""
    units = [unit for text in parts for unit in _find_units(text)]
    if units and column.unit is not None:
        return column.unit not in units and not (column.unit == "万元" and "万" in units)
    if column.kind == "money" or column.unit in _MONEY:
        return money is not None and money != (column.unit or money)
    return False


def _find_units(text: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKC", flatten(text))
    for held in (*_BRACKETS.findall(plain), *_STATED_UNIT.findall(plain)):
        word = held.strip().removeprefix("单位").strip(":： ")
        if word in _UNITS:
            yield word


def _iterate_readings(header: str) -> Iterator[tuple[str, float]]:
    """The readings of a header, each with its deduction from the likelihood."""
    plain = strip_remarks(header)
    yield plain, 0
    general = _make_general(plain)
    if general != plain:
        yield general, 0.03
    for form in dict.fromkeys(_iterate_simpler_forms(plain)):
        if form != plain:
            yield form, 0.04
            yield _make_general(form), 0.05
    if plain.startswith(_FIELD) or general.startswith(_FIELD):
        yield general.removeprefix(_FIELD), 0.07
    bare = _PERIOD.sub("", plain)
    if bare and bare != plain:
        yield bare, 0.1
        yield _make_general(bare), 0.1
    first, *others = [part for part in _ALTERNATIVES.split(plain) if part] or [plain]
    if others:
        yield first, 0.1
        yield _make_general(first), 0.1


def _iterate_simpler_forms(plain: str) -> Iterator[str]:
    """Simpler forms of a header: in one language, without words of a question, without 值 or 日 at its end.

    走访企业名称 is 走访企业, 检/校周期 is 检校周期.
    """
    own = _drop_foreign(plain)
    for form in filter(None, (own, _ASKING.sub("", own))):
        yield form
        yield _NAMED.sub("", _make_general(form))
        yield _FIGURE_END.sub("", form)
        yield _DAY_END.sub("日期", form)
        yield form.replace("/", "")


def _drop_foreign(plain: str) -> str:
    """The Chinese part of a bilingual header."""
    bare = _FOREIGN.sub("", plain).strip(" .、/-")
    return bare if _CHINESE.search(bare) is not None else plain


def _make_general(word: str) -> str:
    """A word with synonyms of 企业 (company, unit) replaced by one general word."""
    return _KINDS.sub(_FIELD, word) if len(word) > 2 else word


def _judge_name(parts: Sequence[str], own: str, synonyms: Synonyms) -> Likeness:
    """How likely headers mean a column: the lowest alone, or together with the one above it."""
    leaf = _judge_text(parts[-1], own, synonyms)
    if len(parts) == 1:
        return leaf
    group = strip_remarks(parts[-2])
    groups = [group, _GENERAL_END.sub("", group), *([_CONTACT] if (group, True) in read_synonyms()[_CONTACTS] else [])]
    wholes = {f"{word}{strip_remarks(parts[-1])}" for word in groups if word}
    whole = max((_judge_text(word, own, synonyms) for word in wholes), key=lambda item: item.score)
    if whole.score >= SURE and whole.score >= leaf.score - 0.1:
        return whole
    if _PERIOD.fullmatch(strip_remarks(parts[-1])):
        # figures of one or several years: a person must choose
        return Likeness(min(_judge_text(parts[-2], own, synonyms).score, _WEAK), "year")
    if leaf.score >= SURE and _GENERAL_END.search(group):
        return Likeness(leaf.score - 0.02, leaf.reason)
    return Likeness(min(max(leaf.score, whole.score), _WEAK), "above")


@lru_cache(maxsize=1 << 15)
def _judge_text(header: str, own: str, synonyms: Synonyms) -> Likeness:
    best = Likeness(0, "like")
    for word, deduction in _iterate_readings(header):
        if word in (own, _make_general(own)):
            best = max(best, Likeness(0.95 - deduction, "same"), key=lambda item: item.score)
        for synonym, is_sure in synonyms:
            if word in (synonym, _make_general(synonym)):
                likeness = Likeness(0.9 - deduction, "synonym") if is_sure else Likeness(_WEAK, "weak")
                best = max(best, likeness, key=lambda item: item.score)
    return best if best.score else _judge_like(strip_remarks(header), (own, *(word for word, _ in synonyms)))


def _judge_like(asked: str, words: Sequence[str]) -> Likeness:
    """The likelihood of an unknown header by its similarity to known words: never sure, 0 if hardly similar."""
    score = 0.0
    for word in words:
        if len(word) > 1 and len(asked) > 1 and (word in asked or asked in word):
            score = max(score, POSSIBLE)
        if not word or set(word).isdisjoint(asked):
            continue
        matcher = SequenceMatcher(None, asked, word)
        if matcher.quick_ratio() * _ALIKE >= POSSIBLE:
            score = max(score, matcher.ratio() * _ALIKE)
    return Likeness(min(_WEAK - 0.03, score), "like")


def judge_shape(values: Sequence[GridValue], column: Column) -> float | None:
    """The share of values that fit a column; None if no value says anything."""
    judgements = [fits for value in values if (fits := _fits(value, column)) is not None]
    return sum(judgements) / len(judgements) if judgements else None


def _fits(value: GridValue, column: Column) -> bool | None:  # noqa: PLR0911 - a way for each kind
    """Whether a value may stand in a column; None where its kind doesn't tell."""
    if isinstance(value, SheetCell) and value.kind in ("error", "uncalculated"):
        return None
    text = unicodedata.normalize("NFKC", format_cell(value)).strip().replace(" ", "")
    dated = isinstance(value, SheetCell) and value.kind in ("date", "month", "moment")
    if not text:
        return None
    if column.key in _CODES:
        is_code = CODE.fullmatch(text) is not None and PERSON_ID.fullmatch(text) is None
        return is_code or find_uscc_fault(text.upper()) is None
    if is_name(column):
        return COMPANY.fullmatch(text) is not None
    if column.key == "Enterprise.address":
        return _ADDRESS.fullmatch(text) is not None and COMPANY.fullmatch(text) is None
    if column.kind == "phone":
        return all(PHONE.fullmatch(part) is not None for part in re.split(r"[、,;/]", text) if part)
    if column.kind in DATE_KINDS:
        return dated or DAY.fullmatch(text) is not None
    if column.kind in NUMBER_KINDS:
        return not dated and FIGURE.fullmatch(text) is not None
    if column.kind == "choice":
        return any(text in word or word in text for word in column.words)
    if column.kind == "yes_no":
        return text in ("是", "否", "√", "×", "有", "无", "Y", "N", "y", "n")
    return None
