from __future__ import annotations

import pytest
from support.command_line import CommandLine

USAGE = [
    (("check", "x", "--frmat", "json"), "X101"),
    (("build", "x", "--drft"), "X101"),
    (("chek",), "X102"),
    (("profile", "shw"), "X102"),
    (("build", "-o"), "X103"),
    (("build", "x", "-o", "y", "--draft=1"), "X104"),
    (("check",), "X105"),
    (("build", "x"), "X105"),
    (("check", "x", "--lang", "fr"), "X106"),
    (("schema", "a", "b"), "X107"),
    ((), "X108"),
    (("profile",), "X108"),
]


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    for name in ("DOCGEN_LANG", "DOCGEN_DEBUG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return CommandLine(capsys)


@pytest.mark.parametrize(("arguments", "code"), USAGE)
def test_a_usage_error_has_a_code_and_exits_with_2(docgen: CommandLine, arguments: tuple[str, ...], code: str) -> None:
    ran = docgen(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert code in ran.err or (code == "X108" and "用法：" in ran.err)
    assert "Traceback" not in ran.err
    assert "Error" not in ran.err


@pytest.mark.parametrize(("arguments", "code"), USAGE)
def test_a_usage_error_is_json_when_json_is_wanted(docgen: CommandLine, arguments: tuple[str, ...], code: str) -> None:
    ran = docgen("--format", "json", *arguments)
    assert ran.code == 2
    assert ran.err == ""
    assert ran.codes == [code]
    assert ran.document["ok"] is False
    assert ran.document["counts"]["error"] == 1


@pytest.mark.parametrize(("arguments", "code"), USAGE)
def test_a_usage_error_speaks_english(docgen: CommandLine, arguments: tuple[str, ...], code: str) -> None:
    ran = docgen("--lang", "en", *arguments)
    assert ran.code == 2
    assert ran.err.isascii() or code == "X106"


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (("check", "x", "--frmat", "json"), "--format"),
        (("build", "x", "--drft"), "--draft"),
        (("chek",), "check"),
        (("profile", "shw"), "show"),
        (("--lnag", "en", "check"), "--lang"),
    ],
)
def test_what_was_probably_meant_is_offered(docgen: CommandLine, arguments: tuple[str, ...], meant: str) -> None:
    assert f"您要的可能是 {meant}。" in docgen(*arguments).err


def test_nothing_is_offered_when_nothing_is_near(docgen: CommandLine) -> None:
    assert "可能" not in docgen("zzzzzz").err


@pytest.mark.parametrize("place", ["before", "after"])
def test_global_options_stand_before_or_after_the_command(docgen: CommandLine, place: str) -> None:
    options = ("--lang", "en", "--format", "json")
    ran = docgen(*options, "explain", "X101") if place == "before" else docgen("explain", "X101", *options)
    assert ran.code == 0
    assert ran.document["codes"][0]["title"] == "No such option"
    assert ran.document["command"] == "explain"


def test_global_options_stand_inside_a_group(docgen: CommandLine) -> None:
    ran = docgen("profile", "--lang", "en", "list", "--format", "json")
    assert (ran.code, ran.document["command"]) == (0, "profile list")


def test_the_environment_chooses_the_language_and_the_option_wins(
    docgen: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCGEN_LANG", "en_US.UTF-8")
    assert "No such option" in docgen("explain", "X101").out
    assert "没有这个选项" in docgen("explain", "X101", "--lang", "zh").out


def test_arguments_after_two_dashes_are_no_options(docgen: CommandLine) -> None:
    ran = docgen("explain", "--", "--lang", "en")
    assert "没有代码“--LANG”" in ran.err


def test_the_version_needs_nothing(docgen: CommandLine) -> None:
    from docgen import __version__

    assert docgen("--version").out == f"docgen {__version__}\n"
    assert docgen.json("--version").document["version"] == __version__
