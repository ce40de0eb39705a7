"""Pages: every door opens, in both languages, with no script or style of its own in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes
from support.web_support import enter, make_settings, open_page

from docgen.diagnostics import Location, error
from docgen.messages import LANGUAGES, Language, catalogue
from docgen.web.diagnostics_view import format_diagnostics
from docgen.web.pages import DOORS, FOLDER

TEMPLATES = sorted((FOLDER / "templates").rglob("*.html"))
SCRIPTS = sorted((FOLDER / "static").glob("*.js"))


@pytest.mark.heavy
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_opens_in_every_language(lang: Language, tmp_path: Path) -> None:
    with open_page(make_settings(tmp_path, lang=lang)) as client:
        enter(client)
        for path in ("/", *(f"/{door}" for door in DOORS), "/help", "/clear"):
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert str(tmp_path) in answer.text, "it names the folder"
            said = re.sub(r'<(\w+)[^>]* lang="zh-CN">.*?</\1>', "", answer.text, flags=re.DOTALL)  # names of standards
            text = re.sub(r"<[^>]+>", "", said)
            if lang == "en":
                assert not re.search(r"[\u4e00-\u9fff]", text), path


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_has_no_script_or_style_and_turns_off_no_escaping(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|\|\s*safe\b|autoescape", text)
    assert all(re.search(r'src="/static/', tag) for tag in re.findall(r"<script[^>]*>", text))
    assert "//" not in re.sub(r"http-equiv|\{#.*?#\}", "", text), "nothing is fetched from elsewhere"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_asks_for_texts_that_are_there(path: Path) -> None:
    tree = Environment(trim_blocks=True).parse(path.read_text("utf-8"))
    asked = [
        call.args[0].value
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == "t" and isinstance(call.args[0], nodes.Const)
    ]
    assert [key for key in asked if f"web.{key}" not in catalogue().texts] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_makes_no_markup_and_runs_no_text(path: Path) -> None:
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(|https?:", path.read_text("utf-8")
    )


def test_a_program_is_told_what_is_wrong_as_json(tmp_path: Path) -> None:
    with open_page(make_settings(tmp_path)) as client:
        said = enter(client).get("/api/jobs/" + "0" * 24)
        assert (said.status_code, said.json()["diagnostics"][0]["code"]) == (404, "N162")


def test_files_are_called_what_their_sender_calls_them() -> None:
    path = "/somewhere/jobs/0/uploads/0001/甲.docx"
    found = error("C121", Location("docx", file=path, paragraph=3), path=path)
    (said,) = format_diagnostics([found], catalogue(), {path: "甲.docx"})
    assert said.place == "甲.docx 第 3 段"
    assert "甲.docx" in said.message
    assert "somewhere" not in said.message + said.mend + said.place
