"""What a clerk mends in a workbook is seen, whatever it was, and is told with the place where it stands now."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from acceptance.command_line import CommandLine
from acceptance.test_batch_workbook import Clerk, count


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
