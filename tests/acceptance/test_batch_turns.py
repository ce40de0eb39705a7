"""What a batch gives doesn't depend on which of its jobs is done first."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.batch_runs import BOOK, CARD, CHOSEN, JSON, Batch, change_record
from support.command_line import CommandLine, run_docgen

from docgen.batch.engines.pool import Pool
from docgen.batch.records.answer_order import AnswerOrder
from docgen.batch.records.work import perform_as_text


class Order:
    """In which order the jobs under way are done, all by this process: as they come without a ``chance``."""

    def __init__(self) -> None:
        self.chance: random.Random | None = None
        self.at_once = 4
        self.seen: Callable[[], None] = lambda: None

    def run(self, work: Any, tasks: Iterator[Any], should_stop: Callable[[], bool]) -> Iterator[Any]:
        del work, should_stop
        begun: list[Any] = []
        while True:
            while len(begun) < (self.at_once if self.chance else 1) and (task := next(tasks, None)) is not None:
                begun.append(task)
            if not begun:
                return
            done = begun.pop(self.chance.randrange(len(begun)) if self.chance else 0)
            yield done, perform_as_text(done)
            self.seen()


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> Order:
    order = Order()
    monkeypatch.setattr(Pool, "run", order.run)
    return order


class LastFirst(random.Random):
    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:  # type: ignore[override]
        del stop, step
        return start - 1


@pytest.fixture(params=["in order", "the last first"])
def both_orders(request: pytest.FixtureRequest, order: Order) -> None:
    order.chance = LastFirst() if request.param == "the last first" else None


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def list_states(batch: Batch) -> list[tuple[str, list[str]]]:
    results = batch.read_results()["results"]
    return [(item["state"], [found["code"] for found in item["diagnostics"]]) for item in results]


def want_names_of_others(batch: Batch) -> None:
    """The second wants the names of both others; the first has only its card, the third only its check."""
    for number, record in enumerate(batch.records[:3]):
        text = record.read_text("utf-8").replace(f"FZ-{number + 1:05}", "FZ-1")
        if number == 0:
            text = text.replace(CARD, "")
        if number == 2:
            text = text.replace("{item: z,", "{item: kite-check,")
            text = text[: text.index("  kite-check:\n")] + text[text.index("  flight-log:\n") :]
        record.write_text(text, "utf-8")


@pytest.mark.usefixtures("both_orders")
def test_what_was_refused_for_a_job_that_is_refused_itself_is_made(tmp_path: Path, docgen: CommandLine) -> None:
    batch = Batch(tmp_path, docgen, 3)
    want_names_of_others(batch)
    batch.run(*CHOSEN)
    assert list_states(batch) == [("made", []), ("failed", ["B110"]), ("made", [])]
    assert sorted(name[:4] for name in batch.list_outputs()) == ["风筝卡片", "风筝检查"]


@pytest.mark.usefixtures("both_orders")
def test_a_record_that_cannot_be_read_keeps_its_name_from_one_behind_it(tmp_path: Path, docgen: CommandLine) -> None:
    batch = Batch(tmp_path, docgen, 3)
    batch.run()
    before = batch.list_outputs()
    batch.records[0].write_text("profile: [", "utf-8")
    last = batch.records[2]
    last.write_text(last.read_text("utf-8").replace("FZ-00003", "FZ-00001"), "utf-8")
    batch.run()
    assert [(state, codes[-1:]) for state, codes in list_states(batch)] == [
        ("failed", ["S110"]),
        ("kept", []),
        ("failed", ["B110"]),
    ]
    assert batch.list_outputs() == before


@pytest.mark.parametrize("seed", [*range(6), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(6, 120))])
def test_any_order_gives_the_same(seed: int, tmp_path: Path, docgen: CommandLine, order: Order) -> None:
    """Three runs over the same records, which change between them: names, outputs, summary, what is told."""
    chance = random.Random(seed)
    batch = Batch(tmp_path, docgen, 9)
    sound = [record.read_text("utf-8") for record in batch.records]
    outs = [tmp_path / "依次", tmp_path / "乱序"]
    chosen = chance.choice([CHOSEN, CHOSEN, ()])
    for _ in range(3):
        changed = [number for number in range(9) if chance.random() < 0.6 or not outs[0].exists()]
        for number in changed:
            change_record(batch.records[number], sound[number], f"FZ-{number + 1:05}", chance)
        time.sleep(0.06)  # what was changed just now is compared by its content, sooner or later
        told = []
        for out, order.chance in zip(outs, (None, random.Random(seed)), strict=True):
            batch.out, order.at_once = out, chance.choice([2, 4, 9])
            ran = batch.run(*chosen)
            results = (out / JSON).read_text("utf-8").replace(str(out), "")
            told.append((ran.code, ran.codes, results, batch.list_outputs()))
        assert told[0] == told[1]


def test_a_record_that_takes_long_hides_no_output_and_memory_holds_none(
    tmp_path: Path, docgen: CommandLine, order: Order
) -> None:
    batch = Batch(tmp_path, docgen, 8)
    seen: list[int] = []
    order.chance, order.at_once = LastFirst(), 8
    order.seen = lambda: seen.append(len(list(batch.out.glob("*.zip"))))
    batch.run()
    assert seen == list(range(1, 9))


def test_what_was_put_into_place_too_early_is_taken_back(tmp_path: Path, docgen: CommandLine, order: Order) -> None:
    batch = Batch(tmp_path, docgen, 3)
    want_names_of_others(batch)
    seen: list[list[str]] = []
    order.chance = LastFirst()
    order.seen = lambda: seen.append(sorted(path.name[:4] for path in batch.out.glob("*.docx")))
    batch.run(*CHOSEN)
    assert seen == [["风筝卡片"], ["风筝卡片"], ["风筝卡片", "风筝检查"]]


@pytest.mark.heavy
def test_workers_as_many_as_you_like_give_the_same(tmp_path: Path, docgen: CommandLine) -> None:
    batch = Batch(tmp_path, docgen, 30)
    chance = random.Random(3)
    for number, record in enumerate(batch.records):
        change_record(record, record.read_text("utf-8"), f"FZ-{number + 1:05}", chance)
    told = []
    for jobs in (1, 4):
        batch.out = tmp_path / f"{jobs}"
        ran = run_docgen(*batch.words("--jobs", jobs, *CHOSEN))
        results = (batch.out / JSON).read_text("utf-8")
        told.append((ran.code, ran.err.replace(str(batch.out), ""), results, batch.list_outputs()))
        assert (batch.out / BOOK).is_file()
    assert told[0] == told[1]


def test_turns_come_in_order(tmp_path: Path) -> None:
    turns = AnswerOrder(tmp_path)
    turns.hold(3, "third")
    turns.hold(2, None)
    assert turns.keeps(2)
    assert not turns.keeps(3)
    assert turns.next == 1
    assert turns.pass_on()
    assert turns.take() is None
    assert turns.pass_on()
    assert turns.take() == "third"
    assert not turns.pass_on()
