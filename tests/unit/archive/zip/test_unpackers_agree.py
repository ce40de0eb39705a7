"""What passes, every program unpacks alike: zips with a lie in each field, unpacked by five programs and compared.

Programs that refuse a zip, or complain, are left out; of those that end well no two may give other files or bytes.
"""

from __future__ import annotations

import io
import os
import shutil
import stat
import subprocess
import unicodedata
import zipfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import pytest
from support.forged_zips import (
    ForgedZip,
    Mutant,
    combine,
    make_base,
    mutate_descriptors,
    mutate_extras,
    mutate_fields,
    mutate_layout,
    mutate_names,
    name_in_chinese,
)
from support.unpack_tools import COMMANDS

from docgen.archive.zip.container import check_container, check_names
from docgen.archive.zip.directory import DirectoryError
from docgen.archive.zip.read import MemberError, open_zip, read_member
from docgen.diagnostics import Location, has_errors

pytestmark = [pytest.mark.heavy, *(pytest.mark.unpack(program) for program in COMMANDS)]

PLACE = Location("archive", file="p.zip")
Tree = dict[str, bytes | None]


def passes(data: bytes) -> bool:
    """Whether docgen takes the zip: structure, names, and each member's bytes."""
    try:
        received = open_zip(io.BytesIO(data))
        told = [*check_container(received, PLACE), *check_names(received, PLACE)]
        if has_errors(told):
            return False
        for member in received.members:
            if not member.raw.is_folder:
                read_member(received.file, member.raw)
    except (DirectoryError, MemberError):
        return False
    return True


def format(name: bytes) -> str:
    """A name by its bytes in the zip: Python reads what isn't marked as CP437, bsdtar composes."""
    text = name.decode("utf-8", "surrogateescape")
    with suppress(UnicodeError):
        text = text.encode("cp437").decode("utf-8")
    return unicodedata.normalize("NFC", text)


def read_tree(folder: Path) -> Tree:
    """Files with their bytes, folders as None."""
    found: Tree = {}
    top = os.fsencode(folder)
    for root, folders, files in os.walk(top):
        for name in (*folders, *files):
            path = os.path.join(root, name)  # noqa: PTH118 - names are bytes here
            is_file = stat.S_ISREG(os.lstat(path).st_mode)
            if is_file:
                os.chmod(path, 0o600)  # noqa: PTH101
            assert is_file or name in folders, f"neither file nor folder: {path!r}"
            content = Path(os.fsdecode(path)).read_bytes() if is_file else None
            found[format(os.path.relpath(path, top))] = content
    return found


def unpack_everywhere(archive: Path, work: Path) -> dict[str, Tree]:
    """What each program makes of it that ends well and says nothing."""
    trees: dict[str, Tree] = {}
    env = {**os.environ, "LC_ALL": "C.UTF-8"}
    for program, words in COMMANDS.items():
        folder = work / program
        folder.mkdir()
        called = [word.format(archive=archive, folder=folder) for word in words]
        done = subprocess.run(called, check=False, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        if done.returncode == 0 and not (done.stdout + done.stderr).strip():
            trees[program] = read_tree(folder)
    folder = work / "python"
    folder.mkdir()
    try:
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(folder)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError, RuntimeError):
        return trees
    return {**trees, "python": read_tree(folder)}


def compare(mutants: Iterable[Mutant], work: Path) -> tuple[int, list[str]]:
    """How many passed and were unpacked, and those that two programs unpacked otherwise."""
    seen: set[bytes] = set()
    different: list[str] = []
    for label, mutant in mutants:
        data = mutant.build()
        if data in seen or not passes(data):
            continue
        seen.add(data)
        folder = work / str(len(seen))
        folder.mkdir()
        archive = folder / "p.zip"
        archive.write_bytes(data)
        trees = unpack_everywhere(archive, folder)
        shutil.rmtree(folder)
        if any(tree != next(iter(trees.values())) for tree in trees.values()):
            different.append(f"{label}: {', '.join(trees)}")
    return len(seen), different


def list_mutants(base: ForgedZip) -> list[Mutant]:
    makers = (mutate_fields, mutate_extras, mutate_descriptors, mutate_names, mutate_layout)
    return [mutant for make in makers for mutant in make(base)]


def test_what_passes_is_unpacked_alike(tmp_path: Path) -> None:
    """Each field with a few values: a sample, thinned out where whole ranges of values pass."""
    mutants = [mutant for mutant in list_mutants(make_base()) if passes(mutant[1].build())][::5]
    mutants += [mutant for mutant in list_mutants(name_in_chinese(make_base())) if passes(mutant[1].build())][::20]
    count, different = compare(mutants, tmp_path)
    assert different == []
    assert count > 190


def test_the_sound_ones_are_unpacked_by_all(tmp_path: Path) -> None:
    archive = tmp_path / "p.zip"
    archive.write_bytes(make_base().build())
    trees = unpack_everywhere(archive, tmp_path)
    assert set(trees) == {*COMMANDS, "python"}
    assert len(trees["python"]) == 7


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("change", [lambda base: base, name_in_chinese], ids=["ascii", "chinese"])
def test_each_field_with_each_value_is_unpacked_alike(tmp_path: Path, change: Callable[[ForgedZip], ForgedZip]) -> None:
    count, different = compare(list_mutants(change(make_base())), tmp_path)
    assert different == []
    assert count > 700


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_several_lies_at_once_are_unpacked_alike(tmp_path: Path, seed: int) -> None:
    base = make_base()
    tame = [label for label, mutant in list_mutants(base) if passes(mutant.build())]
    count, different = compare(combine(base, list_mutants, tame, 600, seed), tmp_path)
    assert different == []
    assert count > 200
