"""Receiving packages in the page: verdicts, contents, identities, inboxes, looking for something."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from starlette.testclient import TestClient
from support.archive_samples import build, render_papers
from support.command_line import CommandLine
from support.web_support import OWN, PROGRAM, enter, make_settings, open_page, wait_for

from docgen.archive.verify.package import verify_package
from docgen.web.pages import FOLDER
from docgen.web.work.receiver_store import ReceivedRow, fold, read_store, write_store

EXAMPLES = FOLDER / "examples" / "receiver"
SOUND, CHANGED = EXAMPLES / "完好的档案包.zip", EXAMPLES / "被改动的档案包.zip"
EVIL = "<img src=x onerror=alert(1)>\u202egpj.zip"

pytestmark = pytest.mark.heavy  # each job is a process of its own


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with open_page(make_settings(tmp_path / "page")) as opened:
        yield enter(opened)


def send(client: TestClient, *files: tuple[str, bytes], **fields: str) -> str:
    """Send packages; the address of their page when all are verified."""
    given = [("files", (name, data)) for name, data in files]
    answer = client.post("/receiver", files=given or None, data=fields, headers=OWN)
    assert answer.status_code == 303, answer.text
    return wait(client, answer.headers["location"])


def wait(client: TestClient, address: str) -> str:
    wait_for(client, address.replace("/receiver/", "/jobs/"))
    return address


def read(client: TestClient, address: str) -> str:
    """A page's text."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    text = re.sub(r"<[^>]+>", "\n", answer.text.partition("<main")[2].partition("</main>")[0])
    return re.sub(r"\s*\n\s*", "\n", unescape(text))


def test_three_packages_get_three_verdicts(client: TestClient) -> None:
    given = [("好.zip", SOUND.read_bytes()), ("改.zip", CHANGED.read_bytes()), (EVIL, b"no zip at all")]
    address = send(client, *given)
    page = client.get(address).text
    assert "<img" not in page
    assert "\u202e" not in page
    text = read(client, address).partition("主要问题")[2]
    assert text.index("改.zip") < text.index("好.zip"), "those first that need attention"
    counted = read(client, address).partition("下载")[0]
    assert "2\n有错误" in counted
    assert "1\n没有发现错误" in counted
    assert "好.zip" not in read(client, f"{address}?show=faulty").partition("主要问题")[2].partition("在收到")[0]
    for path in ("?show=nothing", "?page=999", "?page=x", "?page=-1"):
        assert client.get(address + path).status_code == 200
    good, changed, none = (read(client, f"{address}/{number}") for number in (1, 2, 3))
    assert "没有发现错误" in good
    assert "病毒检测\n未检测" in good
    assert "归档文件未被改动\n不通过" in changed
    assert "内容已改变" in changed
    assert "有问题" in changed.partition("里面有什么")[2], "the file that was changed is marked"
    assert "有问题" not in good.partition("见上面的检测结果")[2]
    assert "不是完好的 zip" in none
    assert client.get(f"{address}/4").status_code == 404
    assert client.get(f"{address}/99999999999999999999").status_code == 404


def test_what_is_inside_is_told_as_the_package_tells_it(client: TestClient) -> None:
    index = verify_package(SOUND).index
    assert index is not None
    text = read(client, send(client, ("好.zip", SOUND.read_bytes())) + "/1")
    for item in index.items:
        assert item.label in text
    for document in index.documents:
        assert document.title in text
        assert all(Path(file.path).name in text for file in document.renditions)
    assert index.archive.agency in text
    assert "安平县织澜金属丝网制造有限公司" in text.partition("企业（")[2], "the record's enterprises"


def test_the_summary_calls_packages_by_their_names(client: TestClient) -> None:
    address = send(client, ("好.zip", SOUND.read_bytes()), ("好.zip", CHANGED.read_bytes()))
    files = address.replace("/receiver/", "/jobs/") + "/files"
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{files}/1").content))
    texts = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any('"好.zip"' in text for text in texts)
    assert any("好 (2).zip" in text for text in texts)
    told = client.get(f"{files}/2").text
    for text in (*texts, told):
        assert "uploads" not in text, "where files lie with us is nobody's matter"


def test_an_identity_is_right_or_wrong_or_none(client: TestClient) -> None:
    identity = verify_package(SOUND).identity
    assert identity is not None
    spaced = " ".join(re.findall("....", identity.upper()))
    right = send(client, ("好.zip", SOUND.read_bytes()), identity=spaced)
    assert "一致 1 个，不一致 0 个" in read(client, right)
    assert "标识与另外取得的一致" in read(client, f"{right}/1")
    again = client.post(f"{right}/again", files={"identity": (None, "0" * 64)}, headers=OWN)
    assert again.headers["location"] == right
    wait(client, right)
    assert "一致 0 个，不一致 1 个" in read(client, right)
    assert "不要收下" in read(client, f"{right}/1")
    for wrong in ("123", "z" * 64, identity + "0"):
        refused = client.post(
            "/receiver", files={"files": ("好.zip", b"x")}, data={"identity": wrong}, headers=OWN | {"Accept": "*/*"}
        )
        assert (refused.status_code, "标识有 64 位" in refused.text) == (400, True)
    kept = client.post(f"{right}/again", files={"identity": (None, "123")}, headers=OWN)
    assert kept.status_code == 400
    assert "一致 0 个，不一致 1 个" in read(client, right), "what was there stays"


def test_an_inbox_is_read_and_read_again(client: TestClient, tmp_path: Path) -> None:
    inbox = tmp_path / "收件"
    (inbox / "一月").mkdir(parents=True)
    shutil.copy(SOUND, inbox / "一月" / "甲.zip")
    (inbox / "断.zip").write_bytes(SOUND.read_bytes()[:3000])
    answer = client.post("/receiver", files={"inbox": (None, f' "{inbox}" ')}, headers=OWN)
    address = wait(client, answer.headers["location"])
    text = read(client, address)
    assert "一月/甲.zip" in text
    assert "断.zip" in text
    shutil.copy(CHANGED, inbox / "乙.zip")
    client.post(f"{address}/again", files={"nothing": (None, "")}, headers=OWN)
    assert "乙.zip" in read(client, wait(client, address))
    assert sorted(path.name for path in inbox.iterdir()) == ["一月", "乙.zip", "断.zip"], "nothing is written into it"


def test_an_inbox_that_is_none_is_told_in_words(client: TestClient, tmp_path: Path) -> None:
    page = tmp_path / "page"
    (tmp_path / "一个.zip").write_bytes(b"")
    (tmp_path / "来").symlink_to(page)
    wrong = {
        str(tmp_path / "没有"): "打不开",
        str(tmp_path / "一个.zip"): "打不开",
        "收件": "不是完整的地址",
        "/a\0b": "不是完整的地址",
        str(page): "页面自己的",
        str(page / "jobs"): "页面自己的",
        str(tmp_path / "来"): "页面自己的",
        str(tmp_path): "页面自己的",
        "/": "页面自己的",
        "<script>alert(1)</script>": "不是完整的地址",
    }
    for typed, said in wrong.items():
        answer = client.post("/receiver", files={"inbox": (None, typed)}, headers=OWN)
        assert (answer.status_code, said in answer.text) == (400, True), typed
        assert "<script>alert" not in answer.text
    assert client.post("/receiver", files={"inbox": (None, "")}, headers=OWN).status_code == 400
    assert list((page / "jobs").iterdir()) == [], "nothing was begun"


def test_something_is_looked_for_in_all_that_was_received(client: TestClient) -> None:
    first = send(client, ("甲.zip", SOUND.read_bytes()), (EVIL, b"none"))
    second = send(client, ("乙.zip", CHANGED.read_bytes()))

    def find(query: str) -> str:
        answer = client.post("/receiver/search", data={"query": query}, headers=OWN)
        assert answer.status_code == 200
        assert "<img" not in answer.text
        return answer.text

    for query in ("织澜", "安平县2025年", "评价自愿申请表", "织澜 申请表", "ＨＢ－ＺＬＴＳ"):
        found = find(query)
        assert f"{first}/1" in found, query
        assert f"{second}/1" in found, query
    assert f"{first}/1" in find("甲.zip")
    assert f"{second}/1" not in find("甲.zip")
    assert f"{first}/2" in find("onerror"), "a name with markup is found and shown as it is"
    for query in ("没有这个", "%", "甲_zip", "\\", "'; DROP TABLE package; --", "织澜 没有这个"):
        assert "没有找到" in find(query), query
    assert "写上要找的字" in find("  \u202e ")
    assert "写上要找的字" in client.get("/receiver/search").text
    assert client.post("/receiver/search", files={"query": ("a.txt", b"x")}, headers=OWN).status_code == 413
    client.post(f"{second.replace('/receiver/', '/jobs/')}/clear", headers=OWN)
    assert second not in find("织澜"), "what was cleared can't be found"


def test_names_in_a_package_are_text(client: TestClient, tmp_path: Path) -> None:
    """Markup, bidi and control characters in an index that is sound by its digests."""
    package = build(tmp_path, render_papers, title="<b>题</b>\u202e<script>alert(1)</script>\x07")
    address = send(client, ("包.zip", package.read_bytes()))
    for path in (address, f"{address}/1"):
        page = client.get(path).text
        assert "<b>题" not in page
        assert "<script>alert" not in page
        assert not re.search("[\u202e\x07]", page)
    assert "<b>题</b>" in unescape(client.get(f"{address}/1").text)


def test_a_program_is_told_what_the_command_tells(
    client: TestClient, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (SOUND, CHANGED):
        shutil.copy(path, tmp_path / path.name)
    (tmp_path / "断.zip").write_bytes(SOUND.read_bytes()[:3000])
    names = (SOUND.name, CHANGED.name, "断.zip")
    monkeypatch.chdir(tmp_path)
    command: dict[str, Any] = CommandLine(capsys).json("verify", *names).document
    given = [("files", (name, (tmp_path / name).read_bytes())) for name in names]
    answer = client.post("/api/verify", files=given, headers=PROGRAM).json()
    for own in ("state", "job", "peak_bytes"):
        answer.pop(own)
    assert [item["title"] for item in answer.pop("outputs")] == ["档案包检测结果.xlsx", "档案包检测结果.json"]
    assert command.pop("outputs") == []
    for package in (*answer["packages"], *command["packages"]):
        package.pop("digests", None)  # the page asks for them, since it gives receipts; the command does with --receipt
    assert answer == command
    for key in ("verify", "packages", "diagnostics"):
        assert json.dumps(answer[key]) == json.dumps(command[key])


def test_a_program_may_name_an_inbox(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / "收件").mkdir()
    shutil.copy(SOUND, tmp_path / "收件")
    answer = client.post("/api/verify", files={"inbox": (None, str(tmp_path / "收件"))}, headers=PROGRAM).json()
    assert (answer["ok"], answer["verify"]["sound"]) == (True, 1)
    assert answer["packages"][0]["path"] == str(tmp_path / "收件" / SOUND.name)
    refused = client.post("/api/verify", files={"inbox": (None, str(tmp_path))}, headers=PROGRAM).json()
    assert (refused["ok"], refused["diagnostics"][0]["code"]) == (False, "N179")


def test_what_is_verified_again_keeps_its_verdict(client: TestClient, tmp_path: Path) -> None:
    address = send(client, ("好.zip", SOUND.read_bytes()))
    client.post(f"{address}/again", files={"identity": (None, "")}, headers=OWN)
    wait(client, address)
    told = json.loads(next((tmp_path / "page" / "jobs").glob("*/results/*.json")).read_text("utf-8"))
    assert told["counts"]["sound"] == 1
    answer = json.loads(next((tmp_path / "page" / "jobs").glob("*/answer.json")).read_text("utf-8"))
    assert answer["verify"]["kept"] == 1, "what is unchanged isn't verified anew"


def test_the_store_reads_a_page_at_a_time(tmp_path: Path) -> None:
    with read_store(tmp_path) as nothing:
        assert nothing is None
    with write_store(tmp_path) as store:
        for number in range(1, 501):
            verdict = "faulty" if number % 10 == 0 else "sound"
            row = ReceivedRow(number, verdict, number if verdict == "faulty" else 0, f"{number}.zip", "题\udcff", "[]")
            store.add(row, {}, [("names", "[]")] * 400, [("name", row.name), ("document", "100% 合_格")])
    with read_store(tmp_path) as store:
        assert store is not None
        assert store.count_verdicts() == {"faulty": 50, "sound": 450}
        assert [row.number for row in store.list_rows(most=2)] == [500, 490]
        assert [row.number for row in store.list_rows("sound", start=448)] == [498, 499]
        details = store.find(1)
        assert details is not None
        assert (len(details.findings), details.unlisted) == (300, 100)
        assert len(store.search("100%", most=7)) == 7
        assert store.search("合_格 499")[0].words == (("name", "499.zip"), ("document", "100% 合_格"))
        assert store.search("合x格") == []


def test_texts_are_compared_as_they_are_seen() -> None:
    assert fold("ＡＢ\u202eｃ\u200b甲") == "abc甲"


def test_a_listed_zip_is_never_unpacked(client: TestClient, tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        packed.writestr("../../outside.txt", "x")
    address = send(client, ("逃.zip", data.getvalue()))
    assert "有错误" in read(client, address)
    assert not list(tmp_path.rglob("outside.txt"))


def test_the_server_loads_nothing_that_reads_packages() -> None:
    program = "import docgen.web.server, sys; print([name for name in ('pydantic', 'lxml') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_was_stopped_is_told_as_open_and_goes_on(client: TestClient, tmp_path: Path) -> None:
    inbox = tmp_path / "收件"
    inbox.mkdir()
    for number in range(12):
        shutil.copy(SOUND, inbox / f"{number:02d}.zip")
    answer = client.post("/api/verify?wait=0", files={"inbox": (None, str(inbox))}, headers=PROGRAM).json()
    job = answer["job"].rpartition("/")[2]
    (tmp_path / "page" / "jobs" / job / "cancel").touch()
    address = wait(client, f"/receiver/{job}")
    told = client.get(answer["job"]).json()
    assert (told["state"], told["ok"], told["exit_code"]) == ("cancelled", False, 130)
    assert told["verify"]["open"] > 0
    assert "还没有检测" in read(client, address)
    assert "接着检测" in read(client, address)
    client.post(f"{address}/again", files={"nothing": (None, "")}, headers=OWN)
    wait(client, address)
    assert client.get(answer["job"]).json()["verify"]["sound"] == 12
