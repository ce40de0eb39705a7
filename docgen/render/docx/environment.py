"""The Jinja environment of docx templates: what prints values, and what prints numbers and colours of the layout."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from jinja2.runtime import Undefined

from docgen.render.docx.printing import (
    find_printing,
    format_part,
    keep_narrative,
    place_narrative,
    print_address,
    print_block,
    print_plain,
    print_value,
    read_marks,
    replace_picture,
    scale_picture,
)
from docgen.render.docx.text import Ready
from docgen.render.values.sandbox import SPELLED, Sandbox, UnknownName, make_environment
from docgen.render.values.values import Missing


def print_span(value: Any) -> Ready:
    """Print the number of columns that a cell spans."""
    if type(value) is int and 1 <= value <= 63:
        return Ready(str(value))
    return _refuse_layout(value, "1")


def print_fill(value: Any) -> Ready:
    """Print a cell's background: six hex digits or ``auto``."""
    text = value.lstrip("#") if isinstance(value, str) else ""
    return Ready(text) if re.fullmatch(r"[0-9A-Fa-f]{6}|auto", text) else _refuse_layout(value, "auto")


def print_weight(value: Any) -> Ready:
    """Print a column's relative width, a number above zero; a missing one counts as 1."""
    if isinstance(value, Missing) or value is None:
        return Ready("1")
    try:
        weight = float(value)
    except (TypeError, ValueError):
        weight = 0.0
    return Ready(f"{weight:g}") if 0 < weight < 10_000 else _refuse_layout(value, "1")


def _refuse_layout(value: Any, instead: str) -> Ready:
    printing = find_printing()
    if isinstance(value, UnknownName):
        value.report()
    elif not isinstance(value, Undefined):
        printing.report("T128", printing.find_site(), value=repr(value)[:40])
    return Ready(instead)


def print_drawing_id(_: object) -> Ready:
    """Print the next id of a drawing that the template holds."""
    return Ready(find_printing().count_drawing())


def begin_list(number: int) -> Ready:
    """Note that a list begins anew with this turn of a loop; nothing is printed."""
    find_printing().lists.begin(f"{number:d}")
    return Ready("")


def print_list(number: int) -> Ready:
    """Print the number that a list of the template has in this turn."""
    return Ready(find_printing().lists.find(f"{number:d}"))


def make_docx_environment() -> Sandbox:
    """Make the environment that all docx templates are compiled in."""
    environment = make_environment(print_value)
    # print_value escapes whatever it prints, and everything printed passes through it. Jinja's own escaping on top
    # would find nothing to do and take half of the time.
    environment.autoescape = False
    environment.filters[SPELLED] = format_part
    environment.filters.update(
        _plain=print_plain,
        _address=print_address,
        _block=print_block,
        _span=print_span,
        _fill=print_fill,
        _weight=print_weight,
        _drawing_id=print_drawing_id,
        _begin=begin_list,
        _list=print_list,
        _rich=read_marks,
        _picture=replace_picture,
        _across=partial(scale_picture, down=False),
        _down=partial(scale_picture, down=True),
        under=place_narrative,
        keep=keep_narrative,
    )
    return environment
