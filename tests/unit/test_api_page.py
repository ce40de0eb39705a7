"""The page for programs is true: its examples run, one after the other, and their types are right."""

from __future__ import annotations

import inspect
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import docgen
from docgen import api

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "api.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
FUNCTIONS = [name for name in docgen.__all__ if inspect.isfunction(getattr(api, name))]
WRONG = """
docgen.check(1)  # type: ignore[arg-type]
docgen.batch("a", "b", jobs="2")  # type: ignore[arg-type]
docgen.build("a", "b", language="fr")  # type: ignore[arg-type]
docgen.verify("a").exit_code.lower()  # type: ignore[attr-defined]
docgen.bundle  # type: ignore[attr-defined]
"""
"""What a type checker has to refuse: one that sees no types would call these comments needless."""


@pytest.mark.heavy
def test_the_examples_run_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("db3203-t1023-2023/complete", "fill"):
        shutil.copytree(ROOT / "samples" / name, tmp_path / "samples" / name)
    for name in ("profiles", "templates"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)
    assert len(EXAMPLES) == 5
    exec(compile("\n".join(EXAMPLES), "docs/api.md", "exec"), {"__name__": "example"})
    made = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*") if path.is_file()}
    assert {"输出", "草稿", "批量", "邀请函", "评审表.xlsx"} <= made


@pytest.mark.heavy
@pytest.mark.timeout(400)
def test_the_examples_are_typed(tmp_path: Path) -> None:
    program = tmp_path / "example.py"
    program.write_text("\n".join(EXAMPLES) + WRONG, "utf-8")
    words = [sys.executable, "-m", "mypy", "--strict", "--config-file", "pyproject.toml", str(program)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_names_every_function_and_every_parameter() -> None:
    assert len(FUNCTIONS) == 7
    for name in FUNCTIONS:
        (said,) = re.findall(rf"^\| `{name}\((.*?)\)`", PAGE, re.MULTILINE)
        told = [word.partition("=")[0].strip() for word in said.split(",")]
        parameters = inspect.signature(getattr(api, name)).parameters
        given = [item for item in parameters if item not in ("options", "language")]
        assert told == given, name


def test_every_function_says_what_it_does() -> None:
    assert [name for name in FUNCTIONS if f"docgen {name}" not in (getattr(api, name).__doc__ or "")] == []


def test_the_names_of_the_types_are_those_of_the_module() -> None:
    stub = (ROOT / "docgen" / "__init__.pyi").read_text("utf-8")
    typed = re.findall(r"^from docgen\.api import (\w+) as \1$", stub, re.MULTILINE)
    assert sorted(typed) == sorted(docgen.__all__) == sorted(api.__all__)
