"""Chooses number formats that show figures as they were typed: 10.0 and 2.20%, as in a Word document.

A cell without a number format of its own shows 10.0 as 10. Such a figure gets the cell's format with that many decimals
and its unit; the value stays a number, and formulas calculate with it.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from docgen.ooxml.names import name_tag
from docgen.ooxml.xml import write_markup
from docgen.render.values.values import Quantity, ShownNumber
from docgen.render.xlsx.package import parse_part

if TYPE_CHECKING:
    from collections.abc import Collection

    from docgen.render.xlsx.rows import TemplateCell

_FIRST_CODE = 164
"""The first number of a workbook's own number formats; those below are Excel's."""
_MOST_DECIMALS = 30
_CACHE_SIZE = 64
_FIGURES = (Decimal, int)


@dataclass(frozen=True, slots=True)
class StylePart:
    """The part of a workbook that holds its cell formats; ``general`` are those without a number format."""

    name: str
    data: bytes
    count: int
    general: Collection[int]


@dataclass(slots=True)
class FigureFormats:
    """Collects the cell formats that one document needs beside its template's."""

    part: StylePart | None
    _made: dict[tuple[int, str], int] = field(default_factory=dict)

    def choose(self, cell: TemplateCell, value: object) -> str:
        """Choose the attribute of a cell's format: its own, or one that shows the figure as it was typed."""
        part = self.part
        code = _find_code(value) if part is not None and cell.style_number in part.general else ""
        if not code or part is None:
            return cell.style
        return f' s="{self._made.setdefault((cell.style_number, code), part.count + len(self._made))}"'

    def write(self) -> bytes | None:
        """Write the part with the chosen formats; None where the template's own were enough."""
        if not self._made or self.part is None:
            return None
        return _add_formats(self.part.data, tuple(self._made))


@lru_cache(maxsize=_CACHE_SIZE)
def _add_formats(data: bytes, made: tuple[tuple[int, str], ...]) -> bytes:
    """Add cell formats to a part, each a copy of one with another number format.

    Documents of one template mostly need the same formats, so results are cached.
    """
    root = parse_part(data)
    formats, codes = root.find(name_tag("cellXfs")), root.find(name_tag("numFmts"))
    assert formats is not None
    if codes is None:
        codes = root.makeelement(name_tag("numFmts"))
        root.insert(0, codes)
    ids = {item.get("formatCode"): int(item.get("numFmtId", "0")) for item in codes}
    for style, code in made:
        if code not in ids:
            ids[code] = max((_FIRST_CODE - 1, *ids.values())) + 1
            codes.append(codes.makeelement(name_tag("numFmt"), {"numFmtId": str(ids[code]), "formatCode": code}))
        copied = copy.deepcopy(formats[style])
        copied.attrib.update({"numFmtId": str(ids[code]), "applyNumberFormat": "1"})
        formats.append(copied)
    for items in (formats, codes):
        items.set("count", str(len(items)))
    return write_markup(root).encode()


def _find_code(value: object) -> str:
    """Find the number format of a figure whose decimals or unit a cell wouldn't show by itself."""
    if isinstance(value, ShownNumber):
        return find_shown_code(value.shown)
    figure, unit = (value.figure, value.unit) if isinstance(value, Quantity) else (value, "")
    if isinstance(figure, bool) or not isinstance(figure, _FIGURES) or not (unit or isinstance(figure, Decimal)):
        return ""
    text = f"{figure:f}"
    decimals = len(text) - text.index(".") - 1 if "." in text else 0
    if decimals > _MOST_DECIMALS or not (unit or (decimals and text[-1] == "0")):
        return ""
    return "0" + ("." + "0" * decimals if decimals else "") + (f'"{unit}"' if unit else "")


_SHOWN = re.compile(r"([^\d.,%-]*)-?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(%?)([^\d.,%]*)")


def find_shown_code(shown: str) -> str:
    """Find the number format that shows a number as this text; '' where General does, or no format can."""
    match = _SHOWN.fullmatch(shown)
    if match is None:
        return ""
    before, whole, decimals, percent, after = match.groups(default="")
    if not (before or "," in whole or decimals[-1:] == "0" or percent or after or whole[:-1][:1] == "0"):
        return ""
    zeros = "0" * len(whole) if whole[:1] == "0" else "0"
    quoted = [f'"{text}"' if text else "" for text in (before.replace('"', ""), after.replace('"', ""))]
    return (
        quoted[0]
        + ("#,##0" if "," in whole else zeros)
        + "." * bool(decimals)
        + "0" * len(decimals[1:])
        + percent
        + quoted[1]
    )
