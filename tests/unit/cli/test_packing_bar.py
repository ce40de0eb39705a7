"""The bar of a package that is being written."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from docgen.archive.writing.package import PackingProgress
from docgen.cli.console import Console
from docgen.cli.layout import measure_text
from docgen.cli.session import Session
from docgen.cli.views.packing_bar import PackingBar

MB = 1_000_000
LONG = "XZ-2024-007_" + "徐州市小微企业质量管理体系认证提升项目" * 3


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setattr(Console, "shows_progress", True)
    return Session({"lang": "zh", "no_color": "1"}, {})


def draw(
    session: Session, capsys: pytest.CaptureFixture[str], *states: PackingProgress, pace: float = 0.5
) -> list[str]:
    """The lines that are drawn when that much time passes between two states."""
    times: Iterator[float] = (number * pace for number in range(10_000))
    bar = PackingBar(session, lambda: next(times))
    for state in states:
        bar(state)
    return capsys.readouterr().err.split("\r")[1:]


def test_it_says_share_bytes_files_and_the_time_left(
    session: Session, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    states = [PackingProgress("包", 3, 10, done * MB, 400 * MB) for done in (0, 50, 100)]
    lines = draw(session, capsys, *states, pace=20)
    assert lines[0].rstrip() == "打包  [....................]    0%  0 B/400.0 MB  3/10 个文件  包"
    assert lines[2].rstrip() == "打包  [#####...............]   25%  100.0 MB/400.0 MB  3/10 个文件  剩余 2:00  包"


def test_it_is_not_drawn_for_every_piece_but_at_the_end(
    session: Session, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    states = [PackingProgress("包", done // 100, 10, done * MB, 1000 * MB) for done in range(1001)]
    lines = draw(session, capsys, *states, pace=0.01)
    assert 90 <= len(lines) <= 112
    assert "100%" in lines[-1]
    assert "剩余 0:00" in lines[-1]


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 200])
def test_a_long_name_never_breaks_the_line(
    session: Session, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    states = [PackingProgress(LONG, done, 5000, done * MB, 5000 * MB) for done in (1, 2500, 5000)]
    lines = draw(session, capsys, *states, pace=30)
    assert len(lines) == 3
    assert all(measure_text(line) < columns for line in lines)
    assert ("徐州市" in lines[-1]) == (columns == 200)


def test_a_shorter_line_covers_the_longer_one_before(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    long, short = draw(session, capsys, PackingProgress(LONG, 1, 2, 5, 10), PackingProgress("包", 2, 2, 10, 10), pace=1)
    assert measure_text(short) == measure_text(long)
    session.console.clear_progress()
    assert capsys.readouterr().err == "\r" + " " * measure_text(short.rstrip()) + "\r"


def test_it_is_coloured_unless_colours_are_unwanted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    state = PackingProgress("包", 1, 1, 10, 10)
    session = Session({"lang": "zh"}, {})
    session.console.color = True
    (coloured,) = draw(session, capsys, state)
    (plain,) = draw(Session({"lang": "zh"}, {"NO_COLOR": "1"}), capsys, state)
    assert click.style("#" * 20, fg="green") in coloured
    assert click.unstyle(coloured) == plain


def test_nothing_is_drawn_where_nobody_sees_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert draw(Session({"lang": "zh"}, {}), capsys, PackingProgress("包", 1, 1, 10, 10)) == []


def test_an_empty_package_is_whole(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    assert "100%" in draw(session, capsys, PackingProgress("包", 0, 0, 0, 0))[0]
