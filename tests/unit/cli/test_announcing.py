"""What is being read is said before it is loaded: in text, on stderr, on a terminal until there is progress to show."""

from __future__ import annotations

from pathlib import Path

import pytest

from docgen.cli.console import Console
from docgen.cli.run import run
from docgen.cli.session import Session, announce_reading


def announce(options: dict[str, str], *names: str) -> None:
    announce_reading(Session(options, {}), [Path(name) for name in names])


def test_inputs_are_named_on_stderr_in_the_language(capsys: pytest.CaptureFixture[str]) -> None:
    announce({"lang": "zh"}, "填报/企业名单.xlsx")
    announce({"lang": "en"}, *(f"{number}\x1b.yaml" for number in range(9)))
    said = capsys.readouterr()
    assert said.out == ""
    listed = "、".join(f"{number}\\x1b.yaml" for number in range(5))
    assert said.err == f"正在读取 企业名单.xlsx …\nReading {listed}… ...\n"


def test_a_program_is_told_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    announce({"format": "json"}, "企业名单.xlsx")
    assert capsys.readouterr() == ("", "")


def test_on_a_terminal_the_line_is_written_over(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Console, "shows_progress", True)
    session = Session({"lang": "zh"}, {})
    announce_reading(session, [Path("企业名单.xlsx")])
    session.console.write_message("好了")
    line = "正在读取 企业名单.xlsx …"
    assert capsys.readouterr().err.startswith(f"\r{line}\r ")


BATCH, CHECK = "docgen.batch.run_batch", "docgen.pipeline.check_record"


@pytest.mark.parametrize(("work", "size", "is_said"), [(BATCH, 1, True), (CHECK, 1, False), (CHECK, 99_999, True)])
def test_it_is_said_before_the_work_begins(
    work: str,
    size: int,
    is_said: bool,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Begun(BaseException):
        pass

    def begin(*_: object) -> None:
        raise Begun

    monkeypatch.setattr(work, begin)
    book = tmp_path / "企业名单.xlsx"
    book.write_bytes(b"x" * size)
    words = ["batch", str(book), "-o", str(tmp_path / "输出")] if work == BATCH else ["check", str(book)]
    with pytest.raises(Begun):
        run(["--lang", "zh", *words])
    assert capsys.readouterr().err == ("正在读取 企业名单.xlsx …\n" if is_said else "")
