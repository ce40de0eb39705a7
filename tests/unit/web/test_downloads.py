"""Only what a job made is given back, under the name that people read, and never shown by the browser itself."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from support.web_support import OWN, enter, make_settings, open_page

from docgen.diagnostics import Location, error
from docgen.web.downloads import format_disposition
from docgen.web.jobs.folder import write_order, write_outcome
from docgen.web.jobs.ledger import open_job_ledger
from docgen.web.jobs.model import JobOutcome, Order, ResultFile
from docgen.web.workplace import Workplace

HOSTILE = "<script>alert(1)</script>\u202e"


@pytest.fixture
def job(tmp_path: Path) -> str:
    """A job that is over: two results, one of them with markup in its name, a link out of its folder, a fault."""
    workplace = Workplace(tmp_path / "page")
    workplace.prepare()
    job_id = workplace.make()
    folder = workplace.find(job_id)
    (folder / "results").mkdir()
    (folder / "results" / "甲.docx").write_bytes(b"one")
    (folder / "results" / "page.html").write_bytes(b"<script>1</script>")
    (tmp_path / "secret").write_bytes(b"secret")
    (folder / "results" / "link").symlink_to(tmp_path / "secret")
    write_order(folder, Order(HOSTILE))
    found = error("C121", Location(file=f"/x/{HOSTILE}.docx"), path=HOSTILE)
    names = {
        "甲.docx": "文书 甲\u202e\r\n.docx",
        "page.html": "page.html",
        "link": "link",
        "../order.json": "order",
        "/etc/passwd": "p",
    }
    outputs = tuple(ResultFile(path, name) for path, name in names.items())
    write_outcome(folder, JobOutcome({}, (found,), outputs))
    with open_job_ledger(workplace.folder) as ledger:
        ledger.add(job_id, "case")
        ledger.set_state(job_id, "failed")
    return job_id


@pytest.fixture
def client(tmp_path: Path, job: str) -> Iterator[TestClient]:
    with open_page(make_settings(tmp_path / "page")) as opened:
        yield enter(opened)


def test_a_result_is_saved_under_its_name(client: TestClient, job: str) -> None:
    answer = client.get(f"/jobs/{job}/files/1")
    assert answer.content == b"one"
    said = answer.headers["content-disposition"]
    assert said.startswith("attachment; ")
    assert "filename*=UTF-8''%E6%96%87%E4%B9%A6%20%E7%94%B2" in said
    assert "%0D" not in said
    assert "%E2%80%AE" not in said, "nothing turns the direction of the suffix"
    page = client.get(f"/jobs/{job}/files/2")
    assert page.headers["content-disposition"].startswith("attachment; ")
    assert page.headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize(
    "number", ["0", "3", "4", "5", "6", "9" * 20, "-1", "1.0", "x", "..%2forder.json", "1%2f..", ""]
)
def test_nothing_else_is_given(number: str, client: TestClient, job: str) -> None:
    answer = client.get(f"/jobs/{job}/files/{number}")
    assert answer.status_code == 404
    assert b"secret" not in answer.content


@pytest.mark.parametrize("other", ["0" * 24, "..", "%2e%2e", "x", "A" * 24, "../../x", "%00", "'; DROP TABLE job"])
def test_a_job_that_isn_t_there_says_what_to_do(other: str, client: TestClient) -> None:
    for path in (f"/jobs/{other}", f"/jobs/{other}/files/1", f"/jobs/{other}/state", f"/api/jobs/{other}"):
        answer = client.get(path)
        assert answer.status_code in (200, 404), path
        assert "Traceback" not in answer.text
    assert client.get("/").status_code == 200


def test_values_from_files_are_text(client: TestClient, job: str) -> None:
    for path in ("/", f"/jobs/{job}"):
        text = client.get(path).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text
        assert "\u202e" not in text


def test_all_results_come_in_one_zip(tmp_path: Path, client: TestClient, job: str) -> None:
    folder = tmp_path / "page" / "jobs" / job
    write_outcome(folder, JobOutcome(outputs=(ResultFile("甲.docx", "甲.docx"), ResultFile("page.html", "page.html"))))
    answer = client.get(f"/jobs/{job}/all")
    with zipfile.ZipFile(BytesIO(answer.content)) as packed:
        assert {name: packed.read(name) for name in packed.namelist()}["甲.docx"] == b"one"


def test_no_zip_has_what_isn_t_among_the_results(client: TestClient, job: str) -> None:
    answer = client.get(f"/jobs/{job}/all")
    assert answer.status_code == 404
    assert b"secret" not in answer.content


def test_clearing_removes_all_of_it(tmp_path: Path, client: TestClient, job: str) -> None:
    assert client.post(f"/jobs/{job}/clear", headers=OWN).headers["location"] == "/"
    assert list((tmp_path / "page" / "jobs").iterdir()) == []
    assert (tmp_path / "secret").read_bytes() == b"secret"
    assert client.get(f"/jobs/{job}").status_code == 404
    assert (tmp_path / "page" / "jobs.sqlite").read_bytes().count(job.encode()) <= 1


@pytest.mark.parametrize(
    "name", ["a.docx", "中文.docx", 'a".docx', "a\\b.docx", "a\r\nSet-Cookie: x", "%22.docx", "𠮷.docx", ""]
)
def test_a_header_holds_any_name(name: str) -> None:
    said = format_disposition(name)
    assert said.isascii()
    assert said.isprintable()
    assert said.count('"') == 2
