"""Looks up codes: administrative divisions (GB/T 2260), divisions of the economy (GB/T 4754—2017)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from stdnum.numdb import NumDB

_NO_CITY = re.compile("(?:市辖区|县|省直辖.*|自治区直辖.*)?")
_LATER = {"330113": "临平区", "330114": "钱塘区"}
"""Divisions that python-stdnum's list lacks (both since 2021)."""
_ZONES = ("71", "79")
"""Development zones have no code of GB/T 2260; the statistics office counts them as 71 to 79 of their city."""
_REGION_LENGTHS = (2, 4, 6, 9, 12)
_PERIOD = re.compile(r"\[(\d*)-(\d*)\]")


def name_region(code: str) -> str:
    """The name of an administrative division by its six digits, a county's after its city's; "" if unknown."""
    if not re.fullmatch(r"[1-9]\d{5}", code):
        return ""
    province, name = _look_up(code)
    if not name or code.endswith("0000"):
        return name or (province if code.endswith("0000") else "")
    city = "" if code.endswith("00") else _look_up(f"{code[:4]}00")[1]
    # districts of a municipality, and counties administered directly by a province, belong to no city
    if _NO_CITY.fullmatch(city):
        city = province if province.endswith("市") else ""
    return city + name


@dataclass(frozen=True, slots=True)
class RegionFault:
    """A withdrawn code: the division's name, and the year in which the code ended."""

    name: str
    until: int


def judge_region(code: str, year: int | None = None) -> RegionFault | Literal["words", "length", "unknown"] | None:
    """The fault of an administrative division's code, down to the county; None if it was valid in ``year`` or later.

    A province or city may be given by its first two or four digits; of the code of a town or village (9 or 12 digits)
    the county's part is checked.
    """
    if not (code.isascii() and code.isdigit()):
        return "words"
    if len(code) not in _REGION_LENGTHS:
        return "length"
    county = code[:6].ljust(6, "0")
    province, names = _read_entry(county)
    if not province and not names:
        return "unknown"
    if names:
        ends = [int(match[2]) if match[2] else None for match in _PERIOD.finditer(names)]
        until = max((end for end in ends if end is not None), default=0)
        if not ends or None in ends or (year is not None and until >= year):
            return None
        return RegionFault(name_region(county), until)
    is_zone = _ZONES[0] <= county[4:] <= _ZONES[1] and bool(_read_entry(f"{county[:4]}00")[1])
    return None if is_zone else "unknown"


def _look_up(code: str) -> tuple[str, str]:
    """The province and the name of a code."""
    province, names = _read_entry(code)
    return province, _pick_present(names)


def _read_entry(code: str) -> tuple[str, str]:
    """The province of a code, and its names with the years in which they were valid."""
    properties = {key: value for _, named in _read_province(code[:2]).info(code) for key, value in named.items()}
    return properties.get("province", ""), properties.get("county", "") or _LATER.get(code, "")


@cache
def _read_province(digits: str) -> NumDB:
    """The divisions of one province, its block of the list; parsing all 7,000 lines would take 20 ms."""
    import stdnum.cn
    from stdnum import numdb

    listed = Path(stdnum.cn.__file__).with_name("loc.dat").read_text("utf-8")
    block = re.search(rf"^{digits} .*\n(?: .*\n)*", listed, re.MULTILINE)
    return numdb.read(block[0].splitlines() if block is not None else ())


def find_division(code: str) -> str:
    """The two digits of an industry code's division (大类); "" if the code has none."""
    match = re.fullmatch(r"[A-T]?(\d{2})\d{0,2}", code)
    return match[1] if match is not None and match[1] in _read_industries() else ""


def name_division(division: str) -> str:
    """The name of a division (大类) of GB/T 4754—2017; "" if unknown."""
    return _read_industries().get(division, "")


def _pick_present(listing: str) -> str:
    """The current name in a list such as ``[1949-1997]甲县,[1997-]甲区``."""
    names = [name for name in listing.split(",") if name]
    for name in names:
        period = _PERIOD.match(name)
        if period is None or not period[2]:
            return _PERIOD.sub("", name)
    return _PERIOD.sub("", names[-1]) if names else ""


@cache
def _read_industries() -> Mapping[str, str]:
    import yaml

    path = Path(__file__).with_name("industries.yaml")
    loaded: dict[str, str] = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    return loaded
