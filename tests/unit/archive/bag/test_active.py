"""What acts in documents or reaches outside: told by types, targets and instructions; ordinary documents are clean."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from support.active_files import (
    OFFICE,
    ORDINARY,
    ORDINARY_PDFS,
    PDFS,
    PE,
    PROGRAMS,
    format_formula,
    make_book,
    make_old,
    make_word,
)
from support.archive_samples import make_pdf, make_picture

from docgen.archive.bag import office
from docgen.archive.bag.active import reaches_file
from docgen.archive.bag.office import inspect_office
from docgen.archive.bag.openable import OpenableFile, inspect_document
from docgen.archive.zip.limits import ReadingCost
from docgen.content.pdf import read_pdf
from docgen.content.programs import is_program
from docgen.diagnostics import NOWHERE, Diagnostic, Severity, Term
from docgen.messages import LANGUAGES, catalogue

_BESIDE = {"V165"}
"""Told of files that are searched, but not opened."""


def inspect(name: str, data: bytes) -> list[Diagnostic]:
    return list(inspect_document(OpenableFile(name, NOWHERE, data, None, ReadingCost(size=len(data)))))


def kinds(diagnostics: list[Diagnostic]) -> set[str]:
    terms = (item.params["what"] for item in diagnostics if item.code in ("V167", "E119"))
    return {what.key.rpartition(".")[2] for what in terms if isinstance(what, Term)}


def codes(diagnostics: list[Diagnostic]) -> set[str]:
    return {item.code for item in diagnostics} - _BESIDE


@pytest.mark.parametrize("what", OFFICE)
def test_what_acts_in_a_document_is_a_warning(what: str) -> None:
    suffix, data, kind = OFFICE[what]
    diagnostics = inspect(f"data/a{suffix}", data)
    assert kind in kinds(diagnostics), diagnostics
    assert codes(diagnostics) == {"V167"}
    assert {item.severity for item in diagnostics if item.code == "V167"} == {Severity.WARNING}
    for lang in LANGUAGES:
        assert all(catalogue(lang).message(item) for item in diagnostics)


@pytest.mark.parametrize("what", PDFS)
def test_what_acts_in_a_pdf_is_a_warning(what: str) -> None:
    data, kind = PDFS[what]
    assert kind in {action.kind for action in read_pdf(io.BytesIO(data)).actions}
    diagnostics = inspect("data/a.pdf", data)
    assert codes(diagnostics) == {"E119"}
    assert kind in kinds(diagnostics)


@pytest.mark.parametrize("what", ORDINARY)
def test_an_ordinary_document_is_clean(what: str) -> None:
    suffix, data = ORDINARY[what]
    assert codes(inspect(f"data/a{suffix}", data)) == set()


@pytest.mark.parametrize("what", ORDINARY_PDFS)
def test_an_ordinary_pdf_is_clean(what: str) -> None:
    assert inspect("data/a.pdf", ORDINARY_PDFS[what]) == []


@pytest.mark.parametrize("what", PROGRAMS)
def test_programs_and_scripts_are_warnings(what: str) -> None:
    name, data = PROGRAMS[what]
    diagnostics = inspect(f"data/{name}", data)
    assert "V190" in codes(diagnostics)
    assert {item.severity for item in diagnostics} <= {Severity.WARNING, Severity.INFO}


@pytest.mark.parametrize("name", ["a.docx", "a.txt", "a.jpg", "说明.md", "a.com.pdf", "a.doc", "exe", "v1.2"])
def test_names_of_documents_are_no_programs(name: str) -> None:
    assert not is_program(name, b"text")


def test_what_libraries_write_is_clean(tmp_path: Path) -> None:
    import docx
    import openpyxl

    document = docx.Document()
    document.add_picture(io.BytesIO(make_picture()))
    document.add_table(2, 2)
    document.save(str(tmp_path / "a.docx"))
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["A2"] = "=SUM(B1:B9)", 3
    sheet["A3"].hyperlink = "https://example.org/"
    chart = openpyxl.chart.BarChart()
    chart.add_data(openpyxl.chart.Reference(sheet, min_col=1, min_row=1, max_row=2))
    sheet.add_chart(chart, "C3")
    book.save(tmp_path / "a.xlsx")
    for name in ("a.docx", "a.xlsx"):
        assert inspect(name, (tmp_path / name).read_bytes()) == []


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.docx", make_book(), "V166"),
        ("a.docx", make_old("WordDocument"), "V166"),
        ("a.docx", b"<html><body>1</body></html>", "V166"),
        ("a.xlsx", make_word(), "V166"),
        ("a.xls", make_book(), "V166"),
        ("a.mp4", make_picture(), "V166"),
        ("a.zip", make_word(), "V166"),
        ("a.txt", make_pdf(), "V166"),
        ("a.jpg", make_picture("PNG"), "V166"),
        ("a.jpg", b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + b"\0" * 50, "V166"),
        ("a.jpg", make_pdf(), "V164"),
        ("a.pdf", make_word(), "V162"),
        ("a.docx", make_pdf(), "V161"),
        ("a.docx", make_old("EncryptedPackage"), "V161"),
    ],
)
def test_a_suffix_that_the_content_belies(name: str, data: bytes, code: str) -> None:
    assert codes(inspect(name, data)) == {code}


def test_what_a_file_is_its_content_says() -> None:
    """Under a suffix that says nothing, or something else, what acts is found all the same."""
    assert kinds(inspect("a.dat", PDFS["launch"][0])) == {"launch"}
    assert kinds(inspect("a.dat", OFFICE["macros"][1])) == {"macro"}
    assert kinds(inspect("a", OFFICE["old Word with macros"][1])) == {"macro"}
    assert kinds(inspect("a.docx", OFFICE["old Word with macros"][1])) == {"macro"}
    assert kinds(inspect("a.txt", OFFICE["RTF with DDE"][1])) == {"dde"}
    assert {"V190", "V166"} <= codes(inspect("a.txt", PE))


@pytest.mark.parametrize(
    ("target", "reaches"),
    [
        ("https://example.org/a.exe", False),
        ("HTTP://example.org", False),
        ("mailto:a@example.org", False),
        ("#表1", False),
        ("", False),
        ("附件1.docx", False),
        ("../证书/a.pdf", False),
        ("www.example.com", False),
        ("example.com:8080/a", False),
        ("file:///c:/a.docx", True),
        ("FILE://server/a", True),
        (" f\u200bile:a", True),
        ("\\\\server\\share", True),
        ("//server/share", True),
        ("D:\\a.docx", True),
        ("d|/a", True),
        ("vbscript:a", True),
        ("data:text/html,a", True),
        ("search-ms:query=a", True),
        ("a/b.EXE?x#y", True),
        ("setup.msi", True),
    ],
)
def test_where_a_link_leads(target: str, reaches: bool) -> None:
    assert reaches_file(target) is reaches


def test_a_part_with_too_many_elements_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "_MAX_SEARCHED", 20)
    data = make_book(format_formula("A1") * 30)
    assert [item.kind for item in inspect_office(data).active] == ["unsearched"]


def test_reading_instructions_is_counted() -> None:
    plain, with_formulas = (ReadingCost(size=1000) for _ in range(2))
    inspect_office(make_book("<c><v>1</v></c>" * 500), plain)
    inspect_office(make_book("<c><f>1</f></c>" * 500), with_formulas)
    assert with_formulas.elements > 1.9 * plain.elements
