"""A job: done by processes of its own, told how far it is, cancelled, and gone on with after a crash of the server."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from support.web_support import OWN, PROGRAM, enter, make_settings, open_page, wait_for

from docgen.diagnostics import error
from docgen.errors import SourceError
from docgen.web.jobs import kinds
from docgen.web.jobs.folder import read_order, write_step
from docgen.web.jobs.kinds import JobKind
from docgen.web.jobs.model import JobOutcome, JobProgress, JobTask, Order, Progress, ResultFile, SourceFile

pytestmark = pytest.mark.heavy


def copy_files(task: JobTask, progress: Progress) -> JobOutcome:
    """A kind of job for these tests: copies what came, slowly where the name says so."""
    progress.begin(len(task.order.sources), sum(item.path.stat().st_size for item in task.order.sources))
    outputs = []
    for item in task.order.sources:
        while "slow" in item.name and not progress.should_stop() and not (task.folder / "go").exists():
            time.sleep(0.05)
        if progress.should_stop():
            break
        data = item.path.read_bytes()
        if data == b"refuse":
            raise SourceError(error("C121", path=item.name))
        if data == b"bug":
            raise KeyError("bug")
        if data == b"die":
            os.kill(os.getpid(), signal.SIGKILL)
        (task.results / item.name).write_bytes(data)
        progress.advance(item.name, len(data))
        outputs.append(ResultFile(item.name, item.name))
    return JobOutcome({"pid": os.getpid()}, outputs=tuple(outputs))


def answer_double(number: int) -> int:
    if number < 0:
        raise SourceError(error("C121", path="x"))
    return number * 2


@pytest.fixture(autouse=True)
def test_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = JobKind("case", f"{__name__}:copy_files", "cases", is_command=True)
    monkeypatch.setitem(kinds.KINDS, "case", kind)
    root = Path(__file__).resolve().parents[2]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(root.parent), str(root), str(Path(__file__).parent)]))


@contextmanager
def serve(folder: Path) -> Iterator[TestClient]:
    with open_page(make_settings(folder)) as client:
        yield enter(client)


def start(client: TestClient, *files: tuple[str, bytes]) -> str:
    answer = client.post("/cases", headers=OWN, files=[("files", item) for item in files])
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_a_job_is_done_elsewhere_and_gives_its_files_back(tmp_path: Path) -> None:
    with serve(tmp_path) as client:
        job = start(client, ("甲.docx", b"1"), ("乙.docx", b"22"))
        said = wait_for(client, job)
        assert (said["state"], said["done"], said["total"], said["bytes"]) == ("done", 2, 2, 3)
        assert client.get(f"{job}/files/2").content == b"22"
        assert "乙.docx" in client.get(job).text
        told = client.get(f"/api{job}", headers=PROGRAM).json()
        assert (told["ok"], told["command"], len(told["outputs"])) == (True, "case", 2)
        assert told["pid"] != os.getpid()


def test_a_process_stands_by_for_the_next_job_and_ends_with_the_server(tmp_path: Path) -> None:
    def name_waiting() -> int | None:
        (process,) = multiprocessing.active_children()
        return process.pid

    with open_page(make_settings(tmp_path, stands_by=True)) as client:
        enter(client)
        first = name_waiting()
        job = start(client, ("甲.docx", b"1"))
        wait_for(client, job)
        assert client.get(f"/api{job}", headers=PROGRAM).json()["pid"] == first
        until = time.monotonic() + 20
        while {process.pid for process in multiprocessing.active_children()} in (set(), {first}):
            assert time.monotonic() < until
            time.sleep(0.05)
        second = name_waiting()
        job = start(client, ("die.docx", b"die"))
        assert wait_for(client, job)["state"] == "failed"
    assert second not in {process.pid for process in multiprocessing.active_children()}
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(("content", "code"), [(b"refuse", "C121"), (b"bug", "X113"), (b"die", "N167")])
def test_what_goes_wrong_is_told_and_stops_nobody(content: bytes, code: str, tmp_path: Path) -> None:
    with serve(tmp_path) as client:
        job, other = start(client, ("甲.docx", content)), start(client, ("乙.docx", b"2"))
        assert wait_for(client, job)["state"] == "failed"
        assert wait_for(client, other)["state"] == "done"
        told = client.get(f"/api{job}").json()
        assert [item["code"] for item in told["diagnostics"]] == [code]
        assert told["ok"] is False


def test_a_job_is_cancelled_and_keeps_what_it_made(tmp_path: Path) -> None:
    with serve(tmp_path) as client:
        job = start(client, ("甲.docx", b"1"), ("slow.docx", b"2"))
        while client.get(f"{job}/state").json()["done"] == 0:
            time.sleep(0.05)
        assert "停下" in client.get(job).text
        client.post(f"{job}/cancel", headers=OWN)
        assert wait_for(client, job)["state"] == "cancelled"
        assert client.get(f"{job}/files/1").content == b"1"


def test_a_job_without_items_shows_the_share_that_is_done(tmp_path: Path) -> None:
    with serve(tmp_path) as client:
        job = start(client, ("甲.docx", b"1"), ("slow.docx", b"2"))
        while client.get(f"{job}/state").json()["done"] == 0:
            time.sleep(0.05)
        assert "1 / 2" in client.get(job).text
        write_step(tmp_path / job.removeprefix("/"), JobProgress(bytes=75, total_bytes=200, name="名单.csv"))
        text = client.get(job).text
        assert (">37%<" in text, "名单.csv" in text, 'max="200" value="75"' in text) == (True, True, True)


def test_a_server_that_ends_leaves_its_jobs_to_the_next(tmp_path: Path) -> None:
    with serve(tmp_path) as client:
        job = start(client, ("slow.docx", b"2"))
        while client.get(f"{job}/state").json()["state"] != "working":
            time.sleep(0.05)
    (tmp_path / job.removeprefix("/") / "go").touch()
    with serve(tmp_path) as client:
        assert wait_for(client, job)["state"] == "done"


def test_a_job_under_way_is_cleared(tmp_path: Path) -> None:
    with serve(tmp_path) as client:
        job = start(client, ("slow.docx", b"2"))
        while client.get(f"{job}/state").json()["state"] != "working":
            time.sleep(0.05)
        client.post(f"{job}/clear", headers=OWN)
        assert client.get(job).status_code == 404
        assert list((tmp_path / "jobs").iterdir()) == []


def test_a_job_goes_on_as_another_kind_in_its_folder(tmp_path: Path) -> None:
    with serve(tmp_path) as client:
        job = start(client, ("甲.docx", b"1"))
        wait_for(client, job)
        assert client.get(f"/api{job}").json()["peak_bytes"] > 1_000_000
        client.get(f"{job}/all")
        state = client.app._app.state.page  # type: ignore[attr-defined]  # behind the guard
        found = state.ledger.find(job.rpartition("/")[2])
        folder = state.workplace.find(found.id)
        order = read_order(folder)
        state.runner.restart(found, "case", Order("再来", (SourceFile(order.sources[0].path, "丙.docx"),)))
        assert wait_for(client, job)["state"] == "done"
        assert "丙.docx" in client.get(job).text
        assert {path.name for path in (folder / "results").iterdir()} == {"甲.docx", "丙.docx"}
        assert b"\xe4\xb8\x99" in client.get(f"{job}/all").content


def test_a_program_waits_for_the_answer_or_doesn_t(tmp_path: Path) -> None:
    with open_page(make_settings(tmp_path)) as client:
        waited = client.post("/api/case", headers=PROGRAM, files=[("files", ("甲.docx", b"1"))])
        assert (waited.status_code, waited.json()["state"]) == (200, "done")
        begun = client.post("/api/case?wait=0", headers=PROGRAM, files=[("files", ("甲.docx", b"1"))])
        assert (begun.status_code, begun.json()["state"]) == (202, "waiting")
        assert client.post("/api/nothing", headers=PROGRAM).status_code == 404
        empty = client.post("/api/case", headers=PROGRAM, data={"a": "b"}, files=[("files", ("", b""))])
        assert empty.json()["diagnostics"][0]["code"] == "N171"


def test_quick_questions_are_answered_by_one_process(tmp_path: Path) -> None:
    import asyncio

    from docgen.web.faults import PageError
    from docgen.web.jobs.desk import Desk

    async def ask() -> list[object]:
        desk = Desk()
        answers = list(await asyncio.gather(*(desk.ask(f"{__name__}:answer_double", number) for number in range(5))))
        with pytest.raises(PageError) as refused:
            await desk.ask(f"{__name__}:answer_double", -1)
        assert [item.code for item in refused.value.diagnostics] == ["C121"]
        with pytest.raises(PageError) as died:
            await desk.ask("os:_exit", 3)
        assert [item.code for item in died.value.diagnostics] == ["N167"]
        answers.append(await desk.ask(f"{__name__}:answer_double", 21))
        await asyncio.to_thread(desk.close)
        return answers

    assert asyncio.run(ask()) == [0, 2, 4, 6, 8, 42]
