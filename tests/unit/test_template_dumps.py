"""The text dumps beside the templates are what the templates say now."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "dump-templates"


@pytest.fixture(scope="module")
def dumper() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("dump_templates", str(SCRIPT))
    spec = importlib.util.spec_from_loader("dump_templates", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_dumps_are_current(dumper: ModuleType) -> None:
    assert dumper.list_templates()
    assert [path.name for path in dumper.find_stale()] == [], "run scripts/dump-templates"


def test_dump_shows_text_tags_formulas_and_notes(dumper: ModuleType) -> None:
    report = dumper.dump_template(dumper.TEMPLATES / "docx" / "report.docx")
    assert "[DocgenHeading1] {{ section.heading }}" in report
    assert "[PAGE]" in report
    assert "pgMar top=2098" in report
    sheet = dumper.dump_template(dumper.TEMPLATES / "xlsx" / "db3203-t1023-2023" / "evaluation.xlsx")
    assert "G6: {{ indicator.outcome }}" in sheet
    assert ": =IF(" in sheet
    assert "_xlnm.Print_Area" in sheet


def test_stale_missing_and_left_over_dumps_are_found(
    dumper: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("form.docx", "report.docx"):
        shutil.copy(dumper.TEMPLATES / "docx" / name, tmp_path / name)
    text = dumper.dump_template(tmp_path / "form.docx")
    (tmp_path / "form.docx.txt").write_text(text.replace("企业名称", "企业"), "utf-8")
    (tmp_path / "gone.docx.txt").write_text("", "utf-8")
    monkeypatch.setattr(dumper, "TEMPLATES", tmp_path)
    assert [path.name for path in dumper.find_stale()] == ["form.docx.txt", "gone.docx.txt", "report.docx.txt"]
