"""Receipts in the page: decided by two buttons and a confirmation in words, registered, found again, checked."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from starlette.testclient import TestClient
from support.archive_samples import make_picture
from support.foreign_bags import ForeignBag, write_zip
from support.office_schemas import check_file
from support.web_support import OWN, enter, make_settings, open_page, wait_for

from docgen.archive.receipts.model import parse_receipt
from docgen.web.pages import FOLDER

EXAMPLES = FOLDER / "examples" / "receiver"
SOUND, CHANGED = EXAMPLES / "完好的档案包.zip", EXAMPLES / "被改动的档案包.zip"
EVIL = "<img src=x onerror=alert(1)>.zip"

pytestmark = pytest.mark.heavy  # each job is a process of its own


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with open_page(make_settings(tmp_path / "page")) as opened:
        yield enter(opened)


@pytest.fixture
def job(client: TestClient) -> str:
    """A job with a sound package, a changed one and a copy of the sound one under a hostile name, at its address."""
    files = [("files", (name, path.read_bytes())) for name, path in (("好.zip", SOUND), ("坏.zip", CHANGED))]
    files.append(("files", (EVIL, SOUND.read_bytes())))
    address = client.post("/receiver", files=files, headers=OWN).headers["location"]
    wait_for(client, address.replace("/receiver/", "/jobs/"))
    return str(address)


def decide(client: TestClient, package: str, decision: str) -> str:
    question = client.get(f"{package}/decide", params={"decision": decision})
    assert question.status_code == 200
    assert "登记以后不能改" in question.text
    answer = client.post(f"{package}/decide", data={"decision": decision}, headers=OWN)
    assert answer.status_code == 303, answer.text
    return client.get(answer.headers["location"]).text


def test_a_decision_gives_a_receipt_beside_the_package(client: TestClient, job: str, tmp_path: Path) -> None:
    before = client.get(f"{job}/1").text
    assert "/receiver/receipts/HZ-" not in before
    assert "建议：接收" in before
    assert "另出一份回执" not in before
    after = decide(client, f"{job}/1", "accepted")
    assert after.index("另出一份回执") < after.index("建议：接收"), "a further receipt has to be asked for"
    number = after.partition("/receiver/receipts/")[2][:12]
    assert number.startswith("HZ-")
    word = client.get(f"/receiver/receipts/{number}/docx")
    (tmp_path / "回执.docx").write_bytes(word.content)
    check_file(tmp_path / "回执.docx")
    receipt = parse_receipt(client.get(f"/receiver/receipts/{number}/json").content)
    assert receipt is not None
    assert (receipt.decision, receipt.findings.package.file) == ("accepted", "好.zip")
    assert receipt.findings.package.digests.keys() == {"sha256", "sm3"}
    assert receipt.digest() == receipt.check
    shown = client.get(f"/receiver/receipts/{number}").text
    assert receipt.check in shown
    decide(client, f"{job}/1", "accepted")
    assert "共 1 份回执" in client.get("/receiver/receipts").text


def test_what_is_returned_says_what_to_correct(client: TestClient, job: str) -> None:
    bad = client.get(f"{job}/2").text
    assert "建议：退回补正" in bad
    assert "要补正的内容" in bad
    otherwise = client.get(f"{job}/2/decide?decision=accepted").text
    assert "建议的是“退回补正”" in otherwise
    assert "退回补正" in decide(client, f"{job}/2", "returned")


def test_the_register_is_searched_exported_and_checked(client: TestClient, job: str, tmp_path: Path) -> None:
    for number, decision in ((1, "accepted"), (2, "returned")):
        decide(client, f"{job}/{number}", decision)
    page = client.post("/receiver/receipts", data={"query": "坏"}, headers=OWN).text
    assert "共 1 份回执" in page
    assert "好.zip" not in page
    book = client.get("/receiver/receipts/export/xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0].values)
    assert [row[3] for row in rows[1:]] == ["好.zip", "坏.zip"]
    assert len(client.get("/receiver/receipts/export/json").json()["receipts"]) == 2
    assert "不通过" not in client.post("/receiver/receipts/check", headers=OWN).text
    folder = tmp_path / "page" / "回执"
    path = next(folder.glob("HZ-*-0001.json"))
    path.write_text(path.read_text("utf-8").replace('"accepted"', '"returned"', 1), "utf-8")
    assert "不通过" in client.post("/receiver/receipts/check", headers=OWN).text


def test_names_are_shown_and_run_nothing(client: TestClient, job: str) -> None:
    text = decide(client, f"{job}/3", "returned") + client.get("/receiver/receipts").text + client.get(job).text
    assert "<img src=x" not in text


def test_files_that_packages_share_are_shown(client: TestClient, job: str, tmp_path: Path) -> None:
    assert "几个档案包里相同的文件" not in client.get(job).text, "copies of one package share all of it by their nature"
    files = []
    for name, more in (("甲.zip", b"1"), ("乙.zip", b"2")):
        bag = ForeignBag({"data/签到表.png": make_picture(), "data/说明.txt": more})
        files.append(("files", (name, write_zip(tmp_path / name, bag.list_files()).read_bytes())))
    address = client.post("/receiver", files=files, headers=OWN).headers["location"]
    wait_for(client, address.replace("/receiver/", "/jobs/"))
    text = client.get(address).text.partition("几个档案包里相同的文件")[2]
    assert text.count("签到表.png") == 2
    assert "说明.txt" not in text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/receiver/receipts/HZ-2026-9999", 404),
        ("/receiver/receipts/..%2F..%2Fjobs/json", 404),
        ("/receiver/receipts/HZ-2026-0001/exe", 404),
        ("/receiver/receipts/export/exe", 404),
        ("{job}/1/decide?decision=burned", 400),
        ("{job}/99/decide?decision=accepted", 404),
    ],
)
def test_what_is_not_there_is_told(client: TestClient, job: str, address: str, status: int) -> None:
    assert client.get(address.format(job=job)).status_code == status


def test_a_stranger_decides_nothing(client: TestClient, job: str) -> None:
    foreign = {"Origin": "http://elsewhere.example"}
    assert client.post(f"{job}/1/decide", data={"decision": "accepted"}, headers=foreign).status_code == 403
    assert "共 0 份回执" in client.get("/receiver/receipts").text
