"""Content controls: one that is filled shows what was printed, and no longer what it was bound to or prompted for.

A check box is ticked, for programs and for eyes, where ☑ was printed in it; with the signs that it has itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docgen.ooxml.xml import local_name
from docgen.render.docx.measure import W
from docgen.render.values.filters import TICKED, UNTICKED
from docgen.render.values.typed import TAG

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from lxml.etree import _Element

_STATE = frozenset({"showingPlcHdr", "dataBinding"})
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_MARK = "docgen:box:"
_BOX = re.compile(_MARK + r'(\w+):(\w+)"(.*?)(?=</\w+:sdt>)', re.DOTALL)
_FIRST_SIGN = 0x2000  # below it a sign is one of a symbol font's
_OLD_VALUES = {f"{W}date": f"{W}fullDate", f"{W}dropDownList": f"{W}lastValue", f"{W}comboBox": f"{W}lastValue"}


def free_controls(root: _Element, prompts: Collection[str]) -> None:
    """Free each control that holds a tag of its placeholder state, its binding, its old date and its old choice.

    ``prompts`` are the styles of text that prompts: the value takes the format around it.
    """
    for control in _iterate_filled(root):
        properties = control.find(f"{W}sdtPr")
        if properties is None:
            continue
        for child in list(properties):
            name = local_name(child)
            if name in _STATE:
                properties.remove(child)
            if child.tag in _OLD_VALUES:
                child.attrib.pop(_OLD_VALUES[child.tag], "")
            if child.tag == f"{W14}checkbox":
                _mark_box(child, control)
        for style in list(control.iter(f"{W}rStyle")):
            parent = style.getparent()
            if parent is not None and style.get(f"{W}val") in prompts:
                parent.remove(style)


def _mark_box(box: _Element, control: _Element) -> None:
    checked = box.find(f"{W14}checked")
    if checked is None:
        checked = box.makeelement(f"{W14}checked")
        box.insert(0, checked)
    signs = {local_name(child): int(child.get(f"{W14}val", "0"), 16) for child in box}
    on, off = signs.get("checkedState", 0), signs.get("uncheckedState", 0)
    if min(on, off) < _FIRST_SIGN:
        on, off = ord(TICKED), ord(UNTICKED)
        for fonts in list(control.iter(f"{W}rFonts")):
            fonts.getparent().remove(fonts)  # type: ignore[union-attr]
    checked.set(f"{W14}val", f"{_MARK}{on:04X}:{off:04X}")


def holds_boxes(text: str) -> bool:
    """Whether a part has check boxes that are filled."""
    return _MARK in text


def set_boxes(text: str) -> str:
    """A part's text with each check box that was filled set as it was printed."""

    def put(found: re.Match[str]) -> str:
        inner = found[3].replace(TICKED, chr(int(found[1], 16))).replace(UNTICKED, chr(int(found[2], 16)))
        return f'{int(TICKED in found[3])}"{inner}'

    return _BOX.sub(put, text)


def list_shown(root: _Element) -> list[str]:
    """The tags in controls: the store that they are bound to, and the text that prompts, hold the same once more."""
    return [tag for control in _iterate_filled(root) for tag in TAG.findall(_read_text(control))]


def _iterate_filled(root: _Element) -> Iterator[_Element]:
    for control in root.iter(f"{W}sdt"):
        if TAG.search(_read_text(control)):
            yield control


def _read_text(control: _Element) -> str:
    return "".join(text.text or "" for text in control.iter(f"{W}t"))
