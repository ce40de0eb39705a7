"""Prose that stands in a file beside the record: Markdown with pictures, and Word files."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest
from PIL import Image
from support import made_up

from docgen.pipeline import Options, build_record, check_record
from docgen.resources import Resources


@pytest.fixture
def options(tmp_path: Path) -> Options:
    return Options(resources=Resources(own_profiles=(made_up.write_profile(tmp_path / "profiles"),)))


def write_record(folder: Path, name: str) -> Path:
    record = made_up.write_record(folder)
    text = record.read_text("utf-8")
    record.write_text(text.replace("line: 放线三百米。", f"line: {{file: {name}}}"), "utf-8")
    return record


def draw_picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(buffer, "PNG")
    return buffer.getvalue()


def read_plan(outcome_path: Path) -> tuple[list[str], int]:
    document = docx.Document(str(outcome_path))
    return [paragraph.text for paragraph in document.paragraphs], len(document.inline_shapes)


def test_a_markdown_file_with_a_picture_beside_it(tmp_path: Path, options: Options) -> None:
    (tmp_path / "正文").mkdir()
    (tmp_path / "正文" / "风.png").write_bytes(draw_picture())
    (tmp_path / "正文" / "放线.md").write_text("## 线轮\n\n先慢后快。\n\n![风向](风.png)\n", "utf-8")
    outcome = build_record(write_record(tmp_path, "正文/放线.md"), tmp_path / "out", options)
    assert outcome.diagnostics == ()
    lines, pictures = read_plan(outcome.outputs[0].path)
    assert {"（一）线轮", "先慢后快。", "图1　风向"} <= {line.replace("  ", "　") for line in lines}
    assert pictures == 1


def test_a_word_file_with_a_heading_a_list_and_a_picture(tmp_path: Path, options: Options) -> None:
    source = docx.Document()
    source.add_heading("线轮", 1)
    source.add_paragraph("先慢后快。")
    source.add_picture(io.BytesIO(draw_picture()))
    source.save(str(tmp_path / "放线.docx"))
    outcome = build_record(write_record(tmp_path, "放线.docx"), tmp_path / "out", options)
    assert outcome.diagnostics == ()
    lines, pictures = read_plan(outcome.outputs[0].path)
    assert {"（一）线轮", "先慢后快。"} <= set(lines)
    assert pictures == 1


def test_a_picture_outside_the_records_folder_is_not_shown(tmp_path: Path, options: Options) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "secret.png").write_bytes(draw_picture())
    (inner / "a.md").write_text("![x](../secret.png)\n", "utf-8")
    found = check_record(write_record(inner, "a.md"), options).diagnostics
    assert [item.code for item in found] == ["R143"]


def test_a_prose_file_that_is_not_there_is_named(tmp_path: Path, options: Options) -> None:
    found = check_record(write_record(tmp_path, "没有.md"), options).diagnostics
    assert [(item.code, item.params["value"]) for item in found] == [("R127", "没有.md")]
