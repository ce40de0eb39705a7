"""The page as people meet it: a real process, a real browser; what it costs, and how it goes on after a crash."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from support.browser import Served, find_axe_faults, measure_overflow, serve, visit
from support.command_line import CommandLine, start_docgen

if TYPE_CHECKING:
    from playwright.sync_api import Browser

EXAMPLES = Path(__file__).resolve().parents[2] / "docgen" / "web" / "examples"
DOORS = ("forms", "templates", "projects", "cases", "receiver")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("页面") / "page", "--port", str(find_port())) as page:
        yield page


def find_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def ask(served: Served, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(urlsplit(served.origin).netloc, timeout=60)
    try:
        given = {"Authorization": f"Bearer {served.lasting}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        connection.request(method, path, body, given)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def send_file(served: Served, path: str, file: Path) -> dict[str, Any]:
    head = f'--B\r\nContent-Disposition: form-data; name="files"; filename="{file.name}"\r\n\r\n'.encode()
    body = head + file.read_bytes() + b"\r\n--B--\r\n"
    status, answer = ask(served, "POST", path, body, Content_Type="multipart/form-data; boundary=B")
    assert status in (200, 202), answer
    said: dict[str, Any] = json.loads(answer)
    return said


def test_it_listens_to_this_computer_alone(served: Served) -> None:
    port = urlsplit(served.origin).port
    assert port is not None
    own = {item[4][0] for item in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)} - {"127.0.0.1"}
    for address in own:
        with socket.socket() as probe:
            probe.settimeout(2)
            assert probe.connect_ex((str(address), port)) != 0, address


@pytest.mark.parametrize(
    "text",
    [
        "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        "GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: {host}\r\n\r\n",
        "POST /clear HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n",
        "GET /static/../../../../etc/passwd HTTP/1.1\r\nHost: {host}\r\n\r\n",
        "GET /\x00 HTTP/1.1\r\nHost: {host}\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        "nonsense\r\n\r\n",
    ],
)
def test_a_stranger_gets_nothing(text: str, served: Served) -> None:
    where = urlsplit(served.origin)
    with socket.create_connection((where.hostname, where.port), timeout=10) as line:
        line.sendall(text.replace("{host}", where.netloc).encode("latin-1"))
        answer = b""
        line.settimeout(3)
        try:
            while chunk := line.recv(65536):
                answer += chunk
        except TimeoutError:
            pass
    assert answer.split(b" ")[1] in (b"400", b"401", b"403", b"404"), answer[:200]
    assert str(served.folder).encode() not in answer
    assert b"Server:" not in answer.title()


def test_what_goes_on_and_on_is_cut_off(served: Served) -> None:
    where = urlsplit(served.origin)
    head = f"POST /api/verify HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: Bearer {served.lasting}\r\n"
    head += "Content-Type: multipart/form-data; boundary=B\r\nContent-Length: 9999999999999\r\n\r\n"
    with socket.create_connection((where.hostname, where.port), timeout=10) as line:
        line.sendall(head.encode())
        assert b" 413 " in line.recv(65536)[:40]


def test_a_program_verifies_a_package(served: Served) -> None:
    good, changed = sorted((EXAMPLES / "receiver").glob("*.zip"), key=lambda path: path.name != "完好的档案包.zip")
    assert send_file(served, "/api/verify", good)["ok"] is True
    told = send_file(served, "/api/verify", changed)
    assert told["ok"] is False
    assert told["counts"]["error"] == 1
    status, book = ask(served, "GET", told["outputs"][0]["href"])
    assert (status, book[:2]) == (200, b"PK")


def test_a_killed_server_goes_on_where_it_was(tmp_path: Path) -> None:
    port = str(find_port())
    example = EXAMPLES / "forms" / "企业满意度.xlsx"
    with start_docgen("serve", tmp_path / "page", "--no-browser", "--port", port) as process:
        assert process.stdout is not None
        served = Served(process.stdout.readline().decode().strip(), tmp_path / "page")
        job = send_file(served, "/api/batch?wait=0", example)["job"]
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    with serve(tmp_path / "page", "--port", port) as again:
        until = time.monotonic() + 90
        while (said := json.loads(ask(again, "GET", job)[1]))["state"] in ("waiting", "working"):
            assert time.monotonic() < until, said
            time.sleep(0.2)
    assert said["state"] == "done", said
    assert said["batch"]["total"] == 5


def test_it_is_quick_and_small(tmp_path: Path) -> None:
    begun = time.monotonic()
    with start_docgen("serve", tmp_path / "page", "--no-browser", "--port", str(find_port())) as process:
        assert process.stdout is not None
        served = Served(process.stdout.readline().decode().strip(), tmp_path / "page")
        ask(served, "GET", "/help")
        up = time.monotonic() - begun
        first = time.monotonic()
        assert ask(served, "GET", "/")[0] == 200
        assert time.monotonic() - first < 1, "150 ms on a quiet machine"
        assert up < 15, "1.5 s on a quiet machine"
        if sys.platform == "linux":
            status = Path(f"/proc/{process.pid}/status").read_text()
            resident = int(status.partition("VmRSS:")[2].split()[0]) // 1024
            assert resident < 250
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0, "Ctrl-C is how it ends"
        assert process.stderr is not None
        said = process.stderr.read().decode()
        assert "Traceback" not in said
        assert served.address not in said, "the key stands on stdout alone"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="what a process has at once is asked of /proc")
def test_a_gigabyte_doesn_t_make_it_large(tmp_path: Path) -> None:
    """A zip of 1 GB is put in and verified; the server never holds much of it."""
    package = tmp_path / "大.zip"
    with zipfile.ZipFile(package, "w") as written, written.open("照片.jpg", "w") as member:
        for _ in range(1024):
            member.write(bytes(1024 * 1024))
    head = '--B\r\nContent-Disposition: form-data; name="files"; filename="大.zip"\r\n\r\n'.encode()
    tail = b"\r\n--B--\r\n"

    def list_chunks() -> Iterator[bytes]:
        yield head
        with package.open("rb") as file:
            while chunk := file.read(1024 * 1024):
                yield chunk
        yield tail

    with start_docgen("serve", tmp_path / "page", "--no-browser", "--port", str(find_port())) as process:
        assert process.stdout is not None
        served = Served(process.stdout.readline().decode().strip(), tmp_path / "page")
        connection = http.client.HTTPConnection(urlsplit(served.origin).netloc, timeout=300)
        known = {"Authorization": f"Bearer {served.lasting}", "Content-Type": "multipart/form-data; boundary=B"}
        size = len(head) + package.stat().st_size + len(tail)
        connection.request("POST", "/api/verify?wait=0", list_chunks(), known | {"Content-Length": str(size)})
        said = json.loads(connection.getresponse().read())
        connection.close()
        until = time.monotonic() + 100
        while said["state"] in ("waiting", "working"):
            assert time.monotonic() < until, said
            time.sleep(0.5)
            said = json.loads(ask(served, "GET", said["job"])[1])
        assert said["state"] == "done", said
        status = Path(f"/proc/{process.pid}/status").read_text()
        most = int(status.partition("VmHWM:")[2].split()[0]) // 1024
        print(f"{most} MB in the server, {said['peak_bytes'] >> 20} MB in the job")
        assert most < 250, f"{most} MB"
        assert 0 < said["peak_bytes"] < 512 * 1024 * 1024, "what the job had at once is told"


def test_a_port_that_is_taken_is_told(served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    docgen = CommandLine(capsys)
    taken = docgen.json("serve", tmp_path / "page", "--no-browser", "--port", urlsplit(served.origin).port)
    assert (taken.code, taken.codes) == (2, ["N170"])
    used = docgen.json("serve", served.folder, "--no-browser")
    assert (used.code, used.codes) == (2, ["N161"])


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 640, 360])
def test_every_first_page_can_be_read(browser: Browser, width: int, scheme: Any, tmp_path: Path) -> None:
    with (
        serve(tmp_path / "page", "--port", str(find_port())) as served,
        visit(browser, served, viewport={"width": width, "height": 800}, color_scheme=scheme) as seen,
    ):
        for path in ("/", *(f"/{door}" for door in DOORS), "/help", "/clear", "/nowhere"):
            seen.page.goto(served.origin + path)
            assert find_axe_faults(seen.page) == [], path
            assert measure_overflow(seen.page) <= 0, path
        assert seen.list_strangers(served) == []
        assert [text for text in seen.said if "404" not in text] == []


@pytest.mark.browser
def test_a_sample_is_tried_with_the_keyboard_alone(browser: Browser, tmp_path: Path) -> None:
    with serve(tmp_path / "page", "--port", str(find_port())) as served, visit(browser, served) as seen:
        page = seen.page
        assert urlsplit(page.url).query == "", "the key doesn't stay in the address"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        for _ in range(20):
            page.keyboard.press("Tab")
            if "试试示例" in page.evaluate("document.activeElement.textContent"):
                break
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid", "focus can be seen"
        page.keyboard.press("Enter")
        page.wait_for_selector("text=家可以做", timeout=60_000)
        page.click("text=做这")
        page.wait_for_selector("text=做完了", timeout=60_000)
        with page.expect_download() as waiting:
            page.click("text=全部下载")
        assert waiting.value.suggested_filename.endswith(".zip")
        assert seen.said == []
        page.click("text=完成并清除 >> nth=0")
        page.wait_for_url(served.origin + "/")
        assert list((served.folder / "jobs").iterdir()) == []


@pytest.mark.browser
def test_it_all_works_without_script(browser: Browser, tmp_path: Path) -> None:
    with (
        serve(tmp_path / "page", "--port", str(find_port())) as served,
        visit(browser, served, java_script_enabled=False) as seen,
    ):
        page = seen.page
        page.goto(f"{served.origin}/receiver")
        page.set_input_files("input[type=file]", EXAMPLES / "receiver" / "被改动的档案包.zip")
        page.click("button[type=submit] >> nth=0")
        page.wait_for_selector("text=下载结果汇总", timeout=60_000)
        assert "被改动的档案包.zip" in page.inner_text("main")
        assert "内容已改变" in page.inner_text("main")


@pytest.mark.browser
def test_dropped_files_are_taken(browser: Browser, tmp_path: Path) -> None:
    with serve(tmp_path / "page", "--port", str(find_port())) as served, visit(browser, served) as seen:
        seen.page.goto(f"{served.origin}/cases")
        given = seen.page.evaluate_handle(
            "() => { const all = new DataTransfer(); all.items.add(new File(['x'], '<b>案例</b>.md')); return all; }"
        )
        seen.page.dispatch_event("[data-drop]", "drop", {"dataTransfer": given})
        assert seen.page.evaluate("document.querySelector('input[type=file]').files.length") == 1
        seen.page.click("button[type=submit] >> nth=0")
        seen.page.wait_for_selector("h1 bdi")
        assert seen.page.locator("h1 b").count() == 0


@pytest.mark.browser
def test_another_page_gets_nothing(browser: Browser, tmp_path: Path) -> None:
    """A page of another origin in the same browser, which has the cookie: it can ask, and isn't answered."""
    from http.server import BaseHTTPRequestHandler, HTTPServer
    from threading import Thread

    class Evil(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<p>evil</p>")

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    other = HTTPServer(("127.0.0.1", 0), Evil)
    Thread(target=other.serve_forever, daemon=True).start()
    try:
        with serve(tmp_path / "page", "--port", str(find_port())) as served, visit(browser, served) as seen:
            page = seen.page
            page.goto(f"http://127.0.0.1:{other.server_port}/")
            got = page.evaluate(
                "async (at) => { try { const a = await fetch(at, {credentials: 'include'}); return a.status; }"
                " catch (fault) { return String(fault); } }",
                served.origin + "/",
            )
            assert "Failed" in str(got)
            page.evaluate(
                "(at) => { const f = document.createElement('form'); f.method = 'post'; f.action = at;"
                " document.body.append(f); f.submit(); }",
                served.origin + "/forms/sample",
            )
            page.wait_for_url(served.origin + "/**")
            assert "拒绝" in page.inner_text("main")
            assert list((served.folder / "jobs").iterdir()) == []
    finally:
        other.shutdown()
        other.server_close()
