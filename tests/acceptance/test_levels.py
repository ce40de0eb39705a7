"""What is missing is an error only where a clause asks for that paper: each paper taken out of a sample in turn."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from docgen.diagnostics import Diagnostic, Severity
from docgen.pipeline import Options, check_record
from docgen.profile.load import find_profile
from docgen.resources import Resources

pytestmark = pytest.mark.heavy

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
SINGLE, PARK = "db4201-t665-2022/single-enterprise", "db4201-t665-2022/park"
STATION = "db4201-t629-2020/station"
OURS = (
    (SINGLE, "enterprise-survey"),
    (SINGLE, "deviation-record"),
    (SINGLE, "suggestion-record"),
    (SINGLE, "briefing-record"),
    (SINGLE, "supervision-record"),
    (SINGLE, "satisfaction-owner"),
    (SINGLE, "provider-check"),
    (SINGLE, "enterprise-case"),
    (STATION, "service-evaluation-summary"),
    (STATION, "station-evaluation"),
)
"""Papers of which the clause asks for the work alone, that stand as an example, or that somebody else writes."""


def drop(folder: Path, sample: str, form: str, keep: int = 0) -> list[Diagnostic]:
    """What is told of a sample without a form, or with its first ``keep`` entries alone."""
    shutil.copytree(SAMPLES / sample, folder / "sample", dirs_exist_ok=True)
    path = folder / "sample" / "record.yaml"
    data = yaml.safe_load(path.read_text("utf-8"))
    data["forms"][form] = data["forms"][form][:keep]
    path.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    return list(check_record(path, Options()).diagnostics)


@pytest.mark.parametrize(("sample", "form"), OURS)
def test_without_a_paper_that_no_clause_asks_for_it_is_a_warning(sample: str, form: str, tmp_path: Path) -> None:
    told = drop(tmp_path, sample, form)
    assert [item for item in told if item.severity is Severity.ERROR] == []
    assert [item.code for item in told if item.severity is Severity.WARNING]


@pytest.mark.parametrize("form", ["quality-analysis-report", "implementation-plan", "work-summary", "satisfaction"])
def test_without_a_paper_that_a_clause_asks_for_it_is_an_error(form: str, tmp_path: Path) -> None:
    told = drop(tmp_path, SINGLE, form)
    assert "R201" in {item.code for item in told if item.severity is Severity.ERROR}


def test_one_case_is_enough_for_a_summary(tmp_path: Path) -> None:
    told = drop(tmp_path, PARK, "enterprise-case", keep=1)
    assert [item for item in told if item.severity is not Severity.INFO] == []
    missing = [item for item in drop(tmp_path, PARK, "enterprise-case") if item.severity is not Severity.INFO]
    assert [(item.code, item.clause) for item in missing] == [("C234", "6.3.3 c)")]


@pytest.mark.parametrize("profile", ["db3203-t1023-2023", "db4201-t629-2020", "db4201-t665-2022", "t-hebqia-draft"])
def test_every_error_for_a_paper_has_the_words_of_its_clause(profile: str) -> None:
    found = find_profile(Resources(), profile).profile
    asked = [(item.id, item.words) for item in found.documents if item.level == "应"]
    asked += [(item.key, item.words) for item in found.filing.items if item.level == "应"]
    assert [name for name, words in asked if not words] == []
    assert [name for name, words in asked if "例如" in (words or "") and len(name) > 1] == []
