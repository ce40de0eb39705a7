"""四性检测: every finding is some item's, and what wasn't run never passes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from support.archive_samples import build, render_papers
from support.foreign_bags import ForeignBag, write_zip

from docgen.archive.verify.description import describe_items, describe_report
from docgen.archive.verify.natures import ItemVerdict, Nature, judge_items
from docgen.archive.verify.package import verify_package
from docgen.archive.verify.report import Step, StepResult, Verdict, VerifyReport, judge, restore_steps, skip_step
from docgen.diagnostics import NOWHERE, Term, error, warning
from docgen.messages import LANGUAGES, catalogue


def list_items(report: VerifyReport, identity: Verdict = Verdict.NOT_RUN) -> dict[str, ItemVerdict]:
    return {item.key: item for item in judge_items(describe_report(report), report.steps, identity)}


@pytest.fixture
def report(tmp_path: Path) -> VerifyReport:
    return verify_package(build(tmp_path, render_papers))


def test_items_are_numbered_by_their_nature(report: VerifyReport) -> None:
    items = list_items(report)
    assert [item.nature for item in items.values()] == sorted(
        (item.nature for item in items.values()), key=list(Nature).index
    )
    assert len({item.code for item in items.values()}) == len(items)
    assert (items["fixity"].code, items["count"].code, items["virus"].code) == ("ZS-01", "WZ-01", "AQ-01")
    assert {item.nature for item in items.values()} == set(Nature)


def test_what_was_not_run_never_passes(report: VerifyReport) -> None:
    items = list_items(report)
    not_run = {key for key, item in items.items() if item.verdict is Verdict.NOT_RUN}
    # without what makes papers again their step isn't run
    assert not_run == {"virus", "rebuild", "standard", "identity", "papers", "filed_only"}
    assert all(items[key].reason is not None for key in not_run)
    nothing = tuple(StepResult(step, Verdict.NOT_RUN) for step in Step)
    judged = judge_items(describe_report(report), nothing, Verdict.NOT_RUN)
    assert {item.verdict for item in judged if item.verdict is not Verdict.NOT_APPLICABLE} == {Verdict.NOT_RUN}


def test_what_passed_says_what_was_compared(report: VerifyReport) -> None:
    items = list_items(report)
    assert all(item.evidence for item in items.values() if item.verdict is Verdict.PASSED)
    (counted,) = items["count"].evidence
    assert (counted.member, counted.expected, counted.actual) == (
        "package.json",
        Term("nature.files", {"count": report.payload[0]}),
        Term("nature.files", {"count": report.payload[0]}),
    )
    (measured,) = items["bytes"].evidence
    assert measured.expected == measured.actual == Term("nature.bytes", {"count": report.payload[1]})


@pytest.mark.parametrize("step", [step for step in Step if step is not Step.VIRUS])
def test_an_error_of_any_step_fails_an_item(report: VerifyReport, step: Step) -> None:
    found = error("X999", NOWHERE, member="data/x", expected="aa", found="bb")
    steps = tuple(judge(step, [found]) if result.step is step else result for result in report.steps)
    judged = judge_items(describe_report(report), steps, Verdict.NOT_RUN)
    failed = [item for item in judged if item.verdict is Verdict.FAILED]
    assert failed
    assert all([one.diagnostic for one in item.evidence] == [found] for item in failed)
    assert {(one.expected, one.actual) for item in failed for one in item.evidence} == {("aa", "bb")}


def test_a_changed_file_has_both_digests_as_evidence(tmp_path: Path) -> None:
    path = build(tmp_path, render_papers)
    data = bytearray(path.read_bytes())
    data[data.index(b"PNG") + 20] ^= 1
    path.write_bytes(data)
    items = list_items(verify_package(path))
    (evidence,) = items["fixity"].evidence
    assert items["fixity"].verdict is items["content"].verdict is Verdict.FAILED
    assert len(str(evidence.expected)) == len(str(evidence.actual)) == 64
    assert evidence.expected != evidence.actual
    assert evidence.member.endswith(".png")


def test_a_bag_of_another_maker_has_items_that_do_not_apply(tmp_path: Path) -> None:
    items = list_items(verify_package(write_zip(tmp_path / "a.zip", ForeignBag().list_files())))
    assert items["linked"].verdict is items["package"].verdict is Verdict.NOT_APPLICABLE
    assert items["fixity"].verdict is items["content_opens"].verdict is Verdict.PASSED


def test_no_zip_at_all_passes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"no zip")
    items = list_items(verify_package(path))
    assert Verdict.PASSED not in {item.verdict for item in items.values()}
    assert items["package_opens"].verdict is Verdict.FAILED


def test_a_warning_is_evidence_and_fails_nothing(report: VerifyReport) -> None:
    found = warning("V168", NOWHERE, member="data/x")
    documents = next(result for result in report.steps if result.step is Step.DOCUMENTS)
    steps = tuple(judge(Step.DOCUMENTS, [found]) if result is documents else result for result in report.steps)
    items = {item.key: item for item in judge_items(describe_report(report), steps, Verdict.PASSED)}
    assert items["content_opens"].verdict is Verdict.PASSED
    assert found in [one.diagnostic for one in items["content_opens"].evidence]
    assert items["identity"].verdict is Verdict.PASSED


@pytest.mark.parametrize("verdict", [Verdict.PASSED, Verdict.NOT_RUN])
def test_warnings_beyond_the_evidence_are_counted_whatever_the_verdict(report: VerifyReport, verdict: Verdict) -> None:
    many = tuple(warning("V168", NOWHERE, member=f"data/{number}") for number in range(250))
    result = StepResult(Step.DOCUMENTS, verdict, many)
    steps = tuple(result if other.step is Step.DOCUMENTS else other for other in report.steps)
    items = {item.key: item for item in judge_items(describe_report(report), steps, Verdict.NOT_RUN)}
    opens = items["content_opens"]
    shown = [evidence for evidence in opens.evidence if evidence.diagnostic is not None]
    assert (opens.verdict, len(shown) + opens.unlisted) == (verdict, len(many))


def test_a_reason_is_told_and_the_step_is_not_called_partly_run(report: VerifyReport) -> None:
    skipped = skip_step(Step.REBUILD, NOWHERE, Term("prove.no_record"))
    assert skipped.verdict_title == Term("archive.verdict.not_run")
    steps = tuple(skipped if result.step is Step.REBUILD else result for result in report.steps)
    items = {item.key: item for item in judge_items(describe_report(report), steps, Verdict.NOT_RUN)}
    assert (items["rebuild"].verdict, items["rebuild"].reason) == (Verdict.NOT_RUN, Term("prove.no_record"))


def test_items_are_described_in_every_language_and_restored_from_a_ledger(report: VerifyReport) -> None:
    said: dict[str, Any] = describe_report(report)
    steps = restore_steps(said["steps"], report.diagnostics)
    assert steps == report.steps
    for language in LANGUAGES:
        described = describe_items(judge_items(said, steps, Verdict.NOT_RUN), catalogue(language))
        assert all(isinstance(item["title"], str) and item["title"] for item in described)
        assert all(isinstance(item["reason"], str) for item in described if item["verdict"] == "not_run")


def test_a_package_without_archive_numbers_has_no_rule_to_keep(tmp_path: Path) -> None:
    items = list_items(verify_package(build(tmp_path, render_papers)))
    wanted = {items["number_rule"].verdict, items["number_repetition"].verdict}
    assert wanted == {Verdict.NOT_APPLICABLE} or wanted == {Verdict.PASSED}
    shutil.rmtree(tmp_path)
