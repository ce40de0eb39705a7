"""The door for cases: what it shows of them, what it refuses and how, the text that is edited, what programs get."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from support.case_corpus import Plan, make_case
from support.case_words import STORIES
from support.command_line import CommandLine
from support.web_support import OWN, PROGRAM, enter, make_settings, open_page, wait_for

from docgen.diagnostics import Diagnostic, Location, error, warning
from docgen.resources import Resources
from docgen.web.jobs.model import JobOutcome, JobTask, Order, ResultFile, SourceFile
from docgen.web.routes.cases import format_markdown
from docgen.web.routes.cases_list import list_files, sort_files
from docgen.web.work.cases import review_texts

HEADS = ("企业简介", "存在问题", "主要做法", "取得成效", "启示")
HOSTILE = "&lt;b&gt;<img src=x onerror=alert(1)>\u202e\x07案例.md"


def make(name: str, number: int, folder: Path, layout: str = "bold", heads: tuple[str, ...] = HEADS) -> Path:
    plan = Plan(name, STORIES[number], layout, "chinese", "known", heads, "line", "起草单位", (), ())
    return make_case(plan, folder)[0]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with open_page(make_settings(tmp_path_factory.mktemp("page"))) as opened:
        yield enter(opened)


def send(client: TestClient, *files: tuple[str, bytes]) -> str:
    """Put files in; the address of the page of what came of them."""
    answer = client.post("/cases", files=[("files", item) for item in files], headers=OWN)
    address = answer.headers["location"]
    assert wait_for(client, address)["state"] == "done"
    return address.replace("/jobs/", "/cases/")


def read(client: TestClient, address: str, **params: str) -> str:
    answer = client.get(address, params=params)
    assert answer.status_code == 200, answer.text
    return answer.text


def read_words(page: str) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main")[2].partition("</main>")[0]))


@pytest.fixture(scope="module")
def many(client: TestClient, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("cases")
    paths = [make("甲", 0, folder), make("乙", 1, folder, "md-atx")]
    files = [(path.name, path.read_bytes()) for path in paths]
    text = re.sub("^# .*", r"# \\<script\\>alert(2)\\</script\\>题", paths[1].read_text("utf-8"), count=1)
    return send(client, *files, ("旧.doc", b"\xd0\xcf"), ("稿.wps", b"x"), (HOSTILE, text.encode()))


@pytest.mark.heavy
def test_the_list_has_a_verdict_for_each(client: TestClient, many: str) -> None:
    page = read(client, many)
    said = read_words(page)
    assert "5 篇案例" in said
    assert "2 篇读不了" in said
    assert "另存为 .docx" in said, "what to do with an old file"
    assert "<img" not in page
    assert "\u202e" not in page
    assert "\x07" not in page
    assert "＜img src=x onerror=alert(1)＞" in page, "such signs no file system takes"
    assert "&amp;lt" in page
    assert "&lt;script&gt;alert(2)&lt;/script&gt;" in page, "a title from a file"
    assert page.count('scope="row"') == 5


@pytest.mark.heavy
@pytest.mark.parametrize(("sort", "first"), [("name", "乙.md"), ("-name", "稿.wps"), ("total", "旧.doc"), ("x", "")])
def test_it_is_sorted_as_asked(client: TestClient, many: str, sort: str, first: str) -> None:
    rows = re.findall(r'scope="row"><a[^>]*><bdi>([^<]*)', read(client, many, sort=sort))
    by_name = sorted(rows)
    if sort == "name":
        assert rows == by_name
    elif sort == "-name":
        assert rows == by_name[::-1]
    elif sort == "total":
        assert set(rows[:2]) == {first, "稿.wps"}


@pytest.mark.heavy
def test_one_shows_its_parts_and_facts_and_what_to_do(client: TestClient, many: str) -> None:
    said = read_words(read(client, f"{many}/1"))
    for word in (
        "企业简介",
        "应约占",
        "可以确定",
        "段",
        "基本情况",
        "起草单位 2 家",
        "其他",
    ):
        assert word in said, word
    assert not re.search(r"\b[CE]\d{3}\b", said.replace("（C", "")), "codes stand behind 详情"
    assert client.get(f"{many}/9").status_code == 404
    assert client.get(f"{many}/0").status_code == 404
    refused = read_words(read(client, f"{many}/3"))
    assert "另存为 .docx" in refused
    assert client.get(f"{many}/3/edit").status_code == 404


@pytest.mark.heavy
def test_copies_and_the_table_are_there(client: TestClient, many: str) -> None:
    page = read(client, f"{many}/1")
    links = re.findall(r'href="(/jobs/[^"]*/files/\d+)"', page)
    assert len(links) == 2
    assert all(client.get(link).content.startswith(b"PK") for link in links)
    assert len(re.findall(r"/files/\d+", read(client, f"{many}/2"))) == 1, "Markdown takes no comments"


@pytest.mark.heavy
def test_files_of_one_name_keep_their_copies_apart(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "2").mkdir()
    paths = [make("案例", 0, tmp_path / "1"), make("案例", 1, tmp_path / "2")]
    address = send(client, *((path.name, path.read_bytes()) for path in paths))
    copies = []
    for number in (1, 2):
        links = re.findall(r'href="(/jobs/[^"]*/files/\d+)"', read(client, f"{address}/{number}"))
        copies.append(links[0])
    assert copies[0] != copies[1]
    assert client.get(copies[0]).content != client.get(copies[1]).content


@pytest.mark.heavy
def test_a_single_case_is_shown_at_once_and_edited(client: TestClient, tmp_path: Path) -> None:
    path = make("案例", 0, tmp_path)
    address = send(client, (path.name, path.read_bytes()))
    assert "各部分" in read_words(read(client, address))
    page = read(client, f"{address}/1/edit")
    before = read_total(page)
    fields = dict(re.findall(r'<textarea id="(part-[^"]*)"[^>]*>\n([^<]*)', page))
    assert len(fields) == 5
    name = next(iter(fields))
    answer = client.post(
        f"{address}/1/edit", data=fields | {name: f"{fields[name]}\r\n再加五个字", "title": "题"}, headers=OWN
    )
    assert read_total(answer.text) == before + 5
    assert read_total(read(client, f"{address}/1/edit")) == before + 5, "what was edited is kept"
    assert "接着改" in read(client, address)
    saved = client.post(f"{address}/1/save", data=fields | {"title": "题<b>"}, headers=OWN)
    assert saved.headers["content-disposition"].startswith("attachment; ")
    assert saved.text.startswith("# 题")
    client.post(f"{address}/1/restore", headers=OWN)
    assert read_total(read(client, f"{address}/1/edit")) == before


def read_total(page: str) -> int:
    found = re.search(r'<strong class="[^"]*">(\d+)</strong>', page)
    assert found is not None
    return int(found[1])


@pytest.mark.heavy
def test_a_pasted_text_is_a_case(client: TestClient, tmp_path: Path) -> None:
    path = make("甲", 0, tmp_path, "md-atx")
    plain = re.sub(r"^#+ ", "", path.read_text("utf-8"), flags=re.M).replace("\n\n", "\r\n")
    answer = client.post("/cases/text", data={"text": plain}, headers=OWN)
    said = wait_for(client, answer.headers["location"])
    assert said["state"] == "done", read(client, answer.headers["location"])
    page = read(client, answer.headers["location"].replace("/jobs/", "/cases/"))
    assert read_words(page).count("可以确定") == 5
    empty = client.post("/cases/text", data={"text": " "}, headers=OWN)
    assert (empty.status_code, "把案例的文字贴进来" in empty.text) == (400, True)


@pytest.mark.heavy
def test_no_page_speaks_of_a_command_s_options(client: TestClient) -> None:
    address = send(client, ("没有标题.md", "本公司生产轴套，做了很多工作。".encode() * 9))
    said = read_words(read(client, address))
    assert "没有认出任何一个规定的部分" in said
    assert "--" not in said
    assert "在这里改" in said.partition("没有认出任何一个规定的部分")[2]
    assert "没有归入任何部分" in read_words(read(client, f"{address}/1/edit"))


def test_lines_of_word_are_paragraphs_and_markdown_stays() -> None:
    assert format_markdown("题\r\n一、简介\r\n\r\n  文字") == "题\n\n一、简介\n\n文字\n"
    assert format_markdown("# 题\n一\n二") == "# 题\n一\n二"


@pytest.mark.heavy
def test_a_program_gets_what_the_command_says(
    client: TestClient, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [
        make("甲", 0, tmp_path),
        make("乙", 0, tmp_path, "md-atx"),
        make("丙", 1, tmp_path, heads=("简介", *HEADS[1:])),
    ]
    (tmp_path / "旧.doc").write_bytes(b"x")
    names = [*(path.name for path in paths), "旧.doc"]
    monkeypatch.chdir(tmp_path)
    command = CommandLine(capsys).json("case", *names).document
    sent = [("files", (name, (tmp_path / name).read_bytes())) for name in names]
    answer = client.post("/api/case", files=sent, headers=PROGRAM)
    assert answer.status_code == 200
    said = answer.json()
    own = {name: said.pop(name) for name in ("state", "job", "peak_bytes", "outputs")}
    command.pop("outputs")
    assert said == command
    assert [item["kind"] for item in own["outputs"]] == ["table", "copy", "copy"]
    assert str(tmp_path) not in json.dumps(said)


@pytest.mark.heavy
def test_a_program_says_which_heading_is_which_part(client: TestClient, tmp_path: Path) -> None:
    path = make("甲", 0, tmp_path, heads=("企业简介", "存在问题", "主要做法", "取得成效", "我们的话"))
    for parts, certainty in (("五=e", ["由 --parts 指定"]), ("", None)):
        files = [("files", (path.name, path.read_bytes()))]
        said = client.post("/api/case", files=files, data={"parts": parts}, headers=PROGRAM).json()
        assert (said["cases"][0]["parts"][4]["reasons"] == certainty) is bool(parts)
    wrong = client.post("/api/case", files=files, data={"parts": "五"}, headers=PROGRAM).json()
    assert (wrong["ok"], wrong["diagnostics"][0]["code"]) == (False, "C159")


def test_what_has_to_be_mended_comes_first(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number:04d}" / "案例.docx" for number in range(1, 5)]

    def found(path: Path) -> Location:
        return Location(file=str(path))

    case: dict[str, Any] = {"total": {"high": 10}, "facts": [], "parts": [], "name": "x"}
    diagnostics: tuple[Diagnostic, ...] = (
        warning("C151", found(paths[1]), said="x"),
        error("C126", found(paths[2]), path="案例.docx"),
        error("C301", found(paths[3])),
    )
    counts = ((0, 0), (0, 1), (0, 0), (1, 0))
    cases = [
        case | {"path": str(path), "counts": {"error": errors, "warning": warnings}}
        for path, (errors, warnings) in zip(paths, counts, strict=True)
        if path is not paths[2]
    ]
    outputs = (
        ResultFile("评审表.xlsx", "评审表.xlsx", "table"),
        ResultFile("批注稿/0002/案例.docx", "案例.docx", "copy"),
    )
    files = list_files(
        Order("x", tuple(SourceFile(path, path.name) for path in paths)),
        JobOutcome({"cases": cases}, diagnostics, outputs),
    )
    rows, sort = sort_files(files, "")
    assert [(row.number, row.verdict) for row in rows] == [(4, "bad"), (3, "unread"), (2, "warn"), (1, "good")]
    assert sort == "verdict"
    assert [row.copy for row in files] == [2, 2, 2, 2]


class _Cancelled:
    """A progress that somebody cancelled after the first item."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def begin(self, total: int, total_bytes: int = 0) -> None:
        assert (total, total_bytes > 0) == (3, True)

    def advance(self, name: str, size: int = 0) -> None:
        assert size > 0
        self.names.append(name)

    def should_stop(self) -> bool:
        return bool(self.names)


def test_a_review_that_is_cancelled_stops_at_once(tmp_path: Path) -> None:
    paths = [make(name, 0, tmp_path) for name in "甲乙丙"]
    order = Order("x", tuple(SourceFile(path, path.name) for path in paths))
    (tmp_path / "results").mkdir()
    progress = _Cancelled()
    outcome = review_texts(JobTask("0", "", tmp_path, order, "zh", Resources()), progress)
    assert progress.names == ["甲.docx"]
    assert (outcome.data, outcome.outputs) == ({"cases": []}, ())
