"""A document as somebody's template of it prints: of the sample record, of an empty one where there is none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from docgen.errors import SourceError
from docgen.pipeline import template_sample
from docgen.pipeline.services.templates import check_template_file
from docgen.pipeline.template_sample import render_sample
from docgen.resources import Resources

WANTED = ("db4201-t665-2022", "satisfaction")


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = Resources().find_template("docx/form.docx")
    assert path is not None
    return Path(shutil.copyfile(path, tmp_path / "我的.docx"))


def test_the_sample_record_is_printed(template: Path, tmp_path: Path) -> None:
    out = tmp_path / "出"
    out.mkdir()
    assert render_sample(template, Resources(), WANTED, out)
    assert next(path.suffix for path in out.rglob("*") if path.is_file()) == ".docx"


def test_without_a_sample_an_empty_form_is_printed(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where docgen was installed from its wheel, which holds no samples."""
    monkeypatch.setattr(template_sample, "shipped_folder", lambda name: tmp_path / "nowhere" / name)
    out = tmp_path / "出"
    out.mkdir()
    assert not render_sample(template, Resources(), WANTED, out)
    (made,) = out.rglob("*.docx")
    assert made.name.startswith("质量提升服务满意度评价表")


def test_a_template_of_the_other_kind_is_refused(template: Path, tmp_path: Path) -> None:
    wrong = Path(shutil.copyfile(template, tmp_path / "我的.xlsx"))
    with pytest.raises(SourceError) as caught:
        render_sample(wrong, Resources(), WANTED, tmp_path)
    assert [item.code for item in caught.value.diagnostics] == ["N232"]


def test_what_is_asked_for_is_known_by_its_label(tmp_path: Path) -> None:
    path = Resources().find_template("docx/satisfaction.docx") or Resources().find_template("docx/form.docx")
    assert path is not None
    fields = check_template_file(path, Resources(), *WANTED).fields
    labels = {field.name: field.label for field in fields}
    assert labels["project.name"] == "项目名称"
    assert labels["enterprise.name"] == "企业名称"
