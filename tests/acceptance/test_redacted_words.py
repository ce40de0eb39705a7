"""What is a secret by itself is found wherever it stands; what anybody may say only where the record closes it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from support.command_line import ROOT, CommandLine
from support.redacted_packages import MARK, build, find_packages, read_everything

SAMPLE = ROOT / "samples" / "t-hebqia-draft" / "scored"
REMARK = "调研报告、建议书、政策咨询报告}"
CLOSED_REMARKS = '{paths: ["forms.settlement[].costs[].remark"]}'


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def copy_sample(folder: Path, closed: str, *changes: tuple[str, str]) -> Path:
    shutil.copytree(SAMPLE, folder / "sample")
    record = folder / "sample" / "record.yaml"
    text = record.read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    record.write_text(f"{text}disclosure:\n  confidential:\n    - {closed}\n", "utf-8")
    return record


def add_note(record: Path, text: str) -> None:
    """A piece of evidence that says something."""
    note = Document()
    note.add_paragraph(text)
    note.save(str(record.parent / "佐证材料" / "说明.docx"))
    piece = "  - {key: note, file: 佐证材料/说明.docx, kind: other, title: 说明, item: b}\n"
    record.write_text(record.read_text("utf-8").replace("evidence:\n", f"evidence:\n{piece}", 1), "utf-8")


def report_codes(result: dict[str, Any]) -> list[str]:
    return [item["code"] for item in result["diagnostics"]]


@pytest.mark.parametrize("word", ["2份", "100%", "2025年12月26日", "2025-12-26", "3件"])
def test_what_the_package_itself_says_refuses_nothing(docgen: CommandLine, tmp_path: Path, word: str) -> None:
    """How many documents there are, of what date, stands on the package's own page."""
    record = copy_sample(tmp_path, CLOSED_REMARKS, (REMARK, f'"{word}"}}'))
    add_note(record, f"会上说到{word}。")
    result = build(docgen, record, tmp_path / "out")
    assert (result["code"], report_codes(result)) == (0, ["A232"])
    told = read_everything(find_packages(tmp_path / "out")[1])
    assert "培训课件2份" not in told if word == "2份" else "培训课件2份" in told


@pytest.mark.parametrize(
    ("remark", "note"),
    [
        ("秦知远", "联系秦知远。"),
        ("85元", "每份85元。"),
        ("1300家", "走访1300 家。"),
        ("12800元", "合1.28万元。"),
        ("QY-12-15", "编号QY-12-15。"),
    ],
)
def test_names_numbers_codes_and_amounts_are_found_in_evidence(
    docgen: CommandLine, tmp_path: Path, remark: str, note: str
) -> None:
    record = copy_sample(tmp_path, CLOSED_REMARKS, (REMARK, f'"{remark}"}}'))
    add_note(record, note)
    ran = docgen.json("build", record, "-o", tmp_path / "out", "--redact")
    assert (ran.code, ran.codes) == (1, ["A230"])
    assert ran.find("A230")["location"]["member"].endswith("_说明.docx")


def test_a_count_that_the_record_lists_is_found_in_evidence(docgen: CommandLine, tmp_path: Path) -> None:
    record = copy_sample(tmp_path, "{texts: [46人]}")
    add_note(record, "现有职工46 人。")
    ran = docgen.json("build", record, "-o", tmp_path / "out", "--redact")
    assert (ran.code, ran.codes) == (1, ["A230"])


def test_an_amount_is_masked_however_it_was_typed(docgen: CommandLine, tmp_path: Path) -> None:
    closed = '{paths: ["forms.service-contract[].amount", "forms.settlement[].costs[].amount"]}'
    prose = ("budget: 服务费98000元。", "budget: 服务费98,000元（9.8万元），结算95360元即9.536万元。")
    record = copy_sample(tmp_path, closed, prose, ("合同金额98000元，验收", "合同金额人民币98000.00元，验收"))
    assert build(docgen, record, tmp_path / "out")["code"] == 0
    told = read_everything(find_packages(tmp_path / "out")[1])
    assert f"服务费{MARK}元（{MARK}万元），结算{MARK}元即{MARK}万元。" in told
    assert f"合同金额人民币{MARK}元，验收" in told
    assert not any(figure in told for figure in ("98000", "98,000", "9.8万", "95360", "9.536万", "玖万"))


def test_values_that_were_not_looked_for_are_counted_once(docgen: CommandLine, tmp_path: Path) -> None:
    """Two enterprises' staff: a figure each, however many ways there are to write it."""
    record = copy_sample(tmp_path, '{paths: ["enterprises[].staff"]}')
    result = build(docgen, record, tmp_path / "out")
    assert (result["code"], report_codes(result)) == (0, ["A232"])
    assert result["diagnostics"][0]["message"].startswith("2 个不公开的值")
