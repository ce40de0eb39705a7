"""Blanks: strokes and words such as 暂无 in a required field, which is then as good as empty."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from docgen.checks.doubts.recorded_values import Doubt, RecordedValues, read_words
from docgen.profile.subject import is_present

_STROKES = frozenset("/\\|-‐‑‒–—―─_~～·.。…*×xX?？、,，")
_WORDS = frozenset(
    ("待", "略", "从略", "省略", "空", "空白", "无", "没有", "不详", "不明", "不清楚", "不知道", "未知", "未定", "未填",
     "未填写", "未提供", "未统计", "同上", "同左", "同前", "同下", "见上", "见下", "见前", "见后", "如上", "附后",
     "另附", "见附", "后补", "稍后补充", "以后补", "以后补充", "请填写", "请输入",
     "n/a", "na", "n.a.", "null", "none", "nil", "tbd", "tbc", "todo", "unknown", "ditto")
)  # fmt: skip
_YET = re.compile(
    "待(?:定|补|补充|补齐|补报|填|填写|填报|完善|核|核实|核定|核对|确认|确定|明确|查|查实|查证|报|上报|提供|更新|整理|编写|写|续|统计)"
    "|暂(?:无|缺|略|定|空|不填|不详|不清楚|未定|未填|未填写|未提供|未统计|未确定)(?:内容|数据|资料|信息)?|(?:无|没有)(?:内容|数据|资料|信息)"
    "|详?见(?:附件|附表|附页|附录|后附|另表|上表|下表|上文|下文|上述)"
)
"""Words for "to be added" (待补充) and "see elsewhere" (见附件), which tell the reader of the document nothing."""


def doubt_blanks(values: RecordedValues) -> Iterator[Doubt]:
    """C412: a required value is a stroke, dots or 暂无, or is 无 and the profile doesn't list that as an answer."""
    for recorded in values.find("content"):
        text = read_words(recorded.value)
        if text and says_nothing(text) and text not in recorded.meaning.answers:
            yield Doubt("C412", recorded.place, text)
    gathered_places = {item.place for group in values.by_meaning.values() for item in group}
    profile = values.subject.profile
    for part in profile.parts:
        if part.level == "应" and values.subject.holds(part.when):
            for node in values.subject.find(part.path):
                text = read_words(node.value) if is_present(node.value) and node.place not in gathered_places else ""
                if text and says_nothing(text) and text not in part.answers:
                    yield Doubt("C412", node.place, text)


def says_nothing(text: str) -> bool:
    """Whether a text is a placeholder: a stroke, dots, or words such as 暂无."""
    plain = unicodedata.normalize("NFKC", text).strip(" 。.;；:：!！()（）[]【】<>《》…").casefold()
    solid = "".join(plain.split())
    if solid in _WORDS or _YET.fullmatch(solid):
        return True
    return all(mark in _STROKES or mark.isspace() for mark in plain)
