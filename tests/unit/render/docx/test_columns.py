"""Mending the columns of a rendered table, on its text: where widths stand, and what must be left alone."""

from __future__ import annotations

import re

import pytest

from docgen.render.docx.elements.columns import keep_rows, set_column_widths

GRID = '<w:tblGrid><w:gridCol w:w="3000"/><w:gridCol w:w="1000"/></w:tblGrid>'


def table(*rows: str, grid: str = GRID, marked: bool = True) -> str:
    mark = ' docgen="columns"' if marked else ""
    return f"<w:tbl{mark}><w:tblPr/>{grid}{''.join(rows)}</w:tbl>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr>{properties}{''.join(cells)}</w:tr>"


def cell(text: str, properties: str | None = '<w:tcW w:w="1000" w:type="dxa"/>') -> str:
    held = f"<w:tcPr>{properties}</w:tcPr>" if properties is not None else ""
    return f"<w:tc>{held}<w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"


def read_grid(text: str) -> list[int]:
    return [int(width) for width in re.findall(r'<w:gridCol w:w="(\d+)"/>', text)]


def read_cells(text: str) -> list[int]:
    return [int(width) for width in re.findall(r'<w:tcW w:w="(\d+)" w:type="dxa"/>', text)]


def test_three_columns_share_the_width_that_two_were_drawn_with() -> None:
    mended = set_column_widths(f"<w:body>{table(row(cell('甲'), cell('乙'), cell('丙')))}<w:p/></w:body>")
    assert read_grid(mended) == [1333, 1333, 1334]
    assert read_cells(mended) == [1333, 1333, 1334]
    assert mended.startswith("<w:body><w:tbl><w:tblPr/><w:tblGrid>")
    assert mended.endswith("</w:tr></w:tbl><w:p/></w:body>")


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        (None, '<w:tc><w:tcPr><w:tcW w:w="4000" w:type="dxa"/></w:tcPr><w:p>'),
        ("", '<w:tc><w:tcPr><w:tcW w:w="4000" w:type="dxa"/></w:tcPr><w:p>'),
        ('<w:vAlign w:val="center"/>', '<w:tcPr><w:tcW w:w="4000" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'),
        (
            '<w:cnfStyle w:val="1"/><w:gridSpan w:val="1"/>',
            '<w:tcPr><w:cnfStyle w:val="1"/><w:tcW w:w="4000" w:type="dxa"/><w:gridSpan w:val="1"/></w:tcPr>',
        ),
        (
            '<w:cnfStyle w:val="1"/><w:tcW w:type="pct" w:w="50%"/><w:shd w:val="clear"/>',
            '<w:tcPr><w:cnfStyle w:val="1"/><w:tcW w:w="4000" w:type="dxa"/><w:shd w:val="clear"/></w:tcPr>',
        ),
    ],
    ids=["no properties", "empty", "no width", "span without width", "share of the table"],
)
def test_the_width_stands_where_the_schema_wants_it(properties: str | None, expected: str) -> None:
    assert expected in set_column_widths(table(row(cell("甲", properties))))


def test_cells_that_span_columns_have_no_say_in_their_widths() -> None:
    spanning = cell("标题", '<w:tcW w:w="4000" w:type="dxa"/><w:gridSpan w:val="2"/>')
    mended = set_column_widths(table(row(spanning), row(cell("甲"), cell("乙", '<w:tcW w:w="3000" w:type="dxa"/>'))))
    assert read_grid(mended) == [1000, 3000]
    assert read_cells(mended) == [4000, 1000, 3000]
    assert '<w:tcW w:w="4000" w:type="dxa"/><w:gridSpan w:val="2"/>' in mended


def test_columns_left_free_at_the_start_of_a_row_are_counted() -> None:
    free = '<w:trPr><w:gridBefore w:val="1"/><w:cantSplit/></w:trPr>'
    mended = set_column_widths(table(row(cell("乙"), properties=free), row(cell("甲"), cell("乙"))))
    assert read_grid(mended) == [2000, 2000]
    assert read_cells(mended) == [2000, 2000, 2000]


def test_a_row_without_cells_is_left_out_and_what_stands_around_it_stays() -> None:
    empty = '<w:bookmarkStart w:id="1" w:name="a"/><w:tr><w:trPr><w:cantSplit/></w:trPr></w:tr>'
    mended = set_column_widths(table(row(cell("甲")), empty, row(cell("乙"))))
    assert mended.count("<w:tr>") == 2
    assert '<w:bookmarkStart w:id="1" w:name="a"/>' in mended


def test_a_table_in_a_cell_is_no_part_of_the_columns() -> None:
    drawn = '<w:tcW w:w="700" w:type="dxa"/>'
    inner = table(row(cell("内", drawn), cell("内", drawn), cell("内", drawn)), marked=False)
    holder = cell("甲").replace("</w:tc>", f"{inner}<w:p/></w:tc>")
    mended = set_column_widths(table(row(holder, cell("乙"))))
    assert inner in mended
    assert read_cells(mended.replace(inner, "")) == [2000, 2000]
    assert mended.replace(inner, "").count("<w:gridCol") == 2


def test_a_marked_table_in_a_cell_of_a_marked_one() -> None:
    inner = table(row(cell("内")), grid='<w:tblGrid><w:gridCol w:w="700"/></w:tblGrid>')
    mended = set_column_widths(table(row(cell("甲").replace("</w:tc>", f"{inner}<w:p/></w:tc>"))))
    assert read_grid(mended) == [4000, 700]
    assert "docgen" not in mended


@pytest.mark.parametrize(
    "text",
    [
        table(row(cell("甲"), cell("乙")), marked=False),
        '<w:p><w:r><w:t> docgen="columns" &lt;w:tbl docgen="columns"&gt;</w:t></w:r></w:p>',
    ],
    ids=["unmarked", "text that reads like a mark"],
)
def test_others_are_left_alone(text: str) -> None:
    assert set_column_widths(text) == text


@pytest.mark.parametrize("grid", ["", '<w:tblGrid><w:gridCol w:w="0"/></w:tblGrid>', "<w:tblGrid></w:tblGrid>"])
def test_a_table_without_a_width_of_its_own_only_loses_its_mark(grid: str) -> None:
    rows = row(cell("甲"), cell("乙"))
    assert set_column_widths(table(rows, grid=grid)) == table(rows, grid=grid, marked=False)


OWN = '<w:tbl><w:tblPr><w:tblStyle w:val="DocgenTable"/></w:tblPr>'


def read_kept(text: str) -> list[str]:
    """The rows that stay with what follows, by their first cell."""
    return re.findall(
        r"<w:tr>(?:(?!<w:p>).)*<w:p><w:pPr>(?:<w:pStyle [^>]*/>)?<w:keepNext/></w:pPr><w:r><w:t>(\w+)", text
    )


def test_the_last_two_rows_stay_with_what_follows() -> None:
    rows = "".join(row(cell(text), cell("值")) for text in "甲乙丙")
    assert read_kept(keep_rows(f"{OWN}{rows}</w:tbl>")) == ["乙", "丙"]
    assert keep_rows(table(rows)) == table(rows), "a table of somebody else's"


def test_a_table_in_a_cell_is_kept_for_itself() -> None:
    inner = f"{OWN}{row(cell('内'))}</w:tbl>"
    holder = row(cell("丙").replace("</w:tc>", f"{inner}<w:p/></w:tc>"))
    kept = keep_rows(f"{OWN}{row(cell('甲'))}{row(cell('乙'))}{holder}</w:tbl>")
    assert read_kept(kept) == ["乙", "丙", "内"]


def test_a_row_of_signatures_counts_beside_the_last_two() -> None:
    sign = row(cell("签字")).replace("<w:p>", '<w:p><w:pPr><w:pStyle w:val="DocgenSignLine"/></w:pPr>')
    rows = "".join(row(cell(text)) for text in "甲乙丙")
    assert read_kept(keep_rows(f"{OWN}{rows}{sign}</w:tbl>")) == ["乙", "丙", "签字"]


def merged(text: str, merge: str) -> str:
    return cell(text, f'<w:tcW w:w="1000" w:type="dxa"/><w:vMerge{merge}/>')


def test_rows_that_a_cell_is_merged_over_stay_together() -> None:
    begins, goes_on = ' w:val="restart"', ""
    rows = [row(merged("甲", begins)), row(merged("乙", goes_on)), row(merged("丙", begins)), row(merged("丁", begins))]
    ends = "".join(row(cell(text)) for text in "戊己")
    assert read_merged(keep_rows(f"{OWN}{''.join(rows)}{ends}</w:tbl>")) == ["甲", "戊", "己"]


def read_merged(text: str) -> list[str]:
    return re.findall(r"<w:keepNext/></w:pPr><w:r><w:t>(\w+)", text)


def weighted(*columns: tuple[int, str, str]) -> str:
    """A table of our own style whose columns share its width by weights; each with its header and a value."""
    widths = [f'<w:tcW w:w="{weight}" w:type="docgen"/>' for weight, _, _ in columns]
    header = row(
        *(cell(head, width) for (_, head, _), width in zip(columns, widths, strict=True)),
        properties="<w:trPr><w:tblHeader/></w:trPr>",
    )
    values = row(*(cell(value, width) for (_, _, value), width in zip(columns, widths, strict=True)))
    return table(header, values, grid='<w:tblGrid><w:gridCol w:w="9000"/></w:tblGrid>')


def test_no_column_is_narrower_than_its_header_or_a_date() -> None:
    drawn = weighted((1, "发现时间", "2024年12月31日"), (1, "责任人", "丁怀野"), (98, "主要问题和改进意见", "无"))
    own = drawn.replace("<w:tblPr/>", '<w:tblPr><w:tblStyle w:val="DocgenTable"/></w:tblPr>')
    date, name, rest = read_grid(set_column_widths(own))
    assert date > 1700, "a whole date, with what parts figures from the characters beside them"
    assert 800 < name < 1000, "three characters"
    assert date + name + rest == 9000
    assert read_grid(set_column_widths(drawn)) == [90, 90, 8820], "a table of somebody else's"


def test_floors_that_have_no_room_give_way_to_the_weights() -> None:
    own = weighted(*((1, "四个字的", "2024年12月31日") for _ in range(9)))
    styled = own.replace("<w:tblPr/>", '<w:tblPr><w:tblStyle w:val="DocgenTable"/></w:tblPr>')
    grid = read_grid(set_column_widths(styled))
    assert grid == [1000] * 9


def test_a_total_counts_beside_the_last_two() -> None:
    total = row(cell("合计"))
    rows = "".join(row(cell(text), cell("值")) for text in "甲乙丙")
    assert read_kept(keep_rows(f"{OWN}{rows}{total}</w:tbl>")) == ["乙", "丙", "合计"]


def test_a_heading_below_begins_anew() -> None:
    rows = "".join(row(cell(text)) for text in "甲乙丙")
    heading = '<w:p><w:pPr><w:pStyle w:val="DocgenHeading2"/></w:pPr><w:r><w:t>下</w:t></w:r></w:p>'
    assert read_kept(keep_rows(f"{OWN}{rows}</w:tbl>{heading}")) == ["乙"]
