"""Whatever a generated sheet holds is read as openpyxl reads it: the same cells, the same values, no other one's."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from support.plain_sheets import (
    EMPTY,
    FILLED,
    MAIN,
    RICH,
    compare,
    format_cell,
    format_parts,
    list_ours,
    list_theirs,
    prefix,
    save,
    space_out,
)

from docgen.sources.intake.reading.xlsx_reader import read_xlsx

pytestmark = pytest.mark.heavy

TEXTS = (
    "甲",
    " 乙 ",
    "a&amp;b",
    "&lt;v&gt;9&lt;/v&gt;",
    "一\n二",
    "<![CDATA[<c>]]>",
    "é&#233;",
    "𠮷",
    "0012",
    "=A1",
)
NUMBERS = ("0", "-3.5", "1E5", "2.5e-3", "00012", "45541", "0.1", "123456789012345678", "+7")


def make_sheet(luck: random.Random) -> dict[str, str]:
    """A sheet with cells of any kind at any places, in any spelling, with and without their references."""
    strings = [luck.choice(("<si/>", "<si><t/></si>", f"<si><t>{luck.choice(TEXTS)}</t></si>", RICH_STRING))]
    strings += [f'<si><t xml:space="preserve">{luck.choice(TEXTS)}</t></si>' for _ in range(luck.randint(0, 5))]
    rows, number = [], 0
    for _ in range(luck.randint(1, 25)):
        number += luck.choice((1, 1, 1, 2, 9))
        cells, column, is_placed = [], 0, luck.random() < 0.8
        for _ in range(luck.randint(0, 12)):
            column += luck.choice((1, 1, 2, 30)) if is_placed else 1
            place = f"{format_column(column)}{number}" if is_placed else ""
            cells.append(make_cell(luck, place, len(strings)))
        extras = luck.choice(("", "", ' spans="1:3"', ' ht="20" customHeight="1"', ' hidden="1"'))
        rows.append(f'<row r="{number}"{extras}>{"".join(cells)}</row>' if cells else f'<row r="{number}"{extras}/>')
    parts = format_parts("".join(rows), "".join(strings))
    for name in ("xl/sheet.xml", "xl/strings.xml"):
        parts[name] = space_out(parts[name]) if luck.random() < 0.3 else parts[name]
        parts[name] = prefix(parts[name]) if luck.random() < 0.3 else parts[name]
    return parts


RICH_STRING = RICH.replace("<is>", "<si>").replace("</is>", "</si>")


def make_cell(luck: random.Random, place: str, strings: int) -> str:
    kind = luck.choice(tuple(FILLED))
    if luck.random() < 0.4:
        return format_cell(kind, luck.choice(EMPTY), place)
    match kind:
        case "s":
            inside = f"<v>{luck.randrange(strings)}</v>"
        case "str":
            inside = luck.choice(("", "<f>A1</f>")) + f"<v>{luck.choice(TEXTS)}</v>"
        case "inlineStr":
            inside = luck.choice((RICH, f"<is><t>{luck.choice(TEXTS)}</t></is>"))
        case "" | "n":
            inside = luck.choice(("", "<f>1+1</f>")) + f"<v>{luck.choice(NUMBERS)}</v>"
        case _:
            inside = FILLED[kind]
    spelled = format_cell(kind, inside, place)
    return spelled.replace("<c", luck.choice(('<c s="0"', "<c", "<c cm='1'")), 1) if luck.random() < 0.3 else spelled


def format_column(number: int) -> str:
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


@pytest.mark.parametrize(
    "seed", [*range(150), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(150, 1500))]
)
def test_any_sheet_is_read_as_openpyxl_reads_it(tmp_path: Path, seed: int) -> None:
    parts = make_sheet(random.Random(seed))
    assert f'"{MAIN}"' in parts["xl/sheet.xml"]
    path = save(tmp_path / "a.xlsx", parts)
    ours, theirs = list_ours(read_xlsx(path).sheets[0]), list_theirs(path)["表"]
    assert ours == theirs


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(-1e12, 1e12, allow_nan=False),
    st.text(
        st.characters(min_codepoint=9, blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"),
        max_size=30,
    ),
    st.sampled_from(["", " ", "=1+1", "<a>&b;", "'甲", "#N/A", "1e5", "TRUE", "a\nb", "\t"]),
)
TABLES = st.lists(st.lists(VALUES, max_size=8), min_size=1, max_size=8)


def try_table(folder: Path, table: list[list[Any]]) -> None:
    path = folder / "a.xlsx"
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    sheet = book.add_worksheet("表")
    for row, values in enumerate(table):
        for column, value in enumerate(values):
            if isinstance(value, bool):
                sheet.write_boolean(row, column, value)
            elif isinstance(value, int | float):
                sheet.write_number(row, column, value)
            elif value is not None:
                sheet.write_string(row, column, value)
    book.close()
    assert compare(read_xlsx(path), list_theirs(path)) == []


quick = settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
long = settings(quick, max_examples=1000)


@quick
@given(table=TABLES)
def test_any_table_of_values_is_read_as_openpyxl_reads_it(tmp_path: Path, table: list[list[Any]]) -> None:
    try_table(tmp_path, table)


@pytest.mark.slow
@pytest.mark.timeout(900)
@long
@given(table=TABLES)
def test_many_tables_of_values_are_read_as_openpyxl_reads_them(tmp_path: Path, table: list[list[Any]]) -> None:
    try_table(tmp_path, table)
