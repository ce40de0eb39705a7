"""Input that can't be read: whatever was finished before stays byte for byte, and the ledger still knows it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support.batch_clerk import Clerk, call, count, list_combined, number_rows, rename
from support.batch_runs import JSON, Batch, expect
from support.batch_runs import count as count_states
from support.batch_support import mend, spoil
from support.command_line import CommandLine, Ran

FORMS = ("--only", "kite-check", "--combine")


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def read_all(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}


def read_whole(out: Path) -> dict[str, bytes]:
    """Everything, the ledger too."""
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def mistype(clerk: Clerk) -> Path:
    return clerk.path.with_name("填报工作薄.xlsx")


def damage(clerk: Clerk) -> Path:
    clerk.path.write_bytes(clerk.path.read_bytes()[:-200])
    return clerk.path


def give_empty_folder(clerk: Clerk) -> Path:
    (clerk.path.parent / "空").mkdir()
    return clerk.path.parent / "空"


def give_table(clerk: Clerk) -> Path:
    path = clerk.path.with_name("表.csv")
    path.write_bytes(b"\x00\x01\xff\xfe" * 50)
    return path


def give_text(clerk: Clerk) -> Path:
    path = clerk.path.with_name("record.yaml")
    path.write_text("profile: [", "utf-8")
    return path


@pytest.mark.parametrize(
    ("spoil_input", "code"),
    [(mistype, "S101"), (damage, "W101"), (give_empty_folder, "B104"), (give_table, "W155"), (give_text, "S110")],
)
def test_nothing_that_was_finished_is_touched(
    tmp_path: Path, docgen: CommandLine, spoil_input: Callable[[Clerk], Path], code: str
) -> None:
    clerk = Clerk(tmp_path, docgen, 3)
    clerk.change(clerk.path, (2,), "三月")
    clerk.run(*FORMS)
    before, whole = read_whole(clerk.out), clerk.path.read_bytes()
    assert len(before) == 7  # the ledger, two forms, combined, returned, the summary twice
    path = spoil_input(clerk)
    ran = clerk.run(*FORMS, path=path)
    assert ran.code in (1, 2)
    assert {code, "B125"} <= set(ran.codes)
    assert read_whole(clerk.out) == before
    words = ("batch", path, "-o", clerk.out, "--profiles", clerk.profiles, "--jobs", 1, *FORMS, "--force")
    assert code in docgen(*words).err
    assert read_whole(clerk.out) == before
    clerk.path.write_bytes(whole)
    assert count(clerk.run(*FORMS)) == (0, 2, 1, 0)
    assert list_combined(clerk.out / "风筝检查表_合订.docx") == [call(1), call(3)]


@pytest.mark.parametrize("mapping", [None, "sheets: 3\n", "profile: kites\nsheets: ["])
def test_a_mapping_that_is_missing_or_refused_touches_nothing(
    tmp_path: Path, docgen: CommandLine, mapping: str | None
) -> None:
    clerk = Clerk(tmp_path, docgen, 2)
    clerk.run(*FORMS)
    before = read_whole(clerk.out)
    path = tmp_path / "对照.yaml"
    if mapping is not None:
        path.write_text(mapping, "utf-8")
    assert clerk.run(*FORMS, "--mapping", path).code in (1, 2)
    assert read_whole(clerk.out) == before


def test_a_mistyped_type_of_document_touches_nothing(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 2)
    clerk.run(*FORMS)
    before = read_whole(clerk.out)
    ran = clerk.run("--only", "kite-chek")
    assert ran.code == 2
    assert {"X151", "B125"} <= set(ran.codes), "no summary says it"
    assert read_whole(clerk.out) == before


def test_an_empty_folder_beside_a_workbook_is_told(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 2)
    ran = clerk.run(give_empty_folder(clerk), *FORMS)
    assert count(ran) == (2, 0, 0, 0)
    assert (ran.code, ran.codes) == (1, ["B104"])


def test_the_remedy_for_a_missing_workbook_is_its_name(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 1)
    told = docgen("batch", mistype(clerk), "-o", clerk.out, "--profiles", clerk.profiles).err
    assert "是不是它" in told
    assert "填报工作簿.xlsx" in told
    assert "关闭" not in told
    assert not clerk.out.exists()


def combine_two(tmp_path: Path, docgen: CommandLine) -> tuple[Clerk, Path, Callable[[], Ran]]:
    """Two workbooks of one project, their forms in one file; the second can't be read any more."""
    clerk = Clerk(tmp_path, docgen, 2)
    number_rows(clerk.path, [1, 2])
    other = clerk.path.with_name("另一册.xlsx")
    other.write_bytes(clerk.path.read_bytes())
    number_rows(other, [11, 12])
    rename(other, {call(number): call(number + 10) for number in (1, 2)})

    def run() -> Ran:
        return clerk.run(other, *FORMS)

    return clerk, other, run


def test_one_of_two_workbooks_that_cannot_be_read_keeps_its_results(tmp_path: Path, docgen: CommandLine) -> None:
    clerk, other, run = combine_two(tmp_path, docgen)
    assert count(run()) == (4, 0, 0, 0)
    before, whole = read_all(clerk.out), other.read_bytes()
    other.write_bytes(whole[:-200])
    clerk.change(clerk.path, (1,), "2030-03-03")
    ran = run()
    assert count(ran) == (1, 1, 0, 0), ran.document
    assert {"W101", "B126", "B127"} <= set(ran.codes)
    assert "另一册.xlsx" in ran.find("B126")["message"]
    after = read_all(clerk.out)
    changed = {name for name in before if after[name] != before[name]}
    assert {name for name in changed if name.endswith(".docx")} == {f"风筝检查表_{call(1)}_FZ-1.docx"}
    other.write_bytes(whole)
    assert count(run()) == (0, 4, 0, 0)
    assert list_combined(clerk.out / "风筝检查表_合订.docx") == [call(number) for number in (1, 2, 11, 12)]


def test_what_never_was_in_the_combined_file_does_not_hold_it_up(tmp_path: Path, docgen: CommandLine) -> None:
    clerk, other, run = combine_two(tmp_path, docgen)
    other.write_bytes(other.read_bytes()[:-200])
    run()
    first = read_all(clerk.out)["风筝检查表_合订.docx"]
    clerk.change(clerk.path, (1,), "2030-03-03")
    assert "B127" not in run().codes
    assert read_all(clerk.out)["风筝检查表_合订.docx"] != first


def test_a_record_that_is_no_yaml_any_more_keeps_its_package_and_its_name(tmp_path: Path, docgen: CommandLine) -> None:
    batch = Batch(tmp_path, docgen, 3)
    batch.run()
    before = batch.list_outputs()
    first, second, _ = batch.records
    whole = first.read_text("utf-8")
    first.write_text("profile: [", "utf-8")
    second.write_text(second.read_text("utf-8").replace("FZ-00002", "FZ-00001"), "utf-8")
    ran = batch.run()
    assert count_states(ran) == expect(kept=1, failed=2), ran.document
    assert "第00001家" in ran.find("B126")["message"]  # all records are called alike
    assert batch.list_outputs() == before
    first.write_text(whole, "utf-8")
    second.write_text(second.read_text("utf-8").replace("FZ-00001", "FZ-00002"), "utf-8")
    assert batch.run().code == 0
    assert batch.list_outputs() == before


def test_a_template_that_fails_every_record_takes_no_combined_file_away(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 2)
    clerk.run(*FORMS)
    before = read_all(clerk.out)["风筝检查表_合订.docx"]
    own = tmp_path / "模板" / "docx"
    own.mkdir(parents=True)
    for name in ("form.docx", "checklist.docx"):
        (own / name).write_bytes(b"no template")
    ran = clerk.run(*FORMS, "--templates", own.parent)
    assert count(ran)[3] == 2, ran.document
    assert read_all(clerk.out)["风筝检查表_合订.docx"] == before


def test_what_cannot_be_put_in_its_place_leaves_what_was_made_before(tmp_path: Path, docgen: CommandLine) -> None:
    batch = Batch(tmp_path, docgen, 2)
    batch.run()
    before = batch.list_outputs()
    record = batch.records[0]
    record.write_text(record.read_text("utf-8").replace("春季放飞", "秋季放飞"), "utf-8")
    blocked = batch.out / "FZ-00001_秋季放飞.zip"
    (blocked / "谁的").mkdir(parents=True)
    ran = batch.run("--force")
    assert count_states(ran) == expect(made=1, failed=1), ran.document
    assert batch.list_outputs() == before
    shutil.rmtree(blocked)
    assert batch.run().code == 0
    assert sorted(batch.list_outputs()) == ["FZ-00001_秋季放飞.zip", "FZ-00002_春季放飞.zip"]


def test_an_interruption_before_anything_was_read_touches_nothing(
    tmp_path: Path, docgen: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = Clerk(tmp_path, docgen, 2)
    clerk.change(clerk.path, (2,), "三月")
    clerk.run(*FORMS)
    before = read_all(clerk.out)
    monkeypatch.setattr("docgen.cli.commands.batch.BatchReporter.should_stop", lambda self: True)
    assert clerk.run(*FORMS).code == 130
    assert read_all(clerk.out) == before


def test_an_unreadable_record_leaves_an_earlier_build(tmp_path: Path, docgen: CommandLine) -> None:
    batch = Batch(tmp_path, docgen, 1)
    words = ("build", batch.records[0], "-o", batch.out, "--profiles", batch.profiles)
    assert docgen(*words).code == 0
    before = {path: path.read_bytes() for path in batch.out.rglob("*") if path.is_file()}
    for spoiled in ("profile: [", None):
        if spoiled is not None:
            batch.records[0].write_text(spoiled, "utf-8")
        else:
            batch.records[0].unlink()
        assert docgen(*words, "--force").code == 2
        assert {path: path.read_bytes() for path in batch.out.rglob("*") if path.is_file()} == before


def test_packages_that_cannot_be_read_replace_no_summary(tmp_path: Path, docgen: CommandLine) -> None:
    batch = Batch(tmp_path, docgen, 1)
    batch.run()
    book = tmp_path / "汇总.xlsx"
    assert docgen("summarize", batch.out, "-o", book).code == 0
    before = book.read_bytes()
    (tmp_path / "坏.zip").write_bytes(b"PK no zip")
    for source in (tmp_path / "坏.zip", tmp_path / "没有.zip"):
        assert docgen("summarize", source, "-o", book, "--force").code == 2
        assert book.read_bytes() == before


def test_faulty_records_are_told_in_the_summary_all_the_same(tmp_path: Path, docgen: CommandLine) -> None:
    batch = Batch(tmp_path, docgen, 1)
    spoil(batch.records[0])
    assert count_states(batch.run()) == expect(faulty=1)
    assert (batch.out / JSON).exists()
    mend(batch.records[0])
    assert count_states(batch.run()) == expect(made=1)
