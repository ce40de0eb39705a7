"""The shipped samples, built by the real pipeline: documents, package, verification, and what a receiver finds."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import yaml
from support.office_schemas import OoxmlCheck
from support.office_tools import Office

from docgen.archive.verify.package import verify_package
from docgen.diagnostics import Severity
from docgen.pipeline import Options, Outcome, build_record
from docgen.profile.load import find_profile
from docgen.resources import Resources

ROOT = Path(__file__).resolve().parents[2]
RECORDS = sorted(path for path in ROOT.glob("samples/*/*/record.yaml") if path.parent.name != "negative")
COMPLETE = ROOT / "samples" / "db3203-t1023-2023" / "complete" / "record.yaml"

LIVE_FORMULAS = {"db3203-t1023-2023": 21, "db4201-t665-2022": 12, "db4201-t629-2020": 61}
"""How many formulas a sample of a standard has at least."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return build_record(COMPLETE, tmp_path_factory.mktemp("sample"), Options())


def package_of(outcome: Outcome) -> Path:
    return next(output.path for output in outcome.outputs if output.kind == "package")


def read_members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {entry.filename: package.read(entry) for entry in package.infolist()}


def read_told(sample: Path) -> list[str]:
    """The warnings that a sample is meant to show (``expected.yaml`` beside its record): none, for most of them."""
    path = sample / "expected.yaml"
    told = yaml.safe_load(path.read_text("utf-8")) if path.exists() else []
    assert all(item["severity"] == "warning" for item in told)
    return [item["code"] for item in told]


def test_every_sample_builds_with_the_warnings_that_it_shows(tmp_path: Path) -> None:
    assert RECORDS
    for record in RECORDS:
        outcome = build_record(record, tmp_path / record.parent.name, Options())
        found = [item.code for item in outcome.diagnostics if item.severity is not Severity.INFO]
        assert sorted(found) == sorted(read_told(record.parent)), record
        report = verify_package(package_of(outcome))
        assert report.is_intact, report.diagnostics


def test_the_guard_finds_nothing_in_a_sample_and_changes_no_byte(built: Outcome, tmp_path: Path) -> None:
    guarded = build_record(COMPLETE, tmp_path, Options(guard=True))
    assert guarded.diagnostics == built.diagnostics
    assert package_of(guarded).read_bytes() == package_of(built).read_bytes()


def test_the_documents_of_the_standard_are_filed_by_its_steps(built: Outcome) -> None:
    members = [name.partition("/")[2] for name in read_members(package_of(built))]
    filed = sorted(name.split("/")[1] for name in members if name.startswith("data/"))
    assert sorted(set(filed)) == [
        "a_前期准备",
        "b_制定工作计划",
        "c_项目启动",
        "d_现场调研",
        "e_制定方案",
        "f_方案实施",
        "g_绩效改进",
        "h_验收评价",
        "i_编写优良案例",
        "j_总结",
    ]
    profile = find_profile(Resources(), "db3203-t1023-2023").profile
    for document in profile.documents:
        copies = {"project": 1, "parties[]": 1, "enterprises[]": 2, "trainings[]": 6}[document.per]
        count = copies * len(document.template_names)
        made = [name for name in members if f"_{document.title}" in name and "签章扫描件" not in name]
        assert len(made) == count, document.title
    evidence = [name for name in members if name.endswith((".jpg", ".pdf"))]
    given = [path for path in (COMPLETE.parent / "佐证材料").rglob("*") if path.is_file()]
    assert len(evidence) == len(given)


def test_two_builds_are_the_same_bytes(built: Outcome, tmp_path: Path) -> None:
    again = build_record(COMPLETE, tmp_path, Options())
    for one, two in zip(built.outputs, again.outputs, strict=True):
        assert one.path.name == two.path.name
        assert one.path.read_bytes() == two.path.read_bytes(), one.path.name


def test_every_office_file_holds_to_the_schemas(built: Outcome, ooxml_check: OoxmlCheck, tmp_path: Path) -> None:
    checked = 0
    for name, data in read_members(package_of(built)).items():
        if name.endswith((".docx", ".xlsx")):
            path = tmp_path / f"{checked}{Path(name).suffix}"
            path.write_bytes(data)
            assert ooxml_check(path) == [], name
            checked += 1
    assert checked >= 57


def test_formulas_carry_their_values(built: Outcome) -> None:
    books = {name: data for name, data in read_members(package_of(built)).items() if name.endswith(".xlsx")}
    formulas = 0
    for name, data in books.items():
        live = openpyxl.load_workbook(io.BytesIO(data))
        cached = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        for sheet in live:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f":
                        formulas += 1
                        assert cached[sheet.title][cell.coordinate].value is not None or cell.value, name
    assert formulas > 20


def test_the_summary_draws_the_grades(built: Outcome) -> None:
    (book,) = (data for name, data in read_members(package_of(built)).items() if "_验收评价汇总表" in name)
    sheet = openpyxl.load_workbook(io.BytesIO(book), data_only=True)["汇总"]
    rows = {row[1]: row[11:13] for row in sheet.iter_rows(min_row=4, max_row=5, values_only=True)}
    assert rows == {"徐州澄砺消防器材有限公司": (80, "优秀"), "丰县棠沙里食品有限公司": (50, "良好")}
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        grades, totals = (parts.read(f"xl/charts/chart{number}.xml").decode() for number in (1, 2))
    assert re.findall(r"<(?:c:)?v>([^<]*)<", grades) == ["优秀", "良好", "合格", "不合格", "1", "1", "0", "0"]
    assert re.findall(r"<(?:c:)?v>([^<]*)<", totals)[-2:] == ["80", "50"]


def compare_formulas(path: Path, recalculated: Path) -> tuple[int, list[tuple[str, object, object]]]:
    """How many formulas a workbook has, and those whose stored value differs from the recalculated one."""
    before = openpyxl.load_workbook(path, data_only=True)
    after = openpyxl.load_workbook(recalculated, data_only=True)
    compared, differing = 0, []
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    compared += 1
                    ours = before[sheet.title][cell.coordinate].value or ""
                    theirs = after[sheet.title][cell.coordinate].value or ""
                    if ours != theirs:
                        differing.append((cell.coordinate, ours, theirs))
    return compared, differing


@pytest.mark.office
@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.parent.name)
def test_recalculation_agrees_with_every_value(record: Path, office: Office, tmp_path: Path) -> None:
    outcome = build_record(record, tmp_path / "built", Options(package=False))
    books = [output.path for output in outcome.outputs if output.path.suffix == ".xlsx"]
    compared = 0
    for book, again in zip(books, office.convert_all(books, "xlsx", tmp_path / "again"), strict=True):
        count, differing = compare_formulas(book, again)
        assert differing == [], book.name
        compared += count
    assert compared >= LIVE_FORMULAS.get(record.parents[1].name, 0)


@pytest.mark.office
def test_a_wrong_stored_value_would_be_noticed(built: Outcome, office: Office, tmp_path: Path) -> None:
    book = next(
        output.path for output in built.outputs if "成效评价表" in output.path.name and output.path.suffix == ".xlsx"
    )
    members = read_members(book)
    sheet = members["xl/worksheets/sheet1.xml"]
    assert sheet.count(b"<v>80</v>") == 1
    members["xl/worksheets/sheet1.xml"] = sheet.replace(b"<v>80</v>", b"<v>81</v>")
    wrong = tmp_path / "wrong.xlsx"
    with zipfile.ZipFile(wrong, "w") as package:
        for name, data in members.items():
            package.writestr(name, data)
    _, differing = compare_formulas(wrong, office.to_xlsx(wrong, tmp_path / "again"))
    assert [(ours, theirs) for _, ours, theirs in differing] == [(81, 80)]


@pytest.mark.office
def test_every_document_opens_and_has_pages(built: Outcome, office: Office, tmp_path: Path) -> None:
    import pypdf

    paths = [it.path for it in built.outputs if it.path.suffix == ".docx" and "澄砺" in it.path.name]
    assert len(paths) > 15
    for pdf in office.convert_all(paths, "pdf", tmp_path):
        pages = [page.extract_text() for page in pypdf.PdfReader(pdf).pages]
        assert all(text.strip() for text in pages), f"an empty page in {pdf.name}"


Change = Callable[[dict[str, bytes]], dict[str, bytes]]


def flip_byte(members: dict[str, bytes]) -> dict[str, bytes]:
    name = next(name for name in members if name.endswith(".pdf"))
    data = bytearray(members[name])
    data[len(data) // 2] ^= 1
    return {**members, name: bytes(data)}


def remove_file(members: dict[str, bytes]) -> dict[str, bytes]:
    gone = next(name for name in members if name.endswith(".jpg"))
    return {name: data for name, data in members.items() if name != gone}


def add_file(members: dict[str, bytes]) -> dict[str, bytes]:
    top = next(iter(members)).partition("/")[0]
    return {**members, f"{top}/data/b_制定工作计划/补充.txt": b"added"}


def rename_file(members: dict[str, bytes]) -> dict[str, bytes]:
    old = next(name for name in members if name.endswith(".jpg"))
    return {(name.replace(".jpg", "_new.jpg") if name == old else name): data for name, data in members.items()}


@pytest.mark.parametrize(
    ("change", "code"), [(flip_byte, "V131"), (remove_file, "V132"), (add_file, "V133"), (rename_file, "V134")]
)
def test_what_was_changed_is_named_exactly(built: Outcome, tmp_path: Path, change: Change, code: str) -> None:
    members = read_members(package_of(built))
    changed = change(members)
    path = tmp_path / "changed.zip"
    with zipfile.ZipFile(path, "w") as package:
        for name, data in changed.items():
            package.writestr(name, data)
    report = verify_package(path)
    touched = {name for name in {*members, *changed} if members.get(name) != changed.get(name)}
    found = [item for item in report.diagnostics if item.code == code]
    assert len(found) == 1
    assert found[0].severity is Severity.ERROR
    assert found[0].location.member in touched
    fixity = [item for item in report.diagnostics if item.code.startswith("V13")]
    assert fixity == found, "nothing else is accused"


def test_an_unpacked_package_is_a_valid_bag(built: Outcome, tmp_path: Path) -> None:
    import bagit

    shutil.unpack_archive(package_of(built), tmp_path)
    assert bagit.Bag(str(next(tmp_path.iterdir()))).is_valid()
