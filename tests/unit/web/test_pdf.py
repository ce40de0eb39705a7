"""PDF of what a job made: every document that LibreOffice takes, and the list of those that it doesn't."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from support.stand_in_office import make_stand_in
from support.web_support import OWN, enter, make_settings, open_page, wait_for

from docgen.errors import OutputError
from docgen.resources import Converting, Resources
from docgen.web.jobs.model import JobTask, Order, ResultFile, SourceFile
from docgen.web.work.pdf import convert_documents

pytestmark = pytest.mark.heavy


@dataclass
class Listener:
    """Notes how far it is."""

    total: int = 0
    names: list[str] = field(default_factory=list)

    def begin(self, total: int, total_bytes: int = 0) -> None:
        del total_bytes
        self.total = total

    def advance(self, name: str, size: int = 0) -> None:
        del size
        self.names.append(name)

    def should_stop(self) -> bool:
        return False


def make_task(folder: Path, *names: str, fault: str = "") -> JobTask:
    sources = []
    for number, name in enumerate(names):
        path = folder / "uploads" / str(number) / name
        path.parent.mkdir(parents=True)
        path.write_bytes(f"x {number} {fault if '坏' in name else 'sound'}".encode())
        sources.append(SourceFile(path, name))
    (folder / "results").mkdir()
    resources = Resources(converting=Converting(cache=False))
    return JobTask("0" * 24, "", folder, Order("甲", tuple(sources), {"from": "1" * 24}), "zh", resources)


def test_what_cannot_be_converted_is_listed_and_keeps_nothing_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = make_stand_in(tmp_path / "office").program
    monkeypatch.setattr("docgen.pipeline.stages.pdf.find_office", lambda: str(program))
    task = make_task(tmp_path / "job", "甲.docx", "坏.docx", "表.xlsx", "甲.docx", fault="refuse")
    listener = Listener()
    outcome = convert_documents(task, listener)
    assert [item.name for item in outcome.outputs] == ["甲.pdf", "表.pdf", "甲_2.pdf"]
    assert all((task.results / item.path).read_bytes().startswith(b"%PDF") for item in outcome.outputs)
    (told,) = outcome.data["unconverted"]
    assert told.startswith("坏.docx：")
    assert (listener.total, len(listener.names)) == (4, 4)


def test_without_libreoffice_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docgen.pipeline.stages.pdf.find_office", lambda: None)
    with pytest.raises(OutputError) as caught:
        convert_documents(make_task(tmp_path, "甲.docx"), Listener())
    assert caught.value.diagnostics[0].code == "A210"


@pytest.mark.parametrize(
    ("kind", "path", "is_document"),
    [
        ("document", "甲.docx", True),
        ("combined", "合订.DOCX", True),
        ("copy", "批注/甲.docx", True),
        ("returned", "退回.xlsx", False),
        ("table", "评审表.xlsx", False),
        ("package", "甲.zip", False),
    ],
)
def test_documents_are_what_is_printed(kind: str, path: str, is_document: bool) -> None:
    assert ResultFile(path, path, kind).is_document is is_document


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with open_page(make_settings(tmp_path / "page")) as opened:
        yield enter(opened)


def test_a_job_without_documents_offers_none(client: TestClient) -> None:
    address = client.post("/receiver/sample", headers=OWN).headers["location"]
    job = f"/jobs/{address.rpartition('/')[2]}"
    assert wait_for(client, job)["state"] == "done"
    assert client.post(f"{job}/pdf", headers=OWN).status_code == 404
    assert client.post(f"{job}/pdf").status_code == 403
