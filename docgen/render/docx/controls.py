"""Content controls: one that is filled shows what was printed, and no longer what it was bound to or prompted for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.ooxml.xml import local_name
from docgen.render.docx.measure import W
from docgen.render.values.sandbox import TAG

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from lxml.etree import _Element

_STATE = frozenset({"showingPlcHdr", "dataBinding"})
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
        for style in list(control.iter(f"{W}rStyle")):
            parent = style.getparent()
            if parent is not None and style.get(f"{W}val") in prompts:
                parent.remove(style)


def list_shown(root: _Element) -> list[str]:
    """The tags in controls: the store that they are bound to, and the text that prompts, hold the same once more."""
    return [tag for control in _iterate_filled(root) for tag in TAG.findall(_read_text(control))]


def _iterate_filled(root: _Element) -> Iterator[_Element]:
    for control in root.iter(f"{W}sdt"):
        if TAG.search(_read_text(control)):
            yield control


def _read_text(control: _Element) -> str:
    return "".join(text.text or "" for text in control.iter(f"{W}t"))
