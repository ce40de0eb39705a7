from __future__ import annotations

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import click
import pytest
from support.command_line import CommandLine

from docgen.cli.localized import LocalizedCommand, find_param_help
from docgen.cli.session import LANG_VARIABLE, Session
from docgen.cli.views.reference import format_reference, iterate_commands, make_root_context
from docgen.messages import LANGUAGES, Language, catalogue

ROOT = Path(__file__).resolve().parents[3]
CONTEXTS = [make_root_context(Session({})), *iterate_commands(make_root_context(Session({})))]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("ctx", CONTEXTS, ids=lambda ctx: ctx.command_path)
def test_every_command_and_parameter_has_help(ctx: click.Context, lang: Language) -> None:
    words, command = catalogue(lang), ctx.command
    assert isinstance(command, LocalizedCommand)
    assert command.find_short_help(words)
    for param in command.get_params(ctx):
        assert find_param_help(words, command, param)


def test_the_catalogue_has_no_help_for_what_is_not_there() -> None:
    used = {"global.help"}
    for ctx in CONTEXTS:
        command = ctx.command
        assert isinstance(command, LocalizedCommand)
        used.add(command.help_key)
        used |= {f"{command.help_key}.{param.name}" for param in command.params}
        used |= {f"global.{param.name}" for param in command.get_params(ctx) if param not in command.params}
    declared = {key for key in catalogue("zh").helps if not key.startswith("reference.")}
    assert declared - used == set()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("ctx", CONTEXTS, ids=lambda ctx: ctx.command_path)
def test_help_is_shown_in_the_language(ctx: click.Context, lang: Language, capsys: pytest.CaptureFixture[str]) -> None:
    words = ctx.command_path.split()[1:]
    ran = CommandLine(capsys)(*words, "--help", "--lang", lang)
    assert ran.code == 0
    assert ran.err == ""
    assert ran.out.startswith(catalogue(lang).text("cli.help.usage") + ctx.command_path)
    assert "Show this message" not in ran.out
    assert "OPTIONS" not in ran.out
    if lang == "en":
        assert ran.out.replace("【缺：…】", "").replace("“", "").replace("”", "").isascii()


def test_the_list_of_commands_is_that_of_the_design(capsys: pytest.CaptureFixture[str]) -> None:
    names = [ctx.command_path.removeprefix("docgen ") for ctx in CONTEXTS[1:]]
    assert names == [
        "new", "check", "status", "build", "batch", "fill", "summarize", "case", "package",
        "verify", "verify-receipt", "receipts", "sign",
        "transfer",
        "serve", "diff",
        "map", "map suggest",
        "profile", "profile list", "profile show", "profile check",
        "template", "template check", "template fields",
        "schema", "explain", "doctor",
    ]  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_handbook_page_is_current(lang: Language) -> None:
    name = "commands.md" if lang == "zh" else "commands.en.md"
    assert (ROOT / "docs" / name).read_text("utf-8") == format_reference(lang), "run scripts/write-docs"


def test_the_script_writes_what_the_test_compares() -> None:
    loader = SourceFileLoader("write_docs", str(ROOT / "scripts" / "write-docs"))
    spec = spec_from_loader("write_docs", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    assert {module.PAGES[name] for name in module.PAGES} == set(LANGUAGES)


def test_the_reference_does_not_depend_on_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    before = format_reference("zh")
    monkeypatch.setenv(LANG_VARIABLE, "en")
    monkeypatch.setenv("COLUMNS", "60")
    assert format_reference("zh") == before
