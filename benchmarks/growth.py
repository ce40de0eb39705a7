"""A record that grows: what checking it costs with 75 to 600 enterprises, as YAML and as JSON.

    python benchmarks/growth.py [ENTERPRISES]

Each enterprise has all forms of the sample's first one, and lacks its evidence, so that there is something to say, with
a place, of each. Every run is a process of its own; of three the one that took least of the processor counts. Goals:
the exponent of the last doubling at most 1.1 (1 is linear), less than 400 MB at 600 enterprises.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:] = [str(ROOT), *(entry for entry in sys.path if Path(entry or ".").resolve() != ROOT / "benchmarks")]

SAMPLE = ROOT / "samples" / "db3203-t1023-2023" / "complete" / "record.yaml"
SEED, OTHERS = "chengli", ("tangshali",)
NAME, USCC = "徐州澄砺消防器材有限公司", "91320312MAYC2L059Q"
LARGEST, ROUNDS = 600, 3
GOALS = {"exponent": 1.1, "MB": 400.0}


def make_record(count: int) -> Any:
    """The sample with so many enterprises in place of its own; all values are text, as they were typed."""
    from docgen.trees import read_tree

    data = read_tree(SAMPLE).data
    assert isinstance(data, dict)
    return _grow({**data, "evidence": []}, count)


def _grow(value: Any, count: int) -> Any:
    """A value with what is about the seed repeated for each enterprise, and without what is about the others."""
    if isinstance(value, dict):
        return dict(_grow_pairs(value, count))
    if not isinstance(value, list):
        return value
    grown = []
    for item in value:
        owners = _find_owners(item)
        if owners == {SEED}:
            grown += [_own(item, number) for number in range(count)]
        elif not owners or SEED in owners:
            grown.append(_grow(item, count))
    return grown


def _grow_pairs(value: dict[str, Any], count: int) -> Iterator[tuple[str, Any]]:
    for key, inner in value.items():
        if key == SEED:
            yield from ((f"{SEED}-{number}", inner) for number in range(count))
        elif key not in OTHERS:
            yield key, _grow(inner, count)


def _find_owners(item: Any) -> set[str]:
    text = json.dumps(item)
    return {key for key in (SEED, *OTHERS) if key in text}


def _own(item: Any, number: int) -> Any:
    text = json.dumps(item, ensure_ascii=False)
    text = text.replace(NAME, f"{NAME}{number}").replace(USCC, make_uscc(number))
    return json.loads(text.replace(SEED, f"{SEED}-{number}"))


def make_uscc(number: int) -> str:
    """A unified social credit code of an invented enterprise (GB 32100)."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    head = f"91320312MA{number:06}"
    body = head + "0"
    weights = [pow(3, at, 31) for at in range(17)]
    rest = sum(letters.index(letter) * weight for letter, weight in zip(body, weights, strict=True)) % 31
    return body + letters[(31 - rest) % 31]


def write_record(data: Any, path: Path) -> None:
    """A record as YAML or JSON, by the name's ending."""
    if path.suffix == ".json":
        path.write_text(json.dumps(data, ensure_ascii=False, indent=1), "utf-8")
        return
    import yaml

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    path.write_text(yaml.dump(data, Dumper=dumper, allow_unicode=True, sort_keys=False), "utf-8")
