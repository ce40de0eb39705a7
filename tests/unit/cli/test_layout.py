from __future__ import annotations

import pytest

from docgen.cli.layout import (
    clean_line,
    cut_text,
    format_definitions,
    format_paragraphs,
    format_table,
    measure_text,
    pad_text,
    wrap_text,
)
from docgen.messages.shell import format_command, quote_argument


@pytest.mark.parametrize(("text", "columns"), [("", 0), ("ab", 2), ("中文", 4), ("a中", 3), ("，", 2), ("e\u0301", 1)])
def test_a_chinese_character_takes_two_columns(text: str, columns: int) -> None:
    assert measure_text(text) == columns


def test_lines_keep_within_the_columns_and_no_text_is_lost() -> None:
    text = "一次列出全部问题：写在哪个文件第几行、是什么问题、怎么改。docgen check record.yaml"
    for columns in range(20, 60):
        lines = wrap_text(text, columns)
        assert all(measure_text(line) <= columns for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_line_never_begins_with_closing_punctuation() -> None:
    for columns in range(8, 30):
        for line in wrap_text("甲，乙。丙、丁；戊：己（庚）辛“壬”癸，子。丑。寅，卯", columns):
            assert line[0] not in "，。、；：）”"
            assert line[-1] not in "（“"


def test_a_word_that_is_too_long_stands_alone() -> None:
    assert wrap_text("a " + "x" * 30 + " b", 10) == ["a", "x" * 30, "b"]


def test_examples_are_left_as_they_stand() -> None:
    assert format_paragraphs("甲\n\n  docgen check x\n", 40) == ["甲", "", "  docgen check x"]


def test_definitions_stand_under_each_other() -> None:
    lines = format_definitions([("--a", "说明"), ("--long-option VALUE", "x")], 40)
    assert lines[0] == "  --a" + " " * 12 + "说明"
    assert lines[1:] == ["  --long-option VALUE", " " * 17 + "x"]


def test_tables_have_aligned_columns() -> None:
    assert format_table([("编号", "b"), ("x", "中")]) == ["编号  b", "x     中"]


def test_padding_and_cutting_count_columns() -> None:
    assert pad_text("中", 4) == "中  "
    assert cut_text("中文a", 3) == "中"


def test_what_a_terminal_would_obey_is_spelled_out() -> None:
    assert clean_line("a\x1b[31mb\nc\u202ed") == "a\\x1b[31mb c\\u202ed"


@pytest.mark.parametrize(
    ("word", "platform", "quoted"),
    [
        ("out/包.zip", "posix", "out/包.zip"),
        ("a b.zip", "posix", "'a b.zip'"),
        ("it's", "posix", "'it'\"'\"'s'"),
        ("a$b", "posix", "'a$b'"),
        ("包（三）.zip", "posix", "'包（三）.zip'"),
        ("a\\b", "posix", "'a\\b'"),
        ("a\\b", "nt", "a\\b"),
        ("C:\\My Files\\x.zip", "nt", '"C:\\My Files\\x.zip"'),
        ("a&b", "nt", '"a&b"'),
        ("", "nt", '""'),
    ],
)
def test_arguments_are_quoted_for_the_platform(word: str, platform: str, quoted: str) -> None:
    assert quote_argument(word, platform) == quoted


def test_a_command_can_be_copied() -> None:
    assert format_command("docgen", "verify", "a b", platform="posix") == "docgen verify 'a b'"
