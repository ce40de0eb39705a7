"""Measures how alike a typed title and a wanted title are.

Chinese titles end with the kind of document (记录, 方案, 名单), so the end weighs most. People shorten titles by
self-evident words (诊断报告 for 认证提升企业质量诊断报告).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from docgen.content.folding import fold_text, keep_letters
from docgen.content.heading_text import compare_headings

_BRACKETS = re.compile(r"[(（\[【〔《][^()（）\[\]【】〔〕《》]*[)）\]】〕》]")
_PART = re.compile(r"[表图]\s?[a-z]\s?\.?\s?\d+")
_LEAST_INSIDE = 3
_HELD, _HELD_MORE = 0.7, 0.3
_KIND_WORD, _KIND_ALONE = 3, 0.9
_SAME_END, _OTHER_END = 0.93, 0.7
_QUALIFIED = 0.74
_PLAIN_FRONT = re.compile(
    r"(?:关于|本|我|的|公司|有限|责任|股份|集团|企业|单位|项目|工程|原件?|\d+|第?[〇零一二三四五六七八九十\d]+[批期次]"
    r"|[\u4e00-\u9fff]{2,6}?(?:[省市区县镇乡]|街道))*"
)
_KIND = re.compile(
    r"(?:记录|纪要|通知|意见书?|[名清]单|名册|台[账帐]|[表单函图]|报告|总结|方案|计划|协议书?|合同|证书?|说明|目录|回执|照片|课件|教材"
    r"|附件|[材资]料|数据|底稿|[大提]纲|摘要|简报|讲稿|批复|请示|公[告示]|决定|制度|办法|手册|ppt)[\s\d]*$"
)


def list_title_forms(title: str) -> tuple[str, ...]:
    """The forms of a title for comparison: its letters with and without the brackets; a kind of paper there is kept."""
    return tuple(dict.fromkeys(filter(None, (keep_letters(title), keep_letters(_BRACKETS.sub(_leave_kind, title))))))


def names_kind(text: str) -> bool:
    """Whether a text ends with a kind of paper: 评审意见, 会议纪要."""
    return _KIND.search(fold_text(text)) is not None


def _leave_kind(match: re.Match[str]) -> str:
    return match[0] if names_kind(match[0][1:-1]) else ""


def find_part_names(text: str) -> tuple[str, ...]:
    """The numbers of tables and figures in a text (表X.1), normalised for comparison."""
    return tuple(dict.fromkeys(keep_letters(name) for name in _PART.findall(fold_text(text))))


def liken_titles(typed: Iterable[str], wanted: Iterable[str]) -> float:
    """The best likeness, 0 to 1, between any of the typed and any of the wanted titles; both as compared."""
    names = tuple(wanted)
    return max((_liken(text, name) for text in typed for name in names), default=0.0)


def liken_documents(typed: Iterable[str], wanted: Iterable[str]) -> float:
    """As ``liken_titles``, for documents.

    A word for a kind of paper alone (申请表, 名单, 照片) doesn't say which; and what stands before a title makes it
    another one (员工 before 培训签到表), unless it only says where, or which of several, it is from.
    """
    names = tuple(wanted)
    return max((_liken_document(text, name, names) for text in typed for name in names), default=0.0)


def _liken_document(text: str, name: str, names: tuple[str, ...]) -> float:
    at = text.find(name) if name else 0
    plain = at <= 0 or _PLAIN_FRONT.fullmatch(text, 0, at) is not None
    likeness = _liken(text[at:], name) if at > 0 and plain else _liken(text, name)
    likeness = likeness if plain else min(likeness, _QUALIFIED)
    return likeness if len(text) > _KIND_WORD or text in names else _KIND_ALONE * likeness


def _liken(text: str, name: str) -> float:
    if not text or not name:
        return 0.0
    if text == name:
        return 1.0
    likeness = compare_headings(text, name)
    short, long = sorted((text, name), key=len)
    if len(short) < _LEAST_INSIDE and not (len(short) == 2 and long.endswith(short)):
        likeness = 2 * len(short) / len(text + name) if short in long else 0.0
    elif short in long:
        likeness = _HELD + _HELD_MORE * len(short) / len(long)
    if text[-2:] != name[-2:]:
        likeness *= _SAME_END if text[-1] == name[-1] else _OTHER_END
    return likeness
