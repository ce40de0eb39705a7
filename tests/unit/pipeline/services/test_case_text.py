"""A case opened to be edited: its parts count as in the file, and the edited text counts the same as a file again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.case_corpus import Plan, make_case, plan_corpus

from docgen.pipeline.services.case import CaseJudgement, judge_case
from docgen.pipeline.services.case_text import CaseText, format_case_text, judge_case_text, outline_case, read_case_text
from docgen.pipeline.stages.outcome import Options

OPTIONS = Options()
PLANS = {plan.name: plan for plan in plan_corpus()[::7]}


def measure(case: CaseJudgement) -> dict[str, Any]:
    return {
        "parts": [part.count.high for part in case.lengths.parts],
        "units": case.lengths.units,
        "title": case.title,
        "facts": [fact.words is not None for fact in case.facts],
        "pairs": case.pairs,
        "answers": case.answers,
    }


@pytest.mark.parametrize("plan", PLANS.values(), ids=list(PLANS))
def test_an_opened_text_counts_as_its_file(plan: Plan, tmp_path: Path) -> None:
    path, _ = make_case(plan, tmp_path)
    (whole,) = judge_case(path, OPTIONS).cases
    text = read_case_text(path, OPTIONS)
    counted = measure(judge_case_text(text, OPTIONS))
    if whole.lengths.doubts:
        assert text.rest, "what has no part isn't lost"
        return
    assert counted == measure(whole)
    again = tmp_path / "again.md"
    again.write_text(format_case_text(text, outline_case(OPTIONS)), "utf-8")
    (read,) = judge_case(again, OPTIONS).cases
    assert measure(read) == counted


def test_headings_and_rows_are_not_counted() -> None:
    key = outline_case(OPTIONS).parts[0][0]
    (part, *_) = judge_case_text(CaseText(parts={key: "# 小标题\n\n一二三\n| 表 | 格 |\n四五"}), OPTIONS).lengths.parts
    assert part.count.high == 5


def test_what_has_no_part_is_no_part_s() -> None:
    judged = judge_case_text(CaseText("题", "", {}, "一二三四"), OPTIONS)
    assert [part.verdict for part in judged.lengths.parts] == ["empty"] * 5
    assert judged.lengths.total.high == 0


def test_a_place_is_a_part_and_a_line() -> None:
    key = outline_case(OPTIONS).parts[0][0]
    found = judge_case_text(CaseText("题", "甲公司", {key: "一\n二"}), OPTIONS).diagnostics
    assert {item.location.file for item in found} <= {None, *(title for _, title in outline_case(OPTIONS).parts)}
    assert "C105" in {item.code for item in found}


def test_markup_that_nobody_meant_stays_text(tmp_path: Path) -> None:
    form = outline_case(OPTIONS)
    key = form.parts[0][0]
    text = CaseText(
        "题*一*",
        "甲_公司",
        dict.fromkeys(dict(form.parts), "") | {key: "用 *星号*、_下划线_、3<5 且 7>6&amp;、`反引号`\n1. 第一\n- 第二"},
    )
    path = tmp_path / "a.md"
    path.write_text(format_case_text(text, form), "utf-8")
    read = read_case_text(path, OPTIONS)
    assert read == text
