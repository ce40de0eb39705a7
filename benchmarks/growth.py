"""A record that grows: what ``docgen check`` of 2 to 600 enterprises costs, as YAML and as JSON.

    python benchmarks/growth.py [ENTERPRISES]

Each enterprise has all forms of the sample's first one, without evidence, which costs by its pictures. A run is a
process of its own, its time the processor's; of several the least counts. The exponent is that of the last doubling
(1 is linear). Goals: 1.1 at most, less than 400 MB at 600 enterprises.
"""

from __future__ import annotations

import json
import math
import multiprocessing
import os
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
EXPONENT, MEGABYTES = 1.1, 400


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


def write_records(paths: dict[tuple[int, str], Path]) -> None:
    """All records, in a process of its own: a process that starts another one lends it its own peak of memory."""
    for (count, _), path in paths.items():
        write_record(make_record(count), path)


def check_record(path: Path) -> tuple[float, float]:
    """Seconds of the processor and the memory's peak in MB of the real command."""
    words = [sys.executable, "-m", "docgen", "check", str(path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"docgen check {path}: {process.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main(largest: int = LARGEST) -> None:
    """Print the table."""
    counts = (2, largest // 8, largest // 4, largest // 2, largest)
    with tempfile.TemporaryDirectory() as name:
        paths = {(count, kind): Path(name) / f"{count}.{kind}" for count in counts for kind in ("yaml", "json")}
        writer = multiprocessing.get_context("spawn").Process(target=write_records, args=(paths,))
        writer.start()
        writer.join()
        runs = {key: [check_record(path) for _ in range(ROUNDS)] for key, path in paths.items()}
        sizes = {key: path.stat().st_size / 1e6 for key, path in paths.items()}
    least = {key: tuple(map(min, zip(*found, strict=True))) for key, found in runs.items()}
    print(f"{'':6}{'enterprises':>12}{'file, MB':>10}{'s':>8}{'memory, MB':>12}")
    for kind in ("yaml", "json"):
        for count in counts:
            seconds, memory = least[count, kind]
            print(f"{kind:6}{count:12}{sizes[count, kind]:10.1f}{seconds:8.2f}{memory:12.0f}")
    for kind in ("yaml", "json"):
        half, (whole, memory) = least[largest // 2, kind][0], least[largest, kind]
        exponent = math.log2(whole / half)
        print(f"{kind}: exponent {exponent:.2f}, goal {EXPONENT}: {'reached' if exponent <= EXPONENT else 'missed'}")
        print(f"{kind}: {memory:.0f} MB, goal {MEGABYTES}: {'reached' if memory < MEGABYTES else 'missed'}")


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:]))
