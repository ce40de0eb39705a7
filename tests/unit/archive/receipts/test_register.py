"""The register: one number for each receipt, whoever comes at once and whoever is killed."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from docgen.archive.receipts.model import Decision, Receipt, ReceiptFindings, ReceiptPackage, WordFile
from docgen.archive.receipts.register import REGISTER, Issued, ReceiptPlace, Register, open_register, read_register
from docgen.errors import OutputError

MOMENT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)


def make_receipt(place: ReceiptPlace, name: str = "甲.zip", decision: Decision = "accepted") -> Issued:
    findings = ReceiptFindings(
        package=ReceiptPackage(file=name, sender="某机构"),
        verified_by="docgen",
        state="sound",
        proposed="accepted",
        steps={},
        items=(),
    )
    receipt = Receipt(
        number=place.number,
        sequence=place.sequence,
        issued=place.moment,
        decision=decision,
        previous=place.previous,
        findings=findings,
        document=WordFile(file="", sha256=""),
    ).seal()
    return Issued(receipt, receipt.dump(), b"docx")


def issue(register: Register, package: str, decision: Decision = "accepted", moment: dt.datetime = MOMENT) -> str:
    def make(place: ReceiptPlace) -> Issued:
        return make_receipt(place, f"{package}.zip", decision)

    entry, _ = register.issue(package, decision, lambda: moment, make)
    return entry.number


def issue_many(folder: str, worker: int) -> None:
    for number in range(8):
        with open_register(Path(folder)) as register:
            issue(register, f"{worker}-{number}")
            register.place_files()


def die_while_issuing(folder: str) -> None:
    def make(place: ReceiptPlace) -> Issued:
        make_receipt(place)
        os._exit(9)

    with open_register(Path(folder)) as register:
        register.issue("丙", "accepted", lambda: MOMENT, make)


def die_before_files(folder: str) -> None:
    with open_register(Path(folder)) as register:
        issue(register, "丁")
        os._exit(9)


def run_process(target: Any, *arguments: object) -> Any:
    process = multiprocessing.get_context("spawn").Process(target=target, args=arguments)
    process.start()
    return process


def test_numbers_go_on_in_their_year_and_receipts_name_the_one_before(tmp_path: Path) -> None:
    with open_register(tmp_path) as register:
        assert [issue(register, name) for name in "甲乙"] == ["HZ-2026-0001", "HZ-2026-0002"]
        assert issue(register, "丙", moment=MOMENT.replace(year=2027)) == "HZ-2027-0001"
        assert issue(register, "丁") == "HZ-2026-0003"  # a clock that was set back gives no number twice
        entries = register.list_entries()
    assert [entry.sequence for entry in entries] == [1, 2, 3, 4]
    with closing(sqlite3.connect(tmp_path / REGISTER)) as connection:
        bodies = [Receipt.model_validate_json(row[0]) for row in connection.execute("SELECT body FROM receipt")]
    previous = [body.previous.sha256 if body.previous is not None else "" for body in bodies]
    assert previous == ["", *(entry.sha256 for entry in entries[:-1])]


def test_one_decision_on_a_package_has_one_receipt(tmp_path: Path) -> None:
    with open_register(tmp_path) as register:
        first = issue(register, "甲", "returned")
        assert issue(register, "甲", "returned") == first
        assert issue(register, "甲", "accepted") != first
        assert issue(register, "") != issue(register, "")
        assert len(register.list_entries()) == 4


def test_what_fails_leaves_no_number(tmp_path: Path) -> None:
    def fail(_place: ReceiptPlace) -> Issued:
        raise KeyboardInterrupt

    with open_register(tmp_path) as register:
        with pytest.raises(KeyboardInterrupt):
            register.issue("甲", "accepted", lambda: MOMENT, fail)
        assert register.list_entries() == []
        assert issue(register, "甲") == "HZ-2026-0001"


@pytest.mark.heavy
def test_processes_at_once_get_a_number_each(tmp_path: Path) -> None:
    workers = [run_process(issue_many, str(tmp_path), worker) for worker in range(3)]
    for worker in workers:
        worker.join(120)
        assert worker.exitcode == 0
    with read_register(tmp_path / REGISTER) as register:
        entries = register.list_entries()
    assert [entry.number for entry in entries] == [f"HZ-2026-{number:04d}" for number in range(1, 25)]
    assert {path.name for path in tmp_path.glob("HZ-*.json")} == {f"{entry.number}.json" for entry in entries}


@pytest.mark.heavy
def test_a_killed_run_leaves_nothing_or_a_receipt_that_the_next_one_finishes(tmp_path: Path) -> None:
    for target in (die_while_issuing, die_before_files):
        process = run_process(target, str(tmp_path))
        process.join(60)
        assert process.exitcode == 9
    assert not list(tmp_path.glob("HZ-*"))
    with open_register(tmp_path) as register:
        (entry,) = register.list_entries()
        assert (entry.number, entry.file) == ("HZ-2026-0001", "丁.zip")
        assert [path.name for path in register.list_files(entry) if path.is_file()] == [
            "HZ-2026-0001.json",
            "HZ-2026-0001.docx",
        ]
        assert issue(register, "戊") == "HZ-2026-0002"


def test_another_file_in_a_receipts_place_is_told_and_left(tmp_path: Path) -> None:
    with open_register(tmp_path) as register:
        issue(register, "甲")
        (tmp_path / "HZ-2026-0001.json").write_text("别人的", "utf-8")
        with pytest.raises(OutputError) as caught:
            register.place_files()
    assert [item.code for item in caught.value.diagnostics] == ["A101"]
    (tmp_path / "HZ-2026-0001.json").unlink()
    with open_register(tmp_path):
        assert (tmp_path / "HZ-2026-0001.docx").read_bytes() == b"docx"


def test_a_register_that_is_none_or_gone_is_told(tmp_path: Path) -> None:
    (tmp_path / REGISTER).write_bytes(b"no register at all" * 100)
    with pytest.raises(OutputError) as caught, open_register(tmp_path):
        pass
    assert caught.value.diagnostics[0].code == "V258"
    (tmp_path / REGISTER).unlink()
    (tmp_path / "HZ-2026-0001.json").write_text("{}")
    with pytest.raises(OutputError) as caught, open_register(tmp_path):
        pass
    assert caught.value.diagnostics[0].code == "V259"
    assert not (tmp_path / REGISTER).exists()


def test_every_word_of_a_search_has_to_be_there(tmp_path: Path) -> None:
    with open_register(tmp_path) as register:
        issue(register, "云庭-A")
        issue(register, "云庭-B")
        assert [entry.file for entry in register.list_entries("云庭 ｂ")] == ["云庭-B.zip"]
        assert len(register.list_entries("某机构")) == 2
        assert register.list_entries("100%") == []
