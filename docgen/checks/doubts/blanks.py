"""Strokes and words that say nothing where something must be said."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from docgen.checks.doubts.sightings import Doubt, Ground, read_words
from docgen.profile.subject import is_present

_STROKES = frozenset("/\\|-‐‑‒–—―─_~～·.。…*×xX?？、,，")
_WORDS = frozenset(
    ("暂无", "暂缺", "待定", "待补", "待补充", "待填", "待填写", "待完善", "未填", "未填写", "略", "空", "空白",
     "无", "没有", "无内容", "同前", "n/a", "na", "n.a.", "null", "none", "nil", "tbd", "todo")
)  # fmt: skip


def doubt_blanks(ground: Ground) -> Iterator[Doubt]:
    """C412: what must be given is a stroke, dots or 暂无; 无 where the profile doesn't name it as an answer."""
    for found in ground.find("said"):
        text = read_words(found.value)
        if text and says_nothing(text) and text not in found.meaning.answers:
            yield Doubt("C412", found.place, text)
    told = {item.place for sighted in ground.by_meaning.values() for item in sighted}
    profile = ground.subject.profile
    for part in profile.parts:
        if part.level == "应" and ground.subject.holds(part.when):
            for asked in ground.subject.find(part.path):
                text = read_words(asked.value) if is_present(asked.value) and asked.place not in told else ""
                if text and says_nothing(text) and text not in part.answers:
                    yield Doubt("C412", asked.place, text)


def says_nothing(text: str) -> bool:
    """Whether a text only fills its place."""
    plain = unicodedata.normalize("NFKC", text).strip(" 。.;；()（）[]【】").casefold()
    return not plain or plain in _WORDS or all(mark in _STROKES or mark.isspace() for mark in plain)
