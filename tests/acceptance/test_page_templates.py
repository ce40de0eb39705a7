"""The door of templates and 我的模板 in a real browser: by mouse, by the keyboard alone, and without a script."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docx
import pytest
from support.browser import Served, find_axe_faults, measure_overflow, serve, visit
from support.merge_letters import add_field, read_texts, save

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
WAIT = 90_000
DOCUMENT = "质量提升服务满意度评价表"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serve(tmp_path / "page") as page:
        yield page


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A letter of Word's mail merge, with a field that takes a day and one that takes a number."""
    document = docx.Document()
    for name, switch in (("企业名称", ""), ("会议日期", ' \\@ "yyyy年M月d日"'), ("会费", ' \\# "#,##0.00"')):
        add_field(document.add_paragraph(), f"MERGEFIELD {name}{switch}", f"«{name}»")
    path = tmp_path / "信<b>.docx"
    path.write_bytes(save(document, with_source=True))
    return path


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A CSV in GBK whose headers are other words; one cell is empty."""
    rows = [
        "单位全称,开会时间,应缴会费",
        *(f"第{number}公司,2024-09-{number + 1:02},{1000 + number}" for number in range(9)),
    ]
    rows[3] = "第2公司,,1002"
    path = tmp_path / "名单.csv"
    path.write_bytes("\r\n".join(rows).encode("gbk"))
    return path


def write_broken(path: Path) -> Path:
    document = docx.Document()
    for line in ("{{ 企业名称 }", "{{ 名称|bogus }}"):
        document.add_paragraph(line)
    document.save(str(path))
    return path


def check(page: Page, *, is_narrow: bool = False) -> None:
    assert find_axe_faults(page) == []
    if is_narrow:
        assert measure_overflow(page) <= 0
    assert page.locator("main b").count() == 0


def test_a_sheet_of_other_headers_is_matched_and_made(
    browser: Browser, served: Served, letter: Path, table: Path, tmp_path: Path
) -> None:
    with visit(browser, served) as seen:
        page = seen.page
        page.goto(f"{served.origin}/forms")
        page.click("text=用我的模板")
        check(page)
        page.set_input_files("#template", letter)
        page.set_input_files("#table", table)
        page.click("button:has-text('下一步')")
        page.wait_for_selector("table.match", timeout=WAIT)
        check(page)
        assert page.locator("select[name^=tag] option:checked").all_inner_texts() == [
            "单位全称（如：第0公司）",
            "开会时间（如：2024-09-01）",
            "应缴会费（如：1000）",
        ]
        page.click("main button:has-text('检查')")
        page.wait_for_selector("#live", timeout=WAIT)
        check(page)
        assert page.locator("#sum strong").all_inner_texts() == ["8", "1"]
        page.click("button:has-text('先看第一份')")
        page.wait_for_selector("img.page, .reading", timeout=WAIT)
        assert "2024年9月1日" in page.inner_html("main")
        check(page)
        page.click("text=回到这张表")
        field = page.locator("#groups input").first
        field.fill("2024-09-30")
        field.press("Enter")
        page.wait_for_selector("#sum strong >> text=9", timeout=WAIT)
        page.click("text=做这 9 份")
        page.wait_for_selector("text=全部下载", timeout=WAIT)
        check(page)
        with page.expect_download() as waiting:
            page.click("text=全部下载")
        waiting.value.save_as(tmp_path / "all.zip")
        with zipfile.ZipFile(tmp_path / "all.zip") as packed:
            assert sum(name.endswith(".docx") for name in packed.namelist()) == 9
            texts = read_texts(packed.read("3_第2公司.docx"))
        assert [text for text in texts if text] == ["第2公司", "2024年9月30日", "1,002.00"]
        assert seen.said == []
        assert seen.list_strangers(served) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_templates_are_told_about_on_a_narrow_screen(
    browser: Browser, served: Served, letter: Path, scheme: Any, tmp_path: Path
) -> None:
    broken = write_broken(tmp_path / "坏.docx")
    with visit(browser, served, viewport={"width": 360, "height": 700}, color_scheme=scheme) as seen:
        page = seen.page
        for path, purpose, wanted in (
            (letter, None, "可以用，3 个标签"),
            (broken, None, "2 处要改"),
            (letter, DOCUMENT, "处要改"),
        ):
            page.goto(f"{served.origin}/templates")
            page.set_input_files("input[type=file]", path)
            if purpose is not None:
                page.select_option("#purpose", label=purpose)
            page.click("main button:has-text('看看')")
            page.wait_for_selector(".conclusion", timeout=WAIT)
            assert wanted in page.inner_text(".conclusion")
            check(page, is_narrow=True)
        assert seen.said == []


def test_without_a_script_the_same_can_be_done(browser: Browser, served: Served, letter: Path, table: Path) -> None:
    with visit(browser, served, java_script_enabled=False) as seen:
        page = seen.page
        page.goto(f"{served.origin}/forms/own")
        page.set_input_files("#template", letter)
        page.set_input_files("#table", table)
        page.click("button:has-text('下一步')")
        page.wait_for_selector("table.match", timeout=WAIT)
        page.click("main button:has-text('检查')")
        page.wait_for_selector("#live", timeout=WAIT)
        page.locator("#groups input").first.fill("2024年9月30日")
        page.locator(".without-script button").first.click()
        page.wait_for_selector("#sum strong >> text=9", timeout=WAIT)
        page.click("text=做这 9 份")
        page.wait_for_selector("text=全部下载", timeout=WAIT)


def test_the_keyboard_alone_suffices(browser: Browser, served: Served, letter: Path) -> None:
    """From the door to what it says: the field for the file, the purpose, the button, in this order."""
    with visit(browser, served) as seen:
        page = seen.page
        page.on("filechooser", lambda _chooser: None)  # Chromium has to be asked for it before the key is pressed
        page.goto(f"{served.origin}/templates", wait_until="networkidle")
        page.focus("#main")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "files"
        with page.expect_file_chooser() as waiting:
            page.keyboard.press("Enter")
        waiting.value.set_files(letter)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "purpose"
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector(".conclusion", timeout=WAIT)
        reached = set()
        page.focus("#main")
        for _ in range(12):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.textContent.trim()"))
        assert {"换一个模板", "用我的模板", "完成并清除"} <= reached


def test_an_annotated_copy_is_downloaded(browser: Browser, served: Served, tmp_path: Path) -> None:
    with visit(browser, served) as seen:
        page = seen.page
        page.goto(f"{served.origin}/templates")
        page.set_input_files("input[type=file]", write_broken(tmp_path / "坏.docx"))
        page.click("main button:has-text('看看')")
        page.wait_for_selector(".conclusion", timeout=WAIT)
        with page.expect_download() as waiting:
            page.click("text=坏_批注.docx")
        with zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes())) as copy:
            assert b"bogus" in copy.read("word/comments.xml")
