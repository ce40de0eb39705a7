"""``docgen template``: the shipped templates fit their documents, a faulty one is told and annotated."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import docx
import openpyxl
import pytest
from support.command_line import PROFILE, ROOT, CommandLine
from support.office_schemas import OoxmlCheck
from support.office_tools import Office

from docgen.profile.load import load_profile
from docgen.render.context.packages import PACKAGE_PAPERS
from docgen.resources import Resources, shipped_folder

TEMPLATES = shipped_folder("templates")


def list_shipped() -> Iterator[tuple[str, str, str]]:
    """Every shipped template with every document of every shipped profile that uses it, and the papers of a package."""
    resources = Resources()
    for folder in resources.profile_folders():
        profile = load_profile(folder, resources).profile
        for document in profile.documents:
            for name in document.template_names:
                yield name, profile.id, document.id
    for paper in PACKAGE_PAPERS:
        found = next(path for path in sorted(TEMPLATES.rglob(f"{paper}.*")) if path.suffix in (".docx", ".xlsx"))
        yield found.relative_to(TEMPLATES).as_posix(), PROFILE, paper


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    document = docx.Document()
    document.add_paragraph("{{ enterprse.name }}")
    document.add_paragraph("{{ enterprise.address }}")
    table = document.add_table(1, 2)
    table.cell(0, 1).text = "{{ form.opinions }}"
    path = tmp_path / "样表.docx"
    document.save(str(path))
    return path


@pytest.mark.parametrize(("name", "profile", "document"), [*list_shipped()])
def test_shipped_templates_fit_their_documents(name: str, profile: str, document: str, run: CommandLine) -> None:
    started = time.perf_counter()
    ran = run.json("template", "check", TEMPLATES / name, "--profile", profile, "--document", document)
    taken = time.perf_counter() - started
    assert [item["message"] for item in ran.document["diagnostics"] if item["severity"] != "info"] == []
    assert ran.code == 0
    assert ran.document["template"]["tags"] > 5
    assert taken < 2


def test_a_sound_template_is_said_to_be(run: CommandLine) -> None:
    path = TEMPLATES / "docx" / "report.docx"
    ran = run("template", "check", path, "--profile", PROFILE, "--document", "work-plan")
    assert ran.code == 0
    assert "没有发现问题" in ran.out
    paper = run(
        "template", "check", TEMPLATES / "docx/package-cover.docx", "--profile", PROFILE, "--document", "package-cover"
    )
    assert "案卷封面" in paper.out


def test_faults_are_told_with_their_places(run: CommandLine, faulty: Path) -> None:
    before = faulty.read_bytes()
    ran = run.json("template", "check", faulty, "--profile", PROFILE, "--document", "diagnosis-confirmation")
    assert ran.code == 1
    assert ran.document["command"] == "template check"
    unknown = ran.find("T301")
    assert unknown["location"] == {
        "kind": "docx",
        "file": str(faulty),
        "part": "word/document.xml",
        "paragraph": 1,
        "excerpt": "{{ enterprse.name }}",
    }
    assert ran.find("T311")["severity"] == "warning"
    assert ran.find("T306")["location"]["paragraph"] == 4
    told = run("template", "check", faulty, "--profile", PROFILE, "--document", "diagnosis-confirmation")
    assert "第 4 段 “{{ form.opinions }}”" in told.err
    assert faulty.read_bytes() == before
    assert [path.name for path in faulty.parent.iterdir()] == [faulty.name]


def test_strict_makes_warnings_errors(run: CommandLine, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"] = "{{ enterprise.address }}"
    book.save(tmp_path / "表.xlsx")
    arguments = ("template", "check", tmp_path / "表.xlsx", "--profile", PROFILE, "--document", "evaluation")
    assert run(*arguments).code == 0
    assert run(*arguments, "--strict").code == 1
    found = run.json(*arguments).find("T311")["location"]
    assert (found["sheet"], found["cell"]) == ("Sheet", "A1")


@pytest.mark.office
def test_the_annotated_copy_opens(run: CommandLine, faulty: Path, tmp_path: Path, office: Office) -> None:
    before, copy = faulty.read_bytes(), tmp_path / "批注.docx"
    arguments = ("template", "check", faulty, "--profile", PROFILE, "--document", "diagnosis-confirmation")
    ran = run.json(*arguments, "--annotate", copy)
    assert ran.code == 1
    assert [output["path"] for output in ran.document["outputs"]] == [str(copy)]
    comments = [comment.text for comment in docx.Document(str(copy)).comments]
    assert len(comments) == len(ran.document["diagnostics"])
    assert any("enterprse" in text for text in comments)
    assert faulty.read_bytes() == before
    assert office.draw_pages(copy, tmp_path / "drawn")


def test_the_annotated_copy_is_valid(run: CommandLine, tmp_path: Path, ooxml_check: OoxmlCheck) -> None:
    template, copy = TEMPLATES / "docx" / "form.docx", tmp_path / "批注.docx"
    ran = run("template", "check", template, "--profile", PROFILE, "--document", "working-group", "--annotate", copy)
    assert ran.code == 0
    assert len(list(docx.Document(str(copy)).comments)) > 1
    assert ooxml_check(copy) == []


def test_an_annotated_copy_replaces_nothing(run: CommandLine, faulty: Path, tmp_path: Path) -> None:
    standing = tmp_path / "已有.docx"
    standing.write_bytes(b"x")
    arguments = ("template", "check", faulty, "--profile", PROFILE, "--document", "evaluation", "--annotate")
    refused = run.json(*arguments, standing)
    assert (refused.code, refused.codes) == (2, ["A101"])
    assert standing.read_bytes() == b"x"
    assert run(*arguments, standing, "--force").code == 1
    assert standing.read_bytes()[:2] == b"PK"
    before = faulty.read_bytes()
    own = run.json(*arguments, faulty, "--force")
    assert (own.code, own.codes) == (2, ["T334"])
    assert faulty.read_bytes() == before


def test_workbooks_take_no_comments(run: CommandLine, tmp_path: Path) -> None:
    path = TEMPLATES / "xlsx" / "package-index.xlsx"
    arguments = ("template", "check", path, "--profile", PROFILE, "--document", "package-index")
    ran = run.json(*arguments, "--annotate", tmp_path / "批注.xlsx")
    assert (ran.code, ran.codes) == (2, ["T333"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content", "code", "exit_code"),
    [
        ("样表.docx", b"not a zip", "T101", 1),
        ("样表.xlsx", b"not a zip", "T201", 1),
        ("样表.doc", b"x", "T331", 2),
        ("样表.docx", None, "T152", 2),
    ],
)
def test_files_that_are_no_templates(
    run: CommandLine, tmp_path: Path, name: str, content: bytes | None, code: str, exit_code: int
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    ran = run.json("template", "check", tmp_path / name, "--profile", PROFILE, "--document", "evaluation")
    assert (ran.code, ran.codes) == (exit_code, [code])
    listed = run.json("template", "fields", tmp_path / name)
    assert (listed.code, listed.codes) == (exit_code, [code])


def test_profile_and_document_have_to_be_there(run: CommandLine, faulty: Path) -> None:
    ran = run.json("template", "check", faulty, "--profile", PROFILE, "--document", "workplan")
    assert (ran.code, ran.codes) == (2, ["T332"])
    assert "work-plan" in ran.document["diagnostics"][0]["message"]
    assert run.json("template", "check", faulty, "--profile", "none", "--document", "work-plan").codes == ["P101"]
    assert run("template", "check", faulty, "--profile", PROFILE).code == 2


def test_fields_lists_what_a_template_asks_for(run: CommandLine) -> None:
    path = TEMPLATES / "docx" / PROFILE / "diagnosis-confirmation.docx"
    ran = run("template", "fields", path)
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0].split() == ["名称", "用途", "次数", "位置"]
    assert any(line.split()[:2] == ["form.opinions", "循环"] for line in lines)
    assert any(line.split()[:2] == ["form.opinions[].text", "打印"] for line in lines)
    names = {item["name"]: item["uses"] for item in run.json("template", "fields", path).document["template"]["names"]}
    (looped,) = names["form.opinions"]
    assert looped["use"] == "looped"
    assert looped["location"]["paragraph"] > 1
    assert json.dumps(names, ensure_ascii=False).count("enterprise.name") >= 1


def test_fields_of_a_workbook(run: CommandLine) -> None:
    ran = run.json("template", "fields", TEMPLATES / "xlsx" / "package-index.xlsx")
    names = {item["name"]: item["uses"] for item in ran.document["template"]["names"]}
    assert names["package.rows"][0]["location"]["cell"] == "A4"
    assert {use["use"] for use in names["package.rows[].date8"]} == {"printed"}


def test_english(run: CommandLine, faulty: Path) -> None:
    ran = run("template", "check", faulty, "--profile", PROFILE, "--document", "evaluation", "--lang", "en")
    assert 'Write "enterprise" instead of "enterprse".' in ran.err
    assert (ROOT / "docs" / "commands.en.md").is_file()
