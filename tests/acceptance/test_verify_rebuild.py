"""``docgen verify --rebuild --standard``: a package is proven by its record, with what it names by digest."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.command_line import ROOT, CommandLine, Ran
from support.foreign_bags import ForeignBag, write_zip
from support.office_schemas import check_file
from support.remade_packages import Files, change_part, read_package, remake_package
from support.stand_in_office import make_stand_in

from docgen.archive.verify.texts import read_rows

SAMPLES = ROOT / "samples"
OLD = ROOT / "tests" / "old" / "0.1.0" / "packages"
RECORD = "record/record.json"
Edit = Callable[[Files, dict[str, Any]], None]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., list[Path]]:
    """The packages of a sample, built once for each set of options."""
    from docgen.cli.run import run

    known: dict[tuple[str, ...], list[Path]] = {}

    def build(sample: str, *options: str) -> list[Path]:
        key = (sample, *options)
        if key not in known:
            out = tmp_path_factory.mktemp("built")
            assert run(["build", str(SAMPLES / sample / "record.yaml"), "-o", str(out), *options]) in (0, 1)
            known[key] = sorted(out.glob("*.zip"))
        assert known[key]
        return known[key]

    return build


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def prove(docgen: CommandLine, *arguments: object) -> Ran:
    return docgen.json("verify", *arguments, "--rebuild", "--standard")


def find_verdicts(ran: Ran, number: int = 0) -> tuple[str, str]:
    steps = {item["step"]: item["verdict"] for item in ran.document["packages"][number]["steps"]}
    return steps["rebuild"], steps["standard"]


def list_wrong(ran: Ran) -> list[tuple[str, str]]:
    return [(item["code"], item["message"]) for item in ran.document["diagnostics"] if item["severity"] != "info"]


def find_document(files: Files, word: str) -> str:
    (path,) = (name for name in files if word in name and name.startswith("data/"))
    return path


COMPLETE = "db3203-t1023-2023/complete"
STATION = "db4201-t629-2020/station"
PARK = "db4201-t665-2022/park"


@pytest.mark.parametrize("sample", [COMPLETE, STATION, PARK, "chengdu-sme-guide-2024/service", "t-hebqia-draft/scored"])
def test_packages_of_every_sample_are_proven(
    docgen: CommandLine, built: Callable[..., list[Path]], sample: str
) -> None:
    paths = built(sample)
    ran = prove(docgen, *paths)
    assert not list_wrong(ran)
    assert [find_verdicts(ran, number) for number in range(len(paths))] == [("passed", "passed")] * len(paths)


def test_without_being_asked_nothing_is_proven(docgen: CommandLine, built: Callable[..., list[Path]]) -> None:
    ran = docgen.json("verify", *built(COMPLETE))
    assert find_verdicts(ran) == ("not_run", "not_run")
    assert not ran.document["packages"][0]["steps"][-2]["codes"]


def forge(path: Path, tmp_path: Path, edit: Edit) -> Path:
    return remake_package(path, tmp_path / path.name, edit)


def test_a_word_changed_in_word_is_found_by_its_place(
    docgen: CommandLine, built: Callable[..., list[Path]], tmp_path: Path
) -> None:
    def edit(files: Files, _index: dict[str, Any]) -> None:
        path = find_document(files, "认证提升满意度调查表_丰县棠沙里")
        assert "★" not in files[path].decode("latin-1")
        files[path] = change_part(files[path], "word/document.xml", "棠沙里食品有限公司", "棠沙外食品有限公司")

    forged = forge(built(COMPLETE)[0], tmp_path, edit)
    plain = docgen.json("verify", forged)
    assert plain.code == 0, plain.out  # by itself the package is sound
    ran = prove(docgen, forged)
    assert ran.code == 1
    found = ran.find("V220")
    assert "棠沙外食品" in found["message"]
    assert "棠沙里食品" in found["message"]
    assert "第 1 个表第 1 行第 2 格（企业名称" in found["message"]
    assert find_verdicts(ran) == ("failed", "passed")


def test_a_figure_changed_in_excel_is_found_by_its_cell(
    docgen: CommandLine, built: Callable[..., list[Path]], tmp_path: Path
) -> None:
    def edit(files: Files, _index: dict[str, Any]) -> None:
        path = next(name for name in files if name.endswith(".xlsx") and "评价表" in name)
        files[path] = change_part(files[path], "xl/worksheets/sheet1.xml", "<v>10</v>", "<v>9</v>")

    ran = prove(docgen, forge(built(COMPLETE)[0], tmp_path, edit))
    found = ran.find("V220")
    assert "!" in found["message"]
    assert "9" in found["message"]
    assert find_verdicts(ran) == ("failed", "passed")


def test_a_document_that_was_saved_anew_is_told(
    docgen: CommandLine, built: Callable[..., list[Path]], tmp_path: Path
) -> None:
    def edit(files: Files, _index: dict[str, Any]) -> None:
        path = next(name for name in files if name.endswith(".docx"))
        files[path] = change_part(files[path], "docProps/app.xml", "</Properties>", "<Pages>2</Pages></Properties>")

    ran = prove(docgen, forge(built(COMPLETE)[0], tmp_path, edit))
    assert "docProps/app.xml" in ran.find("V221")["message"]


def test_a_changed_record_contradicts_the_documents(
    docgen: CommandLine, built: Callable[..., list[Path]], tmp_path: Path
) -> None:
    def edit(files: Files, _index: dict[str, Any]) -> None:
        made = json.loads(files[RECORD])
        indicators = made["record"]["enterprises"][0]["indicators"]
        indicator = next(item for item in indicators if item["before"] != item["after"])
        indicator["after"] = indicator["before"]
        files[RECORD] = json.dumps(made, ensure_ascii=False).encode()

    ran = prove(docgen, forge(built(COMPLETE)[0], tmp_path, edit))
    assert ran.codes.count("V220") > 3
    assert find_verdicts(ran)[0] == "failed"


def test_what_the_standard_asks_for_is_judged_by_the_same_checks(
    docgen: CommandLine, built: Callable[..., list[Path]], tmp_path: Path
) -> None:
    """A record that lacks a whole part: what `docgen check` finds, the receiver finds."""

    def edit(files: Files, _index: dict[str, Any]) -> None:
        made = json.loads(files[RECORD])
        made["record"]["trainings"] = []
        made["record"]["evidence"] = [item for item in made["record"]["evidence"] if "training" not in item]
        files[RECORD] = json.dumps(made, ensure_ascii=False).encode()

    forged = forge(built(COMPLETE)[0], tmp_path, edit)
    ran = prove(docgen, forged)
    assert find_verdicts(ran) == ("failed", "failed")
    own = tmp_path / "own"
    shutil.copytree(SAMPLES / COMPLETE, own)
    (own / "record.yaml").unlink()
    record = json.loads(read_package(forged)[1][RECORD])["record"]
    (own / "record.json").write_text(json.dumps(record, ensure_ascii=False), "utf-8")
    checked = docgen.json("check", own / "record.json")
    faults = [item for item in checked.document["diagnostics"] if item["severity"] == "error"]
    wanted = {(item["code"], item["message"]) for item in faults}
    assert wanted
    assert wanted <= {(item["code"], item["message"]) for item in ran.document["diagnostics"]}
    places = {item["location"].get("member", "") for item in ran.document["diagnostics"] if item["code"] == "R102"}
    assert all("record.json:" in place for place in places)


def test_a_photograph_swapped_for_another_is_found(
    docgen: CommandLine, built: Callable[..., list[Path]], tmp_path: Path
) -> None:
    other = read_package(built(PARK)[0])[1]
    picture = next(data for name, data in other.items() if name.endswith(".jpg"))

    def edit(files: Files, _index: dict[str, Any]) -> None:
        path = next(name for name in files if "现场" in name and name.endswith(".jpg"))
        files[path] = picture

    ran = prove(docgen, forge(built(COMPLETE)[0], tmp_path, edit))
    assert find_verdicts(ran)[0] == "failed"
    assert {"V226"} <= set(ran.codes)


def test_what_was_taken_out_and_what_was_added_is_found(
    docgen: CommandLine, built: Callable[..., list[Path]], tmp_path: Path
) -> None:
    def edit(files: Files, index: dict[str, Any]) -> None:
        gone = next(item for item in index["documents"] if item["id"].startswith("satisfaction/"))
        index["documents"].remove(gone)
        for item in gone["renditions"]:
            del files[item["path"]]
        more = next(item for item in index["documents"] if item["id"].startswith("satisfaction/"))
        again = json.loads(json.dumps(more))
        again["id"] = "satisfaction/nobody"
        for item in again["renditions"]:
            files[item["path"].replace("满意度", "满意")] = files[item["path"]]
            item["path"] = item["path"].replace("满意度", "满意")
        again["number"] = gone["number"]
        index["documents"].append(again)

    ran = prove(docgen, forge(built(COMPLETE)[0], tmp_path, edit))
    assert {"V222", "V223"} <= set(ran.codes)
    assert find_verdicts(ran) == ("failed", "failed")


def test_a_filing_item_in_another_state_is_found(
    docgen: CommandLine, built: Callable[..., list[Path]], tmp_path: Path
) -> None:
    def edit(_files: Files, index: dict[str, Any]) -> None:
        index["items"][0]["status"] = "unstated"

    ran = prove(docgen, forge(built(COMPLETE)[0], tmp_path, edit))
    assert "已归档" in ran.find("V227")["message"]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"generator": "docgen 9.9.9"}, "docgen 9.9.9"),
        ({"profile": {"id": "db3203-t1023-2023", "version": "0.0.9", "digest": "0" * 64}}, "0.0.9"),
        ({"profile": {"id": "db3203-t1023-2023", "version": "0.1.0", "digest": ""}}, "摘要"),
        ({"profile": {"id": "nowhere", "version": "1", "digest": "0" * 64}}, "nowhere"),
        ({"template_digests": {}}, "模板"),
    ],
)
def test_what_is_not_here_is_not_judged(
    docgen: CommandLine, built: Callable[..., list[Path]], tmp_path: Path, change: dict[str, Any], key: str
) -> None:
    ran = prove(docgen, forge(built(COMPLETE)[0], tmp_path, lambda _files, index: index.update(change)))
    rebuilt, judged = find_verdicts(ran)
    assert rebuilt == "not_run"
    assert judged == ("not_run" if "profile" in change else "passed")
    assert key in next(item["message"] for item in ran.document["diagnostics"] if item["code"] == "V224")
    assert not [item for item in ran.codes if item in {"V220", "V221", "V222", "V223", "V226", "V227"}]


def test_packages_without_a_record_and_of_older_versions_are_not_judged(
    docgen: CommandLine, built: Callable[..., list[Path]], tmp_path: Path
) -> None:
    ran = prove(docgen, *built(STATION, "--redact"), *built(COMPLETE, "--without-record"), *sorted(OLD.glob("*.zip")))
    assert ran.code == 0
    verdicts = [find_verdicts(ran, number) for number in range(len(ran.document["packages"]))]
    assert set(verdicts) == {("passed", "passed"), ("not_run", "not_run")}
    reasons = {item["message"] for item in ran.document["diagnostics"] if item["code"] == "V224"}
    assert any("公开版" in item for item in reasons)
    assert any("--without-record" in item for item in reasons)
    assert any("早先的 docgen" in item for item in reasons)


def test_a_draft_and_a_stage_package_are_made_again_as_they_were(
    docgen: CommandLine, built: Callable[..., list[Path]], tmp_path: Path
) -> None:
    shutil.copytree(SAMPLES / COMPLETE, tmp_path / "in")
    record = tmp_path / "in" / "record.yaml"
    text = record.read_text("utf-8")
    record.write_text(text.replace("legal_representative:", "#legal_representative:"), "utf-8")
    docgen("build", record, "-o", tmp_path / "out", "--draft")
    (draft,) = (tmp_path / "out").glob("*.zip")
    ran = prove(docgen, draft, *built(COMPLETE, "--until", "d"))
    assert [find_verdicts(ran, number)[0] for number in range(2)] == ["passed", "passed"]
    assert not [code for code in ran.codes if code in {"V220", "V221", "V222", "V223", "V226", "V227"}]


def test_own_templates_are_used_when_they_are_named(
    docgen: CommandLine, tmp_path: Path, built: Callable[..., list[Path]]
) -> None:
    own = tmp_path / "templates" / "docx"
    own.mkdir(parents=True)
    data = (ROOT / "templates" / "docx" / "report.docx").read_bytes()
    end = "</cp:coreProperties>"
    (own / "report.docx").write_bytes(change_part(data, "docProps/core.xml", end, f" {end}"))
    options = ["--templates", tmp_path / "templates"]
    assert docgen("build", SAMPLES / COMPLETE / "record.yaml", "-o", tmp_path / "out", *options).code == 0
    (package,) = (tmp_path / "out").glob("*.zip")
    assert find_verdicts(prove(docgen, package, *options)) == ("passed", "passed")
    without = prove(docgen, package)
    assert find_verdicts(without) == ("not_run", "passed")
    assert "--templates" in without.find("V225")["message"]


def test_a_record_that_names_files_of_this_computer_reads_none(
    docgen: CommandLine, built: Callable[..., list[Path]], tmp_path: Path
) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("机密的内容", "utf-8")

    def edit(files: Files, _index: dict[str, Any]) -> None:
        made = json.loads(files[RECORD])
        made["record"]["evidence"][0]["file"] = str(secret)
        forms = made["record"]["forms"]
        entry = next(iter(forms.values()))[0]
        key = next(name for name, value in entry.items() if isinstance(value, str) and len(value) > 30)
        entry[key] = {"file": str(secret)}
        files[RECORD] = json.dumps(made, ensure_ascii=False).encode()

    ran = prove(docgen, forge(built("chengdu-sme-guide-2024/service")[0], tmp_path, edit))
    assert "机密" not in ran.out
    assert "not_run" in find_verdicts(ran) or "failed" in find_verdicts(ran)


def test_many_packages_are_proven_and_kept(
    docgen: CommandLine, built: Callable[..., list[Path]], tmp_path: Path
) -> None:
    inbox = tmp_path / "收件"
    inbox.mkdir()
    for path in built(STATION):
        shutil.copy(path, inbox)
    out = tmp_path / "结果.xlsx"
    options = ["-o", out, "--jobs", "1"]
    first = docgen.json("verify", inbox, *options)
    assert first.document["verify"]["sound"] == 4
    again = docgen.json("verify", inbox, *options, "--rebuild", "--standard")
    assert again.document["verify"]["kept"] == 0
    told = json.loads(out.with_suffix(".json").read_text("utf-8"))
    for package in told["packages"]:
        assert {item["step"]: item["verdict"] for item in package["steps"]}["rebuild"] == "passed"
    kept = docgen.json("verify", inbox, *options, "--rebuild", "--standard")
    assert kept.document["verify"]["kept"] == 4


def test_a_photograph_used_in_two_packages_is_pointed_out(
    docgen: CommandLine, built: Callable[..., list[Path]], tmp_path: Path
) -> None:
    other = read_package(built(PARK)[0])[1]
    picture = next(data for name, data in other.items() if name.endswith(".jpg"))

    def edit(files: Files, _index: dict[str, Any]) -> None:
        for path in sorted(name for name in files if name.endswith(".jpg"))[:2]:
            files[path] = picture

    inbox = tmp_path / "收件"
    inbox.mkdir()
    forge(built(COMPLETE)[0], inbox, edit)
    shutil.copy(built(PARK)[0], inbox)
    few = docgen.json("verify", *sorted(inbox.glob("*.zip")))
    many = docgen.json("verify", inbox, "--jobs", "1")
    for ran in (few, many):
        assert ran.code == 0
        assert ran.codes.count("V228") == 1
        told = [item["message"] for item in ran.document["diagnostics"] if item["code"] == "V229"]
        assert len(told) == 2
        assert all("另一项目" in item for item in told)
        elsewhere = [item["repeated_elsewhere"] for item in ran.document["packages"]]
        assert [item[0]["relation"] for item in elsewhere] == ["other_project"] * 2
    assert few.document["packages"][0]["items"] == many.document["packages"][0]["items"]
    out = tmp_path / "结果.xlsx"
    docgen.json("verify", inbox, "--jobs", "1", "-o", out)
    told = json.loads(out.with_suffix(".json").read_text("utf-8"))["packages"]
    codes = [item["code"] for package in told for item in package["diagnostics"]]
    assert codes.count("V229") == 2


def read_report(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.with_suffix(".json").read_text("utf-8"))
    return loaded


def test_the_report_says_every_verdict_with_its_evidence(
    docgen: CommandLine, built: Callable[..., list[Path]], tmp_path: Path
) -> None:
    out = tmp_path / "报告.docx"
    ran = prove(docgen, built(COMPLETE)[0], "--report", out)
    assert [Path(item["path"]).name for item in ran.document["outputs"]] == ["报告.docx", "报告.json"]
    told = read_report(out)
    assert told["package"]["items"] == ran.document["packages"][0]["items"]
    assert {item["nature"] for item in told["package"]["items"]} == {"authenticity", "integrity", "usability", "safety"}
    verdicts = {item["item"]: item["verdict"] for item in told["package"]["items"]}
    assert (verdicts["virus"], verdicts["rebuild"], verdicts["standard"]) == ("not_run", "passed", "passed")
    assert told["rules"][0]["number"] == "国家档案局令第22号"
    assert "自编" in told["package"]["items_note"]
    assert not check_file(out)
    texts = [row[0] for row in read_rows(out.read_bytes(), "a.docx", 1 << 24)]
    assert texts[0] == "电子档案四性检测报告"
    assert texts.count("未检测") == 2  # viruses, and the identity from elsewhere
    assert "四、安全性" in texts
    again = docgen.json("verify", built(COMPLETE)[0], "--report", out)
    assert (again.code, again.codes) == (2, ["A101"])


def test_reports_of_many_go_to_a_folder(docgen: CommandLine, built: Callable[..., list[Path]], tmp_path: Path) -> None:
    folder = tmp_path / "报告"
    paths = built(STATION)
    ran = docgen.json("verify", *paths, "--report", folder)
    assert ran.code == 0
    assert len(list(folder.glob("*_四性检测报告.docx"))) == len(list(folder.glob("*.json"))) == len(paths)
    inbox = tmp_path / "收件"
    inbox.mkdir()
    for number in range(2):
        shutil.copy(paths[0], inbox / f"{number}.zip")
    docgen.json("verify", inbox, "--jobs", "1", "--report", tmp_path / "又")
    assert len(list((tmp_path / "又").glob("*.docx"))) == 2
    assert docgen.json("verify", *paths, "--report", folder).code == 0  # brought up to date
    assert len(list(folder.glob("*.docx"))) == len(paths)
    (tmp_path / "另").mkdir()
    copy = shutil.copy(paths[0], tmp_path / "另")
    assert docgen.json("verify", copy, "--report", folder).code == 0  # another file of that name
    assert len(list(folder.glob("*.docx"))) == len(paths) + 1
    (tmp_path / "文件").write_text("", "utf-8")
    assert docgen.json("verify", *paths, "--report", tmp_path / "文件").codes == ["A107"]
    one = docgen.json("verify", *paths, "--report", tmp_path / "一份.docx")
    assert (one.code, one.codes) == (2, ["V232"])


def test_a_package_names_the_rules_it_was_made_under(built: Callable[..., list[Path]]) -> None:
    index = json.loads(read_package(built(COMPLETE)[0])[1]["package.json"])
    assert {rule["number"] for rule in index["rules"]} >= {"DA/T 70—2018", "DA/T 97—2023", "GB/T 42727—2023"}
    assert all(rule["read"] for rule in index["rules"])
    page = (ROOT / "docs" / "archive.md").read_text("utf-8")
    assert all(rule["number"] in page and rule["title"] in page for rule in index["rules"])


def test_a_text_in_a_file_of_its_own_leaves_its_document_open(docgen: CommandLine, tmp_path: Path) -> None:
    shutil.copytree(SAMPLES / COMPLETE, tmp_path / "in")
    record = tmp_path / "in" / "record.yaml"
    data = yaml.load(record.read_text("utf-8"), yaml.BaseLoader)
    entry = data["forms"]["work-plan"][0]
    (tmp_path / "in" / "目标.md").write_text(entry["goals"], "utf-8")
    entry["goals"] = {"file": "目标.md"}
    record.unlink()
    record.with_suffix(".json").write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    assert docgen("build", record.with_suffix(".json"), "-o", tmp_path / "out").code == 0
    ran = prove(docgen, *(tmp_path / "out").glob("*.zip"))
    assert (ran.code, find_verdicts(ran)) == (0, ("not_run", "not_run"))
    told = [item["message"] for item in ran.document["diagnostics"] if item["code"] == "V225"]
    assert [("工作计划" in item, "work-plan[0].goals" in item) for item in told] == [(True, False), (False, True)]


def test_whoever_calls_a_document_handwritten_gets_no_pass(
    docgen: CommandLine, built: Callable[..., list[Path]], tmp_path: Path
) -> None:
    def edit(files: Files, index: dict[str, Any]) -> None:
        path = find_document(files, "认证提升满意度调查表_丰县棠沙里")
        files[path] = change_part(files[path], "word/document.xml", "棠沙里食品有限公司", "棠沙外食品有限公司")
        (document,) = (item for item in index["documents"] if item["renditions"][0]["path"] == path)
        document["origin"] = "handwritten"

    ran = prove(docgen, forge(built(COMPLETE)[0], tmp_path, edit))
    assert find_verdicts(ran) == ("not_run", "not_run")
    assert "手工文书" in next(item["message"] for item in ran.document["diagnostics"] if item["code"] == "V225")


def test_a_file_that_is_no_document_any_more_and_a_text_in_the_footer_are_found(
    docgen: CommandLine, built: Callable[..., list[Path]], tmp_path: Path
) -> None:
    def edit(files: Files, _index: dict[str, Any]) -> None:
        reports = [name for name in files if name.endswith(".docx") and name.startswith("data/")]
        held = [name for name in reports if b"word/footer1.xml" in files[name]]
        footer = "<w:p><w:r><w:t>另加</w:t></w:r></w:p></w:ftr>"
        files[held[0]] = change_part(files[held[0]], "word/footer1.xml", "</w:ftr>", footer)

    ran = prove(docgen, forge(built(COMPLETE)[0], tmp_path, edit))
    assert "页脚" in ran.find("V220")["message"]
    assert "另加" in ran.find("V220")["message"]


def test_a_folder_is_proven_as_its_zip(docgen: CommandLine, built: Callable[..., list[Path]], tmp_path: Path) -> None:
    with zipfile.ZipFile(built(PARK)[0]) as package:
        package.extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    assert find_verdicts(prove(docgen, folder)) == ("passed", "passed")


def test_a_package_of_handwritten_documents_is_proven_in_part(docgen: CommandLine, tmp_path: Path) -> None:
    record = SAMPLES / "db4201-t665-2022" / "single-enterprise" / "record.yaml"
    docgen("build", record, "-o", tmp_path / "made", "--no-package")
    (tmp_path / "theirs").mkdir()
    for path in (tmp_path / "made").rglob("质量提升工作总结.docx"):
        shutil.copy(path, tmp_path / "theirs")
    assert docgen("package", record, "--from", tmp_path / "theirs", "-o", tmp_path / "out").code == 0
    ran = prove(docgen, *(tmp_path / "out").glob("*.zip"))
    assert (ran.code, find_verdicts(ran)) == (0, ("not_run", "not_run"))
    assert not list_wrong(ran)


def test_whatever_came_gets_a_report(docgen: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "坏.zip").write_bytes(b"no zip")
    bag = write_zip(tmp_path / "别人的.zip", ForeignBag().list_files())
    for path, nature in ((tmp_path / "坏.zip", "failed"), (bag, "passed")):
        out = tmp_path / f"{path.stem}.docx"
        docgen.json("verify", path, "--rebuild", "--standard", "--report", out)
        verdicts = {item["item"]: item["verdict"] for item in read_report(out)["package"]["items"]}
        assert verdicts["package_opens"] == nature
        assert verdicts["rebuild"] == verdicts["standard"] == verdicts["virus"] == "not_run"
        assert not check_file(out)


@pytest.mark.heavy
@pytest.mark.usefixtures("cache")
def test_pdfs_are_made_again_by_the_same_converter_alone(
    docgen: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(make_stand_in(tmp_path / "office").program.parent), prepend=":")
    record = SAMPLES / "db4201-t665-2022" / "single-enterprise" / "record.yaml"
    assert docgen("build", record, "-o", tmp_path / "out", "--pdf").code == 0
    (package,) = (tmp_path / "out").glob("*.zip")
    assert find_verdicts(prove(docgen, package)) == ("passed", "passed")

    def change(files: Files, _index: dict[str, Any]) -> None:
        path = next(name for name in files if name.endswith(".pdf") and "工作总结" in name)
        files[path] += b"\n%"

    assert "工作总结" in prove(docgen, forge(package, tmp_path, change)).find("V231")["message"]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    ran = prove(docgen, forge(package, elsewhere, lambda _files, index: index["conversion"].update(fonts="0" * 64)))
    assert (ran.code, find_verdicts(ran)) == (0, ("not_run", "passed"))
    assert "字体" in ran.find("V225")["message"]


def test_a_package_of_a_batch_is_proven(docgen: CommandLine, tmp_path: Path) -> None:
    book = OLD.parent / "records" / "workbook-1023.xlsx"
    assert docgen("batch", book, "-o", tmp_path / "out", "--jobs", "1").code == 0
    ran = prove(docgen, *(tmp_path / "out").glob("*.zip"))
    assert (ran.code, find_verdicts(ran)) == (0, ("passed", "passed"))
