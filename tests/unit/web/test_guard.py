"""Whoever isn't the browser that was let in, or a program with the key, reaches nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from support.web_support import ENTRY, LASTING, ORIGIN, OWN, PORT, PROGRAM, SESSION, enter, make_settings, open_page

PAGES = [
    "/",
    "/forms",
    "/projects",
    "/projects/0123456789abcdef/form",
    "/cases",
    "/receiver",
    "/help",
    "/clear",
    "/jobs/" + "0" * 24,
    "/api/jobs/" + "0" * 24,
]


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[TestClient]:
    with open_page(make_settings(tmp_path / "page")) as client:
        yield client


@pytest.fixture
def known(stranger: TestClient) -> TestClient:
    return enter(stranger)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_opens_without_the_cookie_and_nothing_is_told(path: str, stranger: TestClient, tmp_path: Path) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 401
    assert str(tmp_path) not in answer.text
    assert "docgen serve" in answer.text, "it says what to do"


def test_the_key_opens_the_page_once(stranger: TestClient) -> None:
    first = stranger.get("/", params={"key": ENTRY})
    cookie = first.headers["set-cookie"].lower()
    assert first.status_code == 303
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert ENTRY not in first.headers["location"]
    assert stranger.get("/").status_code == 200
    stranger.cookies.clear()
    assert stranger.get("/", params={"key": ENTRY}).status_code == 401, "the key was used"


def test_who_is_known_may_load_the_first_address_again(known: TestClient) -> None:
    again = known.get("/", params={"key": ENTRY})
    assert again.status_code == 303
    assert "set-cookie" not in again.headers


@pytest.mark.parametrize(
    "query", ["key=", "key=wrong", f"key={ENTRY}x", f"key={ENTRY}&key={ENTRY}", "key=%00", "key=中"]
)
def test_another_key_opens_nothing(query: str, stranger: TestClient) -> None:
    assert stranger.get(f"/?{query}").status_code == 401
    assert enter(stranger).get("/").status_code == 200, "and the right one still does"


@pytest.mark.parametrize("cookie", ["", "x", SESSION[:-1], SESSION + "x", '"', ";"])
def test_another_cookie_opens_nothing(cookie: str, stranger: TestClient) -> None:
    assert stranger.get("/", headers={"Cookie": f"docgen-{PORT}={cookie}"}).status_code == 401


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost",
        f"localhost:{PORT}",
        "127.0.0.1",
        f"127.0.0.1:{PORT + 1}",
        f"127.0.0.1:{PORT}.evil.example",
        "",
        "[",
        "[::1",
        "a:b:c",
    ],
)
def test_a_name_that_is_suddenly_this_computer_reaches_nothing(host: str, known: TestClient) -> None:
    for path in ("/", "/static/docgen.css"):
        assert known.get(path, headers={"Host": host}).status_code == 403
    assert known.get("/", headers={"Host": host, **PROGRAM}).status_code == 403


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "",
        f"https://127.0.0.1:{PORT}",
        "http://127.0.0.1",
        f"http://localhost:{PORT}",
        ORIGIN + "/",
    ],
)
def test_another_page_reaches_nothing(origin: str, known: TestClient) -> None:
    assert known.get("/", headers={"Origin": origin}).status_code == 403
    assert known.post("/clear", headers={"Origin": origin}).status_code == 403
    assert known.get("/", headers={"Origin": origin, **PROGRAM}).status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_on_another_port_reaches_nothing_either(site: str, known: TestClient) -> None:
    assert known.get("/", headers={"Sec-Fetch-Site": site}).status_code == 403
    assert known.get("/", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_what_changes_something_needs_an_origin(known: TestClient) -> None:
    for path in ("/clear", "/forms", "/api/verify", "/forms/sample"):
        assert known.post(path).status_code == 403
    assert known.post("/clear", headers=OWN).status_code == 303


def test_a_program_needs_the_lasting_key_and_no_origin(stranger: TestClient) -> None:
    assert stranger.post("/clear", headers=PROGRAM).status_code == 303
    for said in ("Bearer wrong", f"Bearer {LASTING}x", LASTING, "Basic " + LASTING, ""):
        assert stranger.post("/clear", headers={"Authorization": said}).status_code == 401, said
    answer = stranger.post("/api/verify", headers={"Authorization": "Bearer wrong"})
    assert answer.json()["diagnostics"][0]["code"] == "N160"


def test_a_wrong_key_isn_t_saved_by_the_cookie(known: TestClient) -> None:
    assert known.get("/", headers={"Authorization": "Bearer wrong"}).status_code == 401


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/static/docgen.css", "/static/nothing.css", "/forms", "/api/nothing"]
)
def test_every_answer_binds_the_browser(path: str, known: TestClient) -> None:
    for answer in (known.get(path), known.post(path), known.get(path, headers={"Host": "evil.example"})):
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "path",
    ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd", "/static/..%5capp.py"],
)
def test_static_files_are_those_of_their_folder(path: str, known: TestClient) -> None:
    answer = known.get(path)
    assert answer.status_code in (401, 404), path
    assert "import" not in answer.text


def test_other_methods_change_nothing(known: TestClient) -> None:
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "CONNECT"):
        assert known.request(method, "/clear", headers=OWN).status_code in (404, 405), method


def test_a_websocket_is_closed(known: TestClient) -> None:
    from starlette.websockets import WebSocketDisconnect

    with pytest.raises(WebSocketDisconnect), known.websocket_connect("/"):
        pass
