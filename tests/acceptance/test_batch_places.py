"""Who gets which name in a batch: the same ones, however many work at it, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from support.batch_clerk import Clerk, call, count, list_combined, number_rows, rename
from support.batch_runs import Batch, expect
from support.batch_runs import count as count_states
from support.command_line import CommandLine


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def list_packages(out: Path) -> set[str]:
    return {path.name.split("_")[1] for path in out.glob("*.zip")}


@pytest.mark.parametrize("step", [1, -1])
@pytest.mark.parametrize("jobs", [1, 2])
def test_names_that_move_to_another_number_move_alike(
    tmp_path: Path, docgen: CommandLine, jobs: int, step: int
) -> None:
    clerk = Clerk(tmp_path, docgen, 6)
    number_rows(clerk.path, [*range(1, 7)])
    assert count(clerk.run()) == (6, 0, 0, 0)
    rename(clerk.path, {call(number): call((number - 1 + step) % 6 + 1) for number in range(1, 7)})
    ran = clerk.run("--jobs", jobs)
    assert (ran.code, count(ran)) == (0, (6, 0, 0, 0)), ran.document
    assert list_packages(clerk.out) == {call(number) for number in range(1, 7)}
    assert count(clerk.run()) == (0, 6, 0, 0)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_faulty_row_does_not_hold_the_name_that_it_had(tmp_path: Path, docgen: CommandLine, jobs: int) -> None:
    clerk = Clerk(tmp_path, docgen, 4)
    number_rows(clerk.path, [*range(1, 5)])
    clerk.run()
    rename(clerk.path, {call(4): call(3), call(3): call(2), call(2): "鹞子风筝社"})
    book = openpyxl.load_workbook(clerk.path)
    for sheet in book:
        headers = {str(cell.value).removesuffix("*"): cell.column for cell in sheet[3]}
        for line in sheet.iter_rows(min_row=5):
            if "检查日期" in headers and any(cell.value == "鹞子风筝社" for cell in line):
                sheet.cell(line[0].row, headers["检查日期"]).value = "三月"  # type: ignore[arg-type]
    book.save(clerk.path)
    ran = clerk.run("--jobs", jobs)
    assert (ran.code, count(ran)) == (1, (2, 1, 1, 0)), ran.document
    assert list_packages(clerk.out) == {call(number) for number in (1, 2, 3)}


def delete_row(path: Path, name: str) -> None:
    """Take an enterprise out of a workbook."""
    book = openpyxl.load_workbook(path)
    for sheet in book:
        for row in range(sheet.max_row, 4, -1):
            if any(cell.value == name for cell in sheet[row]):
                sheet.delete_rows(row)
    book.save(path)


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("saved_as", ["", "第二版.xlsx"])
def test_a_row_that_was_deleted_holds_no_name(tmp_path: Path, docgen: CommandLine, jobs: int, saved_as: str) -> None:
    clerk = Clerk(tmp_path, docgen, 5)
    number_rows(clerk.path, [*range(1, 6)])
    clerk.run()
    if saved_as:
        (clerk.path.parent / saved_as).write_bytes(clerk.path.read_bytes())
        clerk.path = clerk.path.parent / saved_as
    delete_row(clerk.path, call(2))
    number_rows(clerk.path, [*range(1, 5)])
    ran = clerk.run("--jobs", jobs)
    assert (ran.code, count(ran)) == (0, (3, 1, 0, 0)), ran.document
    assert list_packages(clerk.out) >= {call(number) for number in (1, 3, 4, 5)}


def test_a_row_of_another_workbook_keeps_its_name(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 3)
    number_rows(clerk.path, [1, 2, 3])
    clerk.run()
    other = clerk.path.with_name("另一册.xlsx")
    other.write_bytes(clerk.path.read_bytes())
    number_rows(other, [11, 12, 13])
    before = {path.name: path.read_bytes() for path in clerk.out.glob("*.zip")}
    ran = clerk.run(path=other)
    assert (ran.code, count(ran)) == (2, (0, 0, 0, 3)), ran.document
    assert {path.name: path.read_bytes() for path in clerk.out.glob("*.zip")} == before
    told = docgen("batch", other, "-o", clerk.out, "--profiles", clerk.profiles, "--jobs", 1).err
    assert f"填报工作簿.xlsx {call(2)}”" in told


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_record_that_loses_its_name_to_one_before_it_is_told(tmp_path: Path, docgen: CommandLine, jobs: int) -> None:
    """With two at work it was found as it was made, before the one that takes its name is done."""
    batch = Batch(tmp_path, docgen, 3)
    batch.run()
    last, new = batch.records[2], batch.inputs / "第00000家"
    new.mkdir()
    (new / "record.yaml").write_text(last.read_text("utf-8").replace("放线三百米", "放线四百米"), "utf-8")
    words = ("batch", new, batch.inputs, "-o", batch.out, "--profiles", batch.profiles)
    ran = docgen(*words, "--jobs", jobs)
    assert ran.code == 2
    assert ran.err.count("错误 B110") == 1, ran.err
    assert [item["state"] for item in batch.read_results()["results"]] == ["made", "kept", "kept", "failed"]
    again = docgen.json(*words, "--jobs", 2)
    assert count_states(again) == expect(kept=3, failed=1)


def test_workbooks_of_one_project_stay_together_in_the_combined_file(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 3)
    number_rows(clerk.path, [1, 2, 3])
    clerk.change(clerk.path, (2,), "三月")
    other = clerk.path.with_name("另一册.xlsx")
    other.write_bytes(clerk.path.read_bytes())
    number_rows(other, [11, 12, 13])
    rename(other, {call(number): call(number + 10) for number in (1, 2, 3)})
    words = ("--only", "kite-check", "--combine")
    first = clerk.run(other, *words)
    assert count(first) == (4, 0, 2, 0), first.document
    clerk.change(clerk.returned, (2,), "2030-03-02")
    mended = clerk.run(*words, path=clerk.returned)
    assert (mended.code, count(mended)) == (0, (1, 0, 0, 0)), mended.document
    combined = clerk.out / "风筝检查表_合订.docx"
    assert list_combined(combined) == [call(number) for number in (1, 2, 3, 11, 13)]
    theirs = clerk.out / "另一册_退回.xlsx"
    clerk.change(theirs, (12,), "2030-03-02")
    assert clerk.run(*words, path=theirs).code == 0
    assert list_combined(combined) == [call(number) for number in (1, 2, 3, 11, 12, 13)]


def test_a_copy_of_some_rows_takes_no_name_of_the_others(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 3)
    number_rows(clerk.path, [1, 2, 3])
    clerk.change(clerk.path, (2,), "三月")
    assert count(clerk.run()) == (2, 0, 1, 0)
    before = {path.name: path.read_bytes() for path in clerk.out.glob("*.zip")}
    clerk.change(clerk.returned, (2,), "2030-03-02")
    rename(clerk.returned, {call(2): call(3)})
    ran = clerk.run(path=clerk.returned)
    assert (ran.code, count(ran)) == (2, (0, 0, 0, 1)), ran.document
    assert {path.name: path.read_bytes() for path in clerk.out.glob("*.zip")} == before
