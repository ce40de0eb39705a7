"""What a conclusion in somebody's own words comes to."""

from __future__ import annotations

import pytest

from docgen.checks.shared.judgments import find_approval, find_refusal, is_plain_approval

REFUSALS = [
    "不予通过",
    "体系与实际脱节，不予通过验收",
    "经评审，未通过",
    "验收不合格",
    "专家组一致不同意其通过验收评审",
    "不符合验收要求，退回整改",
    "未达到验收要求",
    "建议不通过",
    "暂不通过，三个月后复评",
    "方案目标不明确，不予认可",
    "不同意该方案",
    "未通过审核",
    "不符合项目需求，请重新编制",
    "需修改后重新报送",
    "资料不全，不同意通过验收。",
    "综合评价不合格。",
    "不合格",
    "结论：不通过",
    "不准予备案",
    "未能通过评审",
    "未获通过",
    "没有通过",
    "不能通过验收",
    "同意专家组意见，不予通过",
    "资料符合要求，但现场不予通过",
    "暂不备案",
    "退回修改",
    "暂不同意实施",
    "不予受理",
    "专家组不同意通过审查",
    "评审结论为不合格",
    "驳回",
    "未予备案",
    "不得通过",
    "没通过",
    "目标不可考核，不同意实施",
    "基本符合要求，但关键指标未达成，不同意通过",
    "不通过，整改后再评",
    "不建议通过",
    "未取得一致意见，未通过",
]
APPROVALS = [
    "同意通过验收",
    "方案符合项目需求，同意",
    "项目完成合同约定的内容，目标全部达成，变更手续齐全，同意通过验收。",
    "有一项指标未通过复核，整改后同意通过验收",
    "未通过的两项指标列入行动计划，予以通过",
    "经评审，通过",
    "一致同意通过",
    "第一次评审未通过，整改后复评通过",
    "专家无不同意见，同意备案",
    "有不符合的2处已现场整改，验收合格",
    "评审中提出的不同意见已采纳，同意",
    "原则同意，请按意见修改",
    "同意备案",
    "准予备案",
    "通过",
    "无不符合要求的情况，同意通过",
    "第一次退回的材料已补齐，准予通过",
    "未发现不符合要求的情形，予以通过",
    "资料曾不符合要求，补充后符合要求，同意",
    "同意通过验收，未达成的目标转入行动计划",
    "验收合格",
    "1批未通过抽检，已返工复检，体系运行有效，同意通过",
    "个别指标未达到目标要求，总体同意通过验收",
    "修改后通过",
    "整改后同意实施",
]
NEITHER = [
    "",
    "已核对",
    "请于5月底前补充材料",
    "目标进度正常",
    "建议补充数据来源",
    "没有不同意见",
]


@pytest.mark.parametrize("text", REFUSALS)
def test_a_refusal_is_known_in_other_words(text: str) -> None:
    assert find_refusal(text) is not None
    assert find_approval(text) is None


@pytest.mark.parametrize("text", APPROVALS)
def test_an_approval_may_speak_of_what_was_wanting(text: str) -> None:
    assert find_approval(text) is not None
    assert find_refusal(text) is None


@pytest.mark.parametrize("text", [*NEITHER, None])
def test_what_says_neither_is_neither(text: str | None) -> None:
    assert find_approval(text) is None
    assert find_refusal(text) is None


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("服务过程符合要求", True),
        ("整改后通过", False),
        ("基本符合要求", False),
        ("1项进度不符合方案，限期10日补齐，其余符合", False),
        ("进度符合方案，继续实施", True),
    ],
)
def test_an_approval_may_leave_something_open(text: str, plain: bool) -> None:
    assert is_plain_approval(text) == plain
