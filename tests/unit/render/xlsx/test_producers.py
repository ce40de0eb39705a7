"""One form as openpyxl, XlsxWriter, LibreOffice, exceljs, SheetJS and people wrote it: read the same, all follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from support.followed_rows import Rows, list_cells, list_references, make_context
from support.office_schemas import find_faults
from support.office_tools import Office

from docgen.render.xlsx.template import XlsxTemplate

pytestmark = pytest.mark.heavy

FOLDER = Path(__file__).resolve().parents[3] / "books"
BOOKS = sorted(path.stem for path in FOLDER.glob("*.xlsx"))


def render(name: str, count: int) -> bytes:
    rendered = XlsxTemplate.compile((FOLDER / f"{name}.xlsx").read_bytes(), name).render(make_context(count))
    assert not rendered.diagnostics
    return rendered.data


def test_there_are_books_of_every_kind() -> None:
    assert len(BOOKS) >= 40
    kinds = {name.partition("-")[0] for name in BOOKS}
    assert kinds == {"openpyxl", "xlsxwriter", "libreoffice", "exceljs", "sheetjs", "hand"}


@pytest.mark.parametrize("name", BOOKS)
def test_every_reference_follows(name: str) -> None:
    template = (FOLDER / f"{name}.xlsx").read_bytes()
    for count in (1, 6):
        assert list_references(render(name, count)) == list_references(template, Rows(count))


@pytest.mark.filterwarnings("ignore::UserWarning")  # of what openpyxl doesn't read
@pytest.mark.parametrize("count", [0, 6])
def test_libreoffice_reads_and_calculates_the_same(count: int, office: Office, tmp_path: Path) -> None:
    for name in BOOKS:
        (tmp_path / f"{name}.xlsx").write_bytes(render(name, count))
    known: dict[str, Any] = make_context(count)
    made = office.convert_all([tmp_path / f"{name}.xlsx" for name in BOOKS], "xlsx", tmp_path / "saved")
    for path in made:
        book = load_workbook(path, data_only=True)
        expected = list_cells(count)
        if path.stem == "openpyxl-arrays":
            expected[-1][2], expected[-1][5] = float(known["total"]), float(known["most"])
        rows = [[cell.value for cell in row[:7]] for row in book["台账"].iter_rows(max_row=len(expected))]
        assert rows == expected, path.stem
        sums = [cell.value for cell in book["汇总"]["B"] if cell.value is not None]
        assert sums == [known["total"], known["total"], count, known["total"], known["total"]][: len(sums)], path.stem
        assert len(sums) >= 3
    groups = load_workbook(tmp_path / "saved" / "openpyxl-nested.xlsx", data_only=True)["分组"]
    assert groups.cell(groups.max_row, 2).value == known["count"]


@pytest.mark.parametrize("name", BOOKS)
def test_what_is_made_has_no_more_faults_than_its_template(name: str, tmp_path: Path) -> None:
    for count in (0, 6):
        path = tmp_path / "made.xlsx"
        path.write_bytes(render(name, count))
        told = {fault.partition(": ")[2] for fault in find_faults(FOLDER / f"{name}.xlsx")}
        assert not [fault for fault in find_faults(path) if fault.partition(": ")[2] not in told]
