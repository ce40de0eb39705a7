"""The page inside the test's process: an application, and clients that are known, unknown, or a program."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from docgen.web.app import make_app
from docgen.web.settings import PageSettings

PORT = 8642
ORIGIN = f"http://127.0.0.1:{PORT}"
OWN = {"Origin": ORIGIN}
ENTRY, SESSION, LASTING = "entry-" + "e" * 26, "session-" + "s" * 24, "lasting-" + "l" * 24
PROGRAM = {"Authorization": f"Bearer {LASTING}"}


def make_settings(folder: Path, **changes: Any) -> PageSettings:
    """Settings with keys that the tests know."""
    return PageSettings(
        **{"folder": folder, "port": PORT, "entry_key": ENTRY, "session_key": SESSION, "api_key": LASTING} | changes
    )


@contextmanager
def open_page(settings: PageSettings) -> Iterator[TestClient]:
    """A client that nobody knows yet, of an application that lives; it follows no redirect by itself."""
    client = TestClient(
        make_app(settings), ORIGIN, follow_redirects=False, raise_server_exceptions=False, headers={"User-Agent": "t"}
    )
    with client:
        yield client


def enter(client: TestClient) -> TestClient:
    """The client after the address with the key was opened: it has the cookie."""
    answer = client.get("/", params={"key": ENTRY})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    return client


def wait_for(client: TestClient, address: str, seconds: float = 60) -> dict[str, Any]:
    """A job's state when it is over; ``address`` is that of its page."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        said: dict[str, Any] = client.get(f"{address}/state").json()
        if said["is_over"]:
            return said
        time.sleep(0.1)
    raise AssertionError(f"{address} isn't over: {said}")
