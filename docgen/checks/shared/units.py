"""Reads and compares the units of figures in typed text."""

from __future__ import annotations

import re
import unicodedata

_ALIKE = (
    "人名位",
    "天日",
    "个项条处件份起次",
    ("小时", "h", "时"),
    ("分钟", "min"),
    ("千克", "公斤", "kg"),
    ("吨", "t"),
    ("%", "百分比", "百分率"),
)
"""Groups of units with the same meaning."""

_AROUND = re.compile(
    "约|大约|平均|每[天日周月年批次人]?|不(?:超过|多于|少于|低于|高于|大于|小于)|至少|最多|[小大低高]于|达到?|[≤≥<>＜＞]"
    "|以[内上下]|及以上|左右|之?内|/[天日周月年批次人]"
)
"""Words that may surround the only figure of a text."""

_FIGURE = re.compile(r"(?P<ahead>\D*)-?\d+(?:[.,]\d+)*(?P<behind>\D*)")
_UNIT = re.compile("%|‰|个百分点|[A-Za-z℃°/·]{1,6}|[㎡\u4e00-\u9fff·/]{1,3}")


def read_bare_unit(text: str) -> str:
    """Read the unit of a text that is one figure and no more (不超过3天); '' for any other text."""
    bare = "".join(unicodedata.normalize("NFKC", text).split())
    figure = _FIGURE.fullmatch(bare)
    if figure is None or _AROUND.sub("", figure["ahead"]):
        return ""
    unit = _AROUND.sub("", figure["behind"])
    return unit if _UNIT.fullmatch(unit) else ""


def is_same_unit(first: str, second: str) -> bool:
    """Whether two units mean the same."""
    folded = [unicodedata.normalize("NFKC", unit).strip().casefold() for unit in (first, second)]
    bare = {_AROUND.sub("", unit) or unit for unit in folded}
    return len(bare) == 1 or any(bare <= set(group) for group in _ALIKE)
