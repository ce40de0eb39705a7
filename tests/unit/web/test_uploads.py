"""Files go into the job's folder under names that we give; what is too much, broken or no form leaves nothing."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from support.web_support import OWN, enter, make_settings, open_page

from docgen.web.jobs.runner import JobRunner
from docgen.web.settings import UploadLimits
from docgen.web.uploads import Form, Upload

LIMITS = UploadLimits(size=100_000, files=3, fields=1000)
HOSTILE = [
    "../../../etc/passwd", "..\\..\\windows\\win.ini", "C:\\a\\b.docx", "/etc/passwd", "..", ".", "a/../../b.zip",
    "<img src=x onerror=alert(1)>.docx", '"quoted".xlsx', "\u202excod.exe", "a\u2066b\u2069.docx", "a\x00b.docx",
    "a\x1b[31mb.docx", "CON", "NUL.docx", "x" * 400 + ".docx", "案例 第一篇.docx", "e\u0301.docx", "a%00b.docx",
    "a;b=c.docx", "{{ 7*7 }}.docx", " .docx", "-rf.docx", "a:b.docx", "😀.docx",
]  # fmt: skip


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The orders of jobs that were started; none is done."""
    orders: list[Any] = []
    monkeypatch.setattr(JobRunner, "_begin", lambda self, job: orders.append(job))
    return orders


@pytest.fixture
def client(tmp_path: Path, started: list[Any]) -> Iterator[TestClient]:
    with open_page(make_settings(tmp_path / "page", limits=LIMITS)) as opened:
        yield enter(opened)


def list_uploads(folder: Path) -> dict[str, bytes]:
    root = folder / "page" / "jobs"
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("uploads/*/*")}


def list_folders(folder: Path) -> list[Path]:
    return list((folder / "page" / "jobs").iterdir())


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_leads_nowhere_and_is_shown_as_text(name: str, client: TestClient, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    quoted = name.replace('"', "%22")
    body = (
        b'--B\r\nContent-Disposition: form-data; name="files"; filename="'
        + quoted.encode()
        + b'"\r\n\r\ninhalt\r\n--B--\r\n'
    )
    answer = client.post("/cases", content=body, headers={**OWN, "Content-Type": "multipart/form-data; boundary=B"})
    assert answer.status_code in (303, 400)
    if answer.status_code == 400:  # a name that isn't one at all
        assert sorted(tmp_path.rglob("*")) == before
        return
    ((path, content),) = list_uploads(tmp_path).items()
    job, _, number, stored = path.split("/")
    assert (len(job), number, content) == (24, "0001", b"inhalt")
    assert not {unicodedata.category(char) for char in stored} & {"Cc", "Cf", "Cs"}
    assert not set(stored) & set('<>:"/\\|?*')
    assert len(stored) <= 80
    assert stored not in answer.headers["location"]
    shown = client.get("/").text
    assert "<img src=x" not in shown
    assert "\u202e" not in shown
    assert ">49.docx" not in shown


def test_files_and_fields_come_whole(client: TestClient, tmp_path: Path, started: list[Any]) -> None:
    files = [("files", ("甲.docx", b"a" * 40_000)), ("files", ("甲.docx", b"\r\n--B\r\n\x00"))]
    answer = client.post("/cases", headers=OWN, files=files, data={"only": ["满意度", "二"], "filename": ""})
    assert answer.status_code == 303
    assert sorted(list_uploads(tmp_path).values(), key=len) == [b"\r\n--B\r\n\x00", b"a" * 40_000]
    assert len(started) == 1
    order = json.loads(next((tmp_path / "page" / "jobs").glob("*/order.json")).read_text("utf-8"))
    assert order["options"] == {"only": ["满意度", "二"], "filename": [""]}


@pytest.mark.parametrize(
    ("files", "data"),
    [
        ([("files", ("a.docx", b"a" * 200_000))], {}),
        ([("files", (f"{number}.docx", b"a" * 40_000)) for number in range(3)], {}),
        ([("files", (f"{number}.docx", b"a")) for number in range(4)], {}),
        ([("files", ("a.docx", b"a"))], {"text": "x" * 2000}),
    ],
)
def test_too_much_is_refused_and_leaves_nothing(files: Any, data: Any, client: TestClient, tmp_path: Path) -> None:
    answer = client.post("/cases", headers=OWN, files=files, data=data)
    assert answer.status_code == 413
    assert list_folders(tmp_path) == []


HEAD = b'--B\r\nContent-Disposition: form-data; name="files"; filename="a.zip"\r\n\r\n'


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (HEAD + b"half", "multipart/form-data; boundary=B"),
        (b"nonsense", "multipart/form-data; boundary=B"),
        (b"", "multipart/form-data; boundary=B"),
        (HEAD + b"x\r\n--B--\r\n", "multipart/form-data"),
        (b"--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n--B--\r\n", "multipart/form-data; boundary=B"),
        (b"--B\r\n" + b"A: b\r\n" * 100 + b"\r\nx\r\n--B--\r\n", "multipart/form-data; boundary=B"),
        (b"--B\r\n" + b"A" * 10_000 + b": b\r\n\r\nx\r\n--B--\r\n", "multipart/form-data; boundary=B"),
        (HEAD.replace(b"a.zip", b"") + b"\r\n--B--\r\n", "multipart/form-data; boundary=B"),
        (b"{}", "application/json"),
        (b"a=b", "application/x-www-form-urlencoded"),
        (b"a=b", "text/plain"),
        (b"a", ""),
        (b"--\r\n", "multipart/form-data; boundary=" + "x" * 300),
    ],
)
def test_what_is_no_whole_form_leaves_nothing(body: bytes, kind: str, client: TestClient, tmp_path: Path) -> None:
    answer = client.post("/cases", content=body, headers={**OWN, "Content-Type": kind})
    assert answer.status_code == 400, answer.text
    assert "改法" in answer.text
    assert list_folders(tmp_path) == []


def test_a_field_is_found_by_its_name() -> None:
    form = Form({"a": [" x ", "y"]}, (Upload("f", "甲", Path("甲"), 1),))
    assert (form.text("a"), form.text("b")) == ("x", "")
