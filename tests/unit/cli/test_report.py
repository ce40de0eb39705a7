from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from docgen.cli.report import Report, finish, format_counts, format_diagnostic, format_place
from docgen.cli.session import Session
from docgen.cli.views.record_lines import format_number
from docgen.diagnostics import Location, error, info, sort_diagnostics, warning
from docgen.messages import catalogue
from docgen.messages.description import describe_diagnostic
from docgen.messages.shell import format_typed_path


@pytest.fixture
def session() -> Session:
    return Session({"lang": "zh"})


def make_error(file: str | None, line: int | None = None, column: int | None = None, name: str = "x") -> object:
    return error("X105", Location("yaml", file=file, line=line, column=column), name=name, help="h")


@pytest.mark.parametrize(
    ("location", "text"),
    [
        (Location(), ""),
        (Location(file="甲 乙.yaml"), "甲 乙.yaml"),
        (Location("yaml", file="a.yaml", line=3, column=5), "a.yaml:3:5"),
        (Location("yaml", file="a.yaml", line=3), "a.yaml:3"),
        (Location("xlsx", file="a.xlsx", sheet="企业", cell="B7"), "a.xlsx 企业!B7"),
        (Location("docx", file="a.docx", paragraph=4, excerpt="企业简介"), "a.docx 第 4 段 “企业简介”"),
        (Location("docx", file="a.docx", part="word/document.xml"), "a.docx word/document.xml"),
        (Location("archive", file="a.zip", member="data/x.docx"), "a.zip › data/x.docx"),
        (Location("archive", file="a.zip"), "a.zip"),
    ],
)
def test_a_place_is_spelled(session: Session, location: Location, text: str) -> None:
    assert format_place(session, location) == text


def test_a_diagnostic_reads_like_a_compilers(session: Session) -> None:
    item = error("X105", Location("yaml", file="a.yaml", line=3, column=5), clause="6.9.5", name="RECORD", help="h")
    assert format_diagnostic(session, item) == (
        "a.yaml:3:5  错误 X105  缺少 RECORD（条款 6.9.5）",
        "    改法：补上 RECORD；用 h 查看写法",
    )


def test_what_a_file_says_cannot_steer_the_terminal(session: Session) -> None:
    lines = format_diagnostic(session, error("X105", name="a\x1b[2Jb\nc", help="h"))
    assert "\x1b" not in "".join(lines)
    assert "a\\x1b[2Jb c" in lines[0]


def test_diagnostics_are_sorted_by_file_and_line_and_files_keep_their_order() -> None:
    places = [("b", 9, 1), ("a", 2, 1), ("b", 3, 7), ("b", 3, 2), ("a", None, None)]
    items = [make_error(*place) for place in places]
    found = [(item.location.file, item.location.line) for item in sort_diagnostics(items)]  # type: ignore[arg-type]
    assert found == [("b", 3), ("b", 3), ("b", 9), ("a", None), ("a", 2)]


def test_counts_are_a_sentence() -> None:
    items = [error("X105", name="", help=""), warning("X126", encoding=""), warning("X126", encoding="")]
    assert format_counts(Session({"lang": "zh"}), items).startswith("共 1 个错误、2 个警告。")
    assert format_counts(Session({"lang": "en"}), items).startswith("1 error, 2 warnings in all.")


def test_json_leaves_out_what_is_not_known_of_a_place() -> None:
    item = describe_diagnostic(info("X124", Location("yaml", file="f", line=1)), catalogue("en"))
    assert item["location"] == {"kind": "yaml", "file": "f", "line": 1}
    assert set(item) == {"code", "severity", "title", "message", "mend", "clause", "kind", "item", "location"}


def test_strict_makes_a_warning_an_error(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    report = Report((warning("X128"), info("X124")))
    assert finish(session, report) == 0
    session.strict = True
    assert finish(session, report) == 1
    assert "错误 X128" in capsys.readouterr().err


def test_data_go_to_stdout_and_the_rest_to_stderr(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    finish(session, Report((warning("X128"),), lines=("数据",), hints=("下一步",)))
    captured = capsys.readouterr()
    assert captured.out == "数据\n"
    assert "X128" in captured.err
    assert captured.err.endswith("下一步\n")


def test_no_colour_without_a_terminal(session: Session) -> None:
    assert session.console.paint("错误", fg="red") == "错误"


def test_colour_on_a_terminal_unless_unwanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert "\x1b[31m" in Session({}, {}).console.paint("错误", fg="red")
    assert Session({}, {"NO_COLOR": "1"}).console.paint("错误", fg="red") == "错误"
    assert Session({"no_color": "1"}, {}).console.paint("错误", fg="red") == "错误"


def test_a_path_below_the_current_folder_is_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert format_typed_path(tmp_path / "甲" / "b.yaml") == str(Path("甲/b.yaml"))
    assert format_typed_path(Path("x/../b.yaml")) == "b.yaml"
    assert format_typed_path(tmp_path.parent / "c") == str(tmp_path.parent / "c")


@pytest.mark.parametrize(("value", "text"), [("80", "80"), ("80.00", "80"), ("66.670", "66.67"), ("0", "0")])
def test_numbers_have_no_needless_zeros(value: str, text: str) -> None:
    assert format_number(Decimal(value)) == text
