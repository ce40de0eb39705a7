"""The door for cases as a reviewer walks through it in a real browser: the list, one case, editing with counting."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.browser import Served, Visit, find_axe_faults, measure_overflow, serve, visit
from support.case_corpus import Plan, make_case, plan_corpus
from support.case_words import STORIES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
HEADS = ("企业简介", "存在问题", "主要做法", "取得成效", "启示")
HOSTILE = "案例<b>\u202ecod.&lt;\x07.md"
FIRST = "#part-profile"
TOTAL = ".tally strong"


def make(name: str, number: int, folder: Path, layout: str = "bold") -> Path:
    return make_case(
        Plan(name, STORIES[number], layout, "chinese", "known", HEADS, "line", "起草单位", (), ()), folder
    )[0]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("案例") / "page") as page:
        yield page


@pytest.fixture(scope="module")
def seen(browser: Browser, served: Served) -> Iterator[Visit]:
    with visit(browser, served, viewport={"width": 1280, "height": 900}) as opened:
        yield opened


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("来稿")
    old, strange = folder / "旧稿.doc", folder / HOSTILE
    old.write_bytes(b"\xd0\xcf\x11\xe0")
    strange.write_bytes(make("乙", 1, folder, "md-atx").read_bytes())
    return [make("甲", 0, folder), old, strange]


def put_in(page: Page, served: Served, files: list[Path]) -> str:
    """Put files in by their field; the address of what came of them."""
    page.goto(f"{served.origin}/cases")
    page.set_input_files("input[type=file]", files)
    page.click("button[type=submit] >> nth=0")
    page.wait_for_url("**/cases/*", timeout=120_000)
    return page.url


@pytest.fixture(scope="module")
def many(seen: Visit, served: Served, files: list[Path]) -> str:
    return put_in(seen.page, served, files)


@pytest.fixture(scope="module")
def one(seen: Visit, served: Served, files: list[Path]) -> str:
    return put_in(seen.page, served, files[:1])


def read_total(page: Page) -> int:
    return int(page.inner_text(TOTAL))


def wait_for_total(page: Page, number: int) -> None:
    page.wait_for_selector(f"{TOTAL}:text-is('{number}')", timeout=10_000)


def restore(page: Page) -> None:
    page.click("text=不要改过的文字")
    page.click("text=恢复原文")
    page.wait_for_selector("text=改过的文字已经留在", state="detached")


def test_the_whole_walk(seen: Visit, served: Served, many: str) -> None:
    page = seen.page
    page.goto(many)
    assert page.locator("tbody tr").count() == 3
    assert page.locator("main b, main img").count() == 0, "a name is text"
    assert "另存为" in page.inner_text("main")
    page.click("thead >> text=字数")
    assert page.locator("th[aria-sort]").inner_text() == "字数"
    page.click("text=甲.docx")
    page.wait_for_selector("table.parts")
    assert page.locator("svg.part").count() == 5
    for button, kind in (("下载批注稿", ".docx"), ("下载评审表", ".xlsx")):
        with page.expect_download() as waiting:
            page.click(f"text={button}")
        assert waiting.value.suggested_filename.endswith(kind)
        assert Path(waiting.value.path()).read_bytes()[:2] == b"PK"
    page.click("text=在这里改")
    before = read_total(page)
    page.click(FIRST)
    page.keyboard.press("End")
    page.keyboard.type("加六个字试试")
    wait_for_total(page, before + 6)
    with page.expect_download() as waiting:
        page.click("text=下载改好的文字")
    assert "加六个字试试" in Path(waiting.value.path()).read_text("utf-8")
    assert seen.said == []
    assert seen.list_strangers(served) == []


def test_counting_keeps_up_with_typing(seen: Visit, one: str) -> None:
    page = seen.page
    page.goto(f"{one}/1/edit")
    before = read_total(page)
    page.click(FIRST)
    page.keyboard.press("Control+End")
    begun = time.monotonic()
    page.keyboard.insert_text("字")
    wait_for_total(page, before + 1)
    took = time.monotonic() - begun
    assert took < 5, "a fraction of a second on a quiet machine"
    page.reload()
    assert read_total(page) == before + 1, "what was edited is kept"
    restore(page)
    assert read_total(page) == before


def test_an_input_method_is_not_cut(seen: Visit, one: str) -> None:
    """While pinyin is composed nothing is asked and nothing changes; the chosen words are counted."""
    page = seen.page
    page.goto(f"{one}/1/edit")
    before = read_total(page)
    page.click(FIRST)
    page.keyboard.press("Control+Home")
    text = page.input_value(FIRST)
    asked = len(seen.asked)
    line = page.context.new_cdp_session(page)
    for typed in ("z", "zh", "zhi", "zhil", "zhi liang"):
        line.send("Input.imeSetComposition", {"text": typed, "selectionStart": len(typed), "selectionEnd": len(typed)})
        page.wait_for_timeout(250)
    assert page.input_value(FIRST) == f"zhi liang{text}", "what is composed stands as it was typed"
    assert len(seen.asked) == asked, "nothing is counted meanwhile"
    line.send("Input.insertText", {"text": "质量"})
    wait_for_total(page, before + 2)
    assert page.input_value(FIRST) == f"质量{text}"
    assert page.evaluate(f"document.querySelector('{FIRST}').selectionStart") == 2, "the caret stays"
    restore(page)


def test_a_server_that_is_gone_is_told_and_the_text_stays(seen: Visit, one: str) -> None:
    page = seen.page
    page.goto(f"{one}/1/edit")
    page.route("**/edit", lambda route: route.abort())
    page.fill(FIRST, "还在")
    page.wait_for_selector("[data-lost]:visible")
    page.unroute("**/edit")
    page.fill(FIRST, "还在这里")
    page.wait_for_selector("[data-lost]", state="hidden")
    assert page.input_value(FIRST) == "还在这里"
    seen.said.clear()
    restore(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 640, 360])
def test_every_page_can_be_read(seen: Visit, served: Served, many: str, one: str, width: int, scheme: Any) -> None:
    page = seen.page
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    try:
        for address in (f"{served.origin}/cases", many, f"{many}/1", f"{many}/2", f"{many}/3", one, f"{one}/1/edit"):
            page.goto(address)
            assert find_axe_faults(page) == [], address
            assert measure_overflow(page) <= 0, address
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light")


def test_the_keyboard_alone_suffices(seen: Visit, many: str) -> None:
    page = seen.page

    def tab_to(words: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            said = page.evaluate("document.activeElement.textContent + ' ' + document.activeElement.id")
            if words in said:
                break
        else:
            raise AssertionError(words)
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid", words

    page.goto(many)
    tab_to("甲.docx")
    page.keyboard.press("Enter")
    page.wait_for_selector("table.parts")
    tab_to("改")
    page.keyboard.press("Enter")
    page.wait_for_selector(".editor")
    before = read_total(page)
    tab_to("part-profile")
    page.keyboard.press("Control+End")
    page.keyboard.type("三个字")
    wait_for_total(page, before + 3)
    assert page.evaluate("document.activeElement.id") == "part-profile", "focus stays where it is"
    tab_to("不要改过的文字")
    page.keyboard.press("Enter")
    tab_to("恢复原文")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=改过的文字已经留在", state="detached")


def test_it_all_works_without_script(browser: Browser, files: list[Path], tmp_path: Path) -> None:
    with (
        serve(tmp_path / "page") as served,
        visit(browser, served, java_script_enabled=False) as opened,
    ):
        page = opened.page
        put_in(page, served, files[:1])
        page.click("text=在这里改")
        before = read_total(page)
        page.fill(FIRST, page.input_value(FIRST) + "五个字而已")
        page.click("text=数一数")
        assert read_total(page) == before + 5
        page.goto(f"{served.origin}/cases")
        page.click("summary")
        page.fill("#text", "一个标题\n一、企业简介\n本公司成立于2011年。\n二、启示\n质量为先。")
        page.click("button >> text=看一看 >> nth=1")
        page.wait_for_selector("table.parts", timeout=60_000)
        assert page.inner_text("h1") == "一个标题"


def test_eighty_at_once(seen: Visit, served: Served, tmp_path: Path) -> None:
    plans = plan_corpus()
    paths = [make_case(plans[number % len(plans)], tmp_path)[0] for number in range(min(80, len(plans)))]
    page = seen.page
    page.goto(put_in(page, served, paths))
    assert page.locator("tbody tr").count() == len(paths) == 80
    assert page.locator("tbody .verdict >> text=读不了").count() == 0
    rank = {"要改": 0, "读不了": 1, "请核对": 2, "合适": 3}
    verdicts = [rank[text] for text in page.locator("tbody tr > td:nth-child(2)").all_inner_texts()]
    assert verdicts == sorted(verdicts), "what has to be mended stands first"
