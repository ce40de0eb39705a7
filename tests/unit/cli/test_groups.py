"""The same problem in many rows of a workbook is told once."""

from __future__ import annotations

import pytest

from docgen.batch.ledger import JobResult
from docgen.cli.commands.batch import BatchReporter
from docgen.cli.groups import gather_kinds, group_diagnostics, list_others, list_ranges
from docgen.cli.interrupts import Interrupts
from docgen.cli.report import Report, describe_report, finish, format_group
from docgen.cli.session import Session
from docgen.cli.views.record_lines import format_summary
from docgen.diagnostics import Diagnostic, Location, error, info, warning
from docgen.messages import catalogue
from docgen.messages.description import identify

ZH = catalogue("zh")


@pytest.fixture
def session() -> Session:
    return Session({"lang": "zh"})


def lack(row: int, label: str = "调研日期", sheet: str = "调研表", column: int = 3) -> Diagnostic:
    cell = f"{'ABCDEF'[column - 1]}{row}"
    at = Location("xlsx", file="a.xlsx", sheet=sheet, cell=cell, line=row, column=column)
    return error("R204", at, label=label, path=f"{sheet}的{label}")


def wrong_code(row: int, value: str) -> Diagnostic:
    at = Location("xlsx", file="a.xlsx", sheet="企业", cell=f"D{row}", line=row, column=4)
    return warning(
        "C222", at, label="代码", value=value, first=3, last=6, actual=value[2:6], prefix="3203", meaning="徐州市"
    )


def test_cells_are_listed_as_people_write_them() -> None:
    assert list_ranges(["C5", "C6", "C7", "C93", "D5"]) == ["C5:C7", "C93", "D5"]
    assert list_ranges(["B9", "B8", "AA3"]) == ["B8:B9", "AA3"]


def test_what_is_said_in_the_same_words_is_one_group_and_nothing_is_lost() -> None:
    items = [lack(5), lack(5, "电话", column=4), lack(6), lack(9)]
    groups = group_diagnostics(items, ZH)
    assert [[item.location.cell for item in group.items] for group in groups] == [["C5", "C6", "C9"], ["D5"]]


def test_two_sheets_and_two_grades_are_two_groups() -> None:
    graver = warning("R204", lack(7).location, label="调研日期", path="调研表的调研日期")
    assert len(group_diagnostics([lack(5), lack(6, sheet="企业"), graver], ZH)) == 3


def test_a_few_that_differ_in_a_value_are_told_each_by_itself_and_many_as_one() -> None:
    codes = ["91510100MA0000000H", "91510100MA0000001L", "91510100MA0000002P", "91510100MA0000003T"]
    few = [wrong_code(row, value) for row, value in enumerate(codes[:3], 5)]
    assert len(group_diagnostics(few, ZH)) == 3
    (group,) = group_diagnostics([*few, wrong_code(8, codes[3])], ZH)
    assert len(group.items) == 4
    assert list_others(group, ZH) == codes[1:]


def test_hints_of_one_kind_are_one_wherever_they_are(session: Session) -> None:
    def hint(sheet: str, label: str) -> Diagnostic:
        at = Location("xlsx", file="a.xlsx", sheet=sheet, cell="C5", line=5, column=3)
        return info("W136", at, label=label, value="2024.9.6", read="2024-09-06", count=3, cells="C5")

    (group,) = group_diagnostics([hint(sheet, f"{sheet}日期") for sheet in ("甲", "乙", "丙", "丁")], ZH)
    head, others, _ = format_group(session, group)
    assert head.startswith("a.xlsx 甲、乙、丙、丁（4 处）  提示 W136  “甲日期”")
    assert others == "    同样的还有：乙日期、丙日期、丁日期"


def test_different_fields_of_one_row_are_never_one() -> None:
    fields = ["甲", "乙", "丙", "丁", "戊"]
    assert len(group_diagnostics([lack(5, label) for label in fields], ZH)) == 5


def test_documents_without_content_are_told_with_whom_they_are_for() -> None:
    at = Location("xlsx", file="a.xlsx", sheet="调研表")
    named = [f"调研表（示例{name}公司）" for name in "甲乙丙丁"]
    said = {"path": "调研表", "label": "", "item": "survey"}
    items = [error("R201", at, document=name, called=name, **said) for name in named]
    (group,) = group_diagnostics(items, ZH)
    assert list_others(group, ZH) == ["示例乙公司", "示例丙公司", "示例丁公司"]


def test_lines_of_a_text_file_stay_each_for_itself() -> None:
    items = [error("R204", Location("yaml", file="r.yaml", line=row), label="x", path="x") for row in range(9)]
    assert len(group_diagnostics(items, ZH)) == 9


def test_records_as_wholes_are_one_group_when_there_are_many() -> None:
    items = [error("A151", Location(file=f"甲{number}"), item="c", label="启动") for number in range(5)]
    (group,) = group_diagnostics(items, ZH)
    assert list_others(group, ZH) == ["甲1", "甲2", "甲3", "甲4"]
    assert len(group_diagnostics(items[:3], ZH)) == 3


def test_a_group_reads_as_one_problem(session: Session) -> None:
    (group,) = group_diagnostics([lack(row) for row in (5, 6, 7, 93)], ZH)
    assert format_group(session, group) == (
        "a.xlsx 调研表!C5:C7、C93（4 处）  错误 R204  缺少“调研日期”。",
        "    改法：填写调研表的调研日期。",
    )


def test_of_many_scattered_cells_the_first_are_listed(session: Session) -> None:
    (group,) = group_diagnostics([lack(row) for row in range(5, 205, 2)], ZH)
    (head, _) = format_group(session, group)
    assert "C5、C7、" in head
    assert "C33…（100 处）" in head


def test_the_kinds_are_counted_at_the_end_and_json_tells_each(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    report = Report((*(lack(row) for row in range(5, 8)), wrong_code(5, "91510100MA0000000H")))
    assert finish(session, report) == 1
    said = capsys.readouterr().err
    assert said.count("R204  缺少“调研日期”") == 1
    assert "  3 个错误  R204  缺少基本资料\n  1 个警告  C222  代码开头不对\n共 3 个错误、1 个警告。" in said
    told = describe_report(session, report)
    assert len(told["diagnostics"]) == 4
    assert [item["location"]["cell"] for item in told["diagnostics"]] == ["C5", "C6", "C7", "D5"]


def test_with_whom_a_problem_was_found_is_told(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    item = error("R204", Location("xlsx", file="a.xlsx", sheet="监控"), label="监控", path="监控")
    finish(session, Report((item,), records_by_problem={identify(item, session.words): ["甲公司", "乙公司"]}))
    assert "    涉及 2 家：甲公司、乙公司\n    改法：" in capsys.readouterr().err


def test_an_enterprise_with_two_problems_of_one_place_is_named_once(session: Session) -> None:
    at = Location("xlsx", file="a.xlsx", sheet="监控")
    twice = tuple(error("R205", at, document="登记表", label="监控", path=path) for path in ("监控的甲", "监控的乙"))
    reporter = BatchReporter(session, Interrupts())
    reporter.begin(3)
    for name, found in (("甲社", (*twice, twice[0])), ("乙社", twice[:1]), ("丙社", ())):
        reporter.settle(f"a.xlsx {name}", JobResult("faulty" if found else "made", int(bool(found)), found))
    assert [identify(item, session.words) for item in twice] != [identify(twice[0], session.words)] * 2
    assert reporter.list_records() == {identify(twice[0], session.words): ["甲社", "乙社"]}


def test_few_problems_are_not_counted_by_kind(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    finish(session, Report((lack(5), wrong_code(5, "91510100MA0000000H"))))
    assert "各种问题的数量" not in capsys.readouterr().err


def test_of_many_enterprises_the_grades_are_counted(session: Session) -> None:
    from decimal import Decimal
    from pathlib import Path

    from docgen.pipeline.stages.outcome import RecordSummary, Score

    def score(number: int) -> Score:
        total = None if number < 20 else Decimal(60 + number)
        return Score(f"企业{number}", total, Decimal(100), None if total is None else "合格" if number < 24 else "优秀")

    summary = RecordSummary("p", "X-1", "项目", 25, 25, 0, tuple(score(number) for number in range(25)))
    assert format_summary(session, Path("a.xlsx"), summary)[-1] == "评价结果  优秀 1 家、合格 4 家、未评 20 家"


def report_by_kind(session: Session, items: list[Diagnostic], capsys: pytest.CaptureFixture[str]) -> list[str]:
    finish(session, Report(tuple(items), by_kind=True))
    return capsys.readouterr().err.splitlines()


def name_at(paragraph: int, name: str, part: str = "word/document.xml") -> Diagnostic:
    at = Location("docx", file="样表.docx", part=part, paragraph=paragraph, excerpt=f"{{{{ {name} }}}}")
    return error("T301", at, tag=f"{{{{ {name} }}}}", name=name, nearest="project.name")


def gap_at(paragraph: int, part: str = "word/document.xml") -> Diagnostic:
    return warning("T309", Location("docx", file="样表.docx", part=part, paragraph=paragraph), tag="{{ x }}", name="x")


def test_many_warnings_of_a_template_hide_no_error(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    warnings = [gap_at(number) for number in range(1, 332)]
    errors = [name_at(number, f"project.n{number}") for number in range(1, 56)]
    groups = gather_kinds([*warnings, *errors])
    assert [(group.first.code, len(group.items)) for group in groups] == [("T301", 55), ("T309", 331)]
    lines = report_by_kind(session, [*warnings, *errors], capsys)
    assert "T301" in lines[0]
    assert "55 处" in lines[0]
    assert all(f"project.n{number}”" in line for number, line in enumerate(lines[1:56], 1))
    assert sum("T309" in line for line in lines) == 2  # its message, and the table of kinds at the end


def test_a_kind_is_told_with_its_places(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    lines = report_by_kind(session, [gap_at(3), gap_at(9), gap_at(2, "word/header1.xml")], capsys)
    assert any("第 3、9 段" in line and "word/header1.xml 第 2 段" in line for line in lines)


def test_a_single_problem_of_a_kind_is_told_as_ever(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    assert report_by_kind(session, [name_at(4, "a.b")], capsys)[0].startswith("样表.docx 第 4 段")
