"""The 编制说明 made from its own facts, held against what the published one says."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
import yaml
from support.command_line import CommandLine

ROOT = Path(__file__).resolve().parents[2]
RECORD = ROOT / "samples" / "chengdu-sme-guide-2024" / "drafting" / "record.yaml"
FACTS = ROOT / "tests" / "facts" / "chengdu-drafting-explanation.yaml"
HEADINGS = ("DocgenHeading1", "DocgenHeading2", "DocgenHeading3")


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(FACTS.read_text("utf-8"))
    return loaded


@pytest.fixture
def made(docgen: CommandLine, tmp_path: Path) -> Any:
    ran = docgen("build", RECORD, "-o", tmp_path)
    assert ran.code == 0, ran.err
    (path,) = tmp_path.rglob("编制说明.docx")
    return docx.Document(str(path))


def test_it_has_the_eleven_chapters_and_their_sections(made: Any, facts: dict[str, Any]) -> None:
    headings = [(item.style.style_id, item.text) for item in made.paragraphs if item.style.style_id in HEADINGS]
    assert [text for style, text in headings if style == HEADINGS[0]] == facts["chapters"]
    assert [text for style, text in headings if style != HEADINGS[0]] == facts["sections"]


def test_it_has_table_1_with_eighteen_rows(made: Any, facts: dict[str, Any]) -> None:
    (table,) = made.tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[0] == facts["table"]["header"]
    assert len(rows) == 19
    for row, wanted in zip(rows[1:], facts["table"]["rows"], strict=True):
        assert row[:4] == wanted[:4]
        assert row[4].startswith(wanted[4])
    captions = [item.text for item in made.paragraphs if item.style.style_id == "DocgenCaption"]
    assert captions == [facts["table"]["caption"]]


def test_it_begins_with_its_cover_and_has_no_line_that_the_source_has_not(made: Any, facts: dict[str, Any]) -> None:
    texts = [item.text for item in made.paragraphs if item.text]
    first = texts.index(facts["chapters"][0])
    assert texts[:first] == [*facts["cover"], *facts["title"]]
    last = next(at for at, text in enumerate(texts) if text.startswith("十一、"))
    assert texts[last + 2 :] == ["《中小企业质量提升服务指南》标准起草组", facts["date"]]
    cover, text = made.sections
    assert not cover.footer.is_linked_to_previous or not any(item.text for item in cover.footer.paragraphs)
    assert text.footer.paragraphs


def test_it_has_the_same_figures_and_date(made: Any, facts: dict[str, Any]) -> None:
    texts = [item.text for item in made.paragraphs]
    whole = "\n".join(texts)
    assert [figure for figure in facts["figures"] if figure not in whole] == []
    assert facts["date"] in texts


def test_the_sources_own_data_shows_both_warnings(docgen: CommandLine) -> None:
    ran = docgen.json("check", RECORD)
    assert ran.code == 0
    drafter, stage = ran.document["diagnostics"]
    assert (drafter["code"], drafter["severity"]) == ("C332", "warning")
    assert "四川中准智达科技有限公司" in drafter["message"]
    assert (stage["code"], stage["severity"]) == ("C331", "warning")
    assert "2023-08" in stage["message"]


def test_a_tally_that_does_not_add_up_is_an_error(docgen: CommandLine, tmp_path: Path) -> None:
    record = tmp_path / "record.yaml"
    text = RECORD.read_text("utf-8")
    assert text.count("rejected: 6") == 1
    record.write_text(text.replace("rejected: 6", "rejected: 7"), "utf-8")
    ran = docgen.json("check", record)
    assert ran.code == 1
    (found,) = (item for item in ran.document["diagnostics"] if item["severity"] == "error")
    assert (found["code"], found["clause"]) == ("C330", "三(三)4")
    assert "44 + 5 + 7 = 56" in found["message"]
    assert found["location"]["line"] == 1 + text[: text.index("collected:")].count("\n")


def test_the_package_says_that_nothing_was_served(docgen: CommandLine, tmp_path: Path) -> None:
    docgen("build", RECORD, "-o", tmp_path)
    (package,) = tmp_path.glob("*.zip")
    with zipfile.ZipFile(package) as archive:
        names = archive.namelist()
        index = json.loads(archive.read(next(name for name in names if name.endswith("/package.json"))))
    states = [(item["status"], item["reason"]) for item in index["items"] if item["status"] != "present"]
    assert states == [("not_applicable", "依记录，本项目为标准编制，没有服务企业")] * 7
    # it follows from the record: nobody gave a reason, so no page reads as if somebody had
    assert not [name for name in names if "不适用说明" in name]
    assert docgen("verify", package).code == 0


def drop_section(folder: Path, key: str) -> Path:
    """The sample's record without the prose of one section."""
    lines = RECORD.read_text("utf-8").splitlines(keepends=True)
    start = next(at for at, line in enumerate(lines) if line.startswith(f"      {key}: |"))
    stop = next(at for at in range(start + 1, len(lines)) if lines[at].strip() and not lines[at].startswith("        "))
    path = folder / "record.yaml"
    path.write_text("".join([*lines[:start], *lines[stop:]]), "utf-8")
    return path


def test_a_section_without_prose_is_missed_by_its_title(docgen: CommandLine, tmp_path: Path) -> None:
    record = drop_section(tmp_path, "feasibility")
    (found,) = (item for item in docgen.json("check", record).document["diagnostics"] if item["severity"] == "error")
    assert (found["code"], found["clause"]) == ("R202", "一(二)")
    assert "可行性" in found["message"]
    docgen("build", record, "-o", tmp_path / "out", "--draft")
    (path,) = (tmp_path / "out").rglob("编制说明.docx")
    assert "【缺：可行性】" in [item.text for item in docx.Document(str(path)).paragraphs]


def test_a_blank_form_has_every_heading_and_room_below(
    docgen: CommandLine, tmp_path: Path, facts: dict[str, Any]
) -> None:
    docgen("build", RECORD, "-o", tmp_path, "--blank", "--only", "drafting-explanation")
    (path,) = tmp_path.rglob("编制说明.docx")
    made = docx.Document(str(path))
    texts = [item.text for item in made.paragraphs]
    # what an author sets as headings of the third level isn't there without the prose
    wanted = [*facts["chapters"], *(item for item in facts["sections"] if item.startswith("（"))]
    assert [heading for heading in wanted if heading not in texts] == []
    assert len(made.tables[0].rows) > 1
    assert "陈亮" not in "".join(cell.text for row in made.tables[0].rows for cell in row.cells)
