"""A project made through the page alone: begun, filled in from empty, evidence dropped, its package made and verified.

What is typed is the record of a sample, field by field, as a browser sends it.
"""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from support.browser import Served, find_axe_faults, measure_overflow, serve, visit
from support.command_line import CommandLine
from support.web_support import OWN, enter, make_settings, open_page, wait_for

from docgen.trees import parse_tree

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from starlette.testclient import TestClient

SAMPLES = Path(__file__).parents[2] / "samples"
FILLED = SAMPLES / "t-hebqia-draft" / "scored"
SHOWN = SAMPLES / "db3203-t1023-2023" / "complete"


class TypeReader:
    """Fills in a record's form, a part at a time."""

    def __init__(self, client: TestClient, address: str) -> None:
        self.client = client
        self.address = address

    def post(self, at: str, **fields: Any) -> None:
        page = self.client.get(f"{self.address}/form?at={at}").text
        digest = re.search(r'name="digest" value="([0-9a-f]{64})"', page)
        assert digest is not None, page
        data = {"at": at, "digest": digest[1]} | fields
        answer = self.client.post(f"{self.address}/form", data=data, headers=OWN)
        assert answer.status_code == 303, (at, fields, re.findall("<p>.*?</p>", answer.text))

    def fill(self, at: str, value: Any, known: Any) -> None:
        """Make a part what it should be: first its items, then all that is typed into it."""
        if isinstance(value, list):
            count = len(known) if isinstance(known, list) else 0
            for _ in range(count, len(value)):
                self.post(at, add=at)
            for number in range(count - 1, len(value) - 1, -1):
                self.post(at, remove=f"{at}.{number}")
            for number, item in enumerate(value):
                self.fill(f"{at}.{number}", item, known[number] if number < count else None)
            return
        for inner, wanted, was in list_lists(at, value, known):
            self.fill_rows(at, inner, wanted, was)
        self.post(at, **format_fields(tuple(at.split(".")), value))

    def fill_rows(self, page: str, at: str, value: list[Any], known: Any) -> None:
        for _ in range(len(known) if isinstance(known, list) else 0, len(value)):
            self.post(page, add=at)


def list_lists(at: str, value: Any, known: Any) -> Iterator[tuple[str, list[Any], Any]]:
    """The lists of rows inside a part."""
    for key, inner in value.items() if isinstance(value, dict) else ():
        was = known.get(key) if isinstance(known, dict) else None
        if isinstance(inner, dict):
            yield from list_lists(f"{at}.{key}", inner, was)
        elif isinstance(inner, list) and inner and isinstance(inner[0], dict):
            yield f"{at}.{key}", inner, was


def format_fields(place: tuple[str, ...], value: Any) -> dict[str, Any]:
    """What a browser sends for the fields of a part."""
    fields: dict[str, Any] = {}
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        here = (*place, str(key))
        if isinstance(inner, dict) or (isinstance(inner, list) and inner and isinstance(inner[0], dict)):
            fields |= format_fields(here, inner)
        elif isinstance(inner, list):
            fields[format("l:", here)] = ["", "\r\n".join(inner)]
        elif inner is not None:
            fields[format("e:", here)] = inner.replace("\n", "\r\n")
    return fields


def format(mark: str, place: tuple[str, ...]) -> str:
    return mark + "/".join(f":{step}" if step.isdecimal() else quote(step, safe="") for step in place)


def strip(value: Any) -> Any:
    """What a record says, without what is empty and without white space at the ends of texts."""
    if isinstance(value, dict):
        said = {key: strip(inner) for key, inner in value.items()}
        return {key: inner for key, inner in said.items() if inner not in (None, "", [], {})}
    if isinstance(value, list):
        return [said for item in value if (said := strip(item)) not in ("", {})]
    return "\n".join(line.rstrip() for line in value.strip().split("\n")) if isinstance(value, str) else value


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


@pytest.mark.heavy
@pytest.mark.timeout(600)
def test_a_project_is_made_through_the_page_alone(tmp_path: Path, command: CommandLine) -> None:
    folder = tmp_path / "page"
    wanted = parse_tree((FILLED / "record.yaml").read_text("utf-8"), "record.yaml").data
    assert isinstance(wanted, dict)
    with open_page(make_settings(folder)) as client:
        enter(client)
        begun = client.post("/projects", data={"name": "新项目", "standard": wanted["profile"]}, headers=OWN)
        address = begun.headers["location"]
        record = folder / "新项目" / "record.yaml"
        comments = [line for line in record.read_text("utf-8").splitlines() if line.startswith("#")]
        type_reader = TypeReader(client, address)
        known = parse_tree(record.read_text("utf-8"), "record.yaml").data
        assert isinstance(known, dict)
        for key, value in wanted.items():
            if key == "forms":
                for name in {**known["forms"], **value}:  # type: ignore[dict-item,call-overload]
                    type_reader.fill(f"forms.{name}", value.get(name, []), known["forms"].get(name))  # type: ignore[union-attr,call-overload,arg-type,index]
            elif key not in ("profile", "evidence"):
                type_reader.fill(key, value, known.get(key))
        drop_evidence(client, address, wanted["evidence"])  # type: ignore[arg-type]
        made = parse_tree(record.read_text("utf-8"), "record.yaml").data
        said, sample = strip(made), strip(wanted)
        assert said.pop("evidence") != []
        sample.pop("evidence")
        assert said == sample
        left = record.read_text("utf-8").splitlines()
        assert [line for line in comments if line not in left] == [], "every comment is still there"
        job = client.post(f"{address}/make", data={"what": "package"}, headers=OWN).headers["location"]
        assert wait_for(client, job, 300)["state"] == "done"
        found = re.search(r'href="(/jobs/[0-9a-f]+/files/1)"', client.get(job).text)
        assert found is not None, client.get(job).text
        package = tmp_path / "档案包.zip"
        package.write_bytes(client.get(found[1]).content)
    assert command("verify", package).code == 0


def drop_evidence(client: TestClient, address: str, evidence: list[dict[str, Any]]) -> None:
    for entry in evidence:
        page = client.get(f"{address}/evidence").text
        digest = re.search(r'name="digest" value="([0-9a-f]{64})"', page)
        assert digest is not None
        path = FILLED / entry["file"]
        data = {"digest": digest[1], "kind": entry["kind"], "item": entry.get("item", "")}
        files = {"files": (path.name, path.read_bytes())}
        assert client.post(f"{address}/evidence", data=data, files=files, headers=OWN).status_code == 303


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    folder = tmp_path / "page"
    shutil.copytree(SHOWN, folder / "认证提升")
    with serve(folder) as page:
        yield page


def open_project(page: Page, served: Served) -> str:
    page.goto(f"{served.origin}/projects")
    page.click("tbody th a")
    page.wait_for_selector("h1")
    return page.url.partition("#")[0]


@pytest.mark.browser
@pytest.mark.timeout(300)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_the_door_has_a_grave_fault(scheme: str, browser: Browser, served: Served) -> None:
    with visit(browser, served, color_scheme=scheme) as seen:
        page = seen.page
        address = open_project(page, served)
        places = ["sections", "missing", "evidence", "form?at=enterprises", "form?at=trainings.0"]
        for path in ["/projects", *(f"{address}/{place}".removeprefix(served.origin) for place in places)]:
            page.set_viewport_size({"width": 1280, "height": 800})
            page.goto(served.origin + path)
            assert find_axe_faults(page) == [], path
            page.set_viewport_size({"width": 360, "height": 800})
            assert measure_overflow(page) == 0, path
        assert seen.said == []
        assert seen.list_strangers(served) == []


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_what_stands_beside_each_other_is_in_line(browser: Browser, served: Served) -> None:
    with visit(browser, served, viewport={"width": 1280, "height": 800}) as seen:
        page = seen.page
        address = open_project(page, served)
        page.eval_on_selector_all("details", "all => all.forEach(item => { item.open = true; })")
        columns = page.eval_on_selector_all(
            "table.step th:nth-child(2)", "all => all.map(item => item.getBoundingClientRect().left)"
        )
        assert len(columns) > 3
        assert len(set(columns)) == 1, "the columns of all steps"
        page.goto(f"{address}/form?at=project")
        boxes = page.eval_on_selector_all(
            ".inner .entry:not(.long) > :is(input, select)",
            "all => all.map(item => item.getBoundingClientRect().bottom)",
        )
        lines = sorted(set(map(round, boxes)))
        assert len(lines) < len(boxes) / 2
        assert all(below - above > 40 for above, below in itertools.pairwise(lines)), "inputs, however long their names"


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_a_fault_is_told_while_it_is_typed_and_the_keyboard_suffices(browser: Browser, served: Served) -> None:
    record = served.folder / "认证提升" / "record.yaml"
    before = record.read_text("utf-8")
    with visit(browser, served) as seen:
        page = seen.page
        address = open_project(page, served)
        page.goto(f"{address}/form?at=enterprises.0")
        page.wait_for_timeout(300)
        page.focus("input[name='e:enterprises/:0/uscc']")
        page.keyboard.press("Control+A")
        page.keyboard.type("91")
        page.wait_for_selector("[data-messages='e:enterprises/:0/uscc'] .bad", timeout=10_000)
        assert page.get_attribute("input[name='e:enterprises/:0/uscc']", "aria-invalid") == "true"
        assert record.read_text("utf-8") == before, "nothing is saved yet"
        page.keyboard.press("Control+A")
        page.keyboard.type("91320312MAYC2L059Q")
        page.focus("input[name='e:enterprises/:0/staff']")
        page.keyboard.press("Control+A")
        page.keyboard.type("47")
        page.keyboard.press("Enter")
        page.wait_for_selector("#saved")
    after = record.read_text("utf-8")
    assert after == before.replace("    staff: 46\n", "    staff: 47\n", 1)


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_without_script_a_value_is_saved_and_a_picture_shown(browser: Browser, served: Served) -> None:
    with visit(browser, served, java_script_enabled=False) as seen:
        page = seen.page
        address = open_project(page, served)
        page.goto(f"{address}/form?at=project")
        page.fill("input[name='e:project/dated']", "昨天")
        page.click(".save button")
        page.wait_for_selector("#saved")
        assert "应为日期" in page.inner_text("main")
        page.fill("input[name='e:project/dated']", "2024-10-25")
        page.click(".save button")
        page.wait_for_selector("#saved")
        page.goto(f"{address}/evidence")
        assert page.locator(".pieces img").count() > 3
