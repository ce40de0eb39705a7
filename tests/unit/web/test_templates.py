"""The door of templates and 我的模板: what is told, what is made; and whoever tries to get something out of them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from starlette.testclient import TestClient
from support.merge_letters import add_field, read_texts, save
from support.web_support import OWN, enter, make_settings, open_page, wait_for

from docgen.resources import Resources
from docgen.web.jobs.folder import read_outcome

PURPOSE = "db4201-t665-2022 satisfaction"
HOSTILE = "<img src=x onerror=alert(1)>\u202e"
pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("页面") / "page"


@pytest.fixture(scope="module")
def client(place: Path) -> Iterator[TestClient]:
    with open_page(make_settings(place)) as opened:
        yield enter(opened)


@pytest.fixture(autouse=True)
def no_office(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents are shown by their text here; how pages are drawn is seen in a browser."""
    monkeypatch.setenv("PATH", "")


def write(*lines: str, rows: tuple[str, ...] = ()) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    if rows:
        table = document.add_table(len(rows), 1)
        for row, text in zip(table.rows, rows, strict=True):
            row.cells[0].text = text
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def look(client: TestClient, name: str, data: bytes, purpose: str = "own") -> tuple[str, str]:
    """The address and the page of what is said of a template."""
    return begin(client, "/templates", {"purpose": purpose}, ("files", name, data))


def begin(client: TestClient, at: str, fields: dict[str, str], *files: tuple[str, str, bytes]) -> tuple[str, str]:
    sent = [(field, (name, data)) for field, name, data in files]
    answer = client.post(at, data=fields, files=sent, headers=OWN)
    assert answer.status_code == 303, answer.text
    return read(client, answer.headers["location"])


def read(client: TestClient, address: str) -> tuple[str, str]:
    wait_for(client, address)
    answer = client.get(address)
    assert answer.status_code == 200
    return address, answer.text


def send(client: TestClient, address: str, **fields: str) -> str:
    """The page of a job after a form of it was sent."""
    answer = client.post(address, data=fields or {"x": "1"}, headers=OWN)
    assert answer.status_code == 303, answer.text
    return read(client, answer.headers["location"])[1]


def take(client: TestClient, address: str, name: str) -> bytes:
    """A download by its name."""
    page = unescape(client.get(address).text)
    found = re.search(rf'href="(/jobs/\w+/files/\d+)" download><bdi>{re.escape(name)}</bdi>', page)
    assert found is not None, name
    content: bytes = client.get(found[1]).content
    return content


def read_words(page: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", page)).split())


def read_choices(page: str) -> dict[str, str]:
    """What a page of columns has chosen, by its fields' names."""
    chosen = {}
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        found = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', options)
        chosen[name] = unescape(found[1] if found[1] is not None else found[2]) if found else ""
    return chosen


LETTER = (("企业名称", "MERGEFIELD 企业名称"), ("会费", 'MERGEFIELD 会费 \\# "#,##0.00"'))


def write_letter() -> bytes:
    document = docx.Document()
    for name, code in LETTER:
        add_field(document.add_paragraph(), code, f"«{name}»")
    return save(document, with_source=True)


def write_list(*rows: str) -> bytes:
    return "\r\n".join(("单位全称,应缴会费", *rows)).encode("gbk")


def begin_fill(client: TestClient, *rows: str, template: bytes | None = None) -> tuple[str, str]:
    return begin(
        client,
        "/forms/own",
        {},
        ("template", "信.docx", template or write_letter()),
        ("table", "名单.csv", write_list(*rows)),
        ("pictures", "", b""),
    )


class TestTemplates:
    def test_what_it_asks_for_and_how_it_prints(self, client: TestClient) -> None:
        data = write(
            "{{ 企业名称 }}于{{ 日期|date }}",
            "{{ 达标|box }}",
            rows=("{%tr for 行 in 明细 %}", "{{ 行.项目 }}", "{%tr endfor %}"),
        )
        address, page = look(client, "函.docx", data)
        said = read_words(page)
        for wanted in (
            "可以用",
            "企业名称 打印 第 1 段",
            "明细 / 项目",
            "示例企业名称于2024年9月6日",
            "☑",
            "示例项目 2",
        ):
            assert wanted in said
        book = openpyxl.load_workbook(io.BytesIO(take(client, address, "函_空白表.xlsx")))
        assert [cell.value for cell in book["填报"][1]] == ["企业名称", "日期", "达标"]
        assert book["填报"].max_row == 1, "empty"

    def test_an_excel_form_is_shown_too(self, client: TestClient) -> None:
        book = openpyxl.Workbook()
        assert book.active is not None
        book.active["B2"] = "{{ 企业名称 }}"
        buffer = io.BytesIO()
        book.save(buffer)
        said = read_words(look(client, "登记.xlsx", buffer.getvalue())[1])
        assert "企业名称 打印 Sheet B2" in said
        assert "示例企业名称" in said

    def test_what_is_broken_is_told_at_once_at_its_place(self, client: TestClient) -> None:
        address, page = look(client, "坏.docx", write("{{ 企业名称 }和{% if 甲 %}", "{{ 名称|bogus }}", "{企业名称}"))
        said = read_words(page)
        assert "2 处要改" in said
        assert "坏.docx 第 1 段" in said
        assert "坏.docx 第 2 段" in said
        assert "只有一重括号" in said
        assert "改好以后再放进来" in said
        assert "{{{{" not in said, "why it is wrong shows a tag as it is written"
        with zipfile.ZipFile(io.BytesIO(take(client, address, "坏_批注.docx"))) as copy:
            assert copy.read("word/comments.xml").decode().count("<w:comment ") == 3

    def test_what_is_no_template_is_told(self, client: TestClient) -> None:
        assert "不是有效的 Word 文件" in read_words(look(client, "烂.docx", b"no zip")[1])
        said = read_words(look(client, "旧.doc", b"\xd0\xcf\x11\xe0")[1])
        assert "没有做成" in said
        assert "改法" in said

    def test_a_template_of_a_standard_with_three_faults(self, client: TestClient) -> None:
        path = Resources().find_template("docx/form.docx")
        assert path is not None
        document = docx.Document(str(path))
        for line in ("{{ enterprise.nam }}", "{{ form.date|dat }}", "{% if form.results %}"):
            document.add_paragraph(line)
        buffer = io.BytesIO()
        document.save(buffer)
        address, page = look(client, "表.docx", buffer.getvalue(), PURPOSE)
        said = read_words(page)
        assert "用于： 质量提升服务满意度评价表" in said
        assert "3 处要改" in said
        for wanted in ("enterprise.name", "“dat”", "endif"):
            assert wanted in said
        assert len(set(re.findall(r"表\.docx 第 (\d+) 段", said))) == 3, "each at its place"
        assert "项目名称 project.name" in said, "a label, and how it is written"
        assert take(client, address, "表_批注.docx")

    def test_a_sound_template_of_a_standard_is_filled_with_the_sample(self, client: TestClient) -> None:
        path = Resources().find_template("docx/satisfaction.docx")
        names = [path] if path is not None else []
        data = (names or [Resources().find_template("docx/form.docx")])[0]
        assert data is not None
        said = read_words(look(client, "表.docx", data.read_bytes(), PURPOSE)[1])
        assert "自带的示例项目" in said
        assert "澜塘食品产业园质量提升咨询服务项目" in said

    def test_markup_in_a_template_and_its_name_is_text(self, client: TestClient) -> None:
        data = write("{{ 企业名称 }" + HOSTILE, f"____ {HOSTILE}：____", "{{ 列<b>甲</b> }}")
        page = look(client, f"{HOSTILE}.docx", data)[1]
        assert "<img src=x" not in page
        assert "<b>甲" not in page
        assert "\u202e" not in page

    @pytest.mark.parametrize("purpose", ["../../etc passwd", "db4201-t665-2022 ../x", "nobody nothing", " x"])
    def test_a_purpose_that_is_none_is_refused_in_words(self, client: TestClient, purpose: str) -> None:
        said = read_words(look(client, "函.docx", write("{{ 甲 }}"), purpose)[1])
        assert "没有做成" in said
        assert "改法" in said

    @pytest.mark.parametrize("stem", ["长" * 90, "../../x", "con", " .甲. "])
    def test_its_name_may_be_anything(self, client: TestClient, stem: str) -> None:
        assert "可以用" in read_words(look(client, f"{stem}.docx", write("{{ 甲 }}"))[1])

    def test_two_are_too_many(self, client: TestClient) -> None:
        files = [("files", f"{name}.docx", write("{{ 甲 }}")) for name in "ab"]
        assert "一次看一个模板" in read_words(begin(client, "/templates", {"purpose": "own"}, *files)[1])


class TestFill:
    def test_from_two_files_to_the_letters(self, client: TestClient) -> None:
        address, page = begin_fill(client, "甲公司,1001", "乙公司,", "丙公司,1003.5")
        assert read_choices(page) == {"tag.0": "单位全称", "tag.1": "应缴会费", "group": ""}
        assert "甲公司" in read_words(page), "the first rows"
        said = read_words(send(client, f"{address}/match", **read_choices(page)))
        assert "2 份可以做 1 份要改" in said
        assert "乙公司 名单 B3" in said
        first = send(client, f"{address}/first")
        assert "按现在的内容做出来的第一份： 甲公司" in read_words(first)
        assert "1,001.00" in read_words(first)
        assert "3 份可以做" in read_words(send(client, f"{address}/cells", **{"e.3.2.名单": "1002"}))
        made = read_words(send(client, f"{address}/make"))
        assert "3 份做好了" in made
        assert [text for text in read_texts(take(client, address, "2_乙公司.docx")) if text] == ["乙公司", "1,002.00"]
        packed = zipfile.ZipFile(io.BytesIO(client.get(f"{address}/all").content))
        assert {"1_甲公司.docx", "2_乙公司.docx", "3_丙公司.docx", "批次结果.xlsx"} <= set(packed.namelist())

    def test_rows_that_are_wrong_go_back(self, client: TestClient) -> None:
        address, page = begin_fill(client, "甲公司,1001", "乙公司,")
        send(client, f"{address}/match", **read_choices(page), combine="1")
        said = read_words(send(client, f"{address}/make"))
        assert "1 份做好了 1 份没有做" in said
        book = openpyxl.load_workbook(io.BytesIO(take(client, address, "名单_退回.xlsx")))
        assert any("乙公司" in str(cell.value) for sheet in book for row in sheet for cell in row)
        assert take(client, address, next(name for name in re.findall(r"[^\s>]+合订\.docx", said)))
        assert "1 份要改" in read_words(send(client, f"{address}/table"))

    def test_a_column_that_is_not_chosen_leads_back_to_the_columns(self, client: TestClient) -> None:
        address, page = begin_fill(client, "甲公司,1001")
        said = read_words(send(client, f"{address}/match", **{**read_choices(page), "tag.1": ""}))
        assert "表里没有这一列" in said
        assert "印表里的哪一列" in said

    def test_rows_are_grouped_in_a_loop(self, client: TestClient) -> None:
        template = write("{{ 单位全称 }}", rows=("{%tr for 行 in rows %}", "{{ 行.应缴会费 }}", "{%tr endfor %}"))
        address, page = begin_fill(client, "甲公司,1", "甲公司,2", "乙公司,3", template=template)
        said = send(client, f"{address}/match", **{**read_choices(page), "group": "单位全称"})
        assert "2 份可以做" in read_words(said)
        send(client, f"{address}/make")
        text = docx.Document(io.BytesIO(take(client, address, "1_甲公司.docx")))
        assert [row.cells[0].text for row in text.tables[0].rows] == ["1", "2"]

    def test_a_row_of_nobody_is_told_at_its_cell(self, client: TestClient) -> None:
        book = openpyxl.Workbook()
        assert book.active is not None
        book.active.title = "企业"
        other = book.create_sheet("明细")
        for row in (["名称", "等级"], ["甲", "优"], ["乙", "良"]):
            book.active.append(row)
        for row in (["名称", "项目"], ["甲", "铅"], ["丙", "镉"]):
            other.append(row)
        buffer = io.BytesIO()
        book.save(buffer)
        rows = ("{%tr for 行 in 明细 %}", "{{ 行.项目 }}", "{%tr endfor %}")
        files = [
            ("template", "函.docx", write("{{ 名称 }}{{ 等级 }}", rows=rows)),
            ("table", "表.xlsx", buffer.getvalue()),
        ]
        address, page = begin(client, "/forms/own", {}, *files)
        said = read_words(send(client, f"{address}/match", **read_choices(page)))
        assert "2 份可以做" in said
        assert "明细 A3" in said
        assert "0 份" not in read_words(send(client, f"{address}/cells", **{"e.3.1.明细": "乙"}))
        assert "明细 A3" not in read_words(client.get(address).text)

    def test_pictures_lie_beside_the_table_and_nowhere_else(self, client: TestClient) -> None:
        from PIL import Image

        buffer = io.BytesIO()
        Image.new("RGB", (20, 20), "red").save(buffer, "PNG")
        table = "名称,照片\n甲,照.png\n乙,../../../secret.png\n".encode()
        files = [("template", "证.docx", write("{{ 名称 }}", "{{ 照片 }}")), ("table", "名单.csv", table)]
        address, page = begin(client, "/forms/own", {}, *files, ("pictures", "照.png", buffer.getvalue()))
        said = read_words(send(client, f"{address}/match", **read_choices(page)))
        assert "1 份可以做 1 份要改" in said
        assert "文件夹以外" in said or "读不到" in said

    def test_no_table_or_no_template_is_told(self, client: TestClient) -> None:
        one = [("template", "信.docx", write_letter())]
        assert "要放一个模板" in read_words(begin(client, "/forms/own", {}, *one)[1])
        two = [("template", "a.csv", write_list()), ("table", "b.csv", write_list())]
        assert "要放一个模板" in read_words(begin(client, "/forms/own", {}, *two)[1])

    def test_a_stranger_s_fields_change_nothing_else(self, client: TestClient, place: Path) -> None:
        """Headers that aren't there, cells of no sheet, a name that leads away, markup everywhere."""
        rows = (f"{HOSTILE[:-1].replace(',', '')},1", "=cmd|' /C calc'!A0,2")
        address, page = begin_fill(client, *rows)
        assert "<img src=x" not in page
        chosen = {**read_choices(page), "tag.0": "../没有", "tag.9": "x", "sheet": "没有", "group": "没有"}
        assert "印表里的哪一列" in read_words(send(client, f"{address}/match", **chosen))
        chosen = {**read_choices(page), "name": "../../../{单位全称}/x"}
        page = send(client, f"{address}/match", **chosen)
        assert "2 份可以做" in read_words(page)
        assert "<img src=x" not in page
        for name in ("e.2.1.没有这张", "e.99999999.1.名单", "e.2.x.名单", "e.2"):
            send(client, f"{address}/cells", **{name: "改"})
        assert "2 份可以做" in read_words(client.get(address).text)
        send(client, f"{address}/make")
        folder = place / "jobs" / address.rpartition("/")[2]
        made = [item.path for item in read_outcome(folder).outputs]
        assert len(made) >= 3
        assert all((folder / "results" / path).resolve().parent == (folder / "results").resolve() for path in made)
        assert "<img src=x" not in client.get(address).text

    def test_what_belongs_to_other_jobs_is_refused(self, client: TestClient) -> None:
        address = look(client, "函.docx", write("{{ 甲 }}"))[0]
        assert client.post(f"{address}/first", data={"x": "1"}, headers=OWN).status_code == 404
        assert client.post(f"{address}/make", data={"x": "1"}, headers=OWN).status_code == 303
        assert client.get(f"{address}/state").json()["state"] == "done", "it isn't a table"
        assert client.get(f"{address}/pages/0").status_code == 404
        for at in ("/templates", "/forms/own", f"{address}/first"):
            assert client.post(at, files={"files": ("a.docx", b"x")}).status_code == 403, "no Origin"


def test_the_doors_are_closed_to_strangers(tmp_path: Path) -> None:
    with open_page(make_settings(tmp_path / "page")) as stranger:
        answers: list[Any] = [stranger.get(at) for at in ("/templates", "/forms/own")]
        answers += [
            stranger.post(at, files={"files": ("a.docx", b"x")}, headers=OWN) for at in ("/templates", "/forms/own")
        ]
        assert {answer.status_code for answer in answers} <= {401, 403}
