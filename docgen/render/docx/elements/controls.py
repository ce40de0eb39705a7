"""Fills content controls: removes their data binding and placeholder, and sets check boxes as printed.

A check box is checked, in its properties and in its text, where ☑ was printed in it; it shows the signs that its own
properties name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docgen.ooxml.xml import local_name
from docgen.render.docx.wordml.measure import W
from docgen.render.values.filters import TICKED, UNTICKED
from docgen.render.values.typed import TAG

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from lxml.etree import _Element

_PLACEHOLDER_STATE = frozenset({"showingPlcHdr", "dataBinding"})
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_MARK = "docgen:box:"
_BOX = re.compile(_MARK + r'(\w+):(\w+)"(.*?)(?=</\w+:sdt>)', re.DOTALL)
_FIRST_SIGN = 0x2000  # a lower code is a character of a symbol font
_STORED_VALUES = {f"{W}date": f"{W}fullDate", f"{W}dropDownList": f"{W}lastValue", f"{W}comboBox": f"{W}lastValue"}


def unbind_controls(root: _Element, prompts: Collection[str]) -> None:
    """Remove from each control with a tag its placeholder state, data binding, stored date and stored choice.

    ``prompts`` are the styles of placeholder text; they are removed, too, so that the value has the format around it.
    """
    for control in _iterate_tagged(root):
        properties = control.find(f"{W}sdtPr")
        if properties is None:
            continue
        for child in list(properties):
            name = local_name(child)
            if name in _PLACEHOLDER_STATE:
                properties.remove(child)
            if child.tag in _STORED_VALUES:
                child.attrib.pop(_STORED_VALUES[child.tag], "")
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


def holds_check_boxes(text: str) -> bool:
    """Whether a part has check boxes whose state is printed."""
    return _MARK in text


def set_check_boxes(text: str) -> str:
    """Set the state of each check box of a rendered part as it was printed."""

    def set_state(box: re.Match[str]) -> str:
        inner = box[3].replace(TICKED, chr(int(box[1], 16))).replace(UNTICKED, chr(int(box[2], 16)))
        return f'{int(TICKED in box[3])}"{inner}'

    return _BOX.sub(set_state, text)


def list_control_tags(root: _Element) -> list[str]:
    """List the tags in content controls; the XML store and the placeholder texts repeat them."""
    return [tag for control in _iterate_tagged(root) for tag in TAG.findall(_read_text(control))]


def _iterate_tagged(root: _Element) -> Iterator[_Element]:
    for control in root.iter(f"{W}sdt"):
        if TAG.search(_read_text(control)):
            yield control


def _read_text(control: _Element) -> str:
    return "".join(text.text or "" for text in control.iter(f"{W}t"))
