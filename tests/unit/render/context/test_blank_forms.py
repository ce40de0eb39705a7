"""What a blank form offers to whoever fills it in by hand: boxes beside their options, groups that a page holds."""

from __future__ import annotations

import pytest

from docgen.profile.document import ChecklistSpec, FieldSpec, LineGroup, LineGroupKey, LineSpec
from docgen.render.context.cells import format_options
from docgen.render.context.checklists import divide_evenly, format_legend


def test_no_line_of_options_is_torn_between_a_box_and_its_option() -> None:
    options = ("核心过程梳理", "现场问诊和巡诊", "质量管理方法和工具指导应用", "分层培训", "内部审核和管理评审指导")
    offered = str(format_options(FieldSpec(key="helpful", label="帮扶形式", type="choices", options=options)))
    lines = offered.split("\n")
    assert [option for line in lines for option in line.replace("□", "").split("　")] == list(options)
    assert all(line.startswith("□") and len(line) <= 32 for line in lines)
    assert len(lines) == 2


def test_an_option_longer_than_a_line_has_one_of_its_own() -> None:
    options = ("是" * 40, "否")
    offered = format_options(FieldSpec(key="answer", label="答复", type="choice", options=options))
    assert str(offered) == f"□{'是' * 40}\n□否"


@pytest.mark.parametrize(("count", "parts"), [(1, [1]), (6, [6]), (7, [4, 3]), (9, [5, 4]), (13, [5, 5, 3])])
def test_a_long_group_comes_in_even_parts(count: int, parts: list[int]) -> None:
    group = LineGroup(
        group=LineGroupKey(key="all"), lines=tuple(LineSpec(key=f"k{at}", label="行") for at in range(count))
    )
    assert [len(part) for part in divide_evenly(group.lines)] == parts


def test_a_blank_list_says_what_its_verdicts_may_be() -> None:
    words = ChecklistSpec(
        verdicts=("好", "差"), label="内容", group_label="类别", verdict_label="评价", remark_label="说明"
    )
    assert format_legend(words) == "“评价”栏填写：好、差。"
