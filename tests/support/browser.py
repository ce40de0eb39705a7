"""Chromium, as tests use it: the page served by a real process, opened by the address that it gives."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.command_line import start_docgen

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

ABSENT = "Chromium is absent: run scripts/install-browser"
_GRAVE = ("serious", "critical")


def find_browser() -> str | None:
    """The Chromium of this machine (``DOCGEN_BROWSER`` names another), or None."""
    return os.environ.get("DOCGEN_BROWSER") or shutil.which("chromium") or shutil.which("chromium-browser")


def is_required() -> bool:
    """Whether a missing Chromium fails the tests rather than skips them (``DOCGEN_REQUIRE_BROWSER=1``)."""
    return os.environ.get("DOCGEN_REQUIRE_BROWSER", "") not in ("", "0")


@dataclass(frozen=True)
class Served:
    """A page that is being served: the address that opens it, its origin, the key of programs, its folder."""

    address: str
    folder: Path

    @property
    def origin(self) -> str:
        return self.address.partition("/?")[0]

    @property
    def lasting(self) -> str:
        return (self.folder / "program-key").read_text("ascii").strip()


@contextmanager
def serve(folder: Path, *arguments: object) -> Iterator[Served]:
    """``docgen serve`` as a process, until the block ends."""
    with start_docgen("serve", folder, "--no-browser", *arguments) as process:
        assert process.stdout is not None
        address = process.stdout.readline().decode().strip()
        assert address.startswith("http://127.0.0.1:"), (process.stderr.read() if process.stderr else b"").decode()
        yield Served(address, folder)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Chromium without a window."""
    from playwright.sync_api import sync_playwright

    program = find_browser()
    assert program is not None, ABSENT
    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


@dataclass(frozen=True)
class Visit:
    """A browser window at the page; it notes what it asked for and what it complained of."""

    page: Page
    asked: list[str]
    said: list[str]

    def list_strangers(self, served: Served) -> list[str]:
        """What was asked of anybody but the page itself."""
        return [address for address in self.asked if not address.startswith((served.origin + "/", "data:", "blob:"))]


@contextmanager
def visit(browser: Browser, served: Served, *, enter: bool = True, **options: Any) -> Iterator[Visit]:
    """A window of its own, at the page; ``options`` as Playwright's ``new_context`` takes them."""
    context: BrowserContext = browser.new_context(**options)
    try:
        page = context.new_page()
        asked: list[str] = []
        said: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda fault: said.append(str(fault)))
        if enter:
            page.goto(served.address)
        yield Visit(page, asked, said)
    finally:
        context.close()


def find_axe_faults(page: Page) -> list[str]:
    """What axe finds serious or critical, in a line each."""
    from axe_playwright_python.sync_playwright import Axe

    # The policy of the page forbids scripts that aren't its own; the test's isolated evaluation is no part of it.
    found = Axe().run(page).response["violations"]
    return [
        f"{item['id']}: {node['html'][:120]}" for item in found if item["impact"] in _GRAVE for node in item["nodes"]
    ]


def measure_overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def wait_for_verdicts(page: Page) -> None:
    """Wait until a job of the receiver's door is over: verdicts come before, then the page is loaded once more."""
    page.wait_for_selector("main:has-text('下载结果汇总'):not(:has-text('正在做'))", timeout=60_000)
