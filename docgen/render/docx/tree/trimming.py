"""Trims white space at tags with dashes (``{%-``, ``-%}``); a paragraph's end counts as white space."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docgen.render.docx.tree.joining import SPACE, read_own_text
from docgen.render.docx.wordml.measure import W
from docgen.render.values.typed import TAG, read_tag, read_tags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element

DASH = re.compile(r"\{[{%#]-|-[}%#]\}")
_REPLACED = ("p", "tr", "tc")


def trim_string(text: str) -> str:
    """Remove the dashes of a text's tags and the white space that they trim."""
    trimmed = TAG.sub(lambda tag: "\0" * len(tag[0]), text)  # white space inside a tag isn't trimmed
    pieces, at = [], 0
    for tag in TAG.finditer(text):
        before = trimmed[at : tag.start()]
        pieces += [before.rstrip() if read_tag(tag[0]).trims_before else before, _drop_dashes(tag[0])]
        at = tag.end()
        if read_tag(tag[0]).trims_behind:
            at += len(trimmed[at:]) - len(trimmed[at:].lstrip())
    return "".join(pieces) + trimmed[at:]


def trim_paragraph(texts: Sequence[_Element]) -> tuple[bool, bool]:
    """Trim a paragraph's texts, whose tags are joined; says whether to join it to the paragraph before and behind."""
    typed = [text.text or "" for text in texts]
    joined = "".join(typed)
    removed: set[int] = set()  # offsets
    before, behind = False, False
    for tag in TAG.finditer(joined):
        begin, end = tag.span()
        if read_tag(tag[0]).trims_before:
            kept = len(joined[:begin].rstrip())
            before = before or not kept
            removed |= {*range(kept, begin), begin + 2}
        if read_tag(tag[0]).trims_behind:
            kept = len(joined) - len(joined[end:].lstrip())
            behind = behind or kept == len(joined)
            removed |= {*range(end, kept), end - 3}
    at = 0
    for text, content in zip(texts, typed, strict=True):
        text.text = "".join(character for number, character in enumerate(content, at) if number not in removed)
        text.set(SPACE, "preserve")
        at += len(content)
    return before, behind


def join_paragraphs(trimmed: Sequence[tuple[_Element, bool, bool]]) -> None:
    """Join paragraphs to their neighbours; ``trimmed`` says for each whether to the one before and to the one behind.

    Only paragraphs of text are joined; the result has the format of the first.
    """
    pairs: dict[tuple[_Element, _Element], None] = {}
    for paragraph, before, behind in trimmed:
        previous, following = paragraph.getprevious(), paragraph.getnext()
        if before and previous is not None:
            pairs[previous, paragraph] = None
        if behind and following is not None:
            pairs[paragraph, following] = None
    for first, second in reversed(pairs):
        if _may_join(first) and _may_join(second):
            first.extend([child for child in second if child.tag != f"{W}pPr"])
            parent = second.getparent()
            if parent is not None:
                parent.remove(second)


def _drop_dashes(tag: str) -> str:
    typed, inner = read_tag(tag), tag[2:-2]
    return tag[:2] + inner[typed.trims_before : len(inner) - typed.trims_behind] + tag[-2:]


def _may_join(element: _Element) -> bool:
    is_text = element.tag == f"{W}p" and element.find(f"{W}pPr/{W}sectPr") is None
    return is_text and not any(tag.level in _REPLACED for tag in read_tags(read_own_text(element)))
