"""Receipts in the page as an archivist gives them: in Chromium, by keyboard, without script, on a small screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.archive_samples import make_picture
from support.browser import Served, Visit, find_axe_faults, measure_overflow, serve, visit, wait_for_verdicts
from support.foreign_bags import ForeignBag, write_zip

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
        yield opened
        assert opened.list_strangers(served) == []


def receive(page: Page, served: Served, files: list[Path]) -> str:
    """Verify packages; the address of their job."""
    page.goto(served.origin + "/receiver")
    page.set_input_files("input[type=file]", files)
    page.click("button[type=submit] >> nth=0")
    wait_for_verdicts(page)
    return page.url


def share_files(folder: Path) -> list[Path]:
    """Two packages of other makers that hold the same picture."""
    paths = []
    for name in "甲乙":
        bag = ForeignBag({"data/签到表.png": make_picture(), "data/说明.txt": name.encode()})
        paths.append(write_zip(folder / f"{name}.zip", bag.list_files()))
    return paths


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_every_page_can_be_read(browser: Browser, served: Served, width: int, scheme: Any, tmp_path: Path) -> None:
    with visit(browser, served, viewport={"width": width, "height": 800}, color_scheme=scheme) as seen:
        page = seen.page

        def look() -> None:
            page.evaluate("for (const item of document.querySelectorAll('details')) item.open = true")
            assert find_axe_faults(page) == [], page.url
            assert measure_overflow(page) <= 0, page.url

        job = receive(page, served, [SOUND, CHANGED, *share_files(tmp_path)])
        page.wait_for_selector("text=几个档案包里相同的文件")
        look()
        for number, name in ((1, "接收"), (2, "退回补正")):
            page.goto(f"{job}/{number}")
            page.click(f".actions a:has-text('{name}')")
            look()
            page.click("form button")
            page.wait_for_selector(".receipts a")
            look()
        page.click(".receipts a >> nth=0")
        look()
        page.goto(served.origin + "/receiver/receipts")
        look()
        page.click("button:has-text('核对全部回执')")
        page.wait_for_selector("text=核对的结果")
        look()


def test_a_decision_with_the_keyboard_alone(seen: Visit, served: Served) -> None:
    page = seen.page
    page.goto(receive(page, served, [SOUND]) + "/1")

    def go_to(wanted: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("(wanted) => document.activeElement.matches(wanted)", wanted):
                return
        raise AssertionError(wanted)

    go_to("a[href$='decision=returned']")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=登记以后不能改")
    assert "建议的是“接收”" in page.inner_text("main"), "who decides otherwise is told"
    go_to("main form button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".receipts a")
    with page.expect_download() as waiting:
        page.click("text=下载回执（Word）")
    assert waiting.value.suggested_filename.endswith("-0001.docx")


def test_it_all_works_without_script(browser: Browser, served: Served) -> None:
    with visit(browser, served, java_script_enabled=False) as seen:
        page = seen.page
        page.goto(receive(page, served, [CHANGED]) + "/1")
        assert "要补正的内容" in page.inner_text("main")
        page.click(".actions a:has-text('退回补正')")
        page.click("button:has-text('确认退回')")
        page.click("text=全部档案包")
        page.click("text=回执登记簿")
        page.fill("#query", "没有的")
        page.click("button:has-text('找')")
        assert "共 0 份回执" in page.inner_text("main")
        page.goto(served.origin + "/receiver/receipts")
        assert "共 1 份回执" in page.inner_text("main")
