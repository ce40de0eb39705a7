"""What earlier versions wrote is still read: the same verdicts on packages, records and workbooks load and build.

``tests/old/<version>`` holds small files as that version wrote them; none of them is ever written anew.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.command_line import ROOT, CommandLine

OLD = ROOT / "tests" / "old" / "0.1.0"
# the identity of each package as its own version gave it
IDENTITIES = {
    "WH-FL-01_反例底本项目": "8334adc79c7d81d955a978c570d255f2489b4cd278d30457a8f9fe02a2e7222f",
    "WH-FL-01_反例底本项目_补充1": "d8a721f51085a76c0b6764517881e0ea2ae1c1ac020091567038f40339389d4c",
}


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def test_old_packages_get_the_same_verdicts(docgen: CommandLine) -> None:
    packages = sorted((OLD / "packages").glob("*.zip"))
    ran = docgen.json("verify", *packages)
    assert (ran.code, set(ran.codes)) == (0, {"V228"})  # one picture is filed twice in two of them
    told = {item["name"]: item for item in ran.document["packages"]}
    assert len(told) == len(packages) == 5
    for item in told.values():
        verdicts = {step["step"]: step["verdict"] for step in item["steps"]}
        # whether a scanner is there is this machine's matter; the others weren't asked for
        assert {verdicts.pop(step) for step in ("virus", "rebuild", "standard")} == {"not_run"}
        assert set(verdicts.values()) == {"passed"}, (item["name"], verdicts)
    assert {name: told[name]["identity"] for name in IDENTITIES} == IDENTITIES
    assert told["WH-FL-01_反例底本项目_补充1"]["belongs_to"]["verified"] is True
    assert told["XPC-00_反例底本项目_企业甲_企业质量档案_公开版"]["kind"] == "redacted"


@pytest.mark.parametrize(
    ("name", "documents"),
    [("record-665.yaml", 29), ("record-629.yaml", 18), ("record-1023.yaml", 32), ("workbook-1023.xlsx", 32)],
)
def test_old_records_load_and_build(docgen: CommandLine, tmp_path: Path, name: str, documents: int) -> None:
    """Rules that came later may tell of an old record, but keep nothing of it from being made."""
    ran = docgen.json("build", OLD / "records" / name, "-o", tmp_path / "out")
    assert (ran.code, set(ran.codes) - {"C216", "C227", "C260", "C271", "C272"}) == (0, set())
    outputs = [item for item in ran.document["outputs"] if item["kind"] == "document"]
    assert len(outputs) == documents
    assert all(Path(item["path"]).is_file() for item in outputs)


def test_an_old_ledger_is_taken_up(docgen: CommandLine, tmp_path: Path) -> None:
    """Copied files have other times than the ledger noted, and profiles have changed since: all may be made anew."""
    shutil.copytree(OLD, tmp_path / "old")
    inputs = [tmp_path / "old/records" / name for name in ("record-665.yaml", "workbook-1023.xlsx")]
    out = tmp_path / "old/forms"
    ran = docgen.json("batch", *inputs, "-o", out, "--only", "satisfaction")
    assert ran.code == 0, ran
    counts = ran.document["batch"]
    assert (counts["made"] + counts["kept"], counts["faulty"], counts["failed"]) == (2, 0, 0)
    assert len(list(out.glob("*.docx"))) == 2
    again = docgen.json("batch", *inputs, "-o", out, "--only", "satisfaction")
    assert again.document["batch"]["kept"] == 2
