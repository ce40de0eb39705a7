"""字数 as a word processor counts it: the examples of the field, each class of character, and what must always hold."""

from __future__ import annotations

import random

import pytest
from support.counted_texts import EXACT, RANGES

from docgen.content.blocks import Heading, ListBlock, Paragraph, Picture, Run, Table
from docgen.content.count import (
    CHARACTERS,
    ZERO,
    Count,
    count_blocks,
    count_document,
    count_prose,
    count_runs,
    count_text,
)
from docgen.content.model import DocumentContent, Section


@pytest.mark.parametrize(("text", "expected"), EXACT)
def test_count_of_text_without_marks(text: str, expected: int) -> None:
    count = count_text(text)
    assert (count.low, count.high) == (expected, expected)
    assert count_text(text, True) == count_text(text, False) == count


@pytest.mark.parametrize(("text", "low", "high"), RANGES)
def test_count_of_marks_depends_on_their_font(text: str, low: int, high: int) -> None:
    assert (count_text(text).low, count_text(text).high) == (low, high)
    assert count_text(text, False).low == count_text(text, False).high == low
    assert count_text(text, True).low == count_text(text, True).high == high


@pytest.mark.parametrize(
    ("text", "chars"),
    [
        ("3-6个月", 5),
        ("GB/T 19001-2016", 14),
        ("　　质 量\n", 2),
        ("", 0),
        ("“一”", 3),
        ("\U00020bb7", 1),
        ("质\u200b量", 2),
    ],
)
def test_chars_leave_spaces_out(text: str, chars: int) -> None:
    assert count_text(text).chars == chars


def test_table_of_characters_is_ordered_and_does_not_overlap() -> None:
    ends = [end for _, end, _, _ in CHARACTERS]
    assert all(first <= last for first, last, _, _ in CHARACTERS)
    assert all(end < first for end, (first, _, _, _) in zip(ends, CHARACTERS[1:], strict=False))
    assert not any(chr(code).isspace() for first, last, _, _ in CHARACTERS for code in range(first, last + 1))


def find_class(character: str) -> str:
    return next((name for first, last, name, _ in CHARACTERS if first <= ord(character) <= last), "")


def count_slowly(text: str, east_asian: bool) -> int:
    """The rule character by character."""
    words = 0
    inside = False
    for character in text:
        name = find_class(character)
        if name == "ignored":
            continue
        if name == "wide" or (name == "mark" and east_asian):
            words, inside = words + 1, False
        elif character.isspace():
            inside = False
        else:
            words, inside = words + (not inside), True
    return words


def test_fast_count_agrees_with_the_rule_character_by_character() -> None:
    chance = random.Random(20241006)
    alphabet = "aB3.%-/(“”—…·①±质量，。％Ａ　 \t\n\u200bか한é→"
    for _ in range(400):
        text = "".join(chance.choices(alphabet, k=chance.randint(0, 30)))
        assert count_text(text, True).high == count_slowly(text, True), repr(text)
        assert count_text(text, False).low == count_slowly(text, False), repr(text)
        count = count_text(text)
        assert (count.low, count.high) == (count_slowly(text, False), count_slowly(text, True)), repr(text)
        assert count.low <= count.high <= count.chars


def test_counts_add_up() -> None:
    assert Count(1, 2, 3) + Count(4, 5, 6) == Count(5, 7, 9)
    assert sum([Count(1, 1, 1)] * 3, ZERO) == Count(3, 3, 3)
    assert Count(2, 2, 2).is_exact
    assert not Count(1, 2, 2).is_exact


def test_runs_are_counted_as_one_text() -> None:
    assert count_runs([Run("GB/T 190"), Run("01", bold=True), Run("标准")]).high == 4


def test_a_run_that_knows_its_font_overrides_the_setting() -> None:
    runs = [Run("“a”", east_asian=True), Run("“b”", east_asian=False)]
    assert count_runs(runs) == count_runs(runs, True) == count_runs(runs, False) == Count(4, 4, 6)
    assert (count_runs([*runs, Run("——")]).low, count_runs([*runs, Run("——")]).high) == (4, 6)
    assert count_runs([*runs, Run("——")], True).low == 6


def make_document() -> DocumentContent:
    table = Table(((((Run("甲"),), (Run("乙"),))), ((Run("1"), Run("2")), ())), 1, "题注")
    nested = ListBlock(True, ((Paragraph((Run("列项"),)), ListBlock(False, ((Paragraph((Run("子项三"),)),),))),))
    blocks = (Paragraph((Run("正文"),)), Heading(1, "小标题"), nested, table, Picture(None, "图注"))  # type: ignore[arg-type]
    return DocumentContent("标题四字", (Paragraph((Run("前言"),)),), (Section("一节", 1, blocks),))


def test_prose_is_paragraphs_and_items_alone() -> None:
    assert count_prose(make_document().sections[0].blocks).high == 2 + 2 + 3


def test_whole_document_counts_headings_tables_and_captions() -> None:
    document = make_document()
    assert count_blocks(document.sections[0].blocks).high == 7 + 3 + (1 + 1 + 1) + 2 + 2
    assert count_document(document).high == 4 + 2 + 2 + 17
