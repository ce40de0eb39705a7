"""A project grows: in April what is done can be made, judged and packed; what comes later is no fault, and is said."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.command_line import COMPLETE, CommandLine
from support.growing import SAMPLES, Growing

LATER_THAN_D = ["e", "f", "g", "h", "i", "j"]


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


@pytest.fixture
def april(tmp_path: Path) -> Path:
    """The complete sample as it stood after step d."""
    return Growing("db3203-t1023-2023/complete", tmp_path / "project").cut("d")


def find_package(folder: Path) -> Path:
    (package,) = folder.glob("*.zip")
    return package


def read_index(package: Path) -> dict[str, Any]:
    with zipfile.ZipFile(package) as opened:
        name = next(name for name in opened.namelist() if name.endswith("/package.json"))
        index: dict[str, Any] = json.loads(opened.read(name))
    return index


def reseal_index(package: Path, index: dict[str, Any]) -> None:
    """The package with another index, and its tag manifest made to fit, as somebody would who wants to hide that."""
    with zipfile.ZipFile(package) as opened:
        members = {name: opened.read(name) for name in opened.namelist()}
    top = next(iter(members)).partition("/")[0]
    members[f"{top}/package.json"] = json.dumps(index, ensure_ascii=False).encode()
    listed = [line.split("  ", 1)[1] for line in members[f"{top}/tagmanifest-sha256.txt"].decode("utf-8").splitlines()]
    digests = {name: hashlib.sha256(members[f"{top}/{name}"]).hexdigest() for name in listed}
    members[f"{top}/tagmanifest-sha256.txt"] = "".join(f"{digests[name]}  {name}\n" for name in listed).encode()
    with zipfile.ZipFile(package, "w") as written:
        for name, data in members.items():
            written.writestr(zipfile.ZipInfo(name), data)


def read_text(package: Path, name: str) -> str:
    """All text of a paper at the top of a package, as it stands in its parts."""
    with zipfile.ZipFile(package) as opened:
        member = next(item for item in opened.namelist() if item.endswith(f"/{name}"))
        if not name.endswith((".docx", ".xlsx")):
            return opened.read(member).decode()
        with opened.open(member) as inner, zipfile.ZipFile(inner) as paper:
            return "".join(paper.read(part).decode() for part in paper.namelist() if part.endswith(".xml"))


@pytest.mark.parametrize("sample", SAMPLES)
def test_what_is_done_is_written_after_each_step(sample: str, tmp_path: Path, docgen: CommandLine) -> None:
    growing = Growing(sample, tmp_path / "project")
    for step in growing.steps:
        record, documents = growing.cut(step), growing.list_documents(step)
        chosen = [word for name in documents for word in ("--only", name)]
        ran = docgen.json("build", record, "-o", tmp_path / f"only-{step}", *chosen)
        assert ran.code == 0, (step, ran.document["diagnostics"])
        assert ran.document["outputs"], step
        ran = docgen.json("check", record, "--until", step)
        assert (ran.code, ran.document["counts"]["error"]) == (0, 0), (step, ran.document["diagnostics"])


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_finished_project_can_be_packed_as_it_stood(sample: str, tmp_path: Path, docgen: CommandLine) -> None:
    growing = Growing(sample, tmp_path / "project")
    step = growing.steps[len(growing.steps) // 2]
    assert docgen("build", growing.path, "-o", tmp_path / "out", "--until", step, "--no-package").code == 0
    for package in (tmp_path / "out").glob("*.zip"):
        index = read_index(package)
        later = [item["key"] for item in index["items"] if item["status"] == "later"]
        assert index["until"]["item"] == step
        assert later
        assert not {document["item"] for document in index["documents"]} & set(later)


def test_each_document_alone_is_written_from_what_it_needs(april: Path, tmp_path: Path, docgen: CommandLine) -> None:
    data = yaml.safe_load(april.read_text("utf-8"))
    data.pop("trainings", None)  # step f; the photographs of step d show trainings, too, once there are some
    april.write_text(yaml.dump(data, allow_unicode=True), "utf-8")
    for name in ("survey-record", "diagnosis-report", "diagnosis-confirmation", "photo-sheet"):
        ran = docgen.json("build", april, "-o", tmp_path / name, "--only", name)
        assert ran.code == 0, (name, ran.document["diagnostics"])
        assert ran.document["outputs"], (name, ran.document["diagnostics"])


def test_without_until_what_is_missing_is_an_error(april: Path, docgen: CommandLine) -> None:
    ran = docgen.json("check", april)
    assert ran.code == 1
    waiting = {
        item["item"] for item in ran.document["diagnostics"] if item["kind"] == "gap" and item["severity"] == "error"
    }
    assert set(LATER_THAN_D) <= waiting


@pytest.mark.parametrize("name", ["d", "现场调研", "d 现场调研", "D"])
def test_a_step_goes_by_its_key_or_its_name(name: str, april: Path, docgen: CommandLine) -> None:
    assert docgen("check", april, "--until", name).code == 0


def test_an_unknown_step_is_told_with_those_there_are(april: Path, docgen: CommandLine) -> None:
    ran = docgen.json("check", april, "--until", "四月")
    assert ran.code == 2
    assert "现场调研（d）" in ran.find("P150")["message"]
    ran = docgen.json("build", april, "-o", april.parent / "out", "--until", "d", "--only", "evaluation")
    assert ran.code == 2
    assert "验收评价（h）" in ran.find("P153")["message"]


def test_a_gap_in_a_step_that_is_done_stays_an_error(april: Path, docgen: CommandLine) -> None:
    data = yaml.safe_load(april.read_text("utf-8"))
    del data["forms"]["diagnosis-report"][0]["advice"], data["forms"]["launch-record"]
    april.write_text(yaml.dump(data, allow_unicode=True), "utf-8")
    ran = docgen.json("check", april, "--until", "d")
    errors = [(item["code"], item["item"]) for item in ran.document["diagnostics"] if item["severity"] == "error"]
    assert ran.code == 1
    assert sorted(errors) == [("A151", "c"), ("R202", "d")]


def test_a_fault_of_the_evidence_that_is_packed_stays_an_error(april: Path, docgen: CommandLine) -> None:
    data = yaml.safe_load(april.read_text("utf-8"))
    data["evidence"][0]["kind"] = "no-such-kind"
    data["evidence"].append({"key": "october", "kind": "certificate", "file": "not-there.pdf"})
    april.write_text(yaml.dump(data, allow_unicode=True), "utf-8")
    ran = docgen.json("check", april, "--until", "d")
    errors = [item["location"].get("path") for item in ran.document["diagnostics"] if item["severity"] == "error"]
    assert errors == ["evidence[0].kind"]  # the certificate of step h isn't looked at yet


class TestPackage:
    @pytest.fixture
    def package(self, april: Path, docgen: CommandLine) -> Path:
        assert docgen("build", april, "-o", april.parent / "out", "--until", "d").code == 0
        return find_package(april.parent / "out")

    def test_it_says_where_it_ends(self, package: Path) -> None:
        index = read_index(package)
        assert index["until"] == {"item": "d", "label": "现场调研", "clause": "6.5"}
        assert [item["key"] for item in index["items"] if item["status"] == "later"] == LATER_THAN_D
        assert index["missing"] == []
        assert package.stem.endswith("_截至d_现场调研")
        assert index["title"].endswith("（截至d 现场调研）")
        assert "（截至d 现场调研）" in read_text(package, "01_案卷封面.docx")
        for name in ("02_卷内目录.xlsx", "03_备考表.docx", "00_打开我_目录.html"):
            assert "阶段档案包" in read_text(package, name), name
        assert "DocGen-Until: d 现场调研" in read_text(package, "bag-info.txt")

    def test_later_items_are_not_checked(self, package: Path, docgen: CommandLine) -> None:
        ran = docgen.json("verify", package)
        assert ran.code == 0
        (told,) = ran.document["packages"]
        assert [item["item"] for item in told["not_checked"]] == LATER_THAN_D
        assert {item["verdict"] for item in told["not_checked"]} == {"not_run"}
        assert next(step for step in told["steps"] if step["step"] == "filing")["verdict"] == "not_run"
        assert ran.codes == ["V170"] * 6
        assert "其后的 6 个归档类目未检测" in docgen("verify", package).out

    def test_the_full_package_is_another_one(self, package: Path, tmp_path: Path, docgen: CommandLine) -> None:
        assert docgen("build", COMPLETE, "-o", tmp_path / "full", "--no-package").code == 0
        assert docgen("build", COMPLETE, "-o", package.parent).code == 0
        full = next(path for path in package.parent.glob("*.zip") if path != package)
        assert read_index(full)["until"] is None
        changes = docgen.json("diff", package, full).document["comparison"]["changes"]
        assert [change for change in changes if change["before"] == "d 现场调研" and change["after"] is None]
        for pair in ((package, full), (full, package)):
            ran = docgen.json("summarize", *pair, "-o", tmp_path / "sums.xlsx", "--force")
            assert ran.code == 0
            assert ran.document["summary"]["counted"] == 1

    def test_it_is_handed_over_as_what_it_is(self, package: Path, tmp_path: Path, docgen: CommandLine) -> None:
        assert docgen("transfer", package, "-o", tmp_path / "handed").code == 0
        (note,) = (tmp_path / "handed").rglob("说明文件.TXT")
        text = note.read_text("utf-8-sig")
        assert "截至归档类目“d 现场调研”" in text
        assert "归档类目“j 总结”：尚未进行" in text

    def test_nothing_is_added_to_it(self, package: Path, april: Path, tmp_path: Path, docgen: CommandLine) -> None:
        ran = docgen.json("build", april, "-o", tmp_path / "out", "--supplement", package, "--draft")
        assert ran.code == 2
        assert "A261" in ran.codes
        ran = docgen.json("build", april, "-o", tmp_path / "out", "--supplement", package, "--until", "e")
        assert ran.code == 2
        assert ran.codes == ["A260"]

    def test_one_that_hides_what_is_missing_is_found_out(self, package: Path, tmp_path: Path) -> None:
        from docgen.archive.bag.index import parse_index
        from docgen.archive.verify.agreement import check_filing
        from docgen.diagnostics import Location

        index = parse_index(json.dumps(read_index(package)).encode())
        codes = [item.code for item in check_filing(index.model_copy(update={"until": None}), Location())]
        assert codes == ["V171"] * 6
        items = tuple(item.model_copy(update={"status": "later"}) for item in index.items)
        codes = [item.code for item in check_filing(index.model_copy(update={"items": items}), Location())]
        assert codes.count("V172") == 4

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            # yet to come becomes "doesn't apply", and nobody says why
            ({"status": "not_applicable"}, {"V139"}),
            # nor does the package end anywhere any more; bag-info.txt still says where
            ({"status": "not_applicable", "until": None}, {"V139", "V140"}),
            # it ends at a step that hasn't been, under the name of one that has, and the other way round
            ({"until": {"item": "e", "label": "制定方案", "clause": "6.6"}}, {"V170", "V140"}),
            ({"until": {"item": "d", "label": "总结", "clause": "6.5"}}, {"V170", "V138", "V140"}),
            # the later items vanish: then at least nothing is called complete
            ({"drop": "later"}, set()),
        ],
    )
    def test_one_that_was_made_to_look_whole(
        self, change: dict[str, Any], expected: set[str], package: Path, docgen: CommandLine
    ) -> None:
        index = read_index(package)
        later = [item for item in index["items"] if item["status"] == "later"]
        for item in later:
            item["status"] = change.get("status", "later")
        index["items"] = [item for item in index["items"] if item not in later or "drop" not in change]
        index["until"] = change.get("until", index["until"])
        reseal_index(package, index)
        ran = docgen.json("verify", package)
        assert set(ran.codes) - {"V185"} == expected
        assert ran.code == 1
        assert "V185" in ran.codes, "the page and the cover say what was meant"
        (told,) = ran.document["packages"]
        assert next(step for step in told["steps"] if step["step"] == "filing")["verdict"] != "passed"
