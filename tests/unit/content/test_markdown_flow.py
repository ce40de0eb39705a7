"""A Markdown text as it stands: numbers, underlined headings, HTML tags, wrapped lines, a block of settings."""

from __future__ import annotations

import pytest

from docgen.content.flow import FlowTable, Line, iterate_lines
from docgen.content.markdown_flow import read_markdown_flow


def read(text: str) -> list[tuple[int | None, str, str]]:
    return [(line.level, line.number, line.text) for line in iterate_lines(read_markdown_flow(text).items)]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("# 题\n\n## 一、甲\n\n文", [(1, "", "题"), (2, "", "一、甲"), (None, "", "文")]),
        ("题\n===\n甲\n---\n文\n", [(1, "", "题"), (2, "", "甲"), (None, "", "文")]),
        ("1. 甲\n\n文\n\n2. 乙\n", [(None, "1.", "甲"), (None, "", "文"), (None, "2.", "乙")]),
        ("<center>题</center>\n\n<h2>甲</h2>\n\n文<br>字", [(None, "", "题"), (2, "", "甲"), (None, "", "文\n字")]),
        ("---\ntitle: 题\ntags: [a]\n---\n\n文", [(None, "", "题"), (None, "", "文")]),
        ("一行\n两行", [(None, "", "一行\n两行")]),
    ],
)
def test_lines(text: str, lines: list[tuple[int | None, str, str]]) -> None:
    assert read(text) == lines


def test_a_long_paragraph_over_dashes_is_no_heading() -> None:
    assert read("文" * 80 + "\n---\n")[0][0] is None


def test_a_table_keeps_its_cells() -> None:
    (grid,) = read_markdown_flow("| 甲 | 乙 |\n|---|---|\n| 一<br>二 | 三 |\n").items
    assert isinstance(grid, FlowTable)
    assert [[[line.text for line in cell if isinstance(line, Line)] for cell in row] for row in grid.cells] == [
        [["甲"], ["乙"]],
        [["一\n二"], ["三"]],
    ]
