"""What differs between two files, told as a person would."""

from __future__ import annotations

import json
from pathlib import Path

import docx
import openpyxl
import pytest
from support.command_line import CommandLine

from docgen.diagnostics import NOWHERE, Term
from docgen.errors import SourceError
from docgen.pipeline import Change, Options, compare_files
from docgen.pipeline.comparison.fields import ComparedValue, FieldComparer, match_items
from docgen.pipeline.comparison.prose import compare_lines
from docgen.record.parts import Activity
from docgen.record.record import Record

ROOT = Path(__file__).resolve().parents[4]
SAMPLE = ROOT / "samples" / "db3203-t1023-2023" / "complete" / "record.yaml"


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def compare(before: Record, after: Record) -> list[Change]:
    comparer = FieldComparer(lambda key: {"swallow": "燕子风筝社"}.get(key, key))
    old, new = (ComparedValue(record, (), lambda _place, _key: NOWHERE) for record in (before, after))
    return list(comparer.compare((), old, new))


def make_record(**fields: object) -> Record:
    return Record.model_validate({"profile": "x", **fields})


def test_a_changed_field_is_named_from_outside_in() -> None:
    old = make_record(enterprises=[{"key": "swallow", "name": "燕子风筝社", "staff": "12"}])
    new = make_record(enterprises=[{"key": "swallow", "name": "燕子风筝社", "staff": "15"}])
    (change,) = compare(old, new)
    assert (change.kind, change.before, change.after) == ("changed", "12", "15")
    assert change.names == (Term("label.Record.enterprises"), "燕子风筝社", Term("label.Enterprise.staff"))


def test_equal_records_differ_in_nothing() -> None:
    record = make_record(enterprises=[{"key": "swallow", "staff": "12"}])
    assert compare(record, record) == []


def test_items_are_matched_by_key_whatever_their_order() -> None:
    one, two, three = (Activity(key=key) for key in "abc")
    assert match_items((one, two), (two, three)) == [(0, None), (1, 0), (None, 1)]


def test_items_without_a_key_are_aligned_by_content() -> None:
    assert match_items((("x",), ("y",)), (("new",), ("x",), ("y",))) == [(None, 0), (0, 1), (1, 2)]


def test_what_came_and_went_is_told_once_not_field_by_field() -> None:
    old = make_record(activities=[{"key": "a", "title": "启动会", "date": "2030-01-01"}])
    new = make_record(activities=[{"key": "b", "title": "总结会", "date": "2030-02-01"}])
    assert [(change.kind, change.names[-1]) for change in compare(old, new)] == [
        ("removed", "启动会"),
        ("added", "总结会"),
    ]


def test_attendance_is_told_by_the_name_of_who_came() -> None:
    old = make_record(trainings=[{"key": "t", "title": "培训", "attendance": {"swallow": "3"}}])
    new = make_record(trainings=[{"key": "t", "title": "培训", "attendance": {"swallow": "5"}}])
    (change,) = compare(old, new)
    assert change.names[1:] == ("培训", Term("label.Training.attendance"), "燕子风筝社")


def test_a_text_tells_which_paragraphs_changed() -> None:
    old = make_record(activities=[{"key": "a", "content": "第一段。\n\n第二段。"}])
    new = make_record(activities=[{"key": "a", "content": "第一段。\n\n改过的第二段。"}])
    (change,) = compare(old, new)
    assert change.area == "section"
    assert [(line.kind, line.text) for line in change.lines] == [("removed", "第二段。"), ("added", "改过的第二段。")]


def test_yes_and_no_are_words() -> None:
    evidence = {"key": "e", "file": "a.jpg", "kind": "photograph"}
    old = make_record(evidence=[evidence])
    new = make_record(evidence=[{**evidence, "confidential": "是"}])
    (change,) = compare(old, new)
    assert (change.before, change.after) == (Term("diff.no"), Term("diff.yes"))


def test_a_figure_keeps_its_digits() -> None:
    def record(after: str) -> Record:
        indicator = {"key": "i", "family": "f", "name": "合格率", "after": after}
        return make_record(enterprises=[{"key": "swallow", "indicators": [indicator]}])

    (change,) = compare(record("98.50"), record("98.60"))
    assert (change.before, change.after) == ("98.50", "98.60")


def test_lines_that_stayed_are_not_told() -> None:
    assert [line.text for line in compare_lines(["甲", "乙"], ["甲", "丙"])] == ["乙", "丙"]


def edit_sample(folder: Path, *replacements: tuple[str, str]) -> Path:
    text = SAMPLE.read_text("utf-8")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    path = folder / "record.yaml"
    path.write_text(text, "utf-8")
    return path


def test_records_tell_scores_and_rules(tmp_path: Path) -> None:
    # the only indicator of its family that was reached: the family's score goes with it
    changed = edit_sample(
        tmp_path, ("before: 81.7, target: 92.0, after: 95.3", "before: 81.7, target: 92.0, after: 90.3")
    )
    comparison = compare_files(SAMPLE, changed, Options())
    scores = [(change.names[-1], change.before, change.after) for change in comparison.select("score")]
    assert (Term("diff.total"), "50", "40") in scores
    assert [values for _name, *values in scores[1:]] == [["10", "0"]]
    codes = {
        change.diagnostic.code for change in comparison.select("rule") if change.diagnostic and change.kind == "added"
    }
    assert "C134" in codes
    (field,) = (change for change in comparison.select("field") if change.before == "95.3")
    assert field.place_before.line is not None


def test_documents_tell_headings_and_paragraphs(tmp_path: Path) -> None:
    for name, body in (("旧.docx", "原来的内容。"), ("新.docx", "现在的内容。")):
        document = docx.Document()
        document.add_heading("总结", 0)
        document.add_heading("成效", 1)
        document.add_paragraph(body)
        document.save(str(tmp_path / name))
    (change,) = compare_files(tmp_path / "旧.docx", tmp_path / "新.docx", Options()).changes
    assert change.names == ("成效",)
    assert [line.text for line in change.lines] == ["原来的内容。", "现在的内容。"]


def test_a_renamed_heading_is_one_change(tmp_path: Path) -> None:
    for name, heading in (("a.md", "成效"), ("b.md", "成效与启示")):
        (tmp_path / name).write_text(f"# 总结\n\n## {heading}\n\n内容。\n", "utf-8")
    (change,) = compare_files(tmp_path / "a.md", tmp_path / "b.md", Options()).changes
    assert (change.names[-1], change.before, change.after) == (Term("diff.heading"), "成效", "成效与启示")


def test_workbooks_tell_cells_and_sheets(tmp_path: Path) -> None:
    for name, value in (("a.xlsx", 1), ("b.xlsx", "=1+1")):
        book = openpyxl.Workbook()
        book.active.title = "表"
        book.active["B2"] = value
        if name == "b.xlsx":
            book.create_sheet("新表")
        book.save(tmp_path / name)
    cell, sheet = compare_files(tmp_path / "a.xlsx", tmp_path / "b.xlsx", Options()).changes
    assert (cell.names[-1], cell.before, cell.after) == ("B2", "1", "=1+1")
    assert cell.place_after.cell == "B2"
    assert (sheet.kind, sheet.names) == ("added", (Term("diff.sheet", {"name": "新表"}),))


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (("a.md", "gone.md"), "D101"),
        (("a.doc", "a.md"), "D102"),
        (("a.zip", "a.zip"), "D103"),
        (("a.xlsx", "a.xlsx"), "D104"),
        (("a.md", "a.xlsx"), "D105"),
    ],
)
def test_what_cannot_be_compared_is_said(tmp_path: Path, names: tuple[str, str], code: str) -> None:
    for name in ("a.md", "a.doc", "a.zip", "a.xlsx"):
        (tmp_path / name).write_bytes(b"# \xe6\x96\x87\n")
    with pytest.raises(SourceError) as fault:
        compare_files(tmp_path / names[0], tmp_path / names[1], Options())
    assert [item.code for item in fault.value.diagnostics] == [code]


def test_the_command_speaks_as_a_person_would(command: CommandLine, tmp_path: Path) -> None:
    changed = edit_sample(tmp_path, ("staff: 46", "staff: 52"))
    ran = command("diff", str(SAMPLE), str(changed))
    assert ran.code == 0
    assert "  ~ 企业 › 徐州澄砺消防器材有限公司 › 从业人数：46 → 52" in ran.out.splitlines()
    told = json.loads(command("diff", str(SAMPLE), str(changed), "--format", "json").out)["comparison"]
    assert (told["kind"], told["same"]) == ("record", False)
    assert told["changes"][0]["location_after"]["line"] > 1


def test_equal_files_are_said_to_be_equal(command: CommandLine) -> None:
    ran = command("diff", str(SAMPLE), str(SAMPLE))
    assert (ran.code, "没有不同" in ran.out) == (0, True)
