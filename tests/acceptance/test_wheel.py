"""The wheel: what is in it, and that it builds the sample in a clean environment as the checkout does."""

from __future__ import annotations

import json
import os
import shutil
import sys
import venv
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from support import processes
from support.command_line import COMPLETE, PROFILE, ROOT, make_environment, run_docgen

pytestmark = pytest.mark.timeout(900)  # a clean environment may have to be fetched

_PIP = ["-m", "pip", "--quiet", "--disable-pip-version-check"]
_RESOURCES = {
    "profiles": {".yaml"},
    "templates": {".docx", ".xlsx", ".html", ".txt", ".jinja", ".xsd"},
    "schemas": {".json"},
}
_PAGE = {
    "templates": {".html"},
    "static": {".css", ".js", ".svg"},
    "examples": {".docx", ".xlsx", ".zip", ".json", ".yaml", ".pdf", ".jpg"},
}
"""What belongs to the page, in docgen/web."""


def run(program: Path | str, *arguments: object, cwd: Path) -> str:
    """What a program says that must succeed, away from the checkout."""
    environment = {name: value for name, value in make_environment().items() if name != "PYTHONPATH"}
    done = processes.run([program, *arguments], cwd=cwd, env=environment)
    assert done.returncode == 0, (done.stdout + done.stderr).decode("utf-8", "replace")
    return done.stdout.decode("utf-8")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, *_PIP, "wheel", "--no-deps", "--no-build-isolation", "-w", folder, ROOT, cwd=folder)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``docgen`` command of a clean environment with the locked libraries and the wheel, and nothing else."""
    folder = tmp_path_factory.mktemp("环境") / "venv"
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    python = programs / "python"
    run(python, *_PIP, "install", "--require-hashes", "-r", ROOT / "requirements.lock", cwd=folder)
    run(python, *_PIP, "install", "--no-deps", "--no-index", wheel, cwd=folder)
    return programs / "docgen"


def test_the_wheel_holds_the_program_and_its_resources_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        members = [PurePosixPath(name) for name in opened.namelist()]
    for member in members:
        top, *rest = member.parts
        if top.endswith(".dist-info"):
            continue
        assert top == "docgen", member
        if rest[0] == "_resources":
            assert member.suffix in _RESOURCES[rest[1]], member
        elif rest[0] == "web" and rest[1] in _PAGE:
            assert member.suffix in _PAGE[rest[1]], member
        else:
            assert member.suffix in {".py", ".pyi", ".yaml"} or member.name == "py.typed", member
    for name in _RESOURCES:
        shipped = {path.relative_to(ROOT).as_posix() for path in (ROOT / name).rglob("*") if path.is_file()}
        packed = {
            PurePosixPath(*member.parts[2:]).as_posix()
            for member in members
            if member.parts[1:3] == ("_resources", name)
        }
        assert packed == shipped
    for name in _PAGE:
        shipped = {
            path.relative_to(ROOT).as_posix() for path in (ROOT / "docgen/web" / name).rglob("*") if path.is_file()
        }
        assert {str(member) for member in members if member.parts[1:3] == ("web", name)} == shipped
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docgen").rglob("*.py")}
    assert {str(member) for member in members if member.suffix == ".py"} == modules


def test_the_installed_command_builds_the_same_package_from_anywhere(installed: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "别处"
    shutil.copytree(COMPLETE.parent, elsewhere / "项目")
    built = run(installed, "build", "项目/record.yaml", "-o", "成果", "--format", "json", cwd=elsewhere)
    outputs = json.loads(built)["outputs"]
    package = next(elsewhere / item["path"] for item in outputs if item["kind"] == "package")
    assert run(installed, "verify", package, cwd=elsewhere)
    assert run_docgen("build", COMPLETE, "-o", tmp_path / "checkout").code == 0
    ours = next((tmp_path / "checkout").glob("*.zip"))
    assert ours.name == package.name
    assert ours.read_bytes() == package.read_bytes()


def test_the_installed_command_finds_its_own_files(installed: Path, tmp_path: Path) -> None:
    assert PROFILE in run(installed, "profile", "list", cwd=tmp_path)
    shipped = (ROOT / "schemas" / f"{PROFILE}.json").read_text("utf-8")
    assert json.loads(run(installed, "schema", PROFILE, cwd=tmp_path)) == json.loads(shipped)
    run(installed, "new", "新项目", "--profile", PROFILE, cwd=tmp_path)
    assert (tmp_path / "新项目" / "record.yaml").is_file()
    run(installed, "doctor", cwd=tmp_path)
