"""check, build, case: what they hand to the pipeline and what they tell of its answer; the pipeline itself is faked."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from support.command_line import CommandLine

import docgen.pipeline
from docgen.diagnostics import Diagnostic, Location, error, warning
from docgen.errors import OutputError, SourceError
from docgen.pipeline import Options, Outcome, Output, RecordSummary
from docgen.pipeline.stages.outcome import Score

SUMMARY = RecordSummary(
    profile_id="made-up",
    project_number="P-1",
    project_name="某项目",
    enterprises=2,
    documents=7,
    evidence=3,
    scores=(
        Score("徐州甲有限公司", Decimal("70.00"), Decimal(90), "优秀"),
        Score("乙", None, Decimal(90), None),
    ),
)
CAREFUL = warning("X128", Location("yaml", file="r.yaml", line=4, column=2))
WRONG = error("X111", Location("yaml", file="r.yaml", line=2, column=1), path="p", clause="6.9")


class FakePipeline:
    """Stands for check_record and build_record."""

    def __init__(
        self, *found: Diagnostic, outputs: tuple[Output, ...] = (), summary: RecordSummary | None = SUMMARY
    ) -> None:
        self.found, self.outputs, self.summary = found, outputs, summary
        self.calls: list[tuple[str, Path, Options]] = []
        self.out: Path | None = None

    def check_record(self, path: Path, options: Options) -> Outcome:
        self.calls.append(("check", path, options))
        if path.name == "unreadable.yaml":
            raise SourceError(error("X110", path=str(path), reason="denied"))
        return Outcome(self.found, (), self.summary)

    def build_record(
        self, path: Path, out: Path, options: Options, progress: Callable[[str, int, int], None], **_more: object
    ) -> Outcome:
        self.calls.append(("build", path, options))
        self.out = out
        progress("企业诊断报告", 1, 3)
        return Outcome(self.found, self.outputs, self.summary)


@pytest.fixture
def docgen_command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.delenv("DOCGEN_LANG", raising=False)
    return CommandLine(capsys)


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[[FakePipeline], FakePipeline]:
    def put(fake: FakePipeline) -> FakePipeline:
        monkeypatch.setattr(docgen.pipeline, "check_record", fake.check_record)
        monkeypatch.setattr(docgen.pipeline, "build_record", fake.build_record)
        return fake

    return put


Install = Callable[[FakePipeline], FakePipeline]


def test_a_sound_record_is_summarised_on_stdout(docgen_command: CommandLine, install: Install) -> None:
    install(FakePipeline())
    ran = docgen_command("check", "r.yaml")
    assert (ran.code, ran.err) == (0, "")
    assert "P-1 某项目" in ran.out
    assert "企业 2 家，文书 7 份，佐证材料 3 件" in ran.out
    assert "  徐州甲有限公司  70/90  优秀\n  乙              未评\n" in ran.out
    assert ran.out.endswith("没有发现问题。\n")


def test_the_summary_is_data_in_json(docgen_command: CommandLine, install: Install) -> None:
    install(FakePipeline(CAREFUL))
    ran = docgen_command.json("check", "r.yaml")
    assert ran.document["counts"] == {"error": 0, "warning": 1, "info": 0}
    record = ran.document["records"][0]
    assert record["project"] == {"number": "P-1", "name": "某项目"}
    assert record["scores"][0] == {"name": "徐州甲有限公司", "total": 70.0, "maximum": 90.0, "grade": "优秀"}
    assert record["scores"][1]["total"] is None


@pytest.mark.parametrize(
    ("found", "options", "code"),
    [((), (), 0), ((CAREFUL,), (), 0), ((CAREFUL,), ("--strict",), 1), ((WRONG, CAREFUL), (), 1)],
)
def test_the_exit_code_follows_the_gravest(
    docgen_command: CommandLine,
    install: Install,
    found: tuple[Diagnostic, ...],
    options: tuple[str, ...],
    code: int,
) -> None:
    install(FakePipeline(*found))
    assert docgen_command("check", "r.yaml", *options).code == code


def test_diagnostics_stand_in_the_order_of_the_file(docgen_command: CommandLine, install: Install) -> None:
    install(FakePipeline(CAREFUL, WRONG))
    told = docgen_command("check", "r.yaml").err
    assert told.index("r.yaml:2:1  错误 X111") < told.index("r.yaml:4:2  警告 X128")
    assert "（条款 6.9）" in told
    assert "共 1 个错误、1 个警告。用 docgen explain X111" in told


def test_one_unreadable_record_does_not_keep_the_others(docgen_command: CommandLine, install: Install) -> None:
    fake = install(FakePipeline(CAREFUL))
    ran = docgen_command.json("check", "unreadable.yaml", "r.yaml")
    assert ran.code == 2
    assert [path.name for _, path, _ in fake.calls] == ["unreadable.yaml", "r.yaml"]
    assert ran.codes == ["X110", "X128"]
    assert [set(item) == {"path"} for item in ran.document["records"]] == [True, False]


def test_build_hands_on_every_option(docgen_command: CommandLine, install: Install, tmp_path: Path) -> None:
    fake = install(FakePipeline())
    (tmp_path / "own").mkdir()
    words = ["--draft", "--blank", "--no-package", "--without-record", "--force"]
    words += ["--only", "a", "--only", "b", "--profile", "p", "--templates"]
    docgen_command("build", tmp_path / "r.yaml", "-o", tmp_path / "输 出", *words, tmp_path / "own")
    (name, path, options), out = fake.calls[0], fake.out
    assert (name, path, out) == ("build", tmp_path / "r.yaml", tmp_path / "输 出")
    assert (options.draft, options.blank, options.package, options.with_record, options.force) == (
        True,
        True,
        False,
        False,
        True,
    )
    assert (options.only, options.profile_id) == (("a", "b"), "p")
    assert options.resources.own_templates == (tmp_path / "own",)


def test_build_has_careful_defaults(docgen_command: CommandLine, install: Install) -> None:
    fake = install(FakePipeline())
    docgen_command("build", "r.yaml", "-o", "out")
    options = fake.calls[0][2]
    assert options == Options(resources=options.resources)


def test_build_ends_with_the_outputs_and_the_next_command(
    docgen_command: CommandLine, install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    outputs = (Output("document", tmp_path / "甲.docx", "甲"), Output("package", tmp_path / "o p" / "包.zip", "包"))
    install(FakePipeline(outputs=outputs))
    ran = docgen_command("build", "r.yaml", "-o", "o p")
    package = str(Path("o p/包.zip"))
    assert ran.out.endswith(f"文书    甲.docx\n档案包  {package}\n")
    quoted = f'"{package}"' if "\\" in package else f"'{package}'"
    assert ran.err == f"下一步：docgen verify {quoted}\n"
    document = docgen_command.json("build", "r.yaml", "-o", "o p").document
    assert [item["kind"] for item in document["outputs"]] == ["document", "package"]
    assert document["record"]["profile"] == "made-up"


def test_many_documents_are_told_by_their_folder(docgen_command: CommandLine, install: Install) -> None:
    outputs = tuple(Output("document", Path(f"o/d/{key}/x.docx"), "x") for key in "abcdef")
    install(FakePipeline(outputs=outputs))
    ran = docgen_command("build", "r.yaml", "-o", "o")
    assert ran.out.endswith(f"\n文书  {Path('o/d')}（6 个文件）\n")
    assert len(docgen_command.json("build", "r.yaml", "-o", "o").document["outputs"]) == 6


def test_build_says_when_nothing_was_written(docgen_command: CommandLine, install: Install) -> None:
    install(FakePipeline(WRONG))
    ran = docgen_command("build", "r.yaml", "-o", "out")
    assert ran.code == 1
    assert "没有写出任何文件" in ran.err
    assert "docgen check r.yaml" in ran.err


@pytest.mark.parametrize("draft", [False, True])
def test_strict_is_told_to_the_build_and_ends_with_1(
    docgen_command: CommandLine, install: Install, draft: bool
) -> None:
    fake = install(FakePipeline(CAREFUL))
    assert docgen_command("build", "r.yaml", "-o", "out", "--strict", *(["--draft"] if draft else [])).code == 1
    [(name, _, options)] = fake.calls
    assert (name, options.strict, options.draft) == ("build", True, draft)


def test_an_output_that_cannot_be_written_exits_with_2(
    docgen_command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*words: object, **more: object) -> Outcome:
        raise OutputError(error("X118", path="包.zip", reason="busy"))

    monkeypatch.setattr(docgen.pipeline, "build_record", refuse)
    ran = docgen_command("build", "r.yaml", "-o", "out")
    assert ran.code == 2
    assert "写不了“包.zip”：busy" in ran.err


def test_progress_is_shown_on_a_terminal_only(
    docgen_command: CommandLine, install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(FakePipeline())
    assert "1/3" not in docgen_command("build", "r.yaml", "-o", "out").err
    monkeypatch.setattr("docgen.cli.console.Console.show_progress", lambda self, label, done, total: print(label))
    assert docgen_command("build", "r.yaml", "-o", "out").out.startswith("企业诊断报告\n")


def test_what_has_no_place_is_told_with_its_record(docgen_command: CommandLine, install: Install) -> None:
    class Lacking(FakePipeline):
        def check_record(self, path: Path, options: Options) -> Outcome:
            outcome = super().check_record(path, options)
            return outcome if path.stem in ("r4", "r7") else Outcome((), (), SUMMARY)

    install(Lacking(error("A151", item="c", label="启动会")))
    ran = docgen_command("check", *(f"r{number}.yaml" for number in range(1, 10)))
    told = [line.split("  ")[0] for line in ran.err.splitlines() if "A151" in line]
    assert told[:2] == ["r4.yaml", "r7.yaml"]
    assert "（2 处）" not in ran.err
    places = [item["location"] for item in docgen_command.json("check", "r4.yaml").document["diagnostics"]]
    assert places == [{"kind": "none", "file": "r4.yaml"}]
