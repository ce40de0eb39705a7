"""The check of Office files finds what is wrong; what it is told to overlook is no more than what it says."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from support.office_schemas import find_faults

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


def spoil(folder: Path, template: str, part: str, old: str, new: str) -> Path:
    """A copy of a template with another text in one of its parts."""
    path = folder / Path(template).name
    with ZipFile(TEMPLATES / template) as source, ZipFile(path, "w", ZIP_DEFLATED) as target:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == part:
                assert old.encode() in data
                data = data.replace(old.encode(), new.encode(), 1)
            target.writestr(entry.filename, data)
    return path


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("template", "part", "old", "new", "told"),
    [
        ("docx/form.docx", "word/document.xml", "<w:sectPr", "<w:bogus/><w:sectPr", "bogus"),
        ("docx/form.docx", "word/document.xml", "<w:tblGrid>", "<w:tblGrid><w:tr/>", "'tr'"),
        ("docx/form.docx", "word/document.xml", 'w:type="dxa"', 'w:type="dxz"', "dxz"),
        ("docx/form.docx", "word/_rels/document.xml.rels", 'Target="styles.xml"', 'Target="gone.xml"', "gone.xml"),
        ("xlsx/register.xlsx", "xl/styles.xml", "<font>", "<font><bogus/>", "bogus"),
        ("xlsx/register.xlsx", "xl/worksheets/sheet1.xml", "<sheetData>", "<mergeCells/><sheetData>", "mergeCells"),
        ("xlsx/register.xlsx", "xl/worksheets/sheet1.xml", ' ht="', ' ht="high', "'ht'"),
        ("xlsx/register.xlsx", "xl/worksheets/sheet1.xml", "<sheetData>", "<sheetData", "sheet1.xml: "),
    ],
)
def test_a_fault_is_found(template: str, part: str, old: str, new: str, told: str, tmp_path: Path) -> None:
    assert told in "\n".join(find_faults(spoil(tmp_path, template, part, old, new)))


def test_what_is_no_office_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(b"no zip")
    assert find_faults(path) != []
