"""The door for forms as requests meet it: choosing, sending, mending, making; hostile names and sizes."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from starlette.testclient import TestClient
from support.foreign_tables import _make_needs
from support.form_tables import FORM, STANDARD, TITLE, call, make_table, plant
from support.web_support import OWN, PROGRAM, enter, make_settings, open_page, wait_for

from docgen.web.jobs.folder import read_order, write_order
from docgen.web.jobs.model import JobProgress
from docgen.web.jobs.process import FolderProgress
from docgen.web.work.forms_table import look_through

pytestmark = pytest.mark.heavy


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with open_page(make_settings(tmp_path / "page")) as opened:
        yield enter(opened)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = make_table(tmp_path_factory.mktemp("表") / "企业满意度.xlsx", 6)
    return plant(path, (2, "日期", "去年底"), (3, "主要服务成果", None), (4, "对项目组的服务态度", "还行"))


def send(client: TestClient, path: Path, name: str = "", **fields: object) -> str:
    """The page of the table that was sent, when it was looked through."""
    files = [("files", (name or path.name, path.read_bytes()))]
    answer = client.post("/forms", headers=OWN, files=files, data=fields)
    assert answer.status_code == 303, answer.text
    job: str = answer.headers["location"]
    assert wait_for(client, job)["state"] == "done", client.get(job).text
    return job


def press(client: TestClient, job: str, action: str, **fields: object) -> str:
    """The page after one of its forms was sent."""
    answer = client.post(f"{job}/{action}", headers=OWN, data={"": ""} | fields)
    assert answer.status_code == 303, answer.text
    wait_for(client, job)
    return client.get(job).text


def find_field(text: str, whose: str, mark: str = "e") -> str:
    """The name of a field in the row of an enterprise."""
    row = next(part for part in text.split("<tr ") if whose in part)
    found = re.search(rf'name="({mark}\.[^"]+)"', row)
    assert found is not None, row
    return found[1]


def count(text: str) -> list[int]:
    return [int(number) for number in re.findall(r'<strong class="(?:good|bad)">(\d+)</strong>', text)]


def test_a_workbook_has_only_the_sheets_that_are_needed(client: TestClient) -> None:
    assert "中小企业质量提升咨询服务规范" in client.get("/forms").text
    page = client.get(f"/forms/standards/{STANDARD}", params={"only": [FORM, "../x", '"><script>']}).text
    assert TITLE in page
    assert "<script>" not in page.replace('<script type="module" src="/static/drop.js"></script>', "")
    answer = client.get(f"/forms/standards/{STANDARD}/workbook", params={"only": FORM})
    assert TITLE in openpyxl.load_workbook(BytesIO(answer.content)).sheetnames
    assert "attachment" in answer.headers["content-disposition"]
    assert client.get(f"/forms/standards/{STANDARD}/workbook").status_code == 400
    assert client.get("/forms/standards/..%2f..").status_code == 404
    assert client.get("/forms/standards/nothing").status_code == 404


def test_faults_are_mended_by_plain_forms_and_the_rest_is_made(client: TestClient, table: Path) -> None:
    job = send(client, table, standard=STANDARD, only=FORM)
    text = client.get(job).text
    assert count(text) == [3, 3]
    for code in ("R106", "R202", "W140"):
        assert code not in re.sub(r"<details>.*?</details>|<[^>]*>", "", text, flags=re.DOTALL), (
            "codes stand behind 详情"
        )
    text = press(client, job, "cells", **{find_field(text, call(2)): "2024年11月13日"})
    assert count(text) == [4, 2]
    wrong = press(client, job, "cells", **{find_field(text, call(4)): "不知道"})
    assert count(wrong) == [4, 2]
    assert "不知道" in wrong, "what was typed is told as it stands now"
    key = re.search(r'name="on" value="([^"]+)"', text)
    assert key is not None
    text = press(client, job, "by-hand", on=key[1])
    assert count(text) == [5, 1]
    assert count(press(client, job, "by-hand", off=key[1])) == [4, 2]
    press(client, job, "by-hand", on=key[1])
    made = press(client, job, "make")
    assert count(made) == [5, 1]
    with zipfile.ZipFile(BytesIO(client.get(f"{job}/all").content)) as packed:
        names = packed.namelist()
        documents = [name for name in names if name.startswith(f"{TITLE}_武汉第")]
        (returned,) = (name for name in names if name.endswith("_退回.xlsx"))
        book = openpyxl.load_workbook(BytesIO(packed.read(returned)))
    assert len(documents) == 5
    assert f"{TITLE}_合订.docx" in names
    assert "问题清单" in book.sheetnames
    values = [cell.value for line in book[TITLE].iter_rows() for cell in line]
    assert "不知道" in values
    assert call(2) not in values, "only what wasn't made goes back"
    text = press(client, job, "table")
    assert count(text) == [5, 1]
    press(client, job, "cells", **{find_field(text, call(4)): "满意"})
    assert count(press(client, job, "make")) == [6]


def test_fields_that_are_sent_back_as_they_are_change_nothing(client: TestClient, table: Path, tmp_path: Path) -> None:
    job = send(client, table, standard=STANDARD, only=FORM)
    (copy,) = (tmp_path / "page").rglob("table/*/*.xlsx")
    before = copy.read_bytes()
    text = client.get(job).text
    same = {find_field(text, call(2)): "去年底", find_field(text, call(4)): "还行"}
    press(client, job, "cells", **same, **{"e.1.1.没有的表": "x", "e.x.1.企业": "x", "e.-1.1.企业": "x", "x": "y"})
    assert copy.read_bytes() == before
    (upload,) = (tmp_path / "page").rglob("uploads/*/*.xlsx")
    press(client, job, "cells", **{find_field(text, call(4)): "满意"})
    assert upload.read_bytes() == table.read_bytes(), "what came stays as it came"


def test_a_doubt_is_confirmed_with_a_reason(client: TestClient, tmp_path: Path) -> None:
    path = make_table(tmp_path / "表.xlsx", 4)
    book = openpyxl.load_workbook(path)
    sheet = book["企业"]
    at = next(cell.column for cell in sheet[3] if cell.value == "统一社会信用代码")
    sheet.cell(6, at).value = sheet.cell(5, at).value
    book.save(path)
    job = send(client, path, standard=STANDARD, only=FORM)
    text = client.get(job).text
    found = re.search(r'name="confirm" value="(\d+)"', text)
    assert found is not None, "two enterprises have one code"
    assert 'name="confirm"' in press(client, job, "confirm", confirm=found[1]), "without a reason nothing is confirmed"
    text = press(client, job, "confirm", confirm=found[1], **{f"reason.{found[1]}": "同一法人，已电话核实"})
    assert 'name="confirm"' not in text
    (copy,) = (tmp_path / "page").rglob("table/*/*.xlsx")
    values = [cell.value for line in openpyxl.load_workbook(copy)["已核实"].iter_rows() for cell in line]
    assert "同一法人，已电话核实" in values


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>.xlsx", '"><b>.xlsx', "\u202exslx.企业.xlsx", "a..xlsx"])
def test_a_strangers_table_is_matched_whatever_it_is_called(name: str, client: TestClient, tmp_path: Path) -> None:
    path = _make_needs(tmp_path / "表")
    job = send(client, path, name.replace('"', "%22"))
    text = client.get(job).text
    assert "按哪个标准" in text
    press(client, job, "choose", standard=STANDARD)
    text = press(client, job, "choose", standard=STANDARD, only=FORM)
    assert "哪一列是什么" in text
    for bad in ("<img", "<b>", "\u202e"):
        assert bad not in text
    chosen = dict(re.findall(r'<select id="([^"]+)".*?<option value="([^"]*)" selected', text, flags=re.DOTALL))
    text = press(client, job, "match", **chosen)
    assert count(text) == [0, 6]
    assert "表里没有" in text
    everyone = re.search(r'name="on" value="([^"]+\n[^"]+)"', text)
    assert everyone is not None
    while (left := re.search(r'name="on" value="([^"]+)"', text)) is not None:
        text = press(client, job, "by-hand", on=left[1].replace("\n", "\r\n"))  # as forms send lines
    assert count(text) == [6]
    again = press(client, job, "match-again")
    assert "哪一列是什么" in again
    assert "selected" in again
    twice = press(client, job, "match", **{"c.0.2": "0.0", "c.0.3": "0.0"})
    assert count(twice) or "哪一列是什么" in twice


def test_a_row_of_markup_is_text(client: TestClient, tmp_path: Path) -> None:
    path = plant(make_table(tmp_path / "表.xlsx", 3), (2, "日期", '"><script>alert(1)</script>'))
    text = client.get(send(client, path, standard=STANDARD, only=FORM)).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_what_is_too_large_is_refused_with_the_limit(client: TestClient, table: Path, tmp_path: Path) -> None:
    path = tmp_path / "大.xlsx"
    with zipfile.ZipFile(table) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            if item.filename.endswith("sheet4.xml"):
                with target.open(item.filename, "w", force_zip64=True) as part:
                    for _ in range(257):
                        part.write(b" " * 1024 * 1024)
            else:
                target.writestr(item, source.read(item))
    answer = client.post("/forms", headers=OWN, files=[("files", ("大.xlsx", path.read_bytes()))])
    job = answer.headers["location"]
    assert wait_for(client, job)["state"] == "failed"
    text = client.get(job).text
    assert "256 MB" in text
    assert "改法" in text


def test_what_is_no_table_and_several_tables_are_refused(client: TestClient, table: Path) -> None:
    for files in (
        [("files", ("a.docx", b"x"))],
        [("files", ("a.xlsx", b"\0\1"))],
        [("files", ("a.xlsx", table.read_bytes())), ("files", ("b.xlsx", table.read_bytes()))],
    ):
        job = client.post("/forms", headers=OWN, files=files).headers["location"]
        assert wait_for(client, job)["state"] == "failed"
        assert "改法" in client.get(job).text
        assert "page/jobs" not in re.sub(r"<[^>]*>", "", client.get(job).text.partition("<footer")[0])


def test_a_program_gets_what_the_command_says(client: TestClient, table: Path) -> None:
    del client.cookies["docgen-8642"]
    files = [("files", (table.name, table.read_bytes()))]
    told = client.post("/api/check", headers=PROGRAM, files=files, data={"only": FORM}).json()
    assert (told["ok"], told["exit_code"], told["counts"]["error"]) == (False, 1, 3)
    assert told["records"][0]["path"] == table.name
    assert told["records"][0]["enterprises"] == 6
    assert {item["code"] for item in told["diagnostics"]} >= {"R106", "R202", "W140"}
    batch = client.post("/api/batch", headers=PROGRAM, files=files, data={"only": FORM}).json()
    assert (batch["ok"], batch["exit_code"], batch["batch"]["made"], batch["batch"]["faulty"]) == (False, 1, 3, 3)
    assert "page/jobs" not in str({key: batch[key] for key in ("diagnostics", "batch")})


def test_a_table_that_is_read_shows_its_share_and_then_its_rows(client: TestClient, table: Path) -> None:
    steps: list[JobProgress] = []

    class Watcher(FolderProgress):
        def advance(self, name: str, size: int = 0) -> None:
            super().advance(name, size)
            steps.append(self._step)

    job = send(client, table)  # nothing was chosen yet
    state = client.app._app.state.page  # type: ignore[attr-defined]  # behind the guard
    folder = state.workplace.find(job.rpartition("/")[2])
    order = read_order(folder)
    write_order(folder, replace(order, options={"standard": [STANDARD], "only": [FORM]}))
    outcome = look_through(folder, state.settings.resources, Watcher(folder))
    assert outcome.data["step"] == "checked"
    read, judged = [item for item in steps if not item.total], [item for item in steps if item.total]
    assert {item.name for item in read} == {table.name}
    assert 0.5 < read[-1].bytes / read[-1].total_bytes <= 1
    assert [(item.done, item.total) for item in judged] == [(number, 6) for number in range(1, 7)]


def test_a_file_without_a_table_says_so_and_asks_nothing(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / "空.csv").write_bytes(b"")
    openpyxl.Workbook().save(tmp_path / "空.xlsx")
    for name in ("空.csv", "空.xlsx"):
        text = client.get(send(client, tmp_path / name, standard=STANDARD, only=FORM)).text
        assert "没有在这个文件里找到表头" in text
        assert "换一张表" in text
        assert "项目的情况" not in text


def test_headers_without_rows_are_told_in_words_of_the_page(client: TestClient, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["企业名称", "统一社会信用代码", "服务态度"])
    book.save(tmp_path / "汇总.xlsx")
    job = send(client, tmp_path / "汇总.xlsx", standard=STANDARD, only=FORM)
    chosen = re.findall(r'<select id="([^"]+)".*?<option value="([^"]*)" selected', client.get(job).text, re.S)
    text = press(client, job, "match", **dict(chosen))
    assert "没有填写企业" in text
    assert "看看哪一列选了企业名称" in text
    assert "columns" not in text
    assert "对照文件" not in text
