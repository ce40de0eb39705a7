"""Units of figures that people typed into a text."""

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
"""Units that mean the same."""

_AROUND = re.compile(
    "约|大约|平均|每[天日周月年批次人]?|不(?:超过|多于|少于|低于|高于|大于|小于)|至少|最多|[小大低高]于|达到?|[≤≥<>＜＞]"
    "|以[内上下]|及以上|左右|之?内|/[天日周月年批次人]"
)
"""What may stand around a figure that is nothing but a figure."""

_FIGURE = re.compile(r"(?P<ahead>\D*)-?\d+(?:[.,]\d+)*(?P<behind>\D*)")
_UNIT = re.compile("%|‰|个百分点|[A-Za-z℃°/·]{1,6}|[㎡\u4e00-\u9fff·/]{1,3}")


def read_bare_unit(text: str) -> str:
    """The unit of a text that says one figure and no more (不超过3天); empty for any other text."""
    bare = "".join(unicodedata.normalize("NFKC", text).split())
    found = _FIGURE.fullmatch(bare)
    if found is None or _AROUND.sub("", found["ahead"]):
        return ""
    unit = _AROUND.sub("", found["behind"])
    return unit if _UNIT.fullmatch(unit) else ""


def is_same_unit(first: str, second: str) -> bool:
    """Whether two units mean the same."""
    folded = [unicodedata.normalize("NFKC", unit).strip().casefold() for unit in (first, second)]
    one, two = (_AROUND.sub("", unit) or unit for unit in folded)
    return one == two or any({one, two} <= set(group) for group in _ALIKE)
