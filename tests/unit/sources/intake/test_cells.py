"""However a cell is written, it holds what openpyxl reads there: no other cell's text, and nothing when empty."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.intake_support import ROOT, load_profile
from support.plain_sheets import (
    EMPTY,
    FILLED,
    MAIN,
    RICH,
    STRINGS,
    compare,
    format_cell,
    format_parts,
    list_ours,
    list_theirs,
    prefix,
    save,
    space_out,
)

from docgen.errors import SourceError
from docgen.record.numerals import normalize_number
from docgen.record.telephones import normalize_phones
from docgen.sources.intake.reading.xlsx_reader import read_xlsx
from docgen.sources.intake.workbook.grid import SheetCell, SheetGrid
from docgen.sources.intake.workbook.headers import simplify_header
from docgen.sources.intake.workbook.sheets import build_layout
from docgen.sources.intake.workbook.write import write_workbook

pytestmark = pytest.mark.heavy


def make_rows(*, numbered: bool, placed: bool) -> str:
    """Every type of cell in every empty form, between cells of every type."""
    neighbours = [*FILLED.items(), ("inlineStr", RICH)]
    rows = []
    number = 0
    for kind in FILLED:
        for empty in EMPTY:
            for other, inside in neighbours:
                number += 1
                cells = ((other, inside), (kind, empty), (other, inside), (kind, empty))
                spelled = [
                    format_cell(of, within, f"{letter}{number}" if placed else "")
                    for letter, (of, within) in zip("ABCD", cells, strict=True)
                ]
                given = f' r="{number}"' if numbered else ""
                rows.append(f"<row{given}>{''.join(spelled)}</row>")
    return "".join(rows)


@pytest.mark.parametrize("prefixed", [False, True], ids=["plain", "prefixed"])
@pytest.mark.parametrize("spaced", [False, True], ids=["dense", "spaced"])
@pytest.mark.parametrize(("numbered", "placed"), [(True, True), (True, False), (False, True), (False, False)])
def test_cells_of_every_kind_hold_what_openpyxl_reads(
    tmp_path: Path, *, prefixed: bool, spaced: bool, numbered: bool, placed: bool
) -> None:
    parts = format_parts(make_rows(numbered=numbered, placed=placed))
    for name in ("xl/sheet.xml", "xl/strings.xml"):
        text = space_out(parts[name]) if spaced else parts[name]
        parts[name] = prefix(text) if prefixed else text
    path = save(tmp_path / "a.xlsx", parts)
    ours = list_ours(read_xlsx(path).sheets[0])
    assert ours == list_theirs(path)["表"]
    assert {at for _, at in ours} == {1, 3}, "the empty cells are the second and the fourth"


def read_cells(tmp_path: Path, rows: str, strings: str = STRINGS) -> dict[tuple[int, int], object]:
    book = read_xlsx(save(tmp_path / "a.xlsx", format_parts(rows, strings)))
    return {(row.number, at): value for row in book.sheets[0].rows for at, value in row.cells.items()}


@pytest.mark.parametrize("kind", ["", "n", "s", "b", "e", "d"])
def test_white_space_alone_is_no_value(tmp_path: Path, kind: str) -> None:
    blank = format_cell(kind, "<v>\n  </v>")
    rows = f"<row r='1'>{format_cell('s', '<v>0</v>')}{blank}</row>"
    assert read_cells(tmp_path, rows) == {(1, 1): "共享一"}


def test_values_on_lines_of_their_own(tmp_path: Path) -> None:
    rows = (
        "<row r='1'><c><v>\n 5\n</v></c><c t='s'><v> 1 </v></c><c t='b'><v>\n1</v></c><c t='str'><v> a </v></c></row>"
    )
    expected = {(1, 1): SheetCell("number", "5"), (1, 2): "共享二", (1, 3): SheetCell("bool", "1"), (1, 4): " a "}
    assert read_cells(tmp_path, rows) == expected


def test_a_text_in_the_element_of_another_type_is_read(tmp_path: Path) -> None:
    text = "<is><t>甲</t></is>"
    rows = f"<row r='1'>{''.join(format_cell(kind, text) for kind in ('', 'n', 'str'))}"
    rows += format_cell("inlineStr", "<v>乙</v>") + "</row>"
    assert read_cells(tmp_path, rows) == {(1, 1): "甲", (1, 2): "甲", (1, 3): "甲", (1, 4): "乙"}


def test_escapes_are_units_of_utf_16_and_half_a_character_stays_as_written(tmp_path: Path) -> None:
    rows = "<row r='1'>" + "".join(
        format_cell("inlineStr", f"<is><t>{text}</t></is>")
        for text in ("_xD83D__xDE00_", "甲_xD83D_厂", "_xDE00__xD83D_", "_x005F_x0041_", "a_x000D__x000A_b")
    )
    expected = ["😀", "甲_xD83D_厂", "_xDE00__xD83D_", "_x0041_", "a\nb"]
    assert list(read_cells(tmp_path, f"{rows}</row>").values()) == expected


def test_nobody_sees_what_stands_around_a_number_or_in_a_header() -> None:
    assert simplify_header("企业\u200b名称\u2060") == "企业名称"
    assert normalize_phones("\u202a139 0000 0001\u202c") == "13900000001"
    assert normalize_number("\u200e1,234\u200f") == "1234"


def test_some_elements_with_a_prefix_and_some_without(tmp_path: Path) -> None:
    rows = f"<row r='1'><c r='A1'><v>1</v></c><x:c xmlns:x='{MAIN}' r='B1' t='s'><x:v>1</x:v></x:c></row>"
    assert read_cells(tmp_path, rows) == {(1, 1): SheetCell("number", "1"), (1, 2): "共享二"}


def test_elements_of_other_vocabularies_are_no_cells(tmp_path: Path) -> None:
    rows = "<row r='1'><c r='A1'><v>1</v><o:v xmlns:o='urn:other'>2</o:v></c><o:c xmlns:o='urn:other' r='B1'/></row>"
    assert read_cells(tmp_path, rows) == {(1, 1): SheetCell("number", "1")}


def test_rows_and_columns_however_they_are_named(tmp_path: Path) -> None:
    rows = (
        "<row r='3.0'><c r='b3'><v>1</v></c><c><v>2</v></c></row>"
        "<row><c r='A9'><v>3</v></c></row><row><c><v>4</v></c></row>"
    )
    read = {place: value.text for place, value in read_cells(tmp_path, rows).items() if isinstance(value, SheetCell)}
    assert read == {(3, 2): "1", (3, 3): "2", (9, 1): "3", (10, 1): "4"}


def test_shared_strings_are_counted_by_position(tmp_path: Path) -> None:
    strings = (
        "<si/><si></si><si >\n</si><si xml:space='preserve'><t>三</t></si><si><t xml:space='preserve'> 四 </t></si>"
        "<si>\n<r><rPr><b/></rPr><t>五</t></r>\n<rPh sb='0' eb='1'><t>wu</t></rPh><r><t>五</t></r>\n</si>"
        "<si><t/></si><si><t>七_x000D_\n行 &amp; <![CDATA[<八>]]></t></si>"
    )
    rows = "<row r='1'>" + "".join(f"<c t='s'><v>{number}</v></c>" for number in range(8)) + "</row>"
    assert read_cells(tmp_path, rows, strings) == {
        (1, 4): "三",
        (1, 5): " 四 ",
        (1, 6): "五五",
        (1, 8): "七\n行 & <八>",
    }
    assert read_cells(tmp_path, prefix(rows).replace("<x:row", f"<x:row xmlns:x='{MAIN}'"), strings)[(1, 6)] == "五五"


def test_names_of_parts_in_other_letters(tmp_path: Path) -> None:
    parts = format_parts("<row r='1'><c t='s'><v>0</v></c></row>")
    other = {
        {"xl/strings.xml": "xl/Strings.XML", "xl/sheet.xml": "XL\\Sheet.xml"}.get(name, name): text
        for name, text in parts.items()
    }
    book = read_xlsx(save(tmp_path / "a.xlsx", other))
    assert dict(book.sheets[0].rows[0].cells) == {1: "共享一"}


@pytest.mark.parametrize("digits", ["NaN", "INF", "-Infinity", "1e999", "abc", "1_000", "１２"])
def test_what_is_no_number_is_an_error_value(tmp_path: Path, digits: str) -> None:
    assert read_cells(tmp_path, f"<row r='1'><c><v>{digits}</v></c></row>") == {(1, 1): SheetCell("error", digits)}


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("xl/sheet.xml", ("<v>0</v>", "<v>2</v>")),
        ("xl/sheet.xml", ("<v>0</v>", "<v>-1</v>")),
        ("xl/sheet.xml", ("<v>0</v>", "<v>x</v>")),
        ("xl/sheet.xml", ("<c ", "<c r='11' ")),
        ("xl/sheet.xml", ("<row r='1'", "<row r='1.5'")),
        ("xl/sheet.xml", ("<worksheet", "<?xml version='1.0' encoding='UTFyes'?><worksheet")),
        ("xl/strings.xml", ("<sst", "<?xml version='1.0' encoding='gbk'?><sst")),
        ("xl/workbook.xml", ('r:id="a"', 'r:id="c"')),
        ("xl/workbook.xml", ('r:id="a"', "")),
        ("xl/workbook.xml", ('name="表"', "")),
        ("_rels/.rels", ("officeDocument", "other")),
        ("_rels/.rels", ("Target=", "Goal=")),
        ("xl/_rels/workbook.xml.rels", ("sheet.xml", "none.xml")),
        ("xl/_rels/workbook.xml.rels", (' Id="a"', "")),
    ],
)
def test_a_damaged_part_is_told_as_such(tmp_path: Path, part: str, change: tuple[str, str]) -> None:
    parts = format_parts("<row r='1'><c t='s'><v>0</v></c></row>")
    changed = parts[part].replace(*change)
    assert changed != parts[part]
    path = save(tmp_path / "a.xlsx", {**parts, part: changed})
    with pytest.raises(SourceError) as caught:
        read_xlsx(path)
    assert [item.code for item in caught.value.diagnostics] == ["W101"]


def find_workbooks() -> list[Path]:
    """Every sound workbook that the project holds."""
    paths = (path for folder in ("samples", "templates", "tests") for path in (ROOT / folder).rglob("*.xlsx"))
    # what nobody calculated has no result to us; openpyxl takes the 0 that is stored for one
    return sorted(path for path in paths if not {"negative", "producers", "books"} & set(path.parts))


def test_workbooks_are_read_as_openpyxl_reads_them(tmp_path: Path) -> None:
    empty = tmp_path / "empty.xlsx"
    empty.write_bytes(write_workbook(build_layout(load_profile())))
    for path in (empty, *find_workbooks()):
        book, theirs = read_xlsx(path), list_theirs(path)
        for grid in book.sheets:
            for place in list_uncalculated(grid):
                assert theirs[grid.name].pop(place, None) in (None, 0), "a placeholder"
        assert compare(book, theirs) == [], path


def list_uncalculated(grid: SheetGrid) -> list[tuple[int, int]]:
    """The cells whose formulas nobody calculated."""
    cells = ((row.number, at, value) for row in grid.rows for at, value in row.cells.items())
    return [(row, at) for row, at, value in cells if isinstance(value, SheetCell) and value.kind == "uncalculated"]
