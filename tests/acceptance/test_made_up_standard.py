"""A standard made of YAML alone goes the whole way: the engine knows none of its own."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import docx
import pytest
from support import made_up

from docgen.archive.verify.package import verify_package
from docgen.diagnostics import Severity, has_errors
from docgen.pipeline import Options, Outcome, build_record, check_record
from docgen.resources import Resources

PACKAGE = Path(__file__).resolve().parents[2] / "docgen"


@pytest.fixture
def options(tmp_path: Path) -> Options:
    return Options(resources=Resources(own_profiles=(made_up.write_profile(tmp_path / "profiles"),)))


@pytest.fixture
def built(tmp_path: Path, options: Options) -> Outcome:
    return build_record(made_up.write_record(tmp_path), tmp_path / "out", options)


def read_text(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    parts = [paragraph.text for paragraph in document.paragraphs]
    parts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join(parts)


def test_the_record_builds_without_a_word(built: Outcome) -> None:
    assert built.diagnostics == ()
    assert [output.title for output in built.outputs if output.kind == "document"] == [
        "放飞计划",
        "风筝检查表",
        "放飞记录",
        "风筝卡片",
    ]


def test_the_package_verifies(built: Outcome) -> None:
    report = verify_package(built.outputs[-1].path)
    assert report.diagnostics == ()
    assert report.index is not None
    assert [(item.key, item.status) for item in report.index.items] == [
        ("p", "present"),
        ("r", "present"),
        ("z", "not_applicable"),
    ]


def test_values_come_out_as_typed(built: Outcome) -> None:
    texts = "\n".join(read_text(output.path.read_bytes()) for output in built.outputs if output.kind == "document")
    for typed in ("{{ 7*7 }}", "=1+1", "A&B <公司> 5<6", "燕子<风筝>社 & 坊", "98.50", "2030年4月2日 9:05"):
        assert typed in texts
    assert "012" not in texts, "a whole number is printed as a number"


def test_two_builds_are_the_same_bytes(tmp_path: Path, options: Options) -> None:
    record = made_up.write_record(tmp_path)
    first = build_record(record, tmp_path / "one", options)
    second = build_record(record, tmp_path / "two", options)
    for one, two in zip(first.outputs, second.outputs, strict=True):
        assert one.path.read_bytes() == two.path.read_bytes(), one.path.name


def test_the_package_tells_what_it_was_made_from(built: Outcome) -> None:
    with zipfile.ZipFile(built.outputs[-1].path) as package:
        names = package.namelist()
        assert any(name.endswith("/record/record.json") for name in names)
        note = next(name for name in names if "0000_" in name)
        assert "本季不评奖" in read_text(package.read(note))


def test_an_error_stops_the_package_and_a_draft_says_so(tmp_path: Path, options: Options) -> None:
    record = made_up.write_record(tmp_path)
    text = record.read_text("utf-8")
    record.write_text(text[: text.index("      wind: |")] + text[text.index("      line:") :], "utf-8")
    refused = build_record(record, tmp_path / "out", options)
    assert [(item.code, item.params["label"]) for item in refused.diagnostics] == [("R202", "风力分析")]
    assert refused.outputs == ()
    assert not (tmp_path / "out").exists()
    draft = build_record(record, tmp_path / "out", Options(resources=options.resources, draft=True))
    assert has_errors(draft.diagnostics)
    report = verify_package(draft.outputs[-1].path)
    assert report.index is not None
    assert report.index.draft
    assert "【缺：风力分析】" in read_text(draft.outputs[0].path.read_bytes())


def test_a_blank_form_has_the_lines_and_none_of_the_answers(tmp_path: Path, options: Options) -> None:
    blank = build_record(
        made_up.write_record(tmp_path), tmp_path / "out", Options(resources=options.resources, blank=True)
    )
    assert not has_errors(blank.diagnostics)
    check = next(output for output in blank.outputs if output.title == "风筝检查表")
    text = read_text(check.path.read_bytes())
    assert "竹条无裂纹" in text
    assert "=1+1" not in text
    assert [output.kind for output in blank.outputs] == ["document"] * 4


def test_faults_of_every_stage_come_in_one_run(tmp_path: Path, options: Options) -> None:
    record = made_up.write_record(tmp_path)
    text = record.read_text("utf-8")
    for old, new in (
        ("date: 2030-03-01", "date: 2030.3.1"),
        ("verdict: 坏", "verdict: 环"),
        ("      line: 放线三百米。\n", "      lien: 放线三百米。\n"),
        ("    - {of: yan, colour: 红, strings: 012}", "    - {of: yna, colour: 红, strings: 1.5}"),
        ("        - {when: 2030-04-02 09:05, height: 120}\n", ""),
        ("  - {item: z, reason: 本季不评奖}\n", ""),
        ("not_applicable:\n", ""),
        ("name: 春季放飞, ", ""),
    ):
        assert old in text, old
        text = text.replace(old, new, 1)
    record.write_text(text, "utf-8")
    found = check_record(record, options).diagnostics
    codes = {item.code for item in found}
    assert {"R106", "R109", "R101", "R115", "R105", "C201", "A151", "R204"} <= codes
    assert "R202" not in codes, "the heading that the misspelt key was meant for isn't told to be missing as well"
    by_code = {item.code: item for item in found}
    assert by_code["R101"].params["nearest"] == "line"
    assert by_code["R109"].params["options"] == "好、坏"
    assert by_code["R204"].params["path"] == "project.name"
    assert by_code["A151"].severity is Severity.WARNING
    for code in ("R106", "R109", "R101", "R115", "R105"):
        where = by_code[code].location
        assert where.line is not None
        assert where.column is not None
    line = text.splitlines()[(by_code["R106"].location.line or 0) - 1]
    assert line[(by_code["R106"].location.column or 1) - 1 :].startswith("2030.3.1")
    missing = [item for item in found if item.code in ("R201", "R202")]
    assert all("日期" not in str(item.params["label"]) for item in missing), "what failed is not reported as absent"


def test_the_engine_names_no_standard() -> None:
    profiles = [folder.name for folder in (PACKAGE.parent / "profiles").iterdir()]
    assert profiles
    named = re.compile("|".join([*map(re.escape, profiles), r"DB ?\d{4}/T", r"T/HEBQIA", r"表[A-D]\.\d"]))
    for path in PACKAGE.rglob("*.py"):
        found = named.search(path.read_text("utf-8"))
        assert found is None, f"{path.name}: {found and found[0]}"


def test_strict_lets_a_warning_stop_the_package(tmp_path: Path, options: Options) -> None:
    record = made_up.write_record(tmp_path)
    text = record.read_text("utf-8").replace("        - {when: 2030-04-02 09:05, height: 120}\n", "")
    record.write_text(text, "utf-8")
    strict = build_record(record, tmp_path / "strict", Options(resources=options.resources, strict=True))
    assert [item.code for item in strict.diagnostics] == ["C201"]
    assert strict.outputs == ()
    lenient = build_record(record, tmp_path / "lenient", options)
    assert lenient.outputs


def test_a_record_may_make_several_packages(tmp_path: Path) -> None:
    root = made_up.write_profile(tmp_path / "profiles")
    profile = root / "kites" / "profile.yaml"
    packages = (
        "packages:\n"
        "  - {key: main, items: [p]}\n"
        '  - {key: each, per: "enterprises[]", items: [r]}\n'
        "  - {key: later, kind: supplement, of: main, title: 补充, items: [r]}\n"
    )
    profile.write_text(profile.read_text("utf-8") + packages, "utf-8")
    options = Options(resources=Resources(own_profiles=(root,)))
    outcome = build_record(made_up.write_record(tmp_path), tmp_path / "out", options)
    assert outcome.diagnostics == ()
    reports = {}
    for output in outcome.outputs:
        if output.kind == "package":
            report = verify_package(output.path)
            assert report.is_intact, report.diagnostics
            assert report.index is not None
            reports[output.path.stem] = report
    assert [len(report.index.documents) for report in reports.values() if report.index] == [1, 3, 3]
    main = reports["FZ-1_春季放飞"]
    supplement = reports["FZ-1_春季放飞_补充"].index
    assert supplement is not None
    assert supplement.supplements is not None
    assert supplement.supplements.identity == main.identity
    assert "FZ-1_春季放飞_燕子＜风筝＞社 & 坊" in reports


def test_what_is_only_recommended_stays_free_and_is_marked_in_a_draft(tmp_path: Path, options: Options) -> None:
    record = made_up.write_record(tmp_path)
    text = record.read_text("utf-8")
    record.write_text(text.replace("      line: 放线三百米。\n", "").replace(", strings: 012", ""), "utf-8")
    final = build_record(record, tmp_path / "final", options)
    assert [item.code for item in final.diagnostics] == ["R202"]
    assert "【缺" not in "".join(read_text(item.path.read_bytes()) for item in final.outputs if item.kind == "document")
    draft = build_record(record, tmp_path / "draft", Options(resources=options.resources, draft=True))
    assert "【缺：放线安排】" in read_text(draft.outputs[0].path.read_bytes())
