from __future__ import annotations

from pathlib import Path

import pytest
from support.command_line import CommandLine

from docgen.batch.cases.view import CaseView, PartView, describe_case
from docgen.cli.session import Session
from docgen.cli.views.case_view import draw_bar, format_case, format_total


def make_part(count: int, share: float, low: float = 6, high: float = 14, change: int = 0) -> PartView:
    return PartView("problems", "问题", count, share, low, high, change)


def test_the_bar_shows_share_and_band() -> None:
    assert draw_bar(make_part(0, 0, 8, 16)) == "··░░·····················"
    assert draw_bar(make_part(0, 20, 8, 16)) == "█████····················"
    assert draw_bar(make_part(0, 100)) == "█" * 25


def test_a_case_is_spelled() -> None:
    parts = (make_part(50, 5.0, change=10), PartView("actions", "主要做法", 950, 95.0, 50, 70, -250))
    lines = format_case(Session({"lang": "zh"}), CaseView("甲公司", "案例", parts, 1000, 1010, 2000))
    assert lines[0] == "甲公司  案例"
    assert "50 字" in lines[1]
    assert "5.0%，约 10%（6%～14%）" in lines[1]
    assert lines[1].endswith("少约 10 字")
    assert lines[2].endswith("多约 250 字")
    assert lines[3] == "  合计 1000～1010 字（因排版而异），上限 2000 字  还可写 990 字"


def test_too_long_is_told() -> None:
    assert format_total(Session({"lang": "zh"}), CaseView("甲", "", (), 2100, 2100, 2000)).endswith("超出 100 字")


def test_a_text_is_judged(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "案 例.md"
    path.write_text("# 题\n\n## 企业简介\n\n一二三四五\n\n## 启示\n\n好\n", "utf-8")
    docgen = CommandLine(capsys)
    ran = docgen.json("case", path)
    assert ran.code == 1
    case = ran.document["cases"][0]
    assert (case["path"], case["title"], case["total"]) == (str(path), "题", {"low": 6, "high": 6})
    assert [part["count"] for part in case["parts"] if part["count"]] == [5, 1]
    assert "5 字" in docgen("case", path).out


def test_files_that_cannot_be_judged_do_not_keep_the_others(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# 题\n\n## 启示\n\n好\n", "utf-8")
    ran = CommandLine(capsys).json("case", tmp_path / "none.md", tmp_path / "x.pdf", path)
    assert ran.code == 2
    assert len(ran.document["cases"]) == 1


def test_a_case_is_data() -> None:
    described = describe_case(CaseView("甲", "题", (make_part(50, 5.0, change=10),), 1000, 1000, 2000))
    assert described["total"] == {"low": 1000, "high": 1000}
    assert described["parts"][0]["change"] == 10
    assert described["parts"][0]["band"] == {"low": 6, "high": 14}
