"""What a clerk mends in a workbook is seen, whatever it was, and is told with the place where it stands now."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from support.batch_clerk import Clerk, count, list_combined, number_rows
from support.batch_runs import Batch, expect
from support.batch_runs import count as count_states
from support.command_line import CommandLine

from docgen.batch.records.combine import name_combined
from docgen.render.docx.merging.merge import MergedDocument
from docgen.render.docx.merging.sections import MergeError


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def test_merged_cells_that_were_parted_again(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 4)
    sound = clerk.path.read_bytes()
    book = openpyxl.load_workbook(clerk.path)
    book["风筝检查表"].merge_cells("C5:C7")
    book.save(clerk.path)
    assert count(clerk.run("--only", "kite-check")) == (1, 0, 3, 0)
    clerk.path.write_bytes(sound)
    mended = clerk.run("--only", "kite-check")
    assert (mended.code, count(mended)) == (0, (3, 1, 0, 0)), mended.document


def test_a_wrong_result_in_a_cell_that_may_be_empty(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 3)

    def write(value: str | None) -> None:
        book = openpyxl.load_workbook(clerk.path)
        sheet = book["企业"]
        (column,) = (cell.column for cell in sheet[3] if str(cell.value).startswith("主要产品"))
        sheet.cell(6, column).value = value  # type: ignore[arg-type]
        book.save(clerk.path)

    write(None)
    assert count(clerk.run()) == (3, 0, 0, 0)
    write("#N/A")
    spoiled = clerk.run()
    assert (spoiled.code, count(spoiled)) == (1, (0, 2, 1, 0)), spoiled.document
    write(None)
    mended = clerk.run()
    assert (mended.code, count(mended)) == (0, (1, 2, 0, 0)), mended.document


def test_places_are_those_of_the_workbook_as_it_is(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 4)
    clerk.change(clerk.path, (3,), "三月")

    def list_places() -> list[str]:
        results = [item for item in clerk.read_results() if item["state"] == "faulty"]
        return [found["cell"] for item in results for found in item["diagnostics"] if found["code"] == "R106"]

    assert count(clerk.run("--only", "kite-check")) == (3, 0, 1, 0)
    assert list_places() == ["C7"]
    book = openpyxl.load_workbook(clerk.path)
    book["风筝检查表"].insert_rows(6)
    book.save(clerk.path)
    moved = clerk.run("--only", "kite-check")
    assert count(moved) == (0, 3, 1, 0), moved.document
    assert list_places() == ["C8"]
    marked = openpyxl.load_workbook(clerk.returned)["风筝检查表"]
    assert [cell.coordinate for line in marked.iter_rows(min_row=5) for cell in line if cell.value == "三月"] == [
        cell.coordinate for line in marked.iter_rows(min_row=5) for cell in line if cell.comment is not None
    ]


def test_a_file_that_comes_under_a_nearly_right_name(tmp_path: Path, docgen: CommandLine) -> None:
    batch = Batch(tmp_path, docgen, 2)
    record = batch.records[0]
    with record.open("a", encoding="utf-8") as file:
        file.write("evidence:\n  - {key: a, kind: photograph, title: 照片, file: 附件/a.txt}\n")

    def list_codes() -> set[str]:
        codes = {item["code"] for item in batch.read_results()["results"][0]["diagnostics"]}
        return codes & {"E101", "E102"}

    assert count_states(batch.run()) == expect(made=1, faulty=1)
    assert list_codes() == {"E101"}
    (record.parent / "附件").mkdir()
    (record.parent / "附件" / "A.TXT").write_text("说明", "utf-8")
    if (record.parent / "附件" / "a.txt").exists():
        pytest.skip("here both names are one")
    assert count_states(batch.run()) == expect(kept=1, faulty=1)
    assert list_codes() == {"E102"}
    (record.parent / "附件" / "A.TXT").rename(record.parent / "附件" / "a.txt")
    assert count_states(batch.run()) == expect(made=1, kept=1)


def test_the_combined_file_is_ours_even_when_a_document_is_not_in_it(
    tmp_path: Path, docgen: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = Clerk(tmp_path, docgen, 3)
    words = ("--only", "kite-check", "--combine")
    true, added = MergedDocument.add, []

    def refuse_second(self: MergedDocument, data: bytes) -> None:
        added.append(data)
        if len(added) == 2:
            raise MergeError("merge.notes")
        true(self, data)

    with monkeypatch.context() as patched:
        patched.setattr(MergedDocument, "add", refuse_second)
        assert clerk.run(*words).codes == ["B121"]
    combined = clerk.out / "风筝检查表_合订.docx"
    assert list_combined(combined) == [f"燕子第{row}风筝社" for row in (1, 3)]
    again = clerk.run(*words)
    assert (again.code, again.codes) == (0, []), again.document
    assert list_combined(combined) == [f"燕子第{row}风筝社" for row in (1, 2, 3)]
    clerk.change(clerk.path, (1, 2, 3), "三月")
    assert count(clerk.run(*words)) == (0, 0, 3, 0)
    assert not combined.exists()  # what it held is out of date


def test_combined_files_of_several_templates_have_names_of_their_own() -> None:
    title, tail = "放飞计划" * 30, "_填报工作簿" * 9
    names = {name_combined(title, tail, position) for position in (1, 2, 12)}
    assert len(names) == 3
    assert all(len(name.removesuffix(".docx")) <= 75 for name in names)
    assert name_combined("放飞计划", "", 2) == "放飞计划_合订_2.docx"


def test_what_only_failed_does_not_go_back_to_the_clerk(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 3)
    number_rows(clerk.path, [1, 2, 3])
    clerk.change(clerk.path, (2,), "三月")
    (clerk.out).mkdir()
    (clerk.out / "FZ-1_燕子第3风筝社_春季放飞.zip").write_bytes(b"somebody's")
    words = ("batch", clerk.path, "-o", clerk.out, "--profiles", clerk.profiles, "--jobs", 1)
    ran = docgen(*words)
    assert ran.code == 2
    names = [row[1].value for row in openpyxl.load_workbook(clerk.returned)["企业"].iter_rows(min_row=5)]
    assert [name for name in names if name] == ["燕子第2风筝社"]
    assert "各份记录的错误和改法见" in ran.err + ran.out
    (clerk.out / "FZ-1_燕子第3风筝社_春季放飞.zip").unlink()
    again = docgen(*words)
    assert again.code == 1
    assert "各份记录的错误和改法见" not in again.err + again.out
    assert "换成它" in again.err + again.out


def test_a_workbook_whose_name_is_not_utf8_stops_nobody(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 2)
    foreign = clerk.path.with_name("企业乙".encode("gbk").decode("utf-8", "surrogateescape") + ".xlsx")
    try:
        foreign.write_bytes(clerk.path.read_bytes())
    except (OSError, UnicodeError):
        pytest.skip("this system's file names are UTF-8")
    ran = clerk.run(foreign, "--only", "kite-check")
    assert count(ran) == (2, 0, 0, 0), ran.document
    assert ran.codes == ["B124"]
    assert ran.code > 0
