"""Makes and places elements of a spreadsheet's parts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from docgen.ooxml.names import name_tag

if TYPE_CHECKING:
    from lxml.etree import _Element


def make_element(tag: str, **attributes: str) -> _Element:
    """An element that stands nowhere yet."""
    from lxml import etree

    return etree.Element(name_tag(tag), attributes)


def add_element(parent: _Element, tag: str, **attributes: Any) -> _Element:
    """Add an element below another."""
    from lxml import etree

    return etree.SubElement(parent, name_tag(tag), attributes)


def insert_element(parent: _Element, element: _Element, before: Iterable[str]) -> None:
    """Insert an element after those elements of its parent that must precede it."""
    names = {name_tag(name) for name in before}
    places = [at for at, child in enumerate(parent) if child.tag in names]
    parent.insert(places[-1] + 1 if places else 0, element)
