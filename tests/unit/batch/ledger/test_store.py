"""The batch's memory: jobs, claims, files as they were."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from support.batch_support import write_records

from docgen.batch.ledger import open_ledger
from docgen.batch.ledger.file import FOLDER
from docgen.batch.ledger.fingerprint import FileMark, mark_file
from docgen.batch.ledger.jobs import Job, find_jobs, make_key
from docgen.batch.ledger.result import JobResult, ProducedOutput, RecordFacts, dump_diagnostics, parse_diagnostics
from docgen.batch.ledger.rows import parse_marks
from docgen.diagnostics import Diagnostic, Location, Term, error, warning
from docgen.errors import OutputError

FORMER_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE job (
  product TEXT NOT NULL, key TEXT NOT NULL,
  run INTEGER NOT NULL, number INTEGER NOT NULL, path TEXT NOT NULL, root TEXT NOT NULL, row TEXT NOT NULL,
  label TEXT NOT NULL, content TEXT NOT NULL, made_content TEXT NOT NULL DEFAULT '',
  done_run INTEGER NOT NULL DEFAULT 0, settled_run INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'open', exit_code INTEGER NOT NULL DEFAULT 0, setting TEXT NOT NULL DEFAULT '',
  profile_id TEXT NOT NULL DEFAULT '', profile TEXT NOT NULL DEFAULT '', templates TEXT NOT NULL DEFAULT '{}',
  inputs TEXT NOT NULL DEFAULT '[]', diagnostics TEXT NOT NULL DEFAULT '[]', about TEXT NOT NULL DEFAULT '{}',
  errors INTEGER NOT NULL DEFAULT 0, warnings INTEGER NOT NULL DEFAULT 0, seconds REAL NOT NULL DEFAULT 0,
  PRIMARY KEY (product, key)
) WITHOUT ROWID;
CREATE INDEX job_order ON job (product, run, number);
CREATE TABLE output (
  folded TEXT PRIMARY KEY, path TEXT NOT NULL, product TEXT NOT NULL, key TEXT NOT NULL, position INTEGER NOT NULL,
  kind TEXT NOT NULL, title TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, sha256 TEXT NOT NULL,
  synced INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX output_job ON output (product, key, position);
PRAGMA user_version = 2;
INSERT INTO meta VALUES ('run', '1');
"""
"""The ledger as it was before it had stamps of files."""


def make_jobs(*names: str) -> list[Job]:
    return [Job(name, Path(name), Path()) for name in names]


def make_result(folder: Path, *names: str) -> JobResult:
    outputs = []
    for name in names:
        (folder / name).write_text(name)
        outputs.append(ProducedOutput("package", name, "题", mark_file(folder / name)))
    return JobResult("made", 0, (), tuple(outputs), RecordFacts("Z-1", "项目", 2, 9))


def test_jobs_come_in_order_and_once(tmp_path: Path) -> None:
    with open_ledger(tmp_path, "packages") as ledger:
        assert ledger.register(iter(make_jobs("b", "a", "b"))) == 2
        assert [(entry.number, entry.job.key) for entry in ledger.iterate()] == [(1, "b"), (2, "a")]
        assert ledger.count()["open"] == 2


def test_a_job_is_found_without_reading_the_others(tmp_path: Path) -> None:
    steps = [0]

    def count_step() -> int:
        steps[0] += 1
        return 0

    with open_ledger(tmp_path, "packages") as ledger:
        ledger.register(Job(f"{number}", tmp_path / f"{number}", tmp_path) for number in range(3000))
        ledger._db.set_progress_handler(count_step, 1)
        assert ledger.find(2000).job.key == "1999"
        ledger._db.set_progress_handler(None, 0)
    assert 0 < steps[0] < 300


def test_next_run_knows_what_was_made(tmp_path: Path) -> None:
    with open_ledger(tmp_path, "packages") as ledger:
        ledger.register(iter(make_jobs("a", "b")))
        ledger.settle("a", "setting", make_result(tmp_path, "a.zip"))
        assert ledger.count()["made"] == 1
    with open_ledger(tmp_path, "packages") as ledger:
        ledger.register(iter(make_jobs("b", "a")))
        first, second = ledger.iterate()
        assert (first.state, second.state) == ("open", "made")
        assert second.about == RecordFacts("Z-1", "项目", 2, 9)
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
        assert (claim.job.key, claim.is_current, claim.stands) == ("b", True, True)
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


def test_ledger_of_the_version_before_is_taken_over(tmp_path: Path) -> None:
    """Its outputs stay the batch's own; the times that it knew aren't trusted, so that contents are compared."""
    (tmp_path / FOLDER).mkdir()
    database = sqlite3.connect(tmp_path / FOLDER / "ledger.sqlite")
    database.executescript(FORMER_SCHEMA)
    inputs = json.dumps([["record.yaml", 3, 17, "ab"], ["照片/", 2, 0, "cd"]])
    database.execute(
        "INSERT INTO job (product, key, run, number, path, root, row, label, content, state, about, inputs) "
        "VALUES ('packages', 'a', 1, 1, 'a', '', '', '', '', 'made', ?, ?)",
        (json.dumps({"number": "Z-1"}), inputs),
    )
    database.execute(
        "INSERT INTO output VALUES ('a.zip', 'A.zip', 'packages', 'a', 0, 'package', '题', 5, 99, 'ef', 1)"
    )
    database.commit()
    database.close()
    with open_ledger(tmp_path, "packages") as ledger:
        ledger.register(iter(make_jobs("a")))
        (entry,) = ledger.iterate()
        assert (entry.state, entry.about.number) == ("made", "Z-1")
        assert parse_marks(entry.inputs) == [FileMark("record.yaml", 3, "", "ab"), FileMark("照片/", 2, "", "cd")]
        assert [item.mark for item in entry.outputs] == [FileMark("A.zip", 5, "", "ef")]
        claim = ledger.find_claim("a.zip")
        assert claim is not None
        assert claim.job.key == "a"
        assert not claim.stands
    with open_ledger(tmp_path, "packages") as ledger:  # and stays as it is then
        assert ledger.run == 3


def test_ledger_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    database = sqlite3.connect(tmp_path / FOLDER / "ledger.sqlite")
    database.execute("PRAGMA user_version = 9")
    database.close()
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


def test_record_is_known_by_one_key_however_it_was_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (record,) = write_records(tmp_path / "甲" / "乙", 1)
    monkeypatch.chdir(tmp_path / "甲")
    for out in (tmp_path / "out", tmp_path / "甲" / "out", tmp_path / "甲" / "乙" / "out", Path()):
        arguments = [record, tmp_path / "甲", tmp_path / "甲" / "乙", Path(), Path("../甲"), Path("乙")]
        keys = {job.key for job in find_jobs(arguments, out, [])}
        assert keys == {make_key(record, out)}


def test_folder_behind_a_link_is_looked_into_when_it_is_named(tmp_path: Path) -> None:
    write_records(tmp_path / "甲" / "乙", 2)
    try:
        (tmp_path / "链接").symlink_to(tmp_path / "甲" / "乙", target_is_directory=True)
    except OSError:
        pytest.skip("this system makes no links")
    assert list(find_jobs([tmp_path], tmp_path / "out", [])) != []
    assert len(list(find_jobs([tmp_path / "链接"], tmp_path / "out", []))) == 2
    assert [job.path for job in find_jobs([tmp_path / "链接" / ".."], tmp_path / "out", [])] == [
        tmp_path / "链接" / ".." / "乙" / name / "record.yaml" for name in ("第00001家", "第00002家")
    ]


def test_key_moves_with_record_and_output(tmp_path: Path) -> None:
    one = make_key(tmp_path / "a" / "in" / "record.yaml", tmp_path / "a" / "out")
    assert one == make_key(tmp_path / "b" / "in" / "record.yaml", tmp_path / "b" / "out")
