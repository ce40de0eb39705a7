"""The door for forms in a real browser: from choosing a standard to the zip; with faults, with a stranger's table."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.browser import Served, find_axe_faults, measure_overflow, serve, visit
from support.foreign_tables import _make_needs
from support.form_tables import FORM, STANDARD, TITLE, call, make_table, plant

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
WAIT = 90_000


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serve(tmp_path / "page") as page:
        yield page


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = make_table(tmp_path_factory.mktemp("表") / "企业<b>满意度.xlsx", 8)
    return plant(
        path, (2, "日期", "去年底"), (3, "主要服务成果", None), (4, "对项目组的服务态度", "还行"), (5, "日期", "明年")
    )


def bring(page: Page, served: Served, path: Path) -> None:
    page.goto(f"{served.origin}/forms/standards/{STANDARD}?only={FORM}")
    page.set_input_files("input[type=file]", path)
    page.click("button:has-text('检查')")
    page.wait_for_selector("#live", timeout=WAIT)


def wait_for(page: Page, ready: int) -> None:
    until = time.monotonic() + 30
    while page.inner_text("#sum strong >> nth=0") != str(ready):
        assert time.monotonic() < until, page.inner_text("#sum")
        page.wait_for_timeout(20)


def take_all(page: Page, folder: Path) -> list[str]:
    with page.expect_download() as waiting:
        page.click("text=全部下载")
    target = folder / "all.zip"
    waiting.value.save_as(target)
    with zipfile.ZipFile(target) as packed:
        assert packed.testzip() is None
        return packed.namelist()


def test_from_the_standard_to_the_zip(browser: Browser, served: Served, table: Path, tmp_path: Path) -> None:
    with visit(browser, served) as seen:
        page = seen.page
        page.goto(f"{served.origin}/forms")
        page.click("text=中小企业质量提升咨询服务规范")
        page.check(f"text={TITLE}")
        page.click("text=选好了")
        with page.expect_download() as waiting:
            page.click("text=下载工作簿")
        assert waiting.value.suggested_filename == f"填报工作簿_{TITLE}.xlsx"
        page.set_input_files("input[type=file]", table)
        page.click("button:has-text('检查')")
        page.wait_for_selector("#live", timeout=WAIT)
        wait_for(page, 4)
        assert page.locator("#live b").count() == 0
        row = page.locator(f"tr:has-text('{call(2)}') input")
        row.fill("2024年11月13日")
        row.press("Enter")
        wait_for(page, 5)
        page.select_option(f"tr:has-text('{call(4)}') select", "满意")
        wait_for(page, 6)
        page.click(f"tr:has-text('{call(3)}') >> text=空着手填")
        wait_for(page, 7)
        page.click("text=做这 7 家")
        page.wait_for_selector("text=全部下载", timeout=WAIT)
        names = take_all(page, tmp_path)
        assert sum(name.startswith(f"{TITLE}_武汉第") for name in names) == 7
        assert any(name.endswith("_退回.xlsx") for name in names)
        assert f"{TITLE}_合订.docx" in names
        page.click("button:has-text('回去改')")
        page.wait_for_selector("#live", timeout=WAIT)
        wait_for(page, 7)
        assert seen.said == []
        assert seen.list_strangers(served) == []


def test_a_stranger_s_table_is_matched_and_made(browser: Browser, served: Served, tmp_path: Path) -> None:
    path = _make_needs(tmp_path / "名单<i>").rename(tmp_path / "名单&<i>x.xlsx")
    with visit(browser, served) as seen:
        page = seen.page
        page.goto(f"{served.origin}/forms")
        page.set_input_files("input[type=file]", path)
        page.click("button:has-text('检查')")
        page.wait_for_selector("text=按哪个标准做", timeout=WAIT)
        page.check("text=中小企业质量提升咨询服务规范")
        page.click("text=继续")
        page.wait_for_selector("text=做哪些文书", timeout=WAIT)
        page.check(f"text={TITLE}")
        page.click("text=继续")
        page.wait_for_selector("text=哪一列是什么", timeout=WAIT)
        assert page.locator("main i, main b").count() == 0
        assert page.locator("#c\\.0\\.2 option:checked").inner_text() == "企业名称"
        assert find_axe_faults(page) == []
        page.locator("#c\\.0\\.12").select_option(label="主要服务内容")
        page.click("button:has-text('检查')")
        page.wait_for_selector("#live", timeout=WAIT)
        wait_for(page, 0)
        while page.locator("button[form=pen][name=on]").count():
            before = page.inner_text("#live")
            page.locator("button[form=pen][name=on]").first.click()
            until = time.monotonic() + 30
            while page.inner_text("#live") == before:
                assert time.monotonic() < until
                page.wait_for_timeout(50)
        wait_for(page, 6)
        page.click("text=做这 6 家")
        page.wait_for_selector("text=全部下载", timeout=WAIT)
        assert sum(name.startswith(f"{TITLE}_武汉需求") for name in take_all(page, tmp_path)) == 6
        assert seen.said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_every_page_of_a_table_can_be_read(
    browser: Browser, served: Served, table: Path, width: int, scheme: Any
) -> None:
    with visit(browser, served, viewport={"width": width, "height": 800}, color_scheme=scheme) as seen:
        page = seen.page
        page.goto(f"{served.origin}/forms/standards/{STANDARD}?only={FORM}")
        assert find_axe_faults(page) == []
        bring(page, served, table)
        assert find_axe_faults(page) == []
        assert measure_overflow(page) <= 0
        widths = page.eval_on_selector_all(".mend thead th", "all => all.slice(0, 4).map(item => item.clientWidth)")
        assert width < 1280 or max(widths) == widths[2], "what is wrong, and how to mend it, has the most room"
        page.click("text=做这")
        page.wait_for_selector("text=全部下载", timeout=WAIT)
        assert find_axe_faults(page) == []
        assert measure_overflow(page) <= 0


def test_a_table_is_mended_with_the_keyboard_alone(browser: Browser, served: Served, table: Path) -> None:
    with visit(browser, served) as seen:
        page = seen.page
        bring(page, served, table)

        def go(wanted: str) -> None:
            for _ in range(60):
                page.keyboard.press("Tab")
                if wanted in page.evaluate("document.activeElement.getAttribute('aria-label') ?? ''"):
                    return
            raise AssertionError(wanted)

        go(f"{call(2)}的日期")
        page.keyboard.press("Control+a")
        page.keyboard.type("2024-11-13")
        page.keyboard.press("Tab")
        wait_for(page, 5)
        assert page.evaluate("document.activeElement.closest('#live') !== null"), "the place isn't lost"
        for _ in range(60):
            if call(5) in page.evaluate("document.activeElement.getAttribute('aria-label') ?? ''"):
                break
            page.keyboard.press("Tab")
        page.keyboard.press("Control+a")
        page.keyboard.type("2024-11-14")
        page.keyboard.press("Enter")
        wait_for(page, 6)
        go(f"{call(3)}照样做")
        page.keyboard.press("Enter")
        wait_for(page, 7)
        assert seen.said == []


def test_what_is_typed_with_an_input_method_isn_t_cut(browser: Browser, served: Served, table: Path) -> None:
    """While an earlier cell is checked somebody composes in the next one."""
    with visit(browser, served) as seen:
        page = seen.page
        bring(page, served, table)
        line = page.context.new_cdp_session(page)
        first = page.locator(f"tr:has-text('{call(2)}') input")
        first.fill("2024年11月13日")
        page.locator(f"tr:has-text('{call(3)}') textarea").click()
        line.send("Input.imeSetComposition", {"text": "can", "selectionStart": 3, "selectionEnd": 3})
        wait_for(page, 5)
        line.send("Input.imeSetComposition", {"text": "残次", "selectionStart": 2, "selectionEnd": 2})
        line.send("Input.insertText", {"text": "残次率下降"})
        assert page.locator(f"tr:has-text('{call(3)}') textarea").input_value() == "残次率下降"
        page.keyboard.press("Tab")
        wait_for(page, 6)
        assert seen.said == []


def test_a_table_is_mended_and_made_without_script(
    browser: Browser, served: Served, table: Path, tmp_path: Path
) -> None:
    with visit(browser, served, java_script_enabled=False) as seen:
        page = seen.page
        bring(page, served, table)
        page.fill(f"tr:has-text('{call(2)}') input", "2024年11月13日")
        page.fill(f"tr:has-text('{call(5)}') input", "2024年11月14日")
        page.click("button:has-text('再检查') >> nth=0")
        page.wait_for_selector("text=6 家可以做")
        page.click(f"tr:has-text('{call(3)}') >> text=空着手填")
        page.wait_for_selector("text=7 家可以做")
        page.click("text=做这 7 家")
        page.wait_for_selector("text=全部下载", timeout=WAIT)
        assert sum(name.startswith(f"{TITLE}_武汉第") for name in take_all(page, tmp_path)) == 7


def test_three_hundred_rows_are_checked_again_within_a_second(browser: Browser, served: Served, tmp_path: Path) -> None:
    path = plant(make_table(tmp_path / "三百.xlsx", 300), *((at, "日期", "去年底") for at in range(10, 17)))
    with visit(browser, served) as seen:
        page = seen.page
        bring(page, served, path)
        wait_for(page, 293)
        took = []
        for at in range(10, 17):
            field = page.locator(f"tr:has-text('{call(at)}') input")
            field.fill("2024-11-13")
            begun = time.monotonic()
            field.press("Enter")
            wait_for(page, 293 + at - 9)
            took.append(time.monotonic() - begun)
        assert sorted(took)[3] < 5, f"a second on a quiet machine: {took}"
