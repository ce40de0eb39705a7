"""Finds the data rows below the headers: no example, sum, remark, signature or repeated header.

The first text of a row shows that it is no data: 合计, 备注：…, 制表人：… Such words match as a whole or up to a colon,
so that 合计科技有限公司 remains data. Skipped rows are reported once for each sheet.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from docgen.content.shown_names import format_first_few, shorten
from docgen.profile.labels import SPACE
from docgen.sources.intake.workbook.grid import GridValue, SheetCell, SheetGrid, SheetRow, format_cell
from docgen.sources.intake.workbook.layout import DATE_KINDS, EXAMPLE_MARK, Column, SheetLayout, find_naming
from docgen.sources.intake.workbook.notes import DiagnosticGatherer

_QUOTES = "[]【】〔〕〖〗「」『』《》“”‘’\"'*※#"
_TOTAL = (
    r"(?:总?合计|总计|小计|共计|总共|累计|总和|总数|均值|平均(?:值|数|分)?|(?:grand)?total|subtotal|sum)"
    r"(?:企业|单位)?(?:数|额|金额|家数|户数|人数)?"
    r"|(?:企业|单位)?(?:总[户家]?数|数量)"
)
_COUNT = r"共?\d[\d,.]*(?:家|户|个|人|项|条|次|份|名|万元|元|%)?(?:企业|单位)?"
_BRACKETS = r"(?:\([^()]*\))?"
_TOTALS = re.compile(
    rf"\(?(?:本页|本表|全表|以上|各项|全部)?(?:{_TOTAL})\)?{_BRACKETS}:?(?:{_COUNT})?{_BRACKETS}[。.]?"
    rf"|(?:以上)?共\d+(?:家|户|个|人|项|条|次|份|名)(?:企业|单位)?{_BRACKETS}[。.]?",
    re.IGNORECASE,
)
_PART_TOTALS = re.compile(rf".{{1,12}}(?:小计|合计|总计){_BRACKETS}:?(?:{_COUNT})?")
_NOTES = (
    r"(?:备注|附注|注意事项|注意|注释|注|(?:填表|填报|填写|特别)?说明|(?:温馨)?提示|(?:填表|填报|填写)?要求"
    r"|(?:数据|资料|信息)来源)"
)
_REMARK = re.compile(
    rf"[(]*(?:{_NOTES}|附)\d*[\])】]*[:.、].*|[(]?(?:以下(?:空白|为空)|(?:以下|此页)无(?:正文|内容))[)]?"
    r"|注?以上(?:数据|企业|单位|信息|内容|名单|各项).*(?:截至|截止|均|为|由|属实|真实).*"
)
_PAGE = re.compile(
    r"[-—]*第?\d+页[,、]?(?:共\d+页)?[-—]*|共\d+页|[-—]+\d+[-—]+|[(]?(?:承前|接上|接前|过次|转下|转次|接下|续下|续上)页[)]?"
)
_WHO = (
    r"(?:制表|填表|填报|编制|编报|制单|审核|复核|校核|审批|审定|审查|批准|校对|经办|统计|汇总|登记|记录|调查|报送|上报"
    r"|核准|签发)"
)
_SIGNER = (
    rf"(?:(?:{_WHO}|主管|打印|导出|(?:单位|企业|部门|财务|统计|项目)?负责|联系|分管|监督|咨询|举报)"
    r"(?:人员?|员|者|单位|部门|日期|时间|领导|电话)?"
    r"|日期|时间|年月日|(?:单位)?(?:盖章|公章)|签字|签名|签章|电话|传真|(?:电子)?邮箱|地址|单位|部门"
    r"|主送|抄送)"
)
_HAND = r"(?:签字|签名|签章|盖章)?"
_SIGNED = re.compile(
    rf"(?:{_SIGNER}|领导|[局处科所]长|主任){_BRACKETS}{_HAND}{_BRACKETS}(?::.*|[\d年月日./-]{{4,}})|.*\((?:单位)?(?:盖章|公章|签章|签字)(?:处)?\)"
    r"|(?i:prepared|compiled|filled(?:in)?|checked|reviewed|approved|verified|signed)(?i:by)?:.*|(?i:notes?|remarks?):.*"
)
_BARE = re.compile(rf"{_NOTES}|{_SIGNER}{_BRACKETS}{_HAND}|{_WHO}人[一-鿿]{{2,3}}")
_DIGITS = r"[\d〇○零一二三四五六七八九十]"
_DAY = re.compile(
    rf"(?:{_DIGITS}{{2,4}})?年{_DIGITS}{{0,2}}月(?:{_DIGITS}{{0,3}}日)?|\d{{4}}[-./]\d{{1,2}}[-./]\d{{1,2}}"
)
_MARKS = re.compile(r"[-—–_/\\·.…*×]+")
_CODE = re.compile(r"[0-9A-Z]{18}", re.IGNORECASE)
_TEXT_KINDS = frozenset(("text", "code", "texts", "prose", "reference", "references"))
_SHOWN = 12
_FEWEST = 2
_GAP = 1

Verdict = Literal["data", "total", "foot", "perhaps"]
"""``total``, ``foot``: no data. ``perhaps``: no data unless data rows follow (a word without a colon)."""


@dataclass(frozen=True, slots=True)
class DataTable:
    """A table with known columns: its header row, the position of each column, and the column of row numbers.

    ``shipped`` when the sheet is docgen's own, so that its example is known. ``heads`` are the rows of its headers
    where these are several.
    """

    grid: SheetGrid
    header: SheetRow
    layout: SheetLayout
    places: Mapping[int, Column]
    mark: int | None
    shipped: bool = False
    heads: tuple[SheetRow, ...] = ()
    naming: tuple[int, ...] = field(init=False)
    """The columns that name a row or its owner, the owner's first."""

    def __post_init__(self) -> None:
        owner = [at for at, column in self.places.items() if column is self.layout.owner]
        named = find_naming({column.path: at for at, column in self.places.items()}, self.layout)
        object.__setattr__(self, "naming", (*owner, *(at for at in named[:1] if at not in owner)))


def choose_rows(table: DataTable, notes: DiagnosticGatherer) -> list[SheetRow]:
    """The data rows; other rows are reported, except the example."""
    chosen: list[SheetRow] = []
    skipped: list[tuple[int, str]] = []
    unsure: list[tuple[SheetRow, str]] = []
    last: int | None = None
    for row in table.grid.rows:
        if row.number <= table.header.number or not _is_filled(row, table.places):
            continue
        kept = _read_example(row, table, notes, skipped)
        if kept is None:
            continue
        verdict, reason = _judge(kept, table)
        if verdict == "data":
            if table.shipped and last is not None and row.number - last > _GAP + 1:
                notes.info("W122", table.grid.name, row.number, 1, first=last + 1, last=row.number - 1)
            # rows above data are no foot
            chosen += [unsure_row for unsure_row, _ in unsure]
            unsure.clear()
            chosen.append(kept)
        elif verdict == "perhaps":
            unsure.append((kept, reason))
        else:
            skipped.append((row.number, reason))
        last = row.number
    skipped = sorted([*skipped, *((unsure_row.number, reason) for unsure_row, reason in unsure)])
    if skipped:
        rows = format_first_few((f"{number}（{shorten(reason, _SHOWN)}）" for number, reason in skipped), _SHOWN)
        notes.info("W126", table.grid.name, skipped[0][0], 1, count=len(skipped), rows=rows)
    return chosen


def _is_filled(row: SheetRow, places: Mapping[int, Column]) -> bool:
    return any(not isinstance(cell, str) or cell.strip() for at, cell in row.cells.items() if at in places)


# the example


def _read_example(
    row: SheetRow, table: DataTable, notes: DiagnosticGatherer, skipped: list[tuple[int, str]]
) -> SheetRow | None:
    """A row without example values; None for the shipped example, or a row that a table marks as an example."""
    at = table.mark or 1
    cell = row.cells.get(at)
    is_marked = isinstance(cell, str) and cell.strip().strip("（）()") == EXAMPLE_MARK
    if not table.shipped:
        if is_marked:
            skipped.append((row.number, EXAMPLE_MARK))
        return None if is_marked else row
    if not is_marked:
        return None if _is_whole_example(row, table) else row
    changed = {place for place in table.places if place in row.cells and not _is_shipped(row, place, table)}
    if not changed:
        return None
    named = [place for place in table.naming if place in row.cells]
    if named and changed.isdisjoint(named):
        notes.warning("W128", table.grid.name, row.number, min(changed))
        return None
    notes.warning("W127", table.grid.name, row.number, at)
    return replace(row, cells={place: value for place, value in row.cells.items() if place != at})


def _is_shipped(row: SheetRow, at: int, table: DataTable) -> bool:
    """Whether a cell holds the shipped example's value or is empty."""
    text = _squeeze(row.cells[at])
    column = table.places[at]
    return not text or text in (_squeeze(column.example), _squeeze(column.former or column.example))


def _is_whole_example(row: SheetRow, table: DataTable) -> bool:
    """Whether a row without the mark is still the example: all of its values, also its name, are unchanged."""
    named = [at for at in table.naming if table.places[at].kind != "choice"]
    return (
        bool(named)
        and len(table.places) >= _FEWEST
        and all(at in row.cells and _is_shipped(row, at, table) for at in (*named, *table.places))
    )


# what stands at the foot


def _judge(row: SheetRow, table: DataTable) -> tuple[Verdict, str]:
    """The verdict on a row and the text that decides it: in the number column, before all columns, or the first."""
    first = min(table.places)
    inside = 0
    for at, cell in sorted(row.cells.items()):
        if not isinstance(cell, str) or not (text := _squeeze(cell)):
            continue
        is_outside = at == table.mark or (at < first and at not in table.places)
        verdict = _judge_text(text, part=is_outside or at in table.naming)
        inside += not is_outside
        if verdict == "data" and not is_outside:
            verdict = _judge_weakly(row, at, text, table)
        if verdict != "data" and _holds(verdict, row, at, table):
            return verdict, text
        if inside:
            break
    return "data", ""


def _judge_weakly(row: SheetRow, at: int, text: str, table: DataTable) -> Verdict:
    """The verdict on a row that its first text doesn't decide: a day at the foot, or repeated headers."""
    column = table.places.get(at)
    if _repeats_headers(row, table):
        return "foot"
    is_day = _DAY.fullmatch(text) is not None and (column is None or column.kind not in DATE_KINDS)
    return "perhaps" if is_day else "data"


def _holds(verdict: Verdict, row: SheetRow, at: int, table: DataTable) -> bool:
    """Whether the other cells of a row agree with the verdict of its first text."""
    cells, column = row.cells, table.places.get(at)
    text = _squeeze(cells[at])
    if any(_CODE.fullmatch(_squeeze(cell)) for cell in cells.values()):
        return False
    if column is None or at == table.mark:
        return not _is_named(row, at, table) or _explains_all(row, at, text)
    if text in column.words or _is_named(row, at, table):
        return False
    if verdict == "total" or _repeats_headers(row, table):
        return True
    return column.kind != "prose" and _explains_all(row, at, text)


def _is_named(row: SheetRow, lead: int, table: DataTable) -> bool:
    """Whether a cell other than the first text names the row or its owner."""
    deciding = table.naming[0] if table.naming else _find_first_text(table)
    cell = row.cells.get(deciding or 0)
    return deciding != lead and isinstance(cell, str) and not _is_explained(_squeeze(cell))


def _judge_text(text: str, *, part: bool) -> Verdict:
    """The verdict by a row's first text; with ``part`` a subtotal may name its part (洪山区小计)."""
    text = text.strip(_QUOTES)
    if _TOTALS.fullmatch(text) or (part and _PART_TOTALS.fullmatch(text)):
        return "total"
    if _REMARK.fullmatch(text) or _SIGNED.fullmatch(text) or _PAGE.fullmatch(text):
        return "foot"
    return "perhaps" if _BARE.fullmatch(text) or _MARKS.fullmatch(text) else "data"


def _is_explained(text: str) -> bool:
    """Whether a text is no name: it is empty, a sum, count, remark, signature, day or dash."""
    kinds = (_TOTALS, _REMARK, _SIGNED, _BARE, _PAGE, _DAY, _MARKS)
    text = text.strip(_QUOTES)
    return not text or any(kind.fullmatch(text) for kind in kinds) or re.fullmatch(_COUNT, text) is not None


def _explains_all(row: SheetRow, lead: int, label: str) -> bool:
    """Whether all other cells of a row belong to the foot: by their own words, or after a label."""
    behind_label = _BARE.fullmatch(label.rstrip(":")) is not None
    for at, cell in sorted(row.cells.items()):
        text = _squeeze(cell)
        if at <= lead or not text or isinstance(cell, SheetCell):
            continue
        if not _is_explained(text) and not behind_label:
            return False
        behind_label = _BARE.fullmatch(text.rstrip(":")) is not None
    return True


def _repeats_headers(row: SheetRow, table: DataTable) -> bool:
    """Whether a row repeats the headers, as in tables joined from pages."""
    return len(row.cells) >= _FEWEST and any(
        all(_squeeze(heads.cells.get(at, "")).strip("*") == _squeeze(cell).strip("*") for at, cell in row.cells.items())
        for heads in (table.header, *table.heads)
    )


def _find_first_text(table: DataTable) -> int | None:
    return min((at for at, column in table.places.items() if column.kind in _TEXT_KINDS), default=None)


def _squeeze(cell: GridValue) -> str:
    """A cell's text normalised for comparison: ASCII forms, no spaces."""
    return SPACE.sub("", unicodedata.normalize("NFKC", format_cell(cell)))
