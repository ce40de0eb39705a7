"""What only shows in a process of its own: what is imported, encodings, signals, closed pipes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from support import processes
from support.command_line import ROOT, start_docgen

pytestmark = pytest.mark.heavy

HEAVY = ("pydantic", "lxml", "docx", "docxtpl", "yaml", "openpyxl", "PIL", "pypdf", "jinja2", "markdown_it", "tomllib")


def start(
    *arguments: str, env: Mapping[str, str] | None = None, cwd: Path = ROOT
) -> subprocess.CompletedProcess[bytes]:
    settings = {
        key: value for key, value in os.environ.items() if not key.startswith(("DOCGEN_", "PYTHON", "NO_COLOR"))
    }
    settings["PYTHONPATH"] = str(ROOT)
    return processes.run([sys.executable, *arguments], env={**settings, **(env or {})}, cwd=cwd)


def docgen(*arguments: str, **details: object) -> subprocess.CompletedProcess[bytes]:
    return start("-m", "docgen", *arguments, **details)  # type: ignore[arg-type]


def list_modules(*arguments: str) -> set[str]:
    code = f"import sys; from docgen.cli.run import run; run({list(arguments)!r}); print(*sys.modules, file=sys.stderr)"
    return set(start("-c", code).stderr.decode().split())


def list_imported(*arguments: str) -> set[str]:
    return {name.partition(".")[0] for name in list_modules(*arguments)}


def test_the_version_imports_click_and_little_else() -> None:
    light = {"docgen.cli", "docgen.cli.run", "docgen.cli.root", "docgen.cli.session", "docgen.cli.localized"}
    light |= {"docgen", "docgen.cli.console", "docgen.cli.layout", "docgen.errors", "docgen.languages"}
    loaded = list_modules("--version")
    assert {name for name in loaded if name.partition(".")[0] == "docgen"} == light
    assert loaded & {*HEAVY, "dataclasses", "pathlib", "urllib", "ipaddress", "locale"} == set()


UNUSED = (
    *(
        "openpyxl",
        "xlsxwriter",
        "pypdf",
        "pikepdf",
        "python_calamine",
        "tomllib",
        "urllib.request",
        "xml.sax",
        "starlette",
    ),
    *("docgen.batch", "docgen.archive.writing.package", "docgen.archive.leaks", "docgen.archive.verify"),
    *("docgen.archive.bag.openable", "docgen.sources.intake.reading.source", "docgen.sources.intake.workbook"),
    *("docgen.pipeline.packages.redaction", "docgen.pipeline.packages.supplement", "docgen.pipeline.stages.papers"),
    *("docgen.pipeline.handwritten", "docgen.pipeline.comparison", "docgen.profile.redaction.record"),
    *("docgen.render.guard", "docgen.render.scan", "docgen.content.parts.arrange"),
)
"""What one document of a record needs nothing of."""


@pytest.mark.parametrize(
    ("document", "engine", "other"),
    [
        ("work-plan", "docgen.render.docx.template", "docgen.render.xlsx.template"),
        ("acceptance-summary", "docgen.render.xlsx.template", "docxtpl"),
    ],
)
def test_one_document_loads_what_it_needs(document: str, engine: str, other: str, tmp_path: Path) -> None:
    record = ROOT / "samples" / "db3203-t1023-2023" / "complete" / "record.yaml"
    loaded = list_modules(
        "build", str(record), "-o", str(tmp_path), "--only", document, "--no-color", "--format", "json"
    )
    assert engine in loaded
    assert [name for name in loaded if name.startswith((*UNUSED, other))] == []


def test_help_needs_the_catalogue_alone() -> None:
    assert list_imported("--help") & set(HEAVY) == {"yaml"}


@pytest.mark.parametrize("arguments", [("explain", "X101"), ("build", "--help")])
def test_a_light_command_stays_light(arguments: tuple[str, ...]) -> None:
    assert list_imported(*arguments) & set(HEAVY) == {"yaml"}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("encoding", ["gbk", "cp1252", "ascii", "utf-8"])
def test_no_encoding_brings_a_traceback(encoding: str, lang: str) -> None:
    ran = docgen("explain", "😀—", "--lang", lang, env={"PYTHONIOENCODING": encoding})
    assert ran.returncode == 2
    assert b"Traceback" not in ran.stderr
    assert b"X119" in ran.stderr
    text = ran.stderr.decode(encoding)
    assert ("😀" in text) == (encoding == "utf-8")


def test_gbk_shows_chinese_and_a_plain_sign_for_the_rest() -> None:
    text = docgen("explain", "😀", env={"PYTHONIOENCODING": "gbk"}).stderr.decode("gbk")
    assert "没有代码“?”" in text


def test_a_console_without_chinese_gets_english_unless_a_language_was_chosen() -> None:
    assert b"No such option" in docgen("explain", "X101", env={"PYTHONIOENCODING": "cp1252"}).stdout
    assert b"??" in docgen("explain", "X101", "--lang", "zh", env={"PYTHONIOENCODING": "cp1252"}).stdout


def test_json_can_be_read_from_any_encoding() -> None:
    documents = []
    for encoding in ("utf-8", "gbk", "cp1252"):
        ran = docgen("explain", "X101", "--format", "json", env={"PYTHONIOENCODING": encoding})
        documents.append(json.loads(ran.stdout.decode("utf-8")))
    assert documents[0] == documents[1] == documents[2]
    assert documents[0]["codes"][0]["title"] == "没有这个选项"


FAULT = """
import docgen.cli.root as root, sys
from docgen.cli.run import run_process
def fail(*words): raise {fault}
root.root.callback = fail
sys.argv = ["docgen", *{arguments!r}]
sys.exit(run_process())
"""


def fail_with(fault: str, *arguments: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    return start("-c", FAULT.format(fault=fault, arguments=["explain", *arguments]), env=env)


def test_a_bug_exits_with_3_and_says_what_to_send() -> None:
    ran = fail_with("ValueError('秘密\\n')")
    text = ran.stderr.decode()
    assert ran.returncode == 3
    assert "X113" in text
    assert "ValueError" in text
    assert "docgen doctor" in text
    assert "Traceback" not in text


def test_a_bug_shows_its_traceback_on_request() -> None:
    assert b"Traceback" in fail_with("ValueError('x')", DOCGEN_DEBUG="1").stderr


def test_a_bug_is_json_too() -> None:
    ran = fail_with("ZeroDivisionError()", "--format", "json")
    assert ran.returncode == 3
    assert json.loads(ran.stdout)["diagnostics"][0]["code"] == "X113"


def test_an_unforeseen_fault_of_the_system_is_a_bug() -> None:
    assert fail_with("PermissionError(13, 'denied', 'x')").returncode == 3


def test_an_interruption_exits_with_130_without_a_traceback() -> None:
    ran = fail_with("KeyboardInterrupt()")
    assert ran.returncode == 130
    assert b"Traceback" not in ran.stderr
    assert "已按您的操作中断".encode() in ran.stderr


@pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")
def test_ctrl_c_interrupts(tmp_path: Path) -> None:
    waiting = tmp_path / "record.yaml"
    os.mkfifo(waiting)
    with start_docgen("verify", waiting) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(2)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"Traceback" not in told


@pytest.mark.skipif(os.name == "nt", reason="pipes as POSIX has them")
@pytest.mark.parametrize("arguments", [("explain",), ("explain", "--format", "json"), ("--help",)])
def test_a_closed_pipe_is_quiet(arguments: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with start_docgen(*arguments, stdout=writer) as process:
        os.close(writer)
        _, told = process.communicate(timeout=20)
    assert told == b""
    assert process.returncode == 0


def complete(words: str, word: str, *, cwd: Path = ROOT) -> list[str]:
    env = {"_DOCGEN_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": word}
    code = "import sys; sys.argv = ['docgen']; from docgen.cli import main; main()"
    ran = start("-c", code, env=env, cwd=cwd)
    assert ran.stderr == b""
    return [line.partition(",")[2] for line in ran.stdout.decode().splitlines()]


def test_completion_offers_commands_codes_profiles_and_options() -> None:
    assert complete("docgen ch", "1") == ["check"]
    assert complete("docgen explain x10", "2")[:2] == ["X101", "X102"]
    assert "--lang" in complete("docgen check --", "2")
    assert complete("docgen check --lang ", "3") == ["zh", "en"]
    found = complete("docgen schema ", "2")
    assert found == sorted(folder.name for folder in (ROOT / "profiles").iterdir() if folder.is_dir())


def test_completion_offers_the_documents_of_the_records_profile(tmp_path: Path) -> None:
    profile = next(folder.name for folder in sorted((ROOT / "profiles").iterdir()) if folder.is_dir())
    (tmp_path / "record.yaml").write_text(f"profile: {profile}\n", "utf-8")
    offered = complete("docgen build record.yaml --only ", "4", cwd=tmp_path)
    assert "work-plan" in offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_line_to_enable_completion_gives_a_script(shell: str) -> None:
    code = "import sys; sys.argv = ['docgen']; from docgen.cli import main; main()"
    ran = start("-c", code, env={"_DOCGEN_COMPLETE": f"{shell}_source"})
    assert ran.returncode == 0, ran.stderr
    assert b"_DOCGEN_COMPLETE" in ran.stdout
