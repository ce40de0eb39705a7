from __future__ import annotations

import pytest

from docgen.content.parts.scheme import UnitScheme
from docgen.content.parts.units import list_unit_names, split_unit_names

SCHEME = UnitScheme("units", ("编写单位",), ("有限公司", "公司", "局", "协会", "中心", "厂"), ("起草人", "日期"))
FIRST, SECOND = "徐州沂衡液压件有限公司", "江苏淮衡认证服务有限公司"


@pytest.mark.parametrize(
    "text",
    [
        f"{FIRST}、{SECOND}",
        f"{FIRST}，{SECOND}。",
        f"{FIRST}；{SECOND}",
        f"{FIRST}和{SECOND}",
        f"{FIRST}及{SECOND}",
        f"{FIRST}　{SECOND}",
        f"{FIRST}   {SECOND}",
        f"1. {FIRST} 2. {SECOND}",
        f"（1）{FIRST}；（2）{SECOND}",
        f"{FIRST}（企业）、{SECOND}（认证机构）",
        f"{FIRST}（联系人：张三，13900001111）、{SECOND}",
        f"牵头单位：{FIRST}；参与单位：{SECOND}",
        f"{FIRST}/{SECOND}",
        f"{FIRST} {SECOND} 起草人：张三、李四 日期：2024年12月5日",
    ],
)
def test_two_are_two_however_they_are_written(text: str) -> None:
    assert split_unit_names(text, SCHEME) == (FIRST, SECOND)


@pytest.mark.parametrize("name", ["和平机械厂", "上海与德科技有限公司", "江苏（徐州）检测中心", "丰县质量强县办"])
def test_a_name_that_holds_a_joining_word_is_one(name: str) -> None:
    assert split_unit_names(name, SCHEME) == (name,)


def test_a_line_of_nothing_but_units() -> None:
    assert list_unit_names(f"{FIRST}　{SECOND}", SCHEME) == (FIRST, SECOND)
    assert list_unit_names(f"在{FIRST}的帮助下，我们改进了检验。", SCHEME) == ()
