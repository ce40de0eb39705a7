"""How long PDFs take: ``--pdf`` on the sample's documents beside LibreOffice run by hand, and once more with the cache.

Run it: ``python benchmarks/pdf.py [ROUNDS] [--alone N]``. The ways take turns, round after round; the medians are
compared. What ``--pdf`` adds is a build with it less a build without. One call a file is so slow that it is done for
``N`` files only. The processor's seconds, LibreOffice's among them, tell how busy the machine was: with two free cores
and two runs of LibreOffice a second of the clock has two of them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

sys.path.pop(0)  # this folder, where docx.py is another thing than the library
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from docgen.pipeline import Options, build_record
from docgen.render.pdf import CONVERTIBLE, find_office
from docgen.resources import count_cores

RECORD = Path(__file__).resolve().parent.parent / "samples" / "db3203-t1023-2023" / "complete" / "record.yaml"
Timing = tuple[float, float]
"""Seconds of the clock, and of the processor with all that was started."""


def measure(work: Callable[[], object]) -> Timing:
    def used() -> float:
        return sum(os.times()[:4])

    start, before = time.perf_counter(), used()
    work()
    return time.perf_counter() - start, used() - before


def convert(program: str, profile: Path, out: Path, files: list[Path], at_once: int) -> None:
    """What a person types, with a profile of its own that is used again and again."""
    for start in range(0, len(files), at_once):
        command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "pdf"]
        subprocess.run([*command, "--outdir", out, *files[start : start + at_once]], capture_output=True, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("rounds", nargs="?", type=int, default=3)
    parser.add_argument("--alone", type=int, default=10)
    asked = parser.parse_args()
    program = find_office()
    if program is None:
        print("no LibreOffice here")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["XDG_CACHE_HOME"] = os.environ["LOCALAPPDATA"] = str(folder / "cache")
        options = Options(force=True)
        build = partial(build_record, RECORD, folder / "out")
        build(options)
        files = sorted(path for path in (folder / "out").rglob("*") if path.suffix in CONVERTIBLE)
        named = [shutil.copy(path, folder / f"{at:03d}{path.suffix}") for at, path in enumerate(files)]
        by_hand = partial(convert, program, folder / "profile", folder / "made", named)
        by_hand(at_once=len(named))  # its first start takes longer
        printing = replace(options, pdf=True)

        def empty_and_build() -> None:
            shutil.rmtree(folder / "cache", ignore_errors=True)
            build(printing)

        few = partial(convert, program, folder / "profile", folder / "made", named[: asked.alone], 1)
        ways: dict[str, Callable[[], object]] = {
            "one by one": few,
            "all": partial(by_hand, at_once=len(named)),
            "plain": partial(build, options),
            "cold": empty_and_build,
            "warm": partial(build, printing),
        }
        found: dict[str, list[Timing]] = {way: [] for way in ways}
        for _ in range(asked.rounds):
            for way, work in ways.items():
                found[way].append(measure(work))
        middle = {
            way: [statistics.median(part) for part in zip(*timings, strict=True)] for way, timings in found.items()
        }
    added = [cold - plain for cold, plain in zip(middle["cold"], middle["plain"], strict=True)]
    rows = {
        f"soffice, a call a file ({asked.alone} of them)": ([*middle["one by one"]], asked.alone),
        "soffice, one call for all": (middle["all"], len(named)),
        "docgen --pdf adds": (added, len(named)),
    }
    print(f"{len(named)} documents, {count_cores()} cores, {asked.rounds} rounds\n")
    print("| | s | s a document | processor, s a document |\n|---|---:|---:|---:|")
    for label, ((seconds, processor), count) in rows.items():
        print(f"| {label} | {seconds:.2f} | {seconds / count:.3f} | {processor / count:.3f} |")
    print("\n| a build of the sample | s | processor, s |\n|---|---:|---:|")
    for label, way in (("without PDF", "plain"), ("with PDF", "cold"), ("once more, nothing changed", "warm")):
        print(f"| {label} | {middle[way][0]:.2f} | {middle[way][1]:.2f} |")


if __name__ == "__main__":
    main()
