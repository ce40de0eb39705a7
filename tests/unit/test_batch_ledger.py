"""The batch's memory: jobs, claims, files as they were."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from batch_support import write_records

from docgen.batch.fingerprint import ABSENT, compare_file, mark_file
from docgen.batch.jobs import Job, find_jobs, make_key
from docgen.batch.ledger import FOLDER, open_ledger
from docgen.batch.result import About, JobResult, Produced, dump_diagnostics, parse_diagnostics
from docgen.diagnostics import Diagnostic, Location, Term, error, warning
from docgen.errors import OutputError


def make_jobs(*names: str) -> list[Job]:
    return [Job(name, Path(name), Path()) for name in names]


def make_result(folder: Path, *names: str) -> JobResult:
    outputs = []
    for name in names:
        (folder / name).write_text(name)
        outputs.append(Produced("package", name, "题", mark_file(folder / name)))
    return JobResult("made", 0, (), tuple(outputs), About("Z-1", "项目", 2, 9))


def test_jobs_come_in_order_and_once(tmp_path: Path) -> None:
    with open_ledger(tmp_path, "packages") as ledger:
        assert ledger.register(iter(make_jobs("b", "a", "b"))) == 2
        assert [(entry.number, entry.job.key) for entry in ledger.iterate()] == [(1, "b"), (2, "a")]
        assert ledger.count()["open"] == 2


def test_next_run_knows_what_was_made(tmp_path: Path) -> None:
    with open_ledger(tmp_path, "packages") as ledger:
        ledger.register(iter(make_jobs("a", "b")))
        ledger.settle("a", "setting", make_result(tmp_path, "a.zip"))
        assert ledger.count()["made"] == 1
    with open_ledger(tmp_path, "packages") as ledger:
        ledger.register(iter(make_jobs("b", "a")))
        first, second = ledger.iterate()
        assert (first.state, second.state) == ("open", "made")
        assert second.about == About("Z-1", "项目", 2, 9)
        assert [item.path for item in ledger.list_outputs("a")] == ["a.zip"]
        ledger.keep("a")
        counts = {name: number for name, number in ledger.count().items() if number}
        assert counts == {"total": 2, "kept": 1, "open": 1}


def test_products_are_kept_apart(tmp_path: Path) -> None:
    with open_ledger(tmp_path, "packages") as ledger:
        ledger.register(iter(make_jobs("a")))
        ledger.settle("a", "setting", make_result(tmp_path, "a.zip"))
    with open_ledger(tmp_path, "only survey") as ledger:
        ledger.register(iter(make_jobs("a")))
        assert next(ledger.iterate()).state == "open"


def test_a_place_belongs_to_the_job_that_took_it_last(tmp_path: Path) -> None:
    with open_ledger(tmp_path, "packages") as ledger:
        ledger.register(iter(make_jobs("a", "b")))
        ledger.settle("b", "setting", make_result(tmp_path, "X.zip"))
        claim = ledger.find_claim("x.ZIP")  # names that differ in case are one on Windows
        assert claim is not None
        assert (claim.key, claim.is_current) == ("b", True)
        ledger.settle("a", "setting", make_result(tmp_path, "X.zip"))
        assert ledger.list_outputs("b") == ()
        assert ledger.find_claim("y.zip") is None


def test_faults_without_outputs_leave_the_older_ones_claimed(tmp_path: Path) -> None:
    with open_ledger(tmp_path, "packages") as ledger:
        ledger.register(iter(make_jobs("a")))
        ledger.settle("a", "setting", make_result(tmp_path, "a.zip"))
        ledger.settle("a", "setting", JobResult("faulty", 1, (error("X113", kind="k", reason="r"),)))
        assert [item.path for item in ledger.list_outputs("a")] == ["a.zip"]
        assert ledger.count()["faulty"] == ledger.count()["errors"] == 1


def test_second_batch_in_one_folder_is_refused(tmp_path: Path) -> None:
    with open_ledger(tmp_path, "packages"), pytest.raises(OutputError) as refused:  # noqa: SIM117
        with open_ledger(tmp_path, "packages"):
            pass
    assert [item.code for item in refused.value.diagnostics] == ["B101"]


def test_damaged_ledger_is_told(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "ledger.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(OutputError) as refused, open_ledger(tmp_path, "packages"):
        pass
    assert [item.code for item in refused.value.diagnostics] == ["B102"]


def test_diagnostics_survive_as_text() -> None:
    place = Location("yaml", "a/record.yaml", 3, 7, "enterprises[0].name")
    hint = Term("sources.near", {"name": Term("label.Enterprise.name")})
    told = (
        error("E101", place, clause="5.2", file="照片.jpg", hint=hint),
        warning("X113", kind="k", reason="r"),
        Diagnostic("A151", error("A151").severity, {"item": 3}),
    )
    assert parse_diagnostics(dump_diagnostics(told)) == told


def age(path: Path) -> None:
    """Let a file look as if it had been saved a while ago."""
    os.utime(path, ns=(10**18, 10**18))


def test_file_is_compared_by_time_then_by_content(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("one")
    age(path)
    mark = mark_file(path)
    assert compare_file(mark, path) is mark
    os.utime(path, ns=(2 * 10**18, 2 * 10**18))
    moved = compare_file(mark, path)  # saved again, the same content
    assert moved is not None
    assert (moved.sha256, moved.mtime_ns) == (mark.sha256, 2 * 10**18)
    path.write_text("two")
    age(path)
    assert compare_file(mark, path, trust_time=False) is None
    path.unlink()
    assert compare_file(mark, path) is None


def test_time_of_a_fresh_file_is_not_trusted(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("one")
    mark = mark_file(path)
    assert mark.mtime_ns == 0
    stamp = path.stat().st_mtime_ns
    path.write_text("two")
    os.utime(path, ns=(stamp, stamp))  # within one tick of the clock
    assert compare_file(mark, path) is None


def test_file_saved_while_it_was_used_equals_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("one")
    mark = mark_file(path, since_ns=path.stat().st_mtime_ns)
    assert compare_file(mark, path) is None


def test_absent_file_stays_as_it_was_until_it_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a"
    mark = mark_file(path)
    assert mark.size == ABSENT
    assert compare_file(mark, path) is mark
    path.write_text("one")
    assert compare_file(mark, path) is None


def test_records_are_found_in_folders_by_name(tmp_path: Path) -> None:
    records = write_records(tmp_path / "in", 3)
    (tmp_path / "in" / ".git").mkdir()
    (tmp_path / "in" / ".git" / "record.yaml").write_text("x: 1")
    (tmp_path / "in" / "out").mkdir()
    (tmp_path / "in" / "out" / "record.json").write_text("{}")
    (tmp_path / "in" / "其他.yaml").write_text("x: 1")
    refused: list[Diagnostic] = []
    jobs = list(find_jobs([tmp_path / "in", records[0]], tmp_path / "in" / "out", refused))
    assert [job.path for job in jobs] == [*records, records[0]]
    assert jobs[0].key == jobs[3].key == "../第00001家/record.yaml"
    assert not refused


def test_key_moves_with_record_and_output(tmp_path: Path) -> None:
    one = make_key(tmp_path / "a" / "in" / "record.yaml", tmp_path / "a" / "out")
    assert one == make_key(tmp_path / "b" / "in" / "record.yaml", tmp_path / "b" / "out")
