"""How alike a title that somebody typed and the title that a document should have are.

Chinese titles say at their end what a thing is (记录, 方案, 名单), so the end weighs most; and people leave out what
goes without saying (诊断报告 for 认证提升企业质量诊断报告).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from docgen.content.file_names import fold_text, keep_letters
from docgen.content.heading_text import compare_headings

_BRACKETS = re.compile(r"[(（\[【〔《][^()（）\[\]【】〔〕《》]*[)）\]】〕》]")
_PART = re.compile(r"[表图]\s?[a-z]\s?\.?\s?\d+")
_LEAST_INSIDE = 3
_HELD, _HELD_MORE = 0.7, 0.3
_KIND_WORD, _KIND_ALONE = 3, 0.9
_SAME_END, _OTHER_END = 0.93, 0.7


def spell_variants(title: str) -> tuple[str, ...]:
    """A title as it is compared: its letters, with and without what stands in brackets."""
    return tuple(dict.fromkeys(filter(None, (keep_letters(title), keep_letters(_BRACKETS.sub("", title))))))


def find_part_names(text: str) -> tuple[str, ...]:
    """The numbers of tables and figures that a text names (表X.1), as they are compared."""
    return tuple(dict.fromkeys(keep_letters(found) for found in _PART.findall(fold_text(text))))


def liken_titles(typed: Iterable[str], wanted: Iterable[str]) -> float:
    """The best likeness, 0 to 1, between any of the typed and any of the wanted titles; both as compared."""
    names = tuple(wanted)
    return max((_liken(text, name) for text in typed for name in names), default=0.0)


def liken_documents(typed: Iterable[str], wanted: Iterable[str]) -> float:
    """As ``liken_titles``, for documents: a word for a kind of paper alone (申请表, 名单, 照片) doesn't say which."""
    texts, names = tuple(typed), tuple(wanted)
    long = liken_titles((text for text in texts if len(text) > _KIND_WORD or text in names), names)
    return max(long, _KIND_ALONE * liken_titles(texts, names))


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
