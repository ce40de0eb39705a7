"""How fast packages are written and verified, beside what one would do without docgen.

Run it: ``python benchmarks/archive.py [--megabytes 200] [--rounds 3]``. Each way starts from the same generated files
(data that don't compress, as photographs and scans don't) and is timed in turn, round after round; the medians are
compared. docgen's time of writing includes the sync to disk, which the others don't do. The figures move with machine
and disk, the ratios hold.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import random
import shutil
import statistics
import sys
import tempfile
import time
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from docgen.archive.model import (
    FiledDocument,
    FilingItem,
    PackageIndex,
    PackagePlan,
    PlannedDocument,
    PlannedRendition,
    ProfileUsed,
    ProjectIdentity,
    StandardUsed,
)
from docgen.archive.verify import verify_package
from docgen.archive.write import write_package

TOP = "bench"
CHUNK = 1 << 20


def make_files(folder: Path, megabytes: int) -> list[Path]:
    """Files of 50 KB to 4 MB, together ``megabytes``; the suffix is one that is stored and not opened."""
    chance, files, left = random.Random(1), [], megabytes * 1_000_000
    folder.mkdir()
    while left > 0:
        size = min(left, int(50_000 * 80 ** chance.random()))
        path = folder / f"{len(files):04d}.mp4"
        path.write_bytes(chance.randbytes(size))
        files.append(path)
        left -= size
    return files


def make_plan(files: list[Path]) -> PackagePlan:
    documents = tuple(
        PlannedDocument(
            FiledDocument(id=f"evidence/{number}", item="a", number=number, title=path.stem, kind="evidence"),
            (PlannedRendition("original", f"data/a/{path.name}", "video/mp4", path),),
        )
        for number, path in enumerate(files, 1)
    )
    index = PackageIndex(
        package_name=TOP,
        title="bench",
        project=ProjectIdentity(number="1", name="bench"),
        profile=ProfileUsed(id="bench", version="1"),
        standard=StandardUsed(number="-", title="-"),
        items=(FilingItem(key="a", label="a", status="present"),),
        generator="bench",
        created=dt.date(2024, 1, 1),
    )
    return PackagePlan(index, documents, dt.datetime(2024, 1, 1))


def copy_and_hash(files: list[Path], work: Path) -> None:
    """The floor: read, hash and write one file after another, no zip at all."""
    with (work / "plain.bin").open("wb") as target:
        for path in files:
            digest = hashlib.sha256()
            with path.open("rb") as source:
                while chunk := source.read(CHUNK):
                    digest.update(chunk)
                    target.write(chunk)


def bag_and_zip(files: list[Path], work: Path) -> None:
    """The usual way: copy into a folder, bagit.make_bag, then a stored zip."""
    import bagit

    folder = work / "bag"
    folder.mkdir()
    for path in files:
        shutil.copy(path, folder)
    bagit.make_bag(str(folder), checksums=["sha256"])
    with zipfile.ZipFile(work / "bag.zip", "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, f"bag/{path.relative_to(folder)}")


def unzip_and_validate(package: Path, work: Path) -> None:
    """The usual way to verify: unpack, then bagit's validate."""
    import bagit

    with zipfile.ZipFile(package) as archive:
        archive.extractall(work / "out")
    bagit.Bag(str(work / "out" / TOP)).validate()


def read_and_hash(package: Path) -> None:
    """The floor of verifying: read the zip's bytes once and hash them."""
    digest = hashlib.sha256()
    with package.open("rb") as source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)


def verify_soundly(package: Path) -> None:
    report = verify_package(package)
    assert report.is_intact, report.diagnostics


def measure(ways: dict[str, Callable[[Path], object]], root: Path, rounds: int) -> dict[str, float]:
    """Median seconds of each way, all of them in turn in each round, each in a fresh folder."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, run in ways.items():
            work = Path(tempfile.mkdtemp(dir=root))
            start = time.perf_counter()
            run(work)
            taken[name].append(time.perf_counter() - start)
            shutil.rmtree(work)
    return {name: statistics.median(times) for name, times in taken.items()}


def print_table(title: str, medians: dict[str, float], megabytes: int) -> None:
    own = next(iter(medians.values()))
    print(f"\n{title}\n{'':34}{'s':>8}{'MB/s':>8}{'times':>8}")
    for name, seconds in medians.items():
        print(f"{name:34}{seconds:8.2f}{megabytes / seconds:8.0f}{seconds / own:8.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")
        root = Path(folder)
        files = make_files(root / "files", options.megabytes)
        plan, package = make_plan(files), root / "package.zip"
        write_package(plan, package, finish=lambda _index: {})
        print(f"{len(files)} files, {options.megabytes} MB, Python {sys.version.split()[0]}")
        writing: dict[str, Callable[[Path], object]] = {
            "docgen write_package": lambda work: write_package(plan, work / "p.zip", finish=lambda _index: {}),
            "bagit.make_bag + stored zip": lambda work: bag_and_zip(files, work),
            "read + hash + write, no zip": lambda work: copy_and_hash(files, work),
        }
        print_table("writing", measure(writing, root, options.rounds), options.megabytes)
        verifying: dict[str, Callable[[Path], object]] = {
            "docgen verify_package": lambda _work: verify_soundly(package),
            "unzip + bagit validate": lambda work: unzip_and_validate(package, work),
            "read + hash": lambda _work: read_and_hash(package),
        }
        print_table("verifying", measure(verifying, root, options.rounds), options.megabytes)


if __name__ == "__main__":
    main()
