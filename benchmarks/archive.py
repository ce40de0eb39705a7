"""How fast packages are written and verified, beside what one would do without docgen.

Run it: ``python benchmarks/archive.py [--megabytes 1000] [--files 2000] [--rounds 5]``, or with ``--package X.zip`` for
what verifying that one costs. Each way starts from the same generated files (data that don't compress, as photographs
and scans don't), read once before and so in the system's memory, and is timed in turn, round after round; the medians
are compared. Writing is timed twice: without syncing to the disk, whatever the way, and with each way's file synced at
its end, as docgen always does it. The figures move with machine and disk; the ratios hold while two cores are free:
docgen hashes in a second thread, the others use one unless they say two. The processor's seconds tell how far that was
so.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import unittest.mock
import warnings
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

# in the place of this folder, whose docx.py isn't the library of that name
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from docgen.archive.bag.parts import read_small_part
from docgen.archive.plan.model import (
    FiledDocument,
    FilingItem,
    PackageIndex,
    ProfileUsed,
    ProjectIdentity,
    StandardUsed,
)
from docgen.archive.plan.plan import PackagePlan, PlannedDocument, PlannedRendition
from docgen.archive.verify.package import verify_package
from docgen.archive.writing.package import write_package
from docgen.pipeline.packages.remaking import PaperMaker

TOP = "bench"
CHUNK = 1 << 20
SCANS = 100
"""So many files has the package of few large ones, such as scans."""


def make_files(folder: Path, megabytes: int, count: int) -> list[Path]:
    """Small and large files (1 to 80), together ``megabytes``; the suffix is one that is stored and not opened."""
    chance = random.Random(1)
    shares = [80 ** chance.random() for _ in range(count)]
    unit = megabytes * 1_000_000 / sum(shares)
    folder.mkdir()
    files = []
    for number, share in enumerate(shares):
        path = folder / f"{number:04d}.mp4"
        path.write_bytes(chance.randbytes(int(share * unit)))
        files.append(path)
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


def copy_and_hash(files: list[Path], work: Path, sync: bool) -> None:
    """The floor: read, hash and write one file after another in one thread, no zip at all."""
    with (work / "plain.bin").open("wb") as target:
        for path in files:
            digest = hashlib.sha256()
            with path.open("rb") as source:
                while chunk := source.read(CHUNK):
                    digest.update(chunk)
                    target.write(chunk)
        if sync:
            target.flush()
            os.fsync(target.fileno())


def pack(plan: PackagePlan, work: Path, sync: bool) -> None:
    """docgen's way; the sync at its end is left out on request."""
    with unittest.mock.patch("os.fsync", os.fsync if sync else lambda _handle: None):
        write_package(plan, work / "p.zip", finish=lambda _index: {})


def bag_and_zip(files: list[Path], work: Path, sync: bool) -> None:
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
    if sync:
        with (work / "bag.zip").open("rb+") as file:
            os.fsync(file.fileno())


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


def read_and_hash_by_two(package: Path) -> None:
    """The floor for two cores: each of two threads reads and hashes half of the zip's bytes."""
    size = package.stat().st_size

    def take(start: int, end: int) -> None:
        digest = hashlib.sha256()
        with package.open("rb") as source:
            source.seek(start)
            while start < end and (chunk := source.read(min(CHUNK, end - start))):
                digest.update(chunk)
                start += len(chunk)

    halves = [threading.Thread(target=take, args=span) for span in ((0, size // 2), (size // 2, size))]
    for thread in halves:
        thread.start()
    for thread in halves:
        thread.join()


def verify_soundly(package: Path) -> None:
    report = verify_package(package)
    assert report.is_intact, report.diagnostics


def measure_package(package: Path, rounds: int) -> None:
    """What verifying one package of documents costs: the first of a process, the next of its kind, and a process."""
    maker = PaperMaker()

    def run_process() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "docgen", "verify", str(package.resolve())]
        subprocess.run(command, check=True, cwd=sys.path[0], stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def run_here() -> float:
        start = time.process_time()
        verify_package(package, remake=maker)
        return time.process_time() - start

    def run_anew() -> float:
        read_small_part.cache_clear()
        return run_here()

    run_here()
    print(f"\n{'verifying one package, processor':60}{'ms':>8}")
    ways = {"nothing known of its parts": run_anew, "its like verified before": run_here, "a process": run_process}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, run in ways.items():
            taken[name].append(run())
    for name, seconds in taken.items():
        print(f"{name:60}{1000 * statistics.median(seconds):8.0f}")


def measure(ways: dict[str, Callable[[Path], object]], root: Path, rounds: int) -> dict[str, tuple[float, float]]:
    """Median seconds of each way, by the clock and of the processor, all of them in turn, each in a fresh folder."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, run in ways.items():
            work = Path(tempfile.mkdtemp(dir=root))
            start, busy = time.perf_counter(), time.process_time()
            run(work)
            taken[name].append((time.perf_counter() - start, time.process_time() - busy))
            shutil.rmtree(work)
    return {
        name: (statistics.median(wall for wall, _ in times), statistics.median(cpu for _, cpu in times))
        for name, times in taken.items()
    }


def print_table(title: str, medians: dict[str, tuple[float, float]], megabytes: int) -> None:
    own = next(iter(medians.values()))[0]
    print(f"\n{title}\n{'':34}{'s':>8}{'MB/s':>8}{'times':>8}{'cpu s':>8}")
    for name, (wall, cpu) in medians.items():
        print(f"{name:34}{wall:8.2f}{megabytes / wall:8.0f}{wall / own:8.2f}{cpu:8.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--package", type=Path, help="measure the verifying of this package and nothing else")
    options = parser.parse_args()
    if options.package is not None:
        measure_package(options.package, options.rounds)
        return
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")
        root = Path(folder)
        files = make_files(root / "files", options.megabytes, options.files)
        plan, package = make_plan(files), root / "package.zip"
        write_package(plan, package, finish=lambda _index: {})
        print(f"{len(files)} files, {options.megabytes} MB, Python {sys.version.split()[0]}, {os.cpu_count()} cores")
        for sync, title in ((False, "writing, nothing synced"), (True, "writing, each way's file synced at its end")):
            writing: dict[str, Callable[[Path], object]] = {
                "docgen write_package": partial(pack, plan, sync=sync),
                "bagit.make_bag + stored zip": partial(bag_and_zip, files, sync=sync),
                "read + hash + write, no zip": partial(copy_and_hash, files, sync=sync),
            }
            print_table(title, measure(writing, root, options.rounds), options.megabytes)
        scans = root / "scans.zip"
        shutil.rmtree(root / "files")
        few = make_files(root / "files", options.megabytes, SCANS)
        write_package(make_plan(few), scans, finish=lambda _index: {})
        shutil.rmtree(root / "files")
        for received, count in ((package, len(files)), (scans, len(few))):
            verifying: dict[str, Callable[[Path], object]] = {
                "docgen verify_package": lambda _work, received=received: verify_soundly(received),
                "unzip + bagit validate": lambda work, received=received: unzip_and_validate(received, work),
                "read + hash": lambda _work, received=received: read_and_hash(received),
                "read + hash, two threads": lambda _work, received=received: read_and_hash_by_two(received),
            }
            print_table(f"verifying, {count} files", measure(verifying, root, options.rounds), options.megabytes)


if __name__ == "__main__":
    main()
