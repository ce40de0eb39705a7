"""What clauses ask to be signed: told once when a package is made, and listed in its index with a count."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from support.command_line import CommandLine, Ran

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
FIRM = SAMPLES / "db4201-t665-2022" / "single-enterprise"


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def build(command: CommandLine, record: Path, out: Path) -> tuple[Ran, dict[str, Any], dict[str, str]]:
    """The run, of each package its index by the end of its name, and its page."""
    ran = command.json("build", record, "-o", out)
    indexes, pages = {}, {}
    for path in out.glob("*.zip"):
        with zipfile.ZipFile(path) as package:
            names = {name.partition("/")[2]: name for name in package.namelist()}
            indexes[path.stem] = json.loads(package.read(names["package.json"]))
            pages[path.stem] = package.read(names["00_打开我_目录.html"]).decode()
    return ran, indexes, pages


def test_it_is_said_once_with_a_count_and_a_list(command: CommandLine, tmp_path: Path) -> None:
    ran, indexes, pages = build(command, FIRM / "record.yaml", tmp_path / "out")
    (told,) = [item for item in ran.document["diagnostics"] if item["code"] == "C260"]
    assert (ran.code, told["severity"]) == (0, "info")
    assert "3 份" in told["message"]
    (index,), (page,) = indexes.values(), pages.values()
    listed = [(item["id"], item["clause"]) for item in index["unsigned"]]
    # the contract itself is among the evidence
    assert sorted(listed) == [
        ("benefit-enterprise/lingdu", "附录A"),
        ("confidentiality-agreement/lingdu", "7.5.5"),
        ("satisfaction/lingdu", "附录C"),
    ]
    assert "有 3 份没有附签字盖章后的扫描件" in page
    assert command("verify", next((tmp_path / "out").glob("*.zip"))).code == 0


def test_a_scan_of_the_signed_copy_takes_it_off_the_list(command: CommandLine, tmp_path: Path) -> None:
    shutil.copytree(FIRM, tmp_path / "firm")
    record = tmp_path / "firm" / "record.yaml"
    text = record.read_text("utf-8")
    scan = next(path for path in sorted((tmp_path / "firm").rglob("*.pdf")))
    shutil.copy(scan, tmp_path / "firm" / "满意度签字件.pdf")
    scanned = "key: signed-form, file: 满意度签字件.pdf, kind: scan, title: 满意度评价表签字件"
    entry = f"evidence:\n  - {{{scanned}, document: satisfaction/lingdu}}\n"
    assert text.count("\nevidence:") == 1
    head, _, rest = text.partition("\nevidence:")
    record.write_text(f"{head}\n{entry}{rest.partition(chr(10))[2]}", "utf-8")
    _, indexes, _ = build(command, record, tmp_path / "out")
    (index,) = indexes.values()
    assert [item["id"].partition("/")[0] for item in index["unsigned"]] == [
        "benefit-enterprise",
        "confidentiality-agreement",
    ]


def test_each_package_lists_its_own(command: CommandLine, tmp_path: Path) -> None:
    ran, indexes, _ = build(command, SAMPLES / "db4201-t629-2020" / "station" / "record.yaml", tmp_path / "out")
    assert ran.codes.count("C260") == 1
    counts = {name.split("_")[2]: len(index["unsigned"]) for name, index in indexes.items()}
    assert counts["服务站档案"] == 0
    assert sum(counts.values()) == 5


@pytest.mark.parametrize("arguments", [("check",), ("build", "--only", "satisfaction"), ("build", "--blank")])
def test_nothing_is_said_where_nothing_is_packed(
    arguments: tuple[str, ...], command: CommandLine, tmp_path: Path
) -> None:
    out = () if arguments[0] == "check" else ("-o", tmp_path / "out")
    ran = command.json(arguments[0], FIRM / "record.yaml", *arguments[1:], *out)
    assert "C260" not in ran.codes
