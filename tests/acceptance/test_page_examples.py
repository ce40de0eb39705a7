"""The page's examples are what the samples give today (scripts/make-page-examples)."""

from __future__ import annotations

import hashlib
import sys
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook
from support import processes

from docgen.archive.bag.digest import OFFICE_SUFFIXES, content_digest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docgen" / "web" / "examples"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("examples") / "made"
    done = processes.run([sys.executable, ROOT / "scripts" / "make-page-examples", "-o", folder])
    assert done.returncode == 0, done.stderr.decode()
    return folder


def digest(suffix: str, data: bytes) -> str:
    """The same on every machine: builds of zlib differ."""
    return content_digest(data) if suffix in OFFICE_SUFFIXES else hashlib.sha256(data).hexdigest()


def describe(path: Path) -> object:
    """What a person finds in an example, and no time of saving and no version of docgen."""
    if path.suffix == ".xlsx":
        return [(sheet.title, list(sheet.values)) for sheet in load_workbook(path)]
    if path.suffix != ".zip":
        return digest(path.suffix, path.read_bytes())
    with zipfile.ZipFile(path) as package:
        names = [name for name in package.namelist() if "/data/" in name or "/record/" in name]
        assert names
        return {name: digest(Path(name).suffix, package.read(name)) for name in names}


def test_the_examples_are_current(made: Path) -> None:
    files = sorted(path.relative_to(made) for path in made.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(EXAMPLES) for path in EXAMPLES.rglob("*") if path.is_file())
    stale = [str(file) for file in files if describe(made / file) != describe(EXAMPLES / file)]
    assert stale == [], "run scripts/make-page-examples"
