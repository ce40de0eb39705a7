"""The documentation is true: links lead somewhere, commands exist, generated pages are current, examples work."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
import tomllib
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import cast, get_args
from urllib.parse import unquote

import click
import pytest
import yaml
from pydantic import BaseModel
from support.command_line import CommandLine

import docgen.checks.rules.dates
from docgen.archive.verify.package import verify_package
from docgen.checks.base import check_rules, find_check, group_checks, list_checks
from docgen.checks.parameters import read_parameter
from docgen.cli.root import COMMANDS, root
from docgen.diagnostics import Severity
from docgen.messages import Catalogue, Entry, Language
from docgen.pipeline import Options, build_record, check_record
from docgen.profile.condition import Condition
from docgen.profile.document import ColumnSpec, FieldType, Level
from docgen.profile.load import find_profile
from docgen.profile.model import PackageSpec
from docgen.profile.paths import item_type
from docgen.record.parts import EvidenceKind
from docgen.render.context.vocabulary import NAMES
from docgen.render.docx.wordml import styles as docx_styles
from docgen.render.docx.wordml.styles import HEADINGS
from docgen.render.values.filters import FILTERS
from docgen.resources import Resources

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("samples/*.md")])
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
OLD, NEW = "xx-t1-2030", "xx-t1-2032"
LARGEST_PICTURE = 200_000
_LINK = re.compile(r"\]\(([^)\s]+)\)|\bsrc=\"([^\"]+)\"")
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_WHOLE_COMMAND = re.compile(r"(?:[$>] )?(?:\.venv/bin/|python -m )?(docgen .*)$")
_COMMAND = re.compile(r"(?<![\w./-])docgen ((?:[a-z][a-z-]+ ?){1,2})")


@dataclass(frozen=True)
class Block:
    """A fenced block: what it is written in, the file that its first line names, its text."""

    language: str
    name: str
    text: str


def read_blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page."""
    blocks = []
    for language, text in _BLOCK.findall(page.read_text("utf-8")):
        first = text.partition("\n")[0]
        blocks.append(Block(language, first.removeprefix("# ") if first.startswith("# ") else "", text))
    return blocks


def find_block(name: str) -> Block:
    """The block of CONTRIBUTING.md with that name."""
    (block,) = (block for block in read_blocks(ROOT / "CONTRIBUTING.md") if block.name == name)
    return block


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    targets = [unquote(link or source).partition("#")[0] for link, source in _LINK.findall(text)]
    wanting = [target for target in targets if target and "://" not in target and not (page.parent / target).exists()]
    assert wanting == []


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_commands_exist(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = CommandLine(capsys)
    shown = "\n".join(block.text for block in read_blocks(page)) + "\n".join(re.findall(r"`[^`\n]+`", page.read_text()))
    shown_commands = {tuple(words.split()) for words in _COMMAND.findall(shown.replace("-m docgen", "docgen"))}
    named = {words[0] for words in shown_commands}
    assert named <= set(COMMANDS), "no such command"
    assert {"new", "check", "build", "case", "verify", "explain"} <= named
    for words in sorted(shown_commands):
        arguments = words[:2] if words[0] == "profile" else words[:1]
        assert run(*arguments, "--help").code == 0, words


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_options_exist(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run, text = CommandLine(capsys), page.read_text("utf-8")
    helped = {name: run(name, "--help").out for name in COMMANDS}
    known = {"--require-hashes"}
    options = set(re.findall(r"(?<=[ `])--[a-z][a-z-]+", text)) - known
    assert {"--draft", "--blank", "--profile"} <= options
    assert [option for option in sorted(options) if not any(option in help_text for help_text in helped.values())] == []
    shown = "\n".join(block.text for block in read_blocks(page)).replace("-m docgen", "docgen")
    for command, rest in re.findall(r"\bdocgen ([a-z]+)([^#\n`]*)", shown):
        wrong = [option for option in re.findall(r"(?<= )--[a-z][a-z-]+", rest) if option not in helped[command]]
        assert wrong == [], command


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_each_command_of_each_page_has_its_options(page: Path) -> None:
    own = {option for param in root.params for option in param.opts}
    for line in list_commands(page):
        context, command, words = click.Context(root), cast("click.Command", root), shlex.split(line)[1:]
        while isinstance(command, click.Group) and words and not words[0].startswith("-"):
            subcommand = command.get_command(context, words.pop(0))
            assert subcommand is not None, line
            command = subcommand
        options = own | {o for param in command.get_params(context) for o in (*param.opts, *param.secondary_opts)}
        given = [word.strip("[]").partition("=")[0] for word in words]
        assert [word for word in given if re.match(r"--?[a-z]", word) and word not in options] == [], line


def list_commands(page: Path) -> list[str]:
    """The docgen commands of a page, those in its blocks and those in its lines."""
    blocks = [block.text.replace("\\\n", " ") for block in read_blocks(page)]
    inline = re.findall(r"`([^`\n]+)`", _BLOCK.sub("", page.read_text("utf-8")))
    lines = [line.partition(" # ")[0] for line in (*"\n".join(blocks).splitlines(), *inline)]
    return [match[1] for line in lines if (match := _WHOLE_COMMAND.match(line)) and page.name != "CHANGELOG.md"]


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_files_that_commands_name_are_there(page: Path) -> None:
    shown = "\n".join(block.text for block in read_blocks(page) if block.language in ("sh", "powershell"))
    for name in re.findall(r"(?:samples[\\/]\S+|requirements\S*\.lock)", shown):
        assert (ROOT / name.replace("\\", "/")).is_file(), name
    targets = re.findall(r"^make (\w+)", shown, re.MULTILINE)
    assert targets == ["demo", "test"]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert [target for target in targets if f"\n{target}:" not in makefile] == []


def test_pictures_are_small() -> None:
    pictures = sorted((ROOT / "docs" / "pictures").glob("*"))
    assert pictures
    assert [picture.name for picture in pictures if picture.stat().st_size > LARGEST_PICTURE] == []
    pages = (*READMES, *(ROOT / "docs").glob("*.md"))
    shown = "".join(page.read_text("utf-8") for page in pages)
    assert [picture.name for picture in pictures if f"pictures/{picture.name}" not in shown] == []


def load_script(name: str) -> ModuleType:
    """A script without a suffix, as a module."""
    loader = SourceFileLoader(name.replace("-", "_"), str(ROOT / "scripts" / name))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    path, written = [*sys.path], sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    try:
        loader.exec_module(module)
    finally:
        sys.path[:], sys.dont_write_bytecode = path, written
    return module


def test_the_page_of_standards_is_current() -> None:
    script = load_script("write-standards")
    assert script.PAGE.read_text("utf-8") == script.write_page(Resources()), "run scripts/write-standards"


def test_the_page_of_checks_is_current() -> None:
    script = load_script("write-checks")
    assert script.PAGE.read_text("utf-8") == script.write_page(Resources()), "run scripts/write-checks"


@pytest.mark.parametrize("name", list_checks())
def test_every_parameter_of_a_check_says_what_it_means(name: str) -> None:
    check = find_check(name)
    assert check is not None
    for _title, model in load_script("write-checks")._list_models("", check.Params):
        for parameter, info in model.model_fields.items():
            inner = item_type(info.annotation)[0]
            is_group = isinstance(inner, type) and issubclass(inner, BaseModel) and inner is not Condition
            says = read_parameter(info)
            assert is_group or (says is not None and says.meaning), f"{name}: {parameter}"
            assert says is None or not says.of or says.of in _list_names(check.Params, model), f"{name}: {parameter}"


def _list_names(*models: type[BaseModel]) -> set[str]:
    return {name for model in models for name in model.model_fields}


def test_the_page_of_standards_holds_what_a_profile_says(tmp_path: Path) -> None:
    write_example(tmp_path)
    resources = Resources(own_profiles=(tmp_path / "profiles",))
    page: str = load_script("write-standards").write_profile(find_profile(resources, OLD))
    for sentence in (
        "XX/T 1—2030",
        "`kite-check`",
        "放线安排",
        "竹条无裂纹",
        "放飞人（签字）",
        "b 记录",
        "`item_count`",
        "K1",
    ):
        assert sentence in page, sentence


def write_example(folder: Path) -> Path:
    """The standard and the record of CONTRIBUTING.md as files; gives back the record."""
    named = [
        block for block in read_blocks(ROOT / "CONTRIBUTING.md") if block.name.startswith(("profiles/", "samples/"))
    ]
    for block in named:
        path = folder / block.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, "utf-8")
    return next(folder / block.name for block in named if block.name.endswith("record.yaml"))


def test_every_yaml_block_is_yaml() -> None:
    blocks = [block for block in read_blocks(ROOT / "CONTRIBUTING.md") if block.language == "yaml"]
    assert len(blocks) >= 6
    assert all(isinstance(yaml.safe_load(block.text), dict) and block.name for block in blocks)


def test_the_standard_of_contributing_builds(tmp_path: Path) -> None:
    record = write_example(tmp_path)
    options = Options(resources=Resources(own_profiles=(tmp_path / "profiles",)))
    assert check_rules(find_profile(options.resources, OLD)) == []
    outcome = build_record(record, tmp_path / "out", options)
    assert outcome.diagnostics == ()
    assert [output.title for output in outcome.outputs if output.kind == "document"] == [
        "放飞计划",
        "风筝检查表",
        "放飞记录",
    ]
    assert verify_package(outcome.outputs[-1].path).diagnostics == ()


def test_the_edition_of_contributing_loads(tmp_path: Path) -> None:
    write_example(tmp_path)
    profile = find_profile(Resources(own_profiles=(tmp_path / "profiles",)), NEW).profile
    assert profile.standard.title == "风筝放飞服务规范"
    assert [document.id for document in profile.documents] == ["flight-plan", "kite-check", "flight-log"]
    assert [heading.key for heading in profile.documents[0].headings] == ["wind", "line", "rescue"]
    assert profile.filing.items[1].evidence == ("photograph",)


def test_the_check_of_contributing_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = write_example(tmp_path)
    module = find_block("docgen/checks/rules/dates/date_order.py")
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "date_order.py").write_text(module.text, "utf-8")
    rules = tmp_path / "profiles" / OLD / "rules.yaml"
    data = yaml.safe_load(rules.read_text("utf-8"))
    data["rules"].append(yaml.safe_load(find_block("a rule for date_order").text))
    rules.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    options = Options(resources=Resources(own_profiles=(tmp_path / "profiles",)))
    folder = docgen.checks.rules.dates
    monkeypatch.setattr(folder, "__path__", [*folder.__path__, str(tmp_path / "checks")])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    group_checks.cache_clear()
    try:
        assert check_record(record, options).diagnostics == ()
        text = record.read_text("utf-8")
        record.write_text(text.replace("date: 2030-03-02", "date: 2030-02-28"), "utf-8")
        (diagnostic,) = check_record(record, options).diagnostics
    finally:
        group_checks.cache_clear()
        sys.modules.pop("docgen.checks.rules.dates.date_order", None)
    assert (diagnostic.code, diagnostic.severity, diagnostic.clause) == ("C290", Severity.ERROR, "4.2")
    line = record.read_text("utf-8").splitlines()[(diagnostic.location.line or 0) - 1]
    assert line.strip() == "date: 2030-02-28"
    languages: tuple[Language, ...] = ("zh", "en")
    for lang in languages:
        entry = yaml.safe_load(find_block(f"docgen/messages/{lang}/checks.yaml").text)["diagnostics"]["C290"]
        words = Catalogue(lang, {"C290": Entry(**entry)}, {}, {}, {})
        assert "2030-02-28" in words.message(diagnostic)
        assert words.mend(diagnostic)


def test_contributing_lists_the_vocabulary() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| (`\w+`[^|]*?) \| (.*) \|$", text, re.MULTILINE))
    for row, words in (
        ("`level`", get_args(Level)),
        ("`type` of a field", get_args(FieldType)),
        ("`evidence`", get_args(EvidenceKind)),
        ("`format` of a column", get_args(ColumnSpec.model_fields["format"].annotation)),
        ("`packages`", PackageSpec.model_fields),
        ("condition (`when`)", [info.alias or name for name, info in Condition.model_fields.items()]),
    ):
        line = rows.get(row) or next(item for item in text.splitlines() if item.startswith(f"| {row} "))
        assert [word for word in words if not re.search(rf"(?<!\w){word}(?!\w)", line)] == [], row


def test_templates_lists_the_filters_and_styles() -> None:
    text = (ROOT / "docs" / "templates.md").read_text("utf-8")
    filters = text[text.index("## Filters") : text.index("## What a template sees")]
    assert [name for name in FILTERS if f"`{name}" not in filters] == []
    styles = text.replace("`DocgenHeading1` … `DocgenHeading4`", " ".join(f"`{name}`" for name in HEADINGS))
    agreed = [value for value in vars(docx_styles).values() if isinstance(value, str) and value.startswith("Docgen")]
    assert len(agreed) >= 7
    wanted = (*HEADINGS, *agreed)
    assert [name for name in wanted if f"`{name}`" not in styles] == []


def test_templates_lists_what_a_template_sees() -> None:
    text = (ROOT / "docs" / "templates.md").read_text("utf-8")
    table = text[text.index("## What a template sees") : text.index("## Missing values")]
    named = set(re.findall(r"`(\w+)", "\n".join(line.split("|")[1] for line in table.splitlines() if "|" in line)))
    assert {item.name for item in NAMES} ^ named == {"party_item", "package"}


@pytest.mark.heavy
def test_the_daily_commands_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    daily = text[text.index("## Day by day") : text.index("## What verify shows")]
    lines = [line.partition("#")[0] for line in _BLOCK.findall(daily)[0][1].splitlines()]
    assert len(lines) >= 9
    monkeypatch.chdir(tmp_path)
    received = tmp_path / "received"
    received.mkdir()
    run = CommandLine(capsys)
    for line in lines:
        program, *words = shlex.split(line)
        assert program == "docgen"
        arguments = [str(path) for word in words for path in (sorted(Path().glob(word)) if "*" in word else [word])]
        ran = run(*arguments)
        assert ran.code == 0, f"{line}\n{ran.out}\n{ran.err}"
        if arguments[0] == "new":
            sample = next((ROOT / "samples").glob("*/complete"))
            shutil.copytree(sample, arguments[1], dirs_exist_ok=True)
        for case in Path().glob("out/*/i_*/*.docx"):
            shutil.copy(case, received)


def test_the_modules_that_the_pages_for_developers_name_are_there() -> None:
    text = "\n".join(path.read_text("utf-8") for path in (ROOT / "docs").glob("*.md"))
    named = re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.py)`", text)
    assert len(named) > 30
    folders = [ROOT, ROOT / "docgen", ROOT / "docgen" / "render"]
    assert [name for name in named if not any((folder / name).is_file() for folder in folders)] == []


def test_the_architecture_draws_the_layers_of_the_contract() -> None:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"][0]
    drawn = " → ".join(f"`{layer}`" for layer in contract["layers"])
    assert drawn in (ROOT / "docs" / "architecture.md").read_text("utf-8")


def test_every_dependency_has_its_reason() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    reasons = text[text.index("## Dependencies") :].lower()
    assert [name for name in (re.split(r"[<>=~ \[]", item)[0] for item in wanted) if name not in reasons] == []
