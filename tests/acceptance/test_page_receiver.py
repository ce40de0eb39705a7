"""Receiving packages as a regulator does: in Chromium, dropped or from an inbox, with the keyboard, without script."""

from __future__ import annotations

import base64
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.archive_samples import build, render_papers
from support.browser import Served, Visit, find_axe_faults, measure_overflow, serve, visit, wait_for_verdicts

from docgen.archive.verify.package import verify_package

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

EXAMPLES = Path(__file__).resolve().parents[2] / "docgen" / "web" / "examples" / "receiver"
SOUND, CHANGED = EXAMPLES / "完好的档案包.zip", EXAMPLES / "被改动的档案包.zip"

pytestmark = pytest.mark.browser


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serve(tmp_path / "page") as page:
        yield page


@pytest.fixture
def seen(browser: Browser, served: Served) -> Iterator[Visit]:
    with visit(browser, served) as opened:
        opened.page.goto(served.origin + "/receiver")
        yield opened
        assert opened.list_strangers(served) == []


def drop(page: Page, files: dict[str, bytes]) -> None:
    given = page.evaluate_handle(
        """(files) => {
          const all = new DataTransfer();
          for (const [name, text] of files) {
            all.items.add(new File([Uint8Array.from(atob(text), (char) => char.charCodeAt(0))], name));
          }
          return all;
        }""",
        [[name, base64.b64encode(data).decode()] for name, data in files.items()],
    )
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": given})


def test_three_packages_are_dropped(seen: Visit, tmp_path: Path) -> None:
    page = seen.page
    evil = "<img src=x onerror=document.title=1>\u202egpj.zip"
    drop(page, {"好.zip": SOUND.read_bytes(), "改.zip": CHANGED.read_bytes(), evil: b"none"})
    page.click("form[data-send] button")
    wait_for_verdicts(page)
    rows = page.locator(".received tbody tr").all_inner_texts()
    assert [text.split()[0] for text in rows] == ["有错误", "有错误", "没有发现错误"]
    assert page.locator("main img").count() == 0
    assert "\u202e" not in page.content()
    with page.expect_download() as waiting:
        page.click("text=下载结果汇总")
    assert waiting.value.suggested_filename == "档案包检测结果.xlsx"
    page.click("text=改.zip >> nth=-1")
    failed = page.locator(".steps tr", has_text="不通过")
    assert "归档文件未被改动" in failed.inner_text()
    assert "V131" not in page.locator("main").inner_text(), "codes stand behind 详情"
    page.click(".steps summary")
    assert "V131" in page.locator("main").inner_text()
    opened = page.locator(".items details[open]")
    assert opened.count() == 1, "what holds the changed file is open"
    assert opened.locator("text=有问题").count() >= 1
    page.click("text=全部档案包")
    page.click("text=没有发现错误 >> nth=0")
    assert page.locator(".received tbody tr").count() == 1
    assert seen.said == []


def test_what_is_sent_is_counted_in_bytes(seen: Visit, tmp_path: Path) -> None:
    page = seen.page
    large = tmp_path / "大.zip"
    large.write_bytes(b"\0" * 40_000_000)
    page.evaluate(
        """() => {
          const sent = document.querySelector("[data-sent]");
          new MutationObserver(() => sessionStorage.setItem("told", sent.textContent)).observe(sent, {childList: true});
        }"""
    )
    page.set_input_files("input[type=file]", large)
    page.click("button[type=submit] >> nth=0")
    page.wait_for_url("**/receiver/*", timeout=60_000)
    told = page.evaluate("sessionStorage.getItem('told')")
    assert told.startswith("已发送 ")
    assert told.endswith("/ 40.0 MB")
    wait_for_verdicts(page)


def test_a_refusal_is_told_where_it_was_typed(seen: Visit, served: Served, tmp_path: Path) -> None:
    page = seen.page
    page.fill("#inbox", str(tmp_path / "没有"))
    page.click("button[type=submit] >> nth=0")
    page.wait_for_selector("[role=alert]:not([hidden])")
    assert "打不开" in page.inner_text("[role=alert]")
    assert page.input_value("#inbox") == str(tmp_path / "没有"), "what was typed stays"
    page.fill("#inbox", str(served.folder))
    page.click("form[data-send] button")
    page.wait_for_selector("text=页面自己的文件")
    assert page.is_enabled("button[type=submit] >> nth=0")


def test_an_inbox_with_an_identity(seen: Visit, tmp_path: Path) -> None:
    page, inbox = seen.page, tmp_path / "收件"
    inbox.mkdir()
    shutil.copy(SOUND, inbox)
    page.fill("#inbox", str(inbox))
    page.fill("#identity", "0" * 64)
    page.click("button[type=submit] >> nth=0")
    wait_for_verdicts(page)
    assert "不一致 1 个" in page.inner_text("main")
    page.fill("#identity", verify_package(SOUND).identity or "")
    page.click("button:has-text('核对标识')")
    page.wait_for_selector("text=一致 1 个，不一致 0 个", timeout=60_000)
    shutil.copy(CHANGED, inbox)
    page.click("button:has-text('再检测一次')")
    page.wait_for_selector("text=被改动的档案包.zip", timeout=60_000)
    wait_for_verdicts(page)
    page.fill("#query", "织澜")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=找到 2 个档案包")
    assert "织澜" not in page.url


def test_with_the_keyboard_alone(seen: Visit, tmp_path: Path) -> None:
    page, inbox = seen.page, tmp_path / "收件"
    inbox.mkdir()
    shutil.copy(SOUND, inbox)

    def go_to(wanted: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("(wanted) => document.activeElement.matches(wanted)", wanted):
                assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
                return
        raise AssertionError(wanted)

    go_to("#inbox")
    page.keyboard.type(str(inbox))
    page.keyboard.press("Enter")
    wait_for_verdicts(page)
    go_to(".received a")
    page.keyboard.press("Enter")
    page.wait_for_selector(".items")
    go_to(".items summary")
    page.keyboard.press("Enter")
    assert page.locator(".items details[open] tbody tr").count() > 0
    go_to(".foot a")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 640, 360])
def test_every_page_can_be_read(browser: Browser, served: Served, width: int, scheme: Any, tmp_path: Path) -> None:
    long = build(tmp_path, render_papers, title="很长" * 60)
    with visit(browser, served, viewport={"width": width, "height": 800}, color_scheme=scheme) as seen:
        page = seen.page
        page.goto(served.origin + "/receiver")
        page.set_input_files("input[type=file]", [SOUND, CHANGED, long])
        page.click("button[type=submit] >> nth=0")
        wait_for_verdicts(page)
        address = page.url
        for path in ("", "/1", "/2", "/3"):
            page.goto(address + path)
            page.evaluate("for (const item of document.querySelectorAll('details')) item.open = true")
            assert find_axe_faults(page) == [], path
            assert measure_overflow(page) <= 0, path
        page.goto(address)
        page.fill("#query", "项目")
        page.keyboard.press("Enter")
        page.wait_for_selector("[role=status]")
        assert find_axe_faults(page) == []
        assert measure_overflow(page) <= 0


def test_it_all_works_without_script(browser: Browser, served: Served) -> None:
    with visit(browser, served, java_script_enabled=False) as seen:
        page = seen.page
        page.goto(served.origin + "/receiver")
        page.set_input_files("input[type=file]", [SOUND, CHANGED])
        page.click("button[type=submit] >> nth=0")
        wait_for_verdicts(page)
        page.fill("#identity", verify_package(SOUND).identity or "")
        page.click("button:has-text('核对标识')")
        page.wait_for_selector("text=一致 2 个，不一致 0 个", timeout=60_000)
        page.fill("#query", "织澜")
        page.click("button:has-text('找')")
        page.click(".received a >> nth=0")
        page.click(".items summary >> nth=0")
        assert page.locator(".items details[open] tbody tr").count() > 0


def test_hundreds_are_listed_by_the_page(seen: Visit, served: Served, tmp_path: Path) -> None:
    page, inbox = seen.page, tmp_path / "收件"
    inbox.mkdir()
    for number in range(1, 131):
        (inbox / f"{number:03d}.zip").write_bytes(b"PK\3\4" + bytes([number]))
    shutil.copy(SOUND, inbox)
    page.fill("#inbox", str(inbox))
    page.click("button[type=submit] >> nth=0")
    page.wait_for_selector(".received tbody tr", timeout=60_000)
    wait_for_verdicts(page)
    assert page.locator(".received tbody tr").count() == 100
    page.click("text=下一页")
    rows = page.locator(".received tbody tr").all_inner_texts()
    assert len(rows) == 31
    assert "没有发现错误" in rows[-1]
    if sys.platform == "linux":
        assert measure_resident(served) < 250


def measure_resident(served: Served) -> int:
    """The resident memory of the server in MiB: the process that has the page's ledger open."""
    ledger = str(served.folder / "jobs.sqlite")
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            if any(str(link.readlink()) == ledger for link in (status.parent / "fd").iterdir()):
                return int(status.read_text().partition("VmRSS:")[2].split()[0]) // 1024
        except OSError:
            continue
    raise AssertionError("no such process")
