"""The cell formats of an intake workbook: colours mark required fields, grey italics the example."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

_FONT = "宋体"
_BORDER = {"border": 1, "border_color": "#BFBFBF"}
_FILLS: Mapping[str, str] = {"required": "#F8CBAD", "advised": "#FFE699", "free": "#DDEBF7", "count": "#E2EFDA"}
_NUMBER_FORMATS: Mapping[str, str] = {
    "date": "yyyy-mm-dd",
    "int": "0",
    "decimal": "General",
    "money": "#,##0.00",
    "percent": "General",
    "figure": "General",
}


class BookFormats:
    """The cell formats of one workbook, each created once."""

    tabs: Mapping[str, str] = {"basic": "#4472C4", "project": "#70AD47", "item": "#FFC000"}

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def _make(self, **look: Any) -> Any:
        key = tuple(sorted(look.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"font_name": _FONT, "font_size": 11, "valign": "vcenter", **look})
        return self._made[key]

    def header(self, need: str) -> Any:
        """A header; its colour shows whether the column is required."""
        return self._make(bold=True, text_wrap=True, align="center", bg_color=_FILLS[need], **_BORDER)

    def data(self, kind: str) -> Any:
        """A cell of a table to fill in: a number or date format, else text."""
        wrap = kind in ("prose", "text", "texts", "references", "choices")
        look: dict[str, Any] = {"num_format": _NUMBER_FORMATS.get(kind, "@"), "text_wrap": wrap}
        if kind in ("prose", "text"):
            look["valign"] = "top" if kind == "prose" else "vcenter"
        return self._make(**look)

    def field(self, kind: str) -> Any:
        """A cell of a record sheet to fill in."""
        fmt = _NUMBER_FORMATS.get(kind, "@")
        valign = "top" if kind == "prose" else "vcenter"
        return self._make(num_format=fmt, text_wrap=True, valign=valign, align="left", **_BORDER)

    def label(self, need: str) -> Any:
        """The label of a value on a record sheet."""
        return self._make(text_wrap=True, bg_color=_FILLS[need], **_BORDER)

    def group(self, first: bool) -> Any:
        """The form that a value belongs to; repeated for the reader of the file, shown once."""
        return self._make(text_wrap=True, bold=first, font_color="#000000" if first else "#BFBFBF", valign="top")

    @cached_property
    def title(self) -> Any:
        """The title of a sheet."""
        return self._make(bold=True, font_size=16)

    @cached_property
    def note(self) -> Any:
        """The note on a sheet's purpose."""
        return self._make(font_color="#595959")

    @cached_property
    def link(self) -> Any:
        """A link to another sheet."""
        return self._make(font_color="#0563C1", underline=1)

    @cached_property
    def example(self) -> Any:
        """The example row, in grey italics."""
        return self._make(
            italic=True, font_color="#808080", bg_color="#F2F2F2", text_wrap=True, font_size=10, **_BORDER
        )

    @cached_property
    def side(self) -> Any:
        """The remark beside a value."""
        return self._make(text_wrap=True, font_color="#595959", font_size=10, **_BORDER)

    @cached_property
    def line(self) -> Any:
        """The lines around a row that was filled in."""
        return self._book.add_format(dict(_BORDER))

    @cached_property
    def count(self) -> Any:
        """A number calculated by a formula."""
        return self._make(font_color="#548235", align="center")

    @cached_property
    def share(self) -> Any:
        """A share calculated by a formula."""
        return self._make(font_color="#548235", align="center", num_format="0%")

    @cached_property
    def body(self) -> Any:
        """A sentence of the guide."""
        return self._make(text_wrap=True, valign="top")

    @cached_property
    def cell(self) -> Any:
        """A cell of the guide's table."""
        return self._make(text_wrap=True, **_BORDER)

    @cached_property
    def cell_link(self) -> Any:
        """A link in the guide's table."""
        return self._make(font_color="#0563C1", underline=1, text_wrap=True, **_BORDER)

    @cached_property
    def subtitle(self) -> Any:
        """The title of a part of the guide."""
        return self._make(bold=True, font_size=13)
