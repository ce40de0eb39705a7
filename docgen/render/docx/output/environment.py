"""Makes the Jinja environment of docx templates: the filters that print values, and those that print layout numbers."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from jinja2.runtime import Undefined

from docgen.render.docx.output.printing import (
    find_printing,
    format_joined,
    keep_narrative,
    parse_marks,
    place_narrative,
    print_address,
    print_block,
    print_plain,
    print_value,
    replace_picture,
    scale_picture,
)
from docgen.render.docx.wordml.text import EscapedXml
from docgen.render.values.sandbox import FORMAT_FILTER, Sandbox, UnknownName, make_environment
from docgen.render.values.values import Missing


def print_span(value: Any) -> EscapedXml:
    """Print the number of columns that a cell spans."""
    if type(value) is int and 1 <= value <= 63:
        return EscapedXml(str(value))
    return _report_layout(value, "1")


def print_fill(value: Any) -> EscapedXml:
    """Print a cell's background: six hex digits or ``auto``."""
    text = value.lstrip("#") if isinstance(value, str) else ""
    return EscapedXml(text) if re.fullmatch(r"[0-9A-Fa-f]{6}|auto", text) else _report_layout(value, "auto")


def print_weight(value: Any) -> EscapedXml:
    """Print a column's relative width, a number above zero; a missing one counts as 1."""
    if isinstance(value, Missing) or value is None:
        return EscapedXml("1")
    try:
        weight = float(value)
    except (TypeError, ValueError):
        weight = 0.0
    return EscapedXml(f"{weight:g}") if 0 < weight < 10_000 else _report_layout(value, "1")


def _report_layout(value: Any, instead: str) -> EscapedXml:
    """Report a value that is no such number or colour; prints ``instead``."""
    printing = find_printing()
    if isinstance(value, UnknownName):
        value.report()
    elif not isinstance(value, Undefined):
        printing.report("T128", printing.find_site(), value=repr(value)[:40])
    return EscapedXml(instead)


def print_drawing_id(_: object) -> EscapedXml:
    """Print the next id of a drawing of the template."""
    return EscapedXml(find_printing().count_drawing())


def print_list_restart(number: int) -> EscapedXml:
    """Restart a list with this turn of a loop; nothing is printed."""
    find_printing().lists.restart(f"{number:d}")
    return EscapedXml("")


def print_list_number(number: int) -> EscapedXml:
    """Print the id that a list of the template has in this turn."""
    return EscapedXml(find_printing().lists.find(f"{number:d}"))


def make_docx_environment() -> Sandbox:
    """Make the environment that all docx templates are compiled in."""
    environment = make_environment(print_value)
    # Everything printed passes through print_value, which escapes it. Jinja's own escaping would change nothing and
    # take half of the time.
    environment.autoescape = False
    environment.filters[FORMAT_FILTER] = format_joined
    environment.filters.update(
        _plain=print_plain,
        _address=print_address,
        _block=print_block,
        _span=print_span,
        _fill=print_fill,
        _weight=print_weight,
        _drawing_id=print_drawing_id,
        _begin=print_list_restart,
        _list=print_list_number,
        _rich=parse_marks,
        _picture=replace_picture,
        _across=partial(scale_picture, down=False),
        _down=partial(scale_picture, down=True),
        under=place_narrative,
        keep=keep_narrative,
    )
    return environment
